"""Where the page is served, under which names, and what is refused before anything is opened."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rag.errors import SettingInvalid
from rag.server_address import check_free, read_address
from rag.settings import Settings

LET_IN = {"user": "desk", "password": "a long password"}


def test_this_machine_alone_needs_no_password() -> None:
    for host in ("127.0.0.1", "localhost", "::1", "127.0.0.2"):
        address = read_address(Settings(host=host))
        assert address.login is None
        assert not address.is_public
        assert "http://localhost:7860" in address.origins
    assert read_address(Settings(host="::1")).url == "http://[::1]:7860"


@pytest.mark.parametrize(
    "given",
    [{"host": "0.0.0.0"}, {"host": "::"}, {"host": "192.168.1.20"}, {"host": "news.example.org"},
     {"host": "2001:db8::1"}, {"hosts": "news.example.org"}],
)  # fmt: skip
def test_what_others_can_reach_needs_user_and_password(given: dict[str, Any]) -> None:
    with pytest.raises(SettingInvalid, match=r"needs a user and a password.*BROADSHEET_PASSWORD"):
        read_address(Settings(**given))


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.1.20"])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"user": "desk"}, "a password is missing"),
        ({"password": "a long password"}, "a user is missing"),
        ({"user": "desk", "password": "elevenchars"}, r"has 11 characters.* 12 at least"),
        ({"user": "desk", "password": "a long\npassword"}, "cannot be typed"),
        ({"user": "a:b", "password": "a long password"}, "no colon"),
        ({"user": "desk", "password_file": "none/here"}, "cannot be read from none/here"),
    ],
)
def test_half_a_login_and_short_passwords_are_refused(
    given: dict[str, Any], message: str, host: str
) -> None:
    with pytest.raises(SettingInvalid, match=message) as caught:
        read_address(Settings(host=host, **given))
    assert "a long password" not in str(caught.value)


def test_password_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("a long pässword \n")
    login = read_address(Settings(user="desk", password_file=file)).login
    assert login
    assert login._expected == read_address(
        Settings(user="desk", password="a long pässword ")
    ).login._expected  # type: ignore[union-attr]  # fmt: skip


def test_all_addresses_of_a_machine_need_the_names_they_are_reached_by() -> None:
    with pytest.raises(SettingInvalid, match="name in hosts"):
        read_address(Settings(host="0.0.0.0", **LET_IN))
    address = read_address(Settings(host="0.0.0.0", hosts="News.local, 10.0.0.5:8443", **LET_IN))
    assert address.url == "http://News.local:7860"
    assert address.is_public
    for origin in ("http://News.local:7860", "https://News.local", "http://10.0.0.5:8443",
                   "http://127.0.0.1:7860"):  # fmt: skip
        assert origin in address.origins
    assert "http://10.0.0.5:7860" not in address.origins


def test_one_address_is_answered_under_its_own_name_alone() -> None:
    address = read_address(Settings(host="192.168.1.20", **LET_IN))
    assert address.origins == {"http://192.168.1.20:7860"}
    # Browsers leave out the port that the scheme implies.
    address = read_address(Settings(host="192.168.1.20", port=80, **LET_IN))
    assert address.origins == {"http://192.168.1.20"}


@pytest.mark.parametrize("name", ["http://news.local", "a b", "*", "news.local/x", "a:b", "é.org"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(SettingInvalid, match="hosts cannot hold"):
        read_address(Settings(hosts=name, **LET_IN))


def test_address_that_the_machine_has_not_is_named() -> None:
    for host in ("203.0.113.9", "a..b"):
        with pytest.raises(SettingInvalid, match=f"'{host}': this machine has no such address"):
            check_free(Settings(host=host))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(SettingInvalid, match="is in use"):
            check_free(Settings(port=other.getsockname()[1]))


# --- https --------------------------------------------------------------------------------------


def make_certificate(folder: Path, *options: str) -> dict[str, Path]:
    """Certificate and key by openssl, for localhost."""
    files = {"certificate": folder / "cert.pem", "certificate_key": folder / "key.pem"}
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", str(files["certificate_key"]), "-out", str(files["certificate"]),
         *(options or ("-nodes",))],
        check=True, capture_output=True,
    )  # fmt: skip
    return files


def test_certificate_makes_it_https(tmp_path: Path) -> None:
    address = read_address(Settings(**make_certificate(tmp_path)))
    assert address.url == "https://127.0.0.1:7860"
    assert not any(origin.startswith("http://") for origin in address.origins)


def test_certificate_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    files = make_certificate(tmp_path, "-passout", "pass:secret")
    (tmp_path / "junk.pem").write_text("junk")
    for given in (files, {"certificate": files["certificate"]}, {"certificate": tmp_path / "none"},
                  {"certificate": tmp_path / "junk.pem"}):  # fmt: skip
        with pytest.raises(SettingInvalid, match="cannot be used"):
            read_address(Settings(**given))
    with pytest.raises(SettingInvalid, match="needs certificate"):
        read_address(Settings(certificate_key=files["certificate_key"]))
