"""How fast known implementations are on this machine: what a student's speed is set beside. Rough by nature; it decides nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from course_lib.kit.text import pretokenize
from course_lib.tokenizers.bpe import BPETokenizer, Pair, count_pairs, merge_pair, train_bpe
from course_lib.tokenizers.trials import word_counts

Trained = tuple[dict[str, int], list[Pair]]


def best_seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """The shortest of some runs: what disturbs a measurement only makes it longer."""
    found = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def training_landmarks(corpus: Sequence[str], vocab_size: int) -> dict[str, float]:
    """Seconds that training takes without thought, in the reference, and in the ``tokenizers`` library."""
    return {
        "naive": best_seconds(lambda: naive_training(corpus, vocab_size), repeat=2),
        "reference": best_seconds(lambda: train_bpe(corpus, vocab_size, [], 1)),
        "library": best_seconds(lambda: _library_training(corpus, vocab_size)),
    }


def encoding_landmarks(text: str, vocab: dict[str, int], merges: Sequence[Pair], unk: str) -> dict[str, float]:
    """The same for encoding one text."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    library = Tokenizer(models.BPE(vocab, list(merges), unk_token=unk))
    library.pre_tokenizer = pre_tokenizers.Whitespace()
    return {
        "naive": best_seconds(lambda: naive_encoding(text, vocab, merges, unk), repeat=2),
        "reference": best_seconds(lambda: BPETokenizer(vocab, merges, unk).encode(text)),
        "library": best_seconds(lambda: library.encode(text)),
    }


def naive_training(corpus: Sequence[str], vocab_size: int) -> Trained:
    """Counts every pair of every word anew for each merge."""
    words = dict(word_counts(corpus))
    vocab = {symbol: number for number, symbol in enumerate(sorted({symbol for word in words for symbol in word}))}
    merges: list[Pair] = []
    while len(vocab) < vocab_size and (pairs := count_pairs(words)):
        pair = min(pairs, key=lambda pair: (-pairs[pair], vocab[pair[0]], vocab[pair[1]]))
        merges.append(pair)
        vocab.setdefault(pair[0] + pair[1], len(vocab))
        words = {merge_pair(word, pair): frequency for word, frequency in words.items()}
    return vocab, merges


def naive_encoding(text: str, vocab: dict[str, int], merges: Sequence[Pair], unk: str) -> list[int]:
    """Tries every merge on every word, in order."""
    ids = []
    for word in pretokenize(text):
        symbols = tuple(word)
        for pair in merges:
            symbols = merge_pair(symbols, pair)
        ids += [vocab.get(symbol, vocab[unk]) for symbol in symbols]
    return ids


def _library_training(corpus: Sequence[str], vocab_size: int) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.train_from_iterator(corpus, trainers.BpeTrainer(vocab_size=vocab_size, min_frequency=1, show_progress=False))
