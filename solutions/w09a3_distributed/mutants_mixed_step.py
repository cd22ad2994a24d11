"""Wrong solutions on the step with master weights, as Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant


def _step(
    gradient: str = "parameter.grad.float()",
    clip: str = "nn.utils.clip_grad_norm_(masters, max_norm)",
    before: str = "pass",
    stepped: str = "scaler.step(optimizer)",
    after: str = "round_weights(model, masters)",
    loss: str = "loss.item()",
    backward: str = "scaler.scale(loss).backward()",
) -> str:
    """The step with some parts replaced."""
    return f"""
def mixed_precision_step(model, masters, optimizer, scaler, compute_loss, max_norm=None):
    model.zero_grad()
    loss = compute_loss(model)
    {backward}
    for parameter, master in zip(model.parameters(), masters):
        master.grad = None if parameter.grad is None else {gradient}
    {before}
    scaler.unscale_(optimizer)
    if max_norm is not None:
        {clip}
    stepped = {stepped}
    scaler.update()
    {after}
    return {loss}, stepped
"""


MUTANTS = [
    Mutant(
        name="no_masters",
        misconception="FP16에 걸음을 모아도 된다",
        source=_step(after="round_weights(model, masters)\n    for master in masters:\n        master.data = master.data.half().float()"),
        loses=("mixed-step",),
        message="FP16에 모으면 사라집니다",
    ),
    Mutant(
        name="clipped_before_unscaling",
        misconception="자르기와 나누기의 차례는 상관없다",
        source=_step(before="max_norm is None or nn.utils.clip_grad_norm_(masters, max_norm)", clip="pass"),
        loses=("mixed-step",),
        message="나누기 전에 자르면",
    ),
    Mutant(
        name="never_clipped",
        misconception="FP16에서는 자르지 않는다",
        source=_step(clip="pass"),
        loses=("mixed-step",),
        message="자르지 않았습니다",
    ),
    Mutant(
        name="clipped_one_by_one",
        misconception="매개변수마다 자른다",
        source=_step(clip="[nn.utils.clip_grad_norm_([master], max_norm) for master in masters]"),
        loses=("mixed-step",),
        message="자르지 않았습니다",
    ),
    Mutant(
        name="flushed_before_dividing",
        misconception="FP32로 바꾸기 전에 나누어도 같다",
        source=_step(gradient="(parameter.grad / 65536).float() * 65536"),
        loses=("mixed-step",),
        message="FP32로 바꾼 다음",
    ),
    Mutant(
        name="model_not_written",
        misconception="마스터만 움직이면 된다",
        source=_step(after="pass"),
        loses=("mixed-step",),
        message="FP16으로 반올림한 것",
    ),
    Mutant(
        name="loss_not_scaled_in_the_step",
        misconception="손실 스케일링은 unscale_이 한다",
        source=_step(backward="loss.backward()"),
        loses=("mixed-step",),
        message="scale, unscale_, step, update",
    ),
    Mutant(
        name="scaled_loss_returned",
        misconception="돌려줄 손실은 역전파한 손실이다",
        source=_step(loss="scaler.scale(loss).item()"),
        loses=("mixed-step",),
        message="스케일을 곱한 손실",
    ),
    Mutant(
        name="optimizer_stepped_directly",
        misconception="optimizer.step을 불러도 된다",
        source=_step(stepped="optimizer.step() or True"),
        loses=("mixed-step",),
        message="직접 부르지",
    ),
    Mutant(
        name="always_stepped",
        misconception="걸음은 언제나 내디딘다",
        source=_step(stepped="scaler.step(optimizer) or True"),
        loses=("mixed-step",),
        message="돌려주었습니다",
    ),
    Mutant(
        name="scale_never_updated",
        misconception="update는 밖에서 부른다",
        source=_step().replace("    scaler.update()\n", ""),
        loses=("mixed-step",),
        message="scale, unscale_, step, update",
    ),
    Mutant(
        name="gradients_pile_up",
        misconception="기울기는 저절로 지워진다",
        source=_step().replace("    model.zero_grad()\n", ""),
        loses=("mixed-step",),
        message="마스터",
    ),
    Mutant(
        name="masters_share_memory",
        misconception="float()는 언제나 복사한다",
        source="master_weights = lambda model: [nn.Parameter(parameter.detach().float()) for parameter in model.parameters()]",
        loses=("mixed-step",),
        message="메모리를 나누어",
    ),
    Mutant(
        name="masters_in_half",
        misconception="마스터도 FP16이다",
        source="master_weights = lambda model: [nn.Parameter(parameter.detach().clone().half()) for parameter in model.parameters()]",
        loses=("mixed-step",),
        message="FP32여야",
    ),
]
