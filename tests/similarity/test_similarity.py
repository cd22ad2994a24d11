"""Copies are found whatever they call their variables; independent right solutions are not."""

from __future__ import annotations

import random
import textwrap

import disguise
import numpy as np
import pytest

from autograder.course import open_course
from autograder.similarity import THRESHOLD, Document, answers, find_similar, given_code, past_submissions, submitted_code
from autograder.similarity.compare import LEAST, fingerprints, given_grams, shared_lines
from autograder.similarity.tokens import tokens_of
from autograder.similarity.winnowing import WINDOW, K, gram_hashes, winnow
from autograder.submissions import Submitted
from benchmarks._classes import program

ID = "w09a1_tokenizers"
WAYS = (disguise.renamed, disguise.reordered, disguise.padded)


@pytest.fixture(scope="module")
def known():
    course = open_course()
    assignment = course.assignment(ID)
    return answers(course, assignment), given_code(course, assignment)


def levelled(source):
    return [token.text for cell in tokens_of({"cell": source}) for token in cell]


# -- tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        "def g(b: int) -> str:\n    '''다른 말'''\n    total: int = sorted(b.items())  # 주석\n    return total",
        "def 함수(값):\n    return_ = (sorted(값.items()),)\n    return return_",
    ],
)
def test_names_literals_comments_and_annotations_do_not_count(other):
    assert levelled("def f(a):\n    x = sorted(a.items())\n    return x") == levelled(other)


@pytest.mark.parametrize("other", ["x = max(a.items())", "x = sorted(a.keys())", "x = sorted(a.items()) + 1", "if a: pass"])
def test_what_is_done_counts(other):
    assert levelled("x = sorted(a.items())") != levelled(other)


def test_lines_survive_what_is_dropped():
    source = 'def f(a: "가나다"):\n    """문서\n    둘"""\n    # 주석\n    한글 = "값"; return a'
    (cell,) = tokens_of({"c": source})
    assert [token.line for token in cell] == [1] * 3 + [5] * 5


@pytest.mark.parametrize("source", ["def f(:\n  x = 1", "\0", "(" * 5_000, "'''", "x = 1\n\t y", "%%bash\nrm -rf /", "\ud800 = 1", "1_"])
def test_what_is_no_python_is_read_somehow(source):
    tokens_of({"c": source})


# -- winnowing --------------------------------------------------------------------------------------------------------


def test_every_long_common_run_is_seen():
    draw = random.Random(5)
    words = [f"t{number}" for number in range(300)]
    for _ in range(200):
        run = draw.choices(words, k=K + WINDOW - 1)
        left, right = (draw.choices(words, k=draw.randint(0, 60)) + run + draw.choices(words, k=draw.randint(0, 60)) for _ in range(2))
        hashes = [gram_hashes(side) for side in (left, right)]
        chosen = [h[winnow(h)] for h in hashes]
        assert np.intersect1d(*chosen).size


def test_no_short_run_is_seen():
    run = [f"r{number}" for number in range(K - 1)]
    left, right = ([f"{side}{number}" for number in range(40)] + run + [f"{side}{number}" for number in range(40, 80)] for side in "ab")
    assert np.intersect1d(gram_hashes(left), gram_hashes(right)).size == 0


@pytest.mark.parametrize("length", range(0, K + WINDOW + 2))
def test_a_document_of_any_length(length):
    hashes = gram_hashes([str(number) for number in range(length)])
    assert len(hashes) == max(length - K + 1, 0)
    assert (len(winnow(hashes)) > 0) == (len(hashes) > 0)


# -- the threshold ----------------------------------------------------------------------------------------------------


def test_independent_right_solutions_are_not_flagged(known):
    documents, given = known
    students = [Document(f"student-{document.name}", "student", document.sources) for document in documents]
    found = find_similar(students, documents, given=given, threshold=0.0)
    scores = {
        (pair.left.name, pair.right.name): pair.score
        for pair in found.pairs
        if pair.left.name.removeprefix("student-") != pair.right.name.removeprefix("student-")
    }
    assert len(documents) >= 5
    assert len(scores) >= 2 * len(documents)
    assert max(scores.values()) < THRESHOLD - 0.08


@pytest.mark.parametrize("way", WAYS)
def test_a_disguised_copy_is_flagged(known, way):
    documents, given = known
    students = [Document(f"copy-{document.name}", "student", way(document.sources, 3)) for document in documents]
    found = find_similar(students, documents, given=given)
    flagged = {(pair.left.name, pair.right.name) for pair in found.pairs}
    assert flagged == {(f"copy-{document.name}", document.name) for document in documents}
    assert min(pair.score for pair in found.pairs) > THRESHOLD + 0.08


def test_mutants_of_one_author_are_one_author(known):
    from autograder.proof import load_mutants

    documents, given = known
    solution = documents[0]
    mutant = load_mutants(open_course().room(ID))[0]
    wrong = Document("wrong", "student", {**solution.sources, "extra-1": mutant.source})
    assert [pair.right.name for pair in find_similar([wrong], documents, given=given).pairs] == ["solution"]


# -- who is compared with whom ----------------------------------------------------------------------------------------


def students(count, **copies):
    made = [Document(f"s{number:04}", "student", program(number)) for number in range(count)]
    return made + [Document(name, "student", program(seed)) for name, seed in copies.items()]


def pairs(found):
    return [(pair.left.name, pair.right.name) for pair in found.pairs]


def test_among_students():
    assert pairs(find_similar(students(12, thief=3))) == [("s0003", "thief")]


def test_past_terms_and_answers_are_not_compared_with_each_other():
    others = [
        Document("2025/kim", "past", program(7)),
        Document("2024/lee", "past", program(7)),
        Document("solution", "answer", program(7)),
    ]
    found = find_similar(students(10), others)
    assert sorted(pairs(found)) == [("s0007", "2024/lee"), ("s0007", "2025/kim"), ("s0007", "solution")]


def test_given_code_is_nobodys_own():
    shared = program(99)
    made = [Document(name, "student", {**shared, "solution-b": program(name)["solution-a"]}) for name in ("kim", "lee")]
    assert pairs(find_similar(made)) == [("kim", "lee")]
    assert pairs(find_similar(made, given=[shared])) == []


def test_what_everybody_writes_says_nothing():
    shared = program(99, 200)
    made = [Document(f"s{n}", "student", {**shared, "solution-b": program(n)["solution-a"]}) for n in range(20)]
    found = find_similar(made)
    assert pairs(found) == []
    assert len(found.common) == 20  # but is said to be common
    assert all(share > 0.5 for _, share in found.common)


def test_little_code_is_not_judged():
    small = {"solution-a": "x = len(y.items()) + sum(z.keys())\nreturn x"}
    made = [Document(name, "student", small) for name in ("kim", "lee")]
    assert len(fingerprints(small)) < LEAST
    found = find_similar(made)
    assert pairs(found) == []
    assert found.short == ("kim", "lee")


def test_nobody():
    assert find_similar([]).pairs == ()


def test_a_thousand_submissions():
    made = students(1_000, thief=17, other=17)
    found = find_similar(made, [Document("past", "past", program(500))])
    assert sorted(pairs(found)) == [("s0017", "other"), ("s0017", "thief"), ("s0500", "past"), ("thief", "other")]


def test_shared_lines_are_those_of_the_common_part():
    common = "\n".join(program(1, 6)["solution-a"].split("\n"))
    left = Document("a", "student", {"c": program(2, 5)["solution-a"] + "\n" + common})
    right = Document("b", "student", {"d": common + "\n" + program(3, 5)["solution-a"]})
    ours, theirs = shared_lines(left, right, given_grams([]))
    assert {("c", number) for number in range(6, 12)} <= ours <= {("c", number) for number in range(5, 13)}
    assert {("d", number) for number in range(1, 7)} <= theirs <= {("d", number) for number in range(1, 8)}


# -- where the code comes from ----------------------------------------------------------------------------------------


def test_submissions_and_past_terms(tiny_course, tmp_path):
    import tinycourse

    assignment = tiny_course.assignment(tinycourse.ID)
    notebook = tinycourse.submit(tiny_course, "2026-1", tinycourse.SOLUTIONS)
    broken = tmp_path / "broken.ipynb"
    broken.write_text("<html>")
    found = submitted_code(tiny_course, assignment, [Submitted("2026-1", notebook), Submitted("2026-2", broken)])
    assert [document.name for document in found] == ["2026-1"]
    assert textwrap.dedent(found[0].sources["solution-add"]).startswith("def add")
    past = past_submissions(tiny_course, assignment, tiny_course.term)
    assert [(document.name, document.kind) for document in past] == [("2026-1", "past")]
    names = [document.name for document in answers(tiny_course, assignment)]
    assert names[0] == "solution"
