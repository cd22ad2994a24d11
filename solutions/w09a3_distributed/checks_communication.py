"""Hidden checks of compression. Only plain data goes to the student's code and comes back."""

from __future__ import annotations

import pytest
import torch

from course_lib.distributed.communication_examples import decompress_call, feedback_call, powersgd_call, powersgd_of_nothing_call, topk_call
from course_lib.distributed.communication_mistakes import wrong_feedback, wrong_powersgd, wrong_topk
from course_lib.distributed.compression import ErrorFeedback, decompress, topk_compress
from course_lib.kit import expect
from course_lib.kit.counterexample import smallest
from course_lib.objectives.judging import close, near, unchanged
from course_lib.objectives.trials import floats

TENSOR = torch.Tensor
PAIR = tuple[TENSOR, TENSOR]


# -- comm-topk --------------------------------------------------------------------------------------------------------

TOPK_HINT = ("절댓값으로 고릅니다.", "tensor.flatten().abs().topk(k).indices", "값은 부호가 있는 그대로 flat[indices]입니다.")


def _sent(submission, tensor, k):
    """What was sent: values that stand in the tensor at different places; k of them."""
    values, indices = submission.call("topk_compress", tensor, k, returns=PAIR)
    flat, kept = tensor.flatten(), min(max(k, 0), tensor.numel())
    given = f"모양 {list(tensor.shape)}, k={k}"
    if values.shape != (kept,) or indices.shape != (kept,):
        expect.fail(
            f"{given}: values와 indices의 모양이 {list(values.shape)}와 {list(indices.shape)}입니다. [{kept}]이어야 합니다.", "k개가 아님"
        )
    if indices.dtype != torch.long:
        expect.fail(f"{given}: indices는 Long이어야 하는데 {str(indices.dtype).removeprefix('torch.')}입니다.", "Long이 아님")
    places = indices.tolist()
    if len(set(places)) < kept or not all(0 <= place < flat.numel() for place in places):
        expect.fail(f"{given}: indices가 펼친 텐서의 서로 다른 자리가 아닙니다: {expect.show(places)}", "펼친 자리가 아님")
    if not torch.equal(flat[indices], values):
        if torch.equal(flat[indices].abs(), values):
            expect.fail(f"{given}: 값의 부호를 잃었습니다. 절댓값은 고를 때만 씁니다.", "부호를 잃음")
        expect.fail(f"{given}: values가 indices의 자리에 있는 값이 아닙니다.", "값과 자리가 어긋남")
    least = values.abs().min() if kept else torch.inf
    rest = torch.ones(flat.numel(), dtype=torch.bool).index_fill(0, indices, False)
    if rest.any() and flat[rest].abs().max() > least:
        for name, (wrong, said) in wrong_topk(tensor, k).items():
            if set(places) == wrong:
                expect.fail(f"{said} ({given})", name)
        expect.fail(f"{given}: 보내지 않은 값 {flat[rest].abs().max():.4g}이(가) 보낸 값 {least:.4g}보다 큽니다.")
    return values, indices


@pytest.mark.grades("comm-topk", weight=2, hint=TOPK_HINT)
def test_the_largest_are_sent(submission, rng):
    """무작위 텐서에서 절댓값이 가장 큰 k개의 값과 자리를 보냅니다. 값이 같을 때 어느 것을 고르든, 차례가 어떻든 됩니다."""
    for shape in ((int(rng.integers(30, 60)),), (6, int(rng.integers(5, 9))), (3, 4, 5)):
        tensor = floats(rng, *shape)
        k = int(rng.integers(3, tensor.numel() // 3))
        with smallest(submission, topk_call(tensor.flatten()[:24].tolist(), min(k, 8))):
            _sent(submission, tensor, k)
    tied = torch.from_numpy(rng.integers(-2, 3, 30)).float()
    with smallest(submission, topk_call(tied.tolist(), 9)):
        _sent(submission, tied, 9)


@pytest.mark.grades(
    "comm-topk", hint=("k를 0과 원소의 수 사이로 자르세요.", "min(max(k, 0), flat.numel())", "입력을 바꾸는 함수(add_ 등)를 피하세요.")
)
def test_any_k(submission, rng):
    """k가 0보다 작거나 원소의 수보다 커도 되고, 빈 텐서도 되며, 받은 텐서는 그대로입니다."""
    tensor = floats(rng, 3, int(rng.integers(3, 6)))
    for given, k in ((tensor, 0), (tensor, -3), (tensor, tensor.numel()), (tensor, 1_000), (tensor[:0], 2)):
        with smallest(submission, topk_call(given.flatten().tolist(), k)):
            _sent(submission, given, k)
    after = submission.run(topk_input, tensor=tensor, k=4, returns=TENSOR)
    unchanged(tensor, after, "topk_compress")


def topk_input(student, tensor, k):
    student.topk_compress(tensor, k)
    return tensor


@pytest.mark.grades(
    "comm-topk", hint=("0으로 채운 벡터를 만들어 flat[indices] = values로 놓으세요.", "마지막에 shape로 바꿉니다.", "math.prod(shape)")
)
def test_decompress(submission, rng):
    """받은 값이 제자리에 놓이고 나머지는 0이며, 모양과 자료형이 맞습니다."""
    for shape, k in (((4, int(rng.integers(3, 7))), 5), ((2, 3, 4), 7), ((11,), 0)):
        values, indices = topk_compress(floats(rng, *shape, scale=4.0).double(), k)
        example = [decompress_call(values.tolist(), indices.tolist(), shape)] if len(shape) == 2 else []
        with smallest(submission, *example):
            found = submission.call("decompress", values, indices, shape, returns=TENSOR)
            if found.dtype != values.dtype:
                expect.fail(f"decompress의 자료형이 {found.dtype}입니다. 값과 같은 {values.dtype}이어야 합니다.", "자료형")
            close(found, decompress(values, indices, shape), given=f"모양 {list(shape)}, {k}개")


# -- comm-feedback ----------------------------------------------------------------------------------------------------

FEEDBACK_HINT = (
    "보낼 것은 gradient + residual에서 고릅니다.",
    "남는 것은 더한 기울기에서 보낸 것을 뺀 것입니다.",
    "residual = corrected - decompress(values, indices, corrected.shape)",
)


def fed_back(student, gradients, k):
    """What one memory sends of each gradient, its last residual, and what another memory sends of the first."""
    feedback, other = student.ErrorFeedback(k), student.ErrorFeedback(k)
    values, indices, residuals = [], [], []
    for gradient in gradients:
        sent, places = feedback.compress(gradient)
        values.append(sent)
        indices.append(places)
        residuals.append(feedback.residual.clone())
    fresh = other.compress(gradients[-1])
    return {"values": values, "indices": indices, "residuals": residuals, "fresh": list(fresh), "after": list(gradients)}


def _whole(rng, rounds, *shape):
    """Gradients of whole numbers, whose sums are exact, all of whose partial sums are told apart by size."""
    while True:
        drawn = [torch.from_numpy(rng.integers(-40, 41, shape)).double() + 0.0 for _ in range(rounds)]
        memory, clear = ErrorFeedback(4), True
        for gradient in drawn:
            corrected = gradient if memory.residual is None else gradient + memory.residual
            sizes = corrected.abs().flatten().sort(descending=True).values
            clear = clear and bool(sizes[3] > sizes[4])
            memory.compress(gradient)
        if clear:
            return drawn


def _compressing(upstream, gradients, k):
    """Recorded results of the two functions before, for a second chance."""

    def recorded():
        memory, compressed, restored = ErrorFeedback(k), [], []
        for gradient in gradients:
            corrected = gradient.clone() if memory.residual is None else gradient + memory.residual
            values, indices = memory.compress(gradient)
            compressed.append(((corrected, k), (values, indices)))
            out = decompress(values, indices, corrected.shape)
            restored += [((values, indices, corrected.shape), out), ((values, indices, list(corrected.shape)), out)]
        last = gradients[-1]
        values, indices = topk_compress(last, k)
        compressed.append(((last, k), (values, indices)))
        restored.append(((values, indices, last.shape), decompress(values, indices, last.shape)))
        return {"topk_compress": compressed, "decompress": restored}

    return upstream(recorded)


def _fed_back(submission, upstream, gradients, k):
    result = dict[str, list[TENSOR]]
    return submission.run(fed_back, gradients=gradients, k=k, returns=result, replaced=_compressing(upstream, gradients, k))


def _restored(found, gradients):
    shape, outs = gradients[0].shape, []
    for values, indices in zip(found["values"], found["indices"], strict=True):
        fits = values.shape == indices.shape == (values.numel(),) and indices.dtype == torch.long
        if not fits or (indices.numel() and not 0 <= int(indices.min()) <= int(indices.max()) < gradients[0].numel()):
            expect.fail("compress가 돌려준 values와 indices로 텐서를 되돌릴 수 없습니다. topk_compress의 꼴이어야 합니다.")
        outs.append(decompress(values.double(), indices, shape))
    return outs


@pytest.mark.grades("comm-feedback", weight=2, hint=FEEDBACK_HINT)
def test_nothing_is_lost(submission, rng, upstream):
    """걸음마다 보낸 것의 합에 남은 것을 더하면 기울기의 합과 같습니다."""
    gradients = _whole(rng, 7, 4, 3)
    found = _fed_back(submission, upstream, gradients, 4)
    outs = _restored(found, gradients)
    total, sent = torch.zeros(4, 3, dtype=torch.float64), torch.zeros(4, 3, dtype=torch.float64)
    for number, (gradient, out, residual) in enumerate(zip(gradients, outs, found["residuals"], strict=True)):
        total, sent = total + gradient, sent + out
        if residual.shape != gradient.shape:
            expect.fail(
                f"residual의 모양이 {list(residual.shape)}입니다. 기울기와 같은 {list(gradient.shape)}이어야 합니다.", "모양이 다름"
            )
        if not near(sent + residual, total):
            for name, (wrong, said) in wrong_feedback(gradients, 4).items():
                if all(near(one, other) for one, other in zip(outs, wrong, strict=True)) and name != "남은 것을 잊음":
                    expect.fail(f"{said} ({number + 1}걸음)", name)
            if all(near(one, other) for one, other in zip(outs, wrong_feedback(gradients, 4)["남은 것을 잊음"][0], strict=True)):
                expect.fail(wrong_feedback(gradients, 4)["남은 것을 잊음"][1], "남은 것을 잊음")
            apart = float((sent + residual - total).abs().max())
            expect.fail(f"{number + 1}걸음 다음: 보낸 것의 합 + 남은 것이 기울기의 합과 {apart:.4g}만큼 다릅니다.", "합이 다름")


@pytest.mark.grades("comm-feedback", weight=2, hint=FEEDBACK_HINT)
def test_the_corrected_gradient_is_sent(submission, rng, upstream):
    """걸음마다 남은 것을 더한 기울기에서 절댓값이 가장 큰 k개를 보냅니다. 처음의 남은 것은 0입니다."""
    gradients = _whole(rng, 6, 9)
    with smallest(submission, feedback_call([gradient.tolist() for gradient in gradients], 4)):
        found, memory = _fed_back(submission, upstream, gradients, 4), ErrorFeedback(4)
        outs = _restored(found, gradients)
        for number, (gradient, out) in enumerate(zip(gradients, outs, strict=True)):
            if not near(out, decompress(*memory.compress(gradient), gradient.shape)):
                for name, (wrong, said) in wrong_feedback(gradients, 4).items():
                    if all(near(one, other) for one, other in zip(outs, wrong, strict=True)):
                        expect.fail(f"{said} ({number + 1}걸음)", name)
                expect.fail(f"{number + 1}걸음에서 보낸 것이 남은 것을 더한 기울기의 가장 큰 4개가 아닙니다.", "보낸 것이 다름")


@pytest.mark.grades(
    "comm-feedback", hint=("기억은 객체마다 따로입니다.", "클래스 변수가 아니라 self.residual에 남기세요.", "add_ 대신 +를 쓰세요.")
)
def test_memories_are_apart(submission, rng, upstream):
    """객체마다 기억이 따로이고, 받은 기울기는 그대로입니다."""
    gradients = _whole(rng, 4, 8)
    found = _fed_back(submission, upstream, gradients, 4)
    for before, after in zip(gradients, found["after"], strict=True):
        if not near(before, after):
            expect.fail("compress가 받은 기울기를 바꾸었습니다. 새 텐서를 만드세요.", "입력을 바꿈")
    (fresh,) = _restored({"values": [found["fresh"][0]], "indices": [found["fresh"][1]]}, gradients)
    if not near(fresh, decompress(*topk_compress(gradients[-1], 4), gradients[-1].shape)):
        expect.fail("새로 만든 ErrorFeedback이 다른 객체의 남은 것을 씁니다. 기억은 객체마다 따로입니다.", "기억을 나누어 씀")


# -- comm-powersgd ----------------------------------------------------------------------------------------------------

POWER_HINT = ("P = M @ q를 먼저 구하고 열을 정규 직교로 만드세요.", "torch.linalg.qr(M @ q).Q", "그다음 Q = M.T @ P입니다.")


def _approximated(submission, matrix, rank, q, given):
    p, new = submission.call("powersgd", matrix, rank, q, returns=PAIR)
    if p.shape != (matrix.shape[0], rank) or new.shape != (matrix.shape[1], rank):
        said = f"[{matrix.shape[0]}, {rank}]와 [{matrix.shape[1]}, {rank}]이어야 합니다."
        expect.fail(f"{given}: P와 Q의 모양이 {list(p.shape)}와 {list(new.shape)}입니다. {said}", "모양이 다름")
    if p.isnan().any() or new.isnan().any():
        expect.fail(f"{given}: NaN이 나왔습니다. 길이가 0인 열을 나누지 않았나요?", "NaN")
    return p, new


@pytest.mark.grades("comm-powersgd", weight=2, hint=POWER_HINT)
def test_projection_on_what_q_shows(submission, rng):
    """P의 열이 정규 직교이고 MQ의 공간을 펼치며, PQᵀ는 M을 그 공간에 내린 것입니다. QR이든 그람–슈미트든 됩니다."""
    for m, n, rank in ((9, 6, 3), (5, int(rng.integers(8, 12)), 2), (7, 7, 1)):
        matrix, q = floats(rng, m, n).double(), floats(rng, n, rank).double()
        given = f"{m}×{n} 행렬, 계수 {rank}"
        with smallest(submission, powersgd_call(m, n, rank)):
            p, new = _approximated(submission, matrix, rank, q, given)
            basis = torch.linalg.qr(matrix @ q).Q
            right = basis @ basis.T @ matrix
            if not near(p @ new.T, right, 1e-5):
                for name, (wrong, said) in wrong_powersgd(matrix, p, q).items():
                    if near(p @ new.T, wrong, 1e-5):
                        expect.fail(f"{said} ({given})", name)
                if near(p @ p.T @ matrix, p @ new.T, 1e-5):
                    expect.fail(f"{given}: P의 열이 받은 q가 아닌 다른 데에서 나왔습니다. M @ q에서 시작하세요.", "q를 쓰지 않음")
                expect.fail(f"{given}: PQᵀ가 M을 MQ의 공간에 내린 것이 아닙니다. 차이 {float((p @ new.T - right).abs().max()):.3g}")
            if not near(p.T @ p, torch.eye(rank, dtype=torch.float64), 1e-4):
                expect.fail(f"{given}: P의 열이 정규 직교가 아닙니다. PᵀP가 단위행렬이어야 합니다.", "직교화하지 않음")


@pytest.mark.grades(
    "comm-powersgd",
    hint=("계수가 r 이하이면 정확합니다.", "0인 행렬에서는 MQ도 0입니다.", "torch.linalg.qr은 0인 행렬에서도 NaN을 내지 않습니다."),
)
def test_low_rank_and_zero(submission, rng):
    """계수가 r인 행렬은 한 번에 정확하고, 0인 행렬은 NaN 없이 0이며, 받은 텐서는 그대로입니다."""
    m, n, rank = int(rng.integers(6, 10)), int(rng.integers(5, 9)), 2
    low = floats(rng, m, rank).double() @ floats(rng, rank, n).double()  # of that rank to the last digits of float64
    q = torch.linalg.qr(floats(rng, n, rank).double()).Q
    with smallest(submission, powersgd_call(m, n, rank), powersgd_of_nothing_call(m, n, rank)):
        p, new = _approximated(submission, low, rank, q, f"계수가 {rank}인 행렬")
        close(p @ new.T, low, given=f"계수가 {rank}인 {m}×{n} 행렬의 근사", tolerance=1e-5)
        p, new = _approximated(submission, torch.zeros(m, n), rank, q.float(), "0인 행렬")
        close(p @ new.T, torch.zeros(m, n), given="0인 행렬의 근사")
    matrix_after, q_after = submission.run(power_inputs, matrix=low, rank=rank, q=q, returns=PAIR)
    if not (near(matrix_after, low) and near(q_after, q)):
        expect.fail("powersgd가 받은 matrix나 q를 바꾸었습니다. 새 텐서를 만드세요.", "입력을 바꿈")


def power_inputs(student, matrix, rank, q):
    student.powersgd(matrix, rank, q)
    return matrix, q


def power_iterated(student, matrix, rank, q, rounds):
    for _ in range(rounds):
        p, q = student.powersgd(matrix, rank, q)
    return p, q


@pytest.mark.grades(
    "comm-powersgd",
    hint=("돌려준 Q를 다음 걸음의 q로 씁니다.", "Q = M.T @ P를 그대로 돌려주세요.", "Q의 열을 0이나 단위행렬로 바꾸지 마세요."),
)
def test_a_warm_start_improves(submission, rng):
    """돌려준 Q로 다시 시작하면 특잇값 분해가 주는 가장 좋은 근사에 다가갑니다."""
    left, right = (torch.linalg.qr(floats(rng, size, 6).double()).Q for size in (10, 8))
    values = torch.tensor([5.0, 3.0, 0.6, 0.3, 0.2, 0.1], dtype=torch.float64)
    matrix, q = left @ torch.diag(values) @ right.T, floats(rng, 8, 2).double()
    best = left[:, :2] @ torch.diag(values[:2]) @ right[:, :2].T
    with smallest(submission, powersgd_call(10, 8, 2)):
        p, new = submission.run(power_iterated, matrix=matrix, rank=2, q=q, rounds=12, returns=PAIR)
        if p.shape != (10, 2) or new.shape != (8, 2) or not near(p @ new.T, best, 1e-3):
            expect.fail(
                "돌려준 Q로 열두 번 되풀이해도 가장 좋은 근사가 되지 않습니다. 다음 걸음이 이 Q에서 시작합니다.", "앞 걸음의 Q를 쓰지 않음"
            )
