"""Wrong answers on mixed precision as certain misconceptions give them, so that a check can recognise the mistake and name it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from course_lib.distributed.mixed_precision import LARGEST_SCALE, SMALLEST_NORMAL_HALF

Shares = dict[str, float]


def _shares(half: Tensor, number: int, *, flushed: Tensor | None = None, subnormal: Tensor | None = None) -> Shares:
    size = half.abs()
    kinds = {
        "flushed": size == 0 if flushed is None else flushed,
        "subnormal": (size > 0) & (size < SMALLEST_NORMAL_HALF) if subnormal is None else subnormal,
        "overflowed": size.isinf(),
    }
    return {name: float(kind.sum()) / max(number, 1) for name, kind in kinds.items()}


def wrong_half_shares(values: Tensor, scale: float) -> dict[str, tuple[Shares, str]]:
    """Shares that are counted of other values, or with other bounds."""
    present = values[values != 0]
    scaled, number = present * scale, present.numel()
    half, everything = scaled.half(), values.numel()
    late = (present.half().float() * scale).half()
    return {
        "0도 셈": (_shares((values * scale).half(), everything), "원래 0인 값도 세고 있습니다. 0이 아닌 값만 셉니다."),
        "0으로도 나눔": (_shares(half, everything), "모든 값의 수로 나누고 있습니다. 0이 아닌 값의 수로 나눕니다."),
        "나중에 곱함": (_shares(late, number), "FP16으로 바꾼 다음 스케일을 곱하고 있습니다. 그때는 이미 0이 되었습니다."),
        "곱하지 않음": (_shares(present.half(), number), "스케일을 곱하지 않고 있습니다."),
        "음수를 빠뜨림": (
            _shares(half, number, subnormal=(half != 0) & (half > 0) & (half < SMALLEST_NORMAL_HALF)),
            "음수인 비정규 수를 세지 않고 있습니다. 절댓값으로 보세요.",
        ),
        "음수를 모두 셈": (
            _shares(half, number, subnormal=(half != 0) & (half < SMALLEST_NORMAL_HALF)),
            "음수를 모두 비정규 수로 세고 있습니다. 절댓값으로 보세요.",
        ),
        "0도 비정규 수": (
            _shares(half, number, subnormal=half.abs() < SMALLEST_NORMAL_HALF),
            "0이 된 값까지 비정규 수로 세고 있습니다.",
        ),
        "2^-24에서 자름": (
            _shares(half, number, flushed=scaled.abs() < 2.0**-24, subnormal=(scaled.abs() >= 2.0**-24) & (half.abs() < 2.0**-14)),
            "2^-24보다 작으면 0이라고 보고 있습니다. 2^-25보다 크면 2^-24로 반올림됩니다.",
        ),
        "비정규 수가 0": (
            _shares(half, number, flushed=half.abs() < SMALLEST_NORMAL_HALF),
            "2^-14보다 작은 값을 모두 0이 된 것으로 세고 있습니다. 2^-24까지는 비정규 수로 남습니다.",
        ),
        "개수": ({name: share * number for name, share in _shares(half, number).items()}, "비율이 아니라 개수입니다."),
    }


Rule = Callable[[float, int, str], tuple[float, int]]
"""Scale, successes and what the gradients held (``fine``, ``inf``, ``nan``) to the next scale and successes."""


def _scales(kinds: Sequence[str], start: float, rule: Rule) -> list[float]:
    scale, successes, found = start, 0, []
    for kind in kinds:
        scale, successes = rule(scale, successes, kind)
        found.append(scale)
    return found


def wrong_scales(kinds: Sequence[str], start: float, growth: float, backoff: float, interval: int) -> dict[str, tuple[list[float], str]]:
    """The scales after each step under another rule."""

    def rule(
        *, reset: bool = True, bad: Sequence[str] = ("inf", "nan"), every: int = interval, again: bool = True, grows: bool = True,
        shrinks: bool = True, up: float = growth, down: float = backoff, total: bool = False, limit: float = LARGEST_SCALE,
    ) -> Rule:  # fmt: skip
        def next_scale(scale: float, successes: int, kind: str) -> tuple[float, int]:
            if kind in bad:
                return scale * down if shrinks else scale, 0 if reset else successes
            successes += 1
            if total:
                return scale * up if grows else scale, successes
            if successes < every:
                return scale, successes
            grown = scale * up if grows else scale
            return grown if grown <= limit else scale, 0 if again else successes

        return next_scale

    rules = {
        "세던 수를 되돌리지 않음": (rule(reset=False), "넘친 다음에 세던 수를 0으로 되돌리지 않고 있습니다. 이어서 성공해야 커집니다."),
        "NaN을 놓침": (rule(bad=("inf",)), "무한대만 보고 NaN을 놓치고 있습니다. isfinite로 보세요."),
        "무한대를 놓침": (rule(bad=("nan",)), "NaN만 보고 무한대를 놓치고 있습니다. isfinite로 보세요."),
        "커진 다음 되돌리지 않음": (rule(again=False), "커진 다음에 세던 수를 0으로 되돌리지 않아 걸음마다 커집니다."),
        "걸음마다 커짐": (rule(total=True), "성공할 때마다 커집니다. growth_interval번을 이어서 성공해야 합니다."),
        "하나 늦음": (rule(every=interval + 1), "한 걸음 늦게 커집니다. growth_interval번째 성공에서 커져야 합니다."),
        "하나 이름": (rule(every=max(1, interval - 1)), "한 걸음 일찍 커집니다. growth_interval번째 성공에서 커져야 합니다."),
        "커지지 않음": (rule(grows=False), "스케일이 커지지 않습니다."),
        "줄지 않음": (rule(shrinks=False), "넘쳐도 스케일이 줄지 않습니다."),
        "두 배": (rule(up=2.0), "growth_factor를 쓰지 않고 언제나 두 배로 키웁니다."),
        "절반": (rule(down=0.5), "backoff_factor를 쓰지 않고 언제나 반으로 줄입니다."),
        "두 계수가 바뀜": (rule(up=backoff, down=growth), "growth_factor와 backoff_factor가 바뀌었습니다."),
        "한없이 커짐": (
            rule(limit=math.inf),
            "FP32의 가장 큰 수를 넘어서 커집니다. 넘으면 키우지 않습니다. 파이썬의 수는 FP64라서 무한대가 되지 않습니다.",
        ),
    }
    return {name: (_scales(kinds, start, each), said) for name, (each, said) in rules.items()}


def half_spacing(value: float) -> float:
    """From a positive normal float16 to the next one."""
    number = torch.tensor(value, dtype=torch.float16)
    return (torch.nextafter(number, torch.tensor(torch.inf, dtype=torch.float16)) - number).item()
