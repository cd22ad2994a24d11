"""A new gradebook carries the version of nbgrader's schema, so that it can be upgraded one day."""

from __future__ import annotations

import sqlite3
import subprocess
import sys

from nbgrader.api import Gradebook
from nbgrader.dbutil import _temp_alembic_ini

from autograder.gradebook import schema_version


def test_a_new_gradebook_is_stamped_with_the_newest_version(tmp_path):
    with _temp_alembic_ini("sqlite:////tmp/none.db") as ini:
        said = subprocess.run([sys.executable, "-m", "alembic", "-c", ini, "heads"], capture_output=True, text=True, check=True).stdout
    assert said.split()[0] == schema_version()
    Gradebook(f"sqlite:///{tmp_path}/new.db").close()
    with sqlite3.connect(tmp_path / "new.db") as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(schema_version(),)]
