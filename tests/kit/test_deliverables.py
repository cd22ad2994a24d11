"""Reports from answers and evidence, and the list of what is missing."""

from __future__ import annotations

import base64
import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_lib.kit.deliverables import write_deliverables
from course_lib.kit.report import Report, Section, blank

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
LISTING = {
    "items": [{"id": "essay", "title": "서술"}, {"id": "analysis", "title": "해석"}, {"id": "code", "title": "코드"}],
    "deliverables": {"report/": "분석 보고서", "compare.ipynb": "비교 노트북", "lib/": "코드"},
    "parts": {
        "report/": {"sections": ["analysis", "essay"], "tables": ["sizes"], "figures": ["sizes"], "conclusions": ["up"]},
        "compare.ipynb": {"notebook": True},
        "lib/": {"modules": {"m": ["f"]}},
    },
}


def answer(name: str, text: str, kind=new_markdown_cell, **more):
    return kind(text, metadata={"nbgrader": {"grade_id": name, "solution": True, "grade": True}}, **more)


def notebook(essay: str = "제 답입니다.", analysis: str = "표를 보면 커집니다."):
    function = new_code_cell("def f():\n    return 1", metadata={"nbgrader": {"grade_id": "solution-f", "solution": True}})
    return new_notebook(cells=[function, answer("essay", essay), answer("analysis", analysis)])


@pytest.fixture
def evidence(tmp_path):
    folder = tmp_path / "evidence"
    (folder / "tables").mkdir(parents=True)
    (folder / "figures").mkdir()
    (folder / "tables/sizes.json").write_text(json.dumps([{"x": 1, "y": 0.123456}, {"x": 2, "글": "가|나"}]))
    (folder / "figures/sizes.png").write_bytes(PNG)
    (folder / "conclusions.json").write_text(json.dumps({"up": {"rows": [0, 1], "direction": "up"}}))
    return folder


def test_everything_is_made(tmp_path, evidence):
    out = tmp_path / "pack"
    out.mkdir()
    assert write_deliverables(notebook(), LISTING, evidence, out) == []
    text = (out / "report/report.md").read_text("utf-8")
    assert (
        text.index("# 분석 보고서") < text.index("## 해석") < text.index("표를 보면") < text.index("## 서술") < text.index("제 답입니다.")
    )
    assert "| 1 | 0.1235 |  |" in text
    assert "가\\|나" in text
    assert "| up | [0, 1] | up |" in text
    assert (out / "report/figures/sizes.png").read_bytes() == PNG
    page = (out / "report/report.html").read_text("utf-8")
    assert "data:image/png;base64," in page
    assert "<td>가|나</td>" in page.replace(' style="text-align:right"', "")
    assert nbformat.read(out / "compare.ipynb", 4).cells[0].source.startswith("def f")
    assert (out / "lib/m.py").is_file()


def test_what_is_missing_is_listed_and_the_rest_written(tmp_path, evidence):
    (evidence / "tables/sizes.json").unlink()
    (evidence / "figures/sizes.png").unlink()
    (evidence / "conclusions.json").unlink()
    book = notebook(essay="## 제목만\n\n<!-- 나중에 -->")
    del book.cells[2]
    out = tmp_path / "pack"
    out.mkdir()
    assert write_deliverables(book, LISTING, evidence, out) == [
        "report: 해석: 답을 쓰는 셀(analysis)이 노트북에 없습니다.",
        "report: 서술: 비어 있습니다.",
        "report: 표 sizes: 증거에 없습니다. 그 셀이 실행되었는지 보세요.",
        "report: 그림 sizes: 증거에 없습니다. 그 셀이 실행되었는지 보세요.",
        "report: 결론 up: 증거에 없습니다. 그 셀이 실행되었는지 보세요.",
    ]
    assert (out / "report/report.html").is_file()
    assert (out / "lib/m.py").is_file()


def test_what_only_a_bonus_makes_is_missed_by_nobody(tmp_path, evidence):
    part = {"tables": ["sizes", "bonus"], "figures": ["bonus"], "optional": ["bonus"]}
    listing = LISTING | {"parts": {"report/": part}}
    out = tmp_path / "pack"
    out.mkdir()
    assert write_deliverables(notebook(), listing, evidence, out) == []
    assert "표 sizes" in (out / "report/report.md").read_text("utf-8")
    (evidence / "tables/bonus.json").write_text(json.dumps([{"x": 1}]))
    assert write_deliverables(notebook(), listing, evidence, out) == []
    assert "표 bonus" in (out / "report/report.md").read_text("utf-8")


def test_nothing_of_an_answer_runs():
    text = "<script>alert(1)</script> [링크](javascript:alert(1)) <img src=x onerror=alert(1)>\n\n# 큰 제목\n\n```\n# 주석\n```\n\n$x<y$"
    page = Report("제목 <b>", [Section("절", text)]).page()
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert "default-src 'none'" in page
    assert "<title>제목 &lt;b&gt;</title>" in page
    assert "<h3>큰 제목</h3>" in page
    assert "# 주석" in page


def test_pasted_pictures_and_code_answers(tmp_path, evidence):
    pasted = answer(
        "essay", "그림: ![내 그림](attachment:내%20그림.png)", attachments={"내%20그림.png": {"image/png": base64.b64encode(PNG).decode()}}
    )
    book = new_notebook(cells=[pasted, answer("analysis", "x = 1", new_code_cell)])
    out = tmp_path / "pack"
    out.mkdir()
    listing = LISTING | {"parts": {"report/": {"sections": ["essay", "analysis"]}}}
    assert write_deliverables(book, listing, evidence, out) == []
    text = (out / "report/report.md").read_text("utf-8")
    assert "```python\nx = 1\n```" in text
    (picture,) = (out / "report/figures").iterdir()
    assert f"![내 그림](figures/{picture.name})" in text
    assert "data:image/png" in (out / "report/report.html").read_text("utf-8")


def test_long_tables_are_cut():
    text = Report("r", tables={"t": [{"x": n} for n in range(500)]}).markdown()
    assert "| 199 |" in text
    assert "| 200 |" not in text
    assert "모두 500줄 가운데 200줄" in text


@pytest.mark.parametrize(
    ("text", "empty"), [("", True), ("\n # 제목\n---\n", True), ("<!-- x\n y -->", True), ("가", False), ("- 가", False)]
)
def test_blank(text, empty):
    assert blank(text) is empty
