"""The tokenizer notebook as a student reads and runs it: its numbers are right, and it fits a small machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from nbformat.v4 import new_code_cell

from autograder.build import build_source
from autograder.proof import namespace_of
from course_lib.kit.card import MIME
from course_lib.kit.execution import execute

MEMORY = 1024  # MiB that the kernel may take at its highest in the smoke profile, Kiwi included


def _tokens(words: dict) -> int:
    return sum(len(word) * frequency for word, frequency in words.items())


def _merged(student: dict, steps: int) -> dict:
    """The hand example after its first merges."""
    words = student["HAND"]
    for pair in student["train_bpe"](student["HAND_TEXT"], 5 + steps)[1]:
        words = {student["merge_pair"](word, pair): frequency for word, frequency in words.items()}
    return words


def _bytes(student: dict, merge: bool) -> int:
    pieces = [student["byte_symbols"](piece) for piece in ("나무", " 나무", " 나무")]
    pair = pieces[0][:2]
    return sum(len(student["merge_pair"](piece, pair) if merge else piece) for piece in pieces)


def _wordpiece(student: dict, word: str) -> int:
    vocab = {token: number for number, token in enumerate(["[UNK]", "사", "사과", "##과", "##나무"])}
    return len(student["WordPieceTokenizer"](vocab).encode(word))


def _seconds(student: dict) -> dict:
    ticks = iter([0, 1, 10, 12, 20, 29])
    return student["benchmark"](len, ["가", "나", "다", "라"], 3, lambda: next(ticks))


# What stands before a number in the prose, and where the number comes from.
HAND: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("2·4 + 3·2 + 2·2 = **{}**개", lambda s: _tokens(s["HAND"])),
    ("28 - 7 = **{}**개", lambda s: _tokens(_merged(s, 1))),
    ("21 - 5 = **{}**개", lambda s: _tokens(_merged(s, 2))),
    ('토큰은 **{}**개가 됩니다. `"lexicographic_max"`', lambda s: _tokens(_merged(s, 3))),
    ("둘 다 **{}**조각", lambda s: len(s["merge_by_rank"](tuple("과나무"), {("나", "무"): 0, ("과", "나"): 1}))),
    ("6 + 2·7 = **{}**개", lambda s: _bytes(s, False)),
    ("20 - 3 = **{}**개", lambda s: _bytes(s, True)),
    ("7 / (9 · 7) = **{:.3f}**", lambda s: s["wordpiece_score"](7, 9, 7)),
    ("2 / (7 · 2) = **{:.3f}**", lambda s: s["wordpiece_score"](2, 7, 2)),
    ("**{:.2f}**나트", lambda s: s["unigram_nll"](s["WORDPIECE_HAND"])),
    ("찾으므로 토큰은 **{}**개", lambda s: _wordpiece(s, "사과나무")),
    ("`[UNK]` **{}**개", lambda s: _wordpiece(s, "사과나물")),
    ("44032 + 10588 = **{}**", lambda s: ord(s["compose_jamo"](s["syllable_to_jamo"]("한")))),
    ("`먹었다`의 **{}**조각", lambda s: len(s["split_eojeol"]("밥을  먹었다"))),
    ("하, 었, 다의 **{}**개", lambda s: len(s["morphemes"]("했다"))),
    ("`했`, `다`의 **{}**개", lambda s: len(s["segment"]("했다", "morpheme"))),
    ("번호는 모두 **{}**개", lambda s: len(s["KoreanTokenizer"](["가", "나"], "syllable").encode("가뷁"))),
    ("12 / 10 = **{}**", lambda s: s["bytes_per_token"]({"abc": [1], "a" * 9: list(range(9))}.__getitem__, ["abc", "a" * 9])),
    ("서로 다른 단어 가운데에서는 **1/{:.0f}**", lambda s: 1 / s["oov_rate"](["밥을", "밥을", "밥을", "뷁을"], {"밥을"}, "type")),
    ("중앙값은 **{:.0f}**초", lambda s: _seconds(s)["median_s"]),
    ("4 / 2 = **{:.0f}**개", lambda s: _seconds(s)["texts_per_s"]),
]


def test_the_numbers_of_the_examples_by_hand(room):
    text = (room.path / "notebook.md").read_text(encoding="utf-8")
    student = namespace_of(room.cells)
    wrong = [line for pattern, value in HAND if (line := pattern.format(value(student))) not in text]
    assert wrong == []


@pytest.mark.full
def test_the_smoke_profile_needs_little_memory(room, tmp_path):
    """All cells and all public checks in one kernel, the morphological analyser too."""
    notebook = build_source(room.course, room.assignment)
    parameters = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    parameters.source += '\nPROFILE, STUDENT_ID = "smoke", "2026-001"'
    notebook.cells.append(new_code_cell("import resource\nresource.getrusage(resource.RUSAGE_SELF).ru_maxrss"))
    runs = execute(notebook, tmp_path, {"OMP_NUM_THREADS": "1"}, cell_seconds=120)
    assert [run for run in runs if run.error] == []
    cards = [output.data[MIME] for cell in notebook.cells for output in cell.get("outputs", []) if MIME in output.get("data", {})]
    assert cards
    assert [card["item"] for card in cards if card["passed"] < card["checks"] and not card["item"].startswith("exp-")] == []
    (peak,) = notebook.cells[-1].outputs
    assert int(peak.data["text/plain"]) / 1024 < MEMORY
