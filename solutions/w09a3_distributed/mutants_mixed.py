"""Wrong solutions on what float16 loses and on loss scaling, as Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant


def _shares(present: str = "values[values != 0].float() * scale", half: str = "present.half()", **kinds: str) -> str:
    """``half_shares`` with some parts replaced."""
    kinds = {
        "size": "half.abs()",
        "flushed": "size == 0",
        "subnormal": "(size > 0) & (size < 2**-14)",
        "overflowed": "size.isinf()",
        "number": "present.numel()",
    } | kinds
    return f"""
def half_shares(values, scale=1.0):
    present = {present}
    half = {half}
    size = {kinds["size"]}
    kinds = {{"flushed": {kinds["flushed"]}, "subnormal": {kinds["subnormal"]}, "overflowed": {kinds["overflowed"]}}}
    return {{name: kind.sum().item() / max({kinds["number"]}, 1) for name, kind in kinds.items()}}
"""


def _rule(body: str) -> str:
    """Another rule of the next scale."""
    return f"""
def next_scale(scale, successes, overflowed, growth_factor, backoff_factor, growth_interval):
    largest = torch.finfo(torch.float32).max
{body}
"""


def _scaler(method: str) -> str:
    """The scaler with one method replaced."""
    name = method.strip().removeprefix("def ").split("(")[0]
    return f"""
{method}


DynamicLossScaler.{name} = {name}
"""


_SUCCESS = """
    if overflowed:
        return scale * backoff_factor, 0
    if successes + 1 < growth_interval:
        return scale, successes + 1
    return (scale * growth_factor if scale * growth_factor <= largest else scale), 0
"""

MUTANTS = [
    # -- shares ------------------------------------------------------------------------------------------------------
    Mutant(
        name="zeros_counted",
        misconception="0인 기울기도 언더플로다",
        source=_shares(present="values.float() * scale"),
        loses=("mixed-shares",),
        message="원래 0인 값도",
    ),
    Mutant(
        name="divided_by_all",
        misconception="모든 값의 수로 나눈다",
        source=_shares(number="values.numel()"),
        loses=("mixed-shares",),
        message="모든 값의 수로 나누고",
    ),
    Mutant(
        name="scaled_after_rounding",
        misconception="FP16으로 바꾼 다음 스케일을 곱해도 된다",
        source=_shares(present="values[values != 0].float()", half="(present.half().float() * scale).half()"),
        loses=("mixed-shares",),
        message="이미 0이 되었습니다",
    ),
    Mutant(
        name="scale_unused",
        misconception="스케일은 비율을 바꾸지 않는다",
        source=_shares(present="values[values != 0].float()"),
        loses=("mixed-shares",),
        message="스케일을 곱하지 않고",
    ),
    Mutant(
        name="negative_subnormals_missed",
        misconception="비정규 수는 양수다",
        source=_shares(subnormal="(half > 0) & (half < 2**-14)"),
        loses=("mixed-shares",),
        message="음수인 비정규 수",
    ),
    Mutant(
        name="negatives_are_subnormal",
        misconception="2^-14보다 작으면 비정규 수다",
        source=_shares(subnormal="(half != 0) & (half < 2**-14)"),
        loses=("mixed-shares",),
        message="음수를 모두 비정규 수로",
    ),
    Mutant(
        name="zero_is_subnormal",
        misconception="0도 비정규 수다",
        source=_shares(subnormal="size < 2**-14"),
        loses=("mixed-shares",),
        message="0이 된 값까지",
    ),
    Mutant(
        name="flushed_below_the_smallest",
        misconception="2^-24보다 작으면 0이 된다",
        source=_shares(flushed="present.abs() < 2**-24", subnormal="(present.abs() >= 2**-24) & (size < 2**-14)"),
        loses=("mixed-shares",),
        message="2^-24로 반올림됩니다",
    ),
    Mutant(
        name="subnormals_are_zero",
        misconception="FP16에서 가장 작은 수는 2^-14다",
        source=_shares(flushed="size < 2**-14"),
        loses=("mixed-shares",),
        message="2^-24까지는 비정규 수로",
    ),
    Mutant(
        name="counts_for_shares",
        misconception="비율은 개수다",
        source=_shares(number="1"),
        loses=("mixed-shares",),
        message="비율이 아니라 개수",
    ),
    Mutant(
        name="values_scaled_in_place",
        misconception="받은 텐서에 곱해도 된다",
        source="right_shares = half_shares\nhalf_shares = lambda values, scale=1.0: right_shares(values.mul_(scale))",
        loses=("mixed-shares",),
        message="바꾸었습니다",
    ),
    Mutant(
        name="empty_is_nan",
        misconception="셀 값은 언제나 있다",
        source="""
def half_shares(values, scale=1.0):
    size = (values[values != 0].float() * scale).half().abs()
    kinds = {"flushed": size == 0, "subnormal": (size > 0) & (size < 2**-14), "overflowed": size.isinf()}
    return {name: kind.float().mean().item() for name, kind in kinds.items()}
""",
        loses=("mixed-shares",),
        message="기대한 값과 다릅니다",
    ),
    # -- scaler ------------------------------------------------------------------------------------------------------
    Mutant(
        name="tracker_not_reset",
        misconception="넘쳐도 성공한 횟수는 남는다",
        source=_rule(_SUCCESS.replace("backoff_factor, 0", "backoff_factor, successes")),
        loses=("mixed-scaler",),
        message="0으로 되돌리지 않고",
    ),
    Mutant(
        name="tracker_not_reset_after_growth",
        misconception="한 번 커지면 계속 커진다",
        source=_rule(_SUCCESS.replace("else scale), 0", "else scale), successes")),
        loses=("mixed-scaler",),
        message="걸음마다 커집니다",
    ),
    Mutant(
        name="grows_at_every_success",
        misconception="성공하면 커진다",
        source=_rule(_SUCCESS.replace("if successes + 1 < growth_interval", "if False")),
        loses=("mixed-scaler",),
        message="성공할 때마다 커집니다",
    ),
    Mutant(
        name="grows_one_late",
        misconception="growth_interval을 넘겨야 커진다",
        source=_rule(_SUCCESS.replace("successes + 1 <", "successes <")),
        loses=("mixed-scaler",),
        message="한 걸음 늦게",
    ),
    Mutant(
        name="never_grows",
        misconception="스케일은 줄기만 한다",
        source=_rule(_SUCCESS.replace("scale * growth_factor if", "scale if")),
        loses=("mixed-scaler",),
        message="커지지 않습니다",
    ),
    Mutant(
        name="never_shrinks",
        misconception="버리면 그만이다",
        source=_rule(_SUCCESS.replace("scale * backoff_factor", "scale")),
        loses=("mixed-scaler",),
        message="줄지 않습니다",
    ),
    Mutant(
        name="factors_fixed",
        misconception="언제나 두 배다",
        source=_rule(_SUCCESS.replace("growth_factor if", "2 if").replace("growth_factor <=", "2 <=")),
        loses=("mixed-scaler",),
        message="growth_factor를 쓰지 않고",
    ),
    Mutant(
        name="backoff_fixed",
        misconception="언제나 반이다",
        source=_rule(_SUCCESS.replace("scale * backoff_factor", "scale * 0.5")),
        loses=("mixed-scaler",),
        message="backoff_factor를 쓰지 않고",
    ),
    Mutant(
        name="scale_beyond_float32",
        misconception="파이썬의 수는 무한대가 되지 않는다",
        source=_rule(_SUCCESS.replace("if scale * growth_factor <= largest", "if scale * growth_factor < math.inf")),
        loses=("mixed-scaler",),
        message="FP32의 가장 큰 수를 넘어서",
    ),
    Mutant(
        name="only_infinities_found",
        misconception="넘치면 무한대만 나온다",
        source=_scaler("""
def unscale_(self, optimizer):
    if self.overflowed is not None:
        raise RuntimeError("twice")
    gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
    self.overflowed = any(bool(gradient.isinf().any()) for gradient in gradients)
    for gradient in gradients:
        gradient /= self.current
"""),
        loses=("mixed-scaler",),
        message="NaN을 놓치고",
    ),
    Mutant(
        name="only_nan_found",
        misconception="망가진 기울기는 NaN이다",
        source=_scaler("""
def unscale_(self, optimizer):
    if self.overflowed is not None:
        raise RuntimeError("twice")
    gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
    self.overflowed = any(bool(gradient.isnan().any()) for gradient in gradients)
    for gradient in gradients:
        gradient /= self.current
"""),
        loses=("mixed-scaler",),
        message="무한대를 놓치고",
    ),
    Mutant(
        name="first_group_only",
        misconception="매개변수 묶음은 하나다",
        source=_scaler("""
def unscale_(self, optimizer):
    if self.overflowed is not None:
        raise RuntimeError("twice")
    gradients = [p.grad for p in optimizer.param_groups[0]["params"] if p.grad is not None]
    self.overflowed = not all(gradient.isfinite().all() for gradient in gradients)
    for gradient in gradients:
        gradient /= self.current
"""),
        loses=("mixed-scaler",),
        message="번째 update 다음의 스케일",
    ),
    Mutant(
        name="step_taken_anyway",
        misconception="넘쳐도 걸음은 내디딘다",
        source=_scaler("""
def step(self, optimizer):
    if self.overflowed is None:
        self.unscale_(optimizer)
    optimizer.step()
    return not self.overflowed
"""),
        loses=("mixed-scaler",),
        message="걸음을 버려야",
    ),
    Mutant(
        name="step_with_zeroed_gradients",
        misconception="기울기를 0으로 두고 걸음을 내디디면 버린 것이다",
        source=_scaler("""
def step(self, optimizer):
    if self.overflowed is None:
        self.unscale_(optimizer)
    if self.overflowed:
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    parameter.grad.zero_()
    optimizer.step()
    return not self.overflowed
"""),
        loses=("mixed-scaler",),
        message="버려야 합니다",
    ),
    Mutant(
        name="step_says_always_true",
        misconception="step은 언제나 내디딘다",
        source="right_step = DynamicLossScaler.step\n"
        "DynamicLossScaler.step = lambda self, optimizer: bool(right_step(self, optimizer)) or True",
        loses=("mixed-scaler",),
        message="돌려주었습니다",
    ),
    Mutant(
        name="step_says_nothing",
        misconception="step은 돌려줄 것이 없다",
        source="right_step = DynamicLossScaler.step\n\n\ndef step(self, optimizer):\n    right_step(self, optimizer)\n\n\n"
        "DynamicLossScaler.step = step",
        loses=("mixed-scaler",),
        message="돌려주었습니다",
    ),
    Mutant(
        name="unscaled_in_step_again",
        misconception="step이 언제나 나눈다",
        source=_scaler("""
def step(self, optimizer):
    self.overflowed = None
    self.unscale_(optimizer)
    if not self.overflowed:
        optimizer.step()
    return not self.overflowed
"""),
        loses=("mixed-scaler",),
        message="두 번 나누었습니다",
    ),
    Mutant(
        name="step_does_not_unscale",
        misconception="나누기는 부르는 쪽의 일이다",
        source=_scaler("""
def step(self, optimizer):
    if not self.overflowed:
        optimizer.step()
    return not self.overflowed
"""),
        loses=("mixed-scaler",),
        message="나누지 않았습니다",
    ),
    Mutant(
        name="unscaling_twice_allowed",
        misconception="두 번 나누어도 된다",
        source="right_unscale = DynamicLossScaler.unscale_\n\n\ndef unscale_(self, optimizer):\n    self.overflowed = None\n"
        "    right_unscale(self, optimizer)\n\n\nDynamicLossScaler.unscale_ = unscale_",
        loses=("mixed-scaler",),
        message="두 번 불렀는데",
    ),
    Mutant(
        name="gradients_replaced",
        misconception="새 텐서를 넣어도 제자리다",
        source=_scaler("""
def unscale_(self, optimizer):
    if self.overflowed is not None:
        raise RuntimeError("twice")
    parameters = [p for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
    self.overflowed = not all(p.grad.isfinite().all() for p in parameters)
    for parameter in parameters:
        parameter.grad = parameter.grad / self.current
"""),
        loses=("mixed-scaler",),
        message="제자리에서",
    ),
    Mutant(
        name="gradients_multiplied",
        misconception="기울기에도 스케일을 곱한다",
        source=_scaler("""
def unscale_(self, optimizer):
    if self.overflowed is not None:
        raise RuntimeError("twice")
    gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
    self.overflowed = not all(gradient.isfinite().all() for gradient in gradients)
    for gradient in gradients:
        gradient *= self.current
"""),
        loses=("mixed-scaler",),
        message="스케일을 곱했습니다",
    ),
    Mutant(
        name="loss_not_scaled",
        misconception="스케일은 기울기에만 쓴다",
        source="DynamicLossScaler.scale = lambda self, loss: loss",
        loses=("mixed-scaler",),
        message="스케일을 곱한 것이 아닙니다",
    ),
    Mutant(
        name="verdict_kept",
        misconception="update는 스케일만 바꾼다",
        source="""
def update(self):
    self.current, self.successes = next_scale(self.current, self.successes, bool(self.overflowed), *self.factors)


DynamicLossScaler.update = update
""",
        loses=("mixed-scaler",),
        message="RuntimeError",
    ),
]
