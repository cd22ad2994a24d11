"""Nothing is lost by error feedback; PowerSGD by its properties and against torch's hook."""

from __future__ import annotations

import pytest
import torch
import torch.distributed as dist
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.distributed.algorithms.ddp_comm_hooks import powerSGD_hook as hook

from course_lib.distributed.compression import ErrorFeedback, decompress, powersgd, powersgd_share, topk_compress

seeds = st.integers(0, 10_000)


def _random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@given(numbers=st.lists(st.integers(-5, 5), max_size=20), k=st.integers(-1, 25))
def test_topk_takes_the_largest_whatever_their_sign(numbers, k):
    tensor = torch.tensor(numbers, dtype=torch.float32)
    values, indices = topk_compress(tensor, k)
    assert len(values) == len(indices) == min(max(k, 0), len(numbers))
    assert len(set(indices.tolist())) == len(indices)
    assert torch.equal(tensor[indices], values)
    assert sorted(map(abs, values.tolist())) == sorted(map(abs, numbers))[len(numbers) - len(values) :]


def test_decompress_restores_the_shape():
    tensor = _random(3, 4)
    assert torch.equal(decompress(*topk_compress(tensor, 12), (3, 4)), tensor)
    sent = decompress(*topk_compress(tensor, 5), (3, 4))
    assert int((sent != 0).sum()) == 5
    assert (tensor - sent).abs().max() <= sent[sent != 0].abs().min()


@given(seed=seeds, rounds=st.integers(1, 12), k=st.integers(0, 7))
@settings(deadline=None)
def test_what_was_sent_and_the_residual_are_all_gradients(seed, rounds, k):
    feedback, sent, total = ErrorFeedback(k), torch.zeros(2, 3, dtype=torch.float64), torch.zeros(2, 3, dtype=torch.float64)
    for number in range(rounds):
        gradient = _random(2, 3, seed=seed + number)
        before = gradient.clone()
        sent += decompress(*feedback.compress(gradient), (2, 3))
        total += gradient
        assert torch.equal(before, gradient)
    torch.testing.assert_close(sent + feedback.residual, total)
    with pytest.raises(ValueError, match="after gradients"):
        feedback.compress(_random(6))


def test_a_small_entry_is_sent_in_the_end():
    feedback, gradient = ErrorFeedback(1), torch.tensor([1.0, 0.3])
    sent = [feedback.compress(gradient)[1].item() for _ in range(5)]
    assert sent == [0, 0, 0, 1, 0]


@given(seed=seeds, m=st.integers(2, 8), n=st.integers(2, 8), rank=st.integers(1, 2))
@settings(deadline=None)
def test_powersgd_projects_on_what_it_saw(seed, m, n, rank):
    matrix, q = _random(m, n, seed=seed), _random(n, rank, seed=seed + 1)
    p, new_q = powersgd(matrix, rank, q)
    torch.testing.assert_close(p.T @ p, torch.eye(rank, dtype=torch.float64))
    torch.testing.assert_close(p @ (p.T @ (matrix @ q)), matrix @ q)
    torch.testing.assert_close(p @ new_q.T, p @ p.T @ matrix)


def test_powersgd_is_exact_for_low_rank_and_zero():
    low = _random(7, 2, seed=3) @ _random(2, 5, seed=4)
    p, q = powersgd(low, 2, _random(5, 2))
    torch.testing.assert_close(p @ q.T, low, atol=1e-12, rtol=0)
    p, q = powersgd(torch.zeros(4, 3), 2, torch.ones(3, 2))
    assert torch.equal(p @ q.T, torch.zeros(4, 3))
    with pytest.raises(ValueError, match="do not fit"):
        powersgd(low, 2, torch.ones(7, 2))


def test_a_warm_start_comes_to_the_best_approximation():
    u, _, vh = torch.linalg.svd(_random(9, 6, seed=1), full_matrices=False)
    matrix = u @ torch.diag(torch.tensor([4.0, 3.0, 1.0, 0.5, 0.2, 0.1], dtype=torch.float64)) @ vh
    best = (u[:, :2] * torch.tensor([4.0, 3.0], dtype=torch.float64)) @ vh[:2]
    q = _random(6, 2, seed=2)
    for _ in range(25):
        p, q = powersgd(matrix, 2, q)
    torch.testing.assert_close(p @ q.T, best, atol=1e-8, rtol=0)


def test_powersgd_share():
    assert powersgd_share(512, 256, 4) == 4 * 768 / (512 * 256)


@pytest.fixture
def one_process(tmp_path):
    dist.init_process_group("gloo", store=dist.FileStore(str(tmp_path / "store"), 1), rank=0, world_size=1)
    yield
    dist.destroy_process_group()


@pytest.mark.usefixtures("one_process")
def test_powersgd_with_error_feedback_is_torchs_hook():
    torch.manual_seed(0)
    model = nn.parallel.DistributedDataParallel(nn.Linear(12, 10, bias=False))
    state = hook.PowerSGDState(None, matrix_approximation_rank=2, start_powerSGD_iter=2, min_compression_rate=1, random_seed=5)
    model.register_comm_hook(state, hook.powerSGD_hook)
    error, q = torch.zeros(10, 12), None
    for number in range(6):
        x, target = torch.randn(16, 12), torch.randn(16, 10)
        plain = nn.Linear(12, 10, bias=False)
        plain.load_state_dict(model.module.state_dict())
        (plain(x) - target).square().sum().backward()
        model.zero_grad()
        (model(x) - target).square().sum().backward()
        gradient = model.module.weight.grad
        if number < 2:
            torch.testing.assert_close(gradient, plain.weight.grad)
            continue
        if q is not None:  # the hook draws the first Q itself
            p, ours = powersgd(plain.weight.grad + error, 2, q)
            torch.testing.assert_close(p @ ours.T, gradient, atol=1e-3, rtol=1e-4)
        q = state.q_memory_dict[0].view(12, 2).clone()
        error = plain.weight.grad + error - gradient
