"""What the tokenizer notebook's prose says is so: numbers by hand, numbers of sections; and public checks that a wrong solution fails."""

from __future__ import annotations

import ast
import contextlib
import io
import re
from fractions import Fraction
from itertools import pairwise

import nbformat
import pytest

from autograder.build import build_release, build_source
from autograder.course import ROOT
from autograder.evidence import Evidence
from autograder.proof import definitions, load_mutants, namespace_of
from autograder.roomfiles import public_checks
from course_lib.kit.binding import NotebookSubmission
from course_lib.kit.checking import run_checks

ROOM = ROOT / "solutions" / "w09a1_tokenizers"
BOLD_NUMBER = re.compile(r"\*\*(-?\d[\d,]*(?:\.\d+|/\d+)?)\*\*")
NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?")
HEADING = re.compile(r"^(#{2,3}) (\d+)(?:\.(\d+))?\.? ", re.MULTILINE)
BY_HAND = {"given-hand-example", "given-jamo-sentence"}


@pytest.fixture(scope="module")
def source(room):
    return build_source(room.course, room.assignment)


def sections(notebook):
    """(heading, cells) of every section with a number, parts of a section included."""
    found = [("", [])]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and re.match(r"## ", cell.source):
            found.append((cell.source.splitlines()[0], []))
        found[-1][1].append(cell)
    return found[1:]


def hand_cell(cell) -> bool:
    name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
    return name in BY_HAND or (name.startswith("given-") and name.endswith("-hand"))


def printed(cells, namespace) -> list[float]:
    """The numbers that the cells of examples by hand print, run with the teaching solution."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        for cell in cells:
            if cell.cell_type == "code" and hand_cell(cell):
                exec(compile(ast.parse(cell.source), cell.metadata.nbgrader.grade_id, "exec"), namespace)
    return [float(number.replace(",", "")) for number in NUMBER.findall(said.getvalue())]


def test_every_number_by_hand_is_what_the_example_prints(room, source):
    namespace = namespace_of(room.cells, parameters={"PROFILE": "cpu"}) | {"MY_SENTENCE": "문장"}
    wrong, checked = [], 0
    for heading, cells in sections(source):
        prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        numbers = printed(cells, namespace)
        for written in BOLD_NUMBER.findall(prose):
            value = float(Fraction(written.replace(",", "")))
            places = len(written.partition(".")[2])
            checked += 1
            if not any(abs(value - number) <= 0.5000001 * 10**-places * (places > 0) + 1e-9 for number in numbers):
                wrong.append(f"{heading}: {written}")
    assert wrong == []
    assert checked >= 20


def test_sections_are_numbered_in_order_and_references_exist(source):
    prose = "\n".join(cell.source for cell in source.cells if cell.cell_type == "markdown")
    numbers = [(int(major), int(minor or 0)) for _, major, minor in HEADING.findall(prose)]
    assert numbers[0] == (0, 0)
    for before, after in pairwise(numbers):
        assert after in {(before[0], before[1] + 1), (before[0] + 1, 0)}, f"{after} follows {before}"
    known = {f"{major}.{minor}" for major, minor in numbers if minor} | {str(major) for major, minor in numbers if not minor}
    chapter = (ROOT / "book/week09/tokenizers.md").read_text(encoding="utf-8")
    named = {*re.findall(r"(\d+(?:\.\d+)?)절", prose), *re.findall(r"과제의 (\d+(?:\.\d+)?)절", chapter)}
    assert named
    assert named <= known


def test_the_hours_are_summed(source):
    prose = "\n".join(cell.source for cell in source.cells if cell.cell_type == "markdown")
    minutes = [int(number) for number in re.findall(r"^\| \d+ \| [^|]+ \| (\d+) \|", prose, re.MULTILINE)]
    stated = re.search(r"0–11절에 모두 (\d+)분", prose)
    assert stated
    assert int(stated[1]) == sum(minutes[:12])


WITHOUT_LEAST = "right_best = best_scored\nbest_scored = lambda words, vocab, least: right_best(words, vocab, 1)\n"
LEAST_AFTERWARDS = (
    "right_best = best_scored\n\ndef best_scored(words, vocab, least):\n    pair = right_best(words, vocab, 1)\n"
    "    return pair if pair and count_pairs(words)[pair] >= least else None\n"
)
FIRST_SEEN = (
    "def train_pieces(corpus, vocab_size, unit):\n    counts = Counter(piece for text in corpus for piece in segment(text, unit))\n"
    "    return [piece for piece, _ in counts.most_common(vocab_size - 256)]\n"
)


@pytest.mark.parametrize(
    ("item", "wrong", "said"),
    [
        ("ko-jamo", next(mutant.source for mutant in load_mutants(ROOM) if mutant.name == "normalised_whole"), "정규화하지 말고"),
        ("wp-train", WITHOUT_LEAST, "기대한 값"),
        ("wp-train", LEAST_AFTERWARDS, "후보에서 먼저"),
        ("ko-tokenizer", FIRST_SEEN, "train_pieces"),
    ],
)
def test_public_checks_fail_what_the_text_warns_of(room, item, wrong, said):
    submission = NotebookSubmission(namespace_of(room.cells, wrong), "2026-001")
    outcomes = run_checks(public_checks(room.path), submission, assignment="x", items=[item], fixtures={"evidence": room.evidence})
    assert any(said in outcome.message for outcome in outcomes if not outcome.passed)


def test_an_untouched_notebook_is_grey(room):
    released = nbformat.reads(build_release(room.course, room.assignment.id).decode(), as_version=4)
    submission = NotebookSubmission(namespace_of(definitions(released)), "2026-001")
    outcomes = run_checks(public_checks(room.path), submission, assignment="x", fixtures={"evidence": Evidence()})
    assert [outcome.id for outcome in outcomes if not outcome.unfinished] == []
