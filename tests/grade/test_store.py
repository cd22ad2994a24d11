"""The store trusts nothing that it did not write whole, and a key covers whatever can change a result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import tinycourse

import autograder.store
from autograder.course import Course
from autograder.evidence import evidence_digest
from autograder.grade import grader_fault
from autograder.result import Result
from autograder.store import Store, code_digest, submission_key, tree_digest, write_whole

KEY = "ab" * 32


@pytest.fixture
def result(course: Course) -> Result:
    return grader_fault(course, course.assignment(tinycourse.ID), "kim", "시험", key=KEY)


def test_what_is_put_is_got(tmp_path: Path, result: Result) -> None:
    store = Store(tmp_path / "store")
    assert store.get(KEY) is None
    store.put(KEY, result)
    assert store.get(KEY) == result
    assert [path.name for path in (tmp_path / "store").rglob("*") if path.is_file()] == [f"{KEY}.json"]


def test_a_result_goes_under_its_own_key_only(tmp_path: Path, result: Result) -> None:
    with pytest.raises(ValueError, match="cannot be stored"):
        Store(tmp_path).put("cd" * 32, result)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda data: data[:-20],
        lambda data: data[: len(data) // 2],
        lambda data: b"\xff" + data,
        lambda _: b"[]",
        lambda _: b"null",
        lambda _: b'{"schema": 1}',
        lambda data: data.replace(b'\\"score\\":0.0', b'\\"score\\":9.0', 1),
        lambda data: json.dumps(json.loads(data) | {"schema": 0}).encode(),
        lambda data: json.dumps(json.loads(data) | {"result": 5}).encode(),
        lambda data: json.dumps(json.loads(data) | {"result": "{}"}).encode(),
    ],
    ids=["empty", "cut", "half", "bytes", "list", "null", "keys", "score", "schema", "type", "result"],
)
def test_a_damaged_entry_is_absent_and_can_be_replaced(tmp_path: Path, result: Result, damage: Callable[[bytes], bytes]) -> None:
    store = Store(tmp_path)
    store.put(KEY, result)
    path = store.path(KEY)
    damaged = damage(path.read_bytes())
    assert damaged != path.read_bytes()
    path.write_bytes(damaged)
    assert store.get(KEY) is None
    store.put(KEY, result)
    assert store.get(KEY) == result


def test_an_entry_under_another_name_is_absent(tmp_path: Path, result: Result) -> None:
    store = Store(tmp_path)
    store.put(KEY, result)
    other = store.path("cd" * 32)
    other.parent.mkdir()
    other.write_bytes(store.path(KEY).read_bytes())
    assert store.get("cd" * 32) is None


def test_a_killed_writer_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    write_whole(path, b"old")
    code = (
        "import os, sys; from pathlib import Path; import autograder.store as s\n"
        "s.os.replace = lambda *_: os.kill(os.getpid(), 9)\n"
        "s.write_whole(Path(sys.argv[1]), b'new' * 100_000)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(path)], env=os.environ | {"PYTHONPATH": str(Path.cwd())}, check=False)
    assert ended.returncode == -9
    assert path.read_bytes() == b"old"


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(autograder.store.os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        write_whole(tmp_path / "file.json", b"x")
    assert list(tmp_path.iterdir()) == []


class Keys:
    """Keys of one submission, with one thing changed at a time."""

    def __init__(self, course: Course, data: bytes, evidence: Path) -> None:
        self.course, self.data, self.evidence = course, data, evidence

    def __call__(self, **changed: object) -> str:
        arguments = {
            "course": self.course,
            "assignment": self.course.assignment(tinycourse.ID),
            "data": self.data,
            "evidence_dir": self.evidence,
            "student": "kim",
            "round_number": 0,
            "sandbox": True,
        }
        return submission_key(**arguments | changed)


@pytest.fixture
def keys(course: Course, solved: bytes, evidence_dir: Path) -> Keys:
    return Keys(course, solved, evidence_dir)


def test_a_key_is_the_same_for_the_same_content(keys: Keys, tmp_path: Path) -> None:
    before = keys()
    assert before == keys()
    assert len(before) == 64
    moved = tmp_path / "elsewhere" / "pack" / "evidence"
    moved.parent.mkdir(parents=True)
    keys.evidence.rename(moved)
    assert keys(evidence_dir=moved) == before


def test_a_key_covers_the_call(keys: Keys, solved: bytes) -> None:
    changed = [{"data": solved + b" "}, {"evidence_dir": None}, {"student": "lee"}, {"round_number": 1}, {"sandbox": False}]
    assert len({keys(), *(keys(**change) for change in changed)}) == 6


@pytest.mark.parametrize("name", ["checks.py", "checks_more.py", "public_checks.py", "helpers/new.py"])
def test_a_key_covers_the_checks(keys: Keys, name: str) -> None:
    before = keys()
    path = keys.course.room(tinycourse.ID) / name
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + "\n# changed\n")
    assert keys() != before


@pytest.mark.parametrize(
    "name", ["mutants.py", "mutants_more.py", "cohort.yml", "notebook.md", "alternatives/new.py", "__pycache__/checks.pyc"]
)
def test_a_key_leaves_out_what_reaches_no_result(keys: Keys, name: str) -> None:
    before = keys()
    path = keys.course.room(tinycourse.ID) / name
    path.parent.mkdir(exist_ok=True)
    path.write_text((path.read_text() if path.exists() else "") + "\n")
    assert keys() == before


def test_a_key_covers_manifest_release_secret_and_specification(keys: Keys) -> None:
    found = {keys()}
    manifest = keys.course.room(tinycourse.ID) / "assignment.yml"
    manifest.write_text(manifest.read_text().replace("title: 두 수의 합", "title: 합"))
    found.add(keys())
    release = keys.course.release_notebook(tinycourse.ID)
    release.write_bytes(release.read_bytes() + b"\n")
    found.add(keys())
    (keys.course.term / "secret").write_text("00" * 32)
    fresh = autograder.course.open_course(keys.course.root, keys.course.term)
    found.add(keys(course=fresh))
    assert len(found) == 4


def test_a_key_covers_code_and_environment(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {keys()}
    for name in ("code_digest", "environment_digest"):
        monkeypatch.setattr(autograder.store, name, lambda: "changed")
        found.add(keys())
    assert len(found) == 3


def test_the_environment_does_not_depend_on_what_was_imported(tmp_path: Path) -> None:
    (tmp_path / "guest-1.0.dist-info").mkdir()
    (tmp_path / "guest-1.0.dist-info" / "METADATA").write_text("Name: guest\nVersion: 1.0\n")
    code = "import sys; sys.path += sys.argv[1:]; from autograder.store import environment_digest; print(environment_digest())"
    found = [
        subprocess.run([sys.executable, "-c", code, *more], capture_output=True, text=True, check=True, cwd=Path.cwd()).stdout
        for more in ([], [str(tmp_path)])
    ]
    assert found[0] == found[1] != "\n"


def test_the_code_digest_looks_at_content_every_time(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    before = tree_digest(tmp_path, ())
    (tmp_path / "a.py").write_text("2")
    changed = tree_digest(tmp_path, ())
    assert changed != before
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert tree_digest(tmp_path, ()) not in (before, changed)
    assert tree_digest(tmp_path, ("b.py",)) == tree_digest(tmp_path / "missing", ())


def test_modules_named_as_after_results_exist_and_do_not_feed_the_grader() -> None:
    package = Path(autograder.store.__file__).parent
    code = "import sys, autograder.grade; print(*sorted(m for m in sys.modules if m.startswith('autograder.')))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=package.parent).stdout.split()
    for name in autograder.store.AFTER_RESULTS:
        assert (package / name).exists(), name
        assert f"autograder.{name.removesuffix('.py')}" not in loaded
    assert "autograder.scoring" in loaded


def test_digests_are_cheap_enough_to_take_for_every_submission(keys: Keys) -> None:
    keys()
    calls = sum(1 for _ in autograder.store._files(Path(autograder.store.__file__).parent))
    assert calls < 2_000
    assert code_digest() == code_digest()
    assert evidence_digest(keys.evidence) == evidence_digest(keys.evidence)
