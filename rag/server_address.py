"""Settings → where the page is served, under which names, and who is let in.

What others than this machine can reach needs a user and a password. Nothing is opened here.
"""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
import ssl
from dataclasses import dataclass

from rag.errors import SettingInvalid
from rag.login import SHORTEST_PASSWORD, Login
from rag.records import Check
from rag.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")

_NAME = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?", re.ASCII)
_HOW = (
    "set user (or BROADSHEET_USER), and the password as BROADSHEET_PASSWORD in the environment or "
    "in a file that password_file names"
)


@dataclass(frozen=True, slots=True)
class Address:
    """``url`` is what a reader types; ``origins`` are all addresses that are answered."""

    url: str
    origins: frozenset[str]
    login: Login | None
    is_public: bool
    certificate: str | None
    certificate_key: str | None


def check_address(settings: Settings) -> Check:
    """What the doctor says of where the page would be served."""
    try:
        address = read_address(settings)
    except SettingInvalid as error:
        return Check("settings", False, str(error), "mend the setting that is named")
    who = "with a password" if address.login else "to this machine alone, without a password"
    return Check("settings", True, f"the page is served at {address.url}, {who}")


def read_address(settings: Settings) -> Address:
    """Checks all that can be wrong before anything is opened. Raises SettingInvalid."""
    certificate, key = _certificate(settings)
    names = [name.strip() for name in settings.hosts.split(",") if name.strip()]
    for name in names:
        if not _NAME.fullmatch(name):
            raise SettingInvalid(
                f"Setting hosts cannot hold {name!r}; write names as a browser shows them, with "
                'commas between: "news.example.org, 192.168.1.20".'
            )
    scheme = "https" if settings.certificate else "http"
    wildcard = settings.host in ("0.0.0.0", "::")
    is_public = not _is_loopback(settings.host)
    login = _login(settings, needed=is_public or bool(names), over_tls=bool(certificate))
    if wildcard and not names:
        raise SettingInvalid(
            f"Setting host {settings.host} opens every address of this machine; name in hosts "
            "those under which the page is to be reached, or set host to one address."
        )
    own = [] if wildcard else [_in_url(settings.host)]
    if wildcard or not is_public:
        own += ["127.0.0.1", "localhost", "[::1]"]
    origins = {f"{scheme}://{_with_port(name, scheme, settings.port)}" for name in own}
    # Whoever serves under another name may have a proxy before us, on the ports of the web.
    for name in names:
        for each in ("http", "https"):
            origins.add(f"{each}://{name}")
            if not re.search(r":\d+$", name):
                origins.add(f"{each}://{name}:{settings.port}")
    shown = names[0] if wildcard else _in_url(settings.host)
    url = f"{scheme}://{shown if re.search(r':[0-9]+$', shown) else f'{shown}:{settings.port}'}"
    return Address(
        url,
        frozenset(origins),
        login,
        is_public,
        certificate,
        key,
    )


def check_free(settings: Settings) -> None:
    """Raises SettingInvalid where the page cannot be served at its host and port."""
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        family, kind, _, _, where = found[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except (OSError, UnicodeError) as error:
        if isinstance(error, socket.gaierror | UnicodeError) or (
            error.errno == errno.EADDRNOTAVAIL
        ):
            message = (
                f"Setting host cannot be {settings.host!r}: this machine has no such address; "
                "127.0.0.1 serves this machine alone."
            )
        elif error.errno == errno.EADDRINUSE:
            message = f"Port {settings.port} is in use; give another with --port."
        else:
            message = (
                f"Port {settings.port} cannot be opened: {error.strerror}; "
                "give another with --port."
            )
        raise SettingInvalid(message) from error


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _with_port(name: str, scheme: str, port: int) -> str:
    """As browsers write it: they leave the port out where the scheme implies it."""
    return name if port == {"http": 80, "https": 443}[scheme] else f"{name}:{port}"


def _login(settings: Settings, *, needed: bool, over_tls: bool) -> Login | None:
    password = _password(settings)
    if not settings.user and not password:
        if not needed:
            return None
        name = "hosts" if _is_loopback(settings.host) else "host"
        which = f"{name} {getattr(settings, name)!r}"
        raise SettingInvalid(
            f"Setting {which} lets others than this machine reach the page, which needs a user and "
            f"a password: {_HOW}."
        )
    if not settings.user or not password:
        missing = "a password" if settings.user else "a user"
        raise SettingInvalid(f"User and password go together, and {missing} is missing: {_HOW}.")
    if ":" in settings.user or not settings.user.isprintable():
        raise SettingInvalid(
            f"Setting user cannot be {settings.user!r}: no colon or control character can be sent "
            "in a user's name."
        )
    if len(password) < SHORTEST_PASSWORD or not password.isprintable():
        raise SettingInvalid(
            f"The password has {len(password)} characters, or some that cannot be typed; it needs "
            f"{SHORTEST_PASSWORD} at least: `openssl rand -base64 18` makes one."
        )
    return Login(settings.user, password, over_tls=over_tls)


def _password(settings: Settings) -> str:
    password = settings.password.get_secret_value()
    if password or settings.password_file is None:
        return password
    try:
        return settings.password_file.expanduser().read_text(encoding="utf-8").strip("\r\n")
    except (OSError, RuntimeError, ValueError):
        raise SettingInvalid(
            f"The password cannot be read from {settings.password_file}; set password_file to a "
            "text file with nothing but the password."
        ) from None


def _certificate(settings: Settings) -> tuple[str, str] | tuple[None, None]:
    """The PEM files of certificate and key, which may be one."""
    if settings.certificate is None:
        if settings.certificate_key is None:
            return None, None
        raise SettingInvalid(
            f"Setting certificate_key {settings.certificate_key} needs certificate beside it."
        )
    certificate = settings.certificate
    try:
        certificate = certificate.expanduser()
        key = (settings.certificate_key or certificate).expanduser()
        # A key that asks for a password would else ask on the terminal.
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            certificate, key, password=lambda: ""
        )
    except (OSError, RuntimeError, ValueError) as error:  # ssl.SSLError is an OSError
        raise SettingInvalid(
            f"The certificate {certificate} cannot be used: {error}. It has to be a PEM file, with "
            "its key in certificate_key, unencrypted."
        ) from error
    return str(certificate), str(key)
