"""The course's grading engine. It knows no assignment by name: everything particular stands in ``solutions/<id>/``."""
