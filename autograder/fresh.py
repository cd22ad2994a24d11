"""Grade one submission in a new process: what a long-lived process does once the code that it has loaded is out of date.

A Jupyter server with formgrader, or a worker of a scheduler, keeps its modules for days. A result names the code on disk in its
key, so it must be computed by that code.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.result import Result
from autograder.sandbox.errors import SandboxUnavailable

CHECKOUT = Path(__file__).resolve().parent.parent
SAID = 2_000  # characters of the process's last words that a fault quotes


def grade_in_new_process(course: Course, assignment_id: str, data: bytes, **options: Any) -> Result:
    """``grade_notebook`` in a process of its own.

    Raises:
        SandboxUnavailable: as ``grade_notebook`` does.
        RuntimeError: the process ended without a result.
    """
    request = {
        "root": str(course.root),
        "term": str(course.term),
        "assignment": assignment_id,
        "data": base64.b64encode(data).decode(),
        "options": options | {"evidence_dir": str(options["evidence_dir"]) if options.get("evidence_dir") else None},
    }
    with tempfile.TemporaryDirectory(prefix="grade-") as folder:
        answer = Path(folder) / "answer.json"
        start = f"import sys; sys.path.insert(0, {str(CHECKOUT)!r}); from autograder.fresh import main; main()"
        ended = subprocess.run(
            [sys.executable, "-c", start, str(answer)],
            input=json.dumps(request).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        if not answer.is_file():
            raise RuntimeError(f"the grading process ended with {ended.returncode}: {ended.stderr.decode(errors='replace')[-SAID:]}")
        content = json.loads(answer.read_bytes())
    if "unavailable" in content:
        raise SandboxUnavailable(content["unavailable"])
    return Result.model_validate(content["result"])


def main() -> None:
    """The new process: a request on standard input, the answer into the file named on the command line."""
    from autograder.course import open_course
    from autograder.grade import grade_notebook

    request = json.load(sys.stdin)
    course = open_course(Path(request["root"]), Path(request["term"]))
    options = request["options"]
    if options["evidence_dir"]:
        options["evidence_dir"] = Path(options["evidence_dir"])
    answer: dict[str, Any]
    try:
        result = grade_notebook(course, course.assignment(request["assignment"]), base64.b64decode(request["data"]), **options)
        answer = {"result": result.model_dump(mode="json")}
    except SandboxUnavailable as error:
        answer = {"unavailable": str(error)}
    part = Path(sys.argv[1] + ".part")
    part.write_text(json.dumps(answer), encoding="utf-8")
    part.rename(sys.argv[1])
