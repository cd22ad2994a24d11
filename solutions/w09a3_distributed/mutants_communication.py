"""Wrong solutions on compression, delay, overlap and experts, as Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant


def _feedback(corrected: str = "gradient + residual", residual: str = "corrected - sent", extra: str = "") -> str:
    """Error feedback with another rule."""
    return f"""
class ErrorFeedback:
    def __init__(self, k):
        self.k = k
        self.residual = None

    def compress(self, gradient):
        residual = torch.zeros_like(gradient) if self.residual is None else self.residual
        corrected = {corrected}
        values, indices = topk_compress(corrected, self.k)
        sent = decompress(values, indices, corrected.shape)
        self.residual = {residual}
        {extra}
        return values, indices
"""


def _power(p: str = "torch.linalg.qr(matrix @ q).Q", q: str = "matrix.T @ p") -> str:
    return f"""
def powersgd(matrix, rank, q):
    p = {p}
    return p, {q}
"""


def _descent(gradient: str = "weights[max(step - delay, 0)]", start: str = "weights[-1]", sign: str = "-", more: str = "") -> str:
    return f"""
def async_sgd(grad_fn, w0, lr, delay, steps):
    weights = [w0.clone()]
    for step in range(steps):
        weights.append({start} {sign} lr * grad_fn({gradient}))
    {more}
    return weights
"""


def _makespan(body: str, after: str = "return max(ready, sent)") -> str:
    return f"""
def overlap_makespan(buckets):
    ready = sent = 0.0
    for compute, communicate in buckets:
{body}
    {after}
"""


MUTANTS = [
    # -- top-k -------------------------------------------------------------------------------------------------------
    Mutant(
        name="signed_topk",
        misconception="가장 큰 값은 부호까지 본다",
        source="""
def topk_compress(tensor, k):
    flat = tensor.flatten()
    values, indices = flat.topk(min(max(k, 0), flat.numel()))
    return values, indices
""",
        loses=("comm-topk",),
        message="부호가 있는 값으로",
    ),
    Mutant(
        name="sizes_sent",
        misconception="절댓값을 보낸다",
        source="""
def topk_compress(tensor, k):
    flat = tensor.flatten()
    values, indices = flat.abs().topk(min(max(k, 0), flat.numel()))
    return values, indices
""",
        loses=("comm-topk",),
        message="부호를 잃었습니다",
    ),
    Mutant(
        name="smallest_sent",
        misconception="작은 것부터 보낸다",
        source="""
def topk_compress(tensor, k):
    flat = tensor.flatten()
    indices = flat.abs().topk(min(max(k, 0), flat.numel()), largest=False).indices
    return flat[indices], indices
""",
        loses=("comm-topk",),
        message="작은 것을 고르고",
    ),
    Mutant(
        name="rows_sent",
        misconception="k는 행마다다",
        source="""
def topk_compress(tensor, k):
    indices = tensor.abs().topk(min(max(k, 0), tensor.shape[-1]), dim=-1).indices
    return tensor.gather(-1, indices).flatten(), indices.flatten()
""",
        loses=("comm-topk",),
        message="이어야 합니다",
    ),
    Mutant(
        name="k_not_clipped",
        misconception="k는 언제나 원소의 수보다 작다",
        source="""
def topk_compress(tensor, k):
    flat = tensor.flatten()
    indices = flat.abs().topk(k).indices
    return flat[indices], indices
""",
        loses=("comm-topk",),
        message="RuntimeError",
    ),
    Mutant(
        name="rest_zeroed_in_place",
        misconception="보낸 것은 지운다",
        source="right_topk = topk_compress\n\n\ndef topk_compress(tensor, k):\n    values, indices = right_topk(tensor, k)\n"
        "    tensor.view(-1)[indices] = 0\n    return values, indices",
        loses=("comm-topk",),
        message="바꾸었습니다",
    ),
    Mutant(
        name="decompressed_in_a_row",
        misconception="값은 앞에서부터 놓는다",
        source="""
def decompress(values, indices, shape):
    flat = values.new_zeros(math.prod(shape))
    flat[: len(values)] = values
    return flat.view(tuple(shape))
""",
        loses=("comm-topk",),
        message="기대한 값과 다릅니다",
    ),
    Mutant(
        name="decompressed_to_float32",
        misconception="자료형은 언제나 FP32다",
        source="right_decompress = decompress\n"
        "decompress = lambda values, indices, shape: right_decompress(values, indices, shape).float()",
        loses=("comm-topk",),
        message="자료형",
    ),
    Mutant(
        name="shape_forgotten",
        misconception="펼친 채로 돌려준다",
        source="right_decompress = decompress\n"
        "decompress = lambda values, indices, shape: right_decompress(values, indices, shape).flatten()",
        loses=("comm-topk",),
        message="모양",
    ),
    # -- feedback ----------------------------------------------------------------------------------------------------
    Mutant(
        name="residual_dropped",
        misconception="보내지 못한 것은 버린다",
        source=_feedback(corrected="gradient"),
        loses=("comm-feedback",),
        message="남은 것을 더하지 않고",
    ),
    Mutant(
        name="residual_of_the_raw_gradient",
        misconception="남은 것은 원래 기울기에서 뺀 것이다",
        source=_feedback(residual="gradient - sent"),
        loses=("comm-feedback",),
        message="원래 기울기에서",
    ),
    Mutant(
        name="residual_counted_twice",
        misconception="남은 것을 쌓는다",
        source=_feedback(residual="residual + corrected - sent"),
        loses=("comm-feedback",),
        message="두 번 세고",
    ),
    Mutant(
        name="residual_added_twice",
        misconception="남은 것은 두 배로 갚는다",
        source=_feedback(corrected="gradient + 2 * residual"),
        loses=("comm-feedback",),
        message="두 번 더하고",
    ),
    Mutant(
        name="residual_keeps_what_was_sent",
        misconception="보낸 것도 남는다",
        source=_feedback(residual="corrected"),
        loses=("comm-feedback",),
        message="보낸 것을 빼지 않고",
    ),
    Mutant(
        name="residual_is_what_was_sent",
        misconception="남은 것은 보낸 것이다",
        source=_feedback(residual="sent"),
        loses=("comm-feedback",),
        message="보낸 것을 남기고",
    ),
    Mutant(
        name="residual_subtracted",
        misconception="남은 것은 빼야 한다",
        source=_feedback(corrected="gradient - residual"),
        loses=("comm-feedback",),
        message="빼고 있습니다",
    ),
    Mutant(
        name="one_memory_for_all",
        misconception="기억은 하나면 된다",
        source="""
shared = {}


class ErrorFeedback:
    def __init__(self, k):
        self.k = k

    @property
    def residual(self):
        return shared[self.shape]

    def compress(self, gradient):
        corrected = gradient + shared.get(gradient.shape, 0)
        values, indices = topk_compress(corrected, self.k)
        self.shape = gradient.shape
        shared[self.shape] = corrected - decompress(values, indices, corrected.shape)
        return values, indices
""",
        loses=("comm-feedback",),
        message="객체마다 따로",
    ),
    Mutant(
        name="gradient_changed",
        misconception="받은 기울기에 더해도 된다",
        source=_feedback(corrected="gradient.add_(residual)"),
        loses=("comm-feedback",),
        message="받은 기울기를 바꾸었습니다",
    ),
    # -- PowerSGD ----------------------------------------------------------------------------------------------------
    Mutant(
        name="not_orthogonal",
        misconception="P는 MQ면 된다",
        source=_power(p="matrix @ q"),
        loses=("comm-powersgd",),
        message="직교화하지 않고",
    ),
    Mutant(
        name="only_normalised",
        misconception="길이만 1이면 된다",
        source=_power(p="torch.nn.functional.normalize(matrix @ q, dim=0)"),
        loses=("comm-powersgd",),
        message="길이만 1로",
    ),
    Mutant(
        name="q_not_computed_again",
        misconception="Q는 받은 것이다",
        source=_power(q="q"),
        loses=("comm-powersgd",),
        message="q를 그대로",
    ),
    Mutant(
        name="fresh_q",
        misconception="Q는 언제나 무작위로 시작한다",
        source=_power(p="torch.linalg.qr(matrix @ torch.randn_like(q)).Q"),
        loses=("comm-powersgd",),
        message="받은 q가 아닌",
    ),
    Mutant(
        name="q_lost_for_the_next_step",
        misconception="Q도 정규 직교여야 한다",
        source=_power(q="torch.linalg.qr(matrix.T @ p).Q"),
        loses=("comm-powersgd",),
        message="공간에 내린 것이 아닙니다",
    ),
    Mutant(
        name="nan_for_nothing",
        misconception="길이는 0이 아니다",
        source="""
def powersgd(matrix, rank, q):
    columns = []
    for column in (matrix @ q).T:
        for other in columns:
            column = column - (other @ column) * other
        columns.append(column / column.norm())
    p = torch.stack(columns, dim=1)
    return p, matrix.T @ p
""",
        loses=("comm-powersgd",),
        message="NaN",
    ),
    Mutant(
        name="pair_swapped",
        misconception="Q가 먼저다",
        source="right_power = powersgd\npowersgd = lambda matrix, rank, q: right_power(matrix, rank, q)[::-1]",
        loses=("comm-powersgd",),
        message="모양이",
    ),
    Mutant(
        name="q_written_over",
        misconception="받은 q에 적어도 된다",
        source=_power(q="q.copy_(matrix.T @ p)"),
        loses=("comm-powersgd",),
        message="바꾸었습니다",
    ),
    # -- delay -------------------------------------------------------------------------------------------------------
    Mutant(
        name="no_delay",
        misconception="지연은 속도에만 영향을 준다",
        source=_descent(gradient="weights[-1]"),
        loses=("comm-async",),
        message="지연을 쓰지 않고",
    ),
    Mutant(
        name="one_step_older",
        misconception="지연 1은 두 걸음 앞이다",
        source=_descent(gradient="weights[max(step - delay - 1, 0)]"),
        loses=("comm-async",),
        message="하나 많습니다",
    ),
    Mutant(
        name="one_step_fresher",
        misconception="지연 1은 지금이다",
        source=_descent(gradient="weights[max(step - max(delay - 1, 0), 0)]"),
        loses=("comm-async",),
        message="하나 적습니다",
    ),
    Mutant(
        name="steps_from_the_old_weights",
        misconception="걸음도 묵은 가중치에서 내디딘다",
        source=_descent(start="weights[max(step - delay, 0)]"),
        loses=("comm-async",),
        message="묵은 가중치에서 걸음",
    ),
    Mutant(
        name="waits_at_first",
        misconception="기울기가 올 때까지 쉰다",
        source=_descent(gradient="weights[max(step - delay, 0)] * (step >= delay)"),
        loses=("comm-async",),
        message="쉬고 있습니다",
    ),
    Mutant(
        name="ascends",
        misconception="기울기의 쪽으로 간다",
        source=_descent(sign="+"),
        loses=("comm-async",),
        message="올라가고",
    ),
    Mutant(
        name="negative_index",
        misconception="음수 번호는 처음을 가리킨다",
        source=_descent(gradient="weights[step - delay]"),
        loses=("comm-async",),
        message="IndexError",
    ),
    Mutant(
        name="start_left_out",
        misconception="w0은 돌려주지 않는다",
        source=_descent(more="del weights[0]"),
        loses=("comm-async",),
        message="w0부터",
    ),
    Mutant(
        name="asked_twice",
        misconception="기울기는 몇 번 불러도 같다",
        source=_descent(gradient="weights[max(step - delay, 0)] + 0 * grad_fn(weights[max(step - delay, 0)])"),
        loses=("comm-async",),
        message="번 불렀습니다",
    ),
    Mutant(
        name="descends_in_place",
        misconception="가중치는 제자리에서 바꾼다",
        source="""
def async_sgd(grad_fn, w0, lr, delay, steps):
    weights = [w0]
    for step in range(steps):
        weights.append(weights[-1].sub_(lr * grad_fn(weights[max(step - delay, 0)])))
    return weights
""",
        loses=("comm-async",),
        message="바꾸었습니다",
    ),
    # -- overlap -----------------------------------------------------------------------------------------------------
    Mutant(
        name="no_overlap",
        misconception="계산이 끝나야 보낸다",
        source="overlap_makespan = lambda buckets: float(sum(map(sum, buckets)))",
        loses=("comm-overlap",),
        message="더했습니다",
    ),
    Mutant(
        name="longer_side",
        misconception="겹치면 긴 쪽만 남는다",
        source="overlap_makespan = lambda buckets: float(max(sum(b for b, _ in buckets), sum(c for _, c in buckets)))",
        loses=("comm-overlap",),
        message="가운데 큰 것",
    ),
    Mutant(
        name="no_queue",
        misconception="통신은 한꺼번에 할 수 있다",
        source=_makespan("        ready += compute\n        sent = max(sent, ready + communicate)"),
        loses=("comm-overlap",),
        message="한꺼번에",
    ),
    Mutant(
        name="longer_of_each",
        misconception="버킷마다 긴 쪽이 걸린다",
        source="overlap_makespan = lambda buckets: float(sum(max(bucket) for bucket in buckets))",
        loses=("comm-overlap",),
        message="긴 쪽을 더했습니다",
    ),
    Mutant(
        name="forward_order",
        misconception="앞쪽 층부터 보낸다",
        source="right_makespan = overlap_makespan\noverlap_makespan = lambda buckets: right_makespan(list(buckets)[::-1])",
        loses=("comm-overlap",),
        message="거꾸로",
    ),
    Mutant(
        name="sent_before_ready",
        misconception="계산을 시작하면 보낸다",
        source=_makespan("        sent = max(ready, sent) + communicate\n        ready += compute"),
        loses=("comm-overlap",),
        message="나오기 전에",
    ),
    Mutant(
        name="last_computing_forgotten",
        misconception="언제나 통신이 나중에 끝난다",
        source=_makespan("        ready += compute\n        sent = max(ready, sent) + communicate if communicate else sent", "return sent"),
        loses=("comm-overlap",),
        message="점화식을",
    ),
    Mutant(
        name="empty_fails",
        misconception="버킷은 언제나 있다",
        source="""
def overlap_makespan(buckets):
    ready, ends = 0.0, []
    for compute, communicate in buckets:
        ready += compute
        ends.append(max([ready, *ends[-1:]]) + communicate)
    return max(ready, ends[-1])
""",
        loses=("comm-overlap",),
        message="IndexError",
    ),
]
