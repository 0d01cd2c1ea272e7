"""The gate: the sample set holds its floors, and what lowers it or changes its data fails."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag.articles import read_article
from rag.evaluation import Evaluation, evaluate
from rag.evaluation_questions import read_questions
from tests.conftest import SAMPLES, SHARED
from tests.eval import gate
from tests.eval.sets import SETS, EvaluationSet, as_markdown, build_set, differences, evaluation_set

FLOORS: dict[str, Any] = json.loads(gate.FLOORS_FILE.read_text())


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sets")


@pytest.fixture(scope="module")
def sample(cache: Path) -> EvaluationSet:
    return evaluation_set("sample", cache)


@pytest.fixture(scope="module")
def evaluation(sample: EvaluationSet) -> Evaluation:
    """The sample articles, built and evaluated as a user would."""
    return evaluate(build_set(sample), read_questions(sample.questions), answers=True)


def test_the_sample_articles_hold_their_floors(
    sample: EvaluationSet, evaluation: Evaluation
) -> None:
    assert list(gate.data_problems("sample", gate.digest(sample), FLOORS["sample"])) == []
    assert list(gate.shortfalls("sample", gate.measured(evaluation), FLOORS["sample"])) == []
    assert evaluation.question_count == sample.question_count >= 80


def test_every_evidence_sentence_stands_in_an_article_that_is_named(sample: EvaluationSet) -> None:
    for question in read_questions(sample.questions).questions:
        texts = [
            read_article(article_id, (SAMPLES / article_id).read_bytes()).text
            for article_id in question.articles
        ]
        for fact in question.evidence:
            assert any(fact in text for text in texts), (question.line, fact)


def test_a_figure_below_its_floor_fails_and_is_named(
    sample: EvaluationSet,
    evaluation: Evaluation,
    cache: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raised = copy.deepcopy(FLOORS)
    mean = evaluation.evidence[0].figures["MRR@10"].mean
    raised["sample"]["measures"]["MRR@10"]["floor"] = mean + 0.0001
    (problem,) = gate.shortfalls("sample", gate.measured(evaluation), raised["sample"])
    assert problem.startswith(f"sample: MRR@10 is {mean:.4f}, below its floor")
    file = tmp_path / "floors.json"
    file.write_text(json.dumps(raised))
    monkeypatch.setattr(gate, "evaluate", lambda *given, **options: evaluation)  # a minute's work
    assert gate.main(["sample", "--cache", str(cache)], file) == 1
    assert capsys.readouterr().out.count("FAILED sample: MRR@10") == 1


def test_fewer_questions_than_the_floors_were_measured_on_fail(evaluation: Evaluation) -> None:
    floors = copy.deepcopy(FLOORS["sample"])
    floors["measures"]["RR@10"]["n"] += 1
    (problem,) = gate.shortfalls("sample", gate.measured(evaluation), floors)
    assert "RR@10 is over" in problem


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


@pytest.mark.parametrize(
    "change",
    [
        lambda chosen: flip(chosen.articles / "bronze-age-boat.md"),
        lambda chosen: flip(chosen.articles / "wire" / "tidal-first-power.txt"),
        lambda chosen: flip(chosen.questions),
        lambda chosen: (chosen.articles / "bronze-age-boat.md").unlink(),
        lambda chosen: (chosen.articles / "new.txt").write_text("Another article."),
        lambda chosen: (chosen.articles / "cup-final-rovers.txt").rename(
            chosen.articles / "cup-final-lost.txt"
        ),
    ],
)
def test_a_changed_byte_or_name_of_the_data_fails(
    sample: EvaluationSet, tmp_path: Path, change: Callable[[EvaluationSet], object]
) -> None:
    shutil.copytree(sample.articles, tmp_path / "articles")
    shutil.copy(sample.questions, tmp_path / "questions.jsonl")
    chosen = replace(sample, articles=tmp_path / "articles", questions=tmp_path / "questions.jsonl")
    assert list(gate.data_problems("sample", gate.digest(chosen), FLOORS["sample"])) == []
    change(chosen)
    (problem,) = gate.data_problems("sample", gate.digest(chosen), FLOORS["sample"])
    assert "not those that the floors were measured on" in problem


def test_an_update_sets_floors_below_what_was_measured_and_lowers_none_unasked(
    sample: EvaluationSet, evaluation: Evaluation
) -> None:
    digest, figures = gate.digest(sample), gate.measured(evaluation)
    first = gate.updated(digest, 112, figures, None, allow_lower=False)
    for name, (count, mean) in figures.items():
        entry = first["measures"][name]
        assert entry["n"] == count
        assert entry["measured"] == pytest.approx(mean, abs=1e-4)
        assert mean - 0.05 < entry["floor"] < mean
    higher = copy.deepcopy(first)
    higher["measures"]["MRR@10"]["floor"] = 0.999
    kept = gate.updated(digest, 112, figures, higher, allow_lower=False)
    assert kept["measures"]["MRR@10"]["floor"] == 0.999
    assert list(gate.shortfalls("sample", gate.measured(evaluation), kept)) != []
    lowered = gate.updated(digest, 112, figures, higher, allow_lower=True)
    assert lowered["measures"] == first["measures"]


def test_a_refused_update_leaves_the_floors_as_they_are(
    cache: Path,
    evaluation: Evaluation,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Evaluated once above; the command's own evaluation is seen in the test of a figure below.
    monkeypatch.setattr(gate, "evaluate", lambda *_, **__: evaluation)
    raised = copy.deepcopy(FLOORS)
    raised["sample"]["measures"]["MRR@10"]["floor"] = 0.999
    file = tmp_path / "floors.json"
    file.write_text(json.dumps(raised))
    monkeypatch.setattr(gate, "evaluate", lambda *given, **options: evaluation)  # a minute's work
    assert gate.main(["sample", "--cache", str(cache), "--update"], file) == 1
    assert "--allow-lower" in capsys.readouterr().out
    assert json.loads(file.read_text()) == raised
    assert gate.main(["sample", "--cache", str(cache), "--update", "--allow-lower"], file) == 0
    assert json.loads(file.read_text())["sample"]["measures"]["MRR@10"]["floor"] < 0.999


def test_what_markdown_takes_for_markup_is_read_as_it_stands(tmp_path: Path) -> None:
    title = 'A "title": with *stars*, #marks & <signs>'
    text = "Of *p* < 0.05 (<or=3 mg/l or >2), `ticks', a_b_c, [1](x), ![x], \\n, &amp; ~~x~~ |a|."
    found = read_article("x.md", as_markdown(title, text).encode())
    assert (found.title, found.text) == (title, f"{title}\n\n{text}")


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="../shared/data absent")
@pytest.mark.parametrize("name", [name for name in SETS if name != "sample"])
def test_the_public_sets_are_those_that_the_floors_were_measured_on(
    name: str, tmp_path: Path
) -> None:
    chosen = evaluation_set(name, tmp_path)
    assert len(list(chosen.articles.iterdir())) == chosen.article_count
    found = read_questions(chosen.questions)
    assert len(found.questions) + len(found.unanswerable) == chosen.question_count
    assert list(gate.data_problems(name, gate.digest(chosen), FLOORS[name])) == []


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="../shared/data absent")
def test_the_conversations_are_those_that_the_floors_were_measured_on() -> None:
    found = hashlib.sha256(gate.CONVERSATIONS.read_bytes()).hexdigest()
    assert list(gate.data_problems("follow-ups", found, FLOORS["follow-ups"])) == []
    lines = gate.CONVERSATIONS.read_text().splitlines()
    turns = sum(bool(json.loads(line)["history"]) for line in lines)
    assert FLOORS["follow-ups"]["measures"]["F1"]["n"] == turns == 833


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="../shared/data absent")
def test_a_changed_byte_of_the_conversations_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copied = tmp_path / "rewrites.jsonl"
    copied.write_bytes(gate.CONVERSATIONS.read_bytes())
    flip(copied)
    monkeypatch.setattr(gate, "CONVERSATIONS", copied)
    assert gate.main(["follow-ups"]) == 1
    assert "not those that the floors were measured on" in capsys.readouterr().out


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="../shared/data absent")
def test_a_title_or_text_that_is_read_otherwise_is_found(tmp_path: Path) -> None:
    chosen = evaluation_set("squad", tmp_path)
    given = {
        name: read_article(name, (chosen.articles / name).read_bytes()) for name in chosen.texts
    }

    class Report:
        failures = ()
        article_count = 466

    def found() -> list[str]:
        return list(differences(chosen, Report, given.__getitem__))  # type: ignore[arg-type]

    assert found() == []
    name = min(given)
    whole = given[name]
    given[name] = replace(whole, title=whole.title + "s")
    assert len(found()) == 1
    given[name] = replace(whole, text=whole.text[:-1])
    assert len(found()) == 1
    given[name] = replace(whole, source="Wikipedia")
    assert len(found()) == 1


def test_sets_that_are_not_there_are_skipped_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gate, "DATA", tmp_path / "absent")
    assert gate.main(["squad", "nq", "scifact", "multihop", "follow-ups"]) == 0
    assert capsys.readouterr().out.count("skipped, ../shared/data absent") == 5
