"""The world as a data set: offline, and without a trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.kit.world.dataset import rows, text_dataset

SCRIPT = """
import sys
from course_lib.kit.world.dataset import rows, text_dataset
assert "datasets" not in sys.modules
kept = text_dataset(30_000, 1)
assert kept.column_names == ["text", "genre", "templates", "people"]
assert kept["text"][:] == [row["text"] for row in rows(30_000, 1)]
assert 30_000 <= sum(len(text.encode()) for text in kept["text"]) < 33_000
assert len(kept.map(lambda row: {"length": len(row["text"])}).filter(lambda row: row["length"] > 50)) > 10
stream = text_dataset(10**12, 1, "test", streaming=True)
assert [row["text"] for row in stream.take(5)] == [row["text"] for _, row in zip(range(5), rows(10**6, 1, "test"))]
cached = text_dataset(30_000, 1, cache_dir=sys.argv[1])
assert cached["text"][:] == kept["text"][:]
print("fine")
"""


def test_data_sets_work_offline_and_leave_nothing_at_home(tmp_path):
    home, cache = tmp_path / "home", tmp_path / "cache"
    home.mkdir()
    nowhere = "http://127.0.0.1:9"
    environment = os.environ | {"HOME": str(home), "http_proxy": nowhere, "https_proxy": nowhere, "HF_ENDPOINT": nowhere}
    for name in ("HF_HOME", "XDG_CACHE_HOME", "HF_DATASETS_CACHE"):
        environment.pop(name, None)
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(cache)], cwd=root, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == "fine", done.stderr
    assert list(home.rglob("*")) == []
    assert list(cache.rglob("*.arrow"))


def test_rows_stop_at_the_size():
    assert list(rows(0, 1)) == []
    assert len(list(rows(1, 1))) == 1


def test_an_unknown_split_is_refused_before_anything_is_loaded():
    with pytest.raises(ValueError, match="train"):
        text_dataset(10, 1, "dev")
