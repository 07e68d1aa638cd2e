"""Who is let in, request by request; the attacks are in test_attacks."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from polysense.serve.access import LOCAL, Grant, Keyring
from polysense.serve.guard import ANYONE, Guard
from polysense.serve.settings import ServerSettings

Verdict = Grant | int | None
ALONE = ServerSettings()


@pytest.fixture
def keyring(tmp_path: Any) -> Keyring:
    return Keyring(tmp_path / "t.json")


def verdict_of(
    keyring: Keyring,
    settings: ServerSettings = ALONE,
    method: str = "GET",
    path: str = "/api",
    kind: str = "http",
    **headers: str,
) -> Verdict:
    """Whom the guard lets in as whom, or the status of its refusal."""
    verdicts: list[Verdict] = []

    async def inside(scope: Scope, receive: Receive, send: Send) -> None:
        verdicts.append(scope["state"]["grant"])

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            verdicts.append(message["status"])
        elif message["type"] == "websocket.close":
            verdicts.append(message["code"])

    all_headers = {"host": "localhost", **{k.replace("_", "-"): v for k, v in headers.items()}}
    raw = [(k.encode(), v.encode("latin-1")) for k, v in all_headers.items()]
    scope: Scope = {
        "type": kind,
        "path": path,
        "headers": raw,
        "client": ("9.9.9.9", 1),
        "query_string": b"",
        **({"method": method} if kind == "http" else {}),
    }
    asyncio.run(Guard(inside, settings, keyring)(scope, receive, send))
    (verdict,) = verdicts
    return verdict


def reader_of(token: str) -> Grant:
    """The grant that goes with this very token: a later one of the same name is somebody else's."""
    return Grant("reader", "read", token=hashlib.sha256(token.encode()).hexdigest()[:16])


def test_alone_on_the_machine(keyring: Keyring) -> None:
    """Without tokens whoever sits there may do all; from the first token on everyone needs one."""
    assert verdict_of(keyring) == LOCAL
    assert verdict_of(keyring, kind="websocket") == LOCAL
    token = keyring.add("reader")
    assert verdict_of(keyring) == 401
    assert verdict_of(keyring, authorization=f"Bearer {token}") == reader_of(token)
    assert verdict_of(keyring, authorization=f"bearer  {token} ") == reader_of(token)
    assert verdict_of(keyring, cookie=f"a=b; polysense={token}") == reader_of(token)
    assert verdict_of(keyring, authorization=f"Basic {token}") == 401
    assert verdict_of(keyring, authorization="Bearer wrong") == 401
    assert verdict_of(keyring, cookie='polysense="\\777; x') == 401


def test_others_always_need_a_token(keyring: Keyring) -> None:
    """Where the network can connect, no token means nobody, not everybody."""
    open_ = ServerSettings(host="0.0.0.0")
    assert verdict_of(keyring, open_) == 401
    assert verdict_of(keyring, open_, host="anything.example") == 401
    token = keyring.add("reader")
    bearer = f"Bearer {token}"
    verdict = verdict_of(keyring, open_, host="anything.example", authorization=bearer)
    assert verdict == reader_of(token)


@pytest.mark.parametrize("path", ["/health", "/ready", "/login"])
def test_what_anyone_may_ask_for(keyring: Keyring, path: str) -> None:
    """Whether it lives, and the way in; with a grant that opens nothing else."""
    keyring.add("reader")
    assert verdict_of(keyring, path=path) == ANYONE
    assert verdict_of(keyring, path=path, authorization="Bearer wrong") == ANYONE
    assert verdict_of(keyring, path=path + "/x") == 401
    assert not ANYONE.allows("read", "main")


def test_a_persons_browser_is_shown_the_way_in(keyring: Keyring) -> None:
    """A program is told 401; someone who looks gets the page to log in."""
    keyring.add("reader")
    assert verdict_of(keyring, path="/", accept="text/html,*/*") == 303
    assert verdict_of(keyring, path="/", accept="application/json") == 401
    assert verdict_of(keyring, method="POST", path="/", accept="text/html") == 401


@pytest.mark.parametrize(
    ("headers", "lets"),
    [
        ({"origin": "http://localhost"}, True),
        ({"origin": "https://LOCALHOST"}, True),
        ({}, True),
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"origin": "http://localhost:1"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://[::1"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "same-site"}, False),
        ({"origin": "null", "host": ""}, False),
    ],
)
def test_where_a_request_comes_from(keyring: Keyring, headers: dict[str, str], lets: bool) -> None:
    """What changes something, and every socket, comes from our own page or from a program; with a
    token, too.
    """
    for settings in (ServerSettings(), ServerSettings(host="0.0.0.0")):
        token = Keyring(keyring._path.with_name(settings.host)).add("x")
        ring = Keyring(keyring._path.with_name(settings.host))
        assert (
            verdict_of(ring, settings, "POST", authorization=f"Bearer {token}", **headers) != 403
        ) is lets
        assert (
            verdict_of(ring, settings, kind="websocket", authorization=f"Bearer {token}", **headers)
            != 1008
        ) is lets


def test_names_of_the_server(keyring: Keyring) -> None:
    """Its own address, localhost, and those that it is given."""
    settings = ServerSettings(host="127.0.0.2", names=("kb.lan",))
    for host, lets in (
        ("kb.lan:80", True),
        ("KB.LAN", True),
        ("127.0.0.2:8765", True),
        ("[::1]:1", True),
        ("other.lan", False),
        ("", False),
    ):
        assert (verdict_of(keyring, settings, host=host) == LOCAL) is lets


def test_a_broken_file_of_tokens_lets_nobody_in(keyring: Keyring) -> None:
    """It fails, closed."""
    keyring._path.write_text("broken")
    with pytest.raises(Exception, match="cannot be read"):
        verdict_of(keyring)
