"""Near copies: among students, of answers, and of past terms. A finding for a person to look at, never a verdict."""

from autograder.similarity.compare import THRESHOLD, Document, Pair, Similar, find_similar
from autograder.similarity.documents import answers, given_code, past_submissions, submitted_code

__all__ = [
    "THRESHOLD",
    "Document",
    "Pair",
    "Similar",
    "answers",
    "find_similar",
    "given_code",
    "past_submissions",
    "submitted_code",
]
