"""Hidden checks of the experiments on precision and communication: tables are claims that are computed again."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from autograder import claims
from course_lib.distributed.asynchronous import stability_bound
from course_lib.distributed.overlap import overlap_makespan
from course_lib.kit import expect

EXPONENTS = list(range(0, 41, 4))
ARMS, RATES, RUN_STEPS = ("float32", "mixed", "unscaled", "masterless"), (0.1, 0.001), 400
METHODS, METHOD_STEPS, EVERY, NUMBERS, LOW_RANK_NUMBERS = ("dense", "topk", "feedback", "powersgd"), 300, 20, 16_944, 968
DELAYS, DELAY_STEPS = [0, 1, 2, 4, 8, 16], 300
PIECES, BACKWARD, TRANSFER, LATENCY = [1, 2, 4, 8, 16, 32, 64, 128], 60.0, 50.0, 0.5
TOGETHER = 0.01  # of a loss: float16 on another processor rounds other sums, and 400 steps carry that on
AGAIN_HINT = ("표는 제출한 코드로 만든 것이어야 합니다.", "코드를 고쳤다면 PROFILE을 'cpu'로 두고 pack을 다시 실행하세요.")
CLAIM_HINT = ("표의 수를 다시 읽어 보세요.", "행의 번호는 표에서의 순번(0부터)입니다.", "결론을 만드는 함수를 쓰면 표와 어긋나지 않습니다.")


def _near(claimed, again, what, relative=TOGETHER):
    if expect.mismatch(again, float) or not abs(claimed - again) <= relative * max(abs(again), 1e-3):
        shown = f"{again:.4f}" if isinstance(again, float) else expect.show(again)
        expect.fail(f"{what}: 표에는 {claimed:.4f}, 제출한 코드로 다시 계산하면 {shown}입니다.", "다시 계산한 값과 다름")


def _pairs(rows, again, what):
    """Rows as they were claimed and as they came out again; fails unless there are as many."""
    if len(again) != len(rows):
        expect.fail(f"{what}: 제출한 코드로 다시 계산하면 행이 {len(again)}개입니다. {len(rows)}개여야 합니다.", "다시 계산한 값과 다름")
    return zip(rows, again, strict=True)


# -- exp-mixed --------------------------------------------------------------------------------------------------------

SHARE = {"exponent": int, "seed": int, "flushed": float, "subnormal": float, "overflowed": float}
RUN = {"arm": str, "rate": float, "seed": int, "steps": int, "first_loss": float, "last_loss": float, "skipped": int, "scale": float}


def _shares(submission, evidence):
    example = [{"arm": arm, "rate": rate, "first_loss": 3.0, "last_loss": 2.0} for arm in ARMS for rate in RATES]
    row = {"exponent": 0, "flushed": 0.0, "overflowed": 0.0}
    submission.call("mixed_conclusions", [row], example, returns=dict[str, object])
    rows = claims.table(evidence, "shares", SHARE, len(EXPONENTS))
    if [row["exponent"] for row in rows] != EXPONENTS:
        expect.fail(f"표 shares의 지수가 {EXPONENTS}이(가) 아닙니다.", "빠진 행")
    return rows


def _precision(evidence):
    rows = claims.table(evidence, "precision", RUN, len(ARMS) * len(RATES))
    if sorted((row["arm"], row["rate"]) for row in rows) != sorted((arm, rate) for arm in ARMS for rate in RATES):
        expect.fail("표 precision에 실험군과 학습률의 짝이 하나씩 있지 않습니다.", "빠진 행")
    if {row["steps"] for row in rows} != {RUN_STEPS}:
        expect.fail(f"표 precision의 steps가 {RUN_STEPS}이(가) 아닙니다.", "다른 걸음 수")
    return rows


def shares_again(student, seed):
    return student.share_rows(seed)


@pytest.mark.grades("exp-mixed", hint=("스케일이 커지면 0이 되는 것은 줄고 무한대가 되는 것은 늡니다.", *AGAIN_HINT))
def test_shares_are_computed_again(submission, evidence):
    """스케일이 커질수록 0이 되는 비율은 줄고 무한대가 되는 비율은 늘며, 제출한 코드로 다시 세면 같습니다."""
    rows = _shares(submission, evidence)
    for before, after in pairwise(rows):
        if after["flushed"] > before["flushed"] or after["overflowed"] < before["overflowed"]:
            expect.fail(f"지수 {before['exponent']}에서 {after['exponent']}로 갈 때 비율이 거꾸로 갑니다.", "거꾸로 가는 비율")
    if not (rows[0]["flushed"] > 0.2 and rows[-1]["flushed"] == 0 and rows[-1]["overflowed"] > 0.05):
        expect.fail("스케일이 없을 때 0이 되는 것이나, 가장 클 때 무한대가 되는 것이 있을 수 없는 비율입니다.", "있을 수 없는 비율")
    again = submission.run(shares_again, seed=rows[0]["seed"], returns=list[dict[str, object]], timeout=60)
    for row, fresh in _pairs(rows, again, "표 shares"):
        for name in ("flushed", "subnormal", "overflowed"):
            value = fresh.get(name)
            if expect.mismatch(value, float) or not abs(row[name] - value) <= 2e-3:
                said = f"표에는 {row[name]:.4f}, 다시 세면 {expect.show(value)}입니다."
                expect.fail(f"지수 {row['exponent']}의 {name}: {said}", "다시 계산한 값과 다름")


def precision_again(student, arm, rate, seed, steps):
    import torch

    torch.set_num_threads(1)
    return student.precision_row(arm, rate, seed, steps)


@pytest.mark.grades("exp-mixed", weight=2, hint=AGAIN_HINT)
def test_trainings_are_computed_again(submission, evidence):
    """혼합 정밀도의 손실이 FP32와 2 % 안에서 같고, 세 훈련을 제출한 코드로 다시 하면 1 % 안에서 같습니다."""
    _shares(submission, evidence)
    rows = {(row["arm"], row["rate"]): row for row in _precision(evidence)}
    for (arm, rate), row in rows.items():
        if abs(row["first_loss"] / math.log(256) - 1) > 0.05:
            expect.fail(f"{arm}, 학습률 {rate}: 첫 손실 {row['first_loss']:.3f}이(가) ln 256의 5 % 안에 있지 않습니다.", "첫 손실이 다름")
        if not 0 <= row["skipped"] <= RUN_STEPS or (arm in ("float32", "unscaled") and row["scale"] != 1.0):
            expect.fail(f"{arm}, 학습률 {rate}: skipped나 scale이 있을 수 없는 값입니다.")
    exact, mixed = rows["float32", 0.1], rows["mixed", 0.1]
    if not abs(mixed["last_loss"] - exact["last_loss"]) <= 0.02 * exact["last_loss"]:
        said = f"혼합 정밀도의 손실 {mixed['last_loss']:.3f}이(가) FP32의 {exact['last_loss']:.3f}와 2 % 넘게 다릅니다."
        expect.fail(f"{said} 마스터와 스케일이 맞게 쓰였는지 보세요.", "FP32를 따르지 못함")
    if not exact["last_loss"] < 0.75 * exact["first_loss"] or not 1 <= mixed["skipped"] <= 60:
        expect.fail("FP32가 배우지 못했거나, 혼합 정밀도가 버린 걸음의 수가 있을 수 없는 값입니다.", "배우지 못함")
    for arm, rate in (("mixed", 0.1), ("float32", 0.001), ("masterless", 0.001)):
        row = rows[arm, rate]
        again = submission.run(
            precision_again, arm=arm, rate=rate, seed=row["seed"], steps=RUN_STEPS, returns=dict[str, object], timeout=60
        )
        for name in ("first_loss", "last_loss"):
            _near(row[name], again.get(name), f"{arm}, 학습률 {rate}의 {name}")


@pytest.mark.grades("exp-mixed", hint=CLAIM_HINT)
def test_mixed_conclusions(submission, evidence):
    """안전한 스케일의 행, 스케일이 없을 때의 방향, 마스터가 없을 때 줄이지 못한 비율이 표에서 나온 것과 같습니다."""
    shares, precision = _shares(submission, evidence), _precision(evidence)
    safe = [number for number, row in enumerate(shares) if row["flushed"] < 0.01 and row["overflowed"] == 0]
    places = {(row["arm"], row["rate"]): number for number, row in enumerate(precision)}
    pair = [places["mixed", 0.1], places["unscaled", 0.1]]
    three = [places[arm, 0.001] for arm in ("float32", "mixed", "masterless")]
    gained = [precision[number]["first_loss"] - precision[number]["last_loss"] for number in three]
    if gained[1] <= 0:
        expect.fail("학습률 0.001의 혼합 정밀도가 손실을 줄이지 못했습니다.", "배우지 못함")
    claims.conclusion(evidence, "safe-scales", {"rows": safe})
    claims.conclusion(
        evidence, "scaling", {"rows": pair, "direction": claims.towards(*(precision[number]["last_loss"] for number in pair))}
    )
    claims.conclusion(evidence, "masters", {"rows": three, "lost": 1 - gained[2] / gained[1]})


# -- exp-compression --------------------------------------------------------------------------------------------------

METHOD = {"method": str, "seed": int, "steps": int, "step": int, "bytes": int, "loss": float}
EACH = METHOD_STEPS // EVERY


def _methods(submission, evidence):
    example = [{"method": name, "step": 20, "bytes": 8, "loss": 1.0} for name in METHODS]
    submission.call("compression_conclusions", example, returns=dict[str, object])
    rows = claims.table(evidence, "methods", METHOD, len(METHODS) * EACH)
    wanted = [(name, EVERY * (number + 1)) for name in METHODS for number in range(EACH)]
    if [(row["method"], row["step"]) for row in rows] != wanted or {row["steps"] for row in rows} != {METHOD_STEPS}:
        expect.fail(f"표 methods에 네 방법의 기록이 {EVERY}걸음마다 {METHOD_STEPS}걸음까지 있지 않습니다.", "빠진 행")
    return rows


@pytest.mark.grades("exp-compression", hint=("값 하나에 4바이트, 자리 하나에 4바이트입니다.", *AGAIN_HINT))
def test_bytes_and_losses(submission, evidence):
    """보낸 바이트가 방법에서 나오는 것과 같고, 모두 보낸 훈련이 배웠으며, 오차 되먹임이 그 손실에 다가갑니다."""
    rows = _methods(submission, evidence)
    kept = int(0.01 * NUMBERS)
    cost = {"dense": 4 * NUMBERS, "topk": 8 * kept, "feedback": 8 * kept, "powersgd": 4 * LOW_RANK_NUMBERS}
    for row in rows:
        if row["bytes"] != cost[row["method"]] * row["step"]:
            right = cost[row["method"]] * row["step"]
            expect.fail(f"{row['method']}, {row['step']}걸음: 보낸 바이트가 {row['bytes']}입니다. {right}이어야 합니다.", "바이트가 다름")
    last = {row["method"]: row["loss"] for row in rows}
    if not 0 < last["dense"] < 0.65 * math.log(256):
        expect.fail(f"모두 보낸 훈련의 마지막 손실이 {last['dense']:.3f}입니다. 배우지 못했습니다.", "배우지 못함")
    if not last["feedback"] < last["dense"] + 0.25:
        said = f"오차 되먹임의 마지막 손실 {last['feedback']:.3f}이(가) 모두 보낸 것의 {last['dense']:.3f}에서 멉니다."
        expect.fail(f"{said} 남은 것을 더하고 있는지 보세요.", "되먹임이 듣지 않음")


def methods_again(student, method, seed, steps, first):
    import torch

    torch.set_num_threads(1)
    return student.method_rows(method, seed, steps, first)


@pytest.mark.grades("exp-compression", weight=2, hint=AGAIN_HINT)
def test_methods_are_computed_again(submission, evidence):
    """압축한 세 방법의 처음 세 기록을 제출한 코드로 다시 훈련하면 1 % 안에서 같습니다."""
    rows = _methods(submission, evidence)
    for method in METHODS[1:]:
        own = [row for row in rows if row["method"] == method][:3]
        inputs = {"method": method, "seed": own[0]["seed"], "steps": METHOD_STEPS, "first": 3 * EVERY}
        again = submission.run(methods_again, **inputs, returns=list[dict[str, object]], timeout=60)
        for row, fresh in _pairs(own, again, f"표 methods의 {method}"):
            _near(row["loss"], fresh.get("loss"), f"{method}, {row['step']}걸음의 손실")


@pytest.mark.grades("exp-compression", hint=CLAIM_HINT)
def test_compression_conclusions(submission, evidence):
    """같은 바이트를 보낸 두 방법의 손실의 방향과 아낀 배가 표에서 나온 것과 같습니다."""
    rows = _methods(submission, evidence)
    last = {row["method"]: number for number, row in enumerate(rows)}
    dense, plain, feedback = (rows[last[name]] for name in ("dense", "topk", "feedback"))
    pair = {"rows": [last["topk"], last["feedback"]], "direction": claims.towards(plain["loss"], feedback["loss"])}
    claims.conclusion(evidence, "feedback", pair | {"same_bytes": plain["bytes"] == feedback["bytes"]})
    if feedback["bytes"] <= 0:
        expect.fail("오차 되먹임이 보낸 바이트가 0 이하입니다.", "바이트가 다름")
    claims.conclusion(evidence, "saved", {"rows": [last["dense"], last["feedback"]], "factor": dense["bytes"] / feedback["bytes"]})


# -- exp-delay --------------------------------------------------------------------------------------------------------

DELAY = {"delay": int, "seed": int, "steps": int, "largest": float, "loss": float}


def _delays(submission, evidence):
    example = [{"delay": 0, "largest": 2.0, "loss": 1.0}, {"delay": 1, "largest": 1.0, "loss": 1.5}]
    submission.call("delay_conclusions", example, returns=dict[str, object])
    rows = claims.table(evidence, "delays", DELAY, len(DELAYS))
    if [row["delay"] for row in rows] != DELAYS or {row["steps"] for row in rows} != {DELAY_STEPS}:
        expect.fail(f"표 delays의 지연이 {DELAYS}이(가) 아니거나 걸음의 수가 {DELAY_STEPS}이(가) 아닙니다.", "빠진 행")
    return rows


def delays_again(student, delays, seed, steps):
    import torch

    torch.set_num_threads(1)
    return [student.delay_row(delay, seed, steps) for delay in delays]


@pytest.mark.grades("exp-delay", weight=2, hint=AGAIN_HINT)
def test_delays_are_computed_again(submission, evidence):
    """잰 학습률의 경계가 이론과 3 % 안에서 같고, 세 지연을 제출한 코드로 다시 재고 훈련하면 1 % 안에서 같습니다."""
    rows = _delays(submission, evidence)
    for row in rows:
        bound = stability_bound(row["delay"])
        if not abs(row["largest"] / bound - 1) <= 0.03:
            said = f"무너지지 않는 가장 큰 학습률이 {row['largest']:.4f}입니다. 이론의 {bound:.4f}와 3 % 넘게 다릅니다."
            expect.fail(f"지연 {row['delay']}: {said}", "경계가 다름")
    again = submission.run(
        delays_again, delays=[0, 4, 16], seed=rows[0]["seed"], steps=DELAY_STEPS, returns=list[dict[str, object]], timeout=60
    )
    for row, fresh in _pairs((rows[0], rows[3], rows[5]), again, "표 delays"):
        for name in ("largest", "loss"):
            _near(row[name], fresh.get(name), f"지연 {row['delay']}의 {name}")


@pytest.mark.grades("exp-delay", hint=CLAIM_HINT)
def test_delay_conclusions(submission, evidence):
    """이론에서 가장 먼 거리와 손실이 크게 나빠진 행이 표에서 나온 것과 같습니다."""
    rows = _delays(submission, evidence)
    worst = max(abs(row["largest"] / stability_bound(row["delay"]) - 1) for row in rows)
    claims.conclusion(evidence, "delay-bound", {"rows": list(range(len(rows))), "worst": worst})
    far = [number for number, row in enumerate(rows) if row["loss"] > rows[0]["loss"] + 0.1]
    claims.conclusion(evidence, "delay-loss", {"rows": far})


# -- exp-overlap ------------------------------------------------------------------------------------------------------

PIECE = {"buckets": int, "sequential": float, "overlapped": float, "hidden": float}


def _overlap(submission, evidence):
    submission.call("overlap_conclusions", [{"buckets": 1, "sequential": 3.0, "overlapped": 2.0}], returns=dict[str, object])
    rows = claims.table(evidence, "overlap", PIECE, len(PIECES))
    if [row["buckets"] for row in rows] != PIECES:
        expect.fail(f"표 overlap의 버킷의 수가 {PIECES}이(가) 아닙니다.", "빠진 행")
    return rows


@pytest.mark.grades("exp-overlap", hint=("표는 제출한 overlap_makespan으로 만듭니다.", *AGAIN_HINT))
def test_overlap_is_computed_again(submission, evidence):
    """표의 모든 행이 점화식에서 나온 것과 같습니다."""
    for row in _overlap(submission, evidence):
        number = row["buckets"]
        communicate = LATENCY + TRANSFER / number
        sequential, overlapped = BACKWARD + number * communicate, overlap_makespan([(BACKWARD / number, communicate)] * number)
        right = {"sequential": sequential, "overlapped": overlapped, "hidden": (sequential - overlapped) / (number * communicate)}
        for name, value in right.items():
            if not abs(row[name] - value) <= 1e-6 * max(1.0, value):
                expect.fail(
                    f"버킷 {number}개의 {name}이(가) {row[name]:.4f}입니다. 점화식에서는 다른 값이 나옵니다.", "다시 계산한 값과 다름"
                )


@pytest.mark.grades("exp-overlap", hint=CLAIM_HINT)
def test_overlap_conclusions(submission, evidence):
    """가장 빠른 버킷의 수와 빨라진 배가 표에서 나온 것과 같습니다."""
    rows = _overlap(submission, evidence)
    best = min(range(len(rows)), key=lambda number: rows[number]["overlapped"])
    row = rows[best]
    if row["overlapped"] <= 0:
        expect.fail("겹쳤을 때 끝나는 때가 0 이하입니다.", "있을 수 없는 값")
    claims.conclusion(evidence, "overlap-best", {"rows": [best], "buckets": row["buckets"]})
    claims.conclusion(evidence, "overlap-gain", {"rows": [best], "factor": row["sequential"] / row["overlapped"]})
