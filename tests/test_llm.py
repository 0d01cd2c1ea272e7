"""The endpoint of a language model, spoken to over real sockets: what it writes, how it fails."""

from __future__ import annotations

import logging
import socket
import threading
import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from rag.errors import LanguageModelFailed
from rag.llm import LONGEST_TEXT, LanguageModel
from tests import model_server as server
from tests.model_server import Behaviour, ModelServer, serving

MESSAGES = [{"role": "user", "content": "Who closed the bridge?"}]


def model_at(
    place: ModelServer, *, deadline_seconds: float = 20, **options: object
) -> LanguageModel:
    return LanguageModel(place.url, "test", deadline_seconds, **options)  # type: ignore[arg-type]


def text_of(model: LanguageModel) -> str:
    return "".join(piece.text for piece in model.write(MESSAGES))


def failure_of(behaviour: Behaviour, **options: object) -> str:
    with serving(behaviour) as place, pytest.raises(LanguageModelFailed) as raised:
        text_of(model_at(place, **options))  # type: ignore[arg-type]
    return str(raised.value)


def test_what_the_model_writes_comes_in_pieces_and_whole() -> None:
    with serving(server.writes("The bridge is closed — für zwei Jahre [1].")) as place:
        pieces = list(model_at(place).write(MESSAGES))
    assert "".join(p.text for p in pieces) == "The bridge is closed — für zwei Jahre [1]."
    assert len(pieces) > 3
    assert not any(p.cut for p in pieces)


def test_the_request_is_streamed_at_temperature_zero() -> None:
    with serving(server.writes("Yes [1].")) as place:
        text_of(model_at(place))
    path, _, body = place.requests[0]
    assert path == "/v1/chat/completions"
    assert (body["model"], body["stream"], body["temperature"]) == ("test", True, 0)
    assert body["messages"] == MESSAGES


def test_an_answer_that_ran_out_of_length_is_marked_as_cut() -> None:
    with serving(server.writes("The bridge is", finish="length")) as place:
        assert [p.cut for p in model_at(place).write(MESSAGES)][-1] is True


def test_tool_calls_thoughts_and_usage_are_passed_over() -> None:
    call = {"index": 0, "id": "a", "type": "function", "function": {"name": "x", "arguments": "{}"}}
    deltas: list[dict[str, object]] = [
        {"role": "assistant", "tool_calls": [call]},
        {"reasoning_content": "They ask about the bridge."},
        {"content": None},
        {"content": "Closed [1]."},
    ]
    with serving(server.sends_deltas(deltas)) as place:
        assert text_of(model_at(place)) == "Closed [1]."


def test_an_endpoint_that_takes_no_temperature_is_asked_without() -> None:
    def behave(handler: server.Handler) -> None:
        if "temperature" in handler.body:
            handler.refuse(400, "Unsupported value: 'temperature' does not support 0.")
        else:
            server.writes("Closed [1].")(handler)

    with serving(behave) as place:
        place.keeps_open = True
        assert text_of(model_at(place)) == "Closed [1]."
    assert len(place.requests) == 2
    # Asked anew over a connection of its own: the first may be closing at that very moment.
    assert len(set(place.ports)) == 2


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "does not take the request"),
        (401, "refuses the key"),
        (404, "has no model 'test'"),
        (429, "takes no more requests"),
        (500, "failed"),
        (503, "failed"),
    ],
)
def test_a_refusal_is_named_and_not_repeated(status: int, words: str) -> None:
    with (
        serving(server.refuses(status, "sk-secret was wrong")) as place,
        pytest.raises(LanguageModelFailed, match=words) as raised,
    ):
        text_of(model_at(place))
    assert f"status {status}" in str(raised.value)
    assert "sk-secret" not in str(raised.value)  # what the server says is not shown
    assert len(place.requests) == 1


def test_nobody_listening_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets the port
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        with pytest.raises(LanguageModelFailed, match=r"127\.0\.0\.1:\d+ cannot be reached"):
            text_of(LanguageModel(url, "test", 10))


@pytest.mark.parametrize("behaviour", [server.hangs, server.hangs_after("The"), server.drips])
def test_the_deadline_holds_however_the_time_is_spent(behaviour: Behaviour) -> None:
    started = time.monotonic()
    assert "did not finish in 1 s" in failure_of(behaviour, deadline_seconds=1)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "behaviour",
    [
        server.sends("data: {not json}\n\n"),
        server.sends('data: {"choices": 7}\n\n'),
        server.sends('data: {"choices": [{"delta": {"content": [1]}}]}\n\n'),
        server.sends('data: "choices"\n\n'),
        server.sends('data: {"error": {"message": "out of memory"}}\n\n'),
        server.sends("data: \udc00\n\n".encode("utf-8", "surrogatepass").decode("latin-1")),
    ],
)
def test_garbage_is_a_failure_and_no_answer(behaviour: Behaviour) -> None:
    assert failure_of(behaviour).startswith("The language model at 127.0.0.1:")


@pytest.mark.parametrize("behaviour", [server.sends_page, server.sends("data: [DONE]\n\n")])
def test_what_is_no_stream_writes_nothing(behaviour: Behaviour) -> None:
    with serving(behaviour) as place:
        assert text_of(model_at(place)) == ""


@pytest.mark.parametrize("behaviour", [server.breaks_off, server.breaks_off_after("The bridge is")])
def test_an_answer_that_breaks_off_is_marked_as_cut(behaviour: Behaviour) -> None:
    with serving(behaviour) as place:
        assert list(model_at(place).write(MESSAGES))[-1].cut


def test_a_redirection_is_not_followed() -> None:
    with serving(server.writes("Yes [1].")) as elsewhere:

        def behave(handler: server.Handler) -> None:
            handler.send_response(307)
            handler.send_header("Location", f"{elsewhere.url}/chat/completions")
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        assert "status 307" in failure_of(behave)
    assert elsewhere.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_key_goes_to_no_other_address_whatever_the_endpoint_says(status: int) -> None:
    with serving(server.writes("Yes [1].")) as elsewhere:

        def behave(handler: server.Handler) -> None:
            handler.send_response(status)
            handler.send_header("Location", f"{elsewhere.url}/chat/completions")
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        with serving(behave) as place, pytest.raises(LanguageModelFailed, match=f"status {status}"):
            text_of(model_at(place, key=SecretStr("sk-topsecret")))
        assert len(place.requests) == 1
    assert elsewhere.requests == []


def test_an_endpoint_on_this_machine_is_reached_past_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(server.writes("Elsewhere.")) as proxy, serving(server.writes("Yes [1].")) as place:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        assert text_of(model_at(place, key=SecretStr("sk-topsecret"))) == "Yes [1]."
    assert proxy.requests == []


def test_a_reader_slower_than_the_pieces_is_stopped_at_the_deadline() -> None:
    with serving(server.floods) as place:
        pieces = model_at(place, deadline_seconds=1).write(MESSAGES)
        next(pieces)
        time.sleep(2.5)
        with pytest.raises(LanguageModelFailed, match="did not finish in"):
            list(pieces)


def test_an_answer_without_end_is_left_at_its_longest() -> None:
    with serving(server.floods) as place:
        pieces = list(model_at(place).write(MESSAGES))
        assert place.broken_off.wait(10)  # the server is not left writing
    assert pieces[-1].cut
    assert LONGEST_TEXT <= sum(len(p.text) for p in pieces) < LONGEST_TEXT + 10_000


def test_leaving_off_ends_the_request_and_its_thread() -> None:
    with serving(server.drips) as place:
        pieces = model_at(place).write(MESSAGES)
        next(pieces)
        pieces.close()
        assert place.broken_off.wait(10)
    ends = time.monotonic() + 10
    while any(t.name == "language model" for t in threading.enumerate()):
        assert time.monotonic() < ends
        time.sleep(0.02)


# --- the key --------------------------------------------------------------------------------


def test_the_key_is_sent_and_stands_in_no_message_and_no_log(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(server.refuses(401)) as place:
        model = model_at(place, key=SecretStr("sk-topsecret"))
        with pytest.raises(LanguageModelFailed) as raised:
            text_of(model)
    assert place.requests[0][1]["authorization"] == "Bearer sk-topsecret"
    captured = capfd.readouterr()
    for shown in (str(raised.value), repr(model), caplog.text, captured.out, captured.err):
        assert "topsecret" not in shown


def test_the_key_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-from-file\n")
    with serving(server.writes("Yes [1].")) as place:
        text_of(model_at(place, key_file=tmp_path / "key"))
    assert place.requests[0][1]["authorization"] == "Bearer sk-from-file"


@pytest.mark.parametrize("content", [None, b"two words", "schlüssel".encode(), b"\xff\xfe"])
def test_a_key_that_is_none_is_refused_before_anything_is_sent(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    with (
        serving(server.writes("Yes [1].")) as place,
        pytest.raises(LanguageModelFailed, match="llm_key_file"),
    ):
        text_of(model_at(place, key_file=tmp_path / "key"))
    assert place.requests == []


def test_keys_of_other_programs_are_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "CUSTOM_HEADERS"):
        monkeypatch.setenv(f"OPENAI_{name}", "X-Other: elsewhere")
    with serving(server.writes("Yes [1].")) as place:
        text_of(model_at(place))
    assert "elsewhere" not in str(place.requests[0][1])


def test_user_and_password_of_an_address_stand_in_no_message() -> None:
    with serving(server.refuses(500)) as place:
        url = place.url.replace("http://", "http://me:hidden@")
        with pytest.raises(LanguageModelFailed) as raised:
            text_of(LanguageModel(url, "test", 10))
    assert "hidden" not in str(raised.value)
