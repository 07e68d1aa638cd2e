"""How a library is served: where each setting comes from, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import BadConfig
from polysense.serve.settings import ServerSettings, read_settings


def test_flags_come_after_variables_after_the_file(tmp_path: Path) -> None:
    """The order that the documents promise."""
    table = {"port": 1, "host": "a", "upload_mb": 5}
    settings = read_settings(
        table,
        {"port": "3"},
        {
            "POLYSENSE_SERVE_PORT": "2",
            "POLYSENSE_SERVE_HOST": "b",
            "POLYSENSE_SERVE_HOME": str(tmp_path),
        },
    )
    assert (settings.port, settings.host, settings.upload_mb, settings.home) == (
        3,
        "b",
        5,
        tmp_path,
    )


def test_an_empty_variable_says_nothing(tmp_path: Path) -> None:
    """As compose files have it."""
    assert read_settings({}, {}, {"POLYSENSE_SERVE_PORT": ""}).port == 8765


def test_lists_come_as_lists_or_as_text(tmp_path: Path) -> None:
    """In TOML as arrays, in variables with commas; folders as paths are listed."""
    settings = read_settings(
        {"url_hosts": ["A.org", " .b.org "], "folders": [str(tmp_path)]}, {}, {}
    )
    assert settings.url_hosts == ("a.org", ".b.org")
    assert settings.folders == (tmp_path.resolve(),)
    settings = read_settings(
        {},
        {},
        {
            "POLYSENSE_SERVE_FOLDERS": os.pathsep.join([str(tmp_path), "~"]),
            "POLYSENSE_SERVE_NAMES": "kb.lan,Other",
        },
    )
    assert settings.folders == (tmp_path.resolve(), Path.home().resolve())
    assert settings.names == ("kb.lan", "other")


def test_the_home_is_the_users_unless_it_is_given() -> None:
    """Tokens must not lie about in whatever folder the server was started in."""
    assert read_settings({}, {}, {}).home.is_absolute()
    assert read_settings({}, {}, {}).home.name == "serve"
    settings = read_settings({}, {"home": "here"}, {})
    assert settings.home == Path("here").absolute()
    assert (settings.libraries, settings.tokens) == (
        settings.home / "libraries",
        settings.home / "tokens.json",
    )


WRONG: tuple[tuple[str, Any], ...] = (
    ("port", "many"),
    ("port", -1),
    ("port", 65536),
    ("port", 80.5),
    ("port", True),
    ("port", None),
    ("port", float("inf")),
    ("upload_mb", 0),
    ("rounds", -1),
    ("round_tokens", 0),
    ("body_seconds", 0),
    ("body_seconds", float("nan")),
    ("patience", "1e99"),
    ("requests", []),
    ("folders", 3),
)


@pytest.mark.parametrize(("name", "value"), WRONG, ids=str)
def test_what_does_not_fit_is_named(name: str, value: Any) -> None:
    """And the default is told."""
    with pytest.raises(BadConfig, match=name) as e:
        read_settings({name: value}, {}, {})
    assert "default" in e.value.hint


def test_searching_again_can_be_switched_off() -> None:
    """By a number that would make no sense of most others."""
    assert read_settings({"rounds": 0}, {}, {}).rounds == 0


def test_an_unknown_setting_is_named() -> None:
    """A typing mistake does not leave a limit off."""
    with pytest.raises(BadConfig, match="prot") as e:
        read_settings({"prot": 1}, {}, {})
    assert "port" in e.value.hint


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.2", False),
        ("kb.example", False),
        ("", False),
    ],
)
def test_loopback_is_what_only_this_machine_reaches(host: str, alone: bool) -> None:
    """Where it is wrong, a server without tokens is open to the network."""
    assert ServerSettings(host=host).loopback is alone
