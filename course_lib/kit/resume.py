"""이어하기: keep what one step made, and go on from it later, or from the course's own when that step does not work yet.

Artefacts are data, a vocabulary or a list of merges, in the format of :mod:`course_lib.kit.wire`: reading one never runs code.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from course_lib.kit import evidence, session, wire
from course_lib.kit.korean import josa

FOLDER = Path("artefacts")  # beside the notebook, which is the working folder of its kernel
SHIPPED = Path(__file__).resolve().parent / "artefacts"  # <assignment>/<name>.json, where the kit brings some


class NoArtefact(LookupError):
    """Nothing was saved under that name; the text is Korean and says what to do."""


def save(name: str, data: Any) -> Path:
    """Write ``data`` to ``artefacts/<name>.json``, whole or not at all, and return the path.

    Raises:
        ValueError: the name is unusable, or ``data`` is not plain data (:class:`wire.WireError`).
    """
    path = FOLDER / f"{_name(name)}.json"
    text = wire.encode(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.part")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
    return path


def load(name: str) -> Any:
    """Read what :func:`save` wrote.

    Raises:
        NoArtefact: there is none of that name.
        ValueError: the file is damaged, or larger than an artefact may be.
    """
    return _read(FOLDER / f"{_name(name)}.json")


def continue_from(name: str) -> Any:
    """The artefact of an earlier step, the student's own if there is one, else the course's. Evidence and reports say so.

    Raises:
        NoArtefact: there is neither.
    """
    places = (FOLDER / f"{_name(name)}.json", SHIPPED / session.current.assignment / f"{name}.json")
    path = next((place for place in places if place.is_file()), places[0])
    data = _read(path)
    if name not in session.current.continued_from:
        session.current.continued_from.append(name)
        evidence.note_run()
    return data


def _read(path: Path) -> Any:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(wire.BOUNDS.bytes + 1)
    except FileNotFoundError:
        raise NoArtefact(
            f"저장된 {josa(repr(path.stem), '이/가')} 없습니다. 그 단계의 결과를 save({path.stem!r}, …)로 먼저 저장하세요."
        ) from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: 저장된 파일이 깨졌습니다. 다시 저장하세요.") from None
    try:
        return wire.decode(text)
    except wire.WireError as error:
        raise ValueError(f"{path}: 저장된 파일을 읽을 수 없습니다({error}). 다시 저장하세요.") from None


def _name(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", name) or len(name) > 60:
        raise ValueError(f"이름 {name!r}: 영어 소문자, 숫자, 하이픈만 쓸 수 있습니다. 예: 'bpe-train'")
    return name
