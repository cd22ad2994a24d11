"""Hidden checks with one item for each kind of reply. HIDDEN-CHECK-MARK"""

import math

import numpy
import pytest
import torch

from course_lib.kit import expect


def _integers(rng, count):
    return rng.integers(-(10**6), 10**6, count).tolist()


@pytest.mark.grades("add")
def test_add_of_random(submission, rng):
    """무작위 두 정수의 합이 맞습니다."""
    for _ in range(3):
        a, b = _integers(rng, 2)
        expect.equal(submission.call("add", a, b, returns=int), a + b, given=f"add({a}, {b})")


@pytest.mark.grades("add")
def test_add_of_zero(submission):
    """0을 더해도 그대로입니다."""
    expect.equal(submission.call("add", 7, 0, returns=int), 7, given="add(7, 0)")


@pytest.mark.grades("mean")
def test_mean_of_random(submission, rng):
    """무작위 수의 평균이 맞습니다."""
    values = rng.normal(size=7).tolist()
    expect.close(submission.call("mean", values, returns=float), math.fsum(values) / 7, tolerance=1e-9, given=f"mean({values})")


@pytest.mark.grades("mean")
def test_mean_of_one(submission):
    """수 하나의 평균은 그 수입니다."""
    expect.close(submission.call("mean", [2.5], returns=float), 2.5, tolerance=1e-9, given="mean([2.5])")


@pytest.mark.grades("backwards")
def test_text_of_random(submission, rng):
    """무작위 글을 거꾸로 놓습니다."""
    text = "".join(rng.choice(list("가나다라마바사abc"), 12))
    expect.equal(submission.call("backwards", text, returns=str), text[::-1], given=f"backwards({text!r})")


@pytest.mark.grades("backwards")
def test_text_of_nothing(submission):
    """빈 글은 빈 글입니다."""
    expect.equal(submission.call("backwards", "", returns=str), "", given='backwards("")')


@pytest.mark.grades("scale")
def test_scale_of_random(submission, rng):
    """무작위 배열에 배수를 곱합니다."""
    values = rng.integers(-99, 99, (2, 3)).astype(float)
    expect.equal(submission.call("scale", values, 3.0, returns=numpy.ndarray), values * 3.0, given=f"scale({values.tolist()}, 3.0)")


@pytest.mark.grades("scale")
def test_scale_by_zero(submission):
    """0을 곱하면 0입니다."""
    values = numpy.ones(3)
    expect.equal(submission.call("scale", values, 0.0, returns=numpy.ndarray), values * 0.0, given="scale([1.0, 1.0, 1.0], 0.0)")


@pytest.mark.grades("square")
def test_square_of_random(submission, rng):
    """무작위 값의 제곱이 텐서로 나옵니다."""
    values = rng.integers(-99, 99, 5).astype(float).tolist()
    wanted = torch.tensor(values, dtype=torch.float64) ** 2
    expect.equal(submission.call("square", values, returns=torch.Tensor), wanted, given=f"square({values})")


@pytest.mark.grades("square")
def test_square_of_one(submission):
    """1의 제곱은 1입니다."""
    expect.equal(submission.call("square", [1.0], returns=torch.Tensor), torch.ones(1, dtype=torch.float64), given="square([1.0])")


@pytest.mark.grades("total", weight=3)
def test_total_of_random(submission, rng, upstream):
    """무작위 목록의 합이 맞습니다."""
    values = _integers(rng, 6)
    steps = [((sum(values[:i]), values[i]), sum(values[: i + 1])) for i in range(len(values))]
    sums = upstream(lambda: {"add": steps})
    expect.equal(submission.call("total", values, returns=int, replaced=sums), sum(values), given=f"total({values})")


@pytest.mark.grades("total")
def test_total_of_nothing(submission):
    """빈 목록의 합은 0입니다."""
    expect.equal(submission.call("total", [], returns=int), 0, given="total([])")


@pytest.mark.grades("own-number")
def test_own_number(submission, rng):
    """자기 번호로 계산한 값이 맞습니다."""
    count = int(rng.integers(100, 10_000))
    wanted = {"product": len(submission.student) * count}
    answer = submission.call("own_number", submission.student, count, returns=dict[str, int])
    expect.equal(answer, wanted, given=f"own_number(…, {count})")


@pytest.mark.grades("own-number")
def test_own_number_of_nothing(submission):
    """개수가 0이면 0입니다."""
    answer = submission.call("own_number", submission.student, 0, returns=dict[str, int])
    expect.equal(answer, {"product": 0}, given="own_number(…, 0)")


@pytest.mark.grades("table")
def test_table_has_the_sizes(evidence):
    """표에 1, 2, 4, 8의 행이 있습니다."""
    rows = evidence.tables.get("counts", [])
    if [row.get("n") for row in rows] != [1, 2, 4, 8]:
        expect.fail("증거의 counts 표에 n이 1, 2, 4, 8인 행이 차례로 있어야 합니다.")


@pytest.mark.grades("table")
def test_table_is_recomputed(submission, evidence, rng):
    """표의 행을 다시 계산하면 같고, 다른 크기에서도 맞습니다."""
    rows = evidence.tables.get("counts", [])
    again = submission.call("count_table", [1, 2, 4, 8], returns=list[dict[str, int]])
    if not expect.same(rows, again):
        expect.fail("증거의 표가 다시 계산한 값과 다릅니다.")
    sizes = rng.integers(10, 99, 3).tolist()
    wanted = [{"n": n, "additions": n} for n in sizes]
    expect.equal(submission.call("count_table", sizes, returns=list[dict[str, int]]), wanted, given=f"count_table({sizes})")


@pytest.mark.grades("style")
def test_review_finds_nothing(review):
    """정적 검토에서 지적이 없습니다."""
    _finished(review)
    if review.findings:
        expect.fail(f"지적이 {len(review.findings)}건 있습니다.")


@pytest.mark.grades("style")
def test_review_finds_little(review):
    """정적 검토의 지적이 스무 건보다 적습니다."""
    _finished(review)
    if len(review.findings) >= 20:
        expect.fail(f"지적이 {len(review.findings)}건 있습니다.")


def _finished(review):
    if [name for name in review.unfinished if name != "solution-square"]:
        expect.fail("아직 작성하지 않은 함수가 있습니다.")


def lines_run(student, tables):
    """For each list of sizes, the rows of the student's table and the lines of any code that ran for it."""
    import sys

    found = []
    for sizes in tables:
        lines = 0

        def trace(frame, event, argument):  # noqa: ARG001
            nonlocal lines
            lines += event == "line"
            return trace

        previous = sys.gettrace()
        sys.settrace(trace)
        try:
            rows = student.count_table(sizes)
        finally:
            sys.settrace(previous)
        found.append((len(rows), lines))
    return found


def _grows(submission, tables, allowed):
    # Unpacked as carelessly as checks of their own do: what a shorter reply then raises has to be told from a fault of the check.
    (rows, lines), (more_rows, more) = submission.run(lines_run, tables=tables, returns=list[Counted])
    if (rows, more_rows) != tuple(map(len, tables)) or lines < 1:
        expect.fail("표의 행이 모자라 일의 양을 견줄 수 없습니다.")
    if more > allowed * lines + 5:
        expect.fail(f"일이 {more / lines:.1f}배가 되었습니다.", "일이 너무 빨리 늘어남")


Counted = tuple[int, int]


@pytest.mark.grades("growth")
def test_twice_the_rows(submission, rng):
    """행이 두 배면 실행한 줄도 두 배쯤입니다."""
    sizes = rng.integers(10, 99, 60).tolist()
    _grows(submission, [sizes[:30], sizes], 2.5)


@pytest.mark.grades("growth")
def test_larger_numbers(submission, rng):
    """n이 커져도 실행한 줄은 그대로입니다."""
    sizes = rng.integers(10, 99, 20).tolist()
    _grows(submission, [sizes, [10 * n for n in sizes]], 1.5)


@pytest.mark.grades("bonus-triple")
def test_triple_of_random(submission, rng, upstream):
    """무작위 정수의 세 배가 맞습니다."""
    (value,) = _integers(rng, 1)
    sums = upstream(lambda: {"add": [((value, value), 2 * value), ((2 * value, value), 3 * value)]})
    expect.equal(submission.call("triple", value, returns=int, replaced=sums), 3 * value, given=f"triple({value})")


@pytest.mark.grades("bonus-triple")
def test_triple_of_zero(submission, upstream):
    """0의 세 배는 0입니다."""
    sums = upstream(lambda: {"add": [((0, 0), 0)]})
    expect.equal(submission.call("triple", 0, returns=int, replaced=sums), 0, given="triple(0)")
