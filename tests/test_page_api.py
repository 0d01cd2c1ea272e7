"""The named endpoints of a running server, by Gradio's own client and by curl as the README has it."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client

from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.page_api import ENDPOINTS, UNEXPECTED
from rag.records import Answer, BuildReport, Progress, from_json, to_json
from rag.settings import Settings
from tests.conftest import ROOT, Served, share_models

HERON = "How many people were on board the Grey Heron?"
COST = "By how much did the cost of the tidal power plant rise?"


@pytest.fixture(scope="module")
def client(served: Served) -> Client:
    return Client(served.address, download_files=False, verbose=False)


@pytest.fixture(scope="module")
def same_index(served: Served, embedder: Embedder) -> Chatbot:
    """The facade over the served index: what the command line's --json prints."""
    made = Chatbot(Settings(index=served.index))
    share_models(made, embedder)
    return made


def refused(client: Client, name: str, *words: Any, **arguments: Any) -> str:
    with pytest.raises(Exception) as caught:
        client.predict(*words, api_name=f"/{name}", **arguments)
    return str(caught.value)


# --- what is there --------------------------------------------------------------------------


def test_the_api_page_lists_these_endpoints_and_no_other(served: Served) -> None:
    for query in ("", "?all_endpoints=true"):
        info = httpx.get(f"{served.address}/gradio_api/info{query}").json()
        assert set(info["named_endpoints"]) == {f"/{name}" for name in ENDPOINTS}
        assert info["unnamed_endpoints"] == {}
        for endpoint in info["named_endpoints"].values():
            assert "record" in endpoint["description"]


def test_handlers_of_the_page_cannot_be_called_by_name(served: Served) -> None:
    config = httpx.get(f"{served.address}/config").json()
    names = {each["api_name"] for each in config["dependencies"]}
    assert set(ENDPOINTS) < names
    for name in names - set(ENDPOINTS):
        for version in ("call", "call/v2"):
            found = httpx.post(f"{served.address}/gradio_api/{version}/{name}", json={"data": []})
            assert found.status_code == 404
            assert "ask, search, article, status, build" in found.text


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/run/ask", "/gradio_api/api/ask", "/gradio_api/openapi.json", "/openapi.json",
        "/docs", "/gradio_api/app_id", "/gradio_api/token", "/gradio_api/vibe-edit", "/monitoring",
        "/gradio_api/file=pyproject.toml", "/gradio_api/proxy=http://example.invalid/",
        "/gradio_api/file=http://example.invalid/", "/gradio_api/file=../index/broadsheet.db",
        "/file=pyproject.toml", "/gradio_api/upload", "/gradio_api/call/ask%2f..%2fupload",
        "/gradio_api/deep_link", "/gradio_api/call/ask/../../upload", "/login", "/.env",
        "/static/../index", "/static/%2e%2e/index", "/gradio_api/mcp", "/mcp/x",
    ],
)  # fmt: skip
def test_nothing_else_is_open(served: Served, path: str) -> None:
    for method in ("GET", "POST"):
        # urllib and curl send a path as it is written; httpx would tidy it up.
        request = urllib.request.Request(served.address + path, method=method, data=b"{}")
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=20)
        assert caught.value.code == 404


def test_other_sites_and_hosts_are_refused(served: Served) -> None:
    for path in ("/gradio_api/call/v2/build", "/gradio_api/info", "/mcp"):
        url = served.address + path
        foreign = {"Origin": "http://example.invalid"}
        assert httpx.post(url, json={}, headers=foreign).status_code == 403
        assert httpx.get(url, headers={"Host": "example.invalid"}).status_code == 421


# --- what they give -------------------------------------------------------------------------


def test_each_gives_the_record_that_the_command_line_prints(
    client: Client, same_index: Chatbot
) -> None:
    def record(name: str, *words: Any, **arguments: Any) -> Any:
        return client.predict(*words, api_name=f"/{name}", **arguments)

    assert record("ask", HERON) == json.loads(to_json(same_index.ask(HERON)))
    assert record("search", HERON, count=3) == json.loads(to_json(same_index.search(HERON, 3)))
    article = same_index.article("bronze-age-boat.md")
    assert record("article", "bronze-age-boat.md") == json.loads(to_json(article))
    assert record("status") == json.loads(to_json(same_index.status()))
    assert record("status", with_changes=False)["changes"] is None


def test_an_answer_is_right_and_its_quotes_stand_at_their_places(client: Client) -> None:
    found = client.predict(HERON, api_name="/ask")
    answer = from_json(Answer, json.dumps(found))
    assert answer.status == "answered"
    assert "228" in answer.sentences[0].text
    for citation in answer.citations:
        article = client.predict(citation.article_id, api_name="/article")
        assert article["text"][citation.start : citation.end] == citation.quote


def test_not_finding_is_an_answer(client: Client) -> None:
    found = client.predict("Who won the chess olympiad in Ruritania?", api_name="/ask")
    assert found["status"] == "not_found"
    assert "Ruritania" in str(found["missing"])


@pytest.mark.parametrize("as_turn", [False, True])
def test_a_follow_up_is_understood_from_earlier_answers(client: Client, as_turn: bool) -> None:
    earlier = client.predict(HERON, api_name="/ask")
    if as_turn:
        kept = {name: earlier[name] for name in ("question", "searched_for", "filters")}
        earlier = kept | {"answer": earlier}
    found = client.predict("and how many were injured?", history=[earlier], api_name="/ask")
    assert found["question"] == "and how many were injured?"
    assert "Grey Heron" in found["searched_for"]


def test_filters_restrict(client: Client) -> None:
    found = client.predict(
        HERON, sources=["Radio Orrin"], last_day="2025-11-30", api_name="/search"
    )
    assert found["filters"] == {
        "sources": ["Radio Orrin"],
        "first_day": None,
        "last_day": "2025-11-30",
    }
    assert found["hits"]
    sources = {client.predict(hit["chunk"]["article_id"], api_name="/article")["source"]
               for hit in found["hits"]}  # fmt: skip
    assert sources == {"Radio Orrin"}
    assert len(client.predict(HERON, sentences=1, api_name="/ask")["sentences"]) == 1


# --- what they refuse -----------------------------------------------------------------------

LONG = "word " * 1_000


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("ask", {"question": 5}, r"question has to be a text; it is 5\."),
        ("ask", {"question": None}, r"question has to be a text; it is None\."),
        ("ask", {"question": ["a"]}, r"question has to be a text; it is \['a'\]\."),
        ("ask", {"question": " "}, r"type what you want to know"),
        ("ask", {"question": LONG}, r"4,999 characters; shorten it to 2,000"),
        ("ask", {"question": LONG * 5}, r"question has 25,000 characters; shorten it to 20,000"),
        ("ask", {"question": "a", "sources": "HPA"}, r'sources has to be a list of names, as in \['),
        ("ask", {"question": "a", "sources": [1]}, r"sources has to be a list .* it is \[1\]"),
        ("ask", {"question": "boat", "sources": ["Nowhere"]}, r'no source "Nowhere"'),
        ("ask", {"question": "a", "sources": ["HPA"] * 101}, r"sources has 101 names; 100"),
        ("search", {"question": "a", "first_day": "May 5"}, r"first_day has .* 2024-05-03; it is"),
        ("search", {"question": "a", "first_day": 20240503}, r"it is 20240503\."),
        ("search", {"question": "a", "last_day": "2024-02-31"}, r"last_day has to be a day"),
        (
            "search",
            {"question": "a", "first_day": "2024-06-01", "last_day": "2024-05-01"},
            r"first_day 2024-06-01 is after last_day 2024-05-01; swap them",
        ),
        ("ask", {"question": "a", "all_articles": "yes"}, r"all_articles has to be true or false"),
        ("ask", {"question": "a", "all_articles": True, "sources": ["HPA"]}, r"leave one of them"),
        ("ask", {"question": "a", "sentences": 13}, r"whole number from 1 to 12; it is 13"),
        ("ask", {"question": "a", "sentences": True}, r"whole number from 1 to 12; it is True"),
        ("search", {"question": "a", "count": 0}, r"count has to be .* 1 to 100; it is 0"),
        ("search", {"question": "a", "count": 2.5}, r"it is 2\.5"),
        ("ask", {"question": "a", "today": "now"}, r"today has to be a day"),
        ("ask", {"question": "a", "history": "x"}, r"history has to be a list .* earlier answers"),
        ("ask", {"question": "a", "history": [{}] * 51}, r"history has 51 answers; 50 are the most"),
        ("ask", {"question": "a", "history": [7]}, r"history\[0\] holds neither an answer nor"),
        ("ask", {"question": "a", "history": [{"answer": 1}]}, r"history\[0\], turns\[0\]\."),
        ("ask", {"question": "a", "history": [{"turns": []}]}, r"history\[0\] holds 0 turns"),
        ("article", {"article_id": "../pyproject.toml"}, r"No article '\.\./pyproject\.toml'"),
        ("article", {"article_id": "a\x00b"}, r"No article"),
        ("article", {"article_id": {}}, r"article_id has to be a text; it is \{\}"),
        ("status", {"with_changes": 1}, r"with_changes has to be true or false; it is 1"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_refused_with_what_to_do(
    client: Client, name: str, arguments: dict[str, Any], message: str
) -> None:
    assert re.search(message, refused(client, name, **arguments))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"question": "a\ud800"}, r"question holds '\ud800', half of a character, at place 1"),
        ({"question": "a", "sources": ["\udfff"]}, r"sources[0] holds '\udfff'"),
    ],
)
def test_half_characters_are_refused(served: Served, body: dict[str, Any], message: str) -> None:
    # As an escape in JSON: the client cannot even send one.
    sent = httpx.post(
        f"{served.address}/gradio_api/call/v2/ask",
        content=json.dumps(body),
        headers={"Content-Type": "application/json"},
    )
    url = f"{served.address}/gradio_api/call/ask/{sent.json()['event_id']}"
    said = httpx.get(url, timeout=60).text
    assert message in json.loads(said.partition("data: ")[2])["error"]


def test_a_forged_history_is_refused_by_the_name_of_the_field(client: Client) -> None:
    earlier = client.predict(HERON, api_name="/ask")
    earlier["citations"][0]["quote"] += "!"
    said = refused(client, "ask", "and then?", history=[earlier])
    assert "history[0], citations[0].quote: not as long as its place" in said


def test_refusals_leave_no_traceback_on_the_terminal(client: Client, served: Served) -> None:
    before = served.log()
    refused(client, "ask", 5)
    assert "Traceback" not in served.log().removeprefix(before)


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("ask", {"qestion": HERON}, "`qestion` is not .*ask takes question, history, sources"),
        ("ask", {}, "No value provided for required argument: question; ask takes question"),
        ("build", {"full": True}, "`full` is not .*build takes nothing"),
    ],
)
def test_unknown_and_missing_arguments_are_named(
    served: Served, name: str, body: dict[str, Any], message: str
) -> None:
    found = httpx.post(f"{served.address}/gradio_api/call/v2/{name}", json=body)
    assert found.status_code == 422
    assert re.search(message, found.json()["error"])


def test_what_should_not_happen_is_told_without_its_details(tmp_path: Path) -> None:
    from rag.calls import Calls
    from rag.page_api import Endpoints
    from rag.rebuild import Rebuild

    class Broken(Calls):
        def status(self, with_changes: object = None) -> Any:
            raise RuntimeError("secret")

    chatbot = Chatbot(Settings(index=tmp_path))
    endpoints = Endpoints(Broken(chatbot), Rebuild(chatbot.settings), chatbot.has_index)
    with pytest.raises(Exception) as caught:
        endpoints.status()
    assert caught.value.message == UNEXPECTED  # type: ignore[attr-defined]


def test_any_handler_of_the_page_takes_any_input(served: Served) -> None:
    """Whoever reaches the port can call them past the page; none may fall over."""
    config = httpx.get(f"{served.address}/config").json()
    before = served.log()
    for each in config["dependencies"]:
        if each["api_name"] in ENDPOINTS or not each["backend_fn"]:
            continue
        for junk in (None, 7, "\ud800" * 9, "x" * 1_000_000, {"a": [1]}, [["[1]", None]]):
            body = {
                "data": [junk] * len(each["inputs"]),
                "fn_index": each["id"],
                "session_hash": "junk",
            }
            text = json.dumps(body)
            joined = httpx.post(
                f"{served.address}/gradio_api/queue/join",
                content=text,
                headers={"Content-Type": "application/json"},
                timeout=30,
            )
            assert joined.status_code in (200, 413, 422, 503), joined.text
    with httpx.stream(
        "GET", f"{served.address}/gradio_api/queue/data?session_hash=junk", timeout=60
    ) as events:
        for line in events.iter_lines():
            if '"close_stream"' in line:
                break
    assert "Traceback" not in served.log().removeprefix(before)


# --- several at once, and builds ------------------------------------------------------------


def test_two_clients_get_each_their_own_answers(served: Served) -> None:
    expected = {HERON: "228", COST: "tidal"}

    def ask(question: str) -> list[str]:
        own = Client(served.address, download_files=False, verbose=False)
        return [str(own.predict(question, api_name="/ask")["sentences"]) for _ in range(5)]

    with ThreadPoolExecutor(2) as pool:
        for question, answers in zip(expected, pool.map(ask, expected), strict=True):
            assert all(expected[question] in answer for answer in answers)
            assert len(set(answers)) == 1


OTTERS = """Otters return to the Wend

Source: The Skerry Courier

Eleven otters were counted on the river Wend in spring, ranger Pia Holt said."""


def test_a_build_tells_how_far_it_is_and_one_asked_for_meanwhile_begins_after_it(
    client: Client, served: Served
) -> None:
    (served.articles / "otters.txt").write_text(OTTERS)
    generation = client.predict(api_name="/status")["generation"]
    first = client.submit(api_name="/build")
    time.sleep(1)
    (served.articles / "late.txt").write_text("Late news\n\nIt came in late, he said.")
    second = client.submit(api_name="/build")
    # Answered from the old index or from the new one, but answered.
    assert client.predict(HERON, api_name="/ask")["status"] == "answered"
    reports = []
    for job in (first, second):
        *progress, last = list(job)
        assert progress
        assert all(from_json(Progress, json.dumps(each)).stage for each in progress)
        reports.append(from_json(BuildReport, json.dumps(last)))
    assert sum(report.new for report in reports) == 2
    assert reports[1].generation >= generation + 1
    found = client.predict("How many otters were counted on the Wend?", api_name="/ask")
    assert "Eleven otters" in found["sentences"][0]["text"]
    assert client.predict("late.txt", api_name="/article")["id"] == "late.txt"


def test_a_build_that_fails_says_why(tmp_path: Path) -> None:
    from rag.calls import Calls
    from rag.page_api import Endpoints
    from rag.rebuild import Rebuild

    (tmp_path / "empty").mkdir()
    chatbot = Chatbot(Settings(index=tmp_path / "index", articles=tmp_path / "empty"))
    endpoints = Endpoints(Calls(chatbot), Rebuild(chatbot.settings), chatbot.has_index)
    with pytest.raises(Exception, match="holds no article"):
        list(endpoints.build())


def test_a_cancelled_build_says_so(tmp_path: Path, folder: Path) -> None:
    from rag.calls import Calls
    from rag.page_api import Endpoints
    from rag.rebuild import Rebuild

    chatbot = Chatbot(Settings(index=tmp_path / "index", articles=folder))
    rebuild = Rebuild(chatbot.settings)
    endpoints = Endpoints(Calls(chatbot), rebuild, chatbot.has_index)
    threading.Timer(1, rebuild.stop).start()
    with pytest.raises(Exception, match="cancelled; the index is as it was"):
        list(endpoints.build())


# --- the README -----------------------------------------------------------------------------


def readme_block(language: str, holding: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (block,) = [each for each in blocks if holding in each]
    return str(block)


def test_the_readmes_curl_prints_the_answer(served: Served) -> None:
    command = readme_block("sh", "gradio_api/call").replace("http://127.0.0.1:7860", served.address)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    data = [line.removeprefix("data: ") for line in done.stdout.splitlines() if "data: " in line]
    (answer,) = json.loads(data[-1])
    assert "228" in answer["sentences"][0]["text"]


def test_the_readmes_python_prints_the_answer(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    code = readme_block("python", "gradio_client").replace("http://127.0.0.1:7860", served.address)
    exec(compile(code, "README.md", "exec"), {})
    assert "228" in capsys.readouterr().out
