"""Instructors' pages of a thousand synthetic results, and the search for near copies among a thousand submissions."""

from __future__ import annotations

import time

from autograder.course import open_course
from autograder.reports.instructor.pages import render_pages
from autograder.similarity import Document, find_similar
from benchmarks._classes import make_cohort, program, student

ASSIGNMENT = "w09a1_tokenizers"
STUDENTS = 1_000
BOUND = 10.0  # seconds, the promise for the pages


def main() -> None:
    assignment = open_course().assignment(ASSIGNMENT)
    for count in (STUDENTS // 4, STUDENTS // 2, STUDENTS):
        documents = [Document(student(number), "student", program(number)) for number in range(count)]
        documents.append(Document("copy", "student", program(17)))
        started = time.perf_counter()
        found = find_similar(documents)
        spent = time.perf_counter() - started
        print(f"near copies among {count:5,} submissions  {spent:5.2f} s, {1_000 * spent / count:.1f} ms each, {len(found.pairs)} found")
    cohort = make_cohort(assignment, STUDENTS, similar=found)
    started = time.perf_counter()
    pages = dict(render_pages(cohort))
    spent = time.perf_counter() - started
    size = sum(len(text.encode()) for text in pages.values()) / 1e6
    verdict = "within" if spent <= BOUND else "ABOVE"
    print(f"{len(pages)} pages of {STUDENTS:,} results       {spent:5.2f} s, {size:.1f} MB, {verdict} the bound of {BOUND:g} s")


if __name__ == "__main__":
    main()
