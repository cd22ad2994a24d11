"""The loss scaler against torch's, the float16 step against its own arithmetic, and what float16 flushes."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course_lib.distributed.mixed_precision import (
    DynamicLossScaler,
    half_shares,
    master_weights,
    mixed_precision_step,
    smallest_safe_exponent,
)

BAD = {"fine": 1.0, "inf": torch.inf, "-inf": -torch.inf, "nan": torch.nan}


def _optimizer() -> tuple[nn.Parameter, torch.optim.Optimizer]:
    parameter = nn.Parameter(torch.tensor([1.0, -2.0]))
    return parameter, torch.optim.AdamW([parameter], lr=0.1)


@given(
    trace=st.lists(st.tuples(st.sampled_from(["fine", "fine", "fine", *BAD]), st.booleans()), max_size=25),
    interval=st.integers(1, 4),
    start=st.sampled_from([1.0, 2.0**16, 2.0**126]),
)
@settings(max_examples=60, deadline=None)
def test_scaler_is_torchs(trace, interval, start):
    options = {"init_scale": start, "growth_factor": 2.0, "backoff_factor": 0.5, "growth_interval": interval}
    runs = []
    for scaler in (DynamicLossScaler(**options), torch.amp.GradScaler("cpu", **options)):
        parameter, optimizer = _optimizer()
        states = []
        for kind, unscale_first in trace:
            scaled = scaler.scale(parameter.sum())  # torch's makes its scale here
            assert scaled.item() == parameter.sum().item() * scaler.get_scale()
            parameter.grad = torch.tensor([0.5, 0.25]) * scaler.get_scale()
            parameter.grad[1] *= BAD[kind]
            if unscale_first:
                scaler.unscale_(optimizer)
                torch.testing.assert_close(parameter.grad[0].item(), 0.5)
            scaler.step(optimizer)
            scaler.update()
            steps = int(optimizer.state[parameter]["step"]) if optimizer.state else 0
            states.append((scaler.get_scale(), steps, parameter.detach().clone().tolist()))
        runs.append(states)
    assert runs[0] == runs[1]


def test_unscaling_twice_is_refused():
    scaler, (parameter, optimizer) = DynamicLossScaler(), _optimizer()
    parameter.grad = torch.ones(2)
    scaler.unscale_(optimizer)
    with pytest.raises(RuntimeError, match="update"):
        scaler.unscale_(optimizer)
    assert scaler.step(optimizer)
    scaler.update()
    scaler.unscale_(optimizer)


def test_a_parameter_without_gradient_is_left_out():
    scaler, (parameter, optimizer) = DynamicLossScaler(4.0, growth_interval=1), _optimizer()
    assert scaler.step(optimizer)
    scaler.update()
    assert scaler.get_scale() == 8.0
    assert parameter.tolist() == [1.0, -2.0]


class Constant(nn.Module):
    """A model whose gradient is 1 whatever its weight."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))


def test_masters_move_where_half_precision_stands_still():
    model, step = Constant(), 2.0**-12
    masters = master_weights(model)
    model.half()
    optimizer = torch.optim.SGD(masters, lr=step)
    for _ in range(16):
        _, stepped = mixed_precision_step(model, masters, optimizer, DynamicLossScaler(1024.0), lambda m: -m.weight.float().sum())
        assert stepped
    assert masters[0].item() == 1 + 16 * step
    assert model.weight.item() == 1 + 16 * step
    alone = torch.ones(1, dtype=torch.float16)
    for _ in range(16):
        alone = alone + step
    assert alone.item() == 1.0


def test_a_step_follows_float32_and_clips_what_is_unscaled():
    torch.manual_seed(0)
    model, x, y = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 1)), torch.randn(32, 6), torch.randn(32, 1)
    exact = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 1))
    exact.load_state_dict(model.state_dict())
    masters = master_weights(model)
    model.half()
    optimizers = [torch.optim.SGD(masters, lr=0.1), torch.optim.SGD(exact.parameters(), lr=0.1)]
    scaler = DynamicLossScaler(2.0**12)
    for _ in range(20):
        mixed_precision_step(model, masters, optimizers[0], scaler, lambda m: (m(x.half()).float() - y).square().mean(), max_norm=0.5)
        optimizers[1].zero_grad()
        (exact(x) - y).square().mean().backward()
        nn.utils.clip_grad_norm_(exact.parameters(), 0.5)
        optimizers[1].step()
    for master, parameter in zip(masters, exact.parameters(), strict=True):
        torch.testing.assert_close(master, parameter, atol=5e-3, rtol=0)


def test_an_overflow_leaves_everything_but_the_scale():
    torch.manual_seed(0)
    model = nn.Linear(3, 1)
    masters = master_weights(model)
    model.half()
    optimizer, scaler = torch.optim.AdamW(masters, lr=0.1), DynamicLossScaler(2.0**40)
    before = [master.clone() for master in masters]
    _, stepped = mixed_precision_step(model, masters, optimizer, scaler, lambda m: m(torch.ones(2, 3).half()).float().sum(), max_norm=1.0)
    assert not stepped
    assert scaler.get_scale() == 2.0**39
    assert not optimizer.state
    assert all(torch.equal(master, old) for master, old in zip(masters, before, strict=True))


def test_half_shares():
    values = torch.tensor([0.0, 2.0**-25, -(2.0**-24), 2.0**-15, 1.0, 70_000.0])
    assert half_shares(values) == pytest.approx({"flushed": 0.2, "subnormal": 0.4, "overflowed": 0.2})
    assert half_shares(values, 2.0) == pytest.approx({"flushed": 0.0, "subnormal": 0.4, "overflowed": 0.2})
    assert set(half_shares(torch.zeros(3)).values()) == {0.0}


@given(gradient=st.floats(2.0**-100, 2.0**10), exact=st.integers(-60, 10))
def test_smallest_safe_exponent(gradient, exact):
    for value in (gradient, 2.0**exact):
        k = smallest_safe_exponent(value)
        scaled = [torch.tensor(value * 2.0**power, dtype=torch.float64) for power in (k, k - 1)]
        assert scaled[0] > 2.0**-25 >= scaled[1]
    half = torch.tensor(2.0**exact * 2.0 ** smallest_safe_exponent(2.0**exact)).half()
    assert half == 2.0**-24
    with pytest.raises(ValueError, match="no gradient"):
        smallest_safe_exponent(0.0)
