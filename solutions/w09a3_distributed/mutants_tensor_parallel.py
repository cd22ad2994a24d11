"""Wrong split layers and memory. Each is Python that runs after the solution cells and replaces contract names."""

from __future__ import annotations

from autograder.proof import Mutant

COLUMN_PARTS = "biases = self.biases if self.biases is not None else [None] * len(self.weights)\n        "
ROW_PARTS = "parts = x if self.input_is_parallel else x.split([w.shape[1] for w in self.weights], dim=-1)\n        "


def column(forward: str) -> str:
    """A column layer with another forward pass."""
    head = "right_column = ColumnParallelLinear\n\n\nclass ColumnParallelLinear(right_column):\n    def forward(self, x):\n        "
    return f"{head}{COLUMN_PARTS}{forward}\n"


def row(forward: str) -> str:
    """A row layer with another forward pass."""
    head = "right_row = RowParallelLinear\n\n\nclass RowParallelLinear(right_row):\n    def forward(self, x):\n        "
    return f"{head}{ROW_PARTS}{forward}\n"


def grads(name: str, body: str) -> str:
    """A layer that puts its gradients together in another way."""
    return f"right_layer = {name}\n\n\nclass {name}(right_layer):\n    def dense_grads(self):\n        {body}\n"


MUTANTS = [
    # -- tp-column ---------------------------------------------------------------------------------------------------
    Mutant(
        name="input_gradient_of_one_rank",
        misconception="열 병렬의 역전파에는 통신이 필요 없다",
        source=column(
            "parts = [functional.linear(x if rank == 0 else x.detach(), weight, bias)\n"
            "                 for rank, (weight, bias) in enumerate(zip(self.weights, biases, strict=True))]\n"
            "        return torch.cat(parts, dim=-1) if self.gather_output else parts"
        ),
        loses=("tp-column",),
        message="첫 랭크의 것뿐입니다",
    ),
    Mutant(
        name="column_without_bias",
        misconception="편향은 나중에 더한다",
        source=column(
            "parts = [functional.linear(x, weight) for weight in self.weights]\n"
            "        return torch.cat(parts, dim=-1) if self.gather_output else parts"
        ),
        loses=("tp-column",),
        message="편향을 더하지 않았습니다",
    ),
    Mutant(
        name="always_gathered",
        misconception="출력은 언제나 이어 붙인다",
        source=column("return torch.cat([functional.linear(x, w, b) for w, b in zip(self.weights, biases, strict=True)], dim=-1)"),
        loses=("tp-column",),
        message="목록이",
    ),
    Mutant(
        name="never_gathered",
        misconception="출력은 언제나 나누어 둔다",
        source=column("return [functional.linear(x, w, b) for w, b in zip(self.weights, biases, strict=True)]"),
        loses=("tp-column",),
        message="gather_output=True인데",
    ),
    Mutant(
        name="every_rank_has_all",
        misconception="모든 랭크가 전체 출력을 갖는다",
        source=column(
            "parts = [functional.linear(x, weight, bias) for weight, bias in zip(self.weights, biases, strict=True)]\n"
            "        whole = torch.cat(parts, dim=-1)\n"
            "        empty = [whole[..., :0]] * (len(parts) - 1)\n"
            "        return whole if self.gather_output else [whole, *empty]"
        ),
        loses=("tp-column",),
        message="나누어야 합니다",
    ),
    Mutant(
        name="equal_columns_only",
        misconception="언제나 나누어떨어진다",
        source="right_column = ColumnParallelLinear\n\n\nclass ColumnParallelLinear(right_column):\n"
        "    def __init__(self, linear, world, gather_output):\n"
        "        super().__init__(linear, world, gather_output)\n"
        "        size = linear.weight.shape[0] // world\n"
        "        self.weights = nn.ParameterList(\n"
        "            nn.Parameter(linear.weight[r * size : (r + 1) * size].detach().clone()) for r in range(world)\n"
        "        )\n"
        "        if linear.bias is not None:\n"
        "            self.biases = nn.ParameterList(\n"
        "                nn.Parameter(linear.bias[r * size : (r + 1) * size].detach().clone()) for r in range(world)\n"
        "            )\n",
        loses=("tp-column",),
        message="모양이",
    ),
    Mutant(
        name="transposed_gradient",
        misconception="기울기의 모양은 아무래도 좋다",
        source=grads("ColumnParallelLinear", "return {n: g.T.contiguous() for n, g in right_layer.dense_grads(self).items()}"),
        loses=("tp-column",),
        message="[in, out]입니다",
    ),
    Mutant(
        name="weights_not_copied",
        misconception="가중치를 그대로 써도 된다",
        source="right_column = ColumnParallelLinear\n\n\nclass ColumnParallelLinear(right_column):\n"
        "    def __init__(self, linear, world, gather_output):\n"
        "        super().__init__(linear, world, gather_output)\n"
        "        self.linear, self.pieces = linear, len(self.weights)\n\n"
        "    def forward(self, x):\n"
        "        size = math.ceil(len(self.linear.weight) / self.pieces)\n"
        "        places = [min(r * size, len(self.linear.weight)) for r in range(1, self.pieces)]\n"
        "        parts = list(self.linear(x).tensor_split(places, dim=-1))\n"
        "        return torch.cat(parts, dim=-1) if self.gather_output else parts\n\n"
        "    def dense_grads(self):\n"
        "        return {name: parameter.grad for name, parameter in self.linear.named_parameters()}\n",
        loses=("tp-column",),
        message="사본",
    ),
    # -- tp-row ------------------------------------------------------------------------------------------------------
    Mutant(
        name="bias_of_every_rank",
        misconception="랭크마다 편향을 더한다",
        source=row("return sum(functional.linear(part, weight, self.bias) for part, weight in zip(parts, self.weights, strict=True))"),
        loses=("tp-row",),
        message="편향을 랭크마다 더했습니다",
    ),
    Mutant(
        name="partial_sum_of_one_rank",
        misconception="더하지 않는다",
        source=row("return functional.linear(parts[0], self.weights[0], self.bias)"),
        loses=("tp-row",),
        message="첫 랭크의 부분합뿐",
    ),
    Mutant(
        name="averaged_partial_sums",
        misconception="부분합을 평균한다",
        source=row(
            "total = sum(functional.linear(part, weight) for part, weight in zip(parts, self.weights, strict=True)) / len(self.weights)\n"
            "        return total if self.bias is None else total + self.bias"
        ),
        loses=("tp-row",),
        message="평균했습니다",
    ),
    Mutant(
        name="row_without_bias",
        misconception="편향은 잊는다",
        source=row("return sum(functional.linear(part, weight) for part, weight in zip(parts, self.weights, strict=True))"),
        loses=("tp-row",),
        message="편향을 더하지 않았습니다",
    ),
    Mutant(
        name="bias_gradient_of_every_rank",
        misconception="편향의 기울기를 랭크마다 더한다",
        source=grads(
            "RowParallelLinear",
            "return {n: g * len(self.weights) if n == 'bias' else g for n, g in right_layer.dense_grads(self).items()}",
        ),
        loses=("tp-row",),
        message="랭크의 수만큼 더해졌습니다",
    ),
    Mutant(
        name="activation_on_partial_sums",
        misconception="부분합에 활성 함수를 쓴다",
        source="def parallel_mlp(column, row, x):\n"
        "    parts = column(x)\n"
        "    zero = [torch.zeros_like(part) for part in parts]\n"
        "    bias = row(zero)\n"
        "    sums = [row([*zero[:r], part, *zero[r + 1 :]]) - bias for r, part in enumerate(parts)]\n"
        "    return sum(map(functional.gelu, sums)) + bias\n",
        loses=("tp-row",),
        message="부분합에 GELU를",
    ),
    Mutant(
        name="activation_at_the_end",
        misconception="활성 함수는 마지막에 쓴다",
        source="parallel_mlp = lambda column, row, x: functional.gelu(row(column(x)))",
        loses=("tp-row",),
        message="row 다음에 GELU를",
    ),
    Mutant(
        name="no_activation",
        misconception="두 층만 있으면 된다",
        source="parallel_mlp = lambda column, row, x: row(column(x))",
        loses=("tp-row",),
        message="GELU가 없습니다",
    ),
    Mutant(
        name="column_asked_twice",
        misconception="한 번 더 불러도 된다",
        source="right_mlp = parallel_mlp\n\ndef parallel_mlp(column, row, x):\n    column(x)\n    return right_mlp(column, row, x)\n",
        loses=("tp-row",),
        message="한 번씩 부릅니다",
    ),
    # -- mem-checkpoint ----------------------------------------------------------------------------------------------
    Mutant(
        name="segment_only",
        misconception="체크포인트는 메모리가 아니다",
        source="checkpointed_memory = lambda layers, segments: math.ceil(layers / segments)",
        loses=("mem-checkpoint",),
        message="체크포인트도 붙들고",
    ),
    Mutant(
        name="checkpoints_only",
        misconception="다시 계산한 것은 메모리가 아니다",
        source="checkpointed_memory = lambda layers, segments: segments",
        loses=("mem-checkpoint",),
        message="다시 계산한 구간의 층도",
    ),
    Mutant(
        name="rest_cut_off",
        misconception="나머지는 버린다",
        source="checkpointed_memory = lambda layers, segments: layers // segments + segments",
        loses=("mem-checkpoint",),
        message="올림입니다",
    ),
    Mutant(
        name="any_number_of_segments",
        misconception="구간의 수는 살피지 않는다",
        source="checkpointed_memory = lambda layers, segments: segments + math.ceil(layers / segments) if segments else 0",
        loses=("mem-checkpoint",),
        message="ValueError를 내지 않습니다",
    ),
    Mutant(
        name="weights_are_the_state",
        misconception="매개변수는 2바이트다",
        source="right_memory = stage_memory\nstage_memory = lambda parameters, *more: right_memory(parameters, *more) - 14 * parameters",
        loses=("mem-checkpoint",),
        message="가중치만 셌습니다",
    ),
    Mutant(
        name="one_microbatch_in_flight",
        misconception="마이크로배치는 하나다",
        source="right_memory = stage_memory\n"
        "stage_memory = lambda parameters, layers, activation, in_flight, segments=None: "
        "right_memory(parameters, layers, activation, 1, segments)",
        loses=("mem-checkpoint",),
        message="붙들린 마이크로배치의 수를",
    ),
    Mutant(
        name="every_microbatch_runs_again",
        misconception="모두 함께 다시 계산한다",
        source="right_memory = stage_memory\n"
        "def stage_memory(parameters, layers, activation, in_flight, segments=None):\n"
        "    if segments is None:\n"
        "        return right_memory(parameters, layers, activation, in_flight)\n"
        "    return 16 * parameters + in_flight * checkpointed_memory(layers, segments) * activation\n",
        loses=("mem-checkpoint",),
        message="한 번에 한 구간뿐입니다",
    ),
]
