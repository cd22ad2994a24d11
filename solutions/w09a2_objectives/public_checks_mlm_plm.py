"""Public checks of masked and permutation language modelling: small fixed inputs. Nothing here knows the reference."""

from __future__ import annotations

import math

import pytest
import torch

from course_lib.kit import expect

TOLERANCE = 1e-4
MASKED = tuple[torch.Tensor, torch.Tensor]


def _scalar(actual, right, given, known):
    """Fail unless a scalar tensor is the right number; ``known`` names wrong ones: ``{name: (number, what to say)}``."""
    if actual.numel() != 1:
        expect.fail(f"{given}: 스칼라여야 하는데 모양이 {tuple(actual.shape)}입니다.")
    value = float(actual)
    if math.isnan(value):
        expect.fail(f"{given}: NaN입니다.", "NaN")
    if abs(value - right) <= TOLERANCE:
        return
    for name, (wrong, explanation) in known.items():
        if abs(value - wrong) <= TOLERANCE:
            expect.fail(f"{given}: {explanation}", name)
    expect.fail(f"{given}: 나온 값은 {value:.4f}, 기대한 값은 {right:.4f}입니다.")


# -- mlm-mask ---------------------------------------------------------------------------------------------------------


def masked(student, count, options, seed):
    import torch

    ids = torch.arange(4, 4 + count)
    special = torch.arange(count) % 10 == 0
    before = ids.clone()
    inputs, labels = student.mask_tokens(ids, special, 3, 4 + count, generator=torch.Generator().manual_seed(seed), **options)
    return inputs, labels, bool(torch.equal(ids, before))


THREE = tuple[torch.Tensor, torch.Tensor, bool]


@pytest.mark.grades(
    "mlm-mask",
    hint=(
        "labels는 고른 자리에서 원래 토큰, 나머지는 -100입니다.",
        "torch.where(chosen, mask_id, ids)는 새 텐서를 만듭니다.",
        "chosen = (torch.rand(ids.shape, generator=generator) < p) & ~special_mask",
    ),
)
def test_masking_everything(submission):
    """p=1, p_mask=1이면 특수 토큰을 뺀 모두가 <mask>가 되고, 정답은 원래 토큰입니다."""
    inputs, labels, same = submission.run(masked, count=100, options={"p": 1.0, "p_mask": 1.0, "p_random": 0.0}, seed=0, returns=THREE)
    ids, special = torch.arange(4, 104), torch.arange(100) % 10 == 0
    if not same:
        expect.fail("받은 ids를 바꾸고 있습니다. 새 텐서를 만드세요.", "입력을 바꿈")
    if not torch.equal(inputs[special], ids[special]) or not labels[special].eq(-100).all():
        expect.fail("special_mask가 True인 자리를 골랐습니다.", "특수 토큰을 가림")
    if not inputs[~special].eq(3).all():
        expect.fail("p=1, p_mask=1인데 <mask>가 아닌 입력이 있습니다.")
    if labels[~special].eq(3).all():
        expect.fail("정답이 <mask>의 번호입니다. 가리기 전의 토큰이어야 합니다.", "가린 다음의 정답")
    if not torch.equal(labels[~special], ids[~special]):
        expect.fail("고른 자리의 정답이 원래 토큰이 아닙니다.")


@pytest.mark.grades(
    "mlm-mask",
    hint=(
        "p_random은 고른 것 가운데의 몫입니다.",
        "고른 것마다 [0, 1)의 수 하나를 더 뽑아 세 구간으로 나누세요.",
        "fate < p_mask이면 <mask>, p_mask <= fate < p_mask + p_random이면 무작위입니다.",
    ),
)
def test_shares(submission):
    """고른 것이 15 %쯤이고 그 가운데 80 %가 <mask>, 10 %가 무작위, 10 %가 그대로입니다."""
    count = 50_000
    inputs, labels, _ = submission.run(masked, count=count, options={}, seed=0, returns=THREE)
    ids = torch.arange(4, 4 + count)
    chosen = labels != -100
    shares = {
        "고른 비율": (chosen.sum() / (count * 0.9), 0.15),
        "<mask>": (inputs[chosen].eq(3).float().mean(), 0.8),
        "그대로": ((inputs == ids)[chosen].float().mean(), 0.1),
    }
    for name, (share, right) in shares.items():
        if abs(float(share) - right) > 0.03:
            expect.fail(f"{name}의 몫이 {float(share):.3f}입니다. {right}쯤이어야 합니다.")
    if not torch.equal(inputs[~chosen], ids[~chosen]):
        expect.fail("고르지 않은 자리의 입력이 바뀌었습니다.")
    drawn = inputs[chosen & (inputs != 3) & (inputs != ids)]
    if len(drawn.unique()) < len(drawn) // 2:
        expect.fail("무작위 토큰이 모두 같습니다. 자리마다 따로 뽑으세요.", "무작위 토큰을 한 번만 뽑음")


# -- mlm-loss ---------------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "mlm-loss",
    hint=(
        "t의 로짓은 t번 토큰의 것입니다. 밀지 않습니다.",
        "-100이 아닌 자리에서만 평균하세요.",
        "합을 counted.sum().clamp(min=1)로 나누세요.",
    ),
)
def test_mlm_loss_of_the_hand_example(submission):
    """손 예제의 손실은 3 ln 2이고, 정답이 없으면 0.0입니다."""
    quarter, sixteenth = torch.tensor([0.25, 0.25, 0.5]).log(), torch.tensor([0.0625, 0.4375, 0.5]).log()
    logits = torch.stack([quarter, quarter, sixteenth, quarter])[None]
    actual = submission.call("mlm_loss", logits, torch.tensor([[-100, 1, 0, -100]]), returns=torch.Tensor)
    known = {
        "모든 자리로 나눔": (1.5 * math.log(2), "고르지 않은 자리까지 세어 나누고 있습니다."),
        "한 칸을 밂": (2 * math.log(2), "한 칸을 밀고 있습니다. MLM은 밀지 않습니다."),
        "합": (6 * math.log(2), "평균이 아니라 합입니다."),
    }
    _scalar(actual, 3 * math.log(2), "손 예제", known)
    nothing = submission.call("mlm_loss", logits, torch.full((1, 4), -100), returns=torch.Tensor)
    _scalar(nothing, 0.0, "정답이 없는 입력", {})


# -- plm-order --------------------------------------------------------------------------------------------------------


def drawn_orders(student, length, count):
    import torch

    generator = torch.Generator().manual_seed(0)
    return [student.sample_order(length, generator).tolist() for _ in range(count)]


@pytest.mark.grades("plm-order", hint=("torch.randperm(length, generator=generator)가 순열 하나를 뽑습니다.",))
def test_orders_are_permutations(submission):
    """뽑은 것은 순열이고, 뽑을 때마다 다릅니다."""
    orders = submission.run(drawn_orders, length=6, count=20, returns=list[list[int]])
    for order in orders:
        if sorted(order) != list(range(6)):
            expect.fail(f"{order}에는 0부터 5까지가 하나씩 있지 않습니다.")
    if len({tuple(order) for order in orders}) < 5:
        expect.fail("스무 번 뽑았는데 순서가 거의 같습니다. 뽑을 때마다 generator에서 새로 뽑으세요.")


@pytest.mark.grades(
    "plm-order",
    hint=("순위는 순서의 역순열입니다.", "rank = order.argsort()", "rank[None, :] < rank[:, None]이 질의 마스크입니다."),
)
def test_masks_of_the_hand_example(submission):
    """order가 [2, 0, 3, 1]일 때 두 마스크가 손 예제와 같습니다."""
    order = torch.tensor([2, 0, 3, 1])
    content, query = submission.call("two_stream_masks", order, returns=MASKED)
    right = [{0, 2}, {0, 1, 2, 3}, {2}, {0, 2, 3}]
    expected = torch.tensor([[column in row for column in range(4)] for row in right])
    own = torch.eye(4, dtype=torch.bool)
    as_rank = order[None, :] <= order[:, None]
    for name, mask, wanted, confused in (("내용", content, expected, as_rank), ("질의", query, expected & ~own, as_rank & ~own)):
        if mask.dtype != torch.bool or tuple(mask.shape) != (4, 4):
            expect.fail(f"{name} 마스크는 Bool [4, 4]여야 하는데 {mask.dtype} {tuple(mask.shape)}입니다.")
        known = {
            "순서를 순위로 씀": (confused, "order를 그대로 순위로 썼거나(순위는 역순열) 행과 열이 바뀌었습니다(행이 보는 쪽)."),
            "행과 열이 바뀜": (wanted.T.contiguous(), "행과 열이 바뀌었습니다. 행이 보는 쪽입니다."),
            "자기를 봄": (wanted | own, "질의 흐름이 자기 토큰을 보고 있습니다."),
        }
        expect.equal(mask, wanted, given=f"order = [2, 0, 3, 1]의 {name} 마스크", known=known, show_expected=True)


# -- plm-layer --------------------------------------------------------------------------------------------------------


def dependencies(student, order, layers):
    """Per changed token, how much each position's output changes; and the shape of one layer's streams under masks of a batch."""
    import torch

    from course_lib.kit.model import Config, TwoStream

    torch.manual_seed(0)
    config = Config(
        vocab_size=20, hidden_size=16, intermediate_size=32, num_hidden_layers=layers, num_attention_heads=2, initializer_range=0.3
    )
    model = TwoStream(config, student.TwoStreamLayer)
    rank = torch.tensor(order).argsort()
    masks = (rank[None] <= rank[:, None]).expand(2, -1, -1), (rank[None] < rank[:, None]).expand(2, -1, -1)
    ids = torch.arange(len(order)).expand(2, -1)
    with torch.no_grad():
        before = model(ids, *masks)[0]
        changes = []
        for place in range(len(order)):
            changed = ids.clone()
            changed[:, place] = 15
            changes.append((model(changed, *masks)[0] - before).abs().amax(-1))
    return torch.stack(changes).T.contiguous(), before


@pytest.mark.grades(
    "plm-layer",
    hint=(
        "키와 값은 두 흐름 모두 이 층에 들어온 내용에서 옵니다.",
        "memory = block.input_layernorm(content)를 한 번 구해 두 흐름에 쓰세요.",
        "block.self_attn(block.input_layernorm(x), memory, positions, lambda q, k, v: masked_attention(q, k, v, mask.unsqueeze(-3)))",
    ),
)
@pytest.mark.parametrize("layers", [1, 3])
def test_an_output_depends_on_what_its_query_sees(submission, layers):
    """토큰을 바꾸면 순서에서 나중인 자리의 출력만 달라집니다. 층이 여럿이어도 그렇습니다."""
    order = [2, 0, 3, 1]
    changes, before = submission.run(dependencies, order=order, layers=layers, returns=tuple[torch.Tensor, torch.Tensor])
    if before.isnan().any():
        expect.fail("출력에 NaN이 있습니다. 순서의 첫 자리는 볼 것이 없습니다. masked_attention을 쓰세요.", "NaN")
    rank = {position: place for place, position in enumerate(order)}
    for place in range(4):
        for source in range(4):
            depends = float(changes[place, source]) > 1e-6
            if depends and rank[source] >= rank[place]:
                known = "자기 토큰을 봄" if place == source else "나중 토큰을 봄"
                expect.fail(
                    f"층 {layers}개, order = {order}: 토큰 {source}번을 바꾸었는데 보지 말아야 할 자리 {place}의 출력이 달라집니다.", known
                )
            if not depends and rank[source] < rank[place]:
                expect.fail(f"층 {layers}개, order = {order}: 토큰 {source}번을 바꾸었는데 보아야 할 자리 {place}의 출력이 그대로입니다.")


def passed_through(student, content, query, masks):
    """A layer whose attention and feed-forward add nothing, because their last weights are zero."""
    import torch

    from course_lib.kit.model import Block, Config
    from course_lib.kit.model.layers import rotary

    config = Config(vocab_size=20, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2)
    block = Block(config)
    with torch.no_grad():
        block.self_attn.o_proj.weight.zero_()
        block.mlp.down_proj.weight.zero_()
        return student.TwoStreamLayer(block)(content, query, *masks, rotary(config, content.shape[1]))


@pytest.mark.grades(
    "plm-layer",
    hint=(
        "x에 어텐션의 결과를 더하고, 거기에 다시 피드포워드의 결과를 더합니다.",
        "돌려주는 차례는 (내용, 질의)입니다.",
        "마스크가 [B, T, T]이면 mask[:, None]으로 헤드의 차원을 끼우세요.",
    ),
)
def test_both_streams_pass_by_what_adds_nothing(submission):
    """어텐션과 피드포워드가 0을 내놓으면 두 흐름은 들어온 그대로 나옵니다. 줄이 셋이고 헤드가 둘이어도 그렇습니다."""
    dice = torch.Generator().manual_seed(0)
    content, query = torch.randn(3, 4, 16, generator=dice), torch.randn(3, 4, 16, generator=dice)
    rank = torch.tensor([[1, 3, 0, 2], [0, 1, 2, 3], [3, 2, 1, 0]])
    masks = [rank[:, None] <= rank[:, :, None], rank[:, None] < rank[:, :, None]]
    found = submission.run(passed_through, content=content, query=query, masks=masks, returns=tuple[torch.Tensor, torch.Tensor])
    if torch.equal(found[0], query) and torch.equal(found[1], content):
        expect.fail("두 흐름을 (질의, 내용)의 차례로 돌려주고 있습니다. (내용, 질의)입니다.", "차례가 바뀜")
    for name, actual, given in zip(("내용", "질의"), found, (content, query), strict=True):
        if actual.shape != given.shape or not torch.allclose(actual, given, atol=1e-6):
            expect.fail(
                f"어텐션과 피드포워드가 0을 내놓는데 {name} 흐름이 들어온 것과 다릅니다. 잔차 연결로 더했는지 보세요.", "잔차 연결 없음"
            )


# -- plm-loss ---------------------------------------------------------------------------------------------------------


@pytest.mark.grades(
    "plm-loss",
    hint=(
        "순서의 마지막 n_predict개가 어느 자리인지 적어 보세요.",
        "last = order[-n_predict:]",
        "logits[:, last]와 ids[:, last]가 짝입니다. 밀지 않습니다.",
    ),
)
def test_plm_loss_of_the_hand_example(submission):
    """순서의 마지막 두 자리에서 평균한 손실은 3 ln 2입니다."""
    right = torch.tensor([1 / 2, 1 / 4, 1 / 8, 1 / 16])
    logits = torch.stack([right, 1 - right], dim=-1).log()[None]
    ids, order = torch.zeros(1, 4, dtype=torch.long), torch.tensor([2, 0, 3, 1])
    known = {
        "마지막 두 자리": (3.5 * math.log(2), "순서를 쓰지 않고 글의 마지막 두 자리를 세고 있습니다."),
        "처음 두 자리": (2 * math.log(2), "순서의 처음 두 자리를 세고 있습니다."),
        "모든 자리": (2.5 * math.log(2), "n_predict를 쓰지 않고 모든 자리를 세고 있습니다."),
    }
    actual = submission.call("plm_loss", logits, ids, order, 2, returns=torch.Tensor)
    _scalar(actual, 3 * math.log(2), "order = [2, 0, 3, 1], n_predict = 2", known)
    every = submission.call("plm_loss", logits, ids, order, 4, returns=torch.Tensor)
    _scalar(every, 2.5 * math.log(2), "n_predict = 4", {})
