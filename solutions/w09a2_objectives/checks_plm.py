"""Hidden checks of permutation language modelling. They run in the grader; only plain data goes to the student's code and comes back."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest
import torch

from course_lib.kit import expect
from course_lib.kit.counterexample import smallest
from course_lib.objectives import TwoStreamLayer, plm_loss, two_stream_masks
from course_lib.objectives.examples import order_call, order_loss_call
from course_lib.objectives.judging import boolean, close, likely, scalar
from course_lib.objectives.misconceptions import wrong_plm_losses, wrong_two_stream_masks
from course_lib.objectives.trials import TINY, crooked_order, floats, tiny_two_stream, tokens, weights_of
from course_lib.objectives.wrong_layers import WRONG_LAYERS

TENSOR = torch.Tensor


# -- plm-order --------------------------------------------------------------------------------------------------------


def orders(student, length, number, seed, noise=0):
    import torch

    torch.manual_seed(noise)
    generator = torch.Generator().manual_seed(seed)
    return torch.stack([student.sample_order(length, generator) for _ in range(number)])


@pytest.mark.grades(
    "plm-order",
    weight=2,
    hint=("모든 순서가 똑같이 나와야 합니다.", "부를 때마다 새로 뽑으세요.", "torch.randperm(length, generator=generator)"),
)
def test_orders_are_drawn_evenly(submission, rng):
    """순서는 순열이고, 4자리의 24가지 순서가 모두 똑같이 나오며(4,800번, 표준 편차의 6배), 같은 시드는 같은 순서를 줍니다."""
    seed, number = int(rng.integers(2**31)), 4_800
    drawn = submission.run(orders, length=4, number=number, seed=seed, returns=TENSOR)
    if drawn.dtype != torch.long:
        expect.fail(f"순서는 Long 텐서여야 하는데 {str(drawn.dtype).removeprefix('torch.')}입니다.")
    if not torch.equal(drawn.sort(-1).values, torch.arange(4).expand(number, 4)):
        expect.fail("순서가 0부터 T - 1까지를 한 번씩 담은 순열이 아닙니다.", "순열이 아님")
    counts = Counter(map(tuple, drawn.tolist()))
    if len(counts) == 1:
        expect.fail(f"4,800번을 뽑아도 언제나 {next(iter(counts))}입니다. 부를 때마다 새로 뽑아야 합니다.", "언제나 같은 순서")
    if missing := [order for order in permutations(range(4)) if order not in counts]:
        expect.fail(f"나오지 않는 순서가 있습니다. 예: {missing[0]}", "나오지 않는 순서")
    if not all(likely(count, number, 1 / 24) for count in counts.values()):
        expect.fail("어떤 순서가 다른 순서보다 자주 나옵니다. T!가지가 모두 똑같이 나와야 합니다.", "고르지 않은 순서")
    runs = [submission.run(orders, length=20, number=3, seed=seed, noise=noise, returns=TENSOR) for noise in (1, 2)]
    if not torch.equal(*runs):
        expect.fail("같은 시드의 생성기인데 순서가 다릅니다. generator를 randperm에 넘기세요.", "생성기를 쓰지 않음")


def _same_masks(submission, order):
    with smallest(submission, order_call(order.tolist())):
        found = submission.call("two_stream_masks", order, returns=tuple[TENSOR, TENSOR])
        right = two_stream_masks(order)
        for mask in found:
            boolean(mask, "two_stream_masks")
            if mask.shape != right[0].shape:
                expect.fail(f"마스크의 모양이 {tuple(mask.shape)}입니다. {tuple(right[0].shape)}이어야 합니다.")
        if all(map(torch.equal, found, right)):
            return
        for name, (wrong, said) in wrong_two_stream_masks(order).items():
            if all(map(torch.equal, found, wrong)):
                expect.fail(f"{said} (order={order.tolist()})", name)
        for stream, mask, wanted in zip(("내용", "질의"), found, right, strict=True):
            if not torch.equal(mask, wanted):
                row = int((mask != wanted).any(1).nonzero()[0, 0])
                seen = mask[row].nonzero()[:, 0].tolist()
                expect.fail(f"순서 {order.tolist()}의 {stream} 마스크에서 자리 {row}이(가) {seen}을(를) 봅니다. 약속과 다릅니다.")


@pytest.mark.grades(
    "plm-order",
    weight=3,
    hint=(
        "order[i]는 i번째로 맞힐 자리이고, 자리의 순위는 그 역순열입니다.",
        "rank = order.argsort()",
        "내용: rank[None, :] <= rank[:, None], 질의: rank[None, :] < rank[:, None]",
    ),
)
def test_masks_of_random_orders(submission, rng):
    """역순열이 자기와 다른 무작위 순서에서 두 마스크가 기준 구현과 같습니다."""
    for length in (5, 7, int(rng.integers(9, 14))):
        _same_masks(submission, crooked_order(rng, length))


@pytest.mark.grades(
    "plm-order",
    hint=("자연스러운 순서의 내용 마스크는 인과 마스크입니다.", "맨 먼저 맞힐 자리의 질의는 아무것도 보지 않습니다.", "길이 1도 됩니다."),
)
def test_masks_at_the_edges(submission, rng):
    """자연스러운 순서, 거꾸로 된 순서, 길이 1에서도 맞고, 맨 먼저 맞힐 자리의 질의는 아무것도 보지 않습니다."""
    length = int(rng.integers(4, 8))
    for order in (torch.arange(length), torch.arange(length).flip(0), torch.arange(1), torch.arange(length).roll(2)):
        _same_masks(submission, order)


# -- plm-layer --------------------------------------------------------------------------------------------------------

LAYER_HINT = (
    "키와 값은 두 흐름 모두 이 층에 들어온 내용에서 옵니다.",
    "memory = block.input_layernorm(content)를 두 흐름이 함께 씁니다.",
    "x = x + self_attn(input_layernorm(x), memory, …); x = x + mlp(post_attention_layernorm(x))",
)


def two_stream_logits(student, weights, sizes, ids, content_mask, query_mask):
    from course_lib.kit.model import Config, TwoStream

    model = TwoStream(Config(**sizes), student.TwoStreamLayer).eval()
    model.load_state_dict(weights)
    return model(ids, content_mask, query_mask)


def _sizes(vocab_size):
    return {"vocab_size": vocab_size} | TINY


def _wrong_layers(rng_model, ids, masks):
    """Logits by misconception."""
    found = {}
    for name, (layer, said) in WRONG_LAYERS.items():
        rng_model.streams = [layer(block) for block in rng_model.model.layers]
        with torch.no_grad():
            found[name] = (rng_model(ids, *masks), said)
    return found


@pytest.mark.grades("plm-layer", weight=2, hint=LAYER_HINT)
def test_layers_equal_reference(submission, rng):
    """무작위 가중치의 두 층에서 질의 흐름의 로짓이 기준 구현과 같습니다. 허용 오차는 가장 큰 값의 1e-4배입니다."""
    vocab_size, length = 12, int(rng.integers(6, 9))
    model = tiny_two_stream(rng, TwoStreamLayer, vocab_size)
    ids, masks = tokens(rng, vocab_size, 2, length), two_stream_masks(crooked_order(rng, length))
    with torch.no_grad():
        right = model(ids, *masks)
    inputs = {"weights": weights_of(model), "sizes": _sizes(vocab_size), "ids": ids}
    actual = submission.run(two_stream_logits, **inputs, content_mask=masks[0], query_mask=masks[1], returns=TENSOR)
    close(actual, right, given="무작위 순서와 가중치의 두 층", known=lambda: _wrong_layers(model, ids, masks))


@pytest.mark.grades(
    "plm-layer",
    weight=2,
    hint=(
        "질의 흐름은 순위가 앞선 자리에만 기댑니다.",
        "두 번째 층의 키와 값도 내용 흐름에서 옵니다.",
        "내용 흐름에는 content_mask, 질의 흐름에는 query_mask를 씁니다.",
    ),
)
def test_dependencies_follow_the_order(submission, rng):
    """두 층을 지나도, 토큰 j를 바꾸면 j보다 순위가 뒤인 자리의 출력만 달라집니다."""
    vocab_size, length = 12, int(rng.integers(6, 9))
    model = tiny_two_stream(rng, TwoStreamLayer, vocab_size)
    order = crooked_order(rng, length)
    masks = two_stream_masks(order)
    ids = tokens(rng, vocab_size, length).repeat(length + 1, 1)
    places = torch.arange(length)
    ids[places, places] = (ids[places, places] + 5) % vocab_size
    inputs = {"weights": weights_of(model), "sizes": _sizes(vocab_size), "ids": ids}
    logits = submission.run(two_stream_logits, **inputs, content_mask=masks[0], query_mask=masks[1], returns=TENSOR)
    if logits.shape != (length + 1, length, vocab_size) or not bool(logits.isfinite().all()):
        expect.fail("두 흐름의 층을 지난 로짓의 모양이 다르거나 유한하지 않습니다.", "NaN")
    depends = ((logits[:-1] - logits[-1]).abs().amax(-1) > 1e-5).T
    if bool(depends.diagonal().any()):
        place = int(depends.diagonal().nonzero()[0, 0])
        expect.fail(f"자리 {place}의 토큰을 바꾸었더니 그 자리의 질의 흐름이 달라집니다. 답이 새고 있습니다.", "질의가 자기를 봄")
    if bool((depends & ~masks[1]).any()):
        target, source = (int(place) for place in (depends & ~masks[1]).nonzero()[0])
        expect.fail(f"순서 {order.tolist()}에서 자리 {target}이(가) 나중에 올 자리 {source}의 토큰에 기댑니다.", "나중 것을 봄")
    if bool((~depends & masks[1]).any()):
        target, source = (int(place) for place in (~depends & masks[1]).nonzero()[0])
        expect.fail(f"순서 {order.tolist()}에서 자리 {target}이(가) 앞에 온 자리 {source}의 토큰에 기대지 않습니다.", "앞의 것을 보지 않음")


def one_layer(student, weights, sizes, content, query, content_mask, query_mask):
    from course_lib.kit.model import Block, Config
    from course_lib.kit.model.layers import rotary

    config = Config(**sizes)
    block = Block(config)
    block.load_state_dict(weights)
    leaf = content.clone().requires_grad_()
    out = student.TwoStreamLayer(block)(leaf, query, content_mask, query_mask, rotary(config, content.shape[1]))
    out[1].sum().backward()
    return tuple(x.detach() for x in out), leaf.grad


@pytest.mark.grades(
    "plm-layer",
    hint=(
        "마스크가 [B, T, T]이면 헤드의 차원을 끼워 [B, 1, T, T]로 만드세요.",
        "돌려주는 차례는 (내용, 질의)입니다.",
        "볼 것이 없는 자리의 질의도 잔차 연결과 피드포워드를 지나갑니다.",
    ),
)
def test_one_layer_with_an_order_per_row(submission, rng):
    """줄마다 순서가 다른 [B, T, T] 마스크에서 한 층의 두 출력과 기울기가 기준 구현과 같습니다."""
    from course_lib.kit.model.layers import rotary

    length, rows = int(rng.integers(5, 8)), 3
    model = tiny_two_stream(rng, TwoStreamLayer)
    block, size = model.model.layers[0], model.config.hidden_size
    content, query = floats(rng, rows, length, size), floats(rng, rows, length, size)
    masks = [torch.stack(pair) for pair in zip(*(two_stream_masks(crooked_order(rng, length)) for _ in range(rows)), strict=True)]
    leaf = content.clone().requires_grad_()
    right = TwoStreamLayer(block)(leaf, query, *masks, rotary(model.config, length))
    right[1].sum().backward()
    inputs = {"weights": weights_of(block), "sizes": _sizes(24), "content": content, "query": query}
    result = tuple[tuple[TENSOR, TENSOR], TENSOR]
    found, gradient = submission.run(one_layer, **inputs, content_mask=masks[0], query_mask=masks[1], returns=result)
    if all(map(torch.equal, found, (right[1].detach(), right[0].detach()))):
        expect.fail("두 흐름을 (질의, 내용)의 차례로 돌려주고 있습니다. (내용, 질의)입니다.", "차례가 바뀜")
    if bool(gradient.isnan().any()):
        expect.fail("기울기에 NaN이 있습니다. 볼 것이 없는 자리를 masked_attention에 맡기세요.", "기울기의 NaN")
    for name, actual, expected in zip(("내용", "질의"), found, right, strict=True):
        stale = {"내용이 그대로": (content, "내용 흐름을 바꾸지 않고 그대로 돌려주고 있습니다.")} if name == "내용" else {}
        close(actual, expected.detach(), given=f"한 층을 지난 {name} 흐름", known=lambda stale=stale: stale)
    close(gradient, leaf.grad, given="내용에 대한 질의 흐름의 기울기")


# -- plm-loss ---------------------------------------------------------------------------------------------------------

LOSS_HINT = (
    "질의 흐름의 자리 i는 자리 i의 토큰을 맞힙니다. 밀지 않습니다.",
    "order의 마지막 n_predict개가 맞힐 자리입니다.",
    "last = order[-n_predict:]; logits[:, last]와 ids[:, last]가 짝입니다.",
)


@pytest.mark.grades("plm-loss", weight=2, hint=LOSS_HINT)
def test_permuted_loss_equals_reference(submission, rng):
    """무작위 순서와 로짓에서 순서의 마지막 n_predict 자리의 cross_entropy와 같습니다. 허용 오차는 1e-4입니다."""
    for rows, length, vocab_size in ((1, 7, 5), (3, int(rng.integers(9, 13)), 8)):
        order = crooked_order(rng, length)
        n_predict = int(rng.integers(2, length // 2))
        logits, ids = floats(rng, rows, length, vocab_size, scale=2.0), tokens(rng, vocab_size, rows, length)
        with smallest(submission, order_loss_call(order.tolist(), n_predict)):
            actual = scalar(submission.call("plm_loss", logits, ids, order, n_predict), "plm_loss")
            given = f"order={order.tolist()}, n_predict={n_predict}"
            known = lambda x=(logits, ids, order, n_predict): wrong_plm_losses(*x)  # noqa: E731
            close(actual, plm_loss(logits, ids, order, n_predict), given=given, known=known)


def permuted_loss_gradient(student, logits, ids, order, n_predict):
    leaf = logits.clone().requires_grad_()
    loss = student.plm_loss(leaf, ids, order, n_predict)
    loss.backward()
    return loss.detach(), leaf.grad


@pytest.mark.grades(
    "plm-loss",
    hint=("n_predict가 1이면 순서의 맨 끝 하나만 셉니다.", "n_predict가 T이면 모두 셉니다.", "세지 않는 자리에는 기울기가 없습니다."),
)
def test_permuted_loss_at_the_edges(submission, rng):
    """n_predict가 1일 때와 T일 때도 맞고, 세지 않는 자리의 로짓에는 기울기가 없습니다."""
    length = int(rng.integers(6, 10))
    order = crooked_order(rng, length)
    logits, ids = floats(rng, 2, length, 6), tokens(rng, 6, 2, length)
    for n_predict in (1, length - 2, length):
        leaf = logits.clone().requires_grad_()
        right = plm_loss(leaf, ids, order, n_predict)
        right.backward()
        inputs = {"logits": logits, "ids": ids, "order": order, "n_predict": n_predict}
        with smallest(submission, order_loss_call(order.tolist(), n_predict)):
            loss, gradient = submission.run(permuted_loss_gradient, **inputs, returns=tuple[TENSOR, TENSOR])
            given = f"order={order.tolist()}, n_predict={n_predict}"
            known = lambda x=(logits, ids, order, n_predict): wrong_plm_losses(*x)  # noqa: E731
            close(scalar(loss, "plm_loss"), right.detach(), given=given, known=known)
            close(gradient, leaf.grad, given=f"{given}의 기울기", tolerance=1e-5)
