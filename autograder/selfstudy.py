"""What a self-study kit carries beyond the ordinary one: the checks, the reference, hints, answers and marking schemes.

None of it is for students of a graded term. It travels as files of the zip only, and never lies in the library itself.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import autograder
from autograder.authored import BuildError
from autograder.build import build_source
from autograder.checkfiles import declared_checks
from autograder.codecells import find_regions
from autograder.course import Course
from autograder.kits import LIBRARY, package_files
from autograder.manifest import Assignment
from autograder.roomfiles import hidden_checks, public_checks

ENGINE = Path(autograder.__file__).resolve().parent
DATA = "course_lib/kit/selfstudy/data"
REVIEW = "autograder.review"  # the static review, which the checks of code quality ask for
TRAVELS = ("autograder.review", "autograder.result", "autograder.manifest", "autograder.manifest_model", "autograder.manifest_rules")
TRAVELS += ("autograder.specification", "autograder.strictyaml")


def selfstudy_files(course: Course, assignment: Assignment) -> dict[str, bytes]:
    """Files of one assignment by their place in the kit.

    Raises:
        BuildError: the notebook cannot be built, or its checks need more of the grader than may travel.
    """
    checks = hidden_checks(course.room(assignment.id))
    files = {
        f"{DATA}/{assignment.id}/answers.json": json.dumps(answers(course, assignment), ensure_ascii=False, indent=1).encode() + b"\n",
    } | {f"{DATA}/{assignment.id}/{path.name}": path.read_bytes() for path in checks}
    reference = LIBRARY / assignment.topic
    if reference.is_dir():
        files |= {f"course_lib/{reference.name}/{name}": data for name, data in package_files(reference).items()}
    return files | _engine([ast.parse(path.read_text(encoding="utf-8")) for path in checks])


def answers(course: Course, assignment: Assignment) -> dict[str, Any]:
    """Items with their cells, earlier items, hints, criteria and model answers, and the teaching solution of every cell."""
    notebook = build_source(course, assignment)
    cells: dict[str, dict[str, Any]] = {}
    of_item: dict[str, list[str]] = {}
    essays: dict[str, str] = {}
    waiting: list[str] = []
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if grade_id.startswith("solution-"):
            name = grade_id.removeprefix("solution-")
            cells[name] = {"source": _unmarked(cell.source), "names": _defined(cell.source)}
            waiting.append(name)
        elif grade_id in assignment.by_id:
            of_item[grade_id], waiting = waiting, []
            if assignment.by_id[grade_id].manual:
                essays[grade_id] = _inside(cell.source)
    hints = _hints(course.room(assignment.id))
    items = [
        {
            "id": item.id,
            "title": item.title,
            "points": float(item.points),
            "bonus": item in assignment.bonus,
            "cells": of_item.get(item.id, []),
            "after": list(item.after),
            "hints": hints.get(item.id, []),
            "criteria": [{"points": float(c.points), "text": c.text} for c in item.criteria],
            "answer": essays.get(item.id, ""),
        }
        for item in assignment.by_id.values()
    ]
    return {"title": assignment.title, "items": items, "cells": cells}


def _hints(room: Path) -> dict[str, list[dict[str, Any]]]:
    """The steps of help by item, each with the property that it helps with; the same help stands once."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in (*public_checks(room), *hidden_checks(room)):
        for check in declared_checks(path)[0]:
            steps = [check.hint] if isinstance(check.hint, str) else list(check.hint)
            known = found.setdefault(check.item, [])
            if steps and steps not in [entry["steps"] for entry in known]:
                known.append({"property": check.property, "steps": steps})
    return found


def _unmarked(source: str) -> str:
    regions, _ = find_regions(source)
    marks = {line for region in regions for line in (region.begin, region.end)}
    return "\n".join(line for number, line in enumerate(source.split("\n")) if number not in marks)


def _inside(source: str) -> str:
    lines = source.split("\n")
    return "\n\n".join("\n".join(lines[region.begin + 1 : region.end]) for region in find_regions(source)[0]).strip()


def _defined(source: str) -> list[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    try:
        return [node.name for node in ast.parse(source).body if isinstance(node, kinds)]
    except SyntaxError:  # a cell with magics
        return []


# -- the part of the grader that the checks use ---------------------------------------------------------------------------


def _engine(trees: list[ast.Module]) -> dict[str, bytes]:
    """The static review and what it and the checks import, all of it on the list of what may travel."""
    files = {"autograder/__init__.py": (ENGINE / "__init__.py").read_bytes()}
    waiting = sorted({REVIEW, *(name for tree in trees for name in _imported(tree))})
    seen: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module in seen:
            continue
        seen.add(module)
        if not any(module == name or module.startswith(f"{name}.") for name in TRAVELS):
            raise BuildError(f"the checks need {module}, which no kit may hold; a kit for self-study has {', '.join(TRAVELS)}")
        place = ENGINE.parent.joinpath(*module.split("."))
        found = {f"{place.name}.py": place.with_suffix(".py").read_bytes()} if place.with_suffix(".py").is_file() else {}
        prefix = module.rpartition(".")[0].replace(".", "/")
        if not found:
            found, prefix = package_files(place), module.replace(".", "/")
        for name, data in found.items():
            files[f"{prefix}/{name}"] = data
            if name.endswith(".py"):
                waiting += sorted(_imported(ast.parse(data.decode())))
    return files


def _imported(tree: ast.Module) -> set[str]:
    """Modules of the grader that a module imports."""
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            submodules = [f"{node.module}.{alias.name}" for alias in node.names]
            names |= {name for name in submodules if _is_module(name)} or {node.module}
    return {name for name in names if name.startswith("autograder.")}


def _is_module(name: str) -> bool:
    place = ENGINE.parent.joinpath(*name.split("."))
    return place.is_dir() or place.with_suffix(".py").is_file()
