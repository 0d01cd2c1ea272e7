"""Follow-ups invented from stand-alone questions: a phrase that was said before is taken out of one.

The questions are SQuAD's and Natural Questions' (``cases.py``). No turn of the conversations that
follow-ups are measured on is used, so that what is fitted on these has not seen them. They read
badly often enough ("What it is used for?"); it is their number that teaches.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rag.follow_up_candidates import Said
from rag.follow_up_need import content_words, phrases_of
from rag.phrases import Phrase
from tests.eval.cases import DATA

_PREPOSITIONS = frozenset(
    (
        "of",
        "in",
        "for",
        "about",
        "on",
        "to",
        "with",
        "from",
        "at",
        "by",
        "between",
        "during",
        "near",
        "against",
    )
)

_ABOUT_IT = """
How does it work?|Who invented it?|What is it used for?|How much does it cost?|Where does it come
from?|When did it begin?|Why is it important?|How was it discovered?|What caused it?|What is its
history?|Is it dangerous?|How long does it last?|Tell me about its origins.|How is it made?|Who
opposed it?|What happened to it afterwards?|Where is it located?|What are its main effects?|How does
it compare to others?|What did critics say about it?
"""
_ABOUT_SOMEBODY = """
Where did he study?|When was she born?|How did he die?|What else did she write?|Who was his
wife?|What is her most famous work?|Why did he leave?|How old is he?|What did she say?
"""
_ABOUT_SEVERAL = """
Where do they live?|What do they eat?|How are they made?|Why are they important?|What are their main
characteristics?|How many of them are there?|How much do they cost?|When did they appear?|Who uses
them?
"""
_OF_IT = """
What are the main types of @?|What are the causes of @?|What are the symptoms of @?|What is the
history of @?|What are the advantages of @?|What are the risks of @?|Tell me more about the benefits
of @.|What are some examples of @?|What is the cost of @?|What is the definition of @?|Who are the
critics of @?|What were the consequences of @?|What are the alternatives to @?|What is the most
popular kind of @?|How common is the use of @?|What is the difference between @ and others?
"""
_OPENING = """
Tell me about @.|What is @?|What are the benefits of @?|How did @ begin?|Who discovered @?|Describe
the history of @.|What do we know about @?|I read about @ recently. Can you tell me more?
"""


def _list(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("|")]


ABOUT_IT, ABOUT_SOMEBODY, ABOUT_SEVERAL = map(_list, (_ABOUT_IT, _ABOUT_SOMEBODY, _ABOUT_SEVERAL))
OF_IT, OPENING = _list(_OF_IT), _list(_OPENING)


@dataclass(frozen=True, slots=True)
class Invented:
    """A turn, the earlier ones, and the words of content that are wanted of those."""

    turn: str
    history: list[Said]
    wanted: frozenset[str]


class Inventor:
    """Invents follow-ups; the same seed gives the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._answers: dict[str, str] = {}
        self._articles = self._read_squad()
        self._asked = self._read_natural()

    def invent(self) -> list[Invented]:
        """One follow-up or so for each question, shuffled."""
        found = [*self._of_articles(), *self._of_single_questions()]
        self._random.shuffle(found)
        return found

    def _read_squad(self) -> list[list[str]]:
        articles = []
        for article in json.loads((DATA / "squad" / "dev_12_articles.json").read_text())["data"]:
            questions = []
            for paragraph in article["paragraphs"]:
                for asked in paragraph["qas"]:
                    if asked.get("is_impossible"):
                        continue
                    question = " ".join(asked["question"].split())
                    place = asked["answers"][0]["answer_start"]
                    self._answers[question] = _sentence_at(paragraph["context"], place)
                    questions.append(question)
            articles.append(questions)
        return [questions for questions in articles if questions]

    def _read_natural(self) -> list[dict[str, Any]]:
        found = []
        for line in (DATA / "nq" / "nq-open-oracle.jsonl").read_text().splitlines():
            row = json.loads(line)
            question = _begun(" ".join(row["question"].split()).rstrip("?")) + "?"
            text = " ".join(row["ctxs"][0]["text"].split())
            answer = row["answers"][0]
            place = text.lower().find(answer.lower())
            self._answers[question] = _sentence_at(text, place) if place >= 0 else text[:250]
            title = re.sub(r"\s*\(.*?\)", "", row["ctxs"][0]["title"])
            found.append({"question": question, "answer": answer, "title": title})
        return found

    def _invented(self, history: Sequence[str], turn: str, full: str, answer: str = "") -> Invented:
        if not answer and self._random.random() < 0.45:
            answer = self._answers.get(history[-1], "")
        said = [Said(question, question) for question in history]
        said[-1] = Said(history[-1], history[-1], answer)
        return Invented(_begun(turn), said, content_words(full) - content_words(turn))

    def _of_articles(self) -> list[Invented]:
        """Turns among the questions over the same article."""
        chance, found = self._random, []
        for questions in self._articles:
            for place, question in enumerate(questions):
                near = [q for q in questions[max(0, place - 12) : place + 13] if q != question]
                made = self._follow_up(question, near)
                found += [made] if made else []
                if chance.random() < 0.35:  # nothing is wanted: the article is another, or not
                    other = chance.choice(self._articles) if chance.random() < 0.6 else near
                    if other:
                        earlier = chance.sample(other, min(len(other), chance.randint(1, 5)))
                        found.append(self._invented(earlier, question, question))
        return found

    def _follow_up(self, question: str, near: Sequence[str]) -> Invented | None:
        chance = self._random
        phrases = [p for p in phrases_of(question) if _is_usable(p)]
        chance.shuffle(phrases)
        for phrase in phrases:
            words = set(phrase.words)
            carriers = [q for q in near if words <= content_words(q)]
            carriers = carriers or [q for q in near if phrase.head in content_words(q)]
            turn = self._without(question, phrase)
            if not carriers or not turn or (not content_words(turn) and chance.random() < 0.7):
                continue
            carrier = chance.choice(carriers)
            others = chance.sample(near, min(len(near), chance.randint(0, 5)))
            others = [q if chance.random() < 0.5 else self._reduced(q) for q in others]
            place = len(others) if chance.random() < 0.67 else chance.randint(0, len(others))
            history = [*others[:place], carrier, *others[place:]]
            if chance.random() < 0.2:
                turn = self._without_another(turn, history)
            return self._invented(history, turn, question)
        return None

    def _without_another(self, turn: str, history: Sequence[str]) -> str:
        said = frozenset[str]().union(*map(content_words, history))
        phrases = [p for p in phrases_of(turn) if _is_usable(p) and said.issuperset(p.words)]
        shorter = self._without(turn, self._random.choice(phrases)) if phrases else ""
        return shorter if content_words(shorter) else turn

    def _of_single_questions(self) -> list[Invented]:
        """Turns after a question, or after an opening about a title."""
        chance, found = self._random, []
        titles = [str(row["title"]) for row in self._asked]
        titles = [t for t in titles if len(t.split()) <= 4 and not t.startswith("List")]
        questions = [str(row["question"]) for row in self._asked]
        for row in self._asked:
            question, answer = row["question"], row["answer"]
            before = [chance.choice(questions)] if chance.random() < 0.3 else []
            text = self._answers[question]
            named = question.startswith("Who ") and 2 <= len(answer.split()) <= 3
            if named and answer.lower() in text.lower() and chance.random() < 0.6:
                turn = chance.choice(ABOUT_SOMEBODY)
                found.append(self._invented([*before, question], turn, f"{turn} {answer}", text))
            if chance.random() < 0.5:
                found.append(self._about_title(before, question, titles))
                continue
            phrases = [p for p in phrases_of(question) if _is_usable(p)]
            if len(phrases) == 1:
                turn, full = self._about(phrases[0].text, plural=phrases[0].is_plural)
                found.append(self._invented([*before, question], turn, full))
            elif phrases:
                phrase = chance.choice(phrases)
                opening = chance.choice(OPENING).replace("@", phrase.text)
                history = [*before, opening, *self._more(phrase.text, plural=phrase.is_plural)]
                turn = self._without(question, phrase)
                found += [self._invented(history, turn, question)] if turn else []
        return found

    def _about_title(self, before: list[str], question: str, titles: list[str]) -> Invented:
        chance = self._random
        name = chance.choice(titles)
        history = [*before, chance.choice(OPENING).replace("@", name)]
        history += self._more(name, plural=name.endswith("s"))
        if chance.random() < 0.25:  # the topic changes, and the new one is meant
            name = chance.choice(titles)
            history.append(chance.choice(OPENING).replace("@", name))
        if chance.random() < 0.2:
            return self._invented(history, question, question)
        return self._invented(history, *self._about(name, plural=name.endswith("s")))

    def _more(self, name: str, *, plural: bool) -> list[str]:
        count = self._random.choice([0, 0, 1, 2, 3])
        return [self._about(name, plural=plural)[0] for _ in range(count)]

    def _about(self, name: str, *, plural: bool) -> tuple[str, str]:
        """A turn about a name, and words of the question that it stands for."""
        chance = self._random
        if chance.random() < 0.5:
            full = chance.choice(OF_IT)
            return re.sub(r"\s(of|to|between) @( and others)?", "", full), full.replace("@", name)
        things = ABOUT_IT if chance.random() < 0.75 else ABOUT_SOMEBODY
        turn = chance.choice(ABOUT_SEVERAL if plural else things)
        return turn, f"{turn} {name}"

    def _reduced(self, question: str) -> str:
        phrases = [p for p in phrases_of(question) if _is_usable(p)]
        shorter = self._without(question, self._random.choice(phrases)) if phrases else ""
        return _begun(shorter or question)

    def _without(self, question: str, phrase: Phrase) -> str:
        """The question with a pronoun, its noun alone or nothing in the phrase's place, or ""."""
        chance = self._random
        before, after = question[: phrase.start].rstrip(), question[phrase.end :]
        if phrase.determiner and before.lower().endswith(phrase.determiner):
            before = before[: -len(phrase.determiner)].rstrip()
        last = before.split()[-1].lower() if before else ""
        if last in _PREPOSITIONS and chance.random() < 0.55:
            rest = before[: -len(last)].rstrip()
            if len(rest.split()) >= 2:
                there = last in ("in", "at") and chance.random() < 0.5
                return rest + (" there" if there else "") + after
        if len(phrase.words) > 1 and chance.random() < 0.25:
            return f"{before} the {phrase.text.split()[-1]}{after}".strip()
        possessive = re.match(r"['’](?:s\b|(?=\s))", after)
        after = after[possessive.end() :] if possessive else after
        pronoun = self._pronoun(phrase, owns=bool(possessive), is_subject=last not in _PREPOSITIONS)
        return f"{before} {pronoun}{after}".strip()

    def _pronoun(self, phrase: Phrase, *, owns: bool, is_subject: bool) -> str:
        if phrase.is_person:
            forms = self._random.choice([("his", "he", "him"), ("her", "she", "her")])
        elif phrase.is_plural:
            forms = ("their", "they", "them")
        else:
            forms = ("its", "it", "it")
        return forms[0 if owns else 1 if is_subject else 2]


def _is_usable(phrase: Phrase) -> bool:
    return (
        not phrase.is_generic and len(phrase.words) <= 5 and any(len(w) > 2 for w in phrase.words)
    )


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence_at(text: str, place: int) -> str:
    """About the sentence that stands at a place of a text."""
    start, end = text.rfind(". ", 0, place) + 1, text.find(". ", place)
    return " ".join(text[start : end + 1 if end > 0 else len(text)].split())
