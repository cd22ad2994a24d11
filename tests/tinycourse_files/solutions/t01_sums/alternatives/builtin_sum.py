"""Adds with the built-in function. ALTERNATIVE-MARK"""


def add(a: int, b: int) -> int:
    """Return the sum of two integers."""
    return sum((a, b))


def double(a: int) -> int:
    """Return twice ``a``."""
    return a << 1


def total(values: list[int]) -> int:
    """Return the sum of all values."""
    return sum(values)
