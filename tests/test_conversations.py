"""Ten conversations over the sample articles, turn by turn, with what the answer has to say.

For each turn: what is typed, words that a sentence of the answer must have, and the article that it
is cited from; ``NOTHING`` where the articles do not answer.
"""

from __future__ import annotations

import pytest

from rag.build import build
from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.new_chunks import ChunkSettings
from rag.records import Turn
from rag.settings import Settings
from tests.conftest import SAMPLES, share_models

NOTHING = ("", "")

CONVERSATIONS: dict[str, list[tuple[str, tuple[str, str]]]] = {
    "ferry": [
        ("How many people were on board the Grey Heron?", ("228", "ferry-head-count")),
        ("How much diesel is in its tanks?", ("38 tonnes", "head-count")),
        ("How many people were injured?", ("njured", "")),
        ("Which tug tries to pull it off the reef?", ("salvage tug Ox", "head-count")),
    ],
    "inquiry": [
        ("How far had the Awl buoy been moved?", ("310 metres", "inquiry")),
        ("How many recommendations does the Marine Accident Bureau make?", ("12", "inquiry")),
        ("Why had the depth alarm been silenced?", ("every approach to Vesk", "inquiry")),
        ("How tall is the Cobbler Light?", ("31 metres", "cobbler-light")),
    ],
    "tidal plant": [
        ("What does the tidal power plant in Orrin Bay cost?", ("million", "")),
        ("How did the town council of Orrin vote on it?", ("11 votes", "council")),
        ("How many turbines will be installed?", ("turbines", "")),
        ("How many people stood with their backs to the ceremony?", ("70 people", "first-power")),
    ],
    "boat": [
        ("How old is the boat found in Orrin Bay?", ("1140 BC", "bronze-age")),
        ("Who led the excavation?", ("Håkelund", "bronze-age")),
        ("Which museum intends to show the boat from 2031 on?", ("Maritime Museum", "bronze-age")),
        ("How many copper ingots lay in the stern?", ("31 ingots", "bronze-age")),
    ],
    "strike": [
        ("What did the cannery workers' union demand?", ("nine percent", "cannery-strike")),
        ("What does a packer on the starting rate earn an hour?", ("38 crowns", "cannery-strike")),
        ("Which retired judge mediated the deal?", ("judge", "cannery-deal")),
        ("When does the agreement expire?", ("30 September 2027", "cannery-deal")),
    ],
    "cup final": [
        ("Who scored the winning goal in the Halvern Cup final?", ("19-year-old", "rovers")),
        ("How many people watched it in the Harbour Stadium?", ("31,460", "rovers")),
        ("What is referee Marius Pell's profession?", ("dentist", "offside")),
        ("When had Rovers last won the Cup?", ("1968", "rovers")),
    ],
    "water": [
        ("How many people in Tarnmouth have to boil their tap water?", ("23,000", "boil-water")),
        ("How much bottled water does each person get a day?", ("six litres", "boil-water")),
        ("How many people caught cryptosporidiosis in all?", ("187", "all-clear")),
        ("How much compensation does each household get?", ("60 crowns", "all-clear")),
    ],
    "lighthouse": [
        ("Who keeps the Cobbler Light?", ("Dray", "cobbler-light")),
        ("How far can it be seen?", ("18 nautical miles", "cobbler-light")),
        ("What is it built of?", ("granite", "cobbler-light")),
    ],
    "elsewhere": [
        ("What is the capital of Kazakhstan?", NOTHING),
        ("Who won the chess tournament in Berlin?", NOTHING),
        (
            "Which court will hear the lawsuit against the operating licence?",
            ("Administrative Court", "first-power"),
        ),
        ("What did the pope say about the earthquake?", NOTHING),
    ],
    "several parts": [
        (
            "How tall is the Cobbler Light, and how old is Anselm Dray?",
            ("31 metres", "cobbler-light"),
        ),
        (
            "How many people caught cryptosporidiosis in all, and how much compensation does each "
            "household in Tarnmouth get?",
            ("60 crowns", "all-clear"),
        ),
        ("How tall is the Cobbler Light, and who keeps it?", ("Dray", "cobbler-light")),
        ("How many tanks did the army order?", NOTHING),
    ],
}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Chatbot:
    index = tmp_path_factory.mktemp("samples") / "index"
    build(index, SAMPLES, embedder, ChunkSettings())
    made = Chatbot(Settings(index=index))
    share_models(made, embedder)
    return made


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation_reads_well(samples: Chatbot, name: str) -> None:
    history: list[Turn] = []
    for question, (words, article) in CONVERSATIONS[name]:
        answer = samples.ask(question, history=history)
        history.append(Turn(question, answer.searched_for, answer.filters, answer))
        if not words:
            assert answer.status == "not_found", question
            continue
        assert answer.status == "answered", (question, answer.searched_for, answer.confidence)
        cited = {c.number: c.article_id for c in answer.citations}
        assert any(
            words in s.text and article in cited[s.citation_numbers[0]] for s in answer.sentences
        ), (question, answer.searched_for, [s.text for s in answer.sentences])
        assert all(len(s.text) <= 400 for s in answer.sentences)
