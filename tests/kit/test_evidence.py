from __future__ import annotations

import json
import math
import os

import numpy
import pytest

from course_lib.kit import evidence, session
from course_lib.kit.evidence import conclusion, figure, table


def test_rows_are_kept_as_plain_numbers():
    rows = table("sizes", [{"size": numpy.int64(5), "share": numpy.float32(0.5), "ok": numpy.bool_(True), "note": None, "list": (1, 2)}])
    assert rows == [{"size": 5, "share": 0.5, "ok": True, "note": None, "list": [1, 2]}]
    assert [type(value) for value in rows[0].values()] == [int, float, bool, type(None), list]
    assert evidence.collected().tables == {"sizes": rows}
    table("sizes", iter([{"size": 6}]))
    assert evidence.collected().tables["sizes"] == [{"size": 6}], "a later table replaces it"


def test_a_table_shows_itself_and_escapes():
    html = table("t", [{"<b>": "<script>"}])._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"a": 1}, {"a": math.nan}], "표 t의 2번째 줄 'a': 값이 nan"),
        ([{"a": math.inf}], "inf"),
        ([{"a": object()}], "object 값은"),
        ([{1: 1}], "키는 문자열"),
        ([[1]], "dict여야"),
        ([{"a": 2**63}], "정수가 너무 큽니다"),
        ([{"a": "가" * 30_000}], "글이 너무 깁니다"),
        ([{"a": [1] * 30_000}], "목록이 너무"),
        ([{"a": 1}] * 20_001, "20,000줄까지"),
        ([{"a": [[[[[[1]]]]]]}], "list 값은"),
    ],
)
def test_values_that_cannot_be_written_are_named(rows, said):
    with pytest.raises(ValueError, match=said):
        table("t", rows)
    assert "t" not in evidence.collected().tables


@pytest.mark.parametrize("name", ["", "../x", "Big", "a b", "한글", "a" * 61, "a--b", "-a", "a/b", None, "nul.txt"])
def test_names_are_safe_file_names(name):
    for keep in (lambda: table(name, []), lambda: conclusion(name, {}), lambda: figure(name, None)):
        with pytest.raises(ValueError, match="이름"):
            keep()


def test_nothing_is_written_outside_of_pack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    session.begin("tiny", "s", "cpu", 3)
    evidence.begin()
    table("t", [{"a": 1}])
    conclusion("c", {"rows": [0], "direction": "up"})
    assert os.listdir(tmp_path) == []


def test_what_pack_reads(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_EVIDENCE", str(tmp_path / "증 거"))
    session.begin("tiny", "20240001", "smoke", 3)
    evidence.begin()
    table("sizes", [{"a": 0.1, "언어": "한국어"}])
    conclusion("up", {"rows": [0, 1], "direction": "up"})
    from matplotlib.figure import Figure

    figure("plot", Figure())
    folder = tmp_path / "증 거"
    assert json.loads((folder / "tables/sizes.json").read_text("utf-8")) == [{"a": 0.1, "언어": "한국어"}]
    assert json.loads((folder / "conclusions.json").read_text("utf-8")) == {"up": {"rows": [0, 1], "direction": "up"}}
    assert (folder / "figures/plot.png").read_bytes().startswith(b"\x89PNG")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert {key: manifest[key] for key in ("assignment", "profile", "seed", "continued_from")} == {
        "assignment": "tiny",
        "profile": "smoke",
        "seed": 3,
        "continued_from": [],
    }
    assert "20240001" not in json.dumps(manifest), "the student's number is hidden from graders"
    assert manifest["versions"]["numpy"] == numpy.__version__
    assert not list(folder.rglob("*.part"))


def test_the_grader_reads_what_the_kit_writes(tmp_path, monkeypatch):
    grader = pytest.importorskip("autograder.evidence")
    monkeypatch.setenv("COURSE_EVIDENCE", str(tmp_path))
    session.begin("tiny", "", "cpu", 7)
    evidence.begin()
    rows = table("sizes", [{"a": 0.1, "b": [1, None, True], "c": {"d": "e"}}] * 3)
    conclusion("up", {"rows": [0, 1], "direction": "up"})
    read = grader.read_evidence(tmp_path)
    assert read.problems == ()
    assert (read.tables, read.conclusions) == ({"sizes": rows}, {"up": {"rows": [0, 1], "direction": "up"}})
    assert (read.profile, read.seed) == ("cpu", 7)


def test_a_figure_is_the_same_file_each_time():
    from matplotlib.figure import Figure

    def draw() -> Figure:
        fig = Figure()
        fig.subplots().plot([1, 2, 3])
        return fig

    figure("a", draw())
    figure("b", draw())
    assert evidence.collected().figures["a"] == evidence.collected().figures["b"]
