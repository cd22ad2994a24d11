"""Wrong solutions of the bonus on languages and the router. Each is Python that runs after the solution cells."""

from __future__ import annotations

from autograder.proof import Mutant

MUTANTS = [
    # -- languages ----
    Mutant(
        name="normalised_before_the_power",
        misconception="비율을 거듭제곱하면 된다",
        source="""
def sampling_probs(counts, alpha):
    total = sum(counts.values())
    return {language: (count / total) ** alpha if count else 0.0 for language, count in counts.items()}
""",
        loses=("bonus-languages",),
        message="다시 나누지 않아",
    ),
    Mutant(
        name="alpha_in_a_softmax",
        misconception="α를 소프트맥스에 넣는다",
        source="""
def sampling_probs(counts, alpha):
    total = sum(counts.values())
    weights = {language: math.exp(alpha * count / total) for language, count in counts.items()}
    return {language: weight / sum(weights.values()) for language, weight in weights.items()}
""",
        loses=("bonus-languages",),
        message="지수 함수(소프트맥스)",
    ),
    Mutant(
        name="alpha_as_temperature",
        misconception="α는 온도다",
        source="""
right_probs = sampling_probs
sampling_probs = lambda counts, alpha: right_probs(counts, 1 / alpha)
""",
        loses=("bonus-languages",),
        message="온도처럼",
    ),
    Mutant(
        name="mixed_with_even",
        misconception="α는 섞는 비율이다",
        source="""
def sampling_probs(counts, alpha):
    total = sum(counts.values())
    return {language: alpha * count / total + (1 - alpha) / len(counts) for language, count in counts.items()}
""",
        loses=("bonus-languages",),
        message="α로 섞고",
    ),
    Mutant(
        name="alpha_ignored",
        misconception="있는 그대로 뽑는다",
        source="""
right_probs = sampling_probs
sampling_probs = lambda counts, alpha: right_probs(counts, 1.0)
""",
        loses=("bonus-languages",),
        message="α를 쓰지 않고",
    ),
    Mutant(
        name="alpha_reversed",
        misconception="α가 클수록 고르다",
        source="""
right_probs = sampling_probs
sampling_probs = lambda counts, alpha: right_probs(counts, 1 - alpha)
""",
        loses=("bonus-languages",),
        message="1 - α를",
    ),
    Mutant(
        name="logarithms_of_counts",
        misconception="큰 수는 로그로 줄인다",
        source="""
def sampling_probs(counts, alpha):
    weights = {language: alpha * math.log1p(count) for language, count in counts.items()}
    return {language: weight / sum(weights.values()) for language, weight in weights.items()}
""",
        loses=("bonus-languages",),
        message="로그를 쓰고",
    ),
    Mutant(
        name="nothing_to_the_power_of_zero",
        misconception="0의 0제곱은 0이다",
        source="""
def sampling_probs(counts, alpha):
    weights = {language: count**alpha for language, count in counts.items()}
    return {language: weight / sum(weights.values()) for language, weight in weights.items()}
""",
        loses=("bonus-languages",),
        message="0의 0제곱은 1입니다",
    ),
    Mutant(
        name="drawn_from_all_lines",
        misconception="모아 놓고 뽑으면 된다",
        source="""
def draw_lines(texts, probs, count, rng):
    every = [line for language in probs for line in texts[language]]
    return [every[int(place)] for place in rng.integers(len(every), size=count)]
""",
        loses=("bonus-languages",),
        message="모든 줄에서 고르게",
    ),
    Mutant(
        name="languages_drawn_evenly",
        misconception="언어를 고르게 뽑는다",
        source="""
right_draw = draw_lines
draw_lines = lambda texts, probs, count, rng: right_draw(texts, dict.fromkeys(probs, 1 / len(probs)), count, rng)
""",
        loses=("bonus-languages",),
        message="언어를 똑같이 뽑고",
    ),
    Mutant(
        name="first_lines_only",
        misconception="언어를 뽑았으면 줄은 아무것이나",
        source="""
def draw_lines(texts, probs, count, rng):
    names = list(probs)
    return [texts[names[place]][0] for place in rng.choice(len(names), size=count, p=list(probs.values()))]
""",
        loses=("bonus-languages",),
        message="줄이 고르게 나오지 않습니다",
    ),
    Mutant(
        name="own_randomness",
        misconception="난수는 아무 데서나",
        source="""
right_draw = draw_lines
draw_lines = lambda texts, probs, count, rng: right_draw(texts, probs, count, np.random.default_rng(0))
""",
        loses=("bonus-languages",),
        message="받은 rng로",
    ),
    Mutant(
        name="count_for_each_language",
        misconception="count는 언어마다의 수다",
        source="""
right_draw = draw_lines
draw_lines = lambda texts, probs, count, rng: right_draw(texts, probs, count * len(probs), rng)
""",
        loses=("bonus-languages",),
        message="줄을 뽑아야 합니다",
    ),
    Mutant(
        name="languages_by_quota",
        misconception="확률이 0.5이면 언제나 절반이다",
        source="""
def draw_lines(texts, probs, count, rng):
    edges = [0, *(round(count * float(edge)) for edge in np.cumsum(list(probs.values())))]
    shares = {language: end - start for language, (start, end) in zip(probs, pairwise(edges), strict=True)}
    return [texts[language][int(place)] for language, share in shares.items() for place in rng.integers(len(texts[language]), size=share)]
""",
        loses=("bonus-languages",),
        message="언어마다 몇 줄인지가 언제나",
    ),
    Mutant(
        name="parity_inverted",
        misconception="기준 언어를 나눈다",
        source="""
right_parity = parity_ratio
parity_ratio = lambda encode, parallel, pivot: {k: 1 / ratio for k, ratio in right_parity(encode, parallel, pivot).items()}
""",
        loses=("bonus-languages",),
        message="비를 거꾸로",
    ),
    Mutant(
        name="mean_of_parities",
        misconception="문장마다의 비를 평균한다",
        source="""
def parity_ratio(encode, parallel, pivot):
    return {
        language: statistics.mean(len(encode(one)) / len(encode(other)) for one, other in zip(texts, parallel[pivot], strict=True))
        for language, texts in parallel.items()
    }
""",
        loses=("bonus-languages",),
        message="비율의 평균",
    ),
    Mutant(
        name="tokens_per_letter",
        misconception="길이로 나누어야 공정하다",
        source="""
def parity_ratio(encode, parallel, pivot):
    rates = {k: sum(len(encode(text)) for text in texts) / sum(map(len, texts)) for k, texts in parallel.items()}
    return {language: rate / rates[pivot] for language, rate in rates.items()}
""",
        loses=("bonus-languages",),
        message="글자당 토큰을",
    ),
    Mutant(
        name="letters_for_tokens",
        misconception="글자 수가 토큰 수다",
        source="""
right_parity = parity_ratio
parity_ratio = lambda encode, parallel, pivot: right_parity(list, parallel, pivot)
""",
        loses=("bonus-languages",),
        message="글자를 세고",
    ),
    Mutant(
        name="pivot_ignored",
        misconception="첫째 언어가 기준이다",
        source="""
right_parity = parity_ratio
parity_ratio = lambda encode, parallel, pivot: right_parity(encode, parallel, next(iter(parallel)))
""",
        loses=("bonus-languages",),
        message="첫째 언어로",
    ),
    Mutant(
        name="parity_above_one",
        misconception="더 드는 만큼만 센다",
        source="""
right_parity = parity_ratio
parity_ratio = lambda encode, parallel, pivot: {k: ratio - 1 for k, ratio in right_parity(encode, parallel, pivot).items()}
""",
        loses=("bonus-languages",),
        message="1을 뺐습니다",
    ),
    # -- the router ----
    Mutant(
        name="cheapest_though_lossy",
        misconception="토큰만 적으면 된다",
        source="""
def cheapest(candidates, text):
    encodings = [list(candidate.encode(text)) for candidate in candidates]
    place = min(range(len(candidates)), key=lambda place: len(encodings[place]))
    return place, encodings[place]
""",
        loses=("bonus-router",),
        message="글을 되돌리지 못합니다",
    ),
    Mutant(
        name="later_wins_ties",
        misconception="동점이면 뒤의 것",
        source="""
def cheapest(candidates, text):
    encodings = [list(candidate.encode(text)) for candidate in candidates]
    lossless = [place for place, ids in enumerate(encodings) if candidates[place].decode(ids) == text]
    if not lossless:
        raise ValueError("없음")
    place = min(reversed(lossless), key=lambda place: len(encodings[place]))
    return place, encodings[place]
""",
        loses=("bonus-router",),
        message="뒤의 후보를",
    ),
    Mutant(
        name="most_tokens",
        misconception="자세할수록 좋다",
        source="""
def cheapest(candidates, text):
    encodings = [list(candidate.encode(text)) for candidate in candidates]
    lossless = [place for place, ids in enumerate(encodings) if candidates[place].decode(ids) == text]
    if not lossless:
        raise ValueError("없음")
    place = max(lossless, key=lambda place: len(encodings[place]))
    return place, encodings[place]
""",
        loses=("bonus-router",),
        message="토큰이 가장 많은",
    ),
    Mutant(
        name="first_that_works",
        misconception="되돌릴 수 있으면 된다",
        source="""
def cheapest(candidates, text):
    for place, candidate in enumerate(candidates):
        ids = list(candidate.encode(text))
        if candidate.decode(ids) == text:
            return place, ids
    raise ValueError("없음")
""",
        loses=("bonus-router",),
        message="토큰 수를 견주지",
    ),
    Mutant(
        name="smallest_numbers",
        misconception="번호가 작은 것이 싸다",
        source="""
def cheapest(candidates, text):
    encodings = [list(candidate.encode(text)) for candidate in candidates]
    lossless = [place for place, ids in enumerate(encodings) if candidates[place].decode(ids) == text]
    if not lossless:
        raise ValueError("없음")
    place = min(lossless, key=lambda place: sum(encodings[place]))
    return place, encodings[place]
""",
        loses=("bonus-router",),
        message="번호를 견주고",
    ),
    Mutant(
        name="by_characters",
        misconception="글자의 종류를 보면 안다",
        source="""
def cheapest(candidates, text):
    place = 0 if any("가" <= letter <= "힣" for letter in text) else len(candidates) - 1
    return place, list(candidates[place].encode(text))
""",
        loses=("bonus-router",),
        message="글자의 종류로",
    ),
    Mutant(
        name="numbers_not_shifted",
        misconception="번호는 그대로 적는다",
        source="""
def router_encode(self, text):
    place, ids = cheapest(self.candidates, text)
    return [place, *ids]


DynamicTokenizer.encode = router_encode
DynamicTokenizer.decode = lambda self, ids: self.candidates[ids[0]].decode(list(ids[1:]))
""",
        loses=("bonus-router",),
        message="후보의 수만큼 밀지",
    ),
    Mutant(
        name="shifted_by_one",
        misconception="순번 하나만큼 민다",
        source="""
def router_encode(self, text):
    place, ids = cheapest(self.candidates, text)
    return [place, *(number + 1 for number in ids)]


DynamicTokenizer.encode = router_encode
DynamicTokenizer.decode = lambda self, ids: self.candidates[ids[0]].decode([number - 1 for number in ids[1:]])
""",
        loses=("bonus-router",),
        message="1만큼만",
    ),
    Mutant(
        name="choice_not_written",
        misconception="되돌릴 때 다시 고르면 된다",
        source="""
DynamicTokenizer.encode = lambda self, text: cheapest(self.candidates, text)[1]
DynamicTokenizer.decode = lambda self, ids: self.candidates[0].decode(list(ids))
""",
        loses=("bonus-router",),
        message="순번이 없습니다",
    ),
    Mutant(
        name="text_trimmed",
        misconception="앞뒤의 빈칸은 다듬는다",
        source="""
right_router = DynamicTokenizer.encode
DynamicTokenizer.encode = lambda self, text: right_router(self, text.strip())
""",
        loses=("bonus-router",),
        message="빈칸을 잃었습니다",
    ),
    Mutant(
        name="nothing_refused",
        misconception="오류를 내지 않는 것이 친절하다",
        source="""
right_cheapest, right_decode = cheapest, DynamicTokenizer.decode


def cheapest(candidates, text):
    try:
        return right_cheapest(candidates, text)
    except ValueError:
        return 0, list(candidates[0].encode(text))


def router_decode(self, ids):
    try:
        return right_decode(self, ids)
    except ValueError:
        return ""


DynamicTokenizer.decode = router_decode
""",
        loses=("bonus-router",),
        message="ValueError가 나야",
    ),
]

NO_CANDIDATE = "글을 그대로 되돌리는 후보가 없습니다."
EQUIVALENT = {
    f"solution-bonus-router-choose: cheapest: if not lossless: raise ValueError('{NO_CANDIDATE}') → (left out)": "min of nothing raises it",
    f"solution-bonus-router-choose: cheapest: raise ValueError('{NO_CANDIDATE}') → (left out)": "min of nothing raises it",
}
