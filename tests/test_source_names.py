"""A question's publishers are found however it writes them, and words are not taken for them.

In the tables a name is expected as it stands in the question: ``«…»`` marks a mention that the
question speaks of as a source, ``‹…›`` one that it only speaks about. What is not marked is none.
"""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import UnknownSource, UsageError
from rag.source_names import SourceNames

SOURCES = (
    "The Guardian",
    "The Age",
    "The Verge",
    "The Hill",
    "The Sun",
    "The Times",
    "Time",
    "Fortune",
    "Nature",
    "Polygon",
    "Wired",
    "Variety",
    "Insider",
    "Business Line",
    "The Independent - Sport",
    "The Independent - Travel",
    "TechCrunch",
    "Engadget",
    "Mashable",
    "Reuters",
    "AFP",
    "Associated Press",
    "Press Trust of India",
    "The New York Times",
    "New York Post",
    "Los Angeles Herald",
    "BBC News - Sport",
    "BBC News - Entertainment & Arts",
    "FOX News - Health",
    "Cnbc | World Business News Leader",
    "Live Science: The Most Interesting Articles",
    "CBSSports.com",
    "tarnvalley.co.uk",
    "Sky Sports",
    "MLB Network",
    "Globes English | Market Arena",
    "News | The Tarn Gazette",
    "The Globe and Mail",
    "korrespondent, by way of Buna Times",
    "Entorno and AFP",
    "Die Zeit",
    "Le Monde",
    "El País",
    "Коммерсантъ",
    "新华社",
    "연합뉴스",
    "الجزيرة",
    "People's Daily",
)

REPORTING = """
What did «TechCrunch» say about the merger?
What did «The Guardian» report about the flood?
What did the «Guardian» report about the flood?
What did the «BBC» report about the flood?
According to «The Verge», which phone lasts longest?
According to the «Verge», which phone lasts longest?
according to «techcrunch», which phone lasts longest?
what did «reuters» report about wheat?
what does «engadget» say about the new tablet?
according to the «new york times» who won the race?
Who resigned, as per «Fortune»?
Who resigned, as reported by «Time»?
Which company was described by '«Wired»' as a risk?
Which company was described by "«Wired»" as a risk?
Which company was described by “«The Age»” as a risk?
Which company was described by ‘«The Age»’ as a risk?
Which company was described by «Nature» as a risk?
Does the '«Polygon»' article praise the game?
Does the «Fortune» article praise the merger?
Does the article from «Fortune» praise the merger?
Does «Fortune»’s report praise the merger?
Does «Fortune»'s October 5, 2023 report praise the merger?
Does «The Age»'s coverage of the vote mention turnout?
Does the «Time» story on rice mention drought?
Which story in «Variety» covers the strike?
Which article of «The Hill» names the senator?
Did both «TechCrunch» and «The Verge» report the outage?
Did «TechCrunch» or «The Verge» report the outage?
Which firm was covered by «TechCrunch», «The Verge» and «Fortune»?
Which firm was covered by «TechCrunch», «The Verge», and «Fortune»?
What do «The Age» and «The Guardian» articles say about rates?
Is it in reports by Bloomberg and «The Age»?
Which player, according to Gazzetta, Marca and «The Sun», is leaving?
Outlets like «Insider» predicted a fall; who disagreed?
Which bank failed, in sources such as «Fortune» and «Business Line»?
«TechCrunch»: who bought the start-up?
In «The Guardian», who is called the winner?
Who bought the start-up («TechCrunch»)?
What did the minister tell the «BBC»?
What did she say in an interview with «Time»?
I read in «Nature» that corals recover. Why?
What was published on «The Verge» about batteries?
After «Engadget» reported a delay, did «Mashable» confirm it?
Has «Sky Sports» reported the injury?
Has the match been covered by «sky sports»?
«Fortune» reported a loss. Who bore it?
«Nature» suggests that corals recover; is it certain?
«Time» says that rice is short. Where?
What has the «NYT» reported on housing?
What does the «NY Times» article say on housing?
What does «NY Post» report on housing?
Which rates does «LA Herald» report?
What does «nytimes.com» report on housing?
What does the «New York Times» article say on housing?
WHAT DID THE «NEW YORK TIMES» REPORT ON HOUSING?
What Did «The Verge» Say About Batteries?
According to «AFP», how many fled?
According to «Agence France-Presse», how many fled?
According to «Agence France Presse», how many fled?
According to the «AP», how many fled?
According to the «A.P.», how many fled?
According to «PTI», how many fled?
According to the «Associated Press», how many fled?
Which «BBC News» article is on athletics?
Which «BBC News - Sport» article is on athletics?
Does the «FOX News - Health» article mention sleep?
Does the «Fox News» article mention sleep?
Does a «Fox» report mention sleep?
Does the «CNBC» report mention wages?
What did «cnbc» report about wages?
Does the '«Cnbc | World Business News Leader»' report mention wages?
What do «Live Science» articles say about comets?
Which player does «CBS Sports» report as injured?
Which player does «CBSSports.com» report as injured?
Which bridge, as reported on «tarnvalley.co.uk», is closed? Also per «Tarnvalley»?
Which trade was reported by the «MLB Network»?
Which trade was reported by «MLB»?
What does «Globes» report about rents?
What does the «Tarn Gazette» report about rents?
What does «The Globe and Mail» report about rents?
What did «Buna Times» report about the river?
What did «Korrespondent» report about the river?
Was steht laut «Die Zeit» im Vertrag?
Selon «Le Monde», qui a gagné ?
Según «El Pais», ¿quién ganó?
Según «El País», ¿quién ganó?
Что пишет «Коммерсантъ» о ставках?
据«新华社»报道，谁当选？
«연합뉴스»는 보도했다.
What did the newspaper «Le Monde» report?
What did «People's Daily» report on steel?
What did «Peoples Daily» report on steel?
What did «People’s Daily» report on steel?
What did «Tech Crunch» report on chips?
What did «SkySports» report on the transfer?
What does www.«theverge.com» report on chips?
What do «The Independent» and Marca report on transfers?
Is the «TIME» report on rice right?
Did the «Guardian» fail to report on the flood?
Did «The Age» change its coverage of the flood?
Who was named by «Time» as a pioneer, by «Fortune» as a risk and by «Wired» as both?
Which company was accused by «The Age» of hiding losses?
Was «Reuters» first to report the strike? And what did «Variety» add in its report?
How do reports from «The Sun» and «The Times» differ?
Compare «Fortune» and «Wired» on batteries.
"""

ABOUT = """
Why did the ‹BBC›'s director resign?
Who owns ‹TechCrunch›?
who owns the ‹new york times›?
Who edits ‹The New York Times›?
How many people work at ‹Engadget›?
Did the city sue ‹Reuters›?
When was ‹The Globe and Mail› founded?
When was ‹Associated Press› founded?
Who founded ‹The Guardian› in Manchester?
Why was ‹Time› magazine sold?
Which ‹Wired› editor left?
Who bought ‹Sky Sports›?
Which actor bought ‹The Verge›?
Which company was acquired by ‹TechCrunch›?
What is in the article about ‹TechCrunch›?
Who runs ‹新华社›?
Why did the ‹BBC› raise its fee?
Did ‹TechCrunch› run out of money?
Which ‹Guardian› journalist was arrested?
Who is ‹Le Monde›'s rival?
"""

NONE = """
Which companies entered the Fortune 500?
Which Fortune 500 company reported a loss?
Who led Time Warner after the merger?
What did Time Warner report in May?
How far is the Sun from the Earth?
How far is the sun from the earth?
What did Sun Microsystems report?
Which nature reserve was closed?
Which Nature Reserve was closed, according to the council?
What does nature say about symmetry?
According to nature lovers, which forest is oldest?
At the age of nine, who won the medal?
at what age did she leave according to the age register?
Were they grouped according to the age, sex and income?
Which ice age ended last?
Who starred in Age of Wonders?
What did The Age of Reason say?
Who runs the Financial Times?
What did the Financial Times report about rents?
What did the Hindustan Times report about rents?
What did The Hindustan Times report about rents?
What did the Sunday Times report about rents?
What did The Times of India report about rents?
What did the Irish Times say?
What did York Gazette report?
What did the Washington Post report?
What did the Sydney Globe report?
When is the best time to plant rice?
Time flies: who said it?
Time will tell, but who reported it first?
what time did the report appear?
Who wired the money?
who reported that the house was wired?
What variety of rice is grown?
Which polygon has five sides?
Did an insider report the fraud?
according to an insider, who left?
Which business line reported a loss?
Which revenue is reported by business line?
Is the company on the verge of collapse?
on the verge of what was the bank, as reported?
Which house stands on the hill?
Did Capitol Hill report a lockdown?
Did the Senate and Benny Hill say anything?
Is the independent report out?
Who ran as an Independent in May?
What did the independent auditor report?
Who is the guardian of the child?
Which Guardian Angels patrol the subway?
Guardian of the Galaxy: who starred in it?
Who made his fortune in tin?
Fortune favours whom?
What did Fortune Brands report?
Which wheel of fortune article is oldest?
Which live science experiments are safe?
What is the US position? And the IT budget? And the LS engine?
What did NY say?
Which zone is NYT of the plan?
Who spoke for tune and tone?
Did the sky report sports?
How many times did it report an error?
According to the times table, what is nine by nine?
The times reported were wrong; why?
What do people daily report?
Which globe did she mail?
What did International New York Times report?
What did the Guardian-Tribune report?
What did the Post-Fortune say?
"""


def read(row: str) -> tuple[str, list[tuple[int, int, bool]]]:
    """A marked row → the question, and the spans expected in it."""
    question, expected, start = "", [], 0
    for piece in re.split(r"([«»‹›])", row):
        if piece in "«‹" and piece:
            start = len(question)
        elif piece in "»›" and piece:
            expected.append((start, len(question), piece == "»"))
        else:
            question += piece
    return question, expected


@pytest.fixture(scope="module")
def names() -> SourceNames:
    return SourceNames(SOURCES)


@pytest.mark.parametrize("row", [*REPORTING.strip().splitlines(), *ABOUT.strip().splitlines()])
def test_a_name_is_found_where_it_stands_and_as_what(names: SourceNames, row: str) -> None:
    question, expected = read(row)
    assert [(m.start, m.end, m.as_source) for m in names.mentions(question)] == expected


@pytest.mark.parametrize("question", NONE.strip().splitlines())
def test_words_and_other_publishers_are_no_mention(names: SourceNames, question: str) -> None:
    found = [question[m.start : m.end] for m in names.mentions(question)]
    assert found == []


@pytest.mark.parametrize(
    ("sources", "question", "meant"),
    [
        (
            SOURCES,
            "What did the BBC report?",
            ("BBC News - Entertainment & Arts", "BBC News - Sport"),
        ),
        (SOURCES, "Does a BBC News - Sport article say so?", ("BBC News - Sport",)),
        (
            SOURCES,
            "Does The Independent report it?",
            ("The Independent - Sport", "The Independent - Travel"),
        ),
        (SOURCES, "Does The Independent - Travel report it?", ("The Independent - Travel",)),
        (SOURCES, "According to AFP, who fled?", ("AFP", "Entorno and AFP")),
        (SOURCES, "According to Entorno, who fled?", ("Entorno and AFP",)),
        (SOURCES, "According to Agence France-Presse, who fled?", ("AFP", "Entorno and AFP")),
        (
            SOURCES,
            "According to Korrespondent, who fled?",
            ("korrespondent, by way of Buna Times",),
        ),
        (SOURCES, "Does Time report it?", ("Time",)),
        (SOURCES, "Does The Times report it?", ("The Times",)),
        (("Agence France-Presse",), "According to AFP, who fled?", ("Agence France-Presse",)),
        (("Deutsche Presse-Agentur",), "According to DPA, who fled?", ("Deutsche Presse-Agentur",)),
        (("United Press International",), "per UPI, who fled?", ("United Press International",)),
        (("AFP",), "per Agence France-Presse, who fled?", ("AFP",)),
        (("AP",), "What did the Associated Press report?", ("AP",)),
        (("AP",), "what did the associated press report?", ("AP",)),
        (("AP",), "What did Al Pacino report?", ()),
        (("AP",), "What did Australian Associated Press report?", ()),
        (("BBC",), "What did the British Broadcasting Corporation say?", ("BBC",)),
        (("FT",), "What did the Financial Times say?", ("FT",)),
        (("Bloomberg",), "Did Mayor Bloomberg report it?", ()),
        (
            ("The Independent",),
            "The Independent's Ana Roe says what about it?",
            ("The Independent",),
        ),
        (("AP", "Associated Press"), "per AP, who fled?", ("AP", "Associated Press")),
        (("Süddeutsche Zeitung",), "Laut SZ, wer floh?", ("Süddeutsche Zeitung",)),
        (("Süddeutsche Zeitung",), "Laut Sueddeutsche Zeitung, wer floh?", ()),
        (("Süddeutsche Zeitung",), "Laut suddeutsche zeitung, wer floh?", ("Süddeutsche Zeitung",)),
        (("South Tarn Morning Post",), "What did the STMP report?", ("South Tarn Morning Post",)),
        (("South Tarn Morning Post",), "What is an STMP?", ()),
        (("South Tarn Morning Post",), "What did stmp report?", ()),
        (("CBS Sports",), "What did CBSSports.com report?", ("CBS Sports",)),
        (("cbssports.com",), "What did CBS Sports report?", ("cbssports.com",)),
        (
            ("The Sydney Morning Herald",),
            "What did smh.com.au report?",
            ("The Sydney Morning Herald",),
        ),
        (("www.buna-times.co.uk",), "What did Buna Times report?", ("www.buna-times.co.uk",)),
        (
            ("https://tarnpost.org/feed",),
            "What did Tarnpost report?",
            ("https://tarnpost.org/feed",),
        ),
        (("Tarn Gazette (UK)",), "What did the Tarn Gazette report?", ("Tarn Gazette (UK)",)),
        (("Agencia Tarn (EFE)",), "What did EFE report?", ("Agencia Tarn (EFE)",)),
        (
            ("Ana Roe, The Tarn Gazette",),
            "What did the Tarn Gazette report?",
            ("Ana Roe, The Tarn Gazette",),
        ),
        (
            ("Ana Roe, The Tarn Gazette",),
            "What did Ana Roe report?",
            ("Ana Roe, The Tarn Gazette",),
        ),
        (("Buna Times/AFP",), "What did AFP report?", ("Buna Times/AFP",)),
        (("Buna Times via Yahoo",), "What did Yahoo report?", ("Buna Times via Yahoo",)),
        (("Reuters; Tarn Post",), "What did Tarn Post report?", ("Reuters; Tarn Post",)),
        (
            ("Tarn Post and Buna Times",),
            "What did Buna Times report?",
            ("Tarn Post and Buna Times",),
        ),
        (("The Post and Courier",), "What did the Courier report?", ()),
        (("24/7 Markets",), "What did 24/7 Markets report?", ("24/7 Markets",)),
        (("Wired Magazine",), "What did Wired report?", ("Wired Magazine",)),
        (("Wired",), "What did Wired Magazine report?", ("Wired",)),
        (("ITV News",), "What did ITV report?", ("ITV News",)),
        (("USA Today",), "What did the USA report?", ()),
        (("人民日报",), "根据人民日报的报道，谁当选？", ("人民日报",)),
        (("朝日新聞",), "朝日新聞によると、誰が勝ちましたか。", ("朝日新聞",)),
        (("日本",), "", ()),
        ((), "What did the BBC report?", ()),
        (("Science", "Science News"), "What did Science News report?", ("Science News",)),
        (("Science News",), "What did Advanced Science News report?", ()),
        (("Mail",), "What did the Hull Daily Mail report?", ()),
        (
            ("St. Tarn Post-Dispatch",),
            "What did the St Tarn Post Dispatch report?",
            ("St. Tarn Post-Dispatch",),
        ),
        (("Sky News",), "It fell from the sky. News reports say so?", ()),
    ],
)
def test_a_name_means_the_sources_whose_short_form_it_is(
    sources: tuple[str, ...], question: str, meant: tuple[str, ...]
) -> None:
    found = SourceNames(sources).mentions(question)
    assert [mention.sources for mention in found] == ([meant] if meant else [])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Time", ("Time",)),
        ("TIME", ("Time",)),
        ("the times", ("The Times",)),
        ("el pais", ("El País",)),
        ("verge", ("The Verge",)),
        ("The TechCrunch", ("TechCrunch",)),
        ("theverge.com", ("The Verge",)),
        ("https://www.theverge.com/tech", ("The Verge",)),
        ("nyt", ("The New York Times",)),
        ("live science", ("Live Science: The Most Interesting Articles",)),
        ("bbc", ("BBC News - Entertainment & Arts", "BBC News - Sport")),
        ("BBC News: Sport", ("BBC News - Sport",)),
        ("agence france-presse", ("AFP", "Entorno and AFP")),
        ("新华社", ("新华社",)),
        ("Entorno and AFP", ("Entorno and AFP",)),
    ],
)
def test_a_typed_filter_means_sources(
    names: SourceNames, typed: str, meant: tuple[str, ...]
) -> None:
    assert names.named(typed) == meant


def test_a_source_written_exactly_so_goes_before_one_that_differs_in_case() -> None:
    names = SourceNames(["Tarn Post", "TARN POST", "Tarn Post - Sport"])
    assert names.named("Tarn Post") == ("Tarn Post",)
    assert names.named("tarn post") == ("TARN POST", "Tarn Post")


def test_an_unknown_source_is_refused_with_the_nearest_and_the_count(names: SourceNames) -> None:
    with pytest.raises(
        UnknownSource, match=rf'"Gaurdian".*nearest of its {len(SOURCES)}.*Guardian'
    ):
        names.named("Gaurdian")
    assert issubclass(UnknownSource, UsageError)


@pytest.mark.parametrize("typed", ["", " ", "?!", "Zzyzx Quarterly", "x" * 5_000])
def test_what_is_near_nothing_is_refused_with_the_count(names: SourceNames, typed: str) -> None:
    with pytest.raises(UnknownSource, match=f"it has {len(SOURCES)}") as refused:
        names.named(typed)
    assert len(str(refused.value)) < 300


def test_an_index_without_sources_names_none() -> None:
    assert SourceNames([]).mentions("What did The Guardian report?") == ()
    with pytest.raises(UnknownSource, match="it has 0"):
        SourceNames([]).named("The Guardian")


@pytest.mark.parametrize("typed", ["", "  ", "\t\n"])
def test_an_empty_source_is_refused_as_empty_with_what_to_do(typed: str) -> None:
    with pytest.raises(UnknownSource, match=r"is empty.*it has 2.*status.*leave it out"):
        SourceNames(["", "The Verge", "Time"]).named(typed)


PAPERS = (
    "The Velmouth Gazette",
    "Lenn Evening Post",
    "The Tarn Times",
    "Tarn Mail",
    "The Ostrick Sun",
    "Sellby Guardian",
    "Northern Star",
    "Southern Star",
    "Hythe Free Press",
    "The Herald and Courier",
    "The Sunday Record",
    "Mirror",
    "Wexe Mirror",
)


@pytest.mark.parametrize(
    "row",
    """
What did the «Gazette» report about the harbour?
What did The «Gazette» report about the harbour?
According to the «Gazette», what sank?
According to «Gazette», what sank?
Which ferry, as reported by the «Gazette», sank?
I read in the «Gazette» that it sank. Why?
In the «Gazette», who is blamed?
What is the latest news from the «Gazette» on the harbour?
Does the «Gazette» article blame the pilot?
Does the '«Gazette»' article blame the pilot?
The «Gazette» reported a loss. Who bore it?
When did the ‹Gazette› reporter leave?
From the ‹Gazette› newspaper, what is known?
What do the «Gazette» and the «Evening Post» say about rents?
What did the «Post» report about rents?
What did the «Times» report about rents?
What did the «Mail» report on Sunday?
What did the «Sun» report about rents?
What did the «Guardian» report about rents?
What did the «Mirror» report about rents?
WHAT DID THE «GAZETTE» REPORT?
What Did The «Gazette» Report About Rents?
What did the gazette report about the harbour?
What did the Hull Gazette report about the harbour?
What did Hull's Gazette report about the harbour?
What did the Gazette of Hull report?
What did the Post-Gazette report?
What does gazette.com report?
What did the New York Times report?
What did The New York Times report?
What did The Times of India report?
What did the Financial Times report?
What did the Post Office report?
What did the Post office say?
What did the New York Post report?
What did the Mail on Sunday report?
According to the Mail on Sunday, who left?
What did the Daily Mail report?
What did the Sun Belt report?
What did Sun report about its chips?
What did the Guardian Angels report?
What did the Guardian Gazette report?
According to the Post Mirror, who left?
Is the Sun older than the report says?
Who is the Guardian of the child?
Post reports are slow; why?
What did the Star report about rents?
What did the Press report about rents?
What did the Courier report about rents?
What did the Record report about rents?
""".strip().splitlines(),
)
def test_the_end_of_a_papers_name_is_found_where_it_is_used_as_a_source(row: str) -> None:
    question, expected = read(row)
    found = SourceNames(PAPERS).mentions(question)
    assert [(m.start, m.end, m.as_source) for m in found] == expected


@pytest.mark.parametrize(
    ("sources", "meant"),
    [
        (PAPERS, ("The Velmouth Gazette",)),
        (("The Velmouth Gazette", "Hull Gazette"), ()),
        (("The Velmouth Gazette", "Gazette"), ("Gazette",)),
        (
            (
                "Velmouth Gazette Online",
                "The Velmouth Gazette - News",
                "Ana Roe, The Velmouth Gazette",
            ),
            (
                "Ana Roe, The Velmouth Gazette",
                "The Velmouth Gazette - News",
                "Velmouth Gazette Online",
            ),
        ),
    ],
)
def test_the_end_of_a_name_means_one_paper_whatever_its_sections(
    sources: tuple[str, ...], meant: tuple[str, ...]
) -> None:
    found = SourceNames(sources).mentions("What did the Gazette report?")
    assert [mention.sources for mention in found] == ([meant] if meant else [])


def test_a_word_that_ends_a_papers_name_hides_no_name_beside_it() -> None:
    found = SourceNames(["Sellby Review", "Polygon"]).mentions(
        "Does a review Polygon wrote say so?"
    )
    assert [mention.sources for mention in found] == [("Polygon",)]


@pytest.mark.parametrize(
    "row",
    """
What do sources not from The Verge report on chips?
Which reports that aren't from the BBC name the senator?
Which articles don't come from The Verge?
Which articles not by The Verge name the senator?
Which articles, not published by The Verge, name the senator?
What do sources other than The Verge report on chips?
What do sources other than the 'The Verge' report on chips?
What do other sources than The Verge report on chips?
what do sources other than the bbc and techcrunch report on chips?
What does everyone except TechCrunch report on chips?
What do all outlets except for the Guardian report on chips?
What do all but the Guardian report on chips?
What do all outlets but the Guardian report on chips?
What did anyone but the BBC report?
Who, besides Reuters, reported the strike?
Who, apart from Reuters, The Verge and Wired, reported the strike?
Who, aside from articles in The Verge, reported the strike?
With the exception of Reuters, who reported the strike?
What was reported on the strike, excluding articles from Reuters?
Besides Reuters, did «The Verge» report the strike?
Besides Reuters, «The Verge» reported the strike. Why?
Besides Reuters and The Verge, who reported the strike?
Excluding Reuters, The Verge and Wired, who reported the strike?
What did «Reuters» report, other than The Verge?
Was it reported by «Reuters», besides The Verge?
What do sources other than Reuters say of ‹The Verge›'s editor?
He was called a hero, but not by ‹TechCrunch›; who is he?
Did not only «TechCrunch» but also «The Verge» report it?
Why did no outlet other than «Reuters» report it?
Why did nobody except «Reuters» report it?
Was there a reason other than fear, according to «Reuters»?
Which phone other than Apple's is praised by «The Verge»?
It is not so. From «The Verge», what is known?
""".strip().splitlines(),
)
def test_a_publisher_that_the_question_sets_aside_is_no_mention(
    names: SourceNames, row: str
) -> None:
    question, expected = read(row)
    assert [(m.start, m.end, m.as_source) for m in names.mentions(question)] == expected


PIECES = st.sampled_from(
    [
        *SOURCES,
        *[
            "the",
            "The",
            "and",
            "or",
            "of",
            ",",
            ".",
            "'",
            "’",
            "“",
            "”",
            "(",
            ")",
            ":",
            "-",
            "–",
            "&",
            "s",
            "'s",
            "500",
            "2023",
            "according",
            "to",
            "by",
            "in",
            "report",
            "article",
            "reported",
            "not from",
            "other than",
            "all but",
            "says",
            "What",
            "did",
            "A.F.P.",
            ".com",
            ".co.uk",
            "www.",
            "据",
            "报道",
            "İ",
            "ŉ",
            "ﬀ",
            "́",
            "�",
            "\n",
        ],
    ]
)


@given(
    st.lists(st.one_of(st.sampled_from(SOURCES), st.text(max_size=30)), max_size=8),
    st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=30),
    st.sampled_from(["", " "]),
)
@settings(max_examples=300, deadline=None)
def test_mentions_lie_apart_inside_the_question_and_mean_sources_of_the_index(
    sources: list[str], pieces: list[str], joiner: str
) -> None:
    question, names = joiner.join(pieces), SourceNames(sources)
    behind = 0
    for mention in names.mentions(question):
        assert behind <= mention.start < mention.end <= len(question)
        assert mention.sources == tuple(sorted(set(mention.sources)))
        assert mention.sources and set(mention.sources) <= set(sources)
        behind = mention.end


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=5))
@settings(max_examples=200, deadline=None)
def test_every_source_is_named_by_its_own_value(sources: list[str]) -> None:
    names = SourceNames(sources)
    for source in sources:
        if source.strip():
            assert names.named(source) == (source,)


def test_five_thousand_sources_cost_a_question_no_more_than_a_few() -> None:
    places = [
        f"{a}{b}"
        for a in ["Bar", "Tal", "Win", "Mor", "Kes", "Ols", "Dre", "Fen", "Gar", "Hol"]
        for b in ["ton", "by", "field", "mouth", "wick", "stead", "ham", "ford", "burgh", "dale"]
    ]
    papers = [
        "Times",
        "Gazette",
        "Post",
        "Herald",
        "Tribune",
        "Mail",
        "Star",
        "Journal",
        "Echo",
        "Sentinel",
    ]
    many = [
        f"{p} {n}{s}"
        for p in places
        for n in papers
        for s in ("", " Online", " - Sport", ".com", " | News")
    ]
    names = SourceNames([*many, *SOURCES])
    question = (
        "Did the Barton Gazette article on rents and The Verge report what Fortune reports? " * 2
    )
    assert len(names.mentions(question)) == 6
    started = time.perf_counter()
    for _ in range(10):
        names.mentions(question)
    assert time.perf_counter() - started < 10 * 0.050  # ten times the promise of 5 ms


def test_the_end_of_a_name_is_enough_where_one_source_alone_ends_so() -> None:
    names = SourceNames(["The Velmouth Gazette", "Northern Post", "Evening Post"])
    assert names.named("gazette") == ("The Velmouth Gazette",)
    with pytest.raises(UnknownSource, match="status"):
        names.named("Post")  # two end so
