"""Submissions from folders, platforms' zips and nbgrader's exchange: each is somebody's for certain, or set aside."""

from __future__ import annotations

import io
import json
import unicodedata
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
import tinycourse

from autograder.attempts import read_attempts
from autograder.collecting import collect_source
from autograder.course import Course, CourseError

ID = tinycourse.ID
NOTEBOOK = f"{ID}.ipynb"
ROSTER = """학번,이름,이메일,분반
2026-10231,김민수,kim@a.kr,1
2026-10232,이영희,lee@a.kr,1
20261234,Minsu Park,park@a.kr,2
2026-7,박서준,p1@a.kr,2
2026-8,박서준,p2@a.kr,2
"""


@pytest.fixture
def course(tiny_course: Course) -> Course:
    tiny_course.term.mkdir()
    (tiny_course.term / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return tiny_course


def write_zip(path: Path, files: Mapping[str, bytes | str], *, encoding: str = "utf-8", at=(2026, 3, 20, 23, 50, 0)) -> Path:
    """A zip whose names are flagged as UTF-8, or stand there as raw bytes of another encoding, as Korean Windows writes them."""
    with zipfile.ZipFile(path, "w") as archive:
        for number, (name, data) in enumerate(files.items()):
            # Python flags every name beyond ASCII: write one of as many bytes, and put the raw name in its place.
            plain = name if encoding == "utf-8" else f"{number}".rjust(len(name.encode(encoding)), "x")
            archive.writestr(zipfile.ZipInfo(plain, at), data)
    if encoding != "utf-8":
        content = path.read_bytes()
        for number, name in enumerate(files):
            raw = name.encode(encoding)
            content = content.replace(f"{number}".rjust(len(raw), "x").encode(), raw)
        path.write_bytes(content)
    return path


def collected(course: Course, source: Path, **options):
    return collect_source(course, ID, source, **options)


def kept(course: Course, student: str) -> dict[str, bytes]:
    (attempt,) = read_attempts(course, ID, student)
    folder = attempt.notebook.parent
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_moodles_download(course, tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"제출/{NOTEBOOK}", "two")
        archive.writestr("제출/pack/evidence/manifest.json", "{}")
        archive.writestr("제출/pack/sums/adding.py", "1")
        archive.writestr("__MACOSX/제출/._x", "noise")
    files = {
        f"김민수_1001_assignsubmission_file_/{NOTEBOOK}": "one",
        "김민수_1001_assignsubmission_file_/pack/evidence/manifest.json": "{}",
        "김민수_1001_assignsubmission_onlinetext_/onlinetext.html": "<p>",
        "이영희_1002_assignsubmission_file_과제.zip": packed.getvalue(),
        f"Park Minsu_1003_assignsubmission_file_/{ID} (1).ipynb": "three",
        f"박서준_1004_assignsubmission_file_/{NOTEBOOK}": "which?",
        f"박서준_1005_assignsubmission_file_/2026-8_{NOTEBOOK}": "the second",
        f"홍길동_1006_assignsubmission_file_/2026-10231_{NOTEBOOK}": "somebody else's number",
        f"readme/{NOTEBOOK}": "?",
    }
    found = collected(course, write_zip(tmp_path / "moodle.zip", files))
    assert found.kind == "moodle"
    assert found.students == ["2026-10231", "2026-10232", "2026-8", "20261234"]
    assert set(kept(course, "2026-10231")) == {"attempt.json", NOTEBOOK, "pack/evidence/manifest.json"}
    assert kept(course, "2026-10232")[NOTEBOOK] == b"two"
    assert kept(course, "2026-10232")["pack/sums/adding.py"] == b"1"
    assert kept(course, "20261234")[NOTEBOOK] == b"three"
    assert kept(course, "2026-8")[NOTEBOOK] == b"the second"
    assert {label: why for label, why, _ in found.aside} == {
        "박서준_1004": "'박서준' may be 2026-7, 2026-8",
        "홍길동_1006": "'홍길동' is in no line of the roster",
        f"readme/{NOTEBOOK}": "its name is not one that the platform gives",
    }
    assert "4 without a time of submission" in found.notices[0]
    for _, why, place in found.aside:
        said = json.loads((course.term / place / "why.json").read_text(encoding="utf-8"))
        assert said["why"] == why
        assert (course.term / place / "files" / said["files"][0]).is_file()


def test_what_was_set_aside_is_collected_when_a_person_says_whose_it_is(course, tmp_path):
    source = write_zip(
        tmp_path / "m.zip", {f"홍길동_9_assignsubmission_file_/{NOTEBOOK}": "x", "홍길동_9_assignsubmission_file_/a.pdf": "y"}
    )
    for _ in range(2):  # twice changes nothing
        ((_, _, place),) = collected(course, source).aside
    assert len(list((course.term / "aside" / ID).iterdir())) == 1
    with pytest.raises(CourseError, match="not in the roster"):
        collected(course, course.term / place, student="2099-1")
    found = collected(course, course.term / place, student="2026-10231")
    assert kept(course, "2026-10231")[NOTEBOOK] == b"x"
    assert found.taken[0].notes == ("left out: a.pdf",)
    assert not (course.term / place).exists()


def test_canvas_download(course, tmp_path):
    files = {
        f"김민수_11_201_{NOTEBOOK}": "one",
        f"parkminsu_LATE_13_203_{ID}-2.ipynb": "three",
        "parkminsu_LATE_13_204_pack.zip": archived({"pack/evidence/conclusions.json": "{}"}),
        f"kimother_14_205_{NOTEBOOK}": "?",
    }
    found = collected(course, write_zip(tmp_path / "canvas.zip", files))
    assert found.kind == "canvas"
    assert found.students == ["2026-10231", "20261234"]
    assert kept(course, "20261234")[NOTEBOOK] == b"three"
    assert kept(course, "20261234")["pack/evidence/conclusions.json"] == b"{}"
    assert found.taken[1].notes == ("the platform calls it late",)
    assert [label for label, _, _ in found.aside] == ["kimother_14"]


def archived(files: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_in_korean_whatever_wrote_the_zip(course, tmp_path, encoding, form):
    if (encoding, form) == ("cp949", "NFD"):
        pytest.skip("CP949 has no letters in pieces")
    names = {
        unicodedata.normalize(form, f"2026-10231 김민수 똠방각하_과제/{NOTEBOOK}"): "하나",
        unicodedata.normalize(form, "이영희.ipynb"): "둘",
    }
    found = collected(course, write_zip(tmp_path / "과제.zip", names, encoding=encoding))
    assert (found.kind, found.students, found.aside) == ("plain", ["2026-10231", "2026-10232"], [])


def test_the_exchange_of_nbgrader_keeps_every_attempt_with_its_time(course, tmp_path):
    inbound = tmp_path / "exchange" / "llm" / "inbound"
    for moment, text in (("2026-03-20 10:00:00.000001 UTC", "first"), ("2026-03-21 01:00:00 KST", "second")):
        folder = inbound / f"2026-10231+{ID}+{moment}+abc"
        folder.mkdir(parents=True)
        (folder / NOTEBOOK).write_text(text)
        (folder / "timestamp.txt").write_text(moment)
    (inbound / "2026-10232+other+2026-03-20 10:00:00 UTC").mkdir()
    (inbound / f"stranger+{ID}+2026-03-20 10:00:00 UTC").mkdir()
    (inbound / f"stranger+{ID}+2026-03-20 10:00:00 UTC" / NOTEBOOK).write_text("?")
    found = collected(course, tmp_path / "exchange")
    assert found.kind == "nbgrader"
    assert {why for _, why, _ in found.aside} == {"'stranger' is no id in the roster"}
    attempts = read_attempts(course, ID, "2026-10231")
    assert [(attempt.notebook.read_text(), str(attempt.submitted)) for attempt in attempts] == [
        ("first", "2026-03-20 10:00:00.000001+00:00"),
        ("second", "2026-03-20 16:00:00+00:00"),
    ]


def test_a_plain_folder_without_a_roster(tiny_course, tmp_path):
    folder = tmp_path / "in"
    for path, text in {
        "kim.ipynb": "1",
        f"lee/{NOTEBOOK}": "2",
        f"park/{ID}/{NOTEBOOK}": "3",
        f"park/{ID}/timestamp.txt": "2026-03-20 10:00:00 UTC",
        "both.ipynb": "4",
        f"both/{NOTEBOOK}": "5",
        "many/a.ipynb": "6",
        "many/b.ipynb": "7",
        "a b.ipynb": "8",
        "notes.txt": "9",
        "pack/evidence/manifest.json": "{}",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / "linked.ipynb").symlink_to("/etc/passwd")
    (folder / "linked").symlink_to("/etc")
    found = collected(tiny_course, folder)
    assert found.students == ["kim", "lee", "park"]
    assert read_attempts(tiny_course, ID, "park")[0].submitted.hour == 10
    why = {label: why for label, why, _ in found.aside}
    assert set(why) == {"both", "both.ipynb", "many", "a b.ipynb", "notes.txt", "pack", "linked", "linked.ipynb"}
    assert "several notebooks" in why["many"]
    assert "holds no notebook" in why["pack"]
    assert why["linked"] == "a link"


def test_times_from_a_file_and_from_the_archive(course, tmp_path):
    source = write_zip(tmp_path / "m.zip", {f"김민수_1_assignsubmission_file_/{NOTEBOOK}": "x"})
    assert collected(course, source).taken[0].submitted is None
    (tmp_path / "times.csv").write_bytes("학번,제출 시각\n2026-10231,2026-03-20 23:58\n".encode("cp949"))
    said = collected(course, source, times=tmp_path / "times.csv").taken[0]
    assert (str(said.submitted), said.new) == ("2026-03-20 23:58:00+09:00", None)
    (attempt,) = read_attempts(course, ID, "2026-10231")  # the time is noted with the attempt that was there already
    assert attempt.submitted == datetime.fromisoformat("2026-03-20T14:58:00+00:00")
    other = write_zip(tmp_path / "n.zip", {f"이영희_2_assignsubmission_file_/{NOTEBOOK}": "y"})
    assert str(collected(course, other, archive_times=True).taken[0].submitted) == "2026-03-20 23:50:00+09:00"
    (tmp_path / "times.csv").write_text("학번,제출시각\n2026-10231,2026-03-20\n2099-1,2026-03-20 10:00\n", encoding="utf-8")
    with pytest.raises(CourseError, match=r"line 2: is a date and a time of day.*\n.*line 3: '2099-1' is not in the roster"):
        collected(course, source, times=tmp_path / "times.csv")


HOSTILE = {
    "../evil.ipynb": "leads out",
    "/evil.ipynb": "leads out",
    "C:/evil.ipynb": "leads out",
    "a/../../evil.ipynb": "leads out",
    "..\\evil.ipynb": "leads out",
    "x\ny.ipynb": "cannot be a file's",
}


def test_hostile_archives(tiny_course, tmp_path):
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in HOSTILE:
            archive.writestr(zipfile.ZipInfo(name), "x")
        link = zipfile.ZipInfo("link.ipynb")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bzip.ipynb", "x", zipfile.ZIP_BZIP2)
        archive.writestr("kim.ipynb", "{}")
        archive.writestr("bomb.ipynb", b"\0" * 60_000_000)
    found = collected(tiny_course, path)
    why = {label: why for label, why, _ in found.aside}
    for name, said in HOSTILE.items():
        assert said in why[name.replace("\\", "/")], name
    assert why["link.ipynb"] == "a link"
    assert "unusual" in why["bzip.ipynb"]
    assert found.students == ["bomb", "kim"]
    assert len(kept(tiny_course, "bomb")[NOTEBOOK]) == 40_000_001  # one more than a notebook may have: graded as too large
    assert not list(tmp_path.rglob("evil.ipynb"))


def test_damaged_and_nested_archives(tiny_course, tmp_path):
    whole = write_zip(tmp_path / "x.zip", {"kim.ipynb": "k" * 1000, "lee.ipynb": "l" * 1000}).read_bytes()
    at = whole.index(b"kim.ipynb") + len("kim.ipynb")
    (tmp_path / "x.zip").write_bytes(whole[:at] + b"\xff\xff\xff" + whole[at + 3 :])
    found = collected(tiny_course, tmp_path / "x.zip")
    assert found.students == ["lee"]
    assert "damaged" in found.aside[0][1]
    (tmp_path / "no.zip").write_text("no zip")
    with pytest.raises(CourseError, match="no zip that can be read"):
        collected(tiny_course, tmp_path / "no.zip")
    inner = archived({NOTEBOOK: "deep"})
    nested = write_zip(tmp_path / "n.zip", {"choi.zip": archived({"again.zip": ""}), "park.zip": inner, "jung.zip": "no zip"})
    found = collected(tiny_course, nested)
    assert found.students == ["park"]
    assert {label: why for label, why, _ in found.aside} == {
        "choi.zip": "holds no notebook (.ipynb)",
        "jung.zip": "no zip that can be read",
    }
