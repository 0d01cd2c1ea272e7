"""Questions over a real index: what is found, in which order, and what was understood."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.errors import UnknownSource
from rag.records import Filters, Hit, SearchResult
from tests.conftest import BRIDGE, FERRY, ORCHARD, share_models
from tests.news import ARTICLES, BBC, COPY_COUNT, GAZETTE, POST, chatbot_over, write_articles

TODAY = date(2025, 1, 15)
AGENCY = {f"{name}.txt" for name in ARTICLES if name.startswith("agency-")}


def names(found: SearchResult) -> list[str]:
    """The hits' articles, without their ending."""
    return [hit.chunk.article_id.removesuffix(".txt") for hit in found.hits]


def text_of(chatbot: Chatbot, hit: Hit) -> str:
    return chatbot.article(hit.chunk.article_id).text[hit.chunk.start : hit.chunk.end]


# --- what finds what --------------------------------------------------------------------------

PLAIN = {
    "How many girders of the iron bridge are cracked?": "bridge",
    "What will the repair of the bridge cost?": "bridge",
    "Where did the night ferry run aground?": "ferry",
    "Who said that nobody on the ferry was in danger?": "ferry",
    "How much of the cherry harvest was lost to frost?": "orchard",
    "Why did brine run into the marsh?": "salt",
    "Who is Ida Kroll?": "salt",
    "Who kept the Cobbler Light, and for how long?": "light-tender",
    "Why did the librarian weep?": "library",
    "Which firm closed its slate quarry?": "quarry",
    "What became of the narrow trains?": "trains",
    "Does the football club want a roof?": "stadium",
    "Where do barn owls raise their chicks?": "owls",
    "How many farms went under when the valley of Mirren was flooded?": "reservoir",
    "What is the name of the cat in the waiting room?": "clinic",
    "How many paper lanterns were set afloat?": "festival",
    "What was inside the whale's stomach?": "agency-whale",
    "Which radar was switched off to spare batteries?": "inquiry",
    "What does the cannery build from yellow brick?": "cannery",
    "xylophones and zithers": "",
}


def test_a_question_finds_the_article_that_answers_it(news: Chatbot) -> None:
    first = {text: names(news.search(text))[0] for text in PLAIN}
    wrong = {text: first[text] for text, name in PLAIN.items() if name and first[text] != name}
    assert not wrong


def test_hits_carry_their_ranks_scores_and_reasons(news: Chatbot) -> None:
    found = news.search("How many girders of the iron bridge are cracked?")
    first, *rest = found.hits
    assert first.chunk.article_id == "bridge.txt"
    assert (first.dense_rank, first.lexical_rank) == (1, 1)
    assert first.reasons[:2] == (
        "meaning: 1 of 100", "words: 1 of 100 (girders, iron, bridge, cracked)"
    )  # fmt: skip
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] <= scores[0] <= 1
    assert len({hit.chunk for hit in found.hits}) == len(found.hits) == 10
    assert first.cosine == max(hit.cosine or 0 for hit in found.hits)
    assert first.bm25 == max(hit.bm25 or 0 for hit in found.hits)
    assert all(hit.cosine is None or -1 < hit.cosine <= 1.001 for hit in rest)
    assert (found.question, found.searched_for) == (found.question, found.question)
    assert found.filters == Filters()


def test_as_many_hits_as_asked_for_and_the_first_ones_are_the_same(news: Chatbot) -> None:
    text = "What do barrels of herring cost at the fish market?"
    many = news.search(text, 40).hits
    assert len(many) == 40
    assert news.search(text, 3).hits == many[:3]


def test_a_word_of_the_title_finds_the_body(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "articles").mkdir()
    for name, text in (("ferry", FERRY), ("bridge", BRIDGE), ("orchard", ORCHARD)):
        (tmp_path / "articles" / f"{name}.txt").write_text(text)
    body = "\n\n".join(
        " ".join(f"Row {row}, tree {i} bears fruit well again." for i in range(30)) for row in range(5)
    )  # fmt: skip
    (tmp_path / "articles" / "zephyr.txt").write_text(f"Zephyrine plums come back\n\n{body}")
    found = chatbot_over(tmp_path, embedder).search("zephyrine")
    by_words = [hit.chunk for hit in found.hits if hit.lexical_rank]
    assert len(by_words) > 3
    assert {chunk.article_id for chunk in by_words} == {"zephyr.txt"}
    assert names(found)[: len(by_words)] == ["zephyr"] * len(by_words)


def test_an_article_found_by_its_words_alone_is_found(news: Chatbot) -> None:
    found = news.search("Bis wann bleibt die Schleuse am alten Hafen geschlossen?")
    first = found.hits[0]
    assert first.chunk.article_id == "sluice.txt"
    assert (first.dense_rank, first.cosine, first.lexical_rank) == (None, None, 1)
    assert "alten, Hafen, geschlossen" in first.reasons[0]


@pytest.mark.parametrize("filters", [None, Filters((GAZETTE,), date(2030, 1, 1))])
def test_what_nothing_is_left_for_finds_nothing(news: Chatbot, filters: Filters | None) -> None:
    parts = "Did the ferry run aground on a sandbank, while engineers found cracks in girders?"
    for text in ("ferry", parts):
        assert bool(news.search(text, filters=filters).hits) == (filters is None)


# --- time -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def undated(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Chatbot:
    """The same articles, none of which says when it was published."""
    place = tmp_path_factory.mktemp("undated")
    write_articles(place / "articles", dated=False)
    return chatbot_over(place, embedder)


def test_without_a_time_in_the_question_dates_make_no_difference(
    news: Chatbot, undated: Chatbot
) -> None:
    assert undated.status().undated_count == undated.status().article_count == len(ARTICLES)
    assert news.status().undated_count == 2
    texts = [
        *PLAIN,
        "What did Coast Radio say about the ferry while The Lenn Post wrote of the iron bridge's "
        "cracked girders?",
        'Who spoke of "a bitter but necessary step"?',
    ]
    for text in texts:
        assert news.search(text, 50).hits == undated.search(text, 50).hits
    # And a time does make one, or the two would be equal whatever is asked.
    assert (
        news.search("Who raised the harbour fees in June 2024?").hits
        != undated.search("Who raised the harbour fees in June 2024?").hits
    )


FEES = "What do skippers pay for a berth after the rise of the harbour fees{}?"


@pytest.mark.parametrize(
    ("named", "expected", "reason"),
    [
        (" according to the Ostwick Gazette", "fees-may", f"source: {GAZETTE}"),
        (" according to The Lenn Post", "fees-june", f"source: {POST}"),
        (" on 4 May 2024", "fees-may", "published then"),
        (" in June 2024", "fees-june", "published then"),
    ],
)
def test_a_named_source_or_day_puts_its_report_first(
    news: Chatbot, named: str, expected: str, reason: str
) -> None:
    plain = news.search(FEES.format(""))
    assert set(names(plain)[:2]) == {"fees-may", "fees-june"}
    assert not any(reason in hit.reasons for hit in plain.hits)
    found = news.search(FEES.format(named))
    assert names(found)[0] == expected
    assert reason in found.hits[0].reasons
    assert "fees-may" in names(found)  # it weighs and does not filter
    assert "fees-june" in names(found)
    assert found.filters == Filters()


def test_days_of_publication_filter_and_undated_articles_come_last(news: Chatbot) -> None:
    text = "Which articles published in August 2023 tell of the chapel in the Mirren reservoir?"
    found = news.search(text, 40, today=TODAY)
    assert found.filters == Filters((), date(2023, 8, 1), date(2023, 8, 31))
    assert names(found)[0] == "reservoir-low"
    assert set(names(found)[1:]) == {"reservoir", "clinic"}
    assert [(p.first_day, p.last_day) for p in found.understood.periods] == [
        (date(2023, 8, 1), date(2023, 8, 31))
    ]
    assert "August 2023" in found.understood.periods[0].text
    assert ["undated" in hit.reasons for hit in found.hits] == [
        news.article(hit.chunk.article_id).published is None for hit in found.hits
    ]
    # Nor does the undated one come first where it fits better.
    flooded = "Which articles published in August 2023 say how many farms went under at Mirren?"
    assert names(news.search(flooded.replace("published in August 2023 ", "")))[0] == "reservoir"
    assert names(news.search(flooded))[:2] == ["reservoir-low", "reservoir"]


def test_filters_of_the_caller_take_the_place_of_the_question_s(news: Chatbot) -> None:
    text = "Which articles published in August 2023 are about the iron bridge?"
    assert "bridge" not in names(news.search(text))
    free = news.search(text, filters=Filters())
    assert free.filters == Filters()
    assert "bridge" in names(free)
    other = news.search(text, filters=Filters((), date(2024, 5, 1), date(2024, 5, 31)))
    assert names(other)[0] == "bridge"
    assert set(names(other)) == {"bridge", "salt", "fees-may", "reservoir", "clinic"}


def test_the_latest_is_the_newer_of_two_that_fit(news: Chatbot) -> None:
    found = news.search("What is the latest on the harbour fees of fishing boats?")
    assert found.understood.newest
    assert names(found)[:2] == ["fees-june", "fees-may"]
    assert not news.search(FEES.format("")).understood.newest


def test_the_latest_puts_no_newer_article_before_the_one_that_answers(news: Chatbot) -> None:
    assert names(news.search("What is the latest on the slate quarry of Harrow & Pike?"))[0] in (
        "quarry", "trains"
    )  # fmt: skip
    assert names(news.search("What is the latest on the Cobbler Light?"))[0] == "light-tender"


# --- sources and phrases ----------------------------------------------------------------------


def test_a_filter_takes_short_forms_of_sources(news: Chatbot) -> None:
    found = news.search("What happened?", filters=Filters(("bbc", "the lenn post")))
    assert found.filters == Filters((BBC, POST))
    assert {ARTICLES[name][0] for name in names(found)} == {BBC, POST}


def test_an_unknown_source_is_refused_with_the_nearest_named(news: Chatbot) -> None:
    with pytest.raises(UnknownSource, match=r"Lenn Pots.*The Lenn Post"):
        news.search("What happened?", filters=Filters(("Lenn Pots",)))


def test_a_quoted_phrase_stands_in_every_hit(news: Chatbot) -> None:
    found = news.search('Who spoke of "the harbour fees" of boats?', 30)
    assert found.understood.quoted == ("the harbour fees",)
    assert found.understood.absent_phrases == ()
    assert names(found) == ["fees-june"]  # the other has "higher harbour fees"
    assert "the harbour fees" in text_of(news, found.hits[0])


def test_a_phrase_that_stands_nowhere_is_searched_without_and_said_to_be_absent(
    news: Chatbot,
) -> None:
    found = news.search('Who called the closure of the iron bridge "a golden submarine"?')
    assert found.understood.absent_phrases == ("a golden submarine",)
    assert names(found)[0] == "bridge"
    assert len(found.hits) == 10


# --- copies -----------------------------------------------------------------------------------


def test_copies_are_folded_and_crowd_out_no_other_evidence(news: Chatbot) -> None:
    found = news.search("Why did the trawler Gannet strike the breakwater of Tarnmouth?")
    assert len(AGENCY) == COPY_COUNT
    assert "inquiry" in names(found)[:3]
    agency = [hit for hit in found.hits if hit.chunk.article_id in AGENCY]
    assert agency[0] in found.hits[:3]
    assert set(agency[0].copies) == AGENCY - {agency[0].chunk.article_id}
    texts = [text_of(news, hit).partition("\n\n")[2] for hit in found.hits]
    assert sum("compass had shown a wrong course" in text for text in texts) == 1
    assert len(found.hits) == 10


def test_what_a_copy_has_of_its_own_is_found(news: Chatbot) -> None:
    found = news.search("What did the veterinarian take out of the minke whale's stomach?")
    assert found.hits[0].chunk.article_id == "agency-whale.txt"
    assert "a kettle" in text_of(news, found.hits[0])
    both = news.search(
        "Which stones did the trawler Gannet knock out of the breakwater in the fog, and who cut "
        "open the dead minke whale on the shingle of Tarnmouth?"
    )
    held = " ".join(text_of(news, hit) for hit in both.hits[:4])
    assert "lost six of its stones" in held
    assert "Runa Falk, cut it open" in held


# --- parts ------------------------------------------------------------------------------------

TWO_PARTS = [
    (
        "Did The Lenn Post report cracks in the girders of the iron bridge, while Coast Radio "
        "reported that brine leaked from the tank of the salt works?",
        {"bridge", "salt"},
    ),
    (
        "Which firm, mentioned by The Lenn Post for closing a slate quarry with 64 quarrymen, and "
        "by Coast Radio for selling narrow trains to a museum in Orrin, was it?",
        {"quarry", "trains"},
    ),
    (
        "How many paper lanterns were set afloat in the harbour, and how many people queued for "
        "the reading room of the old library?",
        {"festival", "library"},
    ),
    (
        "Is a barrel of herring dearer than what skippers pay a week for a berth according to the "
        "Ostwick Gazette, and who keeps barn owls in the signal box at Orrin?",
        {"owls", "fees-may"},
    ),
]


@pytest.mark.parametrize(("text", "expected"), TWO_PARTS)
def test_each_part_of_a_question_has_its_evidence_among_the_first_hits(
    news: Chatbot, text: str, expected: set[str]
) -> None:
    found = news.search(text)
    assert len(found.understood.parts) >= 2
    assert expected <= set(names(found)[:5])
    fits = [
        reason for hit in found.hits[:5] if hit.chunk.article_id[:-4] in expected
        for reason in hit.reasons if reason.startswith("fits part")
    ]  # fmt: skip
    assert len(set(fits)) >= 2


# --- the same again ---------------------------------------------------------------------------


def test_the_same_question_gives_the_same_record(
    news: Chatbot, embedder: Embedder, tmp_path: Path
) -> None:
    texts = [
        *list(PLAIN)[:5],
        TWO_PARTS[0][0],
        FEES.format(" according to The Lenn Post"),
        "What is the latest on the harbour fees?",
    ]
    first = [news.search(text) for text in texts]
    assert [news.search(text) for text in reversed(texts)] == first[::-1]
    # Through another reader, and after a build that finds nothing to do.
    shutil.copytree(news.settings.index, tmp_path / "index")
    shutil.copytree(Path(news.status(with_changes=False).folder), tmp_path / "articles")
    other = chatbot_over_again(tmp_path, embedder)
    assert [other.search(text) for text in texts] == first


def chatbot_over_again(place: Path, embedder: Embedder) -> Chatbot:
    """A chatbot over the index that is there already, after a build with nothing to do."""
    from rag.settings import Settings

    made = Chatbot(Settings(index=place / "index", articles=place / "articles"))
    share_models(made, embedder)
    report = made.build(place / "articles", switch_folder=True)
    assert (report.new, report.changed, report.deleted, report.generation) == (0, 0, 0, 1)
    return made


def test_scores_fall_but_where_time_or_parts_decide_the_order(news: Chatbot) -> None:
    for text in PLAIN:
        scores = [hit.score for hit in news.search(text, 50).hits]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)


def test_a_short_clause_with_its_own_question_word_has_its_evidence(news: Chatbot) -> None:
    found = news.search("Who keeps barn owls in the signal box, and when was the library closed?")
    assert len(found.understood.parts) == 2
    assert {"owls", "library"} <= set(names(found)[:4])


def test_the_latest_news_are_those_of_the_last_days_of_the_folder(news: Chatbot) -> None:
    found = news.search("What is the latest news?", 40)
    days = [news.article(hit.chunk.article_id).published for hit in found.hits]
    dated = [day if type(day) is date else day.date() for day in days if day is not None]
    assert dated
    assert dated == sorted(dated, reverse=True)
    newest = max(
        day if type(day) is date else day.date()
        for day in (article.published for article in news.articles())
        if day is not None
    )
    assert dated[0] == newest == found.filters.last_day
    assert (newest - dated[-1]).days < 7


def test_a_question_for_days_alone_gets_the_articles_of_those_days(news: Chatbot) -> None:
    found = news.search("What happened in June 2024?", today=TODAY)
    assert found.filters == Filters((), date(2024, 6, 1), date(2024, 6, 30))
    days = [news.article(hit.chunk.article_id).published for hit in found.hits]
    dated = [day for day in days if day is not None]
    assert dated
    assert all(date(2024, 6, 1) <= day <= date(2024, 6, 30) for day in dated)
    assert "fees-june" in names(found)
    # Something else is asked as well: the days weigh, and filter nothing.
    assert news.search("Who raised the fees in June 2024?", today=TODAY).filters == Filters()
