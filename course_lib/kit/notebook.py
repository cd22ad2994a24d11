"""What an assignment notebook calls: ``start`` once, ``check("item")`` after each step, ``with when_ready(…)`` around given cells.

>>> from course_lib.kit.notebook import check, start, when_ready
"""

from __future__ import annotations

import difflib
import importlib.util
import os
import random
import sys
import traceback
from typing import TYPE_CHECKING, Any

from course_lib.kit import catalogue, evidence, selfstudy, session
from course_lib.kit.binding import NotebookSubmission
from course_lib.kit.card import FAULT, FAULT_NOTE, ItemCard, NoteCard, OverviewCard
from course_lib.kit.korean import josa
from course_lib.kit.plots import setup_plots_later
from course_lib.kit.quiet import quieten

if TYPE_CHECKING:
    from course_lib.kit.checking import CheckOutcome

GRADING = "COURSE_GRADING"  # set by the grader, whose own checks decide: ours would only cost time there


def start(assignment: str, student: str = "", profile: str = "cpu", seed: int = 0) -> None:
    """Begin a notebook: quiet libraries, one thread, a Korean font for plots, seeded generators.

    Raises:
        ValueError: there is no such profile.
    """
    session.begin(assignment, student, profile, seed)
    evidence.begin()
    quieten(offline=profile != "gpu")
    random.seed(seed)
    if importlib.util.find_spec("numpy"):
        import numpy

        numpy.random.seed(seed % 2**32)
    setup_plots_later()
    if os.environ.get(GRADING):
        return
    if selfstudy.present(assignment):
        from course_lib.kit.selfstudy import desk

        for function in (desk.answer, desk.mark):
            _namespace().setdefault(function.__name__, function)
        print('자습용 꾸러미입니다. 막히면 answer("항목"), 글로 쓴 답은 mark("항목", 점수, …), 진행 상황은 check()를 쓰세요.')
    elif not student:
        print("STUDENT_ID가 비어 있어 모두에게 같은 연습용 수로 이론 문제를 만듭니다. 제출하기 전에 학번을 적으세요.")


def check(item: str | None = None) -> None:
    """Run the public checks of ``item`` on this notebook and show a card; without an item, show how far all items are.

    Never raises on account of the student's code: whatever it does is what the card reports.
    """
    if os.environ.get(GRADING):
        return
    show(overview() if item is None else examine(item))


def examine(item: str) -> ItemCard | NoteCard:
    """The card for one item."""
    from course_lib.kit.checking import CheckFault, run_checks  # pytest, which a notebook that is graded has no use for

    assignment = _assignment()
    if assignment is None:
        return NoteCard(item, "어느 과제인지 알 수 없습니다. 노트북 맨 위의 셀(start)을 먼저 실행하세요.")
    if selfstudy.present(assignment):
        return _at_the_desk(assignment, item)
    titles = catalogue.titles(assignment)
    path = catalogue.public_checks(assignment)
    checked = catalogue.checked_items(path) if path else []
    if item not in checked:
        return _nothing_to_check(item, titles, checked)
    try:
        outcomes = run_checks(
            path,
            NotebookSubmission(_namespace(), session.current.student),
            assignment=assignment,
            items=[item],
            fixtures={"evidence": evidence.collected()},
        )
    except CheckFault as fault:
        return NoteCard(item, f"{FAULT_NOTE} ({fault})", FAULT)
    session.current.results[item] = outcomes
    return ItemCard(item, titles.get(item, ""), tuple(outcomes))


def _at_the_desk(assignment: str, item: str) -> Any:
    """The card for one item where all checks are at hand."""
    from course_lib.kit.checking import CheckFault
    from course_lib.kit.selfstudy import desk

    try:
        return desk.examine(assignment, item, _namespace())
    except CheckFault as fault:
        return NoteCard(item, f"검사 자체에 문제가 있어 실행하지 못했습니다. 여러분의 코드 탓이 아닙니다. ({fault})", FAULT)


def overview() -> OverviewCard | NoteCard:
    """The card for the whole assignment, from the checks run so far."""
    assignment = _assignment()
    if assignment is None:
        return NoteCard("과제", "어느 과제인지 알 수 없습니다. 노트북 맨 위의 셀(start)을 먼저 실행하세요.")
    if selfstudy.present(assignment):
        from course_lib.kit.selfstudy import desk

        return desk.overview(assignment)
    path = catalogue.public_checks(assignment)
    titles = catalogue.titles(assignment)
    results: dict[str, list[CheckOutcome]] = session.current.results
    checked = catalogue.checked_items(path) if path else []
    by_hand = catalogue.by_hand(assignment)
    items = [item for item in titles if item in checked or item in by_hand] + [item for item in checked if item not in titles]
    rows = tuple((item, titles.get(item, ""), tuple(results.get(item, ()))) for item in items)
    return OverviewCard(assignment, rows, by_hand)


class when_ready:  # noqa: N801  reads as a statement
    """Run a given cell's body as far as the student's work allows.

    ``with when_ready("train_bpe", "BPETokenizer"):`` ends quietly, with a Korean notice, when the body meets

    * a function that still raises ``NotImplementedError``, or one of the names that does not exist yet;
    * any exception after an earlier cell was skipped for one of the names: what that cell should have made is missing.

    (The body starts: Python offers no way to skip it. Figures that it opened are closed again.) Every other exception is the
    student's to see.
    """

    def __init__(self, *names: str) -> None:
        self.names = names

    def __enter__(self) -> when_ready:
        self.figures = _open_figures()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> bool:
        waiting = session.current.waiting
        if error is None:
            waiting.difference_update(self.names)
            return False
        if isinstance(error, NotImplementedError):
            functions = _functions(error)
            missing = functions[-1] if functions else " ".join(self.names[:1])
            called = {function.partition(".")[0] for function in functions}
            waiting.update(called.intersection(self.names) or self.names)
        elif isinstance(error, NameError) and error.name in self.names:
            missing = error.name
            waiting.add(missing)
        elif isinstance(error, Exception) and (earlier := [name for name in self.names if name in waiting]):
            missing = earlier[0]
        else:
            return False
        for number in _open_figures() - self.figures:
            sys.modules["matplotlib.pyplot"].close(number)
        print(f"이 셀은 {josa(f'`{missing}`', '을/를')} 작성한 다음에 실행됩니다. 지금은 건너뜁니다." if missing else "이 셀은 건너뜁니다.")
        return True


def _functions(error: BaseException) -> list[str]:
    """The functions between the cell and the place where ``error`` was raised, outermost first."""
    names = [frame.f_code.co_qualname.rpartition("<locals>.")[2] for frame, _ in traceback.walk_tb(error.__traceback__)]
    return [name for name in names[1:] if not name.startswith("<")]  # comprehensions and lambdas have no name to tell


def _open_figures() -> set[int]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


def _nothing_to_check(item: str, titles: dict[str, str], checked: list[str]) -> NoteCard:
    if item in titles:
        return NoteCard(titles[item], "이 항목에는 공개 검사가 없습니다. 제출한 뒤에 채점합니다.")
    known = list(dict.fromkeys([*titles, *checked]))
    close = difflib.get_close_matches(item, known, n=3, cutoff=0.5 if titles else 0.8)
    if close:
        return NoteCard(item, f"그런 항목은 없습니다. 혹시 {', '.join(close)}?")
    if titles:
        return NoteCard(item, f"그런 항목은 없습니다. 있는 항목: {', '.join(known)}")
    return NoteCard(item, "이 항목에는 공개 검사가 없습니다. 이름이 맞다면 제출한 뒤에 채점합니다.")


def _assignment() -> str | None:
    if session.current.assignment:
        return session.current.assignment
    known = catalogue.assignments()
    return known[0] if len(known) == 1 else None


def _shell() -> Any:
    if importlib.util.find_spec("IPython") is None:
        return None
    from IPython import get_ipython

    return get_ipython()


def _namespace() -> dict[str, Any]:
    shell = _shell()
    return shell.user_ns if shell is not None else vars(sys.modules["__main__"])


def show(card: Any) -> None:
    """Display a card in a notebook, print it elsewhere."""
    if _shell() is None:
        print(repr(card))
        return
    from IPython.display import display

    display(card)
