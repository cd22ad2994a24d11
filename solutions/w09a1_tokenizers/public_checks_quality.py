"""Public checks of quality. They travel with the kit, so nothing here knows the reference."""

from __future__ import annotations

import pytest

from course_lib.kit import expect


def described(student, names):
    import inspect

    student.merge_pair(("가", "나"), ("가", "나"))  # an untouched notebook stops here, where nothing is written
    student.train_byte_bpe(["가 가"], 257)
    student.vocab_rows(["가나 가나"], ["가나"], [3, 4])
    found = {}
    for name in names:
        function = getattr(student, name)
        signature = inspect.signature(function)
        bare = [p.name for p in signature.parameters.values() if p.annotation is p.empty]
        found[name] = (bool(inspect.getdoc(function)), bare)
    return found


@pytest.mark.grades("quality-static", hint=("함수마다 무엇을 하는지 한 문장을 적으세요.",))
def test_functions_are_described(submission):
    """약속한 함수에 설명과 타입이 있습니다. 나머지 줄은 이 검사가 보지 않습니다."""
    names = ["count_pairs", "merge_pair", "train_bpe", "train_byte_bpe", "vocab_rows"]
    for name, (documented, bare) in submission.run(described, names=names, returns=dict[str, tuple[bool, list[str]]]).items():
        if not documented:
            expect.fail(f"`{name}`에 설명(docstring)이 없습니다.")
        if bare:
            expect.fail(f"`{name}`의 인자 {', '.join(bare)}에 타입이 없습니다.")


def lines_executed(student, corpora, size):
    import sys

    found = []
    for corpus in corpora:
        count = 0

        def trace(frame, event, argument):  # noqa: ARG001
            nonlocal count
            count += event == "line"
            return trace

        previous = sys.gettrace()
        sys.settrace(trace)
        try:
            merges = student.train_bpe(corpus, size, [], 1)[1]
        finally:
            sys.settrace(previous)
        found.append((count, len(merges)))
    return found


@pytest.mark.grades(
    "quality-growth", hint=("병합마다 무엇을 다시 하는지 보세요.", "단어 빈도표를 쓰고 있나요?", "단어의 수에 비례하는 일만 되풀이하세요.")
)
def test_work_grows_with_the_corpus(submission):
    """단어의 가짓수가 두 배가 되어도 실행하는 줄의 수는 두 배쯤입니다."""
    words = [first + second + third for first in "가나다라마" for second in "바사아자차" for third in "카타파하"]
    corpora = [[" ".join(words[: len(words) // 2])], [" ".join(words)]]
    (once, _), (twice, merges) = submission.run(lines_executed, corpora=corpora, size=40, returns=list[tuple[int, int]], timeout=60)
    if not merges:
        expect.fail("병합을 하나도 배우지 못했습니다. 구현을 먼저 마치세요.")
    if twice > 3 * once:
        expect.fail(f"단어의 가짓수가 두 배일 때 일이 {twice / once:.1f}배가 되었습니다.", "단어의 제곱")
