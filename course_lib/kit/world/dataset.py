"""The small world as a ``datasets.Dataset``: what the rest of the course, and the rest of the world, works with.

``datasets`` takes two seconds to import, so it is imported when a data set is asked for.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib.kit.world.people import Person
from course_lib.kit.world.writer import SPLITS, documents

if TYPE_CHECKING:
    from datasets import Dataset, IterableDataset

COLUMNS = ("text", "genre", "templates", "people")


def rows(size: int, seed: int, split: str = "train", extra_people: Sequence[Person] = ()) -> Iterator[dict]:
    """Yield documents as rows until their texts have together reached ``size`` bytes of UTF-8; the last one may go beyond."""
    for document in documents(seed, split, extra_people):
        if size <= 0:
            return
        size -= len(document.text.encode())
        yield {"text": document.text, "genre": document.genre, "templates": list(document.templates), "people": list(document.people)}


def text_dataset(
    size: int,
    seed: int,
    split: str = "train",
    *,
    streaming: bool = False,
    cache_dir: str | Path | None = None,
    extra_people: Sequence[Person] = (),
) -> Dataset | IterableDataset:
    """Documents of the small world, about ``size`` bytes of text.

    Args:
        split: one of ``SPLITS``.
        streaming: return an ``IterableDataset``, which writes documents as they are asked for and keeps none; gigabytes cost no memory.
        cache_dir: where to keep the Arrow file. Without it the data set lives in memory and leaves no file.

    Raises:
        ValueError: an unknown split, or an extra person who does not fit into the world.
    """
    if split not in SPLITS:
        raise ValueError(f"split is one of {', '.join(SPLITS)}, not {split!r}")
    from datasets import Dataset
    from datasets.io.generator import GeneratorDatasetInputStream

    arguments = {"size": size, "seed": seed, "split": split, "extra_people": tuple(extra_people)}
    if streaming:
        # IterableDataset.from_generator does the same, but leaves a lock file in the home folder.
        with tempfile.TemporaryDirectory(prefix="world-") as scratch:
            return GeneratorDatasetInputStream(rows, gen_kwargs=arguments, streaming=True, cache_dir=scratch).read()
    if cache_dir is not None:
        return Dataset.from_generator(rows, gen_kwargs=arguments, cache_dir=str(cache_dir))
    with tempfile.TemporaryDirectory(prefix="world-") as scratch:
        return Dataset.from_generator(rows, gen_kwargs=arguments, cache_dir=scratch, keep_in_memory=True)
