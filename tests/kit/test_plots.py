"""A graded notebook without a plot waits neither for matplotlib nor for pytest; one with a plot has the course's font."""

from __future__ import annotations

import json
import os
import subprocess
import sys

SCRIPT = """
import json, sys
from course_lib.kit.notebook import check, start, when_ready
start("x", "1", "smoke", 0)
start("x", "1", "smoke", 0)
check("y")
early = [name for name in ("matplotlib", "pytest") if name in sys.modules]
from matplotlib import rcParams
print(json.dumps([early, list(rcParams["font.family"]), sum("WhenImported" in repr(finder) for finder in sys.meta_path)]))
"""


def test_matplotlib_is_set_up_when_it_is_imported():
    environment = {**os.environ, "COURSE_GRADING": "1"}
    said = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True, timeout=60).stdout
    assert json.loads(said) == [[], ["NanumGothic", "DejaVu Sans"], 0]
