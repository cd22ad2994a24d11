"""An n-gram model with interpolated Kneser-Ney smoothing (Chen and Goodman 1999, eq. 25): the one to be better than."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

DISCOUNT = 0.75


class NGram:
    """Probabilities of the next token given the ``order`` - 1 before it."""

    def __init__(self, tokens: Sequence[int], order: int, vocab_size: int, discount: float = DISCOUNT) -> None:
        if order < 1 or len(tokens) < order:
            raise ValueError(f"order {order} is at least 1 and at most the {len(tokens)} tokens")
        self.order, self.vocab_size, self.discount = order, vocab_size, discount
        grams = [Counter(zip(*(tokens[k:] for k in range(order)), strict=False))]
        for _ in range(order - 1):  # the lower orders count in how many contexts a gram stands, not how often
            grams.append(Counter(gram[1:] for gram in grams[-1]))
        self.grams = grams
        self.totals: list[dict[tuple[int, ...], int]] = []
        self.kinds: list[dict[tuple[int, ...], int]] = []
        for level in grams:
            total: dict[tuple[int, ...], int] = defaultdict(int)
            kinds: dict[tuple[int, ...], int] = defaultdict(int)
            for gram, count in level.items():
                total[gram[:-1]] += count
                kinds[gram[:-1]] += 1
            self.totals.append(dict(total))
            self.kinds.append(dict(kinds))

    def probability(self, context: Sequence[int], token: int) -> float:
        """p(token | the last ``order`` - 1 tokens of the context); a shorter context uses a lower order."""
        context = tuple(context[-(self.order - 1) :]) if self.order > 1 else ()
        p = 1.0 / self.vocab_size
        for size in range(len(context) + 1):
            level, history = self.order - 1 - size, context[len(context) - size :]
            total = self.totals[level].get(history)
            if not total:
                continue
            count = max(self.grams[level].get((*history, token), 0) - self.discount, 0.0)
            p = count / total + self.discount * self.kinds[level][history] / total * p
        return p

    def nats(self, tokens: Sequence[int]) -> float:
        """Negative log-likelihood of the tokens, each given those before it."""
        return -sum(math.log(self.probability(tokens[max(0, i - self.order + 1) : i], token)) for i, token in enumerate(tokens))
