"""``check`` on the command line: run the notebook, show what its check cells found."""

from __future__ import annotations

from course_lib.kit import selfstudy
from course_lib.kit.card import MIME, progress
from course_lib.kit.execution import execute, find_notebook, read
from course_lib.kit.korean import josa
from course_lib.kit.pack import show_progress


def main(notebook: str | None, item: str | None) -> int:
    """The command: 0 when every check passed, 1 when some did not or none was found."""
    path = find_notebook(notebook)
    executed = read(path)
    execute(executed, path.parent, {}, on_cell=show_progress)
    cards = [
        output.data for cell in executed.cells if cell.cell_type == "code" for output in cell.outputs if MIME in output.get("data", {})
    ]
    shown = [card for card in cards if item is None or card[MIME]["item"] == item]
    print()
    for card in shown:
        print(card["text/plain"], end="\n\n")
    if not shown:
        print(f"{josa(f'`{item}`', '을/를')} 확인하는 셀이 없습니다." if item else "검사를 실행하는 셀이 없습니다.")
        return 1
    right = [card[MIME] for card in shown if card[MIME]["passed"] == card[MIME]["checks"]]
    form = sum(state["form"] for state in right)
    if selfstudy.anything():
        print(f"{len(shown)}개 항목 중 {len(right)}개가 모든 검사를 통과했습니다.")
    else:
        print(progress(len(shown), len(right) - form, form))
    return 0 if len(right) == len(shown) else 1
