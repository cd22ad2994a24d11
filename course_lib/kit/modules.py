"""Solution cells → Python modules that can be imported, for the deliverables that ``pack`` makes.

A module holds its cells as the student wrote them, and of the rest of the notebook only what they use: imports, definitions and
assignments, in the notebook's order. Names of another module of the same deliverable are imported from there.
"""

from __future__ import annotations

import ast
import builtins
import json
import os
import subprocess
import symtable
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_lib.kit.execution import COURSE, cell_name
from course_lib.kit.korean import josa

SECONDS = 120.0  # for importing all modules of one deliverable
HEADER = '"""노트북의 풀이 셀로 만든 모듈입니다. 고칠 것은 노트북에서 고치고 다시 꾸리세요."""'
KEPT = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.AugAssign)
KEPT += (ast.If, ast.Try)  # an import with a way out, for instance
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
GIVEN_BY_IPYTHON = {"display": "from IPython.display import display"}
OWNER = "STUDENT_ID"  # graders of a deliverable need not know whose it is


@dataclass(frozen=True)
class Statement:
    """One statement at the top of a code cell, with the names that it gives to the notebook and those that it takes from it."""

    source: str
    node: ast.stmt
    binds: frozenset[str]
    uses: frozenset[str]


@dataclass(frozen=True)
class Cell:
    """A code cell. ``statements`` is empty and ``problem`` says why where it is no Python."""

    name: str
    source: str
    locked: bool
    statements: tuple[Statement, ...]
    problem: str = ""

    @property
    def definitions(self) -> dict[str, str]:
        """Source of the functions and classes that the cell defines, by name; "" where the cell itself wraps or replaces one."""
        found: dict[str, str] = {}
        for s in self.statements:
            if isinstance(s.node, DEFINITIONS):
                found[s.node.name] = "" if s.node.decorator_list else s.source
            else:
                found |= dict.fromkeys(s.binds & found.keys(), "")
        return found


@dataclass(frozen=True)
class Module:
    """The text of one module, and what is wrong with it in Korean."""

    name: str
    source: str
    definitions: Mapping[str, str]
    problems: tuple[str, ...]


def read_cells(notebook: Any) -> list[Cell]:
    """The code cells of a notebook, in order."""
    return [_cell(cell, number) for number, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code"]


def make_modules(cells: Sequence[Cell], wanted: Mapping[str, Iterable[str]]) -> list[Module]:
    """The modules of one deliverable.

    Args:
        wanted: names of solution cells, without ``solution-``, by module name.
    """
    home = {f"solution-{name}": module for module, names in wanted.items() for name in names}
    owner = {name: home[cell.name] for cell in cells if cell.name in home for s in cell.statements for name in s.binds}
    return [_module(name, [f"solution-{n}" for n in names], cells, home, owner) for name, names in wanted.items()]


def write_modules(modules: Sequence[Module], folder: Path) -> list[str]:
    """Write a package into ``folder`` and import it in a process of its own. Returns what is wrong, in Korean."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").write_text(_package(folder.name, modules), encoding="utf-8", newline="\n")
    problems = []
    for module in modules:
        (folder / f"{module.name}.py").write_text(module.source, encoding="utf-8", newline="\n")
        problems += [f"{folder.name}/{module.name}.py: {problem}" for problem in module.problems]
    return problems + _import_problems([module for module in modules if not module.problems], folder)


PACKAGE = '''\
"""노트북의 풀이 셀로 만든 모듈: {listed}.

pack 폴더가 있는 폴더에서 `from pack.{folder} import {example}`처럼 가져옵니다. pack 폴더 안에서 `import {folder}`라고 하면
이름이 같은 라이브러리가 있을 때 그것을 가립니다.
"""

import importlib

_HOME = {{
{home}
}}
__all__ = list(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    return getattr(importlib.import_module(f".{{_HOME[name]}}", __name__), name)
'''


def _package(folder: str, modules: Sequence[Module]) -> str:
    """``__init__.py``: every public name, its module imported when it is first asked for, so that one broken module stops no other."""
    home = {name: module.name for module in modules for name in module.definitions if not name.startswith("_")}
    listed, lines = ", ".join(module.name for module in modules), [f'    "{name}": "{module}",' for name, module in home.items()]
    return PACKAGE.format(listed=listed, folder=folder, example=next(iter(home), "*"), home="\n".join(lines))


def _cell(cell: Any, number: int) -> Cell:
    name, locked = cell_name(cell, number), bool(cell.metadata.get("nbgrader", {}).get("locked"))
    try:
        body = ast.parse(cell.source).body
        return Cell(name, cell.source, locked, tuple(_statement(node, cell.source) for node in body))
    except (SyntaxError, ValueError) as error:
        magic = any(line.lstrip().startswith(("%", "!")) for line in cell.source.splitlines())
        why = "%나 !로 시작하는 줄은 모듈에 담을 수 없습니다." if magic else f"파이썬으로 읽을 수 없습니다({error})."
        return Cell(name, cell.source, locked, (), f"{name}: {why}")


def _statement(node: ast.stmt, source: str) -> Statement:
    lines = source.splitlines()
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    text = "\n".join(lines[first - 1 : node.end_lineno]) if first < node.lineno else ast.get_source_segment(source, node)
    table = symtable.symtable(ast.unparse(node), "cell", "exec")
    symbols = table.get_symbols()
    binds = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()} | _changed(node)
    uses = {s.get_name() for s in symbols if s.is_referenced()} | _taken(table)
    return Statement(text or ast.unparse(node), node, frozenset(binds), frozenset(uses))


def _taken(table: symtable.SymbolTable) -> set[str]:
    """Names that functions and classes inside take from the module."""
    found: set[str] = set()
    for child in table.get_children():
        found |= {s.get_name() for s in child.get_symbols() if s.is_global() and s.is_referenced()} | _taken(child)
    return found


def _changed(node: ast.stmt) -> set[str]:
    """Names whose objects an assignment such as ``TABLE["x"] = 1`` changes."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, (ast.AnnAssign, ast.AugAssign)) else []
    found = set()
    for target in targets:
        while isinstance(target, (ast.Attribute, ast.Subscript)):
            target = target.value
            if isinstance(target, ast.Name):
                found.add(target.id)
    return found


def _module(name: str, own: list[str], cells: Sequence[Cell], home: Mapping[str, str], owner: Mapping[str, str]) -> Module:
    there = {cell.name for cell in cells}
    mine = [cell for cell in cells if cell.name in own]
    problems = [f"{cell}: 이 셀이 노트북에 없습니다." for cell in own if cell not in there]
    problems += [cell.problem for cell in mine if cell.problem]
    bound = {n for cell in mine for s in cell.statements for n in s.binds}
    waiting = sorted({n for cell in mine for s in cell.statements for n in s.uses} - bound)
    pulled: dict[tuple[int, int], Statement] = {}
    imported: dict[str, list[str]] = {}
    extra: list[str] = []
    while waiting:
        n = waiting.pop()
        if n in bound or hasattr(builtins, n) or (n.startswith("__") and n.endswith("__")):
            continue
        bound.add(n)
        if n in owner:
            imported.setdefault(owner[n], []).append(n)
            continue
        outside = [
            (cell, (place, order), s)
            for place, cell in enumerate(cells)
            if cell.name not in home
            for order, s in enumerate(cell.statements)
        ]
        found = {place: s for _, place, s in outside if n in s.binds and isinstance(s.node, KEPT)}
        found = found or {place: s for cell, place, s in outside if _takes_all(s) and not cell.locked}
        if not found and any(_takes_all(s) for cell in mine for s in cell.statements):
            continue
        if not found and n in GIVEN_BY_IPYTHON:
            extra.append(GIVEN_BY_IPYTHON[n])
        elif not found:
            problems.append(f"`{n}`: 모듈에 담을 정의가 없습니다. 함수 밖의 값은 인자로 받으세요.")
        for place, s in found.items():
            pulled[place] = s
            waiting += sorted(s.uses - bound)
            bound |= s.binds
    used = {name for cell in mine for s in cell.statements for name in s.uses} | {name for s in pulled.values() for name in s.uses}
    blocks = {place: _pulled_text(s, used) for place, s in pulled.items()}
    blocks |= {(place, 0): cell.source.strip("\n") for place, cell in enumerate(cells) if cell in mine}
    problems += _redefined(cells, mine)
    head = [f"from .{module} import {', '.join(sorted(names))}" for module, names in sorted(imported.items())] + sorted(extra)
    definitions: dict[str, str] = {}
    for cell in mine:
        definitions |= cell.definitions
    return Module(name, _text(blocks, pulled, head), definitions, tuple(problems))


def _takes_all(statement: Statement) -> bool:
    """``from x import *``: any name may come from there."""
    return isinstance(statement.node, ast.ImportFrom) and statement.node.names[0].name == "*"


def _pulled_text(statement: Statement, used: set[str]) -> str:
    """The statement; of an import of several names, those that the module uses."""
    node = statement.node
    if isinstance(node, (ast.Import, ast.ImportFrom)) and not _takes_all(statement):
        kept = [alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) in used]
        if len(kept) < len(node.names) and getattr(node, "module", "") != "__future__":
            return ast.unparse(ast.Import(kept) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, kept, node.level))
    return f'{OWNER} = ""' if OWNER in statement.binds and isinstance(statement.node, ast.Assign) else statement.source


def _text(blocks: Mapping[tuple[int, int], str], pulled: Mapping[tuple[int, int], Statement], head: list[str]) -> str:
    """Imports without blank lines between them, everything else with two; ``from __future__`` where it has to stand."""
    future, imports, rest = [], [*head], []
    for place, block in sorted(blocks.items()):
        lines = block.splitlines()
        future += [line for line in lines if line.startswith("from __future__ import ")]
        text = "\n".join(line for line in lines if not line.startswith("from __future__ import ")).strip("\n")
        is_import = place in pulled and isinstance(pulled[place].node, (ast.Import, ast.ImportFrom))
        (imports if is_import else rest).append(text)
    parts = [HEADER, "\n".join(dict.fromkeys(future)), "\n".join(filter(None, dict.fromkeys(imports)))]
    return "\n\n".join(filter(None, parts)) + "".join(f"\n\n\n{text}" for text in rest if text) + "\n"


def _redefined(cells: Sequence[Cell], mine: Sequence[Cell]) -> list[str]:
    """Definitions that the student gives again elsewhere: what ran in the notebook is then not what the module holds."""
    last = {name: place for place, cell in enumerate(cells) if cell in mine for name in cell.definitions}
    again: dict[str, str] = {}
    for place, cell in enumerate(cells):
        if cell not in mine and not cell.locked:
            names = {name for statement in cell.statements for name in statement.binds}
            again |= {name: cell.name for name in names & last.keys() if place > last[name]}
    return [
        f"`{name}`: {josa(again[name], '이/가')} 다시 정의해서 노트북에서 쓰인 것과 풀이 셀의 것이 다릅니다. 풀이 셀에만 남기세요."
        for name in sorted(again)
    ]


# -- imported in a process of its own -------------------------------------------------------------------------------------

_IMPORTER = """
import importlib, importlib.util, inspect, json, sys
from pathlib import Path
folder, target = Path(sys.argv[1]), Path(sys.argv[2])
wanted = json.loads(sys.stdin.read())
spec = importlib.util.spec_from_file_location("_packed", folder / "__init__.py", submodule_search_locations=[str(folder)])
sys.modules["_packed"] = package = importlib.util.module_from_spec(spec)
spec.loader.exec_module(package)
found = {}
for name, definitions in wanted.items():
    try:
        module = importlib.import_module(f"_packed.{name}")
    except BaseException as error:
        found[name] = {"error": f"{type(error).__name__}: {error}"}
        continue
    sources = {}
    for each in definitions:
        value = inspect.unwrap(getattr(module, each, None))
        try:
            sources[each] = inspect.getsource(value)
        except (TypeError, OSError):
            sources[each] = None
    found[name] = {"sources": sources, "missing": [each for each in definitions if not hasattr(module, each)]}
target.write_text(json.dumps(found), encoding="utf-8")
"""


def _import_problems(modules: Sequence[Module], folder: Path) -> list[str]:
    """Import the package under another name: one called ``tokenizers`` must not stand in for the library."""
    if not modules:
        return []
    with tempfile.TemporaryDirectory(prefix="pack-") as scratch:
        target = Path(scratch) / "found.json"
        environment = {**os.environ, "PYTHONPATH": str(COURSE), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "MPLBACKEND": "agg"}
        try:
            subprocess.run(
                [sys.executable, "-c", _IMPORTER, str(folder), str(target)],
                input=json.dumps({module.name: list(module.definitions) for module in modules}),
                cwd=scratch, env=environment, timeout=SECONDS, capture_output=True, encoding="utf-8", check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return [f"{folder.name}: {SECONDS:.0f}초 안에 가져오지 못했습니다. 풀이 셀에서 오래 걸리는 일을 하지 마세요."]
        if not target.is_file():
            return [f"{folder.name}: 모듈을 가져오다가 파이썬이 끝났습니다. 풀이 셀이 프로세스를 끝내지 않는지 보세요."]
        found = json.loads(target.read_text(encoding="utf-8"))
    return [f"{folder.name}/{module.name}.py: {problem}" for module in modules for problem in _differences(module, found[module.name])]


def _differences(module: Module, found: Mapping[str, Any]) -> Iterable[str]:
    if "error" in found:
        yield f"가져올 수 없습니다. {found['error'][:300]}"
        return
    for name in found["missing"]:
        yield f"`{name}`: 모듈에 남아 있지 않습니다."
    for name, source in found["sources"].items():
        wanted = module.definitions[name].strip()
        if wanted and source is not None and source.strip() != wanted:
            yield f"`{name}`: 모듈에서 가져온 것이 풀이 셀에 쓴 것과 다릅니다."
