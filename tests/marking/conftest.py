"""The grader's desk, for every test here."""

from gradingdesk import _alembic_once, built, desk  # noqa: F401
