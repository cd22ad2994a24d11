"""Marking by hand: all answers to one item on a page, by criterion and without names, and the marks back into the gradebook."""

from autograder.marking.marks import Imported, import_marks
from autograder.marking.sheets import Answer, Sheet, sheets

__all__ = ["Answer", "Imported", "Sheet", "import_marks", "sheets"]
