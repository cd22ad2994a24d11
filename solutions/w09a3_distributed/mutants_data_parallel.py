"""Wrong solutions of data parallelism. Each is Python that runs after the solution cells and replaces contract names."""

from __future__ import annotations

from autograder.proof import Mutant

RING = """
def ring_all_reduce(tensors, transport):
    world = len(tensors)
    chunks = [[piece.clone() for piece in tensor.flatten().tensor_split(world)] for tensor in tensors]
    for turn in range(2 * (world - 1)):
        for rank in range(world):
            transport.send(rank, (rank + 1) % world, chunks[rank][(rank - turn) % world])
        for rank in range(world):
            left = (rank - 1) % world
            place, received = (left - turn) % world, transport.recv(left, rank)
            adding = turn < world - 1
            chunks[rank][place] = chunks[rank][place] + received if adding else received
        transport.barrier()
    return [torch.cat(pieces).reshape(tensor.shape) for pieces, tensor in zip(chunks, tensors)]
"""


def ring(before: str, after: str) -> str:
    """The right ring with one piece of its text replaced."""
    if before not in RING:
        raise ValueError(f"not in the ring: {before}")
    return RING.replace(before, after)


GRADIENTS = """
def ddp_gradients(model, loss_fn, batches):
    parameters = dict(model.named_parameters())
    total = sum(len(inputs) for inputs, _ in batches)
    summed = {name: torch.zeros_like(parameter) for name, parameter in parameters.items()}
    for inputs, targets in batches:
        if len(inputs) == 0:
            continue
        loss = loss_fn(model(inputs), targets) * (len(inputs) / total)
        gradients = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
        for name, gradient in zip(parameters, gradients, strict=True):
            if gradient is not None:
                summed[name] += gradient
    return summed
"""


def gradients(before: str, after: str) -> str:
    """The right gradients with one piece of the text replaced."""
    if before not in GRADIENTS:
        raise ValueError(f"not in the gradients: {before}")
    return GRADIENTS.replace(before, after)


MUTANTS = [
    # -- dp-shard ----------------------------------------------------------------------------------------------------
    Mutant(
        name="rest_forgotten",
        misconception="나머지는 버린다",
        source="shard = lambda n, world, rank: list(range(rank * (n // world), (rank + 1) * (n // world)))",
        loses=("dp-shard",),
        message="아무도 맡지 않았습니다",
    ),
    Mutant(
        name="rest_for_the_last",
        misconception="나머지는 마지막 랭크가 모두 맡는다",
        source="shard = lambda n, world, rank: list(range(rank * (n // world), n if rank == world - 1 else (rank + 1) * (n // world)))",
        loses=("dp-shard",),
        message="차이는 1 이하여야",
    ),
    Mutant(
        name="ceiling_chunks",
        misconception="올림한 크기로 자르면 고르다",
        source="shard = lambda n, world, rank: list(range(n))[rank * math.ceil(n / world) : (rank + 1) * math.ceil(n / world)]",
        loses=("dp-shard",),
        message="차이는 1 이하여야",
    ),
    Mutant(
        name="padded_by_repeating",
        misconception="DistributedSampler처럼 되풀이해 채운다",
        source="shard = lambda n, world, rank: [(rank + i * world) % n for i in range(math.ceil(n / world))] if n else []",
        loses=("dp-shard",),
        message="되풀이해 채웠습니다",
    ),
    Mutant(
        name="overlapping_shards",
        misconception="끝은 포함된다",
        source="right_shard = shard\nshard = lambda n, world, rank: "
        "right_shard(n, world, rank) + ([right_shard(n, world, rank)[-1] + 1] if right_shard(n, world, rank) and rank < world - 1 else [])",
        loses=("dp-shard",),
        message="둘 이상의 랭크가 맡았습니다",
    ),
    Mutant(
        name="counted_from_one",
        misconception="예는 1번부터다",
        source="right_shard = shard\nshard = lambda n, world, rank: [index + 1 for index in right_shard(n, world, rank)]",
        loses=("dp-shard",),
        message="없는 예입니다",
    ),
    # -- dp-ring -----------------------------------------------------------------------------------------------------
    Mutant(
        name="gather_to_rank_zero",
        misconception="랭크 0에 모아 더하고 나누어 준다",
        source="""
def ring_all_reduce(tensors, transport):
    world = len(tensors)
    for rank in range(1, world):
        transport.send(rank, 0, tensors[rank])
    total = tensors[0] + sum((transport.recv(rank, 0) for rank in range(1, world)), torch.zeros_like(tensors[0]))
    transport.barrier()
    for rank in range(1, world):
        transport.send(0, rank, total)
    results = [total] + [transport.recv(0, rank).clone() for rank in range(1, world)]
    transport.barrier()
    return results
""",
        loses=("dp-ring",),
        message="랭크 0에 모으고 있습니다",
    ),
    Mutant(
        name="summed_without_the_network",
        misconception="한 프로세스이니 그냥 더한다",
        source="ring_all_reduce = lambda tensors, transport: [torch.stack(list(tensors)).sum(0) for _ in tensors]",
        loses=("dp-ring",),
        message="통로를 거치지 않고",
    ),
    Mutant(
        name="whole_tensors_round_the_ring",
        misconception="고리로 텐서를 통째로 돌린다",
        source="""
def ring_all_reduce(tensors, transport):
    world = len(tensors)
    totals, passing = [tensor.clone() for tensor in tensors], [tensor.clone() for tensor in tensors]
    for _ in range(world - 1):
        for rank in range(world):
            transport.send(rank, (rank + 1) % world, passing[rank])
        passing = [transport.recv((rank - 1) % world, rank) for rank in range(world)]
        transport.barrier()
        totals = [total + received for total, received in zip(totals, passing)]
    return totals
""",
        loses=("dp-ring",),
        message="텐서를 통째로 보내고",
    ),
    Mutant(
        name="mean_instead_of_sum",
        misconception="올리듀스는 평균이다",
        source="right_ring = ring_all_reduce\nring_all_reduce = lambda tensors, transport: "
        "[result / len(tensors) for result in right_ring(tensors, transport)]",
        loses=("dp-ring",),
        message="평균입니다",
    ),
    Mutant(
        name="gathers_the_wrong_chunk",
        misconception="모을 때 조각의 번호가 하나 어긋나도 된다",
        source=ring(
            "transport.send(rank, (rank + 1) % world, chunks[rank][(rank - turn) % world])",
            "shift = turn if turn < world - 1 else turn + 1\n"
            "            transport.send(rank, (rank + 1) % world, chunks[rank][(rank - shift) % world])",
        ).replace("(left - turn) % world", "(left - (turn if turn < world - 1 else turn + 1)) % world"),
        loses=("dp-ring",),
        message="값이 빠진 원소",
    ),
    Mutant(
        name="added_while_gathering",
        misconception="모을 때에도 더한다",
        source=ring("adding = turn < world - 1", "adding = True"),
        loses=("dp-ring",),
        message="두 번 더한 원소",
    ),
    Mutant(
        name="only_reduced_and_scattered",
        misconception="나누어 더하면 끝이다",
        source=ring("range(2 * (world - 1))", "range(world - 1)"),
        loses=("dp-ring",),
        message="값이 빠진 원소",
    ),
    Mutant(
        name="changes_what_it_was_given",
        misconception="받은 텐서에 바로 더한다",
        source=ring(
            "[piece.clone() for piece in tensor.flatten().tensor_split(world)]", "list(tensor.flatten().tensor_split(world))"
        ).replace(
            "chunks[rank][place] = chunks[rank][place] + received if adding else received",
            "chunks[rank][place].copy_(chunks[rank][place] + received if adding else received)",
        ),
        loses=("dp-ring",),
        message="받은 텐서를 바꾸었습니다",
    ),
    Mutant(
        name="flat_results",
        misconception="모양은 아무래도 좋다",
        source=ring(".reshape(tensor.shape)", ""),
        loses=("dp-ring",),
        message="모양이",
    ),
    Mutant(
        name="idle_steps",
        misconception="단계마다 barrier를 두 번 부른다",
        source=ring("        transport.barrier()", "        transport.barrier()\n        transport.barrier()"),
        loses=("dp-ring",),
        message="단계가",
    ),
    Mutant(
        name="far_ranks",
        misconception="조각을 맡은 랭크에게 바로 보낸다",
        source="""
def ring_all_reduce(tensors, transport):
    world = len(tensors)
    chunks = [list(tensor.flatten().tensor_split(world)) for tensor in tensors]
    own = [chunks[rank][rank].clone() for rank in range(world)]
    for shift in range(1, world):
        for rank in range(world):
            transport.send(rank, (rank + shift) % world, chunks[rank][(rank + shift) % world])
        for rank in range(world):
            own[rank] = own[rank] + transport.recv((rank - shift) % world, rank)
        transport.barrier()
    done = [{rank: own[rank]} for rank in range(world)]
    for shift in range(1, world):
        for rank in range(world):
            transport.send(rank, (rank + shift) % world, own[rank])
        for rank in range(world):
            done[rank][(rank - shift) % world] = transport.recv((rank - shift) % world, rank)
        transport.barrier()
    return [torch.cat([done[rank][i] for i in range(world)]).reshape(tensors[0].shape) for rank in range(world)]
""",
        loses=("dp-ring",),
        message="이웃이 아닌 랭크",
    ),
    Mutant(
        name="sends_what_it_cannot_know",
        misconception="바이트의 수만 맞으면 된다",
        source=ring(
            "transport.send(rank, (rank + 1) % world, chunks[rank][(rank - turn) % world])",
            "transport.send(rank, (rank + 1) % world, totals[(rank - turn) % world])",
        )
        .replace("    for turn", "    totals = list(sum(tensors).flatten().tensor_split(world))\n    for turn", 1)
        .replace("chunks[rank][place] + received if adding else received", "received")
        .replace("    return", "    chunks = [[piece.clone() for piece in totals] for _ in tensors]\n    return"),
        loses=("dp-ring",),
        message="아직 받지 않은 랭크",
    ),
    Mutant(
        name="summed_in_each_ranks_order",
        misconception="랭크마다 자기 것부터 더해도 같다",
        source="right_ring = ring_all_reduce\n"
        "def ring_all_reduce(tensors, transport):\n"
        "    right_ring(tensors, transport)\n"
        "    return [sum((tensors[(rank + i) % len(tensors)] for i in range(len(tensors))), torch.zeros_like(tensors[0]))\n"
        "            for rank in range(len(tensors))]\n",
        loses=("dp-ring",),
        message="비트까지 같습니다",
    ),
    Mutant(
        name="one_result_for_all",
        misconception="결과는 하나면 된다",
        source="right_ring = ring_all_reduce\nring_all_reduce = lambda tensors, network: [right_ring(tensors, network)[0]] * len(tensors)",
        loses=("dp-ring",),
        message="메모리를 함께",
    ),
    # -- dp-gradients ------------------------------------------------------------------------------------------------
    Mutant(
        name="mean_of_means",
        misconception="랭크의 기울기를 평균한다",
        source=gradients("len(inputs) / total", "1 / sum(len(x) > 0 for x, _ in batches)"),
        loses=("dp-gradients",),
        message="그냥 평균했습니다",
    ),
    Mutant(
        name="mean_over_empty_ranks_too",
        misconception="빈 랭크도 평균에 넣는다",
        source=gradients("len(inputs) / total", "1 / len(batches)"),
        loses=("dp-gradients",),
        message="그냥 평균했습니다",
    ),
    Mutant(
        name="sum_of_means",
        misconception="기울기는 더하기만 하면 된다",
        source=gradients(" * (len(inputs) / total)", ""),
        loses=("dp-gradients",),
        message="무게 없이 더했습니다",
    ),
    Mutant(
        name="not_divided_by_all",
        misconception="예의 수를 곱하면 된다",
        source=gradients("(len(inputs) / total)", "len(inputs)"),
        loses=("dp-gradients",),
        message="나누지 않았습니다",
    ),
    Mutant(
        name="last_rank_only",
        misconception="기울기를 덮어쓴다",
        source=gradients("summed[name] += gradient", "summed[name] = gradient * (total / len(inputs))"),
        loses=("dp-gradients",),
        message="마지막 랭크의 기울기뿐",
    ),
    Mutant(
        name="old_gradients_kept",
        misconception="backward는 기울기를 새로 쓴다",
        source="""
def ddp_gradients(model, loss_fn, batches):
    total = sum(len(inputs) for inputs, _ in batches)
    for inputs, targets in batches:
        if len(inputs):
            (loss_fn(model(inputs), targets) * len(inputs) / total).backward()
    return {name: torch.zeros_like(p) if p.grad is None else p.grad for name, p in model.named_parameters()}
""",
        loses=("dp-gradients",),
        message="남아 있던 .grad",
    ),
    Mutant(
        name="unused_left_out",
        misconception="쓰이지 않은 매개변수는 빼도 된다",
        source="right_gradients = ddp_gradients\nddp_gradients = lambda *arguments: "
        "{name: g for name, g in right_gradients(*arguments).items() if g.any()}",
        loses=("dp-gradients",),
        message="이름이",
    ),
    # -- dp-cost -----------------------------------------------------------------------------------------------------
    Mutant(
        name="half_of_the_steps",
        misconception="나누어 더하기만 센다",
        source="ring_seconds = lambda world, size, alpha, beta: (world - 1) * (alpha + size / world / beta)",
        loses=("dp-cost",),
        message="하나만 셌습니다",
    ),
    Mutant(
        name="whole_tensor_each_step",
        misconception="단계마다 텐서 전체를 보낸다",
        source="ring_seconds = lambda world, size, alpha, beta: 2 * (world - 1) * (alpha + size / beta)",
        loses=("dp-cost",),
        message="통째로 보낸다고",
    ),
    Mutant(
        name="latency_once",
        misconception="지연은 한 번 든다",
        source="ring_seconds = lambda world, size, alpha, beta: 2 * alpha + 2 * (world - 1) / world * size / beta",
        loses=("dp-cost",),
        message="지연을 단계마다 세지",
    ),
    Mutant(
        name="no_latency",
        misconception="지연은 무시한다",
        source="ring_seconds = lambda world, size, alpha, beta: 2 * (world - 1) / world * size / beta",
        loses=("dp-cost",),
        message="지연 α의 항이 없습니다",
    ),
    Mutant(
        name="as_many_steps_as_ranks",
        misconception="단계는 2N개다",
        source="ring_seconds = lambda world, size, alpha, beta: 2 * world * (alpha + size / world / beta)",
        loses=("dp-cost",),
        message="2N개로",
    ),
    Mutant(
        name="multiplied_by_bandwidth",
        misconception="대역폭을 곱한다",
        source="ring_seconds = lambda world, size, alpha, beta: 2 * (world - 1) * (alpha + size / world * beta)",
        loses=("dp-cost",),
        message="대역폭을 곱했습니다",
    ),
]

EQUIVALENT = {
    "solution-dp-ring: ring_all_reduce: True → False": "both lists have one entry for each rank",
    "solution-dp-gradients: ddp_gradients: True → False (2)": "both lists have one entry for each parameter",
    "solution-dp-gradients: ddp_gradients: if len(inputs) == 0: continue → (left out)": "the gradient of an empty batch is zero",
    "solution-dp-gradients: ddp_gradients: continue → (left out)": "the gradient of an empty batch is zero",
    "solution-tp-column: forward: True → False": "both lists have one entry for each rank",
    "solution-tp-row: forward: True → False": "both lists have one entry for each rank",
    "solution-bonus-zero: step: True → False": "all lists have one entry for each rank",
    "solution-bonus-fsdp-flat: unflatten: True → False": "both lists have one entry for each shape",
    "solution-bonus-fsdp: fsdp_gradients: True → False": "both lists have one entry for each rank",
}
