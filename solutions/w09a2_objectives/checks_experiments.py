"""Hidden checks of the experiments: tables are claims that are computed again from their beginning, and conclusions follow from them."""

from __future__ import annotations

import math

import pytest
import torch

from autograder import claims
from course_lib.kit import expect
from course_lib.objectives import TwoStreamLayer, two_stream_masks
from course_lib.objectives.judging import SIGMAS
from course_lib.objectives.trials import TINY, crooked_order, tiny_two_stream, tokens, weights_of

TENSOR = torch.Tensor
STEPS, RATES, VOCABULARY = {"cpu": 1_200, "gpu": 3_000}, (0.15, 0.3, 0.5), 1_024
BATCH = {"cpu": 8 * 64, "gpu": 16 * 128}
TOGETHER = 0.002  # of a loss; other threads and rounding of weights part it by a millionth in the first twenty steps
NEAR_START = 0.05
LEARNT = 0.25  # of the questions, twice as many as by chance; right solutions answer far more, whatever their seed
PACK_HINT = (
    "표를 만드는 셀을 끝까지 실행했나요?",
    "PROFILE을 'cpu'로 두세요.",
    "제출할 때는 python -m course_lib.kit pack을 실행하고 pack 폴더를 함께 냅니다.",
)
AGAIN_HINT = ("표는 제출한 코드로 만든 것이어야 합니다.", "코드를 고쳤다면 pack을 다시 실행하세요.")
CLAIM_HINT = ("표의 수를 다시 읽어 보세요.", "행의 번호는 표에 출력된 번호입니다.", "결론을 만드는 함수를 쓰면 표와 어긋나지 않습니다.")


def trained(student, objective, steps, seed, first, rate, profile):
    import torch

    torch.set_num_threads(1)
    arm = student.train_arm(objective, steps, seed, first=first, rate=rate, profile=profile)
    return {"steps": arm.log.steps, "losses": arm.log.losses, "weights": arm.weights, "targets": arm.targets}


def _again(submission, evidence, objective, steps, seed, first, rate=0.15):
    """The first steps of a training with the student's code; ``first`` is 1, 11 or 21, so that the last of them is logged."""
    inputs = {"objective": objective, "steps": steps, "seed": seed, "first": first, "rate": rate, "profile": evidence.profile}
    return submission.run(trained, **inputs, returns=dict[str, object], timeout=90)


def _same_losses(claimed, again, what):
    """Fail unless the logged losses of a table begin as those that were computed again."""
    losses = again.get("losses")
    if not isinstance(losses, list) or not losses or expect.mismatch(losses, list[float]):
        expect.fail(f"{what}: train_arm의 기록을 읽을 수 없습니다.")
    for (step, loss), fresh in zip(claimed, losses, strict=False):
        if not abs(loss - fresh) <= TOGETHER * abs(fresh):
            expect.fail(f"{what}의 단계 {step}: 표에는 {loss:.4f}, 제출한 코드로 다시 계산하면 {fresh:.4f}입니다.", "다시 계산한 값과 다름")


def _near_start(loss, what):
    if not abs(loss / math.log(VOCABULARY) - 1) <= NEAR_START:
        expect.fail(f"{what}의 첫 손실 {loss:.3f}이(가) ln V = {math.log(VOCABULARY):.3f}의 5 % 안에 있지 않습니다.", "첫 손실이 다름")


# -- exp-curves -------------------------------------------------------------------------------------------------------

CURVE = {"objective": str, "seed": int, "steps": int, "vocab_size": int, "step": int, "loss": float, "perplexity": float}


def _curve(submission, evidence):
    submission.call("curve_rows", [0, 10], [2.0, 1.0], returns=list[dict[str, int | float]])
    rows = claims.table(evidence, "curve", CURVE)
    steps = STEPS[evidence.profile]
    logged = [*range(0, steps, 10), *([steps - 1] if (steps - 1) % 10 else [])]
    if [row["step"] for row in rows] != logged or {row["steps"] for row in rows} != {steps}:
        expect.fail(f"표 curve의 단계가 0부터 {steps - 1}까지 열마다 하나가 아닙니다.", "빠진 행")
    if {row["vocab_size"] for row in rows} != {VOCABULARY}:
        expect.fail(f"표 curve의 vocab_size가 {VOCABULARY}이(가) 아닙니다.")
    return rows


@pytest.mark.grades(
    "exp-curves",
    hint=("혼란도는 평균한 손실의 exp입니다.", "배치마다 exp를 취해 평균하지 않습니다.", "math.exp(loss)"),
)
def test_perplexity_of_the_curve(submission, evidence, rng):
    """curve_rows가 손실의 exp를 혼란도로 적고, 표의 모든 행도 그렇습니다."""
    losses = [round(float(value), 3) for value in rng.uniform(1.0, 5.0, 4)]
    steps = [int(step) for step in rng.integers(1, 9, 4).cumsum()]
    found = submission.call("curve_rows", steps, losses, returns=list[dict[str, int | float]])
    if [(row.get("step"), row.get("loss")) for row in found] != list(zip(steps, losses, strict=True)):
        expect.fail(f"curve_rows({steps}, {losses})의 step과 loss가 받은 것과 다릅니다: {expect.show(found)}")
    said = {
        "2의 거듭제곱": (lambda loss: 2**loss, "2를 거듭제곱했습니다. 손실이 나트이므로 exp입니다."),
        "부호": (lambda loss: math.exp(-loss), "부호가 반대입니다. 혼란도는 exp(손실)입니다."),
        "손실 그대로": (lambda loss: loss, "혼란도에 손실을 그대로 적었습니다."),
    }
    for row in [*found, *_curve(submission, evidence)]:
        loss, value = row["loss"], row.get("perplexity", -1.0)
        if not 0 <= loss <= 50 or not math.isclose(value, math.exp(loss), rel_tol=1e-6):
            for name, (wrong, explanation) in said.items():
                if 0 <= loss <= 50 and math.isclose(value, wrong(loss), rel_tol=1e-6):
                    expect.fail(f"{explanation} 손실 {loss:.4g}에서 {value:.6g}", name)
            expect.fail(f"손실 {loss:.4g}의 혼란도가 {value:.6g}입니다. exp(손실)이 아닙니다.", "exp(손실)이 아님")


@pytest.mark.grades("exp-curves", weight=2, hint=AGAIN_HINT)
def test_the_curve_is_computed_again(submission, evidence):
    """곡선의 첫 손실이 ln V의 5 % 안에 있고, 처음 세 기록을 제출한 코드로 다시 훈련하면 0.2 % 안에서 같습니다."""
    rows = _curve(submission, evidence)
    _near_start(rows[0]["loss"], "곡선")
    again = _again(submission, evidence, "clm", rows[0]["steps"], rows[0]["seed"], 21)
    _same_losses([(row["step"], row["loss"]) for row in rows], again, "곡선")
    if rows[-1]["loss"] > 0.75 * rows[0]["loss"]:
        expect.fail("훈련이 끝났는데 손실이 처음의 75 %보다 큽니다. 모델이 배우지 못했습니다.", "배우지 못함")


@pytest.mark.grades("exp-curves", hint=CLAIM_HINT)
def test_curve_conclusions(submission, evidence):
    """첫 손실과 ln V의 비, 혼란도의 방향과 배수가 표에서 나온 것과 같습니다."""
    rows = _curve(submission, evidence)
    first, last = rows[0], rows[-1]
    claims.conclusion(evidence, "start", {"rows": [0], "ratio": first["loss"] / math.log(VOCABULARY)})
    factor = first["perplexity"] / max(last["perplexity"], 1e-9)
    towards = claims.towards(first["perplexity"], last["perplexity"])
    claims.conclusion(evidence, "learned", {"rows": [0, len(rows) - 1], "direction": towards, "factor": factor})


# -- exp-rates --------------------------------------------------------------------------------------------------------

RATE = {"rate": float, "steps": int, "seed": int, "targets_per_step": float}
RATE |= dict.fromkeys(("first_loss", "own_loss", "common_loss", "half_loss"), float)


def _rates(submission, evidence):
    example = [
        {"rate": rate, "targets_per_step": 1.0} | dict.fromkeys(("own_loss", "common_loss", "half_loss"), 1.0) for rate in (0.5, 0.1)
    ]
    submission.call("rate_conclusions", example, returns=dict[str, object])
    rows = claims.table(evidence, "rates", RATE, len(RATES))
    if sorted(row["rate"] for row in rows) != list(RATES) or {row["steps"] for row in rows} != {STEPS[evidence.profile] // 2}:
        expect.fail(f"표 rates에 비율 {RATES}이(가) 하나씩, 같은 단계 수로 있지 않습니다.", "빠진 행")
    return rows


@pytest.mark.grades("exp-rates", hint=("한 단계에서 고르는 토큰은 배치의 토큰 × 비율쯤입니다.", *AGAIN_HINT))
def test_targets_follow_the_rate(submission, evidence):
    """단계마다 맞힌 토큰의 수가 비율에 비례하고(특수 토큰은 빼고), 첫 손실이 ln V의 5 % 안에 있습니다."""
    for row in _rates(submission, evidence):
        able, what = BATCH[evidence.profile] * row["rate"], f"비율 {row['rate']}"
        if not 0.85 * able <= row["targets_per_step"] <= able * (1 + SIGMAS / math.sqrt(able * row["steps"])):
            expect.fail(
                f"{what}: 단계마다 {row['targets_per_step']:.0f}개를 맞혔습니다. {able:.0f}개보다 조금 적어야 합니다.", "비율과 다름"
            )
        _near_start(row["first_loss"], what)
        if not 0 < row["own_loss"] < row["first_loss"]:
            expect.fail(f"{what}: 훈련한 모델의 손실 {row['own_loss']:.3f}이(가) 있을 수 없거나 처음보다 큽니다.", "배우지 못함")


@pytest.mark.grades("exp-rates", weight=2, hint=AGAIN_HINT)
def test_rates_are_computed_again(submission, evidence):
    """비율마다 첫 단계를 제출한 코드로 다시 훈련하면 첫 손실이 0.2 % 안에서 같고, 고른 토큰의 수가 비율을 따릅니다."""
    for row in _rates(submission, evidence):
        again = _again(submission, evidence, "mlm", row["steps"], row["seed"], 1, row["rate"])
        _same_losses([(0, row["first_loss"])], again, f"비율 {row['rate']}")
        targets, able = again.get("targets"), BATCH[evidence.profile] * row["rate"]
        spread = SIGMAS * math.sqrt(able) + 0.1 * able
        if not isinstance(targets, (int, float)) or not abs(targets - able) <= spread:
            expect.fail(f"비율 {row['rate']}: 다시 계산하면 한 단계에서 {expect.show(targets)}개를 고릅니다.", "비율과 다름")


@pytest.mark.grades("exp-rates", hint=CLAIM_HINT)
def test_rate_conclusions(submission, evidence):
    """비율에 따른 손실과 맞힌 수의 방향, 가장 좋은 비율이 표에서 나온 것과 같습니다."""
    rows = _rates(submission, evidence)
    numbers = sorted(range(len(rows)), key=lambda number: rows[number]["rate"])
    first, last = rows[numbers[0]], rows[numbers[-1]]
    best = min(rows, key=lambda row: row["common_loss"])
    harder = claims.towards(best["common_loss"], best["half_loss"])
    claims.conclusion(
        evidence, "rate-loss", {"rows": numbers, "direction": claims.towards(first["own_loss"], last["own_loss"]), "harder": harder}
    )
    towards = claims.towards(first["targets_per_step"], last["targets_per_step"])
    claims.conclusion(evidence, "rate-targets", {"rows": numbers, "direction": towards, "best": best["rate"]})


# -- exp-dependency ---------------------------------------------------------------------------------------------------

CELL = {"target": int, "source": int, "share": float, "orders": int, "seed": int}
LENGTH, ORDERS = 8, 400


def matrix_of(student, weights, sizes, ids, order):
    from course_lib.kit.model import Config, TwoStream
    from course_lib.kit.model.layers import masked_attention

    class Layer:
        """The right layer, so that a mistake in the student's own is not paid for twice."""

        def __init__(self, block):
            self.block = block

        def __call__(self, content, query, content_mask, query_mask, positions):
            memory = self.block.input_layernorm(content)
            return tuple(self.step(x, memory, mask, positions) for x, mask in ((content, content_mask), (query, query_mask)))

        def step(self, x, memory, mask, positions):
            x = x + self.block.self_attn(self.block.input_layernorm(x), memory, positions, lambda q, k, v: masked_attention(q, k, v, mask))
            return x + self.block.mlp(self.block.post_attention_layernorm(x))

    model = TwoStream(Config(**sizes), Layer).eval()
    model.load_state_dict(weights)
    calls = []

    def counted(*arguments):
        calls.append(len(arguments[0]))
        return model(*arguments)

    return student.dependency_matrix(counted, ids, order), len(calls)


@pytest.mark.grades(
    "exp-dependency",
    weight=2,
    hint=("행이 달라진 자리, 열이 바꾼 토큰입니다.", "1e-5보다 크게 달라지면 1입니다.", "ids를 T + 1줄로 늘리고 대각선을 바꾸세요."),
)
def test_matrix_of_one_order(submission, rng):
    """무작위 가중치와 순서에서 의존 행렬이 질의 마스크와 같고, 모델을 길이만큼 부르지 않습니다."""
    length, vocab_size = int(rng.integers(6, 9)), 12
    model, order = tiny_two_stream(rng, TwoStreamLayer, vocab_size), crooked_order(rng, length)
    ids = tokens(rng, vocab_size, length)
    right = two_stream_masks(order)[1].float()
    inputs = {"weights": weights_of(model), "sizes": {"vocab_size": vocab_size} | TINY, "ids": ids, "order": order}
    matrix, calls = submission.run(matrix_of, **inputs, returns=tuple[TENSOR, int])
    if matrix.shape != right.shape:
        expect.fail(f"의존 행렬의 모양이 {tuple(matrix.shape)}입니다. {tuple(right.shape)}이어야 합니다.")
    if not torch.equal(matrix.float(), right):
        if torch.equal(matrix.float(), right.T):
            expect.fail("의존 행렬의 행과 열이 바뀌었습니다. 행이 달라진 자리, 열이 바꾼 토큰입니다.", "행과 열이 바뀜")
        if not bool(((matrix == 0) | (matrix == 1)).all()):
            expect.fail("의존 행렬에 0과 1이 아닌 값이 있습니다.", "0과 1이 아님")
        expect.fail(f"순서 {order.tolist()}의 의존 행렬이 모델이 실제로 기대는 것과 다릅니다.", "의존 행렬이 다름")
    if calls > 3:
        expect.fail(f"모델을 {calls}번 불렀습니다. T + 1줄을 한 배치로 넣으세요.", "토큰마다 부름")


def dependency_again(student, length, orders, seed, sizes):
    import torch

    from course_lib.kit.model import Config, TwoStream

    torch.manual_seed(0)
    model = TwoStream(Config(**sizes), student.TwoStreamLayer).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.3)
    return student.dependency_rows(model, length, orders, seed)


def _dependency(submission, evidence):
    example = [{"target": i, "source": j, "share": 0.5, "orders": 4} for i in range(2) for j in range(2)]
    submission.call("dependency_conclusions", example, returns=dict[str, object])
    rows = claims.table(evidence, "dependency", CELL, LENGTH**2)
    if [(row["target"], row["source"]) for row in rows] != [(i, j) for i in range(LENGTH) for j in range(LENGTH)]:
        expect.fail("표 dependency의 행이 (target, source)의 차례가 아닙니다.", "빠진 행")
    if {row["orders"] for row in rows} != {ORDERS}:
        expect.fail(f"표 dependency의 orders가 {ORDERS}이(가) 아닙니다.")
    return rows


@pytest.mark.grades("exp-dependency", hint=("대각선은 0이고, 대각선이 아닌 칸은 1/2에 가깝습니다.", *AGAIN_HINT))
def test_dependency_table(submission, evidence):
    """대각선은 0, 나머지 칸은 1/2 ± 6/(2√n)이고 마주 보는 두 칸의 합은 1입니다. 제출한 코드로 다시 계산하면 같습니다."""
    rows = _dependency(submission, evidence)
    share = {(row["target"], row["source"]): row["share"] for row in rows}
    bound = SIGMAS / (2 * math.sqrt(ORDERS))
    for (i, j), value in share.items():
        if i == j and value != 0:
            expect.fail(f"자리 {i}이(가) 자기 토큰에 기댑니다(share {value}). 답이 새고 있습니다.", "질의가 자기를 봄")
        if i != j and not (abs(value - 0.5) <= bound and abs(value + share[j, i] - 1) <= 1e-6):
            expect.fail(
                f"칸 ({i}, {j})의 share {value:.3f}: 무작위 순서의 평균은 1/2에 가깝고 ({j}, {i})와 더하면 1입니다.", "1/2에서 멀다"
            )
    inputs = {"length": LENGTH, "orders": ORDERS, "seed": rows[0]["seed"], "sizes": {"vocab_size": VOCABULARY} | TINY}
    again = submission.run(dependency_again, **inputs, returns=list[dict[str, object]], timeout=90)
    if [row.get("share") for row in again] != [row["share"] for row in rows]:
        expect.fail("제출한 코드로 같은 시드의 순서를 다시 평균하면 표의 share와 다릅니다.", "다시 계산한 값과 다름")


@pytest.mark.grades("exp-dependency", hint=CLAIM_HINT)
def test_dependency_conclusion(submission, evidence):
    """평균, 폭, 폭 밖의 행, 대각선의 가장 큰 값이 표에서 나온 것과 같습니다."""
    rows = _dependency(submission, evidence)
    apart = [number for number, row in enumerate(rows) if row["target"] != row["source"]]
    bound = 3 / (2 * math.sqrt(ORDERS))
    mean = sum(rows[number]["share"] for number in apart) / len(apart)
    far = [number for number in apart if abs(rows[number]["share"] - 0.5) > bound]
    own = max(row["share"] for row in rows if row["target"] == row["source"])
    claims.conclusion(evidence, "half", {"mean": mean, "bound": bound, "rows": far, "own": float(own)})


# -- exp-compare ------------------------------------------------------------------------------------------------------

OBJECTIVES = ("clm", "mlm", "plm")
ARM = {"objective": str, "seed": int, "steps": int, "parameters": int, "weights": str, "batches": str, "targets_per_step": float}
ARM |= {"first_loss": float, "last_loss": float, "reached": int | None, "cloze": float, "asked": int, "distinct2": float}
LOG = {"objective": str, "seed": int, "steps": int, "step": int, "loss": float}
ANSWERS = {"objective": str, "kind": str, "right": int, "asked": int, "accuracy": float}


def _arms(submission, evidence):
    arms = [{"objective": o, "parameters": 1, "batches": "a", "weights": "b", "last_loss": 1.0, "cloze": 0.5} for o in OBJECTIVES]
    cloze = [{"objective": "clm", "kind": kind, "accuracy": 0.5} for kind in ("stated", "never", "me")]
    submission.call("arm_conclusions", arms, cloze, returns=dict[str, object])
    rows = claims.table(evidence, "arms", ARM, len(OBJECTIVES))
    if tuple(row["objective"] for row in rows) != OBJECTIVES or {row["steps"] for row in rows} != {STEPS[evidence.profile]}:
        expect.fail("표 arms에 clm, mlm, plm이 차례대로, 같은 단계 수로 있지 않습니다.", "빠진 행")
    return rows


def _logs(evidence):
    rows = claims.table(evidence, "logs", LOG)
    return {name: [(row["step"], row["loss"]) for row in rows if row["objective"] == name] for name in OBJECTIVES}


@pytest.mark.grades(
    "exp-compare",
    weight=2,
    hint=("배치와 처음 가중치의 지문이 모두 같아야 합니다. 같은 시드, 같은 단계 수로 훈련하세요.", *AGAIN_HINT),
)
def test_arms_are_equal(submission, evidence, record):
    """세 실험군의 배치, 처음 가중치, 단계 수가 같고 매개변수는 질의 벡터만큼만 다르며, 표의 값이 서로 맞습니다."""
    rows, logs = _arms(submission, evidence), _logs(evidence)
    for name, said in (("batches", "읽은 배치"), ("weights", "처음 가중치")):
        if len({row[name] for row in rows}) != 1:
            expect.fail(f"세 실험군의 {said}의 지문이 다릅니다. 같은 데이터와 가중치에서 출발해야 견줄 수 있습니다.", f"{said}가 다름")
    sizes = {row["objective"]: row["parameters"] for row in rows}
    if sizes["clm"] != sizes["mlm"] or not 0 < sizes["plm"] - sizes["clm"] <= 512:
        expect.fail(f"매개변수의 수가 {sizes}입니다. PLM에만 질의 벡터 하나가 더 있어야 합니다.", "매개변수가 다름")
    for row in rows:
        name, log = row["objective"], logs[row["objective"]]
        if not log or (log[0][1], log[-1][1]) != (row["first_loss"], row["last_loss"]):
            expect.fail(f"{name}: 표 arms의 첫 손실과 마지막 손실이 표 logs와 다릅니다.", "표끼리 다름")
        _near_start(row["first_loss"], name)
        threshold = 0.75 * math.log(VOCABULARY)
        reached = next((step for step, loss in log if loss <= threshold), None)
        if row["reached"] != reached:
            expect.fail(f"{name}: 표 logs에서는 {reached}단계에 0.75 ln V에 닿았는데 reached는 {row['reached']}입니다.", "reached가 다름")
        right = row["cloze"] * row["asked"]
        if not (row["asked"] >= 24 and 0 <= row["cloze"] <= 1 and abs(right - round(right)) < 1e-6 and 0 <= row["distinct2"] <= 1):
            expect.fail(f"{name}: cloze나 distinct2가 있을 수 없는 값입니다.")
    best = max(row["cloze"] for row in rows)
    record.metric("cloze", 100 * best, "%", title="빈칸 문제의 정답률 (가장 높은 모델)", better="higher")
    if rows[0]["cloze"] < LEARNT:
        expect.fail(f"CLM의 정답률 {rows[0]['cloze']:.3f}이(가) 찍을 때의 1/8과 다르지 않습니다. 모델이 배우지 못했습니다.", "배우지 못함")


@pytest.mark.grades("exp-compare", weight=2, hint=AGAIN_HINT)
def test_arms_are_computed_again(submission, evidence):
    """MLM과 PLM의 처음 두 기록을 제출한 코드로 다시 훈련하면 0.2 % 안에서 같고, 처음 가중치의 지문도 같습니다."""
    rows, logs = _arms(submission, evidence), _logs(evidence)
    for row in rows[1:]:
        again = _again(submission, evidence, row["objective"], row["steps"], row["seed"], 11)
        _same_losses(logs[row["objective"]], again, row["objective"].upper())
        if again.get("weights") != row["weights"]:
            expect.fail(f"{row['objective']}: 다시 만든 모델의 처음 가중치의 지문이 표와 다릅니다.", "다시 계산한 값과 다름")
    curve = [(row.get("step"), row.get("loss")) for row in evidence.tables.get("curve", []) if isinstance(row, dict)]
    if curve != logs["clm"]:
        expect.fail("표 logs의 CLM이 표 curve와 다릅니다. 같은 훈련의 기록이어야 합니다.", "표끼리 다름")


@pytest.mark.grades("exp-compare", weight=2, hint=CLAIM_HINT)
def test_arm_conclusions(submission, evidence):
    """다섯 결론이 표 arms와 cloze에서 나온 것과 같습니다. 손실이 낮은 모델이 더 많이 안다고 미리 정하지 않습니다."""
    rows = _arms(submission, evidence)
    cloze = claims.table(evidence, "cloze", ANSWERS)
    for row in cloze:
        if not (row["asked"] > 0 and 0 <= row["right"] <= row["asked"] and math.isclose(row["accuracy"], row["right"] / row["asked"])):
            expect.fail(f"표 cloze의 {row['objective']}, {row['kind']}: accuracy가 right ÷ asked가 아닙니다.")
    sizes = [row["parameters"] for row in rows]
    losses = sorted(range(len(rows)), key=lambda number: rows[number]["last_loss"])
    knowledge = sorted(range(len(rows)), key=lambda number: -rows[number]["cloze"])
    same = {name: len({row[name] for row in rows}) == 1 for name in ("batches", "weights")}
    claims.conclusion(evidence, "equal", same | {"extra": max(sizes) - min(sizes)})
    claims.conclusion(evidence, "losses", {"rows": losses})
    claims.conclusion(evidence, "knowledge", {"rows": knowledge})
    claims.conclusion(evidence, "agree", {"rows": [losses[0], knowledge[0]], "same": losses[0] == knowledge[0]})
    places = {row["kind"]: number for number, row in enumerate(cloze) if row["objective"] == "clm"}
    if not {"never", "stated"} <= places.keys():
        expect.fail("표 cloze에 clm의 never나 stated 행이 없습니다.", "빠진 행")
    pair = [places["never"], places["stated"]]
    claims.conclusion(evidence, "unseen", {"rows": pair, "direction": claims.towards(*(cloze[number]["accuracy"] for number in pair))})
