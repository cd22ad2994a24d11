"""What a file of checks holds, found without running a check."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

FIXTURES = frozenset({"submission", "rng", "upstream", "evidence", "review", "record", "request"})
MOST_HINTS = 3


@dataclass(frozen=True)
class DeclaredCheck:
    """One check function. ``count``: how many checks its parameters make of it."""

    name: str
    item: str
    weight: Any
    property: str
    hint: Any
    line: int
    count: int
    arguments: tuple[str, ...]


class UnusableChecks(ValueError):
    """A file of checks that cannot be read or imported; the text says why."""


def declared_checks(path: Path) -> tuple[list[DeclaredCheck], list[str]]:
    """The checks of a file, and what is wrong with them one by one.

    Raises:
        UnusableChecks: there is no such file, or it cannot be imported.
    """
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        raise UnusableChecks("no such file") from None
    except (SyntaxError, UnicodeDecodeError, ValueError) as error:
        raise UnusableChecks(f"no valid Python: {error}") from None
    module = _import(path)
    checks: list[DeclaredCheck] = []
    problems = [f"line {line}: {text}" for line, text in _outline_problems(tree)]
    for name, function in vars(module).items():
        if inspect.isfunction(function) and name.startswith("test_") and function.__module__ == module.__name__:
            check = _declared(name, function)
            problems += [f"line {_line(function)}: {name}: {text}" for text in _faults(check, _own_fixtures(module))]
            if check.item:
                checks.append(check)
    return sorted(checks, key=lambda check: check.line), problems


def _import(path: Path) -> ModuleType:
    name = f"_declared_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever an author's file raises is the finding
        raise UnusableChecks(f"cannot be imported: {type(error).__name__}: {error}") from error
    finally:
        del sys.modules[name]
    return module


def _line(function: Callable[..., Any]) -> int:
    return function.__code__.co_firstlineno


def _marks(function: Callable[..., Any], name: str) -> list[Any]:
    marks = getattr(function, "pytestmark", [])
    return [mark for mark in marks if mark.name == name]


def _declared(name: str, function: Callable[..., Any]) -> DeclaredCheck:
    grades = _marks(function, "grades")
    arguments = [argument for mark in grades for argument in mark.args]
    options = grades[0].kwargs if grades else {}
    parametrized = _marks(function, "parametrize")
    given = {word.strip() for mark in parametrized for word in _argument_names(mark.args[0] if mark.args else mark.kwargs["argnames"])}
    return DeclaredCheck(
        name=name,
        item=arguments[0] if len(arguments) == 1 and isinstance(arguments[0], str) else "",
        weight=options.get("weight", 1),
        property=" ".join((function.__doc__ or "").split()),
        hint=options.get("hint", ()),
        line=_line(function),
        count=math.prod(len(list(mark.args[1] if len(mark.args) > 1 else mark.kwargs["argvalues"])) for mark in parametrized),
        arguments=tuple(word for word in inspect.signature(function).parameters if word not in given),
    )


def _argument_names(names: Any) -> list[str]:
    return names.split(",") if isinstance(names, str) else list(names)


def _own_fixtures(module: ModuleType) -> set[str]:
    return {name for name, value in vars(module).items() if "fixture" in type(value).__name__.lower()}


def _faults(check: DeclaredCheck, own_fixtures: set[str]) -> Iterator[str]:
    if not check.item:
        yield 'names no item; mark it @pytest.mark.grades("<item id>")'
    if not check.property:
        yield "has no docstring; students read there which property is checked"
    weight = check.weight
    if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not math.isfinite(weight) or weight <= 0:
        yield f"weight is {weight!r}, not a number above 0"
    steps = (check.hint,) if isinstance(check.hint, str) else check.hint
    if not isinstance(steps, (tuple, list)) or not all(isinstance(step, str) and step.strip() for step in steps):
        yield "hint is a text, or up to three texts"
    elif len(steps) > MOST_HINTS:
        yield f"hint has {len(steps)} steps; there are at most {MOST_HINTS}"
    for argument in check.arguments:
        if argument not in FIXTURES | own_fixtures:
            yield f"asks for {argument!r}; there are {', '.join(sorted(FIXTURES - {'request'}))}"


def _outline_problems(tree: ast.Module) -> Iterator[tuple[int, str]]:
    functions = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    counts = Counter(node.name for node in functions)
    for node in functions:
        if counts[node.name] > 1:
            yield node.lineno, f"{node.name} is defined {counts[node.name]} times; only the last one would run"
        if not node.name.startswith("test_") and any("mark.grades" in ast.unparse(d) for d in node.decorator_list):
            yield node.lineno, f"{node.name} is marked, but would not run: a check's name begins with test_"
        if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.lineno, f"{node.name} is asynchronous and would not run"
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield node.lineno, f"{node.name}: checks are plain functions, not methods"
