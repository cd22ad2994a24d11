"""Hidden checks of measures that mean the same for every objective. Only plain data goes to the student's code and comes back."""

from __future__ import annotations

import math

import pytest
import torch

from course_lib.kit import expect
from course_lib.kit.counterexample import smallest
from course_lib.objectives import distinct_n, infill, pseudo_perplexity, steps_to_threshold
from course_lib.objectives.examples import distinct_call, infill_call, pseudo_perplexity_call, steps_call
from course_lib.objectives.judging import TOLERANCE, unchanged
from course_lib.objectives.trials import TINY, telling, tiny_encoder, tokens, weights_of
from course_lib.objectives.wrong_measures import wrong_distinct, wrong_infills, wrong_pseudo_perplexities, wrong_steps

TENSOR = torch.Tensor
VOCABULARY, MASK = 9, 8
SIZES = {"vocab_size": VOCABULARY} | TINY


def _near(actual, expected):
    return math.isclose(actual, expected, rel_tol=TOLERANCE, abs_tol=1e-9)


def _same_number(actual, expected, known, given):
    """Fail unless two numbers are equal to within 1e-4 of the right one; name a misconception."""
    if _near(actual, expected):
        return
    for name, (wrong, said) in known.items():
        if _near(actual, wrong) and not math.isclose(wrong, expected, rel_tol=10 * TOLERANCE):
            expect.fail(f"{said} ({given})", name)
    expect.fail(f"{given}에서 나온 값 {actual:.5g}이(가) 기대한 값과 다릅니다.")


# -- cmp-ppl ----------------------------------------------------------------------------------------------------------

PPL_HINT = (
    "토큰을 하나씩만 가린 글을 n줄 만드세요.",
    "가린 자리에서 원래 토큰의 로그 확률을 꺼냅니다.",
    "로그 확률의 평균에 음수를 붙여 exp를 취합니다.",
)


def pseudo(student, weights, sizes, ids, mask_id, special):
    from course_lib.kit.model import Config, Encoder

    encoder = Encoder(Config(**sizes)).eval()
    encoder.load_state_dict(weights)
    seen = []

    def model(rows):
        seen.append(rows.clone())
        return encoder(rows)

    given = ids.clone()
    value = (
        student.pseudo_perplexity(model, given, mask_id, special)
        if special is not None
        else student.pseudo_perplexity(model, given, mask_id)
    )
    return float(value), seen, given


@pytest.mark.grades("cmp-ppl", weight=2, hint=PPL_HINT)
def test_pseudo_perplexity_equals_reference(submission, rng):
    """무작위 가중치의 모델에서 의사 혼란도가 기준 구현과 같고, 특수 토큰은 세지 않습니다. 허용 오차는 값의 1e-4배입니다."""
    model = tiny_encoder(rng, VOCABULARY)
    for marked in (False, True):
        ids = tokens(rng, MASK, int(rng.integers(6, 10)))
        special = torch.zeros(len(ids), dtype=torch.bool)
        special[[0, -1]] = marked
        inputs = {"weights": weights_of(model), "sizes": SIZES, "ids": ids, "mask_id": MASK, "special": special if marked else None}
        with smallest(submission, pseudo_perplexity_call(ids.tolist(), special.tolist() if marked else None)):
            value, _, after = submission.run(pseudo, **inputs, returns=tuple[float, list[TENSOR], TENSOR])
            right = pseudo_perplexity(model, ids, MASK, special)
            _same_number(value, right, wrong_pseudo_perplexities(model, ids, MASK, special), f"길이 {len(ids)}인 글")
        unchanged(ids, after, "pseudo_perplexity")


@pytest.mark.grades(
    "cmp-ppl",
    hint=("모델이 보는 줄마다 <mask>는 하나뿐입니다.", "특수 토큰은 가리지 않습니다.", "masked[rows, places] = mask_id"),
)
def test_one_token_is_masked_at_a_time(submission, rng):
    """모델이 받은 줄마다 토큰 하나만 <mask>로 바뀌어 있고, 특수 토큰이 아닌 모든 자리를 한 번씩 가립니다. 고른 확률이면 V입니다."""
    ids = tokens(rng, MASK, int(rng.integers(6, 10)))
    special = torch.arange(len(ids)) % 4 == 1
    model = tiny_encoder(rng, VOCABULARY)
    with torch.no_grad():
        model.lm_head.weight.zero_()
    inputs = {"weights": weights_of(model), "sizes": SIZES, "ids": ids, "mask_id": MASK, "special": special}
    with smallest(submission, pseudo_perplexity_call(ids.tolist(), special.tolist())):
        value, seen, _ = submission.run(pseudo, **inputs, returns=tuple[float, list[TENSOR], TENSOR])
        _same_number(value, float(VOCABULARY), {}, "모든 토큰의 확률이 같은 모델")
    rows = [row for batch in seen for row in batch.reshape(-1, batch.shape[-1])]
    if any(row.shape != ids.shape for row in rows):
        expect.fail("모델이 받은 줄의 길이가 글과 다릅니다.")
    changed = [(row != ids).nonzero()[:, 0].tolist() for row in rows]
    if any(len(places) > 1 for places in changed):
        expect.fail("한 줄에서 토큰을 둘 이상 가리고 있습니다. 하나씩 가려야 나머지를 모두 볼 수 있습니다.", "한꺼번에 가림")
    masked = [places[0] for places in changed if places and int(rows[changed.index(places)][places[0]]) == MASK]
    if any(bool(special[place]) for place in masked):
        expect.fail("special_mask가 True인 자리를 가리고 있습니다.", "특수 토큰을 셈")
    if set(masked) != set((~special).nonzero()[:, 0].tolist()):
        expect.fail("가리지 않은 자리가 있습니다. 특수 토큰이 아닌 모든 자리를 하나씩 가립니다.", "가리지 않음")


# -- cmp-distinct -----------------------------------------------------------------------------------------------------


def _samples(rng):
    return [[int(token) for token in rng.integers(0, 4, int(rng.integers(0, 9)))] for _ in range(6)]


def _told_apart(samples, n):
    """Two equal answers where a misconception gives the right one."""
    return [True, distinct_n(samples, n) in (wrong for wrong, _ in wrong_distinct(samples, n).values())]


DISTINCT_HINT = (
    "모든 글의 n-그램을 한데 모으세요.",
    "글마다 따로 자르면 경계를 넘지 않습니다.",
    "len(set(grams)) / len(grams)",
)


@pytest.mark.grades("cmp-distinct", weight=2, hint=DISTINCT_HINT)
def test_distinct_equals_reference(submission, rng):
    """무작위 글들에서 n이 1, 2, 3일 때 서로 다른 n-그램의 비율이 기준 구현과 같습니다."""
    for n in (2, 3, 1):
        samples = telling(rng, _samples, lambda samples, n=n: _told_apart(samples, n)) if n > 1 else [*_samples(rng), [0, 0, 1]]
        with smallest(submission, distinct_call(samples, n)):
            actual = submission.call("distinct_n", samples, n, returns=float)
            _same_number(actual, distinct_n(samples, n), wrong_distinct(samples, n), f"distinct_n({expect.show(samples)}, {n})")


def distinct_of_generator(student, samples, n):
    return float(student.distinct_n((sample for sample in samples), n))


@pytest.mark.grades(
    "cmp-distinct",
    hint=("n보다 짧은 글에는 n-그램이 없습니다.", "n-그램이 하나도 없으면 0.0입니다.", "글의 제너레이터는 한 번만 읽을 수 있습니다."),
)
def test_distinct_at_the_edges(submission, rng):
    """n-그램이 없으면 0.0이고, n보다 짧은 글은 세지 않으며, 글을 한 번만 읽을 수 있어도 됩니다."""
    first = int(rng.integers(0, 50))
    cases = (([], 2), ([[]], 1), ([[first], [first]], 2), ([[first, first]], 2), ([[first] * 7], 2), ([[first, 1], [2, first]], 2))
    for samples, n in cases:
        with smallest(submission, distinct_call(samples, n)):
            actual = submission.call("distinct_n", samples, n, returns=float)
            _same_number(actual, distinct_n(samples, n), wrong_distinct(samples, n), f"distinct_n({samples}, {n})")
    samples = [[first, 1, 2, first, 1], [first, 1, 3]]
    with smallest(submission, distinct_call(samples, 2)):
        actual = submission.run(distinct_of_generator, samples=samples, n=2, returns=float)
        _same_number(actual, distinct_n(samples, 2), {}, f"제너레이터로 준 {samples}")


# -- cmp-steps --------------------------------------------------------------------------------------------------------

STEPS_HINT = (
    "처음으로 문턱 이하가 된 기록을 찾으세요.",
    "값이 문턱과 같아도 됩니다(<=).",
    "next((step for step, value in zip(steps, values) if value <= threshold), None)",
)


def _curve(rng):
    """Steps, noisy falling values, and one of the values as the threshold, which is reached, left and reached again."""
    steps = [int(step) for step in rng.integers(3, 12, 14).cumsum()]
    values = [round(6 - 0.3 * i + float(rng.normal(0, 0.5)), 2) for i in range(14)]
    return steps, values, values[int(rng.integers(4, 9))]


def _same_steps(submission, steps, values, threshold):
    with smallest(submission, steps_call(steps, values, threshold)):
        actual = submission.call("steps_to_threshold", steps, values, threshold, returns=int | None)
        given = f"steps_to_threshold({expect.show(steps)}, {expect.show(values)}, {threshold})"
        expect.equal(actual, steps_to_threshold(steps, values, threshold), given=given, known=wrong_steps(steps, values, threshold))


@pytest.mark.grades("cmp-steps", weight=2, hint=STEPS_HINT)
def test_steps_equal_reference(submission, rng):
    """들쭉날쭉한 곡선에서 처음으로 문턱 이하가 된 단계가 기준 구현과 같습니다."""
    for _ in range(3):
        curve = telling(rng, _curve, lambda c: [steps_to_threshold(*c), *(wrong for wrong, _ in wrong_steps(*c).values())])
        _same_steps(submission, *curve)


@pytest.mark.grades(
    "cmp-steps", hint=("끝까지 닿지 않으면 None입니다.", "0이나 마지막 단계가 아니라 None입니다.", "첫 기록에서 닿을 수도 있습니다.")
)
def test_steps_at_the_edges(submission, rng):
    """닿지 않으면 None, 첫 기록에서 닿으면 첫 단계, 기록이 없으면 None이고, 문턱과 같은 값도 닿은 것입니다."""
    steps, values, _ = _curve(rng)
    exact = [9.0, 8.0, 7.5, 7.0]
    for case in ((steps, values, -5.0), (steps, values, 99.0), ([], [], 1.0), ([0, 5, 9, 20], exact, 7.5), ([4], [2.0], 2.0)):
        _same_steps(submission, *case)


# -- cmp-infill -------------------------------------------------------------------------------------------------------

INFILL_HINT = (
    "왼쪽 빈칸부터 하나씩 채우고, 채운 글을 다시 모델에 넣으세요.",
    "<mask>의 로짓은 -inf로 바꾸고 argmax를 취합니다.",
    "filled = ids.clone()에서 시작하세요.",
)


def filled(student, weights, sizes, ids, mask_id):
    from course_lib.kit.model import Config, Encoder

    encoder = Encoder(Config(**sizes)).eval()
    encoder.load_state_dict(weights)
    seen = []

    def model(rows):
        seen.append(rows.clone())
        return encoder(rows)

    given = ids.clone()
    return student.infill(model, given, mask_id), seen, given


def _blanks(rng):
    """A model that likes the mask, and a text for which every way, right or wrong, gives something else."""

    def draw(rng):
        model = tiny_encoder(rng, VOCABULARY)
        with torch.no_grad():
            model.lm_head.weight[MASK] *= 3.0
        ids = tokens(rng, MASK, int(rng.integers(7, 10)))
        ids[torch.from_numpy(rng.permutation(len(ids))[:4])] = MASK
        return model, ids

    def answers(drawn):
        return [infill(*drawn, MASK).tolist(), *(wrong.tolist() for wrong, _ in wrong_infills(*drawn, MASK).values())]

    return telling(rng, draw, answers)


@pytest.mark.grades("cmp-infill", weight=2, hint=INFILL_HINT)
def test_infill_equals_reference(submission, rng):
    """무작위 가중치의 모델에서 왼쪽부터 하나씩 채운 결과가 기준 구현과 같습니다."""
    for _ in range(2):
        model, ids = _blanks(rng)
        inputs = {"weights": weights_of(model), "sizes": SIZES, "ids": ids, "mask_id": MASK}
        with smallest(submission, infill_call([5, 1, 5, 2]), infill_call([1, 5, 5, 5, 2, 5])):
            found, _, after = submission.run(filled, **inputs, returns=tuple[TENSOR, list[TENSOR], TENSOR])
            right = infill(model, ids, MASK)
            if not torch.equal(found, right):
                known = {name: (wrong.tolist(), said) for name, (wrong, said) in wrong_infills(model, ids, MASK).items()}
                if found.tolist() != right.tolist() and not torch.equal(found[ids != MASK], right[ids != MASK]):
                    expect.fail("빈칸이 아닌 토큰이 바뀌었습니다.", "다른 토큰을 바꿈")
                expect.equal(found.tolist(), right.tolist(), given=f"{ids.tolist()} (<mask> = {MASK})", known=known)
        unchanged(ids, after, "infill")


@pytest.mark.grades(
    "cmp-infill",
    hint=("빈칸마다 모델을 한 번 부릅니다.", "다음 빈칸을 채울 때 앞의 답이 보여야 합니다.", "빈칸이 없으면 그대로입니다."),
)
def test_infill_step_by_step(submission, rng):
    """빈칸마다 모델을 한 번 부르고, 그때까지 채운 것을 모두 보여 줍니다. 빈칸이 없으면 그대로 돌려줍니다."""
    model, ids = _blanks(rng)
    inputs = {"weights": weights_of(model), "sizes": SIZES, "mask_id": MASK}
    with smallest(submission, infill_call([5, 1, 5, 2])):
        found, seen, _ = submission.run(filled, **inputs, ids=ids, returns=tuple[TENSOR, list[TENSOR], TENSOR])
        blanks = int((ids == MASK).sum())
        left = [int((rows == MASK).sum()) for rows in seen]
        if bool((found == MASK).any()):
            expect.fail("결과에 <mask>가 남았습니다. <mask> 자신은 답이 될 수 없습니다.", "<mask>가 답")
        if len(seen) != blanks or left != list(range(blanks, 0, -1)):
            said = f"빈칸 {blanks}개에 모델을 {len(seen)}번 불렀고, 그때 남은 빈칸은 {left}개입니다."
            expect.fail(f"{said} 하나씩 채우며 빈칸마다 한 번 불러야 합니다.", "한꺼번에 채움")
    whole = tokens(rng, MASK, 5)
    untouched, _, _ = submission.run(filled, **inputs, ids=whole, returns=tuple[TENSOR, list[TENSOR], TENSOR])
    if not torch.equal(untouched, whole):
        expect.fail("빈칸이 없는 글이 바뀌었습니다.")
