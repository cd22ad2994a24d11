"""Running check files: outcomes, hints, faults, isolation from the student's pytest settings."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from course_lib.kit.binding import NotebookSubmission
from course_lib.kit.checking import CheckFault, check_seed, run_checks

HEAD = "import pytest\nfrom course_lib.kit.expect import fail, equal\n"
CHECKS = (
    HEAD
    + '''
@pytest.mark.grades("double", weight=2, hint=("첫째", "둘째", "셋째"))
def test_doubles(submission):
    """두 배를
    돌려줍니다."""
    equal(submission.call("double", 3, returns=int), 6, given="3", known={"제곱": (9, "제곱을 돌려줍니다.")})

@pytest.mark.grades("double")
@pytest.mark.parametrize("x", [1, 2])
def test_each(submission, x, rng):
    """무작위 수."""
    equal(submission.call("double", x), 2 * x, given=str(x))

@pytest.mark.grades("other", hint="하나")
def test_broken(submission):
    """검사의 잘못."""
    raise ZeroDivisionError("ours")

@pytest.mark.grades("other")
def test_bare(submission):
    """말 없는 단언."""
    assert submission.has("double") and False
'''
)


def write(folder: Path, text: str, name: str = "checks.py") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def run(path: Path, namespace: dict, **options):
    return run_checks(path, NotebookSubmission(namespace), assignment="a", **options)


def test_outcomes(tmp_path):
    seen = []
    outcomes = run(write(tmp_path, CHECKS), {"double": lambda x: x * x}, on_outcome=seen.append)
    assert [(o.id, o.item, o.weight, o.status) for o in outcomes] == [
        ("test_doubles", "double", 2, "failed"),
        ("test_each[1]", "double", 1, "failed"),
        ("test_each[2]", "double", 1, "passed"),
        ("test_broken", "other", 1, "fault"),
        ("test_bare", "other", 1, "failed"),
    ]
    first = outcomes[0]
    assert (first.property, first.misconception, first.hint) == ("두 배를 돌려줍니다.", "제곱", ("첫째", "둘째", "셋째"))
    assert first.message.startswith("제곱을 돌려줍니다.")
    assert outcomes[3].message == "ZeroDivisionError: ours"
    assert outcomes[3].hint == ("하나",)
    assert outcomes[4].message == "이 성질이 성립하지 않습니다."
    assert seen == outcomes


@pytest.mark.parametrize(("namespace", "unfinished"), [({}, True), ({"double": None}, False)])
def test_unfinished_work_is_told_apart_from_wrong_work(tmp_path, namespace, unfinished):
    (outcome, *_) = run(write(tmp_path, CHECKS), namespace, items=["double"])
    assert (outcome.status, outcome.unfinished) == ("failed", unfinished)


def test_items_select(tmp_path):
    assert {o.item for o in run(write(tmp_path, CHECKS), {}, items=["other"])} == {"other"}
    assert run(write(tmp_path, CHECKS), {}, items=["none"]) == []


def test_seeds_differ_by_check_assignment_round_and_secret():
    seeds = {check_seed(s, a, c, r) for s in (b"x", b"y") for a in "ab" for c in "ab" for r in (0, 1)}
    assert len(seeds) == 16
    assert check_seed(b"x", "a", "c") == check_seed(b"x", "a", "c", 0)


def test_the_generator_is_seeded_per_check(tmp_path):
    checks = write(
        tmp_path,
        HEAD
        + """
@pytest.mark.grades("a")
def test_one(rng): fail(str(rng.integers(10**9)))
@pytest.mark.grades("a")
def test_two(rng): fail(str(rng.integers(10**9)))
""",
    )
    first, second = (o.message for o in run(checks, {}))
    assert first != second
    assert [o.message for o in run(checks, {})] == [first, second]
    assert run(checks, {}, round_number=1)[0].message != first


def test_upstream_and_further_fixtures(tmp_path):
    checks = write(
        tmp_path,
        HEAD
        + """
@pytest.mark.grades("a")
def test_up(upstream): equal(upstream(lambda: 5), None, given="x")
@pytest.mark.grades("a")
def test_evidence(evidence): equal(evidence, 3, given="x")
@pytest.mark.grades("a")
def test_review(review): pass
""",
    )
    statuses = [o.status for o in run(checks, {}, fixtures={"evidence": 3})]
    assert statuses == ["passed", "passed", "fault"], "a fixture that this run does not offer is our fault"
    assert run(checks, {}, fixtures={"evidence": 3}, use_reference=True)[0].status == "failed"


@pytest.mark.parametrize("text", ["def (", "import no_such_module_anywhere", HEAD + "def test_unmarked(submission): pass"])
def test_files_that_cannot_be_collected_are_faults(tmp_path, text):
    with pytest.raises(CheckFault):
        run(write(tmp_path, text), {})


def test_skipping_is_a_fault_and_no_pass(tmp_path):
    checks = write(tmp_path, HEAD + '@pytest.mark.grades("a")\ndef test_skip(): pytest.skip("x")\n')
    assert [o.status for o in run(checks, {})] == ["fault"]


def test_a_failing_teardown_is_a_fault(tmp_path):
    text = '@pytest.fixture\ndef thing():\n    yield 1\n    raise OSError("x")\n@pytest.mark.grades("a")\ndef test_it(thing): pass\n'
    assert [o.status for o in run(write(tmp_path, HEAD + text), {})] == ["fault"]


def test_two_files_of_the_same_name_and_an_edited_one(tmp_path):
    text = HEAD + '@pytest.mark.grades("a")\ndef test_a(): fail("{}")\n'
    paths = [write(tmp_path / name, text.format(name)) for name in ("one", "two")]
    assert [run(path, {})[0].message for path in paths] == ["one", "two"]
    write(tmp_path / "one", text.format("edited"))
    assert run(paths[0], {})[0].message == "edited"


def test_planted_settings_are_ignored(tmp_path, monkeypatch):
    checks = write(tmp_path, CHECKS)
    (tmp_path / "conftest.py").write_text("raise SystemExit")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\n")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    monkeypatch.chdir(tmp_path)
    assert len(run(checks, {"double": lambda x: 2 * x})) == 5
    assert os.environ["PYTEST_ADDOPTS"] == "--collect-only"


def test_folders_with_korean_and_spaces(tmp_path):
    assert run(write(tmp_path / "내 과제 (1) [복사본]", CHECKS), {"double": lambda x: 2 * x})[0].passed


def test_nothing_is_printed(tmp_path, capfd):
    run(write(tmp_path, CHECKS), {"double": print})
    assert capfd.readouterr() == ("", "")


def test_an_interrupt_ends_the_run(tmp_path):
    threading.Timer(0.3, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT)).start()
    import time

    with pytest.raises(KeyboardInterrupt):
        run(write(tmp_path, CHECKS), {"double": lambda _: time.sleep(5)})


def test_messages_can_be_stored_and_shown_anywhere(tmp_path):
    class Nasty(Exception):
        def __str__(self) -> str:
            return "\ud800 \x1b[31m \u202e <b>&" + "긴" * 2_000

    def double(_: int) -> int:
        raise Nasty

    message = run(write(tmp_path, CHECKS), {"double": double})[0].message
    message.encode()
    assert "\x1b" not in message
    assert "\u202e" not in message
    assert len(message) <= 1_000
    assert "<b>&" in message, "escaping is for those who know the format"


def test_modules_of_checks_do_not_pile_up(tmp_path):
    before = set(sys.modules)
    for number in range(3):
        run(write(tmp_path / str(number), CHECKS), {})
    assert {name for name in set(sys.modules) - before if "checks" in name} <= {"checks"}
