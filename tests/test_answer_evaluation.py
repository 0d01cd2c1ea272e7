"""How answers are judged, over a real index; the table and the plot of a real evaluation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rag.answer_evaluation import AnswerEvaluation, measure_answers, most_confident_errors, shows
from rag.chatbot import Chatbot
from rag.evaluation import Evaluation, evaluate
from rag.evaluation_questions import read_questions
from rag.records import Article, BuildReport, from_json, to_json
from tests.conftest import FERRY
from tests.eval import plot_risk
from tests.test_evaluation import COST, FROST, eval_command, questions_file

COST_QUESTION = "What will the repair of the iron bridge cost?"
UNHEARD = "Who is Zorblax Quimbleton?"  # a name that no article has is refused by rule

ROWS = (
    {"query": COST_QUESTION, "question_type": "cost", "evidence": [COST]},
    {"query": COST_QUESTION, "question_type": "cost", "evidence": [FROST]},
    {"query": UNHEARD, "question_type": "who", "evidence": [COST]},
    {"query": COST_QUESTION, "question_type": "none", "evidence": []},
    {"query": UNHEARD, "question_type": "none", "articles": []},
    {"query": "How much will it cost to repair the bridge?", "articles": ["bridge.txt"]},
)


@pytest.fixture
def found(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot, tmp_path: Path
) -> Evaluation:
    build_index(folder)
    return evaluate(chatbot, read_questions(questions_file(tmp_path, *ROWS)), answers=True)


def of(found: Evaluation) -> AnswerEvaluation:
    assert found.answers is not None
    return found.answers


# --- judging ----------------------------------------------------------------------------------


def test_each_question_is_right_wrong_or_refused_rightly_or_not(found: Evaluation) -> None:
    outcomes = {result.line: result.outcome for result in of(found).results}
    assert outcomes == {
        1: "right", 2: "wrong", 3: "false refusal", 6: "right", 4: "wrong", 5: "rightly refused",
    }  # fmt: skip


def test_shares_are_of_the_answerable_and_of_the_others_by_kind(found: Evaluation) -> None:
    every, cost, who = of(found).answerable
    assert (every.kind, every.count) == ("all", 4)
    assert {name: figure.mean for name, figure in every.figures.items()} == {
        "right": 0.5, "wrong": 0.25, "false refusals": 0.25,
    }  # fmt: skip
    assert every.figures["right"].low < 0.5 < every.figures["right"].high
    assert (cost.kind, cost.figures["wrong"].mean) == ("cost", 0.5)
    assert (who.kind, who.figures["false refusals"].mean) == ("who", 1)
    others, none = of(found).unanswerable
    assert (others.count, others.figures["rightly refused"].mean) == (2, 0.5)
    assert (none.kind, none.figures) == ("none", others.figures)


def test_unanswerable_questions_change_no_measure_of_the_search(
    found: Evaluation, chatbot: Chatbot, tmp_path: Path
) -> None:
    searched = evaluate(chatbot, read_questions(questions_file(tmp_path, *ROWS)))
    assert searched.answers is None
    assert (searched.question_count, searched.unanswerable_count) == (4, 2)
    assert replace(found, answers=None) == searched


def test_risk_counts_answers_that_should_have_been_refused(found: Evaluation) -> None:
    shipped = of(found).risk.shipped
    assert shipped is not None
    assert (shipped.coverage, shipped.risk) == pytest.approx((4 / 6, 2 / 4))
    last = of(found).risk.points[-1]
    assert (last.coverage, last.risk) == pytest.approx((1, 4 / 6))


def test_the_sentences_shown_are_measured(found: Evaluation, chatbot: Chatbot) -> None:
    shown = [s.text for q in ROWS for s in chatbot.ask(str(q["query"])).sentences]
    lengths = sorted(map(len, shown))
    assert of(found).sentence_count == len(lengths) >= 4
    median, p95 = of(found).median_characters, of(found).p95_characters
    assert median is not None
    assert p95 is not None
    assert (
        sum(n <= median for n in lengths) >= len(lengths) / 2 <= sum(n >= median for n in lengths)
    )
    assert median <= p95 <= lengths[-1]


def test_a_quote_that_does_not_stand_at_its_place_is_listed(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot, tmp_path: Path
) -> None:
    build_index(folder)

    class Shifting(Chatbot):
        """Opens the bridge's article as if a letter had been put before it."""

        def article(self, article_id: str) -> Article:
            article = super().article(article_id)
            return replace(article, text=f"x{article.text}") if "bridge" in article_id else article

    other = Shifting(chatbot.settings)
    other._embedder = chatbot._embedder
    file = read_questions(questions_file(tmp_path, ROWS[0], ROWS[4]))
    good, bad = (of(evaluate(each, file, answers=True)) for each in (chatbot, other))
    assert (good.misquoted_count, good.results[0].misquoted) == (0, ())
    assert bad.misquoted_count >= 1
    assert COST in {citation.quote for citation in bad.results[0].misquoted}
    assert bad.results[1].misquoted == ()


def test_a_cited_copy_of_an_expected_article_is_right(
    folder: Path, build_index: Callable[..., BuildReport], chatbot: Chatbot, tmp_path: Path
) -> None:
    (folder / "reprint.txt").write_text(FERRY.replace("two in the morning", "2 a.m."))
    build_index(folder)
    assert chatbot.copies_of("reprint.txt") == ("ferry.txt",)
    asked = "Where did the night ferry to Ostwick run aground?"
    cited = {citation.article_id for citation in chatbot.ask(asked).citations}
    assert cited  # else the test shows nothing
    for name, outcome in (("ferry", "right"), ("reprint", "right"), ("orchard", "wrong")):
        file = questions_file(tmp_path, {"query": asked, "articles": [f"{name}.txt"]})
        (result,) = of(evaluate(chatbot, read_questions(file), answers=True)).results
        assert (name, result.outcome) == (name, outcome)


@pytest.mark.parametrize(
    ("quote", "evidence", "expected"),
    [
        ("It cost 5 crowns.", "It cost 5 crowns.", True),
        ("The council said it  cost\n5 crowns.", "it cost 5 crowns", True),
        ("it cost 5 crowns", "The council said it cost 5 crowns.", True),
        ("The bridge cost nearly 5 crowns", "The bridge will cost nearly 5 crowns.", True),
        ("The bridge of Lenn is iron", "The bridge of Lenn will not open in May", False),
        ("The bridge", "The bridge was built of stone long ago", True),  # one holds the other
        ("A bridge", "The bridge was built of stone long ago", False),
        ("The mayor of the town was there", "The price of the bread was high", False),
    ],
)
def test_a_quote_shows_evidence_that_holds_it_or_has_most_of_its_words(
    quote: str, evidence: str, expected: bool
) -> None:
    assert shows(quote, evidence) is expected


def test_the_most_confident_wrong_answers_come_first(found: Evaluation) -> None:
    results = of(found).results
    changed = [replace(r, confidence=0.9 if r.line == 4 else 0.6) for r in results]
    assert [r.line for r in most_confident_errors(changed, 9)] == [4, 2]
    assert [r.line for r in most_confident_errors(changed, 1)] == [4]


def test_where_nothing_is_answered_nothing_was_shown(found: Evaluation) -> None:
    refused = measure_answers([r for r in of(found).results if "refus" in r.outcome])
    assert (refused.sentence_count, refused.median_characters) == (0, None)
    assert refused.risk.shipped is None


# --- the command, and the plot ----------------------------------------------------------------


def test_the_command_prints_shares_risk_and_the_wrong_answers(folder: Path, tmp_path: Path) -> None:
    questions_file(tmp_path, *ROWS)
    words = ("--questions", "questions.jsonl", "--index", "ix", "--answers")
    printed = eval_command(folder.name, *words, cwd=tmp_path).stdout
    assert "2 that the articles do not answer, asked as well" in printed
    assert "Answered: 0.667 of all questions, 0.500 of them wrong" in printed
    assert "100%" in printed
    assert "≤ 0.667" in printed
    wrong = printed[printed.index("Wrong answers, the most confident first") :]
    assert "line 2: " in wrong
    assert "line 4: " in wrong
    assert "expected was to refuse" in wrong
    found = from_json(Evaluation, eval_command(*words, "--json", cwd=tmp_path).stdout)
    assert len(of(found).risk.points) >= 2


def test_a_file_of_unanswerable_questions_alone_is_taken_with_answers_only(
    folder: Path, build_index: Callable[..., BuildReport], tmp_path: Path
) -> None:
    build_index(folder)
    questions_file(tmp_path, ROWS[4])
    words = ("--questions", "questions.jsonl", "--index", "index")
    without = eval_command(*words, cwd=tmp_path)
    assert (without.returncode, without.stdout) == (2, "")
    assert "no question with evidence or articles" in without.stderr
    printed = eval_command(*words, "--answers", cwd=tmp_path)
    assert printed.returncode == 0, printed.stderr
    assert "No question was answered." in printed.stdout


def test_the_plot_marks_what_was_answered_where_it_lies(found: Evaluation, tmp_path: Path) -> None:
    given, out = tmp_path / "evaluation.json", tmp_path / "curve.svg"
    given.write_text(to_json(found))
    assert plot_risk.main(["--json", str(given), "--out", str(out)]) == 0
    name = "{http://www.w3.org/2000/svg}"
    tree = ElementTree.fromstring(out.read_text())
    (mark,) = tree.findall(f"{name}circle")
    across = (float(mark.get("cx", 0)) - plot_risk.LEFT) / (plot_risk.RIGHT - plot_risk.LEFT)
    assert across == pytest.approx(4 / 6, abs=0.001)
    dashed = next(e for e in tree.iter(f"{name}polyline") if "beyond" in e.get("class", ""))
    places = dashed.get("points", "").split()
    assert places[0] == f"{mark.get('cx')},{mark.get('cy')}"
    assert float(places[-1].split(",")[0]) == plot_risk.RIGHT
    words = " ".join("".join(tree.itertext()).split())
    assert "67% answered, 50.0% of them wrong" in words


def test_the_plot_of_an_evaluation_without_answers_is_refused(
    found: Evaluation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = tmp_path / "evaluation.json"
    given.write_text(to_json(replace(found, answers=None)))
    with pytest.raises(SystemExit):
        plot_risk.main(["--json", str(given), "--out", str(tmp_path / "curve.svg")])
    assert "run broadsheet eval with --answers" in capsys.readouterr().err
    assert not (tmp_path / "curve.svg").exists()
