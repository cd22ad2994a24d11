"""Hidden checks of data parallelism. They run in the grader; only plain data goes to the student's code and comes back."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional

from course_lib.distributed.data_parallel import ddp_gradients, ring_seconds
from course_lib.distributed.judging import BASE, counts_of, judge_knowledge, judge_traffic, same_number, same_tensors
from course_lib.distributed.parallel_examples import gradients_call, ring_call, seconds_call, shard_call
from course_lib.distributed.wrong_parallel import wrong_gradients, wrong_ring_seconds
from course_lib.kit import expect
from course_lib.kit.counterexample import smallest

TENSOR = torch.Tensor


def _floats(rng, *shape):
    return torch.from_numpy(rng.standard_normal(shape)).float()


# -- dp-shard ---------------------------------------------------------------------------------------------------------

SHARD_HINT = (
    "몫과 나머지를 구하세요: divmod(n, world)",
    "나머지가 r이면 앞의 r개 랭크가 하나씩 더 맡습니다.",
    "list(range(rank, n, world))로 건너뛰며 맡아도 됩니다.",
)


def _judge_shards(submission, n, world):
    with smallest(submission, shard_call(n, world)):
        shards = [submission.call("shard", n, world, rank, returns=list[int]) for rank in range(world)]
        mine = [index for indices in shards for index in indices]
        given = f"예 {n}개, 랭크 {world}개"
        twice = sorted({index for index in mine if mine.count(index) > 1})
        if twice and set(mine) == set(range(n)) and len({len(indices) for indices in shards}) == 1:
            expect.fail(f"{given}: 모자라는 자리를 {twice}번을 되풀이해 채웠습니다. 한 번씩만 맡습니다.", "되풀이해 채움")
        if twice:
            expect.fail(f"{given}: {twice[0]}번을 둘 이상의 랭크가 맡았습니다.", "겹침")
        if strange := sorted(set(mine) - set(range(n))):
            expect.fail(f"{given}: {strange[0]}번은 없는 예입니다.", "없는 예")
        if lost := sorted(set(range(n)) - set(mine)):
            expect.fail(f"{given}: {expect.show(lost)}번을 아무도 맡지 않았습니다.", "빠짐")
        sizes = [len(indices) for indices in shards]
        if max(sizes) - min(sizes) > 1:
            expect.fail(f"{given}: 랭크마다 {sizes}개를 맡았습니다. 차이는 1 이하여야 합니다.", "고르지 않음")


@pytest.mark.grades("dp-shard", weight=2, hint=SHARD_HINT)
def test_shards_are_a_partition(submission, rng):
    """무작위 크기에서 모든 예를 꼭 한 번씩 맡고, 랭크마다 맡은 수의 차이가 1 이하입니다."""
    for _ in range(3):
        world = int(rng.integers(3, 9))
        _judge_shards(submission, int(rng.integers(2, 9)) * world + int(rng.integers(2, world)), world)


@pytest.mark.grades("dp-shard", hint=("예가 랭크보다 적을 수 있습니다.", "남는 랭크는 빈 목록입니다.", "랭크가 하나이면 모두 맡습니다."))
def test_shards_at_the_edges(submission, rng):
    """랭크가 예보다 많으면 남는 랭크는 빈 목록을 받고, 예가 없거나 랭크가 하나이거나 나누어떨어져도 됩니다."""
    world = int(rng.integers(5, 9))
    for n, ranks in ((int(rng.integers(1, 4)), world), (0, world), (int(rng.integers(3, 9)), 1), (2 * world, world), (world, world)):
        _judge_shards(submission, n, ranks)


# -- dp-ring ----------------------------------------------------------------------------------------------------------

RING_HINT = (
    "텐서를 한 줄로 펴고 랭크의 수만큼 조각내세요: tensor.flatten().tensor_split(world)",
    "단계 t에 랭크 r은 조각 (r - t) % world를 오른쪽 이웃에게 보냅니다.",
    "앞의 N - 1단계에서는 받은 것을 더하고, 뒤의 N - 1단계에서는 바꾸어 넣습니다.",
)


def ring(student, tensors):
    from course_lib.kit.distributed import Transport

    transport = Transport(len(tensors))
    given = [tensor.clone() for tensor in tensors]
    results = list(student.ring_all_reduce(given, transport))
    trace = [(message.step, message.src, message.dst, message.tensor) for message in transport.messages]
    held = [tensor.data_ptr() for tensor in [*given, *results] if tensor.numel()]
    results = [result.detach().clone() for result in results]
    return results, trace, transport.step, given, len(set(held)) == len(held)


def _run(submission, tensors):
    reply = tuple[list[TENSOR], list[tuple[int, int, int, TENSOR]], int, list[TENSOR], bool]
    return submission.run(ring, tensors=tensors, returns=reply)


@pytest.mark.grades("dp-ring", weight=2, hint=RING_HINT)
def test_ring_sums(submission, rng):
    """무작위 텐서에서 모든 랭크의 결과가 합과 같고(허용 오차는 가장 큰 값의 1e-5배), 서로 비트까지 같으며, 받은 텐서는 그대로입니다."""
    shapes = [(4, (8,)), (int(rng.integers(3, 6)), (int(rng.integers(3, 6)), 5)), (5, (3,)), (2, (7,)), (1, (4,))]
    for world, shape in shapes:
        tensors = [_floats(rng, *shape) * 3 for _ in range(world)]
        given = f"랭크 {world}개, 모양 {shape}"
        total = torch.stack(tensors).sum(0)
        with smallest(submission, ring_call(world, total.numel())):
            results, _, _, after, apart = _run(submission, tensors)
            if len(results) != world:
                expect.fail(f"{given}: 결과가 {len(results)}개입니다. 랭크마다 하나씩이어야 합니다.", "결과의 수")
            for rank, result in enumerate(results):
                _judge_sum(result, total, tensors[rank], world, f"{given}, 랭크 {rank}")
        if not all(torch.equal(results[0], result) for result in results):
            expect.fail(f"{given}: 랭크마다 결과가 조금씩 다릅니다. 완성된 조각을 돌려야 비트까지 같습니다.", "비트가 다름")
        if not all(map(torch.equal, tensors, after)):
            expect.fail(f"{given}: 받은 텐서를 바꾸었습니다. 조각의 사본에 더하세요.", "입력을 바꿈")
        if not apart:
            expect.fail(f"{given}: 결과가 받은 텐서나 다른 랭크의 결과와 메모리를 함께 씁니다. 새 텐서여야 합니다.", "같은 메모리")


def _judge_sum(result, total, own, world, given):
    if result.shape != total.shape:
        expect.fail(f"{given}: 모양이 {tuple(result.shape)}입니다. 받은 텐서와 같은 {tuple(total.shape)}이어야 합니다.", "모양이 다름")
    scale = 1e-5 * float(total.abs().max())
    if torch.allclose(result, total, rtol=0, atol=scale):
        return
    if world > 1 and torch.allclose(result, total / world, rtol=0, atol=scale):
        expect.fail(f"{given}: 평균입니다. 합을 돌려줍니다.", "평균")
    if torch.equal(result, own):
        expect.fail(f"{given}: 자기 텐서 그대로입니다.", "더하지 않음")
    wrong = int(((result - total).abs() > scale).sum())
    expect.fail(f"{given}: 원소 {total.numel()}개 가운데 {wrong}개가 합과 다릅니다.")


@pytest.mark.grades(
    "dp-ring",
    weight=3,
    hint=("한 번에 조각 하나, 이웃에게만 보냅니다.", "2(N - 1)단계이고 단계마다 barrier()를 부릅니다.", "조각은 ⌈S/N⌉개 이하입니다."),
)
def test_ring_traffic(submission, rng, record):
    """이웃에게만 보내고, 단계가 2(N - 1)개이며, 랭크마다 보낸 원소가 2(N - 1)⌈S/N⌉개 이하입니다."""
    for world, size in ((4, 10), (int(rng.integers(3, 7)), int(rng.integers(20, 60))), (3, 2), (1, 5)):
        tensors = [_floats(rng, size) for _ in range(world)]
        results, trace, steps, *_ = _run(submission, tensors)
        if all(torch.equal(result, tensor) for result, tensor in zip(results, tensors, strict=False)) and world > 1:
            expect.fail(f"랭크 {world}개: 아무것도 더하지 않았습니다.", "더하지 않음")
        judge_traffic(trace, steps, world, size if world > 1 else 0)
    sent = sum(content.numel() for _, _, _, content in trace)
    record.metric("ring-elements", sent, "개", title="고리로 보낸 원소", better="lower")


@pytest.mark.grades(
    "dp-ring",
    hint=("남의 텐서는 통로로 받아야만 압니다.", "받은 조각을 자기 조각에 더해 다음 단계에 보냅니다.", "transport.recv(왼쪽 이웃, 자기)"),
)
def test_ring_uses_what_was_received(submission, rng):
    """메시지마다, 보낸 랭크가 그때까지 받은 것과 자기 것만 들어 있습니다. 결과에는 모든 랭크의 값이 한 번씩 있습니다."""
    world = int(rng.integers(4, 7))
    size = 2 * world + int(rng.integers(1, world))
    tensors = [torch.full((size,), float(BASE**rank), dtype=torch.float64) for rank in range(world)]
    results, trace, *_ = _run(submission, tensors)
    for rank, result in enumerate(results):
        for value in result.flatten().tolist():
            counts = counts_of(value, world)
            if lacking := [other for other, count in enumerate(counts) if count == 0]:
                said = f"랭크 {lacking}의 값이 빠진 원소가 있습니다."
            elif any(count > 1 for count in counts):
                said = "같은 값을 두 번 더한 원소가 있습니다."
            else:
                continue
            expect.fail(f"랭크 {world}개, 원소 {size}개: 랭크 {rank}의 결과에 {said}", "조각의 번호가 어긋남")
    judge_knowledge(trace, world)


# -- dp-gradients -----------------------------------------------------------------------------------------------------

GRADIENT_HINT = (
    "랭크 r의 기울기에 n_r/n을 곱해 더합니다.",
    "빈 배치는 더할 것이 없습니다.",
    "torch.autograd.grad(loss_fn(model(inputs), targets), parameters)",
)
STALE = 0.5


def gradients(student, weights, batches, loss, stale):
    import torch
    from torch import nn
    from torch.nn import functional

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Linear(5, 7), nn.Linear(7, 3)
            self.spare = nn.Parameter(torch.zeros(2))

        def forward(self, x):
            return self.second(torch.tanh(self.first(x)))

    model = Net()
    model.load_state_dict(weights)
    if stale is not None:
        for parameter in model.parameters():
            parameter.grad = torch.full_like(parameter, stale)
    loss_fn = {"entropy": functional.cross_entropy, "square": functional.mse_loss}[loss]
    found = student.ddp_gradients(model, loss_fn, batches)
    return {name: gradient.detach().clone() for name, gradient in dict(found).items()}


class Net(nn.Module):
    """As in the probe: two layers, and a parameter that takes no part."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(5, 7), nn.Linear(7, 3)
        self.spare = nn.Parameter(torch.zeros(2))

    def forward(self, x):
        return self.second(torch.tanh(self.first(x)))


def _net(rng):
    model = Net()
    for parameter in model.parameters():
        parameter.data = _floats(rng, *parameter.shape)
    return model


def _judge_gradients(submission, rng, sizes, loss, given, stale=None):
    model = _net(rng)
    loss_fn = {"entropy": functional.cross_entropy, "square": functional.mse_loss}[loss]
    targets = {"entropy": lambda n: torch.from_numpy(rng.integers(0, 3, n)), "square": lambda n: 2 * _floats(rng, n, 3)}[loss]
    batches = [(_floats(rng, n, 5), targets(n)) for n in sizes]
    weights = {name: tensor.detach() for name, tensor in model.state_dict().items()}
    right = ddp_gradients(model, loss_fn, batches)
    with smallest(submission, gradients_call(sizes)):
        found = submission.run(gradients, weights=weights, batches=batches, loss=loss, stale=stale, returns=dict[str, TENSOR])
        same_tensors(found, right, given=given, known=lambda: wrong_gradients(model, loss_fn, batches, stale))


@pytest.mark.grades("dp-gradients", weight=3, hint=GRADIENT_HINT)
def test_unequal_shards(submission, rng):
    """랭크마다 예의 수가 다를 때 전체 배치의 기울기와 같습니다. 허용 오차는 가장 큰 값의 1e-4배입니다."""
    for loss in ("entropy", "square"):
        sizes = [int(n) for n in rng.choice([1, 2, 4, 7, 9], 3, replace=False)]
        _judge_gradients(submission, rng, sizes, loss, f"예가 {sizes}개인 랭크들")


@pytest.mark.grades(
    "dp-gradients",
    hint=("빈 배치는 건너뛰세요.", "쓰이지 않은 매개변수의 기울기는 0입니다.", "loss.backward()를 쓰려면 먼저 .grad를 비우세요."),
)
def test_empty_shards_and_old_gradients(submission, rng):
    """예가 없는 랭크가 있어도, 랭크가 하나여도, 모델에 앞의 기울기가 남아 있어도 전체 배치의 기울기와 같습니다."""
    some = [int(n) for n in rng.choice([2, 3, 5], 2, replace=False)]
    _judge_gradients(submission, rng, [some[0], 0, some[1]], "entropy", f"예가 {[some[0], 0, some[1]]}개인 랭크들")
    _judge_gradients(submission, rng, [0, some[1], 0], "square", f"예가 {[0, some[1], 0]}개인 랭크들")
    _judge_gradients(submission, rng, [4], "entropy", "랭크 하나")
    _judge_gradients(submission, rng, some, "square", f"예가 {some}개이고 .grad가 남아 있는 모델", stale=STALE)


# -- dp-cost ----------------------------------------------------------------------------------------------------------

COST_HINT = ("단계는 2(N - 1)개입니다.", "단계마다 α + (S/N)/β가 듭니다.", "2 * (world - 1) * (alpha + size / world / beta)")


def _judge_seconds(submission, world, size, alpha, beta):
    with smallest(submission, seconds_call(world, size, alpha, beta)):
        actual = submission.call("ring_seconds", world, size, alpha, beta, returns=float)
        given = f"ring_seconds({world}, {size:g}, {alpha:g}, {beta:g})"
        same_number(actual, ring_seconds(world, size, alpha, beta), given=given, known=wrong_ring_seconds(world, size, alpha, beta))


@pytest.mark.grades("dp-cost", weight=2, hint=COST_HINT)
def test_seconds(submission, rng):
    """무작위 크기와 연결에서 시간이 2(N - 1)α + 2(N - 1)/N · S/β입니다."""
    for _ in range(3):
        world, size = int(rng.integers(3, 40)), float(rng.integers(1, 100)) * 1e6
        beta = float(rng.integers(1, 50)) * 1e9
        alpha = round(size / world / beta * float(rng.uniform(0.3, 3)), 8)
        _judge_seconds(submission, world, size, alpha, beta)


@pytest.mark.grades("dp-cost", hint=("랭크가 하나이면 보낼 것이 없습니다.", "S가 0이어도 지연은 듭니다.", "2 * (world - 1) * alpha"))
def test_seconds_at_the_edges(submission, rng):
    """랭크가 하나이면 0초이고, 보낼 것이 없어도 지연이 들며, 지연이 없으면 2S/β를 넘지 않습니다."""
    beta = float(rng.integers(1, 50)) * 1e9
    for world, size, alpha in ((1, 4e6, 1e-5), (6, 0.0, 2e-5), (int(rng.integers(500, 900)), 3e9, 0.0)):
        _judge_seconds(submission, world, size, alpha, beta)
