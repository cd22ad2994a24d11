"""What a language model of the course reads: the island's texts, and its residents' almanac among them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from course_lib.kit.world.people import Person
from course_lib.kit.world.writer import documents


def reading(size: int, seed: int, split: str = "train", *, almanac: float = 0.5, extra_people: Sequence[Person] = ()) -> list[str]:
    """Documents of together about ``size`` bytes of UTF-8; the last one may go beyond.

    Args:
        split: as in :func:`course_lib.kit.world.documents`.
        almanac: the share of bytes from the almanac, which states facts in many words; the rest is of all other genres.
        extra_people: islanders of one's own, the reader for example.

    Raises:
        ValueError: the share is none, or what ``documents`` refuses.
    """
    if not 0 <= almanac <= 1:
        raise ValueError(f"almanac is a share between 0 and 1, not {almanac}")
    sources = {True: documents(seed, split, extra_people, "almanac"), False: documents(seed, split, extra_people)}
    read, found, rng = {True: 0, False: 0}, [], Random(f"{seed}/{split}/order")
    while read[True] + read[False] < size:
        facts = read[True] < almanac * (read[True] + read[False]) or almanac == 1
        document = next(sources[facts]).text
        read[facts] += len(document.encode())
        found.append(document)
    rng.shuffle(found)
    return found
