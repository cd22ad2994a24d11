"""The objectives' calls as counterexamples are made of them: what may become smaller, and the line that a student pastes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from course_lib.kit.counterexample import Call
from course_lib.objectives import attention, clm, compare, mlm, plm
from course_lib.objectives.judging import near

_DRAW = "torch.randn({}, generator=torch.Generator().manual_seed(0))"
_MODEL = "lambda x: torch.sin((x.sum(-1, keepdim=True) + x)[..., None] * torch.arange(1, 7) * 0.7)"


def _drawn(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def _text(*shape: int) -> str:
    return _DRAW.format(", ".join(map(str, shape)))


def _table(rows: Sequence[Any], dtype: torch.dtype) -> Tensor:
    """Rows of one length as a tensor. Raises ValueError where there is nothing, or the rows differ in length."""
    table = torch.tensor(rows, dtype=dtype)
    if not table.numel():
        raise ValueError("there is nothing to look at")
    return table


def neighbour_model(ids: Tensor) -> Tensor:
    """The model of the lines: six tokens, and logits that depend on the sum of all and on its own token."""
    return torch.sin((ids.sum(-1, keepdim=True) + ids)[..., None] * torch.arange(1, 7) * 0.7)


def _call(
    function: str, right: Callable[..., Any], arguments: tuple[Any, ...], line: Callable[..., str], returns: Any, **more: Any
) -> Call:
    def accepts(actual: Any, *arguments: Any) -> bool:
        expected = right(*arguments)
        if isinstance(actual, Tensor) and isinstance(expected, Tensor):
            return actual.shape == expected.shape and near(actual, expected)
        return near(torch.as_tensor(actual), torch.as_tensor(expected))

    return Call(function, right, arguments, line, accepts=accepts, returns=returns, **more)


# -- causal -----------------------------------------------------------------------------------------------------------


def mask_call(length: int) -> Call:
    """``causal_mask``."""
    return Call(
        "causal_mask", lambda n: attention.causal_mask(n).int().tolist(), (length,), lambda n: f"causal_mask({n}).int().tolist()", whole=()
    )


def attention_call(heads: int, length: int, size: int) -> Call:
    """``causal_attention`` without padding."""

    def right(heads: int, length: int, size: int) -> Tensor:
        return attention.causal_attention(*_drawn(3, 1, heads, length, size))

    return _call("causal_attention", right, (heads, length, size), lambda *shape: f"causal_attention(*{_text(3, 1, *shape)})", Tensor)


def padded_attention_call(mask: Sequence[bool]) -> Call:
    """``causal_attention`` of one row with padding."""

    def right(mask: Sequence[bool]) -> Tensor:
        return attention.causal_attention(*_drawn(3, 1, 1, len(mask), 2), _table([mask], torch.bool))

    def line(mask: Sequence[bool]) -> str:
        return f"causal_attention(*{_text(3, 1, 1, len(mask), 2)}, torch.tensor([{mask!r}]))"

    return _call("causal_attention", right, (list(mask),), line, Tensor)


def loss_call(rows: int, length: int, vocab_size: int) -> Call:
    """``clm_loss`` without padding; the ids count up."""

    def right(rows: int, length: int, vocab_size: int) -> Tensor:
        if length < 2:
            raise ValueError("there is nothing to predict")
        return clm.clm_loss(_drawn(rows, length, vocab_size), torch.arange(rows * length).view(rows, length) % vocab_size)

    def line(rows: int, length: int, vocab_size: int) -> str:
        return f"clm_loss({_text(rows, length, vocab_size)}, torch.arange({rows * length}).view({rows}, {length}) % {vocab_size})"

    return _call("clm_loss", right, (rows, length, vocab_size), line, Tensor)


def padded_loss_call(mask: Sequence[Sequence[bool]]) -> Call:
    """``clm_loss`` with padding."""

    def right(mask: Sequence[Sequence[bool]]) -> Tensor:
        real = _table(mask, torch.bool)
        return clm.clm_loss(_drawn(*real.shape, 5), torch.zeros(real.shape, dtype=torch.long), real)

    def line(mask: Sequence[Sequence[bool]]) -> str:
        rows, length = len(mask), len(mask[0])
        return f"clm_loss({_text(rows, length, 5)}, torch.zeros({rows}, {length}, dtype=torch.long), torch.tensor({mask!r}))"

    return _call("clm_loss", right, ([list(row) for row in mask],), line, Tensor)


def filter_call(logits: Sequence[float], top_k: int, top_p: float) -> Call:
    """``filter_logits`` of one row."""

    def right(logits: Sequence[float], top_k: int, top_p: float) -> Tensor:
        return clm.filter_logits(_table([logits], torch.float32), top_k, top_p)

    logits = [round(float(value), 2) for value in logits]
    return _call(
        "filter_logits", right, (logits, top_k, top_p), lambda row, k, p: f"filter_logits(torch.tensor([{row!r}]), {k}, {p})", Tensor
    )


def generate_call(prompts: Sequence[Sequence[int]], new: int, eos_id: int | None) -> Call:
    """``generate``, greedily, from the model that counts round to 4."""

    def counting(ids: Tensor) -> Tensor:
        return torch.nn.functional.one_hot((ids + 1) % 4, 4) * 20.0

    def right(prompts: Sequence[Sequence[int]], new: int) -> Tensor:
        if not prompts or not prompts[0]:
            raise ValueError("no prompt")
        return clm.generate(counting, torch.tensor(prompts), new, 0, eos_id=eos_id, pad_id=3)

    def line(prompts: Sequence[Sequence[int]], new: int) -> str:
        model = "lambda x: torch.nn.functional.one_hot((x + 1) % 4, 4) * 20.0"
        return f"generate({model}, torch.tensor({prompts!r}), {new}, 0, eos_id={eos_id}, pad_id=3)"

    return _call("generate", right, ([list(row) for row in prompts], new), line, Tensor)


# -- masked and permuted ----------------------------------------------------------------------------------------------


def masking_call(length: int, p_mask: float) -> Call:
    """``mask_tokens`` where nothing is left to chance: every position but the first is chosen, and masked or kept."""

    def right(length: int) -> list[list[int]]:
        ids = torch.arange(10, 10 + length)
        return [x.tolist() for x in mlm.mask_tokens(ids, torch.arange(length) < 1, 3, 1_000, 1.0, p_mask, 0.0)]

    def line(length: int) -> str:
        ids = f"torch.arange(10, {10 + length})"
        return f"[x.tolist() for x in mask_tokens({ids}, torch.arange({length}) < 1, 3, 1000, 1.0, {p_mask}, 0.0)]"

    return Call("mask_tokens", right, (length,), line)


def masked_loss_call(labels: Sequence[Sequence[int]]) -> Call:
    """``mlm_loss``."""

    def right(labels: Sequence[Sequence[int]]) -> Tensor:
        targets = _table(labels, torch.long)
        return mlm.mlm_loss(_drawn(*targets.shape, 5), targets)

    def line(labels: Sequence[Sequence[int]]) -> str:
        return f"mlm_loss({_text(len(labels), len(labels[0]), 5)}, torch.tensor({labels!r}))"

    return _call("mlm_loss", right, ([list(row) for row in labels],), line, Tensor, whole=(0,))


def order_call(order: Sequence[int]) -> Call:
    """``two_stream_masks`` as numbers."""

    def right(order: Sequence[int]) -> list[list[list[int]]]:
        return [mask.int().tolist() for mask in plm.two_stream_masks(torch.tensor(order, dtype=torch.long))]

    def line(order: Sequence[int]) -> str:
        return f"[mask.int().tolist() for mask in two_stream_masks(torch.tensor({order!r}))]"

    return Call("two_stream_masks", right, (list(order),), line)


def order_loss_call(order: Sequence[int], n_predict: int, rows: int = 1) -> Call:
    """``plm_loss``."""

    def right(order: Sequence[int], n_predict: int) -> Tensor:
        plm.two_stream_masks(torch.tensor(order, dtype=torch.long))  # raises where it is no permutation
        length = len(order)
        ids = torch.arange(rows * length).view(rows, length) % 5
        return plm.plm_loss(_drawn(rows, length, 5), ids, torch.tensor(order), n_predict)

    def line(order: Sequence[int], n_predict: int) -> str:
        length = len(order)
        ids = f"torch.arange({rows * length}).view({rows}, {length}) % 5"
        return f"plm_loss({_text(rows, length, 5)}, {ids}, torch.tensor({order!r}), {n_predict})"

    return _call("plm_loss", right, (list(order), n_predict), line, Tensor)


# -- measures ---------------------------------------------------------------------------------------------------------


def pseudo_perplexity_call(ids: Sequence[int], special: Sequence[bool] | None = None) -> Call:
    """``pseudo_perplexity`` of a small model that sees all tokens."""

    def marked(ids: Sequence[int]) -> list[bool] | None:
        return None if special is None else [place == 0 for place in range(len(ids))]

    def right(ids: Sequence[int]) -> float:
        if not ids or max(ids) > 4:
            raise ValueError("no token, or one that is not there")
        mask = None if special is None else torch.tensor(marked(ids))
        return compare.pseudo_perplexity(neighbour_model, torch.tensor(ids), 5, mask)

    def line(ids: Sequence[int]) -> str:
        more = "" if special is None else f", torch.tensor({marked(ids)!r})"
        return f"pseudo_perplexity({_MODEL}, torch.tensor({ids!r}), 5{more})"

    return _call("pseudo_perplexity", right, ([token % 5 for token in ids],), line, float)


def infill_call(ids: Sequence[int]) -> Call:
    """``infill`` with a small model that sees all tokens; 5 is the mask."""

    def right(ids: Sequence[int]) -> list[int]:
        if not ids or max(ids) > 5:
            raise ValueError("no token, or one that is not there")
        return compare.infill(neighbour_model, torch.tensor(ids), 5).tolist()

    return Call("infill", right, (list(ids),), lambda ids: f"infill({_MODEL}, torch.tensor({ids!r}), 5).tolist()")


def distinct_call(samples: Sequence[Sequence[int]], n: int) -> Call:
    """``distinct_n``."""
    return _call("distinct_n", compare.distinct_n, (samples, n), lambda samples, n: f"distinct_n({samples!r}, {n})", float)


def steps_call(steps: Sequence[int], values: Sequence[float], threshold: float) -> Call:
    """``steps_to_threshold``; rows are left out of steps and values together."""

    def right(rows: Sequence[tuple[int, float]]) -> int | None:
        return compare.steps_to_threshold([step for step, _ in rows], [value for _, value in rows], threshold)

    def line(rows: Sequence[tuple[int, float]]) -> str:
        return f"steps_to_threshold({[step for step, _ in rows]!r}, {[value for _, value in rows]!r}, {threshold})"

    rows = list(zip(steps, values, strict=True))
    return Call("steps_to_threshold", right, (rows,), line, returns=int | None, whole=(0,))
