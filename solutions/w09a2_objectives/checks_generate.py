"""Hidden checks of generation. They run in the grader; only plain data goes to the student's code and comes back."""

from __future__ import annotations

import pytest
import torch

from course_lib.kit import expect
from course_lib.kit.counterexample import smallest
from course_lib.objectives import filter_logits, generate
from course_lib.objectives.examples import filter_call, generate_call
from course_lib.objectives.judging import close, in_proportion, unchanged
from course_lib.objectives.misconceptions import wrong_filters
from course_lib.objectives.trials import TINY, clear_thresholds, distinct_logits, floats, tiny_decoder, tokens, weights_of

TENSOR = torch.Tensor


# -- clm-filter -------------------------------------------------------------------------------------------------------

FILTER_HINT = (
    "top_k를 쓴 다음 확률을 다시 구하고 top_p를 씁니다.",
    "앞의 것들만으로 이미 top_p에 이르렀는지 보세요: cumsum - p >= top_p",
    "정렬한 차례의 결과를 원래 자리로 되돌리세요.",
)


def _same_filter(submission, logits, top_k, top_p):
    with smallest(submission, *(filter_call(row, top_k, top_p) for row in logits.tolist())):
        actual = submission.call("filter_logits", logits, top_k, top_p, returns=TENSOR)
        given = f"top_k={top_k}, top_p={top_p}"
        close(actual, filter_logits(logits, top_k, top_p), given=given, known=lambda: wrong_filters(logits, top_k, top_p))


@pytest.mark.grades("clm-filter", weight=2, hint=FILTER_HINT)
def test_nucleus_equals_reference(submission, rng):
    """무작위 로짓에서 top_p로 남는 토큰과 로짓이 기준 구현과 같습니다."""
    logits = distinct_logits(rng, 3, 12)
    for top_p in clear_thresholds(rng, logits, 4):
        _same_filter(submission, logits, 0, top_p)


@pytest.mark.grades("clm-filter", weight=2, hint=FILTER_HINT)
def test_both_filters_equal_reference(submission, rng):
    """top_k만 쓸 때, top_k와 top_p를 함께 쓸 때 남는 토큰과 로짓이 기준 구현과 같습니다."""
    for top_k in (int(rng.integers(3, 6)), int(rng.integers(6, 9))):
        logits = distinct_logits(rng, 3, 12)
        _same_filter(submission, logits, top_k, 1.0)
        while True:  # an input on which the order of the two matters
            (top_p,) = clear_thresholds(rng, logits, 1, top_k)
            swapped = filter_logits(filter_logits(logits, 0, top_p), top_k)
            if not torch.equal(swapped.isinf(), filter_logits(logits, top_k, top_p).isinf()):
                break
            logits = distinct_logits(rng, 3, 12)
        _same_filter(submission, logits, top_k, top_p)


def filtered(student, logits, top_k, top_p):
    return student.filter_logits(logits, top_k, top_p), logits


@pytest.mark.grades(
    "clm-filter",
    hint=(
        "top_k ≤ 0이거나 top_p ≥ 1이면 쓰지 않습니다.",
        "top_k가 어휘보다 크면 모두 남습니다.",
        "top_p가 아주 작아도 가장 큰 하나는 남습니다.",
    ),
)
def test_filters_at_the_edges(submission, rng):
    """쓰지 않는 값에서는 그대로이고, 하나는 반드시 남으며, k번째와 같은 값은 모두 남습니다. 입력은 바뀌지 않습니다."""
    logits = distinct_logits(rng, 2, 6)
    tied = logits.clone()
    tied[0] = torch.tensor([1.0, 3.0, 2.0, 2.0, 0.5, 2.0])[torch.from_numpy(rng.permutation(6))]
    cases = ((logits, 0, 1.0), (logits, -1, 1.5), (logits, 99, 1.0), (logits, 0, 1e-4), (logits, 4, 0.0), (logits, 1, 0.9), (tied, 2, 1.0))
    for scores, top_k, top_p in cases:
        actual, after = submission.run(filtered, logits=scores, top_k=top_k, top_p=top_p, returns=tuple[TENSOR, TENSOR])
        with smallest(submission, *(filter_call(row, top_k, top_p) for row in scores.tolist())):
            if not bool((actual > -torch.inf).any(-1).all()):
                expect.fail(f"top_k={top_k}, top_p={top_p}에서 아무것도 남지 않았습니다. 하나는 남아야 합니다.", "아무것도 남지 않음")
            right = filter_logits(scores, top_k, top_p)
            if scores is tied and bool((actual.isinf() & ~right.isinf()).any()):
                expect.fail("k번째와 같은 로짓은 모두 남아야 하는데 버렸습니다.", "동점을 버림")
            close(actual, right, given=f"top_k={top_k}, top_p={top_p}", known=lambda x=(scores, top_k, top_p): wrong_filters(*x))
        unchanged(scores, after, "filter_logits")


# -- clm-generate -----------------------------------------------------------------------------------------------------

GENERATE_HINT = (
    "마지막 자리의 로짓 model(ids)[:, -1]만 씁니다.",
    "끝난 행을 Bool 텐서로 기억하고 그 행에는 pad_id를 붙이세요.",
    "chosen.masked_fill(finished, pad_id), 모두 끝나면 break",
)


def generated(student, weights, sizes, ids, new, eos_id, pad_id):
    from course_lib.kit.model import Config, Decoder

    decoder = Decoder(Config(**sizes)).eval()
    decoder.load_state_dict(weights)
    seen = []

    def model(ids):
        seen.append(ids.clone())
        return decoder(ids)

    made = student.generate(model, ids, new, temperature=0, eos_id=eos_id, pad_id=pad_id)
    return made, seen, ids


def _endings(made, prompt, eos_id, pad_id):
    """What wrong handling of the end makes of an endless continuation, by misconception."""
    right, replaced, one_more = made.clone(), made.clone(), made.clone()
    ends = [next((t for t in range(prompt, made.shape[1]) if row[t] == eos_id), made.shape[1]) for row in made.tolist()]
    for row, end in enumerate(ends):
        right[row, end + 1 :] = pad_id
        replaced[row, end:] = pad_id
        one_more[row, end + 2 :] = pad_id
    last, first = max(ends) + 1, min(ends) + 1
    return {
        "끝난 행을 계속 씀": (made[:, :last], "끝난 행에 계속 새 토큰을 붙이고 있습니다. 그 행에는 pad_id를 붙입니다."),
        "멈추지 않음 (계속 씀)": (made, "eos_id를 보지 않고 끝까지 생성하고 있습니다."),
        "멈추지 않음": (right, "모든 행이 끝났는데도 멈추지 않고 pad_id를 붙이고 있습니다."),
        "한 행이 끝나면 멈춤": (right[:, :first], "한 행이 끝났을 때 멈추고 있습니다. 모든 행이 끝나야 멈춥니다."),
        "eos를 버림": (replaced[:, :last], "eos_id 자신을 pad_id로 바꾸었습니다. eos_id까지 붙이고 그다음부터 채웁니다."),
        "한 토큰 늦게 채움": (one_more[:, :last], "eos_id 다음 토큰을 하나 더 붙인 다음 채우고 있습니다."),
    }


def _prompts_that_end(rng, vocab_size):
    """A model, prompts and an end token that different rows reach at different steps."""
    while True:
        model = tiny_decoder(rng, vocab_size)
        ids = tokens(rng, vocab_size, 4, 4, first=1)
        made = generate(model, ids, 8, temperature=0)
        for eos_id in made[:, 4:].unique().tolist():
            ends = [(row[4:] == eos_id).nonzero()[:, 0].tolist() for row in made]
            if all(ends) and eos_id and len({places[0] for places in ends}) > 1 and max(places[0] for places in ends) < 6:
                after = [row[4 + places[0] + 1] for row, places in zip(made.tolist(), ends, strict=True)]
                if any(token != eos_id for token in after):
                    return model, ids, int(eos_id)


@pytest.mark.grades("clm-generate", weight=2, hint=GENERATE_HINT)
def test_greedy_equals_reference(submission, rng):
    """무작위 가중치의 모델에서 temperature=0으로 생성한 글이 같고, 새 토큰마다 모델을 지금까지의 글로 한 번 부릅니다."""
    vocab_size, pad_id = 6, 0
    model, ids, eos_id = _prompts_that_end(rng, vocab_size)
    endless = generate(model, ids, 8, temperature=0)
    inputs = {"weights": weights_of(model), "sizes": {"vocab_size": vocab_size} | TINY, "ids": ids, "new": 8, "pad_id": pad_id}
    with smallest(submission, generate_call([[0], [1]], 3, None), generate_call([[0], [1]], 3, 2)):
        for end in (None, eos_id):
            right = generate(model, ids, 8, temperature=0, eos_id=end, pad_id=pad_id)
            made, seen, after = submission.run(generated, **inputs, eos_id=end, returns=tuple[TENSOR, list[TENSOR], TENSOR])
            given = f"eos_id={end}, 탐욕적 생성"
            if made.shape == right[:, 4:].shape and torch.equal(made, right[:, 4:]):
                expect.fail("새 토큰만 돌려주고 있습니다. 프롬프트까지 든 [B, T + n]이어야 합니다.", "프롬프트를 뺌")
            if not torch.equal(made[:, :4], ids):
                expect.fail(f"{given}: 결과가 프롬프트로 시작하지 않습니다.", "프롬프트를 바꿈")
            known = dict if end is None else lambda: _endings(endless, 4, eos_id, pad_id)
            close(made, right, given=given, known=known)
            unchanged(ids, after, "generate")
            if len(seen) != right.shape[1] - 4:
                expect.fail(
                    f"{given}: 새 토큰 {right.shape[1] - 4}개에 모델을 {len(seen)}번 불렀습니다. 한 토큰에 한 번입니다.", "모델을 여러 번"
                )


def drawn(student, table, rows, options, seed, noise=0):
    """One token for each of many equal prompts; the model's logits are those of the last token in the table."""
    import torch

    torch.manual_seed(noise)
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    prompts = torch.tensor([[2, 1]]).repeat(rows, 1)
    return student.generate(lambda ids: table[ids], prompts, 1, generator=generator, **options)[:, -1]


def _probabilities(submission, upstream, logits, temperature, top_k, top_p):
    """Of the next token; in the second pass through the student's own filter, whose mistakes are paid for already."""
    scaled = (logits / temperature)[None]
    own = upstream(lambda: True) and submission.call("filter_logits", scaled, top_k, top_p, returns=TENSOR)
    kept = own if own is not None else filter_logits(scaled, top_k, top_p)
    return kept.double().softmax(-1)[0]


def _wrong_draws(logits, temperature, top_k, top_p):
    late = filter_logits(logits[None], top_k, top_p)[0]
    return {
        "온도를 나중에": (
            (late / temperature).softmax(-1),
            "온도를 top_k, top_p보다 나중에 쓰고 있습니다. 차례는 온도, top_k, top_p입니다.",
        ),
        "온도를 곱함": (
            filter_logits(logits[None] * temperature, top_k, top_p)[0].softmax(-1),
            "로짓에 온도를 곱하고 있습니다. 나누어야 합니다.",
        ),
        "온도를 쓰지 않음": (late.softmax(-1), "온도를 쓰지 않고 있습니다."),
        "거르지 않음": ((logits / temperature).softmax(-1), "top_k와 top_p를 쓰지 않고 있습니다."),
        "top_p만 씀": (filter_logits(logits[None] / temperature, 0, top_p)[0].softmax(-1), "top_k를 쓰지 않고 있습니다."),
        "top_k만 씀": (filter_logits(logits[None] / temperature, top_k)[0].softmax(-1), "top_p를 쓰지 않고 있습니다."),
        "고르게 뽑음": (
            (filter_logits(logits[None] / temperature, top_k, top_p)[0] > -torch.inf).double(),
            "남은 토큰을 모두 같은 확률로 뽑고 있습니다.",
        ),
        "뽑지 않음": (torch.nn.functional.one_hot(logits.argmax(), len(logits)).double(), "뽑지 않고 언제나 가장 큰 것을 고르고 있습니다."),
    }


def _setting(rng):
    """Logits and options for which every wrong way draws other shares."""
    while True:
        logits, temperature = distinct_logits(rng, 1, 8)[0], float(rng.choice([0.6, 1.8]))
        top_k = int(rng.integers(4, 7))
        (top_p,) = clear_thresholds(rng, logits[None] / temperature, 1, top_k)
        right = filter_logits(logits[None] / temperature, top_k, top_p)[0].softmax(-1)
        wrong = [torch.as_tensor(p).double() for p, _ in _wrong_draws(logits, temperature, top_k, top_p).values()]
        if (right > 0).sum() > 2 and all((p / p.sum() - right).abs().max() > 0.04 for p in wrong):
            return logits, temperature, top_k, top_p


@pytest.mark.grades(
    "clm-generate",
    weight=2,
    hint=(
        "로짓을 온도로 나누고, top_k, top_p의 차례로 자르고 뽑습니다.",
        "probabilities = filter_logits(logits / temperature, top_k, top_p).softmax(-1)",
        "torch.multinomial(probabilities, 1, generator=generator)",
    ),
)
def test_draws_follow_the_distribution(submission, rng, upstream):
    """온도, top_k, top_p를 쓴 분포에서 뽑습니다. 20,000번 뽑은 횟수가 표준 편차의 6배 안에 있습니다."""
    number = 20_000
    for _ in range(2):
        logits, temperature, top_k, top_p = _setting(rng)
        table = floats(rng, 3, len(logits))
        table[1] = logits
        options = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
        inputs = {"table": table, "rows": number, "options": options, "seed": int(rng.integers(2**31))}
        tokens_drawn = submission.run(drawn, **inputs, returns=TENSOR)
        if not bool(((tokens_drawn >= 0) & (tokens_drawn < len(logits))).all()) or len(tokens_drawn) != number:
            expect.fail("어휘에 없는 토큰이 생성되었습니다.")
        counts = tokens_drawn.bincount(minlength=len(logits)).tolist()
        right = _probabilities(submission, upstream, logits, temperature, top_k, top_p)
        if in_proportion(counts, right.tolist()):
            continue
        for name, (wrong, said) in _wrong_draws(logits, temperature, top_k, top_p).items():
            if in_proportion(counts, (wrong.double() / wrong.double().sum()).tolist()):
                expect.fail(f"{said} (temperature={temperature}, top_k={top_k}, top_p={top_p})", name)
        expect.fail(f"뽑은 횟수 {counts}이(가) 분포와 다릅니다(temperature={temperature}, top_k={top_k}, top_p={top_p}).")


@pytest.mark.grades(
    "clm-generate",
    hint=("뽑을 때 generator를 넘기세요.", "같은 시드의 생성기이면 같은 글이어야 합니다.", "행마다 따로 뽑습니다."),
)
def test_draws_come_from_the_generator(submission, rng):
    """같은 시드의 생성기는 같은 글을, 다른 시드는 다른 글을 만들고, 행마다 따로 뽑습니다. 생성기를 주지 않아도 됩니다."""
    table, options = floats(rng, 8, 8, scale=0.3), {"temperature": 1.0}
    seed = int(rng.integers(2**31))
    runs = [
        submission.run(drawn, table=table, rows=200, options=options, seed=s, noise=noise, returns=TENSOR).tolist()
        for s, noise in ((seed, 1), (seed, 2), (seed + 1, 1), (None, 3))
    ]
    if len(set(runs[0])) == 1:
        expect.fail("확률이 비슷한데 200개의 행이 모두 같은 토큰을 뽑았습니다. 행마다 따로 뽑아야 합니다.", "한 번만 뽑음")
    if runs[0] != runs[1]:
        expect.fail("같은 시드의 생성기인데 글이 다릅니다. generator를 multinomial에 넘기세요.", "생성기를 쓰지 않음")
    if runs[0] == runs[2]:
        expect.fail("생성기의 시드가 다른데 글이 같습니다. 시드를 함수 안에서 정하고 있지 않은지 보세요.", "시드를 스스로 정함")


@pytest.mark.grades(
    "clm-generate",
    hint=("max_new_tokens가 0이면 프롬프트 그대로입니다.", "한 행만 있어도 됩니다.", "n은 max_new_tokens를 넘지 않습니다."),
)
def test_generation_at_the_edges(submission, rng):
    """새 토큰이 0개나 1개여도, 행이 하나여도, 첫 토큰이 곧 eos_id여도 맞습니다."""
    vocab_size = 7
    model = tiny_decoder(rng, vocab_size)
    inputs = {"weights": weights_of(model), "sizes": {"vocab_size": vocab_size} | TINY, "pad_id": 5}
    one = tokens(rng, vocab_size, 1, 3)
    first = int(generate(model, one, 1, temperature=0)[0, -1])
    for ids, new, eos_id in ((one, 0, None), (one, 1, None), (one, 5, first), (one.repeat(3, 1), 4, first), (one, 3, None)):
        right = generate(model, ids, new, temperature=0, eos_id=eos_id, pad_id=5)
        with smallest(submission, generate_call([[0]], new, None if eos_id is None else 1)):
            made, _, _ = submission.run(generated, **inputs, ids=ids, new=new, eos_id=eos_id, returns=tuple[TENSOR, list[TENSOR], TENSOR])
            known = {} if eos_id is None else _endings(generate(model, ids, new, temperature=0), 3, eos_id, 5)
            close(made, right, given=f"프롬프트 {ids.tolist()}, max_new_tokens={new}, eos_id={eos_id}", known=lambda known=known: known)
