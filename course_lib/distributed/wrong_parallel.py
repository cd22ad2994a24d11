"""Wrong gradients, costs, schedules' figures and memory as certain misconceptions give them, each with what the student is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from course_lib.distributed.data_parallel import Batch, ddp_gradients


def wrong_gradients(
    model: nn.Module, loss_fn: Callable[[Tensor, Tensor], Tensor], batches: Sequence[Batch], stale: Tensor | None = None
) -> dict[str, tuple[dict[str, Tensor], str]]:
    """Gradients of several ranks put together in another way; ``stale`` is what every ``.grad`` held before."""
    present = [batch for batch in batches if len(batch[0])]
    apart = [ddp_gradients(model, loss_fn, [batch]) for batch in present]
    right = ddp_gradients(model, loss_fn, batches)
    names = list(right)

    def combined(weights: Sequence[float]) -> dict[str, Tensor]:
        return {name: sum(w * gradients[name] for w, gradients in zip(weights, apart, strict=True)) for name in names}

    count, every = len(present), len(batches)
    sizes = [len(inputs) for inputs, _ in present]
    of_means = "랭크의 기울기를 그냥 평균했습니다. 예가 많은 랭크가 그만큼 무거워야 합니다."
    wrong = {
        "평균의 평균": (combined([1 / count] * count), of_means),
        "평균의 평균 (빈 랭크도)": (combined([1 / every] * count), of_means),
        "합": (combined([1.0] * count), "랭크의 기울기를 무게 없이 더했습니다."),
        "예의 수로 나누지 않음": (combined(sizes), "랭크의 기울기에 예의 수를 곱해 더한 다음, 전체 예의 수로 나누지 않았습니다."),
        "랭크로 한 번 더 나눔": (combined([n / sum(sizes) / every for n in sizes]), "무게를 곱한 다음 랭크의 수로 또 나누었습니다."),
        "첫 랭크만": (combined([1.0] + [0.0] * (count - 1)), "첫 랭크의 기울기뿐입니다. 나머지가 빠졌습니다."),
        "마지막 랭크만": (combined([0.0] * (count - 1) + [1.0]), "마지막 랭크의 기울기뿐입니다. 앞의 것을 덮어썼습니다."),
    }
    if stale is not None:
        old = {name: gradient + stale for name, gradient in right.items()}
        wrong["남은 기울기"] = (old, "모델에 남아 있던 .grad가 섞였습니다. 먼저 비우거나 torch.autograd.grad를 쓰세요.")
    return wrong


def wrong_ring_seconds(world: int, size: float, alpha: float, beta: float) -> dict[str, tuple[float, str]]:
    """Costs of a ring with a forgotten factor."""
    right = 2 * (world - 1) * (alpha + size / world / beta)
    return {
        "반만": (right / 2, "나누어 더하기와 모으기 가운데 하나만 셌습니다. 단계는 2(N - 1)개입니다."),
        "조각이 아님": (2 * (world - 1) * (alpha + size / beta), "단계마다 텐서를 통째로 보낸다고 보았습니다. 조각은 S/N입니다."),
        "N단계": (2 * world * (alpha + size / world / beta), "단계를 2N개로 셌습니다. N - 1단계씩 두 번입니다."),
        "지연 한 번": (
            2 * alpha + 2 * (world - 1) / world * size / beta,
            "지연을 단계마다 세지 않았습니다. 단계가 2(N - 1)개이므로 지연도 그만큼 듭니다.",
        ),
        "지연 없음": (2 * (world - 1) / world * size / beta, "지연 α의 항이 없습니다."),
        "N배": (2 * (world - 1) * (alpha + size / beta) / world, "지연까지 N으로 나누었습니다."),
        "대역폭을 곱함": (
            2 * (world - 1) * (alpha + size / world * beta),
            "대역폭을 곱했습니다. 바이트를 초마다 바이트로 나누면 초입니다.",
        ),
    }


def wrong_bubbles(stages: int, microbatches: int) -> dict[str, tuple[float, str]]:
    """Bubbles with another denominator."""
    p, m = stages, microbatches
    return {
        "이상적인 시간으로 나눔": ((p - 1) / m, "이상적인 시간으로 나눈 (p - 1)/m입니다. 전체 시간으로 나눕니다."),
        "일한 몫": (m / (m + p - 1), "논 몫이 아니라 일한 몫입니다. 1에서 빼세요."),
        "p를 빼지 않음": (p / (m + p), "p - 1이 아니라 p로 계산한 값입니다."),
        "스테이지로 나누지 않음": (p * (p - 1) / (m + p - 1), "모든 스테이지가 논 시간의 합을 스테이지의 수로 나누지 않았습니다."),
        "한 번 더 나눔": ((p - 1) / (m + p - 1) / p, "스테이지의 수로 한 번 더 나누었습니다. 논 시간은 모든 스테이지에서 더합니다."),
        "왕복을 두 번 셈": (2 * (p - 1) / (m + 2 * (p - 1)), "버블을 순전파와 역전파에서 따로 세어 두 배로 보았습니다."),
    }


def wrong_checkpoints(layers: int, segments: int) -> dict[str, tuple[float, str]]:
    """Other counts of activations."""
    longest = -(-layers // segments)
    return {
        "구간만": (longest, "다시 계산하는 구간만 셌습니다. 체크포인트도 붙들고 있습니다."),
        "체크포인트만": (segments, "체크포인트만 셌습니다. 다시 계산한 구간의 층도 붙듭니다."),
        "내림": (layers // segments + segments, "나머지를 버렸습니다. 가장 긴 구간이 들어가야 하므로 올림입니다."),
        "올리지 않음": (layers / segments + segments, "나머지를 올리지 않았습니다. 층은 정수입니다."),
        "모두": (layers + segments, "모든 층을 붙든다고 보았습니다. 한 번에 한 구간만 다시 계산합니다."),
        "곱함": (longest * segments, "더하지 않고 곱했습니다."),
        "둘 가운데 큰 것": (max(longest, segments), "둘 가운데 큰 것이 아니라 합입니다. 함께 붙들고 있습니다."),
    }


def wrong_stage_bytes(
    parameters: int, layers: int, activation: int, in_flight: int, segments: int | None = None
) -> dict[str, tuple[float, str]]:
    """Other bytes of a stage."""
    state = 16 * parameters
    wrong = {
        "상태 없음": (-state, "모델의 상태(매개변수마다 16바이트)를 세지 않았습니다."),
        "가중치만": (2 * parameters - state, "가중치만 셌습니다. 기울기와 최적화기의 상태까지 매개변수마다 16바이트입니다."),
        "4바이트": (4 * parameters - state, "매개변수마다 4바이트로 셌습니다. 상태까지 16바이트입니다."),
    }
    right = (in_flight * layers if segments is None else in_flight * segments + -(-layers // segments)) * activation + state
    wrong = {name: (right + shift, said) for name, (shift, said) in wrong.items()}
    wrong["마이크로배치 하나"] = (
        state + (layers if segments is None else segments + -(-layers // segments)) * activation,
        "붙들린 마이크로배치의 수를 곱하지 않았습니다.",
    )
    if segments is not None:
        each = in_flight * (segments + -(-layers // segments))
        wrong["구간도 저마다"] = (
            state + each * activation,
            "마이크로배치마다 한 구간씩 다시 계산한다고 보았습니다. 한 번에 한 구간뿐입니다.",
        )
        wrong["구간을 세지 않음"] = (state + in_flight * segments * activation, "다시 계산하는 구간의 활성값을 세지 않았습니다.")
        wrong["체크포인팅하지 않음"] = (state + in_flight * layers * activation, "segments를 쓰지 않았습니다.")
    return wrong
