"""Everything about an assignment that can be checked without running a notebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.booklinks import target_problem
from autograder.build import BuildError, build_source
from autograder.checkfiles import DeclaredCheck, UnusableChecks, declared_checks
from autograder.course import Course, CourseError
from autograder.kits import kit_files
from autograder.manifest import Assignment, Item, ManifestError
from autograder.proof import load_mutants
from autograder.roomfiles import hidden_checks, public_checks

FEWEST_CHECKS = 2  # hidden ones, for every automatic item


def validate(course: Course, assignment_ids: Iterable[str]) -> list[str]:
    """What is wrong with the assignments, one line per problem, each beginning with the assignment's id.

    Raises:
        CourseError: there is no such assignment.
    """
    return [f"{name}: {problem}" for name in assignment_ids for problem in _problems(course, course.room(name))]


def _problems(course: Course, room: Path) -> Iterator[str]:
    try:
        assignment = course.assignment(room.name)
    except ManifestError as error:
        yield str(error)
        return
    try:
        build_source(course, assignment)
    except BuildError as error:
        yield from str(error).splitlines()
    yield from _hidden_check_problems(room, assignment)
    yield from _public_check_problems(room, assignment)
    yield from _proof_problems(room, assignment)
    yield from _book_problems(course, assignment)
    if public_checks(room)[0].is_file():  # else it has been said
        try:
            kit_files(course, assignment.id)
        except CourseError as error:
            yield str(error)


def _book_problems(course: Course, assignment: Assignment) -> Iterator[str]:
    for item in assignment.by_id.values():
        if item.book is not None and (problem := target_problem(course, item.book)):
            yield f"items.{item.id}.book: {problem}"


def _automatic(assignment: Assignment) -> list[str]:
    return [item.id for item in assignment.by_id.values() if not item.manual]


def _implementation(assignment: Assignment) -> list[Item]:
    return [item for item in assignment.items if item.dimension == "implementation" and not item.manual]


def _checks(path: Path, assignment: Assignment) -> tuple[list[DeclaredCheck], list[str]]:
    """The checks in a file, and everything that is wrong in it, whichever file it is."""
    checks, found = declared_checks(path)
    problems = [f"{path.name}: {problem}" for problem in found]
    for check in checks:
        if check.item not in assignment.by_id:
            problems.append(f"{path.name}: line {check.line}: {check.name} names {check.item!r}, which is no item of the manifest")
        elif assignment.by_id[check.item].manual:
            problems.append(f"{path.name}: line {check.line}: {check.name} names {check.item!r}, which is graded by hand")
    return checks, problems


def _all_checks(paths: Iterable[Path], assignment: Assignment) -> Iterator[DeclaredCheck | str]:
    """The checks of several files, and what is wrong with them: a name stands for one seed, so no two checks may share it."""
    names: Counter[str] = Counter()
    for path in paths:
        try:
            checks, problems = _checks(path, assignment)
        except UnusableChecks as error:
            yield f"{path.name}: {error}"
            continue
        yield from problems
        for name in {check.name for check in checks} & names.keys():
            yield f"{path.name}: {name} stands in another file of checks as well"
        names.update(check.name for check in checks)
        yield from checks


def _hidden_check_problems(room: Path, assignment: Assignment) -> Iterator[str]:
    found = list(_all_checks(hidden_checks(room), assignment))
    yield from (problem for problem in found if isinstance(problem, str))
    if not any(isinstance(check, DeclaredCheck) for check in found):
        return
    counts: Counter[str] = Counter()
    for check in found:
        if isinstance(check, DeclaredCheck):
            counts[check.item] += check.count
    for name in _automatic(assignment):
        if counts[name] < FEWEST_CHECKS:
            yield f"checks.py: item {name!r} has {counts[name]} hidden checks; it needs at least {FEWEST_CHECKS}"


def _public_check_problems(room: Path, assignment: Assignment) -> Iterator[str]:
    found = list(_all_checks(public_checks(room), assignment))
    yield from (problem for problem in found if isinstance(problem, str))
    named = {check.item for check in found if isinstance(check, DeclaredCheck)}
    if not named:
        return
    for item in _implementation(assignment):
        if item.id not in named:
            yield f"public_checks.py: item {item.id!r} has no public check; students could not check themselves"


def _proof_problems(room: Path, assignment: Assignment) -> Iterator[str]:
    try:
        mutants = load_mutants(room)
    except Exception as error:  # an author's file: whatever it raises is the finding
        yield f"mutants.py: {type(error).__name__}: {error}"
        return
    automatic = _automatic(assignment)
    for name, count in Counter(mutant.name for mutant in mutants).items():
        if count > 1:
            yield f"mutants.py: the name {name!r} stands {count} times"
    for mutant in mutants:
        if not mutant.loses:
            yield f"mutants.py: {mutant.name} loses nothing"
        for name in mutant.loses:
            if name not in automatic:
                yield f"mutants.py: {mutant.name} loses {name!r}, which is no automatic item"
    lost = {name for mutant in mutants for name in mutant.loses}
    for item in _implementation(assignment):
        if item.id not in lost:
            yield f"mutants.py: no mutant loses {item.id!r}, so nothing shows that its checks can fail"
    if _implementation(assignment) and not any((room / "alternatives").glob("*.py")):
        yield "alternatives: none; nothing shows that a correct solution by other means passes"
