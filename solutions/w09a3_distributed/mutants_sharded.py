"""Wrong solutions of the bonus on sharded training."""

from __future__ import annotations

from autograder.proof import Mutant

ZERO = "right_zero = ZeroAdamW\n\n\nclass ZeroAdamW(right_zero):\n"
FSDP = """
def fsdp_gradients(units, loss_fn, batches, log):
    shards = [flat_shards(list(unit.parameters()), len(batches)) for unit in units]
    inputs = [[x for x, _ in batches]]
    for number, unit in enumerate(units):
        flat = log.all_gather(number, shards[number])
        with torch.no_grad():
            inputs.append([run_unit(unit, flat, x) for x in inputs[-1]])
        log.free(number)
    arriving = []
    for output, (_, target) in zip(inputs.pop(), batches, strict=True):
        leaf = output.requires_grad_()
        arriving += torch.autograd.grad(loss_fn(leaf, target) / len(batches), leaf)
    gradients = []
    for number in reversed(range(len(units))):
        flat = log.all_gather(number, shards[number]).requires_grad_()
        found = []
        for rank, x in enumerate(inputs[number]):
            leaf = x.detach().requires_grad_()
            of_flat, arriving[rank] = torch.autograd.grad(run_unit(units[number], flat, leaf), [flat, leaf], arriving[rank])
            found.append(of_flat)
        gradients.insert(0, log.reduce_scatter(number, found))
        log.free(number)
    return gradients
"""


def fsdp(*pairs: tuple[str, str]) -> str:
    """The right gradients with pieces of the text replaced."""
    text = FSDP
    for before, after in pairs:
        if before not in text:
            raise ValueError(f"not there: {before}")
        text = text.replace(before, after)
    return text


MUTANTS = [
    # -- bonus-zero --------------------------------------------------------------------------------------------------
    Mutant(
        name="stages_shifted",
        misconception="단계 1이 기울기까지 나눈다",
        source="right_memory = zero_memory\nzero_memory = lambda p, n, stage: right_memory(p, n, {1: 2, 2: 3}.get(stage, stage))",
        loses=("bonus-zero",),
        message="단계 2의 바이트입니다",
    ),
    Mutant(
        name="all_split_at_once",
        misconception="ZeRO는 언제나 모두 나눈다",
        source="right_memory = zero_memory\nzero_memory = lambda p, n, stage: right_memory(p, n, stage) if stage in (0, 4) else 16 * p / n",
        loses=("bonus-zero",),
        message="단계 3의 바이트입니다",
    ),
    Mutant(
        name="any_stage",
        misconception="단계는 살피지 않는다",
        source="right_memory = zero_memory\nzero_memory = lambda p, n, stage: right_memory(p, n, min(stage, 3))",
        loses=("bonus-zero",),
        message="ValueError를 내지 않습니다",
    ),
    Mutant(
        name="gradients_summed",
        misconception="기울기를 더한다",
        source=ZERO + "    def step(self, gradients):\n        total = sum(gradients)\n        return super().step([total])\n",
        loses=("bonus-zero",),
        message="평균하지 않고 더했습니다",
    ),
    Mutant(
        name="gradient_of_the_first_rank",
        misconception="랭크의 기울기는 같다",
        source=ZERO + "    def step(self, gradients):\n        return super().step([gradients[0]])\n",
        loses=("bonus-zero",),
        message="첫 랭크의 기울기만",
    ),
    Mutant(
        name="no_decay",
        misconception="감쇠는 없다",
        source=ZERO + "    def update(self, weights, gradient, state):\n        decay, self.weight_decay = self.weight_decay, 0.0\n"
        "        super().update(weights, gradient, state)\n        self.weight_decay = decay\n",
        loses=("bonus-zero",),
        message="가중치 감쇠가 없습니다",
    ),
    Mutant(
        name="decay_in_the_gradient",
        misconception="감쇠는 기울기에 더한다",
        source=ZERO + "    def update(self, weights, gradient, state):\n        decay, self.weight_decay = self.weight_decay, 0.0\n"
        "        super().update(weights, gradient + decay * weights, state)\n        self.weight_decay = decay\n",
        loses=("bonus-zero",),
        message="감쇠를 기울기에 더했습니다",
    ),
    Mutant(
        name="every_rank_keeps_everything",
        misconception="상태는 모두가 갖는다",
        source=ZERO + "    def state(self, rank):\n        names = ('exp_avg', 'exp_avg_sq')\n"
        "        return {name: torch.cat([moments[name] for moments in self.moments]) for name in names}\n",
        loses=("bonus-zero",),
        message="개여야 합니다",
    ),
    Mutant(
        name="weights_changed_in_place",
        misconception="받은 가중치를 바로 고친다",
        source=ZERO + "    def __init__(self, weights, *more, **options):\n        super().__init__(weights, *more, **options)\n"
        "        self.given = weights\n\n"
        "    def step(self, gradients):\n        made = super().step(gradients)\n        self.given.copy_(made)\n        return made\n",
        loses=("bonus-zero",),
        message="받은 가중치를 바꾸었습니다",
    ),
    # -- bonus-fsdp --------------------------------------------------------------------------------------------------
    Mutant(
        name="no_padding",
        misconception="채우지 않아도 된다",
        source="flat_shards = lambda tensors, world: list(torch.cat([t.flatten() for t in tensors]).tensor_split(world))",
        loses=("bonus-fsdp",),
        message="조각의 모양이",
    ),
    Mutant(
        name="padded_in_front",
        misconception="앞을 채운다",
        source="def flat_shards(tensors, world):\n    flat = torch.cat([t.flatten() for t in tensors])\n"
        "    return list(functional.pad(flat, (-len(flat) % world, 0)).chunk(world))\n",
        loses=("bonus-fsdp",),
        message="다음에 0이 와야",
    ),
    Mutant(
        name="unflattened_in_reverse",
        misconception="순서는 아무래도 좋다",
        source="right_unflatten = unflatten\nunflatten = lambda flat, shapes: right_unflatten(flat, shapes)[::-1]",
        loses=("bonus-fsdp",),
        message="unflatten한 것이",
    ),
    Mutant(
        name="losses_summed_over_ranks",
        misconception="합이면 된다",
        source=fsdp((" / len(batches), leaf)", ", leaf)")),
        loses=("bonus-fsdp",),
        message="랭크의 수로 나누지 않았습니다",
    ),
    Mutant(
        name="kept_for_the_backward_pass",
        misconception="역전파까지 모아 둔다",
        source=fsdp(
            ("        log.free(number)\n    arriving = []", "        shards[number] = flat\n    arriving = []"),
            ("log.all_gather(number, shards[number]).requires_grad_()", "shards[number].requires_grad_()"),
        ),
        loses=("bonus-fsdp",),
        message="역전파에서 다시 모아야",
    ),
    Mutant(
        name="never_freed",
        misconception="버리지 않아도 된다",
        source=fsdp(
            (
                "        gradients.insert(0, log.reduce_scatter(number, found))\n        log.free(number)",
                "        gradients.insert(0, log.reduce_scatter(number, found))",
            )
        ),
        loses=("bonus-fsdp",),
        message="끝난 다음에도",
    ),
    Mutant(
        name="all_gathered_first",
        misconception="먼저 모두 모은다",
        source=fsdp(
            (
                "    inputs = [[x for x, _ in batches]]",
                "    whole = [log.all_gather(n, s) for n, s in enumerate(shards)]\n    inputs = [[x for x, _ in batches]]",
            ),
            ("        flat = log.all_gather(number, shards[number])\n        with", "        flat = whole[number]\n        with"),
        ),
        loses=("bonus-fsdp",),
        message="한 번에 원소",
    ),
    Mutant(
        name="backward_from_the_first_unit",
        misconception="역전파도 앞에서부터",
        source=fsdp(
            ("reversed(range(len(units)))", "range(len(units))"),
            (
                "of_flat, arriving[rank] = torch.autograd.grad(run_unit(units[number], flat, leaf), [flat, leaf], arriving[rank])",
                "of_flat = torch.autograd.grad(run_unit(units[number], flat, leaf).sum(), flat)[0]",
            ),
            ("gradients.insert(0, ", "gradients.append("),
        ),
        loses=("bonus-fsdp",),
        message="모은 순서가",
    ),
]
