"""Schedules, split layers and memory: invariants, two ways to the same number, and torch's own checkpoints."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.checkpoint import checkpoint_sequential

from course_lib.distributed.memory import best_segments, checkpointed_memory, stage_memory
from course_lib.distributed.pipeline import find_problem, longest_path, make_schedule, simulate
from course_lib.distributed.tensor_parallel import ColumnParallelLinear, RowParallelLinear

KINDS = st.sampled_from(["gpipe", "1f1b"])


@settings(deadline=None)
@given(kind=KINDS, stages=st.integers(1, 6), microbatches=st.integers(1, 12), t_f=st.integers(1, 4), t_b=st.integers(1, 4))
def test_schedules_are_legal_and_as_short_as_they_can_be(kind: str, stages: int, microbatches: int, t_f: int, t_b: int):
    schedule = make_schedule(kind, stages, microbatches)
    assert find_problem(schedule, stages, microbatches) is None
    timeline = simulate(schedule, t_f, t_b)
    assert timeline.makespan == (microbatches + stages - 1) * (t_f + t_b) == max(longest_path(schedule, t_f, t_b).values())
    assert timeline.bubble_fraction == pytest.approx((stages - 1) / (microbatches + stages - 1))
    assert {(t.stage, t.kind, t.microbatch): t.end for t in timeline.tasks} == longest_path(schedule, t_f, t_b)
    peaks = [microbatches] * stages if kind == "gpipe" else [min(stages - stage, microbatches) for stage in range(stages)]
    assert timeline.peak_inflight == peaks


def test_four_stages_and_eight_microbatches():
    gpipe, one = (simulate(make_schedule(kind, 4, 8), 1, 2) for kind in ("gpipe", "1f1b"))
    assert round(gpipe.bubble_fraction, 4) == round(one.bubble_fraction, 4) == 0.2727
    assert (gpipe.peak_inflight, one.peak_inflight) == ([8] * 4, [4, 3, 2, 1])


def test_what_is_no_schedule():
    right = make_schedule("1f1b", 3, 4)
    assert find_problem(right[:2], 3, 4) == ("stages", None)
    missing = [order[:-1] for order in right]
    assert find_problem(missing, 3, 4) == ("work", (0, "B", 3))
    doubled = [[*right[0], ("F", 0)], *right[1:]]
    assert find_problem(doubled, 3, 4) == ("work", (0, "F", 0))
    early = [*right[:2], [("B", 0), *(work for work in right[2] if work != ("B", 0))]]
    assert find_problem(early, 3, 4) == ("order", (2, "B", 0))
    circle = [[("F", 0), ("B", 0), ("F", 1), ("B", 1)], [("F", 1), ("F", 0), ("B", 1), ("B", 0)]]
    assert find_problem(circle, 2, 2)[0] == "deadlock"
    with pytest.raises(ValueError, match="wait"):
        simulate(circle, 1, 1)
    with pytest.raises(ValueError, match="no schedule"):
        make_schedule("gpipes", 2, 2)


@settings(max_examples=30, deadline=None)
@given(
    inner=st.integers(1, 9),
    outer=st.integers(1, 9),
    world=st.integers(1, 5),
    bias=st.booleans(),
    whole=st.booleans(),
    seed=st.integers(0, 9),
)
def test_split_layers_equal_the_dense_one(inner: int, outer: int, world: int, bias: bool, whole: bool, seed: int):
    torch.manual_seed(seed)
    dense = nn.Linear(inner, outer, bias=bias).double()
    x, weight = torch.randn(2, 3, inner).double(), torch.randn(2, 3, outer).double()
    wanted = x.clone().requires_grad_()
    (dense(wanted) * weight).sum().backward()
    column = ColumnParallelLinear.from_dense(dense, world, gather_output=whole)
    row = RowParallelLinear.from_dense(dense, world, input_is_parallel=not whole)
    pieces = [p.shape[1] for p in row.weights]
    for layer in (column, row):
        leaf = x.clone().requires_grad_()
        given_x = leaf.split(pieces, -1) if layer is row and not whole else leaf
        out = layer(given_x)
        out = torch.cat(out, -1) if isinstance(out, list) else out
        (out * weight).sum().backward()
        torch.testing.assert_close(out, dense(x))
        torch.testing.assert_close(leaf.grad, wanted.grad)
        grads = layer.dense_grads()
        assert set(grads) == ({"weight", "bias"} if bias else {"weight"})
        for name, grad in grads.items():
            torch.testing.assert_close(grad, getattr(dense, name).grad)


def test_column_then_row_needs_no_gathering_between():
    torch.manual_seed(0)
    first, second = nn.Linear(6, 10), nn.Linear(10, 6)
    column = ColumnParallelLinear.from_dense(first, 4, gather_output=False)
    row = RowParallelLinear.from_dense(second, 4, input_is_parallel=True)
    x = torch.randn(5, 6)
    torch.testing.assert_close(row([part.relu() for part in column(x)]), second(first(x).relu()))


def test_checkpoints():
    assert checkpointed_memory(36, 6) == 12
    assert best_segments(36) == 6
    for layers in range(1, 200):
        assert 2 * math.sqrt(layers) <= checkpointed_memory(layers, best_segments(layers)) <= 2 * math.sqrt(layers) + 1
    assert stage_memory(10, 6, 100, 4) == 160 + 2_400
    assert stage_memory(10, 6, 100, 1, 2) == 160 + 100 * checkpointed_memory(6, 2)
    assert stage_memory(10, 6, 100, 4, 2) == 160 + 100 * (8 + 3)
    with pytest.raises(ValueError, match="segments"):
        checkpointed_memory(4, 5)


class Sine(nn.Module):
    """Keeps exactly one tensor for its backward pass."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.sin()


@pytest.mark.parametrize(("layers", "segments"), [(12, 3), (12, 4), (9, 3)])
def test_torch_keeps_as_many_activations(layers: int, segments: int):
    """One fewer than counted: the checkpoint of the segment that runs again is its first activation, too."""
    held, most = 0, 0

    class Held:
        def __init__(self, tensor: torch.Tensor) -> None:
            nonlocal held, most
            self.tensor = tensor
            held += 1
            most = max(most, held)

        def __del__(self) -> None:
            nonlocal held
            held -= 1

    x = torch.randn(4, requires_grad=True)
    with torch.autograd.graph.saved_tensors_hooks(Held, lambda kept: kept.tensor):
        out = checkpoint_sequential(nn.Sequential(*(Sine() for _ in range(layers))), segments, x, use_reentrant=False)
        out.sum().backward()
    assert most == checkpointed_memory(layers, segments) - 1
