"""A small assignment's public checks, and a kit that works alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from course_lib.kit import catalogue, evidence, execution, session

PUBLIC_CHECKS = '''
import pytest
from course_lib.kit.expect import equal

@pytest.mark.grades("double", hint=("2를 곱합니다.", "return 2 * …", "return 2 * x"))
def test_doubles(submission):
    """정수의 두 배를 돌려줍니다."""
    equal(submission.call("double", 3, returns=int), 6, given="3", known={"제곱과 혼동": (9, "제곱을 돌려줍니다.")}, show_expected=True)

@pytest.mark.grades("double")
def test_zero(submission):
    """0은 0입니다."""
    equal(submission.call("double", 0), 0, given="0")

@pytest.mark.grades("table-item")
def test_table(evidence):
    """표가 두 줄입니다."""
    equal(len(evidence.tables.get("sizes", [])), 2, given="표 sizes")

@pytest.mark.grades("broken-item")
def test_fault():
    """검사가 깨졌습니다."""
    raise OSError("disk")
'''
LISTING = (
    '{"items": [{"id": "double", "title": "두 배"}, {"id": "essay", "title": "서술"}], "bonus": [{"id": "table-item", "title": "표"}]}'
)


@pytest.fixture(autouse=True)
def fresh_session(monkeypatch):
    """Tests share one process; a notebook has one of its own."""
    monkeypatch.delenv("COURSE_EVIDENCE", raising=False)
    monkeypatch.delenv("COURSE_GRADING", raising=False)
    session.begin("")
    evidence.begin()
    yield
    session.begin("")
    evidence.begin()


@pytest.fixture
def public(tmp_path: Path, monkeypatch) -> Path:
    """The folder of public checks of an assignment "tiny", as in a kit."""
    folder = tmp_path / "public"
    folder.mkdir()
    (folder / "tiny.py").write_text(PUBLIC_CHECKS, encoding="utf-8")
    (folder / "tiny.json").write_text(LISTING, encoding="utf-8")
    monkeypatch.setattr(catalogue, "PUBLIC", folder)
    monkeypatch.setattr(catalogue, "ROOMS", tmp_path / "no-rooms")
    return folder


@pytest.fixture
def student_folder(tmp_path: Path, monkeypatch) -> Path:
    """A student's folder with Korean letters and a space, the kit of "tiny" unpacked in it; nothing else of the course on the path."""
    folder = tmp_path / "내 과제 폴더"
    kit = folder / "course_lib" / "kit"
    shutil.copytree(catalogue.KIT, kit, ignore=shutil.ignore_patterns("__pycache__", "public"))
    (folder / "course_lib" / "__init__.py").touch()
    (kit / "public").mkdir()
    (kit / "public" / "tiny.py").write_text(PUBLIC_CHECKS, encoding="utf-8")
    (kit / "public" / "tiny.json").write_text(LISTING, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(execution, "COURSE", folder)
    return folder
