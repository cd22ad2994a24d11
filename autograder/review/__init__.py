"""Static review of a student's cells: line-level comments in Korean, each with its reason.

review = review_sources({"solution-bpe-train": "def train_bpe(…): …"})
review.findings, review.count("docstring"), review.penalty
"""

from autograder.review.engine import Review, ReviewFault, review_sources
from autograder.review.rules import RULES, Rule

__all__ = ["RULES", "Review", "ReviewFault", "Rule", "review_sources"]
