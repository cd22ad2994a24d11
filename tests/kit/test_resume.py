from __future__ import annotations

import json
import os
import pickle
from pathlib import Path

import pytest

from course_lib.kit import evidence, resume, session


@pytest.fixture(autouse=True)
def notebook_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(resume, "SHIPPED", tmp_path / "kit")
    return tmp_path


def test_what_is_saved_comes_back():
    data = {"vocab": {"가": 0, "가나": 1}, "merges": [("가", "나")]}
    path = resume.save("bpe-train", data)
    assert resume.load("bpe-train") == data
    assert isinstance(resume.load("bpe-train")["merges"][0], tuple)
    json.loads(path.read_text("utf-8"))
    assert [file.name for file in path.parent.iterdir()] == ["bpe-train.json"]


def test_continuing_is_recorded(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_EVIDENCE", str(tmp_path / "evidence"))
    session.begin("tiny")
    evidence.begin()
    resume.save("bpe-train", [1])
    assert resume.continue_from("bpe-train") == [1]
    resume.continue_from("bpe-train")
    assert session.current.continued_from == ["bpe-train"]
    assert json.loads((tmp_path / "evidence/manifest.json").read_text("utf-8"))["continued_from"] == ["bpe-train"]


def test_the_courses_artefact_stands_in(tmp_path):
    session.begin("tiny")
    resume.save("x", "course")
    (tmp_path / "kit/tiny").mkdir(parents=True)
    os.replace(tmp_path / "artefacts/x.json", tmp_path / "kit/tiny/x.json")
    assert resume.continue_from("x") == "course"
    resume.save("x", "own")
    assert resume.continue_from("x") == "own"


def test_nothing_saved_says_what_to_do():
    with pytest.raises(resume.NoArtefact, match=r"save\('bpe-train', …\)로 먼저 저장"):
        resume.continue_from("bpe-train")
    assert session.current.continued_from == []


@pytest.mark.parametrize("name", ["../x", "a/b", "", "C:x"])
def test_names_cannot_leave_the_folder(name):
    for use in (resume.load, resume.continue_from, lambda n: resume.save(n, 1)):
        with pytest.raises(ValueError, match="이름"):
            use(name)


def test_functions_are_not_saved(tmp_path):
    with pytest.raises(ValueError, match="보낼 수 없습니다"):
        resume.save("x", len)
    assert not (tmp_path / "artefacts").exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", pickle.dumps([1]), b'{"a": 1}', b"[" * 5_000])
def test_a_damaged_file_runs_nothing_and_says_so(tmp_path, content):
    (tmp_path / "artefacts").mkdir()
    (tmp_path / "artefacts/x.json").write_bytes(content)
    with pytest.raises(ValueError, match="다시 저장하세요"):
        resume.load("x")


def test_the_course_brings_artefacts_of_the_tokenizers(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(resume, "SHIPPED", Path(resume.__file__).with_name("artefacts"))
    session.begin("w09a1_tokenizers")
    for name in ("bpe", "wordpiece"):
        saved = resume.continue_from(name)
        assert sorted(saved["vocab"].values()) == list(range(len(saved["vocab"])))
        assert {"".join((left, right.removeprefix("##") if name == "wordpiece" else right)) for left, right in saved["merges"]} <= set(
            saved["vocab"]
        )
    assert session.current.continued_from == ["bpe", "wordpiece"]
