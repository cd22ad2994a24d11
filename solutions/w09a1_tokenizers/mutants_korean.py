"""Wrong solutions of the Korean tokenizer. Each is Python that runs after the solution cells and replaces contract names."""

from __future__ import annotations

from autograder.proof import Mutant

MUTANTS = [
    # -- korean ----
    Mutant(
        name="final_lost",
        misconception="종성을 빠뜨린다",
        source="""
right_compose = compose_jamo
compose_jamo = lambda text: re.sub("[\\u11a8-\\u11c2]", "", right_compose(re.sub("[\\u11a8-\\u11c2]", "", text)))
""",
        loses=("ko-jamo",),
        message="종성을 잃었습니다",
    ),
    Mutant(
        name="normalised_whole",
        misconception="글 전체를 정규화한다",
        source="""
import unicodedata

decompose_jamo = lambda text: unicodedata.normalize("NFD", text)
compose_jamo = lambda text: unicodedata.normalize("NFC", text)
""",
        loses=("ko-jamo",),
        message="정규화하고",
    ),
    Mutant(
        name="nothing_decomposed",
        misconception="풀지 않아도 돌아온다",
        source="""
decompose_jamo = lambda text: text
""",
        loses=("ko-jamo",),
        message="풀지 않은 음절",
    ),
    Mutant(
        name="compatibility_jamo",
        misconception="호환 자모로 풀면 충분하다",
        source="""
INITIALS, MEDIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ", "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


def decompose_jamo(text):
    found = []
    for letter in text:
        if "가" <= letter <= "힣":
            rest, final = divmod(ord(letter) - 0xAC00, 28)
            found += [INITIALS[rest // 21], MEDIALS[rest % 21], *([FINALS[final]] if final else [])]
        else:
            found.append(letter)
    return "".join(found)


def compose_jamo(text):
    def compose(match):
        final = FINALS.index(match[3]) if match[3] else 0
        return chr(0xAC00 + (INITIALS.index(match[1]) * 21 + MEDIALS.index(match[2])) * 28 + final)

    return re.sub(f"([{INITIALS}])([{MEDIALS}])([{FINALS[1:]}]?)(?![{MEDIALS}])", compose, text)
""",
        loses=("ko-jamo",),
        message="같은 자모로 풀립니다",
    ),
    Mutant(
        name="spaces_dropped",
        misconception="빈칸은 버려도 된다",
        source="""
split_eojeol = lambda text: text.split()
""",
        loses=("ko-eojeol",),
        message="빈칸을 버리고",
    ),
    Mutant(
        name="stripped",
        misconception="앞뒤를 다듬는다",
        source="""
split_eojeol = lambda text: re.findall(r"\\s+|\\S+", text.strip())
""",
        loses=("ko-eojeol",),
        message="strip()으로",
    ),
    Mutant(
        name="end_is_length",
        misconception="end는 길이",
        source="""
right_morphemes = morphemes
morphemes = lambda text: [Morpheme(m.form, m.tag, m.start, m.end - m.start) for m in right_morphemes(text)]
""",
        loses=("ko-segment",),
        message="길이를 적고",
    ),
    Mutant(
        name="forms_joined",
        misconception="형태소를 이으면 글이다",
        source="""
cut_at_morphemes = lambda text: [morpheme.form for morpheme in morphemes(text)]
""",
        loses=("ko-segment",),
        message="form을 늘어놓고",
    ),
    Mutant(
        name="cut_at_starts",
        misconception="시작에서만 자른다",
        source="""
def cut_at_morphemes(text):
    places = sorted({0, len(text), *(morpheme.start for morpheme in morphemes(text))})
    return [text[start:end] for start, end in pairwise(places)]
""",
        loses=("ko-segment",),
        message="끝나는 자리에서는",
    ),
    Mutant(
        name="units_without_spaces",
        misconception="조각에 빈칸은 없다",
        source="""
right_segment = segment
segment = lambda text, unit: [piece for piece in right_segment(text, unit) if not piece.isspace()]
""",
        loses=("ko-segment",),
        message="빈칸을 잃었습니다",
    ),
    Mutant(
        name="bytes_not_counted",
        misconception="vocab_size에 바이트를 넣지 않는다",
        source="""
right_pieces = train_pieces
train_pieces = lambda corpus, vocab_size, unit: right_pieces(corpus, vocab_size + 256, unit)
""",
        loses=("ko-tokenizer",),
        message="256개의 바이트를 넣지",
    ),
    Mutant(
        name="ids_overlap_bytes",
        misconception="조각의 번호도 0부터",
        source="""
right_korean = KoreanTokenizer.encode
KoreanTokenizer.encode = lambda self, text: [n - 256 if n > 255 else n for n in right_korean(self, text)]
""",
        loses=("ko-tokenizer",),
        message="바이트의 번호와 겹칩니다",
    ),
    Mutant(
        name="jamo_left_apart",
        misconception="자모를 모으지 않는다",
        source="""
def decode(self, ids):
    return b"".join(bytes([n]) if n < 256 else self.pieces[n - 256].encode() for n in ids).decode()


KoreanTokenizer.decode = decode
""",
        loses=("ko-tokenizer",),
        message="음절로 모으지 않고",
    ),
    Mutant(
        name="decomposed_input_left",
        misconception="처음부터 풀려 있던 글은 그대로 돌려준다",
        source="""
right_decompose, right_compose, seen = decompose_jamo, compose_jamo, {}


def decompose_jamo(text):
    seen[right_decompose(text)] = text
    return right_decompose(text)


compose_jamo = lambda text: seen.get(text, right_compose(text))
""",
        loses=("ko-jamo",),
        message="처음부터 조합용 자모로 적힌 글을",
    ),
    Mutant(
        name="factors_swapped",
        misconception="28과 21을 바꾸어 곱한다",
        source="""
def compose_jamo(text):
    def compose(match):
        initial, medial = ord(match[1]) - 0x1100, ord(match[2]) - 0x1161
        final = ord(match[3]) - 0x11A7 if match[3] else 0
        wrong = (initial * 28 + final) * 21 + medial
        return chr(0xAC00 + (wrong if wrong < 11_172 else (initial * 21 + medial) * 28 + final))

    return re.sub("([\u1100-\u1112])([\u1161-\u1175])([\u11a8-\u11c2]?)", compose, text)
""",
        loses=("ko-jamo",),
        message="28과 21의 자리를",
    ),
    Mutant(
        name="twenty_seven_for_a_vowel",
        misconception="모음 하나에 27을 곱한다",
        source="""
def compose_jamo(text):
    def compose(match):
        initial, medial = ord(match[1]) - 0x1100, ord(match[2]) - 0x1161
        final = ord(match[3]) - 0x11A7 if match[3] else 0
        return chr(0xAC00 + (initial * 21 + medial) * 27 + final)

    return re.sub("([\u1100-\u1112])([\u1161-\u1175])([\u11a8-\u11c2]?)", compose, text)
""",
        loses=("ko-jamo",),
        message="27가지로 세고",
    ),
    Mutant(
        name="cut_at_space_characters",
        misconception="빈칸 글자에서만 나눈다",
        source="""
split_eojeol = lambda text: text.split(" ")
""",
        loses=("ko-eojeol",),
        message="줄바꿈과 탭도",
    ),
    Mutant(
        name="end_by_form",
        misconception="end는 form의 길이로 센다",
        source="""
right_morphemes = morphemes
morphemes = lambda text: [Morpheme(m.form, m.tag, m.start, m.start + len(m.form)) for m in right_morphemes(text)]
""",
        loses=("ko-segment",),
        message="form의 길이로",
    ),
]

# Generated mutants that no check may punish, and why.
EQUIVALENT: dict[str, str] = {
    "solution-ko-jamo: decompose_jamo: '힣' → '힣x'": "글자 하나와 견주므로 '힣' 뒤에 무엇이 붙어도 힣까지입니다.",
}
