"""Copies as copiers make them: other names, other words, another order, the same program."""

from __future__ import annotations

import ast
import builtins
import random
from collections.abc import Mapping

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def renamed(sources: Mapping[str, str], seed: int = 0) -> dict[str, str]:
    """Every name of one's own renamed, comments and docstrings rewritten, annotations dropped, literals changed."""
    draw = random.Random(seed)
    return {name: _commented(ast.unparse(_Renamer(draw).visit(ast.parse(source))), draw) for name, source in sources.items()}


def reordered(sources: Mapping[str, str], seed: int = 0) -> dict[str, str]:
    """Renamed, and functions, methods and neighbouring independent statements in another order."""
    draw = random.Random(seed)
    moved = {}
    for name, source in renamed(sources, seed).items():
        tree = ast.parse(source)
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(node, ast.Module | ast.ClassDef):
                draw.shuffle(node.body)
            elif isinstance(body, list):
                _swap(body)
        moved[name] = _commented(ast.unparse(tree), draw)
    return dict(sorted(moved.items(), key=lambda _: draw.random()))


def padded(sources: Mapping[str, str], seed: int = 0) -> dict[str, str]:
    """Reordered, with idle statements strewn in and ``a += b`` written out."""
    draw = random.Random(seed)
    made = {}
    for name, source in reordered(sources, seed).items():
        tree = _WrittenOut().visit(ast.parse(source))
        for node in ast.walk(tree):
            if isinstance(node, FUNCTIONS) and draw.random() < 0.5:
                node.body.insert(draw.randint(0, len(node.body) - 1), ast.parse(f"unused{draw.randint(0, 99)} = 0").body[0])
        made[name] = ast.unparse(ast.fix_missing_locations(tree))
    return made


class _Renamer(ast.NodeTransformer):
    def __init__(self, draw: random.Random) -> None:
        self.draw, self.names = draw, {}

    def _new(self, name: str) -> str:
        return self.names.setdefault(name, f"{self.draw.choice('abcdxyz')}{len(self.names)}")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant) and len(node.body) > 1:
            del node.body[0]
        node.returns = None
        if not node.name.startswith("__"):
            node.name = self._new(node.name)
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value, lineno=node.lineno) if node.value else node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        node.arg = self._new(node.arg)
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id not in dir(builtins):
            node.id = self._new(node.id)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant(node.value + 1) if type(node.value) is int else node


class _WrittenOut(ast.NodeTransformer):
    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if not isinstance(node.target, ast.Name):
            return node
        return ast.Assign([node.target], ast.BinOp(ast.Name(node.target.id), node.op, node.value), lineno=node.lineno)


def _swap(body: list[ast.stmt]) -> None:
    """Exchange neighbouring plain assignments that do not use each other."""
    for place in range(len(body) - 1):
        first, second = body[place : place + 2]
        if isinstance(first, ast.Assign) and isinstance(second, ast.Assign) and not (_names(first) & _names(second)):
            body[place], body[place + 1] = second, first


def _names(node: ast.AST) -> set[str]:
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}


def _commented(text: str, draw: random.Random) -> str:
    return "\n".join(line + ("  # 제가 짰습니다" if draw.random() < 0.3 and line.strip() else "") for line in text.split("\n"))
