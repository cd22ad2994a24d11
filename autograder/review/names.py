"""Rules on names: do they say what they hold, in the terms of the field, for as long as they live?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from autograder.result import Finding
from autograder.review.cells import Cell
from autograder.review.rules import RULES
from autograder.review.structure import Function, definitions, walk_own

SHORT_LIFE = 12  # lines that a one-letter name may live
# Letters with a fixed meaning in this field's formulas and loops; capitals are matrices and sizes.
_SYMBOLS = frozenset("ijkntqvxyzwbp_")
_VAGUE = re.compile(
    r"tmp|temp|foo|bar|baz|qux|aaa|bbb|asdf|thing|stuff|lst|dic|arr|var|func|ret|retval|(my|a)_?(list|dict|func)|result_list|임시|변수"
    r"|(data|list|lst|dict|dic|arr|array|temp|tmp|var|val|value|result|res|ret|text|string|str|num|df|fn|func|function|foo|word|out|output|new)_?\d+"
)
_SUGGESTIONS = {
    "Counter": "pair_counts",
    "defaultdict": "count_by_word",
    "dict": "count_by_word",
    "set": "seen",
    "frozenset": "seen",
    "sorted": "sorted_pairs",
    "zip": "pairs",
    "len": "length",
    "sum": "total",
    "max": "best_pair",
    "min": "smallest",
    "split": "words",
    "splitlines": "lines",
    "join": "merged",
    "items": "entries",
    "open": "file",
    "enumerate": "numbered",
}


def review_names(cell: Cell) -> Iterator[Finding]:
    """One finding per vague or overstretched name and scope, at the line where the name is given."""
    yield from _vague(cell, cell.tree, arguments=[])
    for node, _owner in definitions(cell.tree):
        if isinstance(node, ast.ClassDef):
            continue
        if _is_vague(node.name):
            yield _finding(cell, node.lineno, "vague-name", name=node.name)
        yield from _vague(cell, node, _all_arguments(node))
        yield from _short(cell, node)


def _vague(cell: Cell, scope: ast.AST, arguments: list[ast.arg]) -> Iterator[Finding]:
    seen = set()
    for argument in arguments:
        if _is_vague(argument.arg):
            seen.add(argument.arg)
            yield _finding(cell, argument.lineno, "vague-name", name=argument.arg)
    suggestions = _suggestions(scope)
    for node in sorted(_stores(scope), key=lambda n: (n.lineno, n.col_offset)):
        if node.id not in seen and _is_vague(node.id):
            seen.add(node.id)
            yield _finding(cell, node.lineno, "vague-name", _renamed(cell, node, suggestions.get(node.id)), name=node.id)


def _short(cell: Cell, function: Function) -> Iterator[Finding]:
    first: dict[str, ast.Name | ast.arg] = {a.arg: a for a in _all_arguments(function)}
    last: dict[str, int] = {}
    {
        name.id
        for node in ast.walk(function)
        if isinstance(node, ast.comprehension)
        for name in ast.walk(node.target)
        if isinstance(name, ast.Name)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and len(node.id) == 1:
            if isinstance(node.ctx, ast.Store) and (node.id not in first or node.lineno < first[node.id].lineno):
                first[node.id] = node
            last[node.id] = max(last.get(node.id, 0), node.lineno)
    for name, place in first.items():
        lines = last.get(name, 0) - place.lineno + 1
        symbol = name in _SYMBOLS or name.isupper() or not name.isascii()  # β and 한 are somebody's terms
        if len(name) == 1 and not symbol and lines > SHORT_LIFE:
            suggestion = _suggestions(function).get(name)
            better = _renamed(cell, place, suggestion) if isinstance(place, ast.Name) else ""
            yield _finding(cell, place.lineno, "short-name", better, name=name, lines=lines)


def _stores(scope: ast.AST) -> list[ast.Name]:
    return [node for node in walk_own(scope) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def _is_vague(name: str) -> bool:
    return bool(_VAGUE.fullmatch(name))


def _all_arguments(node: Function) -> list[ast.arg]:
    parts = node.args
    return [*parts.posonlyargs, *parts.args, *parts.kwonlyargs, *(a for a in (parts.vararg, parts.kwarg) if a)]


def _suggestions(scope: ast.AST) -> dict[str, str]:
    """A better name by old name, read off what is assigned; none where nothing fits or the better name is taken."""
    taken = {node.id for node in ast.walk(scope) if isinstance(node, ast.Name)}
    found: dict[str, str] = {}
    for node in walk_own(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id=made) | ast.Attribute(attr=made))) if (
                made in _SUGGESTIONS
            ):
                if _SUGGESTIONS[made] not in taken:
                    found.setdefault(name, _SUGGESTIONS[made])
    return found


def _renamed(cell: Cell, node: ast.Name, suggestion: str | None) -> str:
    line = cell.lines[node.lineno - 1]
    if not suggestion or len(line) > 120 or "`" in line:
        return ""
    return re.sub(rf"\b{re.escape(node.id)}\b", suggestion, line).strip()


def _finding(cell: Cell, line: int, rule: str, better: str = "", **fields: object) -> Finding:
    return Finding(cell=cell.name, line=line, rule=rule, message=RULES[rule].text(better, **fields))
