"""A tokenizer that chooses its strategy by the input: every candidate encodes, the shortest lossless encoding wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class LosslessTokenizer(Protocol):
    """What the router needs of a candidate; ids are smaller than ``vocab_size``."""

    @property
    def vocab_size(self) -> int: ...
    def encode(self, text: str) -> list[int]: ...
    def decode(self, ids: Sequence[int]) -> str: ...


class DynamicTokenizer:
    """Routes each text to the cheapest of its candidates.

    The first id names the candidate (0, 1, … in the given order); its own ids follow, shifted past those names.
    """

    def __init__(self, candidates: Mapping[str, LosslessTokenizer]) -> None:
        """Raises ValueError: no candidate is given."""
        if not candidates:
            raise ValueError("a router needs at least one candidate")
        self.names = list(candidates)
        self.candidates = list(candidates.values())

    @property
    def vocab_size(self) -> int:
        return len(self.candidates) + max(candidate.vocab_size for candidate in self.candidates)

    def route(self, text: str) -> str:
        """The name of the candidate that ``encode`` takes."""
        return self.names[self._choose(text)[0]]

    def encode(self, text: str) -> list[int]:
        """Ids of a text, at most one longer than the cheapest candidate's.

        Raises:
            ValueError: no candidate can restore the text.
        """
        index, ids = self._choose(text)
        return [index, *(len(self.candidates) + number for number in ids)]

    def decode(self, ids: Sequence[int]) -> str:
        """The text again. Raises ValueError for ids that ``encode`` cannot have made."""
        if not ids:
            raise ValueError("an encoding starts with the name of its strategy")
        first, *rest = ids
        if not 0 <= first < len(self.candidates) or any(number < len(self.candidates) for number in rest):
            raise ValueError("strategy names stand at the front and nowhere else")
        return self.candidates[first].decode([number - len(self.candidates) for number in rest])

    def _choose(self, text: str) -> tuple[int, list[int]]:
        """The cheapest encoding that decodes to the text; the earlier candidate wins a tie."""
        encodings = [(index, candidate.encode(text)) for index, candidate in enumerate(self.candidates)]
        lossless = [(len(ids), index, ids) for index, ids in encodings if self.candidates[index].decode(ids) == text]
        if not lossless:
            raise ValueError(f"none of {', '.join(self.names)} restores the text {text[:40]!r}")
        _, index, ids = min(lossless)
        return index, ids
