"""The morphological analyser, loaded once in a process: its model takes some seconds and 400 MB."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def kiwi() -> Any:
    """The one ``kiwipiepy.Kiwi`` that everything in this process shares."""
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=1)
