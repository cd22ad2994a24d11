"""The tokenizers' calls as counterexamples are made of them: what may become smaller, and the line that a student pastes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from course_lib.kit.counterexample import Call
from course_lib.kit.text import bytes_to_unicode, pretokenize
from course_lib.tokenizers.bpe import BPETokenizer, ByteBPETokenizer, Pair, train_bpe, train_byte_bpe
from course_lib.tokenizers.wordpiece import WordPieceTokenizer, train_wordpiece, unigram_nll, wordpiece_score
from course_lib.tokenizers.wordpiece_mistakes import first_fault

TRAINED = tuple[dict[str, int], list[tuple[str, str]]]
UNKNOWN = "[UNK]"
_BYTES = "enumerate([*sorted(bytes_to_unicode().values())"


# -- training ---------------------------------------------------------------------------------------------------------


def training_call(
    corpus: Sequence[str],
    size: int,
    specials: Sequence[str] = (),
    frequency: int = 2,
    rule: str = "smallest_ids",
    *,
    generator: bool = False,
) -> Call:
    """``train_bpe``; with ``generator``, on a corpus that can be read once."""
    arguments = (list(corpus), size, list(specials), frequency, rule)
    line = (lambda corpus, size, *_: f"train_bpe((text for text in {corpus!r}), {size})") if generator else None
    whole = (2, 3, 4) if generator else (2, 4)
    return Call("train_bpe", train_bpe, arguments, line, returns=TRAINED, whole=whole)


def byte_training_calls(corpus: Sequence[str], size: int, specials: Sequence[str]) -> list[Call]:
    """``train_byte_bpe``: the first ids; where those are right, the merges; where those are, the vocabulary's size."""
    arguments = (list(corpus), size, list(specials))

    def part(python: str, take: Any, returns: Any) -> Call:
        def line(*arguments: Any) -> str:
            return python.format(f"train_byte_bpe({', '.join(map(repr, arguments if arguments[2] else arguments[:2]))})")

        return Call("train_byte_bpe", lambda *a: take(train_byte_bpe(*a)), arguments, line, returns=returns, whole=(2,))

    return [
        part("list({}[0].items())[:6]", lambda trained: list(trained[0].items())[:6], list[tuple[str, int]]),
        part("{}[1]", lambda trained: trained[1], list[tuple[str, str]]),
        part("len({}[0])", lambda trained: len(trained[0]), int),
    ]


def wordpiece_training_call(corpus: Sequence[str], size: int, specials: Sequence[str], frequency: int) -> Call:
    """``train_wordpiece``; any choice among exact ties is right."""

    def right_up_to_ties(trained: Any, *arguments: Any) -> bool:
        return not first_fault(trained, *arguments)

    arguments = (list(corpus), size, list(specials), frequency)
    return Call("train_wordpiece", train_wordpiece, arguments, accepts=right_up_to_ties, returns=TRAINED, whole=(2,))


# -- encoding and decoding --------------------------------------------------------------------------------------------


def _vocabulary(first: Iterable[str], merges: Sequence[Pair]) -> dict[str, int]:
    """Ids for some symbols and for what the merges make. Raises ValueError: a merge takes what is not there."""
    vocab = {symbol: number for number, symbol in enumerate(dict.fromkeys(first))}
    for left, right in merges:
        if left not in vocab or right not in vocab:
            raise ValueError(f"{left!r} and {right!r} are not both in the vocabulary")
        vocab.setdefault(left + right, len(vocab))
    return vocab


def encoding_call(tokenizer: BPETokenizer, text: str) -> Call:
    """``BPETokenizer.encode``: merges and text become smaller, and the vocabulary with them; unknown characters stay unknown."""
    known = {symbol for symbol in tokenizer.vocab if len(symbol) == 1}

    def vocabulary(merges: Sequence[Pair], text: str) -> dict[str, int]:
        letters = {letter for pair in merges for symbol in pair for letter in symbol} | {c for word in pretokenize(text) for c in word}
        return _vocabulary([UNKNOWN, *sorted(letters & known)], merges)

    return Call(
        "BPETokenizer.encode",
        lambda merges, text: BPETokenizer(vocabulary(merges, text), merges, UNKNOWN).encode(text),
        (_used(tokenizer.merges, text), text),
        lambda merges, text: f"BPETokenizer({vocabulary(merges, text)!r}, {merges!r}, {UNKNOWN!r}).encode({text!r})",
        returns=list[int],
        whole=(0,),
    )


def _used(merges: Sequence[Pair], text: str) -> list[Pair]:
    """The merges whose result stands in the text."""
    return [pair for pair in merges if "".join(pair) in text]


def decoding_call(tokenizer: BPETokenizer, ids: Sequence[int]) -> Call:
    """``BPETokenizer.decode`` on symbols, whose vocabulary holds nothing else."""

    def line(symbols: Sequence[str]) -> str:
        vocab = _vocabulary([UNKNOWN, *symbols], [])
        return f"BPETokenizer({vocab!r}, [], {UNKNOWN!r}).decode({[vocab[symbol] for symbol in symbols]!r})"

    symbols = [tokenizer.decode([number]) for number in ids]
    return Call("BPETokenizer.decode", "".join, (symbols,), line, returns=str, whole=(0,))


def byte_encoding_call(tokenizer: ByteBPETokenizer, text: str) -> Call:
    """``ByteBPETokenizer.encode`` with few merges."""

    def right(merges: Sequence[Pair], text: str) -> list[int]:
        return ByteBPETokenizer(_vocabulary(sorted(bytes_to_unicode().values()), merges), merges).encode(text)

    def line(merges: Sequence[Pair], text: str) -> str:
        return f"ByteBPETokenizer({_byte_vocabulary(merges)}, {merges!r}).encode({text!r})"

    visible = "".join(bytes_to_unicode()[byte] for byte in text.encode())
    return Call("ByteBPETokenizer.encode", right, (_used(tokenizer.merges, visible), text), line, returns=list[int], whole=(0,))


def byte_decoding_call(tokenizer: ByteBPETokenizer, ids: Sequence[int]) -> Call:
    """``ByteBPETokenizer.decode`` on the symbols of some ids."""
    symbol_of = {number: symbol for symbol, number in tokenizer.vocab.items()}
    alphabet = sorted(bytes_to_unicode().values())

    def vocabulary(symbols: Sequence[str]) -> dict[str, int]:
        return _vocabulary([*alphabet, *(symbol for symbol in symbols if len(symbol) > 1)], [])

    def right(symbols: Sequence[str]) -> str:
        vocab = vocabulary(symbols)
        return ByteBPETokenizer(vocab, []).decode([vocab[symbol] for symbol in symbols])

    def line(symbols: Sequence[str]) -> str:
        vocab = vocabulary(symbols)
        longer = [symbol for symbol in vocab if len(symbol) > 1]
        return f"ByteBPETokenizer({_byte_table(longer)}, []).decode({[vocab[symbol] for symbol in symbols]!r})"

    return Call("ByteBPETokenizer.decode", right, ([symbol_of[number] for number in ids],), line, returns=str, whole=(0,))


def _byte_vocabulary(merges: Sequence[Pair]) -> str:
    return _byte_table(dict.fromkeys("".join(pair) for pair in merges))


def _byte_table(longer: Iterable[str]) -> str:
    """Python for a byte-level vocabulary with some symbols after the alphabet; the notebook has ``bytes_to_unicode``."""
    further = "".join(f", {symbol!r}" for symbol in longer)
    return f"{{s: i for i, s in {_BYTES}{further}])}}"


def wordpiece_encoding_call(tokenizer: WordPieceTokenizer, text: str) -> Call:
    """``WordPieceTokenizer.encode`` with a small vocabulary."""

    def vocabulary(pieces: Sequence[str]) -> dict[str, int]:
        return _vocabulary([UNKNOWN, *pieces], [])

    pieces = [token for token in tokenizer.vocab if token != UNKNOWN and token.removeprefix("##") in text]
    return Call(
        "WordPieceTokenizer.encode",
        lambda pieces, text: WordPieceTokenizer(vocabulary(pieces)).encode(text),
        (pieces, text),
        lambda pieces, text: f"WordPieceTokenizer({vocabulary(pieces)!r}, {UNKNOWN!r}).encode({_run(text)})",
        returns=list[int],
        whole=(0,),
    )


def _run(text: str) -> str:
    """Python for a text, short for one letter over and over."""
    return f"{text[0]!r} * {len(text)}" if len(text) > 20 and len(set(text)) == 1 else repr(text)


def wordpiece_decoding_call(tokens: Sequence[str]) -> Call:
    """``WordPieceTokenizer.decode`` on tokens, whose vocabulary holds nothing else."""

    def vocabulary(tokens: Sequence[str]) -> dict[str, int]:
        return _vocabulary([UNKNOWN, *tokens], [])

    def right(tokens: Sequence[str]) -> str:
        vocab = vocabulary(tokens)
        return WordPieceTokenizer(vocab).decode([vocab[token] for token in tokens])

    def line(tokens: Sequence[str]) -> str:
        vocab = vocabulary(tokens)
        return f"WordPieceTokenizer({vocab!r}, {UNKNOWN!r}).decode({[vocab[token] for token in tokens]!r})"

    return Call("WordPieceTokenizer.decode", right, (list(tokens),), line, returns=str, whole=(0,))


# -- scores -----------------------------------------------------------------------------------------------------------


def score_call(counts: tuple[int, int, int]) -> Call:
    """``wordpiece_score``."""

    def right(c_ab: int, c_a: int, c_b: int) -> float:
        return float(wordpiece_score(c_ab, c_a, c_b))

    return Call("wordpiece_score", right, counts, accepts=_near(right), returns=float)


def tied_scores_call(one: tuple[int, int, int], other: tuple[int, int, int]) -> Call:
    """Whether two equal fractions score alike."""

    def right(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
        if wordpiece_score(*one) != wordpiece_score(*other) or one == other:
            raise ValueError("not two counts of one score")
        return True

    return Call("wordpiece_score", right, (one, other), lambda one, other: f"wordpiece_score{one} == wordpiece_score{other}", whole=(0, 1))


def loss_call(words: dict[tuple[str, ...], int]) -> Call:
    """``unigram_nll``."""
    return Call("unigram_nll", unigram_nll, (words,), accepts=_near(unigram_nll), returns=float)


def _near(right: Callable[..., float]) -> Callable[..., bool]:
    return lambda actual, *arguments: math.isclose(actual, right(*arguments), rel_tol=1e-9, abs_tol=1e-9)
