"""Hidden checks of the tiny assignment. HIDDEN-CHECK-MARK"""

import pytest

from course_lib.kit import expect

HINT = ("더하기를 떠올려 보세요.", "`+`를 쓰세요.", "`return a + b`입니다.")


def _numbers(rng, count):
    return rng.integers(-(10**6), 10**6, count).tolist()


@pytest.mark.grades("add", weight=2, hint=HINT)
def test_add_equals_sum(submission, rng):
    """무작위 두 정수의 합이 맞습니다."""
    for _ in range(5):
        a, b = _numbers(rng, 2)
        known = {"뺄셈": (a - b, "더하지 않고 뺐습니다.")}
        expect.equal(submission.call("add", a, b, returns=int), a + b, given=f"add({a}, {b})", known=known)


@pytest.mark.grades("add")
def test_add_commutes(submission, rng):
    """순서를 바꾸어도 합이 같습니다."""
    a, b = _numbers(rng, 2)
    expect.equal(submission.call("add", b, a, returns=int), a + b, given=f"add({b}, {a})")


@pytest.mark.grades("double")
def test_double_of_random(submission, rng, upstream):
    """무작위 정수의 두 배가 맞습니다."""
    values = _numbers(rng, 3)
    sums = upstream(lambda: {"add": [((v, v), v + v) for v in values]})
    for value in values:
        expect.equal(submission.call("double", value, returns=int, replaced=sums), 2 * value, given=f"double({value})")


@pytest.mark.grades("double")
def test_double_of_zero(submission, upstream):
    """0의 두 배는 0입니다."""
    sums = upstream(lambda: {"add": [((0, 0), 0)]})
    expect.equal(submission.call("double", 0, returns=int, replaced=sums), 0, given="double(0)")


@pytest.mark.grades("total", weight=3)
def test_total_of_random(submission, rng, upstream):
    """무작위 목록의 합이 맞습니다."""
    values = _numbers(rng, 6)
    steps = [((sum(values[:i]), values[i]), sum(values[: i + 1])) for i in range(len(values))]
    sums = upstream(lambda: {"add": steps})
    expect.equal(submission.call("total", values, returns=int, replaced=sums), sum(values), given=f"total({values})")


@pytest.mark.grades("total")
def test_total_of_nothing(submission):
    """빈 목록의 합은 0입니다."""
    expect.equal(submission.call("total", [], returns=int), 0, given="total([])")


@pytest.mark.grades("theory-count")
def test_count_of_random(submission, rng):
    """무작위 개수에서 횟수가 맞습니다."""
    n = int(rng.integers(100, 10_000))
    expect.equal(submission.call("answer_count", n, returns=dict[str, int]), {"additions": n}, given=f"answer_count({n})")


@pytest.mark.grades("theory-count")
def test_count_of_one(submission):
    """값이 하나면 한 번 더합니다."""
    expect.equal(submission.call("answer_count", 1, returns=dict[str, int]), {"additions": 1}, given="answer_count(1)")


@pytest.mark.grades("exp-table")
def test_table_has_the_sizes(evidence):
    """표에 1, 2, 4, 8의 행이 있습니다."""
    rows = evidence.tables.get("counts", [])
    if [row.get("n") for row in rows] != [1, 2, 4, 8]:
        expect.fail("증거의 counts 표에 n이 1, 2, 4, 8인 행이 차례로 있어야 합니다.")


@pytest.mark.grades("exp-table")
def test_table_is_recomputed(submission, evidence):
    """표의 행을 다시 계산하면 같습니다."""
    rows = evidence.tables.get("counts", [])
    again = submission.call("count_table", [1, 2, 4, 8], returns=list[dict[str, int]])
    if rows != again or again[-1]["additions"] != 8:
        expect.fail("증거의 표가 다시 계산한 값과 다릅니다.")


@pytest.mark.grades("quality-style")
def test_review_finds_nothing(review):
    """정적 검토에서 지적이 없습니다."""
    if review.findings:
        expect.fail(f"지적이 {len(review.findings)}건 있습니다.")


@pytest.mark.grades("quality-style")
def test_total_calls_add(submission):
    """`total`은 `add`를 씁니다."""
    if "add(" not in submission.sources.get("solution-total", ""):
        expect.fail("`total`이 `add`를 쓰지 않습니다.")


@pytest.mark.grades("bonus-triple")
def test_triple_of_random(submission, rng):
    """무작위 정수의 세 배가 맞습니다."""
    (value,) = _numbers(rng, 1)
    expect.equal(submission.call("triple", value, returns=int), 3 * value, given=f"triple({value})")


@pytest.mark.grades("bonus-triple")
def test_triple_of_zero(submission):
    """0의 세 배는 0입니다."""
    expect.equal(submission.call("triple", 0, returns=int), 0, given="triple(0)")
