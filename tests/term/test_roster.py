"""The roster as people save it, and whose submission a name means."""

from __future__ import annotations

import unicodedata

import pytest

from autograder.course import CourseError
from autograder.matching import Unmatched, match_person, match_plain
from autograder.roster import Student, read_roster, scan_roster

TEXT = "학번,이름,이메일,분반\r\n2026-10231,김민수,kim@a.kr,1\r\n00123,이영희,,2\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_separators(tmp_path, encoding, delimiter):
    path = tmp_path / "roster.csv"
    path.write_bytes(TEXT.replace(",", delimiter).encode(encoding))
    assert scan_roster(path).students == {
        "2026-10231": Student("2026-10231", "김민수", "kim@a.kr", "1"),
        "00123": Student("00123", "이영희", "", "2"),
    }


def test_letters_in_pieces_english_headings_quotes_and_blank_lines(tmp_path):
    path = tmp_path / "roster.csv"
    text = 'Student ID,Full Name,E-mail,학과\n\n"2026-1"," 김\n민수 ",a@b.kr,컴퓨터\n\'00012,이영희,,\n'
    path.write_bytes(unicodedata.normalize("NFD", text).encode())
    found = scan_roster(path)
    assert found.students == {"2026-1": Student("2026-1", "김 민수", "a@b.kr"), "00012": Student("00012", "이영희")}
    assert found.notices == ["roster.csv:1: the column '학과' is not used"]


def test_no_roster_is_no_student(tiny_course):
    assert read_roster(tiny_course) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("이름\n김민수\n", "no column 학번"),
        ("학번,ID\n1,2\n", "two columns for 학번"),
        ("학번\n2026-1\n2026-2\n2026-1\n", "line 4: 2026-1 stands on line 2 already"),
        ("학번,이름\n2.02E+09,김\n,이\n", "line 2: '2.02E\\+09' cannot be a student's id.*\n.*line 3: ''"),
        ("", "empty"),
        ('학번,이름\n1,"a\n', "not CSV"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, said):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=said):
        scan_roster(path)


def test_no_known_encoding(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes(b"\xff\xfe\x00\xd5")
    with pytest.raises(CourseError, match="save as 'CSV UTF-8'"):
        scan_roster(path)


ROSTER = {
    student.id: student
    for student in (
        Student("2026-10231", "김민수"),
        Student("2026-10232", "이영희"),
        Student("20261234", "Minsu Park"),
        Student("2026-7777", "박서준"),
        Student("2026-8888", "박서준"),
    )
}


@pytest.mark.parametrize(
    ("text", "student"),
    [
        ("2026-10231", "2026-10231"),
        ("2026-10231_김민수", "2026-10231"),
        ("김민수(2026-10231)", "2026-10231"),
        ("과제1 2026-10231-2", "2026-10231"),
        ("이영희", "2026-10232"),
        ("Park, Minsu", "20261234"),
        ("parkminsu", "20261234"),
        ("박서준_2026-8888", "2026-8888"),
    ],
)
def test_who_is_meant(text, student):
    assert match_plain(text, ROSTER) == student


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("박서준", "may be 2026-7777, 2026-8888"),
        ("2026-10231_이영희", "has the number of 2026-10231 and the name of 2026-10232"),
        ("2026-10231 2026-10232", "may be"),
        ("2026-102311", "names nobody"),
        ("12026-10231", "names nobody"),
        ("홍길동", "names nobody"),
        ("김민수정", "names nobody"),
        ("", "names nobody"),
    ],
)
def test_who_is_not_certain_is_nobody(text, said):
    with pytest.raises(Unmatched, match=said):
        match_plain(text, ROSTER)


def test_a_number_in_a_file_decides_between_namesakes_and_never_for_somebody_else():
    assert match_person("박서준", ["2026-7777_hw.ipynb"], ROSTER) == "2026-7777"
    assert match_person("김민수", ["hw.ipynb"], ROSTER) == "2026-10231"
    for name, files in (("김민수", ["2026-10232.ipynb"]), ("박서준", ["hw.ipynb"]), ("John", ["2026-10231.ipynb"])):
        with pytest.raises(Unmatched):
            match_person(name, files, ROSTER)
    with pytest.raises(Unmatched, match="no roster"):
        match_person("김민수", [], {})
