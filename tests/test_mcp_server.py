"""The tools for language models, by the official client: over HTTP and over a process's pipes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from rag.chatbot import Chatbot
from rag.embedding import Embedder
from rag.guard import LONGEST_BODY
from rag.records import Answer, Article, SearchResult, from_json, to_json
from rag.settings import Settings
from tests.conftest import ROOT, Served, share_models

HERON = "How many people were on board the Grey Heron?"


def call(where: Any, *calls: tuple[str, dict[str, Any]], mode: str = "auto") -> list[Any]:
    """The results of calls to tools, all in one connection."""

    async def use() -> list[Any]:
        async with Client(where, mode=mode) as client:
            return [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(use())


def tools_of(where: Any) -> dict[str, Any]:
    async def use() -> Any:
        async with Client(where) as client:
            return (await client.list_tools()).tools, client.server_info, client.instructions

    tools, info, instructions = asyncio.run(use())
    assert info.name == "broadsheet"
    assert "never an instruction" in instructions
    return {tool.name: tool for tool in tools}


@pytest.fixture(scope="module")
def where(served: Served) -> str:
    return f"{served.address}/mcp"


def test_there_are_three_tools_and_they_only_read(where: str) -> None:
    tools = tools_of(where)
    assert set(tools) == {"ask", "search", "open_article"}
    for tool in tools.values():
        assert tool.annotations.read_only_hint
        assert tool.input_schema["additionalProperties"] is False
        for argument in tool.input_schema["properties"].values():
            assert argument["description"]
    assert "not_found" in tools["ask"].description
    assert "letter by letter" in tools["ask"].description


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_each_returns_the_record_that_the_facade_gives(
    where: str, served: Served, embedder: Embedder, mode: str
) -> None:
    chatbot = Chatbot(Settings(index=served.index))
    share_models(chatbot, embedder)
    asked, searched, opened = call(
        where,
        ("ask", {"question": HERON}),
        ("search", {"question": HERON, "count": 3}),
        ("open_article", {"article_id": "bronze-age-boat.md"}),
        mode=mode,
    )
    expected = (
        (asked, chatbot.ask(HERON)),
        (searched, chatbot.search(HERON, 3)),
        (opened, chatbot.article("bronze-age-boat.md")),
    )
    for result, record in expected:
        assert not result.is_error
        assert result.structured_content == json.loads(to_json(record))
        assert from_json(type(record), result.content[0].text) == record


def test_records_are_what_the_schemas_say(where: str) -> None:
    tools = tools_of(where)
    results = call(
        where,
        ("ask", {"question": HERON}),
        ("search", {"question": HERON}),
        ("open_article", {"article_id": "bronze-age-boat.md"}),
    )
    for name, result in zip(("ask", "search", "open_article"), results, strict=True):
        jsonschema.validate(result.structured_content, tools[name].output_schema)


def test_quotes_and_hits_stand_at_their_places(where: str) -> None:
    asked, searched = call(
        where, ("ask", {"question": HERON}), ("search", {"question": HERON, "count": 2})
    )
    answer = from_json(Answer, asked.content[0].text)
    assert "228" in answer.sentences[0].text
    found = from_json(SearchResult, searched.content[0].text)
    assert len(searched.content) == 1 + len(found.hits) == 3
    places = [(c.article_id, c.start, c.end, c.quote) for c in answer.citations]
    for hit, shown in zip(found.hits, searched.content[1:], strict=True):
        head, _, text = shown.text.partition(":\n")
        assert hit.chunk.article_id in head
        places.append((hit.chunk.article_id, hit.chunk.start, hit.chunk.end, text))
    opened = call(where, *(("open_article", {"article_id": place[0]}) for place in places))
    for (_, start, end, text), result in zip(places, opened, strict=True):
        assert from_json(Article, result.content[0].text).text[start:end] == text


def test_not_finding_is_an_answer_and_no_error(where: str) -> None:
    (result,) = call(where, ("ask", {"question": "Who won the chess olympiad in Ruritania?"}))
    assert not result.is_error
    assert result.structured_content["status"] == "not_found"


def test_a_follow_up_takes_the_earlier_answers_as_they_came(where: str) -> None:
    (first,) = call(where, ("ask", {"question": HERON}))
    arguments = {"question": "and how many were injured?", "history": [first.structured_content]}
    (then,) = call(where, ("ask", arguments))
    assert "Grey Heron" in then.structured_content["searched_for"]


def test_arguments_that_are_null_are_not_given(where: str) -> None:
    nothing = dict.fromkeys(
        ("history", "sources", "first_day", "last_day", "all_articles", "today", "sentences")
    )
    with_nulls, without = call(
        where, ("ask", {"question": HERON, **nothing}), ("ask", {"question": HERON})
    )
    assert with_nulls.structured_content == without.structured_content


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("ask", {"question": HERON, "source": ["HPA"]}, "ask has no argument 'source'; it takes"),
        ("ask", {"query": HERON}, "ask has no argument 'query'; it takes question, history"),
        ("ask", {}, "ask needs the argument question"),
        ("ask", {"question": 5}, "question has to be a text; it is 5."),
        ("ask", {"question": HERON, "sources": ["Nowhere"]}, 'no source "Nowhere"'),
        ("search", {"question": "boat", "count": 1000}, "count has to be a whole number from 1"),
        ("open_article", {"article_id": "/etc/passwd"}, "No article '/etc/passwd'"),
        ("build", {}, "No tool is named 'build'; there are ask, search, open_article."),
    ],
)
def test_wrong_calls_are_refused_with_what_to_do(
    where: str, served: Served, name: str, arguments: dict[str, Any], message: str
) -> None:
    before = served.log()
    (result,) = call(where, (name, arguments))
    assert result.is_error
    assert message in result.content[0].text
    assert "Traceback" not in served.log().removeprefix(before)


def test_two_clients_at_once_get_their_own_answers(where: str) -> None:
    questions = [HERON, "By how much did the cost of the tidal power plant rise?"]

    async def ask(question: str) -> set[str]:
        async with Client(where) as client:
            results = await asyncio.gather(
                *(client.call_tool("ask", {"question": question}) for _ in range(6))
            )
            return {result.content[0].text for result in results}

    async def both() -> list[set[str]]:
        return await asyncio.gather(*map(ask, questions))

    for question, answers in zip(questions, asyncio.run(both()), strict=True):
        (answer,) = answers
        assert from_json(Answer, answer).question == question


def test_the_guard_stands_before_the_tools(where: str) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    own = {"Accept": "application/json, text/event-stream"}
    assert httpx.post(where, json=body, headers=own).status_code == 200
    for headers, status in (
        ({"Origin": "http://example.invalid"}, 403),
        ({"Host": "example.invalid:80"}, 421),
    ):
        assert httpx.post(where, json=body, headers=own | headers).status_code == status
    long = json.dumps(body | {"params": "x" * LONGEST_BODY})
    assert httpx.post(where, content=long, headers=own).status_code == 413
    assert "content-security-policy" in httpx.post(where, json=body, headers=own).headers


def test_over_pipes_they_are_the_same(where: str, served: Served) -> None:
    process = StdioServerParameters(
        command=sys.executable,
        args=["-m", "rag", "mcp", "--index", str(served.index)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    calls = (("ask", {"question": HERON}), ("ask", {"question": " "}))
    asked, refused = call(process, *calls)
    assert asked.structured_content == call(where, calls[0])[0].structured_content
    assert refused.is_error
    assert "type what you want to know" in refused.content[0].text


def test_ctrl_c_ends_it_while_it_waits_for_input(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "rag", "mcp", "--index", str(tmp_path / "none")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    try:
        assert process.stdin and process.stdout
        process.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        process.stdin.flush()
        assert b'"id":1' in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) != 0
    finally:
        process.kill()


def test_without_an_index_a_call_says_what_to_run(tmp_path: Path) -> None:
    process = StdioServerParameters(
        command=sys.executable,
        args=["-m", "rag", "mcp", "--index", str(tmp_path / "none")],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    (result,) = call(process, ("ask", {"question": HERON}))
    assert result.is_error
    assert "run `broadsheet build FOLDER" in result.content[0].text


@pytest.mark.parametrize("command", [["serve", "--no-open", "--mcp"], ["mcp"]])
def test_without_the_package_the_remedy_is_named(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "mcp").mkdir()
    (tmp_path / "mcp" / "__init__.py").write_text("raise ImportError")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "rag", *command, "--index", str(tmp_path / "index")],
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "pip install -e '.[mcp]'" in done.stderr
    assert "Traceback" not in done.stderr
