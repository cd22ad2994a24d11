"""Tokens, batches, the loop, the 5-gram model, and what counts as knowing the world."""

from __future__ import annotations

import math
from itertools import islice, pairwise, product

import pytest
import torch
from torch import nn
from torch.nn import functional

from course_lib.kit.language import corpus, data, judging, ngram, training
from course_lib.kit.model import Config, Decoder
from course_lib.kit.world import PEOPLE, Person, documents, holds
from course_lib.kit.world.cloze import CHOICES, questions
from course_lib.kit.world.knowledge import held_out

ME = Person("정다온", 25, "여", "대학생", "도서관", "떡볶이", "퍼즐을 맞추다", "메모를 잘한다", "전주")


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return corpus.reading(60_000, 0, almanac=1.0)


@pytest.fixture(scope="module")
def tokenizer(texts: list[str]) -> data.Tokenizer:
    return data.train_tokenizer(texts, 600)


def test_tokens_lose_nothing(texts: list[str], tokenizer: data.Tokenizer):
    stream = data.token_stream(tokenizer, texts[:50])
    rows, row = [], []
    for token in stream.tolist():
        if token == data.END:
            rows.append(tokenizer.decode(row))
            row = []
        else:
            row.append(token)
    assert rows == texts[:50]
    assert [tokenizer.token_to_id(special) for special in data.SPECIALS] == [data.PAD, data.MASK, data.START, data.END]


def test_the_same_text_gives_the_same_tokenizer(texts: list[str], tokenizer: data.Tokenizer):
    assert data.train_tokenizer(texts, 600).to_str() == tokenizer.to_str()


def test_batches_are_windows_and_repeatable():
    stream = torch.arange(100)
    first, again, other = (list(data.batches(stream, 3, 5, 4, seed)) for seed in (1, 1, 2))
    assert data.fingerprint(first) == data.fingerprint(again) != data.fingerprint(other)
    assert all(batch.shape == (3, 5) and (batch.diff(dim=1) == 1).all() for batch in first)
    assert {int(batch[0, 0]) for batch in data.batches(torch.arange(6), 1, 5, 60, 0)} == {0, 1}
    with pytest.raises(ValueError, match="fewer than one window"):
        next(data.batches(stream, 1, 101, 1, 0))


def test_a_share_of_the_reading_is_the_almanac():
    facts = {template for document in islice(documents(0, genre="almanac"), 2_000) for template in document.templates}
    assert len(facts) == 8 * 10 * 3  # eight kinds, ten ways, alone and in both orders
    for share in (0.0, 0.3, 1.0):
        read = corpus.reading(50_000, 3, almanac=share)
        almanac = set(corpus.reading(60_000, 3, almanac=1.0))
        size = sum(len(text.encode()) for text in read)
        assert 50_000 <= size < 55_000
        assert sum(len(text.encode()) for text in read if text in almanac) / size == pytest.approx(share, abs=0.05)
    assert corpus.reading(9_000, 3) == corpus.reading(9_000, 3) != corpus.reading(9_000, 4)


def test_the_almanac_is_not_drawn_by_itself():
    assert all(document.genre != "almanac" for document in islice(documents(0), 3_000))
    stated = list(islice(documents(0, "new_facts", genre="almanac"), 300))
    assert all(any(held_out(document.people[0], what) for what in ("age", "food", "hobby", "trait", "origin")) for document in stated)


def test_questions_have_one_true_answer():
    for asked, stated in ((questions(1), True), (questions(1, stated=False), False)):
        assert asked
        for question in asked:
            assert len(set(question.sentences)) == CHOICES
            assert holds(*question.fact)
            if question.fact.relation not in ("취미", "성격"):  # these are conjugated
                assert question.fact.value in question.sentences[question.answer]
        attributes = {"나이": "age", "좋아하는 음식": "food", "취미": "hobby", "성격": "trait", "고향": "origin"}
        kinds = [(question.fact.subject, attributes[question.fact.relation]) for question in asked if question.fact.relation in attributes]
        assert all(held_out(*kind) != stated for kind in kinds)


def test_training_never_has_the_questions():
    asked = {sentence for question in questions(0) for sentence in question.sentences}
    assert not any(sentence in text for text in corpus.reading(300_000, 0, almanac=0.8) for sentence in asked)


def test_one_can_ask_about_oneself():
    asked = [question for question in questions(0, people=(*PEOPLE, ME)) if question.fact.subject == "정다온"]
    assert {"좋아하는 음식", "직업"} & {question.fact.relation for question in asked}
    assert any("정다온" in text for text in corpus.reading(30_000, 0, almanac=1.0, extra_people=[ME]))


def test_kneser_ney_is_a_distribution_and_follows_its_formula():
    tokens = [0, 1, 0, 1, 2, 0, 1, 0, 3, 0, 1]
    model = ngram.NGram(tokens, 3, 5)
    for context in product(range(5), repeat=2):
        assert sum(model.probability(context, token) for token in range(5)) == pytest.approx(1)
    # by hand, order 2: c(0,1) = 4 of c(0,.) = 5, two kinds follow 0; 1 follows one context of the five bigram kinds
    bigram = ngram.NGram(tokens, 2, 5)
    kinds = len(set(pairwise(tokens)))
    lower = (1 - 0.75) / kinds + 0.75 * 4 / kinds / 5
    assert bigram.probability([0], 1) == pytest.approx((4 - 0.75) / 5 + 0.75 * 2 / 5 * lower)
    assert model.nats(tokens) == pytest.approx(-sum(math.log(model.probability(tokens[:i], token)) for i, token in enumerate(tokens)))


def test_a_model_is_judged_by_its_probabilities(tokenizer: data.Tokenizer):
    size = tokenizer.get_vocab_size()
    uniform = lambda ids: torch.zeros(*ids.shape, size)  # noqa: E731
    document = "한서윤은 등대지기다."
    count = len(tokenizer.encode(document).ids)
    expected = count * math.log2(size) / len(document.encode())
    assert judging.bits_per_byte(uniform, tokenizer, [document], 100) == pytest.approx(expected, rel=1e-5)
    rows = [[3, 1, 2], [3, 5, 6, 7, 8]]
    assert judging.nats(uniform, rows) == pytest.approx([2 * math.log(size), 4 * math.log(size)])

    truth = {question.sentences[question.answer] for question in questions(0)}
    known = {tuple(tokenizer.encode(sentence).ids) for sentence in truth}

    def oracle(ids: torch.Tensor) -> torch.Tensor:
        """Sure of a sentence that is true."""
        logits = torch.zeros(*ids.shape, size)
        for row, logit in zip(ids.tolist(), logits, strict=True):
            end = row.index(data.END, 1)
            if tuple(row[1:end]) in known:
                logit[torch.arange(end), torch.tensor(row[1 : end + 1])] = 9.0
        return logits

    assert judging.cloze_accuracy(oracle, tokenizer, questions(0)) == 1
    assert judging.cloze_accuracy(lambda ids: -oracle(ids), tokenizer, questions(0)) == 0


def test_training_learns_and_repeats():
    stream = torch.arange(400) % 7
    logs = []
    for _ in range(2):
        torch.manual_seed(0)
        model = Decoder(Config(vocab_size=7, hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2))

        def loss(batch: torch.Tensor, _: int, model: nn.Module = model) -> torch.Tensor:
            return functional.cross_entropy(model(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())

        logs.append(training.fit(model, loss, data.batches(stream, 4, 9, 60, 0), 60, peak=1e-2))
    assert logs[0].losses == logs[1].losses
    assert logs[0].steps == [0, 10, 20, 30, 40, 50, 59]
    assert logs[0].losses[0] == pytest.approx(math.log(7), abs=0.1)
    assert logs[0].losses[-1] < 0.1
    assert logs[0].tokens == 60 * 4 * 9


def test_a_loss_that_is_no_number_stops_the_run():
    layer = nn.Linear(2, 1)
    with pytest.raises(FloatingPointError, match="step 3"):
        training.fit(layer, lambda batch, step: layer(batch).sum() * (math.nan if step == 3 else 1.0), [torch.ones(1, 2)] * 9, 9)


def test_the_rate_warms_up_and_comes_down():
    rates = [training.learning_rate(step, 100, 1.0, 10) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == max(rates) == 1.0
    assert rates[-1] == pytest.approx(0.1, abs=0.01)
