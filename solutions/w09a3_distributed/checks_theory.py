"""Hidden checks of the theory questions on parallel training. Expected values never leave the grader."""

from __future__ import annotations

import math

import pytest

from course_lib.kit import exercises_distributed, theory


def _ask(submission, question, draw, name, *fields):
    numbers = draw(theory.params(submission.student, question))
    return submission.call(name, *(numbers[field] for field in fields), returns=dict[str, object]), numbers


def _apart(known, right, relative=1e-3):
    """Wrong answers that this student's numbers tell from the right one."""
    return {name: pair for name, pair in known.items() if not math.isclose(pair[0], right, rel_tol=relative, abs_tol=1e-9)}


# -- theory-ring ------------------------------------------------------------------------------------------------------


def _ring(submission):
    found, numbers = _ask(submission, "theory-ring", exercises_distributed.ring, "answer_ring", "world", "size", "alpha", "beta")
    return found, numbers["world"], numbers["size"], numbers["alpha"], numbers["beta"]


@pytest.mark.grades("theory-ring", weight=2, hint=("단계는 2(N - 1)개입니다.", "단계마다 α + S/(Nβ)입니다.", "2(N-1)a + 2(N-1)S/(Nb)"))
def test_seconds_of_a_ring(submission):
    """걸리는 시간의 값과 식이 맞습니다."""
    found, n, size, alpha, beta = _ring(submission)
    right = 2 * (n - 1) * alpha + 2 * (n - 1) / n * size / beta
    known = {
        "반만": (right / 2, "나누어 더하기와 모으기 가운데 하나만 셌습니다."),
        "조각이 아님": (2 * (n - 1) * (alpha + size / beta), "단계마다 텐서를 통째로 보낸다고 보았습니다."),
        "지연 한 번": (2 * alpha + 2 * (n - 1) / n * size / beta, "지연은 단계마다 듭니다. 2(N - 1)번입니다."),
        "지연 없음": (2 * (n - 1) / n * size / beta, "지연의 항이 없습니다."),
        "N단계": (2 * n * alpha + 2 * size / beta, "단계를 2N개로 셌습니다. 2(N - 1)개입니다."),
    }
    theory.check_number(found.get("seconds"), right, name="seconds", relative=1e-3, known=_apart(known, right))
    formulas = {
        "반만": ("(N-1)*a+(N-1)*S/(N*b)", "나누어 더하기와 모으기 가운데 하나만 셌습니다."),
        "조각이 아님": ("2*(N-1)*(a+S/b)", "단계마다 텐서를 통째로 보낸다고 보았습니다. 조각은 S/N입니다."),
        "지연 한 번": ("2*a+2*(N-1)*S/(N*b)", "지연은 단계마다 듭니다. 2(N - 1)번입니다."),
        "지연 없음": ("2*(N-1)*S/(N*b)", "지연의 항이 없습니다."),
    }
    right = "2*(N-1)*a+2*(N-1)*S/(N*b)"
    theory.check_expression(found.get("formula"), right, ("N", "S", "a", "b"), name="formula", known=formulas)


@pytest.mark.grades("theory-ring", hint=("두 항을 같다고 놓으세요.", "2(N - 1)이 양쪽에서 지워집니다.", "N = S/(αβ)"))
def test_crossing_and_limit(submission):
    """두 항이 같아지는 랭크의 수와, 대역폭의 항이 다가가는 시간이 맞습니다."""
    found, _, size, alpha, beta = _ring(submission)
    right = size / (alpha * beta)
    known = {
        "뒤집힘": (1 / right, "뒤집혔습니다. S/(αβ)입니다."),
        "두 배": (2 * right, "두 배입니다. 두 항 모두에 2(N - 1)이 있습니다."),
        "하나 적음": (right - 1, "N - 1을 구했습니다. N은 하나 많습니다."),
        "제곱근": (math.sqrt(right), "제곱근을 취했습니다. 양쪽의 2(N - 1)을 지우면 N이 한 번만 남습니다."),
    }
    theory.check_number(found.get("crossing"), right, name="crossing", relative=1e-3, known=_apart(known, right))
    right = 2 * size / beta
    known = {
        "반만": (size / beta, "한 번 보내는 시간입니다. 나누어 더하기와 모으기에서 두 번 보냅니다."),
        "0": (0.0, "조각은 작아지지만 단계가 늘어 합은 0이 되지 않습니다."),
    }
    theory.check_number(found.get("limit"), right, name="limit", relative=1e-3, known=known)


# -- theory-shards ----------------------------------------------------------------------------------------------------


def _shards(submission):
    found, numbers = _ask(submission, "theory-shards", exercises_distributed.shards, "answer_shards", "sizes", "means")
    return found, numbers["sizes"], numbers["means"]


@pytest.mark.grades("theory-shards", weight=2, hint=("예마다 무게가 같아야 합니다.", "랭크 r의 무게는 n_r/n입니다.", "Σ n_r g_r / Σ n_r"))
def test_whole_gradient(submission):
    """전체 배치의 기울기가 맞습니다."""
    found, sizes, means = _shards(submission)
    weighted = sum(n * g for n, g in zip(sizes, means, strict=True))
    right = weighted / sum(sizes)
    known = {
        "평균의 평균": (sum(means) / 3, "평균의 평균입니다. 예가 많은 랭크가 그만큼 무거워야 합니다."),
        "나누지 않음": (weighted, "전체 예의 수로 나누지 않았습니다."),
        "랭크로 나눔": (weighted / 3, "랭크의 수로 나누었습니다. 전체 예의 수로 나눕니다."),
        "거꾸로": (
            sum(g / n for n, g in zip(sizes, means, strict=True)) / sum(1 / n for n in sizes),
            "예가 적은 랭크가 더 무겁습니다. 무게가 거꾸로입니다.",
        ),
    }
    theory.check_number(found.get("whole"), right, name="whole", relative=1e-3, known=_apart(known, right))


@pytest.mark.grades("theory-shards", hint=("naive는 랭크의 수로 나눈 것입니다.", "나누지 않으면 몇 배일까요?", "랭크의 수만큼입니다."))
def test_naive_gradient(submission):
    """그냥 평균한 값과, 더하기만 했을 때의 배수가 맞습니다."""
    found, sizes, means = _shards(submission)
    right = sum(means) / 3
    known = {"전체": (sum(n * g for n, g in zip(sizes, means, strict=True)) / sum(sizes), "전체 배치의 기울기입니다.")}
    known["더하기만"] = (float(sum(means)), "랭크의 수로 나누지 않았습니다.")
    theory.check_number(found.get("naive"), right, name="naive", relative=1e-3, known=_apart(known, right))
    known = {
        "1/N": (1 / 3, "뒤집혔습니다. 더하기만 하면 커집니다."),
        "예의 수": (float(sum(sizes)), "예의 수입니다. 랭크의 기울기를 더했습니다."),
    }
    theory.check_number(found.get("factor"), 3.0, name="factor", relative=1e-3, known=_apart(known, 3.0))


# -- theory-bubble ----------------------------------------------------------------------------------------------------


def _bubble(submission):
    fields = ("stages", "microbatches", "bound", "stage")
    found, numbers = _ask(submission, "theory-bubble", exercises_distributed.bubble, "answer_bubble", *fields)
    return found, *(numbers[field] for field in fields)


@pytest.mark.grades("theory-bubble", weight=2, hint=("스테이지마다 p - 1칸을 놉니다.", "전체는 m + p - 1칸입니다.", "(p-1)/(m+p-1)"))
def test_bubble_of_a_schedule(submission):
    """버블의 값과 식이 맞습니다."""
    found, p, m, *_ = _bubble(submission)
    right = (p - 1) / (m + p - 1)
    known = {
        "이상적인 시간으로 나눔": ((p - 1) / m, "이상적인 시간으로 나눈 값입니다. 전체 시간으로 나눕니다."),
        "일한 몫": (1 - right, "일한 몫입니다. 논 몫을 적으세요."),
        "p": (p / (m + p), "노는 칸은 p가 아니라 p - 1입니다."),
        "p로 나눔": ((p - 1) / (m + p), "전체는 m + p - 1칸입니다."),
    }
    theory.check_number(found.get("bubble"), right, name="bubble", relative=1e-3, known=_apart(known, right))
    formulas = {
        "이상적인 시간으로 나눔": ("(p-1)/m", "이상적인 시간으로 나눈 식입니다. 전체 시간으로 나눕니다."),
        "일한 몫": ("m/(m+p-1)", "일한 몫의 식입니다."),
        "p": ("p/(m+p)", "노는 칸은 p가 아니라 p - 1입니다."),
    }
    theory.check_expression(found.get("formula"), "(p-1)/(m+p-1)", ("p", "m"), name="formula", known=formulas)


@pytest.mark.grades(
    "theory-bubble",
    hint=("(p - 1)/(m + p - 1) ≤ ε을 m에 대해 푸세요.", "m ≥ (p - 1)(1 - ε)/ε이고 올립니다.", "1F1B에서 스테이지 s는 p - s개를 붙듭니다."),
)
def test_least_microbatches_and_held(submission):
    """버블이 문턱 이하가 되는 가장 적은 마이크로배치의 수와, 1F1B에서 붙드는 수가 맞습니다."""
    found, p, m, bound, stage = _bubble(submission)
    wanted = (p - 1) * (1 - bound) / bound
    right = math.ceil(wanted)
    known = {
        "올리지 않음": (wanted, "마이크로배치는 정수입니다. 올려야 문턱 이하가 됩니다."),
        "내림": (float(math.floor(wanted)), "내렸습니다. 내리면 버블이 문턱보다 큽니다."),
        "이상적인 시간으로": (float(math.ceil((p - 1) / bound)), "(p - 1)/m으로 푼 값입니다. 전체 시간으로 나눈 버블을 쓰세요."),
    }
    theory.check_number(found.get("least"), right, name="least", relative=0, absolute=0.1, known=known)
    known = {
        "모두": (float(m), "GPipe에서 붙드는 수입니다."),
        "앞에서부터": (stage + 1.0, "거꾸로입니다. 앞의 스테이지가 더 많이 붙듭니다."),
        "하나 적음": (p - stage - 1.0, "워밍업의 수입니다. 그다음 하나를 더 시작한 뒤에 역전파를 합니다."),
        "하나 많음": (p - stage + 1.0, "하나 많습니다."),
    }
    theory.check_number(found.get("held"), min(p - stage, m), name="held", relative=0, absolute=0.1, known=known)


# -- theory-memory ----------------------------------------------------------------------------------------------------


def _memory(submission):
    found, numbers = _ask(submission, "theory-memory", exercises_distributed.memory, "answer_memory", "layers", "segments")
    return found, numbers["layers"], numbers["segments"]


@pytest.mark.grades("theory-memory", hint=("체크포인트 k개를 붙듭니다.", "구간 하나의 층 L/k개를 더 붙듭니다.", "L/k + k"))
def test_held_activations(submission):
    """주어진 구간의 수에서 붙드는 활성값의 수가 맞습니다."""
    found, layers, segments = _memory(submission)
    right = layers / segments + segments
    known = {
        "구간만": (layers / segments, "체크포인트를 세지 않았습니다."),
        "체크포인트만": (float(segments), "다시 계산하는 구간을 세지 않았습니다."),
        "모두": (float(layers), "체크포인팅하지 않을 때의 수입니다."),
        "모두와 체크포인트": (float(layers + segments), "모든 층이 아니라 구간 하나의 층입니다."),
    }
    theory.check_number(found.get("held"), right, name="held", relative=1e-3, known=_apart(known, right))


@pytest.mark.grades("theory-memory", weight=2, hint=("k로 미분하면 1 - L/k²입니다.", "0이 되는 곳은 k = √L입니다.", "2*sqrt(L)"))
def test_best_segments(submission):
    """가장 적게 붙드는 구간의 수와 그때의 식이 맞습니다."""
    found, layers, _ = _memory(submission)
    right = math.sqrt(layers)
    known = {
        "반": (layers / 2, "절반이 아닙니다. L/k + k를 미분해 보세요."),
        "최솟값": (2 * right, "그때 붙드는 활성값의 수입니다. 구간의 수를 적으세요."),
        "하나": (1.0, "구간이 하나이면 모든 층을 다시 계산해 붙듭니다."),
        "모두": (float(layers), "층마다 구간이면 체크포인트가 L개입니다."),
        "로그": (math.log2(layers), "로그가 아니라 제곱근입니다."),
    }
    theory.check_number(found.get("best"), right, name="best", relative=0, absolute=0.01, known=_apart(known, right))
    formulas = {
        "구간의 수": ("sqrt(L)", "구간의 수입니다. 그때의 값은 그 두 배입니다."),
        "반": ("L/2", "절반이 아닙니다."),
        "모두": ("L+1", "구간이 하나이거나 층마다 구간일 때의 값입니다."),
    }
    theory.check_expression(found.get("formula"), "2*sqrt(L)", ("L",), name="formula", known=formulas)
