"""The assignments as the proofs need them: their cells, the evidence that their solutions make, and grading in process."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from proofroom import Room, kept_evidence, with_person

from autograder.build import build_source
from autograder.course import open_course
from autograder.evidence import Evidence
from autograder.proof import definitions
from course_lib.kit import corpora, world

ID = "w09a1_tokenizers"


def measured(namespace: dict[str, Any]) -> Evidence:
    """The table and the conclusions that the notebook's given cells would keep in the namespace's profile."""
    rows = []
    for language in ("ko", "en"):
        test = corpora.lines(language, min(namespace["KILOBYTES"]) * 1_000, namespace["SEED"] + 1)
        for kilobytes in namespace["KILOBYTES"]:
            train = corpora.lines(language, kilobytes * 1_000, namespace["SEED"])
            setting = {"language": language, "kilobytes": kilobytes, "seed": namespace["SEED"], "characters": sum(map(len, test))}
            rows += [{**setting, **row} for row in namespace["vocab_rows"](train, test, namespace["SIZES"])]
    tables = {"vocab": rows, **further_tables(namespace)}
    conclusions = namespace["conclusions"](rows)
    for name, table in (("merge", "merges"), ("unit", "units"), ("comparison", "compare")):
        conclusions |= namespace[f"{name}_conclusions"](tables[table])
    return Evidence(tables=tables, conclusions=conclusions, profile=namespace["PROFILE"], seed=namespace["SEED"], present=True)


def further_tables(namespace: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Tables of merges, units and tokenizers; speed is measured on a clock that ticks once a look."""
    seed, ticks = namespace["SEED"], count()
    held_out, sizes = world.lines(10_000, seed + 1, "test"), namespace["COMPARED_SIZES"]
    compared = namespace["tokenizers_of"](namespace["train_compared"](world.lines(160_000, seed), max(sizes)), sizes)
    row = namespace["comparison_row"]
    names = [(name, task) for name in ("bpe", "wordpiece", "byte-bpe") for task in ("encode", "decode")]
    timed = namespace["benchmark"](len, held_out[:20], 3, lambda: float(next(ticks)))
    return {
        "merges": namespace["merge_rows"](world.lines(20_000, seed), 20),
        "units": [{"seed": seed, **namespace["unit_row"](unit, held_out)} for unit in namespace["UNITS"]],
        "compare": [
            {"tokenizer": name, "vocab_size": size, "seed": seed, **row(encode, unk_id, held_out)}
            for (name, size), (encode, unk_id) in compared.items()
        ],
        "speed": [{"tokenizer": name, "task": task, "texts": 20, **timed} for name, task in names],
    }


@pytest.fixture(scope="session")
def measure():
    return measured


@pytest.fixture(scope="session")
def room() -> Room:
    course = open_course()
    assignment = course.assignment(ID)
    cells = tuple(definitions(build_source(course, assignment)))
    return Room(course, assignment, course.room(ID), cells, kept_evidence(ID))


@pytest.fixture(scope="session")
def objectives() -> Room:
    """The objectives assignment: given cells read little, and the evidence is what pack wrote of the solution in the cpu profile."""
    course = open_course()
    assignment = course.assignment("w09a2_objectives")
    notebook = build_source(course, assignment)
    cells = with_person(definitions(notebook), notebook)
    return Room(course, assignment, course.room(assignment.id), cells, kept_evidence(assignment.id), {"PROFILE": "smoke"})
