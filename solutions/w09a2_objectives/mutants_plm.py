"""Wrong solutions on permutation language modelling, as Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant


def _layer(**parts: str) -> str:
    """``TwoStreamLayer`` with one of its steps replaced."""
    step = {
        "content": "self.step(content, norm(content), content_mask, positions)",
        "query": "self.step(query, norm(content), query_mask, positions)",
        "returned": "new_content, new_query",
        "mask": "mask if mask.ndim == 2 else mask[:, None]",
        "asked": "self.block.input_layernorm(x)",
        "added": "x + mixed",
        "last": "x + self.block.mlp(self.block.post_attention_layernorm(x))",
    } | parts
    return f"""
class TwoStreamLayer(nn.Module):
    def __init__(self, block):
        super().__init__()
        self.block = block

    def forward(self, content, query, content_mask, query_mask, positions):
        norm = self.block.input_layernorm
        new_content = {step["content"]}
        new_query = {step["query"]}
        return {step["returned"]}

    def step(self, x, memory, mask, positions):
        mask = {step["mask"]}
        mixed = self.block.self_attn({step["asked"]}, memory, positions, lambda q, k, v: masked_attention(q, k, v, mask))
        x = {step["added"]}
        return {step["last"]}
"""


def _plm(where: str, logits: str = "logits[:, last]", ids: str = "ids[:, last]") -> str:
    return f"""
def plm_loss(logits, ids, order, n_predict):
    last = {where}
    return functional.cross_entropy({logits}.flatten(0, 1), {ids}.flatten())
"""


MUTANTS = [
    # -- orders ------------------------------------------------------------------------------------------------------
    Mutant(
        name="order_drawn_once",
        misconception="순서는 한 번 뽑으면 된다",
        source="sample_order = lambda length, generator=None: torch.randperm(length, generator=torch.Generator().manual_seed(0))",
        loses=("plm-order",),
        message="언제나",
    ),
    Mutant(
        name="order_rotated",
        misconception="시작할 자리만 뽑으면 된다",
        source="sample_order = lambda length, generator=None: "
        "torch.arange(length).roll(int(torch.randint(length, (1,), generator=generator)))",
        loses=("plm-order",),
        message="나오지 않는 순서",
    ),
    Mutant(
        name="order_with_replacement",
        misconception="자리를 저마다 뽑는다",
        source="sample_order = lambda length, generator=None: torch.randint(length, (length,), generator=generator)",
        loses=("plm-order",),
        message="순열이 아닙니다",
    ),
    Mutant(
        name="order_without_generator",
        misconception="생성기는 없어도 된다",
        source="sample_order = lambda length, generator=None: torch.randperm(length)",
        loses=("plm-order",),
        message="generator를 randperm에",
    ),
    Mutant(
        name="order_biased",
        misconception="이웃과 한 번씩 바꾸면 고르게 섞인다",
        source="""
def sample_order(length, generator=None):
    order = list(range(length))
    for place in range(length):
        other = int(torch.randint(length, (1,), generator=generator))
        order[place], order[other] = order[other], order[place]
    return torch.tensor(order)
""",
        loses=("plm-order",),
        message="자주 나옵니다",
    ),
    Mutant(
        name="order_as_rank",
        misconception="order가 곧 순위다",
        source="two_stream_masks = lambda rank: (rank[None, :] <= rank[:, None], rank[None, :] < rank[:, None])",
        loses=("plm-order",),
        message="순서를 순위로",
    ),
    Mutant(
        name="query_mask_sees_itself",
        misconception="질의도 자기를 본다",
        source="right_masks = two_stream_masks\ntwo_stream_masks = lambda order: (right_masks(order)[0],) * 2",
        loses=("plm-order",),
        message="답이 보입니다",
    ),
    Mutant(
        name="content_mask_without_self",
        misconception="내용도 자기를 보지 않는다",
        source="right_masks = two_stream_masks\ntwo_stream_masks = lambda order: (right_masks(order)[1],) * 2",
        loses=("plm-order",),
        message="내용 흐름은 자기 토큰도",
    ),
    Mutant(
        name="masks_swapped",
        misconception="질의 마스크가 먼저다",
        source="right_masks = two_stream_masks\ntwo_stream_masks = lambda order: right_masks(order)[::-1]",
        loses=("plm-order",),
        message="내용과 질의의 마스크가 바뀌었습니다",
    ),
    Mutant(
        name="masks_transposed",
        misconception="열이 보는 쪽이다",
        source="right_masks = two_stream_masks\ntwo_stream_masks = lambda order: tuple(mask.T for mask in right_masks(order))",
        loses=("plm-order",),
        message="행과 열이 바뀌었습니다",
    ),
    Mutant(
        name="tokens_shuffled",
        misconception="토큰을 순서대로 늘어놓는다",
        source="right_masks = two_stream_masks\ntwo_stream_masks = lambda order: right_masks(torch.arange(len(order)))",
        loses=("plm-order",),
        message="순서를 쓰지 않고",
    ),
    Mutant(
        name="rows_shuffled",
        misconception="인과 마스크의 행을 섞는다",
        source="right_masks = two_stream_masks\ntwo_stream_masks = lambda order: "
        "tuple(mask[order] for mask in right_masks(torch.arange(len(order))))",
        loses=("plm-order",),
        message="행을 순서대로 섞고",
    ),
    # -- the layer ---------------------------------------------------------------------------------------------------
    Mutant(
        name="memory_from_the_query",
        misconception="질의 흐름은 질의 흐름을 본다",
        source=_layer(query="self.step(query, norm(query), query_mask, positions)"),
        loses=("plm-layer",),
        message="키와 값을 질의 흐름에서",
    ),
    Mutant(
        name="content_from_the_query",
        misconception="둘째 층의 내용은 질의 흐름에서 온다",
        source=_layer(returned="new_query, new_query"),
        loses=("plm-layer",),
        message="한 층을 지난 내용",
    ),
    Mutant(
        name="fresh_memory",
        misconception="질의는 새로 만든 내용을 본다",
        source=_layer(query="self.step(query, norm(new_content), query_mask, positions)"),
        loses=("plm-layer",),
        message="새로 만든 내용",
    ),
    Mutant(
        name="query_sees_itself",
        misconception="두 흐름의 마스크는 같다",
        source=_layer(query="self.step(query, norm(content), content_mask, positions)"),
        loses=("plm-layer",),
        message="자기 토큰을 보고 있습니다",
    ),
    Mutant(
        name="content_stands_still",
        misconception="내용 흐름은 그대로 둔다",
        source=_layer(content="content"),
        loses=("plm-layer",),
        message="내용 흐름을 바꾸지 않고",
    ),
    Mutant(
        name="streams_returned_swapped",
        misconception="질의를 먼저 돌려준다",
        source=_layer(returned="new_query, new_content"),
        loses=("plm-layer",),
        message="(질의, 내용)의 차례",
    ),
    Mutant(
        name="memory_not_normalised",
        misconception="보이는 쪽은 정규화하지 않는다",
        source=_layer(
            content="self.step(content, content, content_mask, positions)", query="self.step(query, content, query_mask, positions)"
        ),
        loses=("plm-layer",),
        message="내용에 input_layernorm을",
    ),
    Mutant(
        name="asker_not_normalised",
        misconception="묻는 쪽은 정규화하지 않는다",
        source=_layer(asked="x"),
        loses=("plm-layer",),
        message="묻는 쪽에 input_layernorm을",
    ),
    Mutant(
        name="no_residual",
        misconception="어텐션의 결과가 새 벡터다",
        source=_layer(added="mixed"),
        loses=("plm-layer",),
        message="잔차 연결",
    ),
    Mutant(
        name="no_feed_forward",
        misconception="어텐션이면 한 층이다",
        source=_layer(last="x"),
        loses=("plm-layer",),
        message="mlp)를 빠뜨렸습니다",
    ),
    Mutant(
        name="batched_masks_broadcast_over_heads",
        misconception="[B, T, T] 마스크는 그대로 브로드캐스트된다",
        source=_layer(mask="mask"),
        loses=("plm-layer",),
        message="실행 중",
    ),
    # -- loss of an order --------------------------------------------------------------------------------------------
    Mutant(
        name="first_of_the_order",
        misconception="순서의 처음을 맞힌다",
        source=_plm("order[:n_predict]"),
        loses=("plm-loss",),
        message="순서의 처음",
    ),
    Mutant(
        name="last_places",
        misconception="마지막 자리들을 맞힌다",
        source=_plm("torch.arange(len(order))[-n_predict:]"),
        loses=("plm-loss",),
        message="순서를 무시하고",
    ),
    Mutant(
        name="all_of_the_order",
        misconception="모두 맞힌다",
        source=_plm("order"),
        loses=("plm-loss",),
        message="n_predict를 쓰지 않고",
    ),
    Mutant(
        name="loss_order_as_rank",
        misconception="order가 곧 순위다",
        source=_plm("order.argsort()[-n_predict:]"),
        loses=("plm-loss",),
        message="순위로 착각",
    ),
    Mutant(
        name="plm_shifted",
        misconception="PLM도 한 칸 민다",
        source=_plm("order[-n_predict:]", logits="logits[:, last - 1]"),
        loses=("plm-loss",),
        message="한 칸을 밀었습니다",
    ),
    Mutant(
        name="only_targets_permuted",
        misconception="로짓은 자리의 차례다",
        source=_plm("order[-n_predict:]", logits="logits[:, -n_predict:]"),
        loses=("plm-loss",),
        message="짝이 어긋났습니다",
    ),
]
