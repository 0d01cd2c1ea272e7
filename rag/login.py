"""Requests' headers → whether they bring the user and the password, with wrong tries slowed.

HTTP Basic authentication: browsers, curl, Gradio's client and those of MCP speak it, and there is
no page that could be forged. Passwords are guessed slowly: whoever tried wrongly too often, and
everybody together, has to wait, and a try that has to wait is not looked at. A browser that has
been let in once carries a cookie which says so (OWASP's "device cookie"), so that others' guessing
does not shut it out; the cookie alone opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

SHORTEST_PASSWORD = 12
"""In characters."""

FREE_TRIES = 5
"""Wrong tries of an address that nothing follows on; each further one doubles its pause."""
LONGEST_PAUSE_SECONDS = 60.0
FORGOTTEN_SECONDS = 900.0
"""After so long without a wrong try an address starts anew."""

MOST_ADDRESSES = 1_000
"""Those that are remembered; the one whose last wrong try is the oldest is forgotten first."""
TRIES_AT_ONCE = 60
TRIES_PER_SECOND = 2.0
"""Wrong tries of all addresses together: so many in a burst, then so many in a second."""

COOKIE_SECONDS = 30 * 24 * 3600

Headers = Mapping[bytes, Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a request that is not let in is answered: status, reason, further headers."""

    status: int
    reason: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


_ASKED_FOR = Refusal(
    401,
    "This page needs its user and password.",
    ((b"www-authenticate", b'Basic realm="Broadsheet", charset="UTF-8"'),),
)


class Login:
    """One user and their password. For one event loop: nothing here waits or locks."""

    def __init__(
        self,
        user: str,
        password: str,
        *,
        over_tls: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._expected = _digest(f"{user}:{password}".encode())
        self._key = secrets.token_bytes(32)
        self._secure = "; Secure" if over_tls else ""
        self._clock = clock
        self._tries = _Tries(clock)

    def refusal(self, address: str, headers: Headers) -> Refusal | None:
        """Why a request from that address is not let in; None where it is."""
        given = headers.get(b"authorization", ())
        if len(given) != 1:
            return _ASKED_FOR
        known = self._is_known(headers)
        pause = 0.0 if known else self._tries.pause(address)
        if pause > 0:
            seconds = int(pause) + 1
            return Refusal(
                429,
                f"Too many wrong passwords; try again in {seconds} s.",
                ((b"retry-after", str(seconds).encode()),),
            )
        if hmac.compare_digest(_digest(_credentials(given[0])), self._expected):
            if not known:
                self._tries.forget(address)
            return None
        if not known:
            self._tries.count(address)
        return _ASKED_FOR

    def cookies(self, headers: Headers) -> list[bytes]:
        """For one who was let in: what makes the browser known; nothing where it is already."""
        if self._is_known(headers):
            return []
        ends = str(int(self._clock()) + COOKIE_SECONDS)
        cookie = (
            f"broadsheet={ends}.{self._sign(ends)}; Max-Age={COOKIE_SECONDS}; Path=/; HttpOnly; "
            f"SameSite=Strict{self._secure}"
        )
        return [cookie.encode()]

    def _is_known(self, headers: Headers) -> bool:
        for line in headers.get(b"cookie", ()):
            for part in line.decode("latin-1").split(";"):
                name, _, value = part.strip().partition("=")
                ends, _, signature = value.partition(".")
                if name == "broadsheet" and ends.isdecimal() and len(ends) < 20:
                    signed = hmac.compare_digest(signature.encode(), self._sign(ends).encode())
                    return signed and int(ends) > self._clock()
        return False

    def _sign(self, ends: str) -> str:
        return hmac.new(self._key, ends.encode(), hashlib.sha256).hexdigest()


class _Tries:
    """Who has tried wrongly, how often and when; what is kept is bounded."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._of: OrderedDict[str, tuple[int, float]] = OrderedDict()  # address → tries, the last
        self._left, self._left_at = float(TRIES_AT_ONCE), clock()

    def pause(self, address: str) -> float:
        """How many seconds there are until the next try of that address is looked at."""
        now = self._clock()
        self._left = min(TRIES_AT_ONCE, self._left + (now - self._left_at) * TRIES_PER_SECOND)
        self._left_at = now
        together = (1 - self._left) / TRIES_PER_SECOND
        count, last = self._of.get(_network(address), (0, now))
        if count < FREE_TRIES or now - last > FORGOTTEN_SECONDS:
            return together
        own = min(LONGEST_PAUSE_SECONDS, 2.0 ** min(count - FREE_TRIES, 30))
        return max(together, own - (now - last))

    def count(self, address: str) -> None:
        """A wrong try."""
        now, network = self._clock(), _network(address)
        count, last = self._of.pop(network, (0, now))
        self._of[network] = (1 if now - last > FORGOTTEN_SECONDS else count + 1, now)
        self._left -= 1
        while len(self._of) > MOST_ADDRESSES:
            self._of.popitem(last=False)

    def forget(self, address: str) -> None:
        """A right one."""
        self._of.pop(_network(address), None)


def _network(address: str) -> str:
    """An address, or of IPv6 the /64 that one machine can have all addresses of."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]  # a proxy on this machine may say anything
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(found), 64), strict=False))
    return str(found)


def _credentials(header: bytes) -> bytes:
    """``user:password`` of an Authorization header; empty where it is none of Basic."""
    kind, _, value = header.partition(b" ")
    if kind.lower() != b"basic" or len(value) > 10_000:
        return b""
    try:
        return base64.b64decode(value.strip(), validate=True)
    except binascii.Error:
        return b""


def _digest(value: bytes) -> bytes:
    """Of equal length whatever is compared, so that not even the length can be timed."""
    return hashlib.sha256(value).digest()
