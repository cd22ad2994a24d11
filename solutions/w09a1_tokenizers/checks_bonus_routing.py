"""Hidden checks of the bonus on languages and the router. They run in the grader; only plain data goes to the student's code."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from course_lib.kit import expect
from course_lib.tokenizers.multilingual import parity_ratio, sampling_probs
from course_lib.tokenizers.routing_mistakes import SAID, wrong_choices, wrong_parities, wrong_probs, wrong_router_ids
from course_lib.tokenizers.trials import any_text, telling

# -- bonus-languages --------------------------------------------------------------------------------------------------


def _same(actual, right):
    return actual.keys() == right.keys() and all(math.isclose(actual[name], right[name], rel_tol=1e-9, abs_tol=1e-12) for name in right)


def _close_tables(actual, right, given, known):
    """Fail unless two tables of numbers have the same names and close numbers."""
    if _same(actual, right):
        return
    for name, (wrong, said) in known.items():
        if _same(actual, wrong):
            expect.fail(f"{said} {given}에서 {expect.show(actual)}이(가) 나왔습니다.", name)
    expect.fail(f"{given}에서 나온 값은 {expect.show(actual)}입니다.")


@pytest.mark.grades(
    "bonus-languages",
    weight=2,
    hint=("줄의 수를 α제곱합니다.", "제곱한 것을 모두 더해 나눕니다.", "count**alpha / sum(…), 0줄이면 0.0"),
)
def test_probabilities(submission, rng):
    """무작위 줄의 수와 α에서 확률이 n의 α제곱에 비례하고 합이 1입니다."""
    for alpha in (0.3, 0.7, round(float(rng.uniform(0.15, 0.85)), 2)):
        counts = {name: int(10 ** rng.uniform(1, 6)) for name in ("ko", "en", "ja", "vi")}
        actual = submission.call("sampling_probs", counts, alpha, returns=dict[str, float])
        given = f"sampling_probs({counts}, {alpha})"
        _close_tables(actual, sampling_probs(counts, alpha), given, wrong_probs(counts, alpha))


@pytest.mark.grades(
    "bonus-languages",
    hint=("α가 0이면 글이 있는 언어를 똑같이 뽑습니다.", "파이썬에서 0**0은 1입니다.", "count가 0이면 따로 0.0"),
)
def test_probabilities_at_the_ends(submission, rng):
    """α가 1이면 있는 그대로, 0이면 글이 있는 언어를 똑같이 뽑고, 글이 없는 언어는 뽑지 않습니다."""
    counts = {"ko": int(rng.integers(50, 99)), "en": int(rng.integers(100, 999)), "xx": 0}
    even = dict.fromkeys(counts, 1 / 3)
    for alpha in (1.0, 0.0):
        actual = submission.call("sampling_probs", counts, alpha, returns=dict[str, float])
        known = {"글이 없는 언어": (even, SAID["글이 없는 언어"])}
        _close_tables(actual, sampling_probs(counts, alpha), f"sampling_probs({counts}, {alpha})", known)


def drawn_lines(student, texts, probs, wanted):
    import numpy

    return [list(student.draw_lines(texts, probs, count, numpy.random.default_rng(seed))) for count, seed in wanted]


DRAWS = 20_000
SIGMAS = 7.5  # with at least 150 expected, chance goes further once in 10^10; some forty counts are compared


def _off(count, share, draws):
    """Whether a count lies further from its expectation than chance takes it."""
    return abs(count - draws * share) > SIGMAS * math.sqrt(draws * share * (1 - share))


@pytest.mark.grades(
    "bonus-languages",
    weight=2,
    hint=(
        "줄마다 먼저 언어를 뽑고, 그 언어에서 한 줄을 고르게 뽑습니다.",
        "rng.choice(len(languages), size=count, p=…)",
        "줄의 번호는 rng.integers(len(texts[language]))",
    ),
)
def test_drawn_lines(submission, rng):
    """줄을 많이 뽑으면 언어는 주어진 확률로, 한 언어 안의 줄은 고르게 나옵니다."""
    sizes = {"en": int(rng.integers(16, 21)), "ko": int(rng.integers(8, 12)), "ja": 3, "vi": 5}
    texts = {language: [f"{language}-{number}" for number in range(size)] for language, size in sizes.items()}
    probs = {"en": 0.2, "ko": 0.5, "ja": 0.3, "vi": 0.0}
    seed = int(rng.integers(2**31))
    wanted = [(DRAWS, seed), (50, seed), *((50, seed + later) for later in range(9))]
    found = submission.run(drawn_lines, texts=texts, probs=probs, wanted=wanted, returns=[list[str]] * len(wanted))
    lengths = [len(lines) for lines in found]
    if lengths != [count for count, _ in wanted] or not set(found[0]) <= {line for lines in texts.values() for line in lines}:
        expect.fail(f"{DRAWS}줄과 50줄을 뽑아야 합니다. 뽑은 줄의 수 {lengths}, 주어지지 않은 줄도 없어야 합니다.")
    counts, *few = (Counter(line.partition("-")[0] for line in lines) for lines in found)
    said = f"확률 {probs}, 줄의 수 {sizes}에서 {DRAWS}줄을 뽑으니 {dict(counts)}입니다."
    if any(_off(counts[language], share, DRAWS) for language, share in probs.items()):
        every = sum(sizes.values())
        if not any(_off(counts[language], size / every, DRAWS) for language, size in sizes.items()):
            expect.fail(f"모든 줄에서 고르게 뽑아 언어의 확률을 쓰지 않고 있습니다. {said}", "줄에서 고르게")
        if not any(_off(counts[language], 1 / len(probs), DRAWS) for language in probs):
            expect.fail(f"언어를 똑같이 뽑고 있습니다. {said}", "언어를 똑같이")
        expect.fail(f"언어가 주어진 확률로 나오지 않습니다. {said}")
    lines = Counter(found[0])
    for language in ("en", "ko", "ja"):
        if any(_off(lines[line], 1 / sizes[language], counts[language]) for line in texts[language]):
            expect.fail(f"{language}의 줄이 고르게 나오지 않습니다. 줄마다 다시 뽑아야 합니다.", "줄이 고르지 않음")
    if found[1] != found[2] or found[1] == found[3]:
        expect.fail("같은 시드의 rng로 두 번 뽑으면 같고 다른 시드에서는 달라야 합니다. 받은 rng로 뽑으세요.", "rng를 쓰지 않음")
    if all(one == few[0] for one in few):  # chance gives two seeds the same numbers once in a hundred times, nine seeds never
        expect.fail(f"언어마다 몇 줄인지가 언제나 {dict(few[0])}입니다. 줄마다 언어를 뽑아야 합니다.", "언어의 수를 정해 둠")


def parities(student, table, parallel, pivot):
    return dict(student.parity_ratio(table.__getitem__, parallel, pivot))


@pytest.mark.grades(
    "bonus-languages",
    weight=2,
    hint=("언어마다 토큰을 모두 더하세요.", "기준 언어의 합으로 나눕니다.", "sum(len(encode(text)) for text in texts)"),
)
def test_parity(submission, rng):
    """같은 뜻의 글에 드는 토큰 수의 합을 기준 언어의 합으로 나눈 값입니다."""
    for pivot in ("en", "vi"):
        table, parallel = {}, {}
        for language, most in (("ko", 9), ("en", 5), ("vi", 14)):
            parallel[language] = [f"{language}{number}{'아' * int(rng.integers(1, 9))}" for number in range(4)]
            table |= {text: list(range(int(rng.integers(2, 4)) * most // 2)) for text in parallel[language]}
        actual = submission.run(parities, table=table, parallel=parallel, pivot=pivot, returns=dict[str, float])
        sizes = {language: [len(table[text]) for text in texts] for language, texts in parallel.items()}
        known = wrong_parities(table.__getitem__, parallel, pivot)
        right = parity_ratio(table.__getitem__, parallel, pivot)
        _close_tables(actual, right, f"기준 {pivot!r}, 토큰 수 {sizes}", known)


# -- bonus-router -----------------------------------------------------------------------------------------------------


def routed(student, tables, texts):
    """Candidates that only know a table: ids by text, and the text that they decode to."""

    class Table:
        def __init__(self, rows):
            self.rows = rows

        def encode(self, text):
            return list(self.rows[text][0])

        def decode(self, ids):
            return next(back for numbers, back in self.rows.values() if list(numbers) == list(ids))

    router = student.DynamicTokenizer({name: Table(rows) for name, rows in tables.items()})
    found = []
    for text in texts:
        ids = list(router.encode(text))
        found.append((router.route(text), ids, router.decode(ids)))
    return found


NAMES = ("어절", "음절", "자모", "바이트")


def _candidates(rng, lossy):
    """What each candidate makes of some texts; ``lossy`` says how often one loses something. The last one never does."""
    texts = ["밥을 먹었다.", "see you", "ㅋㅋ 🙂", "섬에서 email을 보냈다", "쀍"]
    tables = {}
    for place, name in enumerate(NAMES):
        rows = {}
        for number, text in enumerate(texts):
            ids = [int(n) for n in rng.integers(0, 300, int(rng.integers(1, 9)))] + [1_000 + number]
            lost = place < len(NAMES) - 1 and rng.random() < lossy
            rows[text] = (ids, text.lower().replace(" ", "") + "…" if lost else text)
        tables[name] = rows
    return tables, texts


def _encodings(tables, text):
    return [rows[text] for rows in tables.values()]


def _chosen(tables, text):
    encodings = _encodings(tables, text)
    return min((len(ids), place) for place, (ids, back) in enumerate(encodings) if back == text)[1]


def _judge_routes(tables, texts, found):
    """Names first: whether all of them follow a misconception; then ids and the texts that come back."""
    right = [_chosen(tables, text) for text in texts]
    if any(name not in NAMES for name, _, _ in found):
        expect.fail(f"`route`가 후보의 이름이 아닌 것을 돌려주었습니다: {expect.show([name for name, _, _ in found])}. 후보 {NAMES}")
    places = [NAMES.index(name) for name, _, _ in found]
    text = next((text for text, place, wanted in zip(texts, places, right, strict=True) if place != wanted), None)
    if text is not None:
        counts = {name: f"{len(rows[text][0])}개{'' if rows[text][1] == text else ' (되돌리지 못함)'}" for name, rows in tables.items()}
        given = f"글 {text!r}, 토큰 수 {counts}에서 {NAMES[places[texts.index(text)]]!r}을(를) 골랐습니다."
        for name in wrong_choices(text, _encodings(tables, text)):
            if places == [wrong_choices(one, _encodings(tables, one))[name] for one in texts]:
                expect.fail(f"{SAID[name]} {given}", name)
        expect.fail(f"글을 되돌리는 후보 가운데 토큰이 가장 적은 것이 아닙니다. {given}")
    for text, place, (_, ids, back) in zip(texts, right, found, strict=True):
        own = _encodings(tables, text)[place][0]
        wanted = [place, *(len(NAMES) + number for number in own)]
        known = wrong_router_ids(place, own)
        expect.equal(ids, wanted, given=f"{text!r}, {place}번 후보의 번호 {own}", known=known)
        expect.equal(back, text, given=f"decode({ids})")


ROUTE = tuple[str, list[int], str]


@pytest.mark.grades(
    "bonus-router",
    weight=3,
    hint=(
        "모든 후보로 인코딩해 보고 길이를 견주세요.",
        "맨 앞에 후보의 순번을 적고, 나머지 번호는 후보의 수만큼 밉니다.",
        "[place, *(len(candidates) + number for number in ids)]",
    ),
)
def test_cheapest_candidate(submission, rng):
    """글마다 토큰이 가장 적은 후보를 고르고, 순번과 민 번호를 적고, 그대로 되돌립니다."""

    def answers(drawn):
        tables, texts = drawn
        rows = [wrong_choices(text, _encodings(tables, text)) for text in texts]
        return [
            [_chosen(tables, text) for text in texts],
            *([row[name] for row in rows] for name in ("가장 많은 토큰", "언제나 첫째", "번호의 합", "글자의 종류")),
        ]

    for _ in range(3):
        tables, texts = telling(rng, lambda rng: _candidates(rng, 0.0), answers)
        _judge_routes(tables, texts, submission.run(routed, tables=tables, texts=texts, returns=[ROUTE] * len(texts)))


@pytest.mark.grades(
    "bonus-router",
    weight=2,
    hint=(
        "토큰이 적어도 글을 잃는 후보는 고르지 않습니다.",
        "후보의 decode가 원래 글을 돌려주는지 확인하세요.",
        "candidate.decode(ids) == text인 것만 남긴 다음 고르세요.",
    ),
)
def test_lossy_candidates(submission, rng):
    """글을 되돌리지 못하는 후보는 토큰이 가장 적어도 고르지 않습니다."""

    def answers(drawn):
        tables, texts = drawn
        return [
            [_chosen(tables, text) for text in texts],
            [wrong_choices(text, _encodings(tables, text))["되돌리지 못하는 후보"] for text in texts],
        ]

    for _ in range(3):
        tables, texts = telling(rng, lambda rng: _candidates(rng, 0.7), answers)
        _judge_routes(tables, texts, submission.run(routed, tables=tables, texts=texts, returns=[ROUTE] * len(texts)))


@pytest.mark.grades(
    "bonus-router", hint=("토큰 수가 같으면 앞의 후보입니다.", "min은 같은 값 가운데 처음 것을 돌려줍니다.", "min(…, key=토큰의 수)")
)
def test_ties(submission, rng):
    """토큰 수가 같으면 앞에 있는 후보를 고릅니다."""
    tables, texts = _candidates(rng, 0.0)
    for rows in tables.values():
        for text, (ids, back) in rows.items():
            rows[text] = ([*(ids * 4)[:3], ids[-1]], back)
    _judge_routes(tables, texts, submission.run(routed, tables=tables, texts=texts, returns=[ROUTE] * len(texts)))


def any_texts(student, texts):
    """Two candidates that really encode: code points, which know no emoji, and bytes, which know everything."""

    class Letters:
        def encode(self, text):
            return [ord(letter) if ord(letter) < 0x10000 else 0 for letter in text]

        def decode(self, ids):
            return "".join(map(chr, ids))

    class Bytes:
        def encode(self, text):
            return list(text.encode())

        def decode(self, ids):
            return bytes(ids).decode()

    router = student.DynamicTokenizer({"글자": Letters(), "바이트": Bytes()})
    return [(router.route(text), list(ids := router.encode(text)), router.decode(ids)) for text in texts]


@pytest.mark.grades(
    "bonus-router",
    weight=2,
    hint=("빈 글도 순번 하나는 있습니다.", "글을 다듬지 마세요.", "고른 후보의 번호를 그대로 되돌리세요."),
)
def test_any_text_comes_back(submission, rng):
    """빈칸, 이모지, 제어 문자가 섞인 어떤 글이든 그대로 돌아옵니다."""
    texts = ["", " 앞뒤 ", "🙂", "\n\t", *(any_text(rng, 20).strip() + " " for _ in range(6))]
    for text, (name, ids, back) in zip(texts, submission.run(any_texts, texts=texts, returns=[ROUTE] * len(texts)), strict=True):
        trimmed = {"빈칸을 잃음": (text.strip(), "글의 앞뒤에 있는 빈칸을 잃었습니다.")} if text.strip() != text else None
        expect.equal(back, text, given=f"decode(encode({text!r}))", known=trimmed)
        place = int(any(ord(letter) >= 0x10000 for letter in text))
        own = list(text.encode()) if place else [ord(letter) for letter in text]
        expect.equal((name, ids), (("글자", "바이트")[place], [place, *(2 + number for number in own)]), given=repr(text))


def refusals(student, numbers):
    class Capitals:
        def encode(self, text):
            return [ord(letter) for letter in text.upper()]

        def decode(self, ids):
            return "".join(map(chr, ids))

    router = student.DynamicTokenizer({"대문자": Capitals(), "둘째": Capitals()})
    found = []
    for call, argument in [(router.encode, "abc"), (router.route, "abc"), *((router.decode, row) for row in numbers)]:
        try:
            call(argument)
            found.append("")
        except Exception as error:
            found.append(type(error).__name__)
    return found


@pytest.mark.grades(
    "bonus-router",
    hint=(
        "되돌릴 수 있는 후보가 없으면 어떻게 하나요?",
        "조용히 글을 잃는 것보다 ValueError가 낫습니다.",
        "빈 목록과 없는 순번도 ValueError입니다.",
    ),
)
def test_refusals(submission, rng):
    """되돌릴 수 있는 후보가 없거나, 빈 목록이거나, 없는 순번이면 ValueError를 냅니다."""
    numbers = [[], [int(rng.integers(2, 50)), 70], [-1, 70]]
    said = ["되돌릴 후보가 없는 글의 encode", "되돌릴 후보가 없는 글의 route", *(f"decode({row})" for row in numbers)]
    for what, error in zip(said, submission.run(refusals, numbers=numbers, returns=[str] * len(said)), strict=True):
        if error != "ValueError":
            expect.fail(f"{what}에서 ValueError가 나야 합니다. {error or '오류 없이 값이 나왔습니다'}.", "조용히 지나감")
