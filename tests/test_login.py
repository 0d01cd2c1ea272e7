"""Who is let in, and how slowly passwords can be guessed, by a clock of the test's own."""

from __future__ import annotations

import base64

import pytest

from rag.login import (
    COOKIE_SECONDS,
    FORGOTTEN_SECONDS,
    FREE_TRIES,
    LONGEST_PAUSE_SECONDS,
    MOST_ADDRESSES,
    TRIES_AT_ONCE,
    TRIES_PER_SECOND,
    Login,
)

PASSWORD = "correct horse: battery"
WRONG = "wrong horse battery"


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def login(clock: Clock) -> Login:
    return Login("desk", PASSWORD, clock=clock)


def basic(user: str, password: str, kind: str = "Basic") -> dict[bytes, list[bytes]]:
    value = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {b"authorization": [f"{kind} {value}".encode()]}


def status(login: Login, headers: dict[bytes, list[bytes]], address: str = "10.0.0.1") -> int:
    """0 where it is let in."""
    refused = login.refusal(address, headers)
    return refused.status if refused else 0


def test_user_and_password_are_let_in_and_nothing_else(login: Login) -> None:
    assert status(login, basic("desk", PASSWORD)) == 0
    assert status(login, basic("desk", PASSWORD, "basic")) == 0
    for headers in (
        {},
        basic("desk", PASSWORD + "x"),
        basic("Desk", PASSWORD),
        basic("", ""),
        basic("desk", PASSWORD, "Bearer"),
        {b"authorization": []},
        {b"authorization": basic("desk", PASSWORD)[b"authorization"] * 2},
        {b"authorization": [b"Basic"]},
    ):
        assert status(login, headers) == 401


@pytest.mark.parametrize("junk", [b"", b"Basic \xff\xfe", b"Basic !!!", b"Basic " + b"A" * 20_000])
def test_junk_is_refused(login: Login, junk: bytes) -> None:
    assert status(login, {b"authorization": [junk]}) == 401


def test_browser_is_told_to_ask_for_the_password(login: Login) -> None:
    refused = login.refusal("10.0.0.1", {})
    assert refused
    assert dict(refused.headers)[b"www-authenticate"].startswith(b"Basic realm=")


def test_requests_without_a_password_are_never_slowed(login: Login) -> None:
    assert {status(login, {}) for _ in range(1_000)} == {401}
    assert status(login, basic("desk", PASSWORD)) == 0


def test_pause_grows_with_each_wrong_try_and_a_try_in_it_is_not_looked_at(
    login: Login, clock: Clock
) -> None:
    for _ in range(FREE_TRIES):
        assert status(login, basic("desk", WRONG)) == 401
    pauses = []
    for _ in range(9):
        refused = login.refusal("10.0.0.1", basic("desk", PASSWORD))  # the right one, too early
        assert refused
        assert refused.status == 429
        pauses.append(int(dict(refused.headers)[b"retry-after"]))
        clock.now += pauses[-1]
        assert status(login, basic("desk", WRONG)) == 401
    assert pauses[:4] == [2, 3, 5, 9]  # 1, 2, 4, 8 and the part of a second
    assert max(pauses) == LONGEST_PAUSE_SECONDS + 1
    clock.now += LONGEST_PAUSE_SECONDS + 1
    assert status(login, basic("desk", PASSWORD)) == 0
    assert status(login, basic("desk", WRONG)) == 401  # and it starts anew


def test_other_addresses_are_not_slowed_and_wrong_tries_are_forgotten(
    login: Login, clock: Clock
) -> None:
    for _ in range(FREE_TRIES):
        status(login, basic("desk", WRONG))
    assert status(login, basic("desk", PASSWORD)) == 429
    assert status(login, basic("desk", PASSWORD), "10.0.0.2") == 0
    clock.now += FORGOTTEN_SECONDS + 1
    assert status(login, basic("desk", PASSWORD)) == 0


def test_addresses_of_one_ipv6_network_count_as_one(login: Login) -> None:
    for place in range(FREE_TRIES):
        status(login, basic("desk", WRONG), f"2001:db8::{place:x}")
    assert status(login, basic("desk", WRONG), "2001:db8::ffff:1") == 429
    assert status(login, basic("desk", WRONG), "2001:db8:0:1::1") == 401
    assert status(login, basic("desk", WRONG), "::1") == 401
    assert status(login, basic("desk", WRONG), "no address") == 401


def test_all_addresses_together_have_so_many_wrong_tries_a_second(
    login: Login, clock: Clock
) -> None:
    looked_at = 0
    for place in range(10_000):
        looked_at += status(login, basic("desk", WRONG), f"10.1.{place >> 8}.{place & 255}") == 401
        clock.now += 0.01
    assert looked_at <= TRIES_AT_ONCE + 100 * TRIES_PER_SECOND + 1
    assert looked_at >= 100 * TRIES_PER_SECOND


def test_what_is_remembered_is_bounded(login: Login, clock: Clock) -> None:
    for place in range(MOST_ADDRESSES + 200):
        clock.now += 1
        assert status(login, basic("desk", WRONG), f"10.1.{place >> 8}.{place & 255}") == 401
    assert len(login._tries._of) == MOST_ADDRESSES


def test_browser_that_was_let_in_is_not_shut_out_by_others_guesses(
    login: Login, clock: Clock
) -> None:
    (cookie,) = login.cookies({})
    known = {b"cookie": [b"other=1; " + cookie.partition(b";")[0]]}
    for flag in (b"HttpOnly", b"SameSite=Strict", b"Path=/"):
        assert flag in cookie
    assert login.cookies(known) == []
    for _ in range(FREE_TRIES + 3):
        status(login, basic("desk", WRONG))
    assert status(login, basic("desk", PASSWORD)) == 429
    assert status(login, basic("desk", PASSWORD) | known) == 0
    # It takes the place of no password, and ends.
    assert status(login, known) == 401
    assert status(login, basic("desk", WRONG) | known) == 401
    clock.now += COOKIE_SECONDS + 1
    assert login.cookies(known)


@pytest.mark.parametrize(
    "forged",
    [b"broadsheet=99999999999.", b"broadsheet=99999999999." + b"0" * 64, b"broadsheet=x.y",
     b"broadsheet=\xff.\xff", b"broadsheet", b""],
)  # fmt: skip
def test_forged_cookie_makes_nobody_known(login: Login, forged: bytes) -> None:
    assert login.cookies({b"cookie": [forged]})


def test_cookie_of_another_start_makes_nobody_known(login: Login, clock: Clock) -> None:
    other = Login("desk", PASSWORD, over_tls=True, clock=clock)
    (cookie,) = other.cookies({})
    assert b"; Secure" in cookie
    assert login.cookies({b"cookie": [cookie.partition(b";")[0]]})


def test_password_stands_in_no_representation(login: Login) -> None:
    assert PASSWORD not in repr(vars(login))
