"""Which files of an assignment's room hold what: checks and mutants may stand in one file, or in several, such as ``checks_bpe.py``."""

from __future__ import annotations

from pathlib import Path


def hidden_checks(room: Path) -> tuple[Path, ...]:
    """``checks.py`` and every ``checks_*.py``, sorted; the first of them where there is none, so that whoever reads it says so."""
    return _files(room, "checks")


def public_checks(room: Path) -> tuple[Path, ...]:
    """``public_checks.py`` and every ``public_checks_*.py``, in the same way."""
    return _files(room, "public_checks")


def mutant_files(room: Path) -> tuple[Path, ...]:
    """``mutants.py`` and every ``mutants_*.py``, sorted; none where there is none."""
    return tuple(path for path in _files(room, "mutants") if path.is_file())


def name_in_kit(assignment_id: str, path: Path) -> str:
    """The name under which a file of public checks travels: ``<id>.py``, or ``<id>-bpe.py`` for ``public_checks_bpe.py``."""
    part = path.stem.removeprefix("public_checks").removeprefix("_")
    return f"{assignment_id}-{part}.py" if part else f"{assignment_id}.py"


def _files(room: Path, name: str) -> tuple[Path, ...]:
    whole = room / f"{name}.py"
    found = sorted([*([whole] if whole.is_file() else []), *room.glob(f"{name}_*.py")])
    return tuple(found) or (whole,)
