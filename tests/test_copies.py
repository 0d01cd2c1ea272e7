"""Which articles are copies: controlled edits of the samples, templated reports, other stories."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import unicodedata
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.articles import read_article
from rag.copies import are_copies, bands, signature
from rag.folders import list_files
from tests.eval.edits import EDITS, lead, paragraphs
from tests.eval.templated import SHARED_PARAGRAPHS, TEMPLATES, report, with_shared

SAMPLES = {
    file.id: read_article(file.id, file.path.read_bytes()).text
    for file in list_files(Path(__file__).parents[1] / "articles")[0]
}
FERRY = "wire/2025-11-03-ferry-aground.txt"
REPRINT = ("ferry-passengers-rescued.html", FERRY)
HARD = [kind for kind in EDITS if any(share in kind for share in ("40%", "50%", "60%"))]


def are_candidates(text_a: str, text_b: str) -> bool:
    return not set(bands(signature(text_a))).isdisjoint(bands(signature(text_b)))


@pytest.mark.parametrize("kind", [kind for kind in EDITS if kind not in HARD])
def test_an_edited_sample_is_a_candidate_and_a_copy(kind: str) -> None:
    missed = []
    for name, text in SAMPLES.items():
        edited = EDITS[kind](text, Random(f"{name} {kind}"))
        assert edited != text or kind == "quotation marks, dashes"
        if not are_candidates(text, edited) or not are_copies(text, edited):
            missed.append(name)
    assert not missed


@pytest.mark.parametrize("kind", [kind for kind in HARD if kind.startswith("trimmed")])
def test_a_sample_trimmed_by_half_is_still_a_copy(kind: str) -> None:
    for name, text in SAMPLES.items():
        assert are_copies(text, EDITS[kind](text, Random(f"{name} {kind}"))), name


def test_of_the_samples_only_the_reprint_is_a_copy() -> None:
    pairs = combinations(sorted(SAMPLES), 2)
    assert [pair for pair in pairs if are_copies(*map(SAMPLES.__getitem__, pair))] == [REPRINT]


@pytest.mark.parametrize("kind", TEMPLATES)
def test_reports_from_one_template_are_no_copies(kind: str) -> None:
    reports = [report(kind, Random(f"{kind} {number}")) for number in range(20)]
    assert not [pair for pair in combinations(reports, 2) if are_copies(*pair)]


@pytest.mark.parametrize("kind", SHARED_PARAGRAPHS)
def test_articles_that_share_a_long_paragraph_are_no_copies(kind: str) -> None:
    texts = {
        name: with_shared(lead(text, 150), kind, Random(f"{name} {kind}"))
        for name, text in SAMPLES.items()
    }
    pairs = combinations(sorted(texts), 2)
    assert [pair for pair in pairs if are_copies(*map(texts.__getitem__, pair))] == [REPRINT]


def test_a_brief_does_not_join_the_round_up_that_has_it() -> None:
    briefs = [lead(text, 60) for text in SAMPLES.values()]
    round_up = "\n\n".join(briefs)
    assert not [brief for brief in briefs if are_copies(brief, round_up)]


def test_a_stock_phrase_in_common_makes_no_copies() -> None:
    phrase = "This is a developing story. It will be updated as we learn more about it."
    assert not are_copies(f"Fire in Vesk\n\n{phrase}", f"Train stops at Lenn\n\n{phrase}")


def test_the_same_few_words_are_a_copy() -> None:
    assert are_copies("Harbour bridge closed", "harbour bridge  CLOSED!")
    assert are_candidates("Harbour bridge closed", "harbour bridge  CLOSED!")


def test_another_town_and_another_day_are_another_notice() -> None:
    notice = (
        "The water in {} has to be boiled for one minute before it is drunk, the works said on {}. "
        "The notice holds until {}; questions are answered by telephone from eight to five, and "
        "bottled water is handed out free of charge in front of the town hall of {}."
    )
    vesk = notice.format("Vesk", "Monday", "Friday", "Vesk")
    assert not are_copies(vesk, notice.format("Lenn", "Tuesday", "Sunday", "Lenn"))
    assert are_copies(vesk, vesk.replace("handed out free of charge", "given away"))


@pytest.mark.parametrize("text", ["", " \n", "—!?…", "\u200b\ufeff"])
def test_a_text_without_words_is_nobodys_copy(text: str) -> None:
    assert bands(signature(text)) == []
    assert not are_copies(text, text)
    assert not are_copies(text, "Harbour bridge closed")


def test_signature_does_not_see_case_accents_marks_and_spaces() -> None:
    text = SAMPLES["bronze-age-boat.md"]
    assert "é" in text or "ö" in text
    for other in (
        text.upper(),
        unicodedata.normalize("NFD", text),
        "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)),
        text.replace("\n\n", "\n   "),
        text.replace("“", '"').replace("”", "''").replace("—", " -- "),
        text.replace(" the ", " the\u00a0").replace("copper", "cop\u00adper"),
    ):
        assert signature(other) == signature(text)
        assert are_copies(text, other)


def test_signature_is_the_same_as_ever() -> None:
    # Indexes hold the signatures of earlier builds: a change needs another store.FORMAT.
    text = "The ferry ran onto the reef at 6.52 p.m. “She simply did not turn,” said Mirela Tosk."
    made = signature(text)
    assert len(made) == 512
    assert (
        hashlib.sha256(made).hexdigest()
        == "bd5098df0b1999bc2c0c14d00567458e4c64cf217e689ce9f4468f7f11c941ad"
    )


def test_equal_numbers_estimate_the_jaccard_similarity() -> None:
    words = [f"w{number}" for number in range(3000)]
    # 2000 and 1998 sequences of three words, 998 of them in both: 998 / 3000.
    text_a, text_b = " ".join(words[:2002]), " ".join(words[1002:])
    values = [np.frombuffer(signature(text), dtype="<u4") for text in (text_a, text_b)]
    # Four standard errors of 128 throws.
    assert abs(np.mean(values[0] == values[1]) - 998 / 3000) < 4 * (0.33 * 0.67 / 128) ** 0.5


def test_a_band_is_a_key_of_its_own_place() -> None:
    made = bands(bytes(range(1, 9)) * 64)
    assert (len(made), len(set(made)), {len(key) for key in made}) == (64, 64, {9})
    assert {key[1:] for key in made} == {bytes(range(1, 9))}


CHINESE = (
    "昨天傍晚，一艘载有两百多人的渡轮在韦斯克港外触礁，所有乘客和船员都被救生艇和渔船安全接走。"
    "海岸警卫队说，有九人受伤，其中一名水手大腿骨折。渡轮当时正驶往大洛登岛，海面上下着大雨，"
    "刮着七级大风。一位不愿透露姓名的船员说，舵机突然失灵。航运公司的负责人表示，"
    "现在谈论事故原因还为时过早。港务局已经派出拖船，准备在下一次涨潮时把船拖离礁石。"
)
CHINESE_OTHER = (
    "议会星期四以八票对一票决定，图书馆将开放到明年春天。馆长在会后对记者说，这对读者来说是美好的一天。"
    "图书馆建于一九〇四年，藏书约四万册，大部分是捐赠的。镇长表示，她会从别处寻找经费，"
    "也希望附近的村庄能够分担一部分费用。反对的议员认为，镇上的钱应当先用来修桥。"
)


def test_a_script_without_spaces_is_compared_by_characters() -> None:
    trimmed = CHINESE[: len(CHINESE) * 7 // 10].replace("，", " ， ")
    assert are_candidates(CHINESE, trimmed)
    assert are_copies(CHINESE, trimmed)
    assert not are_copies(CHINESE, CHINESE_OTHER)
    assert not are_copies(CHINESE, CHINESE_OTHER + CHINESE[:40])


def test_copies_are_found_without_the_headline_and_with_a_paragraph_moved() -> None:
    parts = paragraphs(SAMPLES[FERRY])
    assert are_copies(SAMPLES[FERRY], "\n\n".join(parts[1:]))
    assert are_copies(SAMPLES[FERRY], "\n\n".join([*parts[:2], parts[-1], *parts[2:-1]]))


TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(["a", "Bo", "12", "Vesk", "the", "水", "é", "—"]), max_size=90).map(
        " ".join
    ),
)


@given(TEXTS, TEXTS)
def test_being_copies_is_mutual(text_a: str, text_b: str) -> None:
    assert are_copies(text_a, text_b) == are_copies(text_b, text_a)


@given(TEXTS)
def test_a_text_with_words_is_its_own_copy_and_candidate(text: str) -> None:
    assert are_copies(text, text) == bool(bands(signature(text)))


def test_importing_the_module_imports_no_scipy() -> None:
    code = "import sys, rag.copies; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
