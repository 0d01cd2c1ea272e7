"""What reading a question and a text together says of the text's sentences."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from rag.comprehension import LONGEST_TEXT, UNREAD, WEIGHTS, Passage, ReadingModel, sequenced
from rag.errors import ModelUnsuitable
from rag.model_files import packaged_folder
from tests.eval.reading_net import ReadingNet
from tests.eval.train_reading import batch_of

SENTENCES = (
    "The council closed the iron bridge on Tuesday.",
    "Divers had found cracks in 14 of its 36 girders.",
    "The repair will cost 3.2 million crowns, said Mayor Jon Petrak.",
)


def passage(sentences: tuple[str, ...] = SENTENCES, head: str = "The Courier: Bridge") -> Passage:
    """Sentences as a text, one after the other."""
    spans, at = [], 0
    for sentence in sentences:
        spans.append((at, at + len(sentence)))
        at += len(sentence) + 1
    return Passage(head, " ".join(sentences), tuple(spans))


@pytest.fixture(scope="module")
def model() -> ReadingModel:
    return ReadingModel()


@pytest.mark.parametrize(
    ("question", "place", "words"),
    [
        ("When was the bridge closed?", 0, "Tuesday"),
        ("What did divers find?", 1, "cracks"),
        ("How much will the repair cost?", 2, "3.2 million"),
        ("Who is the mayor?", 2, "Jon Petrak"),
    ],
)
def test_the_sentence_that_answers_has_the_highest_odds_and_its_words_are_pointed_at(
    model: ReadingModel, question: str, place: int, words: str
) -> None:
    (found,) = model.read(question, [passage()])
    assert max(range(3), key=lambda i: found[i].odds) == place
    start, end = found[place].span
    pointed = SENTENCES[place][start:end]
    assert pointed in words or words in pointed


def test_a_question_of_something_else_has_lower_odds_than_one_that_is_answered(
    model: ReadingModel,
) -> None:
    def best(question: str) -> float:
        (found,) = model.read(question, [passage()])
        return max(each.odds for each in found)

    assert best("How much will the repair cost?") > 0 > best("Who won the chess tournament?")


def test_what_is_beyond_the_input_is_unread_and_the_rest_is_read(model: ReadingModel) -> None:
    long = tuple(f"Number {number} of the long list is a town." for number in range(60))
    (found,) = model.read("Which town is number 3?", [passage(long)])
    assert len(found) == 60
    assert found[-1] == UNREAD
    assert UNREAD not in found[:20]


def test_texts_are_read_alike_alone_and_beside_others_to_the_digits_of_bfloat16(
    model: ReadingModel,
) -> None:
    other = passage(("A ferry ran aground off the coast on Monday evening.",), "Radio: Ferry")
    question = "How much will the repair cost?"
    (alone,) = model.read(question, [passage()])
    beside = model.read(question, [other, passage(), other])[1]
    assert [each.odds for each in beside] == pytest.approx([e.odds for e in alone], abs=0.2)
    assert model.read(question, [other, passage()]) == model.read(question, [other, passage()])


def test_without_a_text_nothing_is_read(model: ReadingModel) -> None:
    assert model.read("Why?", []) == []
    assert model.read("Why?", [Passage("", "", ())]) == [[]]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=40), max_size=6))
def test_every_token_has_its_place_and_its_sentence(
    model: ReadingModel, question: str, sentences: list[str]
) -> None:
    tokenizer = model._parts[0]
    given_passage = passage(tuple(sentences))
    (found,) = sequenced(tokenizer, question, [given_passage])
    assert len(found.ids) == len(found.types) == len(found.sentences) == len(found.places) <= 512
    for number, (start, end) in zip(found.sentences, found.places, strict=True):
        if number >= 0:
            first, last = given_passage.spans[number]
            assert first <= start <= end <= last


def test_the_shipped_model_computes_what_was_fitted(model: ReadingModel) -> None:
    net = ReadingNet(packaged_folder(), 16)
    fitted = {name: tensor.float() for name, tensor in load_file(WEIGHTS).items()}
    assert not net.load_state_dict(fitted, strict=False).unexpected_keys
    net.eval()
    (sequence,) = sequenced(model._parts[0], "How much will the repair cost?", [passage()])
    scores, none, _ = net(batch_of([sequence], "cpu"))
    expected = (scores[0] - none).tolist()
    (found,) = model.read("How much will the repair cost?", [passage()])
    # bfloat16 against float32, where the processor has it.
    assert [each.odds for each in found] == pytest.approx(expected, abs=0.3)


def test_weights_for_another_model_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file(load_file(WEIGHTS), path, {"model_sha256": "0" * 64})
    with pytest.raises(ModelUnsuitable, match="was fitted to another model"):
        ReadingModel(path).read("Why?", [passage()])


def test_the_packaged_model_has_room_for_all_that_is_read() -> None:
    limits = json.loads((packaged_folder() / "config.json").read_text())
    assert limits["max_position_embeddings"] >= LONGEST_TEXT + 96 + 40 + 4
