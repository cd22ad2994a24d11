"""Publishing: what is public and nothing else, into a folder of its own, the same bytes each time, and it works where it lies."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import smallsite
import tinycourse
import yaml
from browser import Page, pages_of, serve

from autograder.book import build_book
from autograder.build import write_release
from autograder.course import Course, CourseError, open_course
from autograder.leaks import leaks, private_code, texts
from autograder.publish import LISTING, earlier_listing, public_files, publish, write_publication

REPOSITORY = "https://github.com/me/llm"


@pytest.fixture(scope="module")
def published(small_site: Course, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_REPOSITORY_URL", REPOSITORY)
        patch.setenv("COURSE_SITE_URL", "https://me.github.io/llm")
        made = publish(small_site, folder)
    assert made.notes == ()
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_draft_says_so_on_its_page_and_to_whoever_publishes(tmp_path: Path) -> None:
    course = smallsite.make_site(tmp_path)
    manifest = course.room(tinycourse.ID) / "assignment.yml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + "\ndraft: true\nscope: [t01.1, t01.2]\n", encoding="utf-8")
    write_release(course, tinycourse.ID)
    site = build_book(course, strict=True).parent
    assert "이 과제는 아직 초안입니다" in (site / "assignments" / tinycourse.ID / f"{tinycourse.ID}.html").read_text(encoding="utf-8")
    _, notes = public_files(course, site)
    assert "t01_sums is a draft. Its page, its rubric and the kit say so." in notes


def test_a_folder_of_somebody_elses_is_refused(tiny_course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.tex").write_text("years of work", encoding="utf-8")
    with pytest.raises(CourseError, match=r"holds thesis\.tex and is no earlier publication"):
        publish(tiny_course, folder)
    assert contents(folder) == {"thesis.tex": b"years of work"}


def test_what_is_gone_is_removed_and_what_others_put_there_stays(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert earlier_listing(tmp_path) == {}
    write_publication(tmp_path, {"a.txt": b"1", "old/deep/b.txt": b"2"}, {})
    (tmp_path / "CNAME").write_text("llm.example.org", encoding="utf-8")
    assert write_publication(tmp_path, {"a.txt": b"3"}, earlier_listing(tmp_path)) == ("old/deep/b.txt",)
    assert {path.name for path in tmp_path.iterdir()} == {".git", "CNAME", "a.txt", LISTING}
    assert (tmp_path / "a.txt").read_bytes() == b"3"


def test_private_code_is_found_in_every_kind_of_file(tiny_course: Course) -> None:
    room = tiny_course.room(tinycourse.ID)
    secret = (
        "    rows = sorted(values, key=lambda value: (-value, value))\n"
        "    return {index: row for index, row in enumerate(rows) if row > 3}\n"
    )
    (room / "checks_more.py").write_text(f'def test_more(submission):\n    """A property."""\n{secret}', encoding="utf-8")
    assert [where for where in private_code(tiny_course) if "test_more" in where]
    page = f"<pre>{secret}</pre>".replace("lambda", "<span class='k'>lambda</span>").replace(">", ">").encode()
    notebook = ('{"cells": [{"source": ' + repr([secret]).replace("'", '"') + "}]}").encode()
    for name, data in {"a.html": page.replace(b" > 3", b" &gt; 3"), "b.ipynb": notebook, "c.md": secret.encode()}.items():
        assert leaks(tiny_course, {name: data}), name
    assert leaks(tiny_course, {"d.md": "values를 정렬합니다.".encode()}) == []


@pytest.mark.smoke
def test_the_real_site_and_kits_hold_nothing_private(site: Path) -> None:
    course = open_course()
    files, _ = public_files(course, site)
    assert len(private_code(course)) > 100
    assert leaks(course, files) == []
    assert {name.split("/")[0] for name in files} == {"site", "book", "assignments", "kit", "LICENSE", "README.md", ".github"}
    inside = [where for name, data in files.items() if name.endswith(".zip") for where, _ in texts(name, data)]
    assert any("/course_lib/kit/" in where for where in inside)
    assert [where for where in inside if re.search(r"/course_lib/(?!kit/|__init__)", where)] == []


@pytest.mark.smoke
def test_nothing_private_is_published(small_site: Course, published: Path) -> None:
    files = contents(published)
    everything = "\n".join(text for name, data in files.items() for _, text in texts(name, data))
    assert [mark for mark in (*tinycourse.PRIVATE_MARKS, "BEGIN SOLUTION") if mark in everything] == []
    assert [name for name in files if re.search(r"solutions/|checks\.py|mutants|alternatives|autograder|term/|doctrees|pickle", name)] == []
    assert leaks(small_site, files) == []


@pytest.mark.smoke
def test_the_same_course_gives_the_same_bytes(small_site: Course, published: Path, tmp_path: Path) -> None:
    before = contents(published)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_REPOSITORY_URL", REPOSITORY)
        patch.setenv("COURSE_SITE_URL", "https://me.github.io/llm")
        publish(small_site, tmp_path / "again")
    again = contents(tmp_path / "again")
    assert [name for name in {*before, *again} if before.get(name) != again.get(name)] == []


@pytest.mark.smoke
def test_one_line_of_python_serves_it(published: Path) -> None:
    line = re.search(r"python (-m http\.server 8000 --directory site)", (published / "README.md").read_text(encoding="utf-8"))
    assert line
    command = [sys.executable, *line[1].replace("8000", "0").split(), "--bind", "127.0.0.1"]
    process = subprocess.Popen([command[0], "-u", *command[1:]], cwd=published, stdout=subprocess.PIPE, text=True)
    try:
        port = re.search(r"port (\d+)", process.stdout.readline())
        assert port
        deadline = time.monotonic() + 10
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port[1]}/", timeout=5) as answer:
                    assert "book/index.html" in answer.read().decode()
                break
            except urllib.error.URLError:
                assert time.monotonic() < deadline
    finally:
        process.terminate()
        process.wait()


@pytest.mark.smoke
def test_every_published_page_works(published: Path, page: Page) -> None:
    with serve(published / "site") as address:
        for name in pages_of(published / "site"):
            if name != "404.html":  # its addresses start at the root of where it will be read
                page.open(f"{address}/{name}", settle=0.1)
                assert page.errors == [], name
                assert page.hosts() == {"127.0.0.1"}, name


@pytest.mark.smoke
def test_buttons_lead_to_the_published_repository(published: Path) -> None:
    pages = {
        name: (published / "site" / f"{name}.html").read_text(encoding="utf-8")
        for name in ("book/chapter", "assignments/t01_sums/t01_sums")
    }
    chapter, notebook = pages.values()
    linked = [path for text in pages.values() for path in re.findall(rf"{REPOSITORY}/(?:edit|blob)/main/([^\"?]+)", text)]
    colab = re.findall(r"https://colab\.research\.google\.com/github/me/llm/blob/main/([^\"]+)", notebook)
    assert colab == ["assignments/t01_sums/t01_sums.ipynb"]
    assert "colab.research" not in chapter, "Colab cannot open a page that is no notebook"
    assert f"{REPOSITORY}/issues/new" in chapter
    assert f"{REPOSITORY}/edit" not in notebook, "notebooks are generated"
    assert linked
    assert [path for path in {*linked, *colab} if not (published / path).is_file()] == []
    assert f"{REPOSITORY}/raw/main/kit/week09.zip" in (published / "README.md").read_text(encoding="utf-8")


@pytest.mark.smoke
def test_the_workflow_only_uploads_the_site(published: Path) -> None:
    workflow = yaml.safe_load((published / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8"))
    steps = workflow["jobs"]["deploy"]["steps"]
    assert [step for step in steps if "run" in step] == []
    assert next(step["with"]["path"] for step in steps if "upload-pages-artifact" in step["uses"]) == "site"
    assert workflow["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
