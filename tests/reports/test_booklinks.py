"""Addresses in the book, as manifests write them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from autograder.booklinks import BookLink, book_link, site_address, target_problem
from autograder.course import Course, CourseError
from autograder.manifest_model import Item
from autograder.validate import validate

PAGE = """# 덧셈

(adding)=
## 두 수의 합

```
(fenced)=
# 코드
```

(dangling)=
글입니다.

## 다른 절
"""


@pytest.fixture
def course(tiny_course: Course) -> Course:
    page = tiny_course.root / "book" / "week09" / "sums.md"
    page.parent.mkdir(parents=True)
    page.write_text(PAGE, encoding="utf-8")
    (tiny_course.root / "_config.yml").write_text("html: {baseurl: https://book.example/course}", encoding="utf-8")
    return tiny_course


def test_a_label_is_the_heading_below_it(course: Course) -> None:
    assert book_link(course, "week09/sums#adding") == BookLink("두 수의 합", "https://book.example/course/book/week09/sums.html#adding")
    assert book_link(course, "week09/sums") == BookLink("덧셈", "https://book.example/course/book/week09/sums.html")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("week09/missing", "there is no page book/week09/missing.md"),
        ("week09/sums#nowhere", "no heading below (nowhere)="),
        ("week09/sums#dangling", "no heading below (dangling)="),
        ("week09/sums#fenced", "no heading below (fenced)="),
    ],
)
def test_a_target_that_leads_nowhere_is_named(course: Course, target: str, said: str) -> None:
    assert said in target_problem(course, target)
    with pytest.raises(CourseError, match=target):
        book_link(course, target)


def test_validation_names_the_item(course: Course) -> None:
    manifest = course.room("t01_sums") / "assignment.yml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace("id: add,", "id: add, book: week09/sums#nowhere,"), encoding="utf-8")
    (problem,) = [line for line in validate(course, ["t01_sums"]) if "book" in line]
    assert problem.startswith("t01_sums: items.add.book: ")


@pytest.mark.parametrize("target", ["../secret", "/etc/passwd", "week09/sums#", "https://x.example", "week09//sums", "a#B", "a b"])
def test_a_target_is_a_page_of_the_book(target: str) -> None:
    with pytest.raises(ValidationError, match="book"):
        Item(id="a", title="a", covers=("x",), dimension="theory", points=1, book=target)


@pytest.mark.parametrize("config", ["", "html: {}", "html: {baseurl: book}", "html: [", "- 1"])
def test_without_an_address_the_error_says_where_to_write_it(course: Course, config: str) -> None:
    (course.root / "_config.yml").write_text(config, encoding="utf-8")
    with pytest.raises(CourseError, match="baseurl"):
        site_address(course)
