"""Plain nbgrader commands and formgrader, at the root of the repository, on the term ($COURSE_TERM, else term/)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from autograder.course import open_course
from autograder.nbgrader_settings import nbgrader_config, put_environment_on_path

course = open_course()
course.term.mkdir(parents=True, exist_ok=True)
put_environment_on_path()
get_config().merge(nbgrader_config(course))  # noqa: F821  (nbgrader puts get_config into this file's globals)
