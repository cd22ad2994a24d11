"""Building: what is built, what stops it, and that a failure is not forgotten by the next build."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from autograder.book import BookError, _forget_outdated_outputs, build_book, warning_lines
from autograder.course import ROOT, Course
from autograder.specification import load_specification


def small_course(root: Path, text: str = "# 첫 페이지\n\n본문입니다.\n") -> Course:
    (root / "_config.yml").write_text("title: 작은 책\nonly_build_toc_files: true\n", encoding="utf-8")
    (root / "_toc.yml").write_text("format: jb-book\nroot: index\n", encoding="utf-8")
    (root / "index.md").write_text(text, encoding="utf-8")
    return Course(root, root / "term", load_specification())


@pytest.mark.smoke
def test_every_page_of_the_contents_is_built(site: Path) -> None:
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    files = [contents["root"], *(chapter["file"] for part in contents["parts"] for chapter in part["chapters"])]
    assert [name for name in files if not (site / f"{name}.html").is_file()] == []


def test_every_released_notebook_is_in_the_contents() -> None:
    contents = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    released = [path.relative_to(ROOT).with_suffix("").as_posix() for path in (ROOT / "assignments").glob("*/*.ipynb")]
    assert [name for name in released if f"file: {name}\n" not in contents] == []


@pytest.mark.smoke
def test_released_notebooks_are_shown_but_not_run(site: Path) -> None:
    for source in (ROOT / "assignments").glob("*/*.ipynb"):
        page = (site / source.relative_to(ROOT)).with_suffix(".html").read_text(encoding="utf-8")
        assert "여기에 작성하세요." in page
        assert "cell_output" not in page, "the release notebook has no output, so its page has none"


@pytest.mark.smoke
def test_a_dead_link_is_printed_and_stops_a_strict_build_every_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    course = small_course(tmp_path, "# 첫 페이지\n\n[없는 곳](nowhere.md)\n")
    assert build_book(course, strict=False) == tmp_path / "_build" / "html" / "index.html"
    assert "nowhere" in capsys.readouterr().err
    for _ in range(2):
        with pytest.raises(BookError, match=r"index\.md:3: WARNING.*nowhere"):
            build_book(course, strict=True)


def test_without_a_configuration_the_error_says_which_file(tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"_config\.yml: no such file"):
        build_book(Course(tmp_path, tmp_path / "term", load_specification()), strict=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.smoke
def test_a_broken_table_of_contents_is_reported(tmp_path: Path) -> None:
    course = small_course(tmp_path)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nchapters: []\n", encoding="utf-8")
    with pytest.raises(BookError, match="Table of Contents file is malformed"):
        build_book(course, strict=False)


def test_warnings_are_found_with_their_continuation_and_once() -> None:
    text = "\x1b[91mreading sources\x1b[0m\na.md:3: WARNING: odd\n  and more\nb.md: ERROR: bad\nb.md: ERROR: bad\nbuild succeeded\n"
    assert warning_lines(text) == ["a.md:3: WARNING: odd\n  and more", "b.md: ERROR: bad"]


def test_changed_code_drops_the_cached_outputs(tmp_path: Path) -> None:
    build, code = tmp_path / "_build", tmp_path / "course_lib" / "topic.py"
    cache = build / ".jupyter_cache" / "outputs"
    code.parent.mkdir()
    code.write_text("a = 1\n")
    build.mkdir()
    _forget_outdated_outputs(tmp_path, build)
    cache.mkdir(parents=True)
    _forget_outdated_outputs(tmp_path, build)
    assert cache.is_dir()
    code.write_text("a = 2\n")
    _forget_outdated_outputs(tmp_path, build)
    assert not cache.exists()
