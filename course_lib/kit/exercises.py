"""Numbers of theory questions that take more than one draw, so that the notebook and the check draw them alike."""

from __future__ import annotations

import numpy as np

Counts = dict[str, int]


def two_candidates(rng: np.random.Generator) -> tuple[Counts, Counts, int]:
    """A frequent pair of frequent tokens, a rare pair of tokens that hardly stand apart, and the corpus size in tokens.

    Each is ``{"ab": …, "a": …, "b": …}``. The rare pair has the higher score, the frequent one the larger gain in likelihood.
    """
    frequent = {"ab": int(rng.integers(200, 320)), "a": int(rng.integers(400, 600)), "b": int(rng.integers(400, 600))}
    together = int(rng.integers(8, 16))
    rare = {"ab": together, "a": together + int(rng.integers(1, 4)), "b": together + int(rng.integers(1, 4))}
    return frequent, rare, int(rng.integers(5_000, 9_000))


def syllables(rng: np.random.Generator) -> tuple[tuple[int, int, int], str]:
    """The indices of a syllable with a final consonant, and another such syllable."""
    indices = tuple(int(rng.integers(low, high)) for low, high in ((1, 19), (1, 21), (1, 28)))
    other = [int(rng.integers(low, high)) for low, high in ((1, 19), (1, 21), (1, 28))]
    return indices, chr(0xAC00 + other[0] * 588 + other[1] * 28 + other[2])


def two_models(rng: np.random.Generator) -> tuple[dict[str, float], dict[str, float]]:
    """Loss per token in nats, tokens and bytes of the same text for two models: the one with less loss per token has more bits per byte."""
    size = int(rng.integers(20, 40)) * 1_000
    few = int(size / float(rng.uniform(3.2, 4.0)))
    many = int(few * float(rng.uniform(1.8, 2.2)))
    loss = round(float(rng.uniform(3.6, 4.2)), 2)
    return (
        {"nats": loss, "tokens": few, "bytes": size},
        {"nats": round(loss * float(rng.uniform(0.65, 0.8)), 2), "tokens": many, "bytes": size},
    )


def missing_piece(rng: np.random.Generator) -> tuple[dict[str, int], str, str]:
    """A WordPiece vocabulary, a word that it splits into several pieces, and the piece that goes missing.

    Without the word's last piece nothing can stand for its end; without the long one in the middle two shorter ones do.
    """
    letters = [chr(0xAC00 + 588 * int(i)) for i in rng.choice(19, 6, replace=False)]
    first, second, third, fourth, fifth, sixth = letters
    pieces = ["[UNK]", first, first + second, f"##{third}", f"##{third}{fourth}", f"##{fifth}", f"##{sixth}", f"##{fourth}"]
    word = first + second + third + fourth + (fifth if rng.random() < 0.5 else fifth + sixth)
    missing = f"##{word[-1]}" if rng.random() >= 0.5 else f"##{third}{fourth}"
    return {piece: number for number, piece in enumerate(pieces)}, word, missing
