"""What can go wrong with the sandbox itself; what goes wrong in a submission is a result, not an exception."""

from __future__ import annotations

from autograder.course import CourseError


class SandboxUnavailable(CourseError):
    """This machine cannot wall student code off; the text says what is missing and how to get it."""


class SandboxFault(RuntimeError):
    """The sandbox broke for a reason of its own. A fault of the grader: never a student's loss."""
