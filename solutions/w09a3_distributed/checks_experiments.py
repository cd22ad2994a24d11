"""Hidden checks of the experiments on parallel training: tables are claims that are computed again, and conclusions follow from them."""

from __future__ import annotations

import math

import pytest

from autograder import claims
from course_lib.kit import expect
from course_lib.kit.distributed import LINKS

STEPS_HINT = (
    "표를 만드는 셀을 끝까지 실행했나요?",
    "PROFILE을 'cpu'로 두세요.",
    "제출할 때는 python -m course_lib.kit pack을 실행하고 pack 폴더를 함께 냅니다.",
)
AGAIN_HINT = ("표는 제출한 코드로 만든 것이어야 합니다.", "코드를 고쳤다면 pack을 다시 실행하세요.")
CLAIM_HINT = ("표의 수를 다시 읽어 보세요.", "행의 번호는 표에 출력된 번호입니다.", "결론을 만드는 함수를 쓰면 표와 어긋나지 않습니다.")
WORLDS, ELEMENTS = (2, 3, 4, 6, 8, 12, 16), 1_000
RANKS, BYTES = (2, 8, 64, 512, 4_096), 14_000_000_000
KINDS, MICROBATCHES, STAGES = ("gpipe", "1f1b"), (2, 4, 8, 16, 32, 64), 4


def _pairs(rows, again, what):
    """Rows as they were claimed and as they came out again; fails unless there are as many."""
    if len(again) != len(rows):
        expect.fail(f"{what}: 제출한 코드로 다시 계산하면 행이 {len(again)}개입니다. {len(rows)}개여야 합니다.", "다시 계산한 값과 다름")
    return zip(rows, again, strict=True)


def _same_row(row, again, columns, what):
    for column in columns:
        if not _equal(row[column], again.get(column)):
            said = f"표에는 {expect.show(row[column])}, 제출한 코드로 다시 계산하면 {expect.show(again.get(column))}입니다."
            expect.fail(f"{what}의 {column}: {said}", "다시 계산한 값과 다름")


def _equal(claimed, again):
    if isinstance(again, float) and isinstance(claimed, (int, float)) and not isinstance(claimed, bool):
        return math.isclose(claimed, again, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(again, list) and isinstance(claimed, list):
        return len(claimed) == len(again) and all(map(_equal, claimed, again))
    return expect.same(claimed, again)


# -- exp-links --------------------------------------------------------------------------------------------------------

RING = {"world": int, "elements": int, "seed": int, "steps": int, "bytes_per_rank": int, "share": float, "right": bool}
LINK = {"link": str, "world": int, "bytes": int, "seconds": float, "latency": float, "bandwidth": float}


def _links(submission, evidence):
    ring = [{"world": n, "share": 2 * (n - 1) / n} for n in (2, 4)]
    links = [{"link": "ethernet", "world": n, "bytes": 1_000, "seconds": 1.0} for n in (2, 4)]
    submission.call("link_conclusions", ring, links, returns=dict[str, object])
    ring = claims.table(evidence, "ring", RING, len(WORLDS))
    links = claims.table(evidence, "links", LINK, len(LINKS) * len(RANKS))
    if [(row["world"], row["elements"]) for row in ring] != [(world, ELEMENTS) for world in WORLDS]:
        expect.fail(f"표 ring의 랭크가 {list(WORLDS)}이고 원소가 {ELEMENTS}개여야 합니다.", "빠진 행")
    wanted = [(name, world, BYTES) for name in LINKS for world in RANKS]
    if [(row["link"], row["world"], row["bytes"]) for row in links] != wanted:
        expect.fail("표 links의 연결, 랭크, 바이트가 노트북의 것과 다릅니다.", "빠진 행")
    if len({row["seed"] for row in ring}) != 1 or not 0 <= ring[0]["seed"] < 2**31:
        expect.fail("표 ring의 seed는 모든 행에서 같은 0 이상의 정수여야 합니다.")
    return ring, links


def ring_again(student, worlds, elements, seed):
    return [student.ring_row(world, elements, seed) for world in worlds]


def links_again(student, size):
    return student.link_rows(size)


@pytest.mark.grades("exp-links", weight=2, hint=AGAIN_HINT)
def test_links_are_computed_again(submission, evidence, rng):
    """표 ring의 행 셋과 표 links를 제출한 코드로 다시 계산하면 같습니다."""
    ring, links = _links(submission, evidence)
    chosen = sorted(int(number) for number in rng.choice(len(ring), 3, replace=False))
    worlds = [ring[number]["world"] for number in chosen]
    again = submission.run(ring_again, worlds=worlds, elements=ELEMENTS, seed=ring[0]["seed"], returns=list[dict[str, object]], timeout=60)
    for number, fresh in _pairs(chosen, again, "표 ring"):
        _same_row(ring[number], fresh, RING, f"표 ring의 {number}번 행")
    again = submission.run(links_again, size=BYTES, returns=list[dict[str, object]])
    for number, (row, fresh) in enumerate(_pairs(links, again, "표 links")):
        _same_row(row, fresh, LINK, f"표 links의 {number}번 행")


@pytest.mark.grades("exp-links", hint=CLAIM_HINT)
def test_link_conclusions(submission, evidence):
    """통신량의 방향과 가장 큰 값, 이더넷에서 늘어난 배수, 두 항이 먼저 같아지는 연결이 표에서 나온 것과 같습니다."""
    ring, links = _links(submission, evidence)
    shares = [row["share"] for row in ring]
    claims.conclusion(
        evidence, "traffic", {"rows": [0, len(ring) - 1], "direction": claims.towards(shares[0], shares[-1]), "most": max(shares)}
    )
    slow = [number for number, row in enumerate(links) if row["link"] == "ethernet"]
    first, last = links[slow[0]]["seconds"], links[slow[-1]]["seconds"]
    if first <= 0:
        expect.fail("표 links의 seconds가 0보다 커야 합니다.")
    claims.conclusion(evidence, "ethernet", {"rows": [slow[0], slow[-1]], "factor": last / first})
    crossings = {name: BYTES / (link.alpha * link.beta) for name, link in LINKS.items()}
    nearest = min(crossings, key=crossings.get)
    claims.conclusion(evidence, "crossing", {"link": nearest, "world": crossings[nearest]})


# -- exp-pipeline -----------------------------------------------------------------------------------------------------

STAGE = {"kind": str, "stages": int, "microbatches": int, "makespan": float, "bubble": float, "peaks": list[int]}
STAGE |= {"memory": list[float], "checkpointed": list[float]}


def _stages(submission, evidence):
    example = [
        {"kind": kind, "stages": 2, "microbatches": m, "makespan": 1.0, "bubble": 0.5, "peaks": [1, 1], "memory": [1, 1]}
        for kind in KINDS
        for m in (2, 4)
    ]
    submission.call("stage_conclusions", example, returns=dict[str, object])
    rows = claims.table(evidence, "stages", STAGE, len(KINDS) * len(MICROBATCHES))
    wanted = [(kind, m, STAGES) for kind in KINDS for m in MICROBATCHES]
    if [(row["kind"], row["microbatches"], row["stages"]) for row in rows] != wanted:
        expect.fail("표 stages의 일정, 마이크로배치, 스테이지가 노트북의 것과 다릅니다.", "빠진 행")
    for number, row in enumerate(rows):
        if not all(len(row[column]) == STAGES for column in ("peaks", "memory", "checkpointed")):
            expect.fail(f"표 stages의 {number}번 행: peaks와 memory에는 스테이지마다 하나씩 {STAGES}개가 있어야 합니다.")
    return rows


def stages_again(student, wanted):
    return [student.stages_row(kind, microbatches) for kind, microbatches in wanted]


@pytest.mark.grades("exp-pipeline", weight=2, hint=AGAIN_HINT)
def test_stages_are_computed_again(submission, evidence, rng):
    """표 stages의 행 여섯을 제출한 코드로 다시 실행하면 같습니다."""
    rows = _stages(submission, evidence)
    chosen = sorted(int(number) for number in rng.choice(len(rows), 6, replace=False))
    wanted = [(rows[number]["kind"], rows[number]["microbatches"]) for number in chosen]
    again = submission.run(stages_again, wanted=wanted, returns=list[dict[str, object]], timeout=60)
    for number, fresh in _pairs(chosen, again, "표 stages"):
        _same_row(rows[number], fresh, STAGE, f"표 stages의 {number}번 행")


@pytest.mark.grades("exp-pipeline", hint=CLAIM_HINT)
def test_stage_conclusions(submission, evidence):
    """전체 시간, 버블의 방향, 붙든 수, 아낀 메모리가 표에서 나온 것과 같습니다. 어느 일정이 나은지 미리 정하지 않습니다."""
    rows = _stages(submission, evidence)
    count = len(MICROBATCHES)
    largest, one = [count - 1, 2 * count - 1], list(range(count, 2 * count))
    gpipe, last, first = rows[largest[0]], rows[largest[1]], rows[one[0]]
    claims.conclusion(evidence, "same-time", {"rows": largest, "equal": gpipe["makespan"] == last["makespan"]})
    towards = claims.towards(first["bubble"], last["bubble"])
    claims.conclusion(evidence, "bubble", {"rows": [one[0], one[-1]], "direction": towards, "last": float(last["bubble"])})
    enough = [number for number in one if rows[number]["microbatches"] >= STAGES]
    claims.conclusion(evidence, "held", {"rows": enough, "peak": max(rows[number]["peaks"][0] for number in enough)})
    claims.conclusion(evidence, "memory-saved", {"rows": largest, "bytes": gpipe["memory"][0] - last["memory"][0]})


@pytest.mark.grades("exp-pipeline", hint=("버블은 0과 1 사이입니다.", "붙든 수는 마이크로배치의 수를 넘지 않습니다.", *STEPS_HINT[:1]))
def test_stages_are_possible(submission, evidence):
    """표의 버블, 붙든 수, 전체 시간이 있을 수 있는 값이고 체크포인팅한 메모리가 하지 않은 것보다 크지 않습니다."""
    for number, row in enumerate(_stages(submission, evidence)):
        m = row["microbatches"]
        if not 0 <= row["bubble"] < 1 or not row["makespan"] >= 3 * m * (1 - 1e-9):
            expect.fail(f"표 stages의 {number}번 행: 버블이나 전체 시간이 있을 수 없는 값입니다.", "있을 수 없는 값")
        if not all(1 <= peak <= m for peak in row["peaks"]):
            expect.fail(f"표 stages의 {number}번 행: 붙든 수 {row['peaks']}이(가) 마이크로배치 {m}개와 맞지 않습니다.", "있을 수 없는 값")
        if any(less > more for less, more in zip(row["checkpointed"], row["memory"], strict=True)):
            expect.fail(f"표 stages의 {number}번 행: 체크포인팅한 메모리가 더 큽니다.", "있을 수 없는 값")
