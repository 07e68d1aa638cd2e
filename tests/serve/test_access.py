"""Tokens: what they open, how they are kept, and that a running server sees changes."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

import pytest

from polysense.errors import AlreadyExists, BadConfig, NotFound
from polysense.serve.access import LOCAL, SCOPES, Grant, Keyring, Scope


@pytest.mark.parametrize(
    ("grant", "scope", "library", "may"),
    [
        (Grant("a", "read"), "read", "x", True),
        (Grant("a", "read"), "write", "x", False),
        (Grant("a", "write"), "read", "x", True),
        (Grant("a", "admin"), "admin", "*", True),
        (Grant("a", "admin", ("x",)), "admin", "*", False),
        (Grant("a", "admin", ("x",)), "read", "y", False),
        (Grant("a", "write", ("x", "y")), "write", "y", True),
        (Grant("a", "read", ()), "read", "x", False),
        (LOCAL, "admin", "anything", True),
    ],
)
def test_scopes_and_libraries(grant: Grant, scope: Scope, library: str, may: bool) -> None:
    """Each scope holds those before it; libraries are named."""
    assert grant.allows(scope, library) is may


def test_a_token_is_kept_as_its_hash(tmp_path: Path) -> None:
    """Whoever reads the file, or its backup, has no token; and only its owner reads it."""
    keyring = Keyring(tmp_path / "home" / "tokens.json")
    token = keyring.add("reader", "read", ["letters"])
    raw = (tmp_path / "home" / "tokens.json").read_text()
    assert token not in raw
    assert len(token) >= 43
    assert stat.S_IMODE((tmp_path / "home" / "tokens.json").stat().st_mode) == 0o600
    grant = keyring.find(token)
    assert grant is not None
    assert grant == Grant("reader", "read", ("letters",), grant.token)
    assert token.startswith(grant.token) is False
    assert keyring.find("") is None
    assert keyring.find(token + "x") is None
    assert keyring.find("\udc80") is None
    assert {p.name for p in (tmp_path / "home").iterdir()} <= {"tokens.json", "tokens.lock"}


def test_a_running_server_sees_what_another_process_changes(tmp_path: Path) -> None:
    """`polysense token` while it runs: a new one opens, one that is removed does not any more."""
    running, command = Keyring(tmp_path / "t.json"), Keyring(tmp_path / "t.json")
    assert len(running) == 0
    token = command.add("reader")
    assert running.find(token)
    assert [g.name for g in running.grants()] == ["reader"]
    command.remove("reader")
    assert running.find(token) is None


def test_names_are_used_once_and_fit_into_addresses(tmp_path: Path) -> None:
    """Two of a name could not be told apart; one with a slash could not be removed over HTTP."""
    keyring = Keyring(tmp_path / "t.json")
    keyring.add("A phone+1 @home.x", "write")
    with pytest.raises(AlreadyExists):
        keyring.add("A phone+1 @home.x")
    for name in ("", " ", "a/b", "a\nb", "a ", " a", "\x1b[2J", "a" * 81, "..", "a\u202eb"):
        with pytest.raises(BadConfig):
            keyring.add(name)
    with pytest.raises(BadConfig):
        keyring.add("none", "read", [])
    with pytest.raises(BadConfig):
        keyring.add("odd", "owner")  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        keyring.remove("nobody")
    assert SCOPES == ("read", "write", "admin")


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"tokens": [{}]}',
        '{"tokens": [{"hash": "x", "name": "n", "scope": "owner", "libraries": ["*"]}]}',
        '{"tokens": [{"hash": "x", "name": "n", "scope": "read", "libraries": "*"}]}',
        "\xff",
    ],
)
def test_a_broken_file_opens_nothing(tmp_path: Path, raw: str) -> None:
    """It is an error, and never counts as if there were no tokens."""
    (tmp_path / "t.json").write_bytes(raw.encode("latin-1"))
    keyring = Keyring(tmp_path / "t.json")
    with pytest.raises(BadConfig, match=r"t\.json"):
        len(keyring)
    with pytest.raises(BadConfig):
        keyring.find("x")


def test_two_who_add_at_once_both_have_theirs(tmp_path: Path) -> None:
    """Two processes, as two keyrings: none overwrites what the other has just written."""
    rings = [Keyring(tmp_path / "t.json") for _ in range(4)]
    threads = [
        threading.Thread(target=lambda r=r, n=n: [r.add(f"n{n}{i}") for i in range(5)])
        for n, r in enumerate(rings)
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(json.loads((tmp_path / "t.json").read_text())["tokens"]) == 20
