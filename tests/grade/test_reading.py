"""Whatever the bytes are, reading gives a plain notebook or a Korean reason."""

from __future__ import annotations

import json
import random
import re
import time
import tracemalloc

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.reading import Bounds, UnreadableNotebook, read_notebook

SMALL = Bounds(bytes=100_000, values=5_000, cells=20, source=1_000)


def notebook(*cells: object, **top: object) -> bytes:
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)} | top).encode()


def code(source: object = "x = 1", **more: object) -> dict[str, object]:
    return {"cell_type": "code", "id": "a", "metadata": {}, "source": source, "outputs": [], "execution_count": None} | more


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "빈 파일"),
        (b" \n\t", "빈 파일"),
        (b"x" * 200_000, "너무 큽니다"),
        (b"\xff\xfe{\x00}\x00", "UTF-8"),
        ('{"cells": ['.encode("utf-16"), "UTF-8"),
        (b"hello", "JSON"),
        (b'{"nbformat": 4, "cells": [', "JSON"),
        (b"[" * 50_000, "값이|깊습니다"),
        (b'{"a":' * 4_000 + b"1" + b"}" * 4_000, "깊습니다"),
        (b"[" + b"1," * 20_000 + b"1]", "값이"),
        (b"[1, 2]", "객체"),
        (b"null", "객체"),
        (b"{}", "nbformat"),
        (b'{"nbformat": "4", "cells": []}', "nbformat"),
        (b'{"nbformat": true, "cells": []}', "nbformat"),
        (b'{"nbformat": 4, "cells": {}}', "셀 목록"),
        (b'{"nbformat": 4}', "셀 목록"),
        (b'{"nbformat": 3, "worksheets": 1}', "셀 목록"),
        (b'{"nbformat": 99, "cells": []}', "99판"),
        (b'{"nbformat": ' + b"9" * 6_000 + b', "cells": []}', "nbformat"),
        (notebook("cell"), "1번째 셀"),
        (notebook(code(), None), "2번째 셀"),
        (notebook({"cell_type": ["code"]}), "종류"),
        (notebook({"cell_type": "slide", "source": ""}), "종류"),
        (notebook(code(source=7)), "글이 아닙니다"),
        (notebook(code(source=["a", 1])), "글이 아닙니다"),
        (notebook(code(source={"a": 1})), "글이 아닙니다"),
        (notebook(code(source="x" * 2_000)), "너무 깁니다"),
        (notebook(*[code()] * 21), "너무 많습니다"),
    ],
    ids=lambda value: re.sub(r"\W", "", repr(value))[:24] if isinstance(value, bytes) else None,
)
def test_what_is_no_notebook_has_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableNotebook, match=reason) as caught:
        read_notebook(data, SMALL)
    assert re.search("[가-힣]", str(caught.value))


def test_sources_may_be_lists_and_outputs_do_not_matter() -> None:
    read = read_notebook(notebook(code(["a = 1\n", "b = 2"], outputs=[{"text": float("nan")}, 7, None], metadata=[1])))
    assert [(c.cell_type, c.source, c.outputs, c.metadata) for c in read.cells] == [("code", "a = 1\nb = 2", [], {})]


def test_a_byte_order_mark_and_numbers_of_any_size_are_read() -> None:
    data = b"\xef\xbb\xbf" + notebook(code(), metadata={"a": 1}).replace(b'"a": 1', b'"a": ' + b"7" * 5_000 + b', "b": NaN, "c": 1e999')
    assert len(read_notebook(data).cells) == 1


def test_format_3_is_upgraded() -> None:
    old = {"cell_type": "code", "input": ["x = 1"], "language": "python", "metadata": {}, "outputs": []}
    heading = {"cell_type": "heading", "level": 1, "source": "제목", "metadata": {}}
    read = read_notebook(json.dumps({"nbformat": 3, "worksheets": [{"cells": [heading, old]}, 3]}).encode())
    assert [(cell.cell_type, cell.source) for cell in read.cells] == [("markdown", "제목"), ("code", "x = 1")]


def test_the_last_of_equal_keys_counts() -> None:
    data = b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "a", "source": "b"}], "nbformat_minor": 5}'
    assert read_notebook(data).cells[0].source == "b"


def test_what_no_file_can_hold_is_replaced() -> None:
    data = notebook(code("SOURCE", metadata={"nbgrader": {"grade_id": "SOURCE"}})).replace(b"SOURCE", rb"a\ud800\u0000b \ud83d\ude00")
    cell = read_notebook(data).cells[0]
    assert cell.source == cell.metadata.nbgrader.grade_id == "a��b 😀"
    nbformat.writes(read_notebook(data)).encode()


def test_only_images_are_kept_of_attachments() -> None:
    bundle = {"image/png": "aGk=", "image/svg+xml": "<svg onload=x>", "text/html": "<script>", "image/jpeg": "no base64!"}
    cell = {"cell_type": "markdown", "source": "", "metadata": {}, "attachments": {"a.png": bundle, "b": 1, "c": {"image/png": 5}}}
    assert read_notebook(notebook(cell)).cells[0].attachments == {"a.png": {"image/png": "aGk="}}
    assert "attachments" not in read_notebook(notebook(cell | {"attachments": [1]})).cells[0]


def test_nbgrader_marks_are_plain() -> None:
    marks = {"grade_id": "add", "points": 1.5, "deep": {"a": [1]}, "long": "x" * 300, "locked": None, "get": "x", "items": "y"}
    assert read_notebook(notebook(code(metadata={"nbgrader": marks}))).cells[0].metadata == {
        "nbgrader": {"grade_id": "add", "points": 1.5, "get": "x", "items": "y"}
    }
    assert read_notebook(notebook(code(metadata={"nbgrader": "add"}))).cells[0].metadata == {}


def test_a_large_honest_notebook_is_read_and_a_bomb_is_not_built() -> None:
    picture = {"output_type": "display_data", "data": {"image/png": "A" * 5_000_000, "text/html": "<td>,[{" * 800_000}, "metadata": {}}
    assert len(read_notebook(notebook(code(outputs=[picture]))).cells) == 1
    bomb = b'{"nbformat": 4, "cells": [' + b"[]," * 10_000_000 + b"[]]}"
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(UnreadableNotebook, match="값이"):
        read_notebook(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6 * len(bomb)  # as objects it would take 20 times its size
    assert time.process_time() - started < 20  # an escaped quote per byte must not make it quadratic


@pytest.mark.parametrize("piece", [b'\\"', b'"', b"\\", b'\\\\"', b'",'])
def test_cost_grows_with_the_size_only(piece: bytes) -> None:
    started = time.process_time()
    with pytest.raises(UnreadableNotebook):
        read_notebook(b'{"nbformat": 4, "x": "' + b",[{" * 700_000 + piece * 3_000_000)
    assert time.process_time() - started < 20


def assert_read_or_refused(data: bytes) -> None:
    try:
        read = read_notebook(data)
    except UnreadableNotebook as error:
        reason = str(error)
    else:
        nbformat.writes(read).encode()
        return
    assert re.search("[가-힣]", reason)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4), max_leaves=8
)
keys = st.sampled_from(["cell_type", "source", "metadata", "id", "outputs", "attachments", "input", "nbgrader"]) | st.text(max_size=4)
kinds = st.sampled_from(["code", "markdown", "raw", "heading"]) | values
marks = st.fixed_dictionaries({"nbgrader": st.dictionaries(st.sampled_from(["grade_id", "points", "locked"]), values) | values}) | values
hostile_cells = st.fixed_dictionaries(
    {"cell_type": kinds}, optional={"source": values | st.lists(st.text()), "metadata": marks, "id": values, "attachments": values}
)
hostile = st.fixed_dictionaries(
    {"nbformat": st.sampled_from([3, 4]) | values},
    optional={
        "cells": st.lists(hostile_cells | st.dictionaries(keys, values) | values, max_size=5) | values,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(hostile_cells)}) | values, max_size=3) | values,
        "metadata": values,
    },
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hostile)
def test_hostile_shapes_raise_nothing_else(tree: object) -> None:
    assert_read_or_refused(json.dumps(tree).encode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 2**32))
def test_damaged_files_raise_nothing_else(noise: bytes, seed: int) -> None:
    data = bytearray(notebook(code(), {"cell_type": "markdown", "source": "글", "metadata": {"nbgrader": {"grade_id": "x"}}}))
    rng = random.Random(seed)
    for byte in noise[:20]:
        data[rng.randrange(len(data))] = byte
    for candidate in (bytes(data), noise, bytes(data[: rng.randrange(len(data))])):
        assert_read_or_refused(candidate)
