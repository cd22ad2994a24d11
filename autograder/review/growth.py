"""Rules on how the work grows with the input: what a loop does again and again. Advice; the growth itself is measured elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from autograder.result import Finding
from autograder.review.cells import Cell
from autograder.review.edits import Better, better, comment, edit_of, replaced_lines, segment
from autograder.review.scopes import LOOPS, changed, functions, handed_over, nodes

_LIST_MAKERS = frozenset({"list", "sorted"})
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_WHOLE = frozenset({"sorted", "set", "Counter", "sum", "max", "min", "list", "dict", "tuple"})


def review_growth(cell: Cell) -> Iterator[Finding]:
    """Findings on loops of the cell's functions, one of a kind and line."""
    seen: set[tuple[str, int]] = set()
    for function in functions(cell.tree):
        lists, texts = _made(function)
        for finding in (*_sorted_for_extreme(cell, function), *_counts(cell, function), *_in_loops(cell, function, lists, texts)):
            if (finding.rule, finding.line) not in seen:
                seen.add((finding.rule, finding.line))
                yield finding


def _made(function: ast.AST) -> tuple[set[str], set[str]]:
    """Names that hold lists, and names that hold text, by how they are made and only so."""
    made: dict[str, set[str]] = {}
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                made.setdefault(name, set()).add(_kind(value))
            case ast.arg(arg=name, annotation=ast.Subscript(value=ast.Name(id="list"))):
                made.setdefault(name, set()).add("list")
            case ast.arg(arg=name) | ast.For(target=ast.Name(id=name)) | ast.comprehension(target=ast.Name(id=name)):
                made.setdefault(name, set()).add("")
    return tuple({name for name, kinds in made.items() if kinds == {kind}} for kind in ("list", "text"))


def _kind(value: ast.expr) -> str:
    match value:
        case ast.List() | ast.ListComp():
            return "list"
        case ast.Call(func=ast.Name(id=name)) if name in _LIST_MAKERS:
            return "list"
        case ast.Constant(value=str()) | ast.JoinedStr():
            return "text"
    return ""


def _in_loops(cell: Cell, function: ast.AST, lists: set[str], texts: set[str]) -> Iterator[Finding]:
    for loop in ast.walk(function):
        if not isinstance(loop, LOOPS):
            continue
        inside = nodes(loop.body)
        touched = changed(inside) | handed_over(inside) | changed(ast.walk(loop.target) if isinstance(loop, ast.For) else ())
        for node in inside:
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="pop"), args=[ast.Constant(value=0)]):
                    if name in lists:
                        yield comment(cell, node.lineno, "front-of-list", name=name)
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="insert"), args=[ast.Constant(value=0), _]):
                    if name in lists:
                        yield comment(cell, node.lineno, "front-of-list", name=name)
                case ast.AugAssign(target=ast.Name(id=name), op=ast.Add()) if name in texts:
                    yield comment(cell, node.lineno, "growing-string", _joined(cell, function, loop, node), name=name)
                case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[ast.Name(id=name)]) if name in lists:
                    yield comment(cell, node.lineno, "list-membership", name=name)
                case ast.Call(func=ast.Name(id=called), args=[ast.Name(id=name)], keywords=[]) if called in _WHOLE and name not in touched:
                    if name in lists and _runs_each_time(loop, node):
                        yield comment(cell, node.lineno, "loop-invariant", expression=f"{called}({name})")


def _runs_each_time(loop: ast.AST, node: ast.AST) -> bool:
    """Whether a node of a loop's body is not in a branch that may leave the loop at once."""
    for statement in loop.body:
        if any(child is node for child in ast.walk(statement)):
            return not isinstance(statement, (ast.If, ast.Return, ast.Raise, ast.Try))
    return False


def _joined(cell: Cell, function: ast.AST, loop: ast.AST, growing: ast.AugAssign) -> Better | None:
    """``text = ""``, a loop that only adds to it: one ``"".join(…)``."""
    if not cell.may_rewrite():
        return None
    blocks = [block for node in ast.walk(function) for field in ("body", "orelse") if isinstance(block := getattr(node, field, None), list)]
    for block in blocks:
        if loop not in block or not isinstance(loop, ast.For) or loop.orelse or loop.body != [growing]:
            continue
        place = block.index(loop)
        before = block[place - 1] if place else None
        match before, growing.target, growing.value:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value="")),
                ast.Name(id=grown),
                (ast.Name() | ast.JoinedStr() | ast.Subscript() | ast.Call()) as value,
            ) if name == grown and name not in {n.id for n in [*ast.walk(value), *ast.walk(loop.iter)] if isinstance(n, ast.Name)}:
                targets = {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
                after = [n.id for s in block[place + 1 :] for n in ast.walk(s) if isinstance(n, ast.Name)]
                if targets & set(after) or any(isinstance(n, (ast.Await, ast.Yield, ast.NamedExpr)) for n in ast.walk(loop)):
                    return None
                indent = cell.lines[before.lineno - 1][: before.col_offset]
                each = segment(cell, value)
                over = f" for {segment(cell, loop.target)} in {segment(cell, loop.iter)}"
                text = segment(cell, loop.iter) if each == segment(cell, loop.target) else each + over
                return replaced_lines(cell, before.lineno, loop.end_lineno or loop.lineno, [f'{indent}{name} = "".join({text})'])
    return None


def _counts(cell: Cell, function: ast.AST) -> Iterator[Finding]:
    """``words.count(word)`` while going over ``words``, or over a set of them."""
    for node in ast.walk(function):
        if isinstance(node, _COMPREHENSIONS):
            rounds, inside = [(g.target, g.iter) for g in node.generators], list(ast.walk(node))
        elif isinstance(node, ast.For):
            rounds, inside = [(node.target, node.iter)], nodes(node.body)
        else:
            continue
        for target, over in rounds:
            name = _source(over)
            if not isinstance(target, ast.Name) or not name:
                continue
            for call in inside:
                match call:
                    case ast.Call(func=ast.Attribute(value=ast.Name(id=counted), attr="count"), args=[ast.Name(id=item)]):
                        if counted == name and item == target.id:
                            yield comment(cell, call.lineno, "count-in-loop", _counter(cell, node, name), name=name)


def _source(over: ast.expr) -> str:
    match over:
        case ast.Name(id=name) | ast.Call(func=ast.Name(id="set"), args=[ast.Name(id=name)]):
            return name
    return ""


def _counter(cell: Cell, node: ast.AST, name: str) -> Better | None:
    """``{word: words.count(word) for word in set(words)}`` is ``dict(Counter(words))``, where the cell has ``Counter``."""
    match node:
        case ast.DictComp(
            key=ast.Name(id=key),
            value=ast.Call(func=ast.Attribute(attr="count"), args=[ast.Name(id=counted)]),
            generators=[ast.comprehension(target=ast.Name(id=item), ifs=[])],
        ) if key == counted == item and _has(cell, "Counter"):
            return better(cell, [edit_of(cell, node, f"dict(Counter({name}))")])
    return None


def _has(cell: Cell, name: str) -> bool:
    return any(
        (isinstance(node, ast.ImportFrom) and any(alias.name == name and not alias.asname for alias in node.names))
        or (isinstance(node, ast.Name) and node.id == name)
        for node in ast.walk(cell.tree)
    )


def _sorted_for_extreme(cell: Cell, function: ast.AST) -> Iterator[Finding]:
    for node in ast.walk(function):
        match node:
            case ast.Subscript(
                value=ast.Call(func=ast.Name(id="sorted"), args=[over], keywords=[]),
                slice=(ast.Constant(value=0) | ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1))) as place,
                ctx=ast.Load(),
            ) if not isinstance(over, ast.Starred):
                chosen = "min" if isinstance(place, ast.Constant) else "max"
                yield comment(
                    cell, node.lineno, "sorted-for-extreme", better(cell, [edit_of(cell, node, f"{chosen}({segment(cell, over)})")])
                )
