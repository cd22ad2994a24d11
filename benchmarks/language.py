"""The small world as something to learn: a model of a million parameters against a 5-gram model, and facts in new words.

Takes about eight minutes on one core; a number of steps as $LANGUAGE_STEPS shortens it. What has to come out: on sentences which
training never had, fewer bits per byte than the 5-gram model, and at least 60 % of the questions with eight answers (chance: 12.5 %).
"""

from __future__ import annotations

import math
import os
import time

import torch
from torch.nn import functional

from course_lib.kit.language import corpus, data, judging, ngram, training
from course_lib.kit.model import Config, Decoder, count_parameters
from course_lib.kit.world.cloze import CHOICES, questions

BYTES, HELD_OUT, VOCABULARY, LENGTH, BATCH, STEPS, SEED = 6_000_000, 200_000, 1_024, 128, 16, 1_400, 0
ALMANAC = 0.6
SMOOTHING = 0.1  # without it, the model is so sure of the sentences it has read that new ones cost it more than the 5-gram model


def main() -> None:
    torch.set_num_threads(1)
    started = time.perf_counter()
    steps = int(os.environ.get("LANGUAGE_STEPS", STEPS))
    documents = corpus.reading(BYTES, SEED, almanac=ALMANAC)
    tokenizer = data.train_tokenizer(documents[:5_000], VOCABULARY)
    stream = data.token_stream(tokenizer, documents)
    torch.manual_seed(SEED)
    model = Decoder(Config(vocab_size=tokenizer.get_vocab_size(), max_position_embeddings=256))
    print(
        f"{count_parameters(model):,} parameters, {len(stream):,} tokens of {BYTES:,} bytes, {steps} steps of {BATCH} x {LENGTH}",
        flush=True,
    )

    def loss(batch: torch.Tensor, _: int) -> torch.Tensor:
        return functional.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten(), label_smoothing=SMOOTHING)

    log = training.fit(model, loss, data.batches(stream, BATCH, LENGTH, steps, SEED), steps, on_log=_progress(steps))
    print(f"{log.seconds:.0f} s, {log.tokens / log.seconds:,.0f} tokens a second")
    baseline = ngram.NGram(stream.tolist(), 5, tokenizer.get_vocab_size())
    for split in ("test", "new_templates"):
        held_out = corpus.reading(HELD_OUT, SEED + 1, split, almanac=ALMANAC)
        ours = judging.bits_per_byte(model, tokenizer, held_out, 256)
        print(f"{split}: {ours:.3f} bits per byte; 5-gram {_bits(baseline, tokenizer, held_out):.3f}")
    for name, asked in {
        "facts in words that training has": questions(SEED, trained=True),
        "facts in new words": questions(SEED),
        "facts never stated": questions(SEED, stated=False),
    }.items():
        accuracy = judging.cloze_accuracy(model, tokenizer, asked)
        print(f"{name}: {accuracy:.1%} of {len(asked)} questions (chance {1 / CHOICES:.1%})")
    print(f"{time.perf_counter() - started:.0f} s together")


def _bits(model: ngram.NGram, tokenizer: data.Tokenizer, documents: list[str]) -> float:
    """As ``judging.bits_per_byte``: each document on its own, after ``</s>``, cut to 256 tokens."""
    nats, size = 0.0, 0
    for document in documents:
        row = [data.END, *tokenizer.encode(document).ids][:256]
        nats += model.nats(row) + math.log(model.probability([], data.END))
        size += len(tokenizer.decode(row[1:]).encode())
    return nats / (size * math.log(2))


def _progress(steps: int):
    def show(step: int, loss: float) -> None:
        if step % (steps // 10) < 10:
            print(f"  step {step}: {loss:.3f}", flush=True)

    return show


if __name__ == "__main__":
    main()
