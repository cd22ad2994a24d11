"""Documents of the island, without end, from a seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from course_lib.kit.world.forms import Form, Section, Template
from course_lib.kit.world.genres import FORMS, ON_REQUEST
from course_lib.kit.world.knowledge import HELD_OUT, held_out
from course_lib.kit.world.people import Person
from course_lib.kit.world.scene import Cast, Scene, between, pick
from course_lib.kit.world.slips import with_slips

SPLITS = ("train", "test", "new_templates", "new_facts")
STATING = frozenset({"profile", "almanac"})  # genres that state facts one at a time
_SLOPPY = frozenset({"board", "chat"})


@dataclass(frozen=True)
class Document:
    """One text.

    Attributes:
        genre: a key of ``GENRES``.
        templates: names of the sentences it is made of.
        people: names of the islanders it is about.
        correct: the text as it would stand without slips of the keyboard; the same as ``text`` in most genres.
    """

    text: str
    genre: str
    templates: tuple[str, ...]
    people: tuple[str, ...]
    correct: str


def documents(seed: int, split: str = "train", extra_people: Sequence[Person] = (), genre: str | None = None) -> Iterator[Document]:
    """Yield documents without end; the same arguments give the same ones.

    Args:
        split: ``train``; ``test``, drawn apart from the same sentences; ``new_templates``, of sentences that training never has;
            ``new_facts``, which states facts that training never states.
        extra_people: islanders of one's own.
        genre: only this genre, also one that is never drawn by itself (``almanac``).

    Raises:
        ValueError: an unknown split or genre, or an extra person whose name is taken or whose place does not exist.
    """
    if split not in SPLITS:
        raise ValueError(f"split is one of {', '.join(SPLITS)}, not {split!r}")
    offered = FORMS if genre is None else (*FORMS, *ON_REQUEST)
    forms = [form for form in offered if genre in (None, form.genre) and (split != "new_facts" or form.genre in STATING)]
    if not forms:
        raise ValueError(f"no genre {genre!r} in the split {split}; there are {', '.join(sorted({form.genre for form in offered}))}")
    return _stream(Cast(extra_people), forms, split, Random(f"{seed}/{split}"))


def _stream(cast: Cast, forms: Sequence[Form], split: str, rng: Random) -> Iterator[Document]:
    while True:
        document = write_document(pick(forms, rng), cast, split, rng)
        if document.text:
            yield document


def write_document(form: Form, cast: Cast, split: str, rng: Random) -> Document:
    """Write one document of a form. In the split ``new_facts`` its text may be empty: nothing new is known about whom it is about."""
    scene = Scene(cast, form.cast, rng)
    chosen = [template for section in form.sections for template in _choose(section, scene, split, rng)]
    typed, correct = [], []
    for template in chosen:
        sentence = template.text.format_map(scene)
        correct.append(sentence)
        typed.append(with_slips(sentence, rng) if form.genre in _SLOPPY else sentence)
    people = tuple(scene[slot].name for slot in "abc" if slot in scene)
    return Document(form.joiner.join(typed), form.genre, tuple(template.name for template in chosen), people, form.joiner.join(correct))


def _choose(section: Section, scene: Scene, split: str, rng: Random) -> list[Template]:
    offered = section.held_out if split == "new_templates" else section.trained
    fitting = [template for template in offered if _fits(template, scene, split)]
    count = min(between(rng, section.low, section.high), len(fitting))
    if count == 1:
        return [pick(fitting, rng)]
    left = list(range(len(fitting)))
    taken = [left.pop(int(rng.random() * len(left))) for _ in range(count)]
    return [fitting[place] for place in sorted(taken)]


def _fits(template: Template, scene: Scene, split: str) -> bool:
    """Whether what the template states is known, and may be said in this split."""
    stated = [(scene[who], what) for who, what in template.mentions]
    if not all(getattr(person, what) for person, what in stated):
        return False
    new = [held_out(person.name, what) for person, what in stated if what in HELD_OUT]
    if split == "new_facts":
        return bool(new) and all(new)
    return not any(new)


def lines(size: int, seed: int, split: str = "train", extra_people: Sequence[Person] = ()) -> list[str]:
    """Lines of documents, together at most ``size`` bytes of UTF-8 with one byte a line for its end."""
    chosen: list[str] = []
    left = size
    for document in documents(seed, split, extra_people):
        for line in document.text.splitlines():
            left -= len(line.encode()) + 1
            if left < 0:
                return chosen
            chosen.append(line)
    raise AssertionError("a stream of documents has no end")
