"""The reference's BPE training against the ``tokenizers`` library: the same result, and how much slower."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from course_lib.kit import corpora
from course_lib.tokenizers import train_bpe, train_byte_bpe

SIZE, VOCAB, REPEATS, BOUND = 1_000_000, 8_000, 3, 4.0
SPECIALS = ["[UNK]"]
Trained = tuple[dict[str, int], list[tuple[str, str]]]


def library_bpe(
    corpus: Sequence[str], vocab_size: int, special_tokens: Sequence[str] = (), min_frequency: int = 2, *, byte_level: bool = False
) -> Trained:
    """Train with the library; the vocabulary in the order of its ids."""
    import json

    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    options: dict[str, Any] = {"vocab_size": vocab_size, "special_tokens": list(special_tokens), "min_frequency": min_frequency}
    if byte_level:
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        options["initial_alphabet"] = pre_tokenizers.ByteLevel.alphabet()
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(show_progress=False, **options))
    model = json.loads(tokenizer.to_str())["model"]
    return dict(sorted(model["vocab"].items(), key=lambda entry: entry[1])), [tuple(pair) for pair in model["merges"]]


def compare(language: corpora.Language, *, byte_level: bool = False, repeats: int = REPEATS) -> dict[str, Any]:
    """Train both in turn; ``equal`` compares vocabulary order and merges, ``ratio`` the medians."""
    corpus = corpora.lines(language, SIZE, seed=0)
    train = train_byte_bpe if byte_level else train_bpe
    ours, theirs = [], []
    for _ in range(repeats):
        right, seconds = _timed(library_bpe, corpus, VOCAB, SPECIALS, byte_level=byte_level)
        theirs.append(seconds)
        found, seconds = _timed(train, corpus, VOCAB, SPECIALS)
        ours.append(seconds)
    equal = list(found[0].items()) == list(right[0].items()) and found[1] == right[1]
    medians = statistics.median(ours), statistics.median(theirs)
    return {"reference_s": medians[0], "library_s": medians[1], "ratio": medians[0] / medians[1], "equal": equal, "entries": len(right[0])}


def _timed(function: Callable[..., Trained], *arguments: Any, **options: Any) -> tuple[Trained, float]:
    started = time.perf_counter()
    result = function(*arguments, **options)
    return result, time.perf_counter() - started


def main() -> None:
    """Print one line per language and level."""
    for byte_level in (False, True):
        for language in ("ko", "en"):
            found = compare(language, byte_level=byte_level)
            level = "bytes     " if byte_level else "characters"
            verdict = "equal" if found["equal"] else "DIFFERENT"
            bound = "" if byte_level else f" (bound {BOUND:g})"
            print(
                f"{language} {level}  1 MB, {found['entries']} entries: {verdict}, reference {found['reference_s']:.2f} s, "
                f"library {found['library_s']:.2f} s, ratio {found['ratio']:.2f}{bound}"
            )


if __name__ == "__main__":
    main()
