"""``python -m course_lib.kit``: preflight, check and pack, for students on any system."""

from __future__ import annotations

import argparse
import importlib.util
import sys

NEEDED = ("nbclient", "nbformat", "ipykernel", "mistune")


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0 for success, 1 when something is missing, 2 for wrong use."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # a Windows console's own encoding lacks ✓
    options = _parser().parse_args(arguments)
    if options.command == "preflight":
        from course_lib.kit import preflight

        return preflight.main(options.notebook)
    if lacking := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        print(f"설치할 것이 있습니다: {sys.executable} -m pip install {' '.join(lacking)}", file=sys.stderr)
        return 2
    from course_lib.kit import pack, selfcheck
    from course_lib.kit.execution import NotebookProblem

    try:
        if options.command == "check":
            return selfcheck.main(options.notebook, options.item)
        return pack.main(options.notebook, cell_seconds=options.cell_seconds)
    except NotebookProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"파일을 쓰거나 읽지 못했습니다: {error.filename or ''} ({error.strerror})", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m course_lib.kit", description="과제를 준비하고, 스스로 확인하고, 제출할 것을 만듭니다.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="명령")
    preflight = commands.add_parser("preflight", help="이 컴퓨터에 필요한 것이 다 있는지 봅니다")
    check = commands.add_parser("check", help="노트북을 처음부터 실행하고 검사의 결과를 보여 줍니다")
    pack = commands.add_parser("pack", help="노트북을 여러분의 프로필에서 실행해 증거와 제출물을 만듭니다")
    for command in (preflight, check, pack):
        command.add_argument("notebook", nargs="?", help="노트북 파일. 폴더에 하나뿐이면 적지 않아도 됩니다")
    check.add_argument("--item", help="이 항목만 보여 줍니다")
    pack.add_argument("--cell-seconds", type=float, default=900, metavar="초", help="셀 하나에 주는 시간(기본 900초)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
