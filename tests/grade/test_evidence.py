"""Evidence is read within bounds, and nothing behind a link is."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
import tinycourse

from autograder.evidence import Bounds, Evidence, evidence_digest, read_evidence
from course_lib.kit import evidence as kit_evidence

SMALL = Bounds(files=3, file_bytes=10_000, total_bytes=25_000, rows=50, keys=5, text=100, values=2_000)


def put(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_no_folder_is_no_evidence(tmp_path: Path) -> None:
    assert read_evidence(None) == read_evidence(tmp_path / "absent") == Evidence()


def test_what_the_kit_writes_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(kit_evidence.FOLDER, str(tmp_path / "evidence"))
    kit_evidence.begin()
    rows = [{"n": 1, "x": 0.5, "name": "가", "ok": True, "none": None, "list": [1, 2]}]
    kit_evidence.table("vocab-size", rows)
    kit_evidence.conclusion("larger", {"rows": [0], "direction": "up"})
    (tmp_path / "evidence" / "figures").mkdir()
    put(tmp_path / "evidence", "figures/plot.png", b"\x89PNG\r\n\x1a\nrest")
    read = read_evidence(tmp_path / "evidence")
    assert read.tables == {"vocab-size": rows}
    assert read.conclusions == {"larger": {"rows": [0], "direction": "up"}}
    assert list(read.figures) == ["plot"]
    assert (read.profile, read.seed, read.problems, read.present) == ("cpu", 0, (), True)
    assert "python" in read.versions


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not json", "JSON"),
        (b"\xff\xfe", "UTF-8"),
        (b"[" * 9_000, "값이 너무 많습니다"),
        (b'[{"a": ' + b"[" * 500 + b"]" * 500 + b"}]", "깊습니다"),
        (b'[{"a": NaN}]', "유한하지"),
        (b'[{"a": Infinity}]', "유한하지"),
        (b'[{"a": 1e999}]', "유한하지"),
        (b'[{"a": ' + b"9" * 3_000 + b"}]", "정수"),
        ([{"a": "x" * 101}], "긴 글"),
        ([{"a": n} for n in range(51)], "긴 목록"),
        ([{str(n): n for n in range(6)}], "열이"),
        ([1, 2], "표는"),
        ({"a": 1}, "표는"),
        ([[{"a": 1}]], "표는"),
        (b" " * 10_001, "바이트보다"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_unusable_table_is_left_out_and_said(tmp_path: Path, content: object, said: str) -> None:
    put(tmp_path, "tables/bad.json", content)
    put(tmp_path, "tables/good.json", [{"n": 1}])
    read = read_evidence(tmp_path, SMALL)
    assert read.tables == {"good": [{"n": 1}]}
    assert len(read.problems) == 1
    assert "tables/bad.json" in read.problems[0]
    assert said in read.problems[0]


def test_wrong_types_in_the_manifest_are_ignored(tmp_path: Path) -> None:
    put(tmp_path, "manifest.json", {"profile": ["cpu"], "seed": True, "versions": {"a": 1, "b": "2"}, "continued_from": [1, "x", {}]})
    put(tmp_path, "conclusions.json", [1])
    read = read_evidence(tmp_path)
    assert (read.profile, read.seed, read.versions, read.continued_from) == ("", 0, {"b": "2"}, ("x",))
    assert read.conclusions == {}
    assert "conclusions.json" in read.problems[0]


def test_too_many_and_too_large(tmp_path: Path) -> None:
    for number in range(5):
        put(tmp_path, f"tables/t{number}.json", [{"text": "x" * 90} for _ in range(50)])
    read = read_evidence(tmp_path, SMALL)
    assert set(read.tables) == {"t0", "t1", "t2"}
    assert "5개" in read.problems[0]
    read = read_evidence(tmp_path, Bounds(total_bytes=12_000))
    assert set(read.tables) == {"t0", "t1"}
    assert all("모두" in problem for problem in read.problems)


def test_strange_names_are_not_looked_at(tmp_path: Path) -> None:
    for name in ("tables/.hidden.json", "tables/A.json", "tables/a b.json", "tables/x.txt", "other/y.json", f"tables/{'n' * 80}.json"):
        put(tmp_path, name, [])
    assert read_evidence(tmp_path) == Evidence(present=True)


def test_links_are_refused_everywhere(tmp_path: Path) -> None:
    secret = put(tmp_path, "secret.json", [{"secret": 1}])
    folder = tmp_path / "pack" / "evidence"
    (folder / "tables").mkdir(parents=True)
    (folder / "tables" / "link.json").symlink_to(secret)
    (folder / "manifest.json").symlink_to(secret)
    read = read_evidence(folder)
    assert read.tables == {}
    assert [said for said in read.problems if "보통 파일이 아닙니다" in said] == list(read.problems)
    assert len(read.problems) == 2
    outside = tmp_path / "outside"
    put(outside, "evidence/tables/t.json", [{"secret": 1}])
    (tmp_path / "linked").symlink_to(outside / "evidence")
    assert not read_evidence(tmp_path / "linked").present
    (tmp_path / "other").symlink_to(outside)
    assert not read_evidence(tmp_path / "other" / "evidence").present
    (folder / "tables" / "link.json").unlink()
    (folder / "tables").rmdir()
    (folder / "tables").symlink_to(outside / "evidence" / "tables")
    assert read_evidence(folder).tables == {}


def test_a_pipe_and_a_folder_do_not_hold_the_reader_up(tmp_path: Path) -> None:
    (tmp_path / "tables" / "folder.json").mkdir(parents=True)
    os.mkfifo(tmp_path / "tables" / "pipe.json")
    found: list[Evidence] = []
    thread = threading.Thread(target=lambda: found.append(read_evidence(tmp_path)), daemon=True)
    thread.start()
    thread.join(5)
    assert found
    assert found[0].tables == {}
    assert len(found[0].problems) == 2


def test_half_characters_are_replaced(tmp_path: Path) -> None:
    put(tmp_path, "tables/t.json", rb'[{"a\ud800": "b\udfff\u0000"}]')
    assert read_evidence(tmp_path).tables == {"t": [{"a?": "b?�"}]}


def test_the_digest_follows_the_content(evidence_dir: Path) -> None:
    before = evidence_digest(evidence_dir)
    assert before == evidence_digest(evidence_dir) != evidence_digest(None)
    put(evidence_dir, "tables/counts.json", tinycourse.EVIDENCE[:-1])
    changed = evidence_digest(evidence_dir)
    assert changed != before
    (evidence_dir / "tables" / "counts.json").rename(evidence_dir / "tables" / "others.json")
    assert evidence_digest(evidence_dir) not in (before, changed)
