"""Is this machine ready? Say in Korean what is missing and how to get it."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import json
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

COURSE = ("course_lib", "autograder")
PYTHON = ((3, 11), (3, 14))  # from, up to but not including
REQUIRED = {  # import name: (distribution, what for)
    "IPython": ("ipython", "노트북"),
    "ipykernel": ("ipykernel", "노트북"),
    "pytest": ("pytest", "check로 스스로 확인하기"),
    "numpy": ("numpy", "이론 문제와 실험"),
    "matplotlib": ("matplotlib", "그림"),
    "regex": ("regex", "글 나누기"),
    "wordfreq": ("wordfreq", "코퍼스 만들기"),
    "nbclient": ("nbclient", "pack으로 제출할 것 만들기"),
    "nbformat": ("nbformat", "pack으로 제출할 것 만들기"),
    "mistune": ("mistune", "pack으로 보고서 만들기"),
}
PINS = Path(__file__).resolve().parents[2] / "requirements-student.txt"  # beside course_lib, in the kit that students receive
REPLACEABLE = ("jupyterlab", "koreanize-matplotlib")  # by another editor, by another font
DISTRIBUTIONS = {"sklearn": "scikit-learn", "PIL": "pillow", "yaml": "PyYAML", "IPython": "ipython"}


@dataclass(frozen=True)
class Finding:
    """One line of the report. ``remedy`` is empty where all is well; ``install`` is the distribution that is absent."""

    ok: bool
    text: str
    remedy: str = ""
    needed: bool = True
    install: str = ""


def findings(folder: Path, notebook: Path | None) -> Iterator[Finding]:
    """Everything that was looked at, in order."""
    yield _python()
    wanted = dict(REQUIRED)
    for module in _imports(notebook) if notebook else ():
        wanted.setdefault(module, (DISTRIBUTIONS.get(module, module), f"{notebook.name}에서 가져옵니다"))
    pinned = pins()
    for module, (distribution, purpose) in wanted.items():
        yield _package(module, distribution, purpose, pinned.pop(_plain(distribution), ("", ""))[1])
    for distribution, version in pinned.values():
        yield _other(distribution, version)
    yield _writable(folder)
    yield _font()


def main(notebook: str | None) -> int:
    """The command: 0 when the machine is ready, 1 when something that is needed is missing."""
    folder = Path(notebook).parent if notebook else Path.cwd()
    found = [Path(notebook)] if notebook else sorted(folder.glob("*.ipynb"))
    lacking: list[Finding] = []
    absent: list[str] = []
    for finding in findings(folder, found[0] if len(found) == 1 else None):
        print(f"{'✓' if finding.ok else '✗' if finding.needed else '△'} {finding.text}")
        if not finding.ok:
            print(f"    → {finding.remedy}")
            lacking += [finding] if finding.needed else []
            absent += [finding.install] if finding.needed and finding.install else []
    if absent:
        print(f"\n한꺼번에 설치하기: {_pip()} {' '.join(absent)}")
    print(f"\n부족한 것이 {len(lacking)}가지 있습니다." if lacking else "\n준비되었습니다. 노트북을 열고 맨 위의 셀부터 실행하세요.")
    return 1 if lacking else 0


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    low, high = PYTHON
    if low <= sys.version_info[:2] < high:
        return Finding(True, f"파이썬 {version}")
    return Finding(
        False, f"파이썬 {version}", f"파이썬 {low[0]}.{low[1]}부터 {high[0]}.{high[1] - 1}까지를 쓰세요: https://www.python.org/downloads/"
    )


def pins() -> dict[str, tuple[str, str]]:
    """Distribution and version by plain name, as the kit's requirements have them; empty in a kit without."""
    if not PINS.is_file():
        return {}
    lines = (line.partition("#")[0].strip().partition("==") for line in PINS.read_text(encoding="utf-8").splitlines())
    return {_plain(name): (name, version) for name, equals, version in lines if equals}


def _package(module: str, distribution: str, purpose: str, pinned: str = "") -> Finding:
    if importlib.util.find_spec(module) is None:
        wanted = f"{distribution}=={pinned}" if pinned else distribution
        return Finding(False, f"{distribution} 없음 ({purpose})", f"{_pip()} {wanted}", install=wanted)
    try:
        return _versioned(distribution, importlib.metadata.version(distribution), pinned)
    except importlib.metadata.PackageNotFoundError:  # importable, but not installed under that name
        return Finding(True, distribution)


def _other(distribution: str, pinned: str) -> Finding:
    """Something of the requirements that no cell imports by itself: what the kit's own modules use, or an editor."""
    try:
        return _versioned(distribution, importlib.metadata.version(distribution), pinned)
    except importlib.metadata.PackageNotFoundError:
        needed = distribution not in REPLACEABLE
        more = "" if needed else "  (다른 것을 쓴다면 없어도 됩니다)"
        wanted = f"{distribution}=={pinned}"
        return Finding(False, f"{distribution} 없음", f"{_pip()} {wanted}{more}", needed=needed, install=wanted)


def _versioned(distribution: str, version: str, pinned: str) -> Finding:
    if not pinned or version.partition("+")[0] == pinned:  # torch's own builds say which after a plus
        return Finding(True, f"{distribution} {version}")
    text = f"{distribution} {version}: 과제는 {pinned}에서 시험했습니다. 결과가 다르면 판을 맞추세요"
    return Finding(False, text, f"{_pip()} -r {PINS.name}", needed=False)


def _pip() -> str:
    return f"{Path(sys.executable).name} -m pip install"


def _plain(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _imports(notebook: Path) -> list[str]:
    """Top-level names of the libraries that the notebook's cells import, in order; the standard library and the kit left out."""
    try:
        return imported(code_of(notebook.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return []  # pack and Jupyter say what is wrong with it; here it only adds names


def code_of(notebook: str) -> list[str]:
    """Sources of the code cells in a notebook's text. Raises ValueError, KeyError or TypeError for one that is none."""
    return ["".join(cell["source"]) for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]


def imported(sources: Iterable[str]) -> list[str]:
    """Top-level names of the libraries that Python sources import, in order; the standard library and the course left out."""
    names: dict[str, None] = {}
    for source in sources:
        try:
            nodes = list(ast.walk(ast.parse(source)))
        except (SyntaxError, ValueError):  # unfinished work, or a cell with magics
            continue
        for node in nodes:
            if isinstance(node, ast.Import):
                names.update(dict.fromkeys(alias.name.partition(".")[0] for alias in node.names))
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names[node.module.partition(".")[0]] = None
    return [name for name in names if name not in sys.stdlib_module_names and name not in COURSE]


def _writable(folder: Path) -> Finding:
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".preflight-"):
            return Finding(True, f"쓸 수 있는 폴더: {folder.resolve()}")
    except OSError as error:
        return Finding(
            False, f"이 폴더에 쓸 수 없습니다: {folder.resolve()} ({error.strerror})", "노트북을 여러분의 홈 폴더 아래로 옮기세요."
        )


def _font() -> Finding:
    remedy = f"{_pip()} koreanize-matplotlib  (글꼴 파일만 씁니다)"
    if importlib.util.find_spec("matplotlib") is None:
        return Finding(False, "한글 글꼴: matplotlib이 없어 확인하지 못했습니다", remedy, needed=False)
    from course_lib.kit.plots import korean_font

    font = korean_font()
    if font is None:
        return Finding(False, "한글 글꼴이 없어 그림의 한글이 네모로 보입니다", remedy, needed=False)
    return Finding(True, f"한글 글꼴 {font}")
