"""YAML as people write settings, read without surprises.

Numbers with a point are exact decimals; a key that stands twice, an alias, a clock time that YAML takes for a number and everything else
that would silently mean something other than what was written is refused, with line and column.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

import yaml

LONGEST_FILE = 1_000_000  # bytes
DEEPEST = 20
DIGITS = 30


class YamlProblem(ValueError):
    """A file that cannot be read; the text says why and where, without the file's name."""


def load_yaml(path: Path) -> Any:
    """Read one document.

    Returns:
        dictionaries with text keys, lists, text, integers, ``Decimal``, booleans, ``None`` and dates.

    Raises:
        FileNotFoundError: there is no such file.
        YamlProblem: it cannot be read, or holds what this module refuses.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise YamlProblem(f"cannot be read: {error.strerror or error}") from None
    if len(data) > LONGEST_FILE:
        raise YamlProblem(f"is longer than {LONGEST_FILE:,} bytes")
    try:
        return parse_yaml(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise YamlProblem(f"is not UTF-8: {error}") from None


def parse_yaml(text: str) -> Any:
    """``load_yaml`` for text. Raises YamlProblem."""
    try:
        _refuse_bombs(text)
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise YamlProblem(f"{where}{error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise YamlProblem(f"not YAML: {' '.join(str(error).split())}") from None


def _refuse_bombs(text: str) -> None:
    """Look at the events only, which costs no memory and no recursion, before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            _refuse(event.start_mark, "anchors (&) and aliases (*) are not used here; write the value out")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            _refuse(event.start_mark, f"nested more than {DEEPEST} deep")


def _refuse(mark: yaml.Mark, text: str) -> NoReturn:
    raise yaml.constructor.ConstructorError(None, None, text, mark)


class _Loader(yaml.SafeLoader):
    """SafeLoader, minus what changes a value's meaning."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag != "tag:yaml.org,2002:str":
            _refuse(key_node.start_mark, "a key is a text; put it in quotation marks if it looks like something else")
        if key_node.value in built:
            _refuse(key_node.start_mark, f"the key {key_node.value!r} stands here a second time")
        built[key_node.value] = loader.construct_object(value_node, deep=True)
    return built


def _integer(_: _Loader, node: yaml.ScalarNode) -> int:
    if not re.fullmatch(r"[-+]?(0|[1-9][0-9]*)", node.value) or len(node.value) > DIGITS:
        _refuse(node.start_mark, f"{node.value[:40]!r} is no plain whole number; if it is a text, put it in quotation marks")
    return int(node.value)


def _decimal(_: _Loader, node: yaml.ScalarNode) -> Decimal:
    if not re.fullmatch(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)", node.value) or len(node.value) > DIGITS:
        _refuse(node.start_mark, f"{node.value[:40]!r} is no plain decimal number; if it is a text, put it in quotation marks")
    return Decimal(node.value)


def _boolean(_: _Loader, node: yaml.ScalarNode) -> bool:
    if node.value not in ("true", "false"):
        _refuse(node.start_mark, f"write true or false instead of {node.value!r}; if it is a text, put it in quotation marks")
    return node.value == "true"


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)
_Loader.add_constructor("tag:yaml.org,2002:bool", _boolean)
