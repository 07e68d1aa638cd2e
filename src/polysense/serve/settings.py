"""How a library is served: [serve] in polysense.toml, POLYSENSE_SERVE_* variables, flags."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from polysense.errors import BadConfig

PREFIX = "POLYSENSE_SERVE_"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where to listen, what may come in, and how much of it.

    >>> [ServerSettings(host=host).loopback for host in ("127.0.0.1", "0.0.0.0")]
    [True, False]
    """

    host: str = "127.0.0.1"
    port: int = 8765
    home: Path = Path()
    """Where tokens and the libraries made here are kept; by default the user's data folder."""
    folders: tuple[Path, ...] = ()
    """Folders of this machine that may be indexed by path."""
    url_hosts: tuple[str, ...] = ()
    """Hosts that files may be fetched from; a leading dot means all below it."""
    names: tuple[str, ...] = ()
    """Names, besides localhost, under which browsers reach the server."""
    upload_mb: int = 2048
    """The largest body."""
    body_seconds: float = 20.0
    """The longest silence while a body is sent."""
    requests: int = 100
    """Requests a second of one address."""
    guesses: int = 10
    """Wrong tokens a minute of one address."""
    at_once: int = 16
    """Searches and questions worked on at once, and files received at once; more questions wait,
    more files are refused.
    """
    patience: float = 30.0
    """Seconds that they wait before they are told to come back."""

    rounds: int = 4
    """Rounds in which a language model may search again for a question, at most; 0 for never. Who
    asks for more than this and the next two grant is given less, with a warning.
    """
    round_tokens: int = 20_000
    """Tokens that it may read and write for that, at most."""
    round_seconds: float = 60.0
    """Seconds that it may take for that, at most."""

    @property
    def loopback(self) -> bool:
        """Whether only this machine can connect."""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def libraries(self) -> Path:
        """Where libraries made over HTTP are."""
        return self.home / "libraries"

    @property
    def tokens(self) -> Path:
        """The file of hashed tokens."""
        return self.home / "tokens.json"


def read_settings(
    table: Mapping[str, Any],
    flags: Mapping[str, Any] = MappingProxyType({}),
    environment: Mapping[str, str] = os.environ,
) -> ServerSettings:
    """Settings of the [serve] table, then of environment variables, then of flags.

    Raises BadConfig.
    """
    names = {f.name for f in fields(ServerSettings)}
    if unknown := set(table) - names:
        raise BadConfig(
            f"[serve] has unknown settings: {', '.join(sorted(unknown))}",
            f"Settings: {', '.join(sorted(names))}.",
        )
    values = {
        **table,
        **{n: v for n in names if (v := environment.get(PREFIX + n.upper()))},
        **flags,
    }
    settings = replace(
        ServerSettings(), **{name: _parse_value(name, value) for name, value in values.items()}
    )
    return settings if settings.home != Path() else replace(settings, home=_default_home())


MAX_PORT, MAX_NUMBER = (1 << 16) - 1, 10**9
"""The largest port, and the largest of all other numbers; judged."""

_MAY_BE_ZERO = frozenset({"port", "rounds"})


def _parse_value(name: str, value: Any) -> Any:
    default = getattr(ServerSettings(), name)
    try:
        if isinstance(default, tuple):
            items = (
                value.split(os.pathsep if name == "folders" else ",")
                if isinstance(value, str)
                else value
            )
            texts = [str(v).strip() for v in items if str(v).strip()]
            return (
                tuple(Path(v).expanduser().resolve() for v in texts)
                if name == "folders"
                else tuple(v.lower() for v in texts)
            )
        if isinstance(default, Path):
            return Path(value).expanduser().absolute()
        if isinstance(default, str):
            return str(value)
        if isinstance(value, bool) or (
            isinstance(value, float) and isinstance(default, int) and value != int(value)
        ):
            raise ValueError
        number = type(default)(value)
        is_enough = number >= 0 if name in _MAY_BE_ZERO else number > 0
        if not is_enough or not number <= (MAX_PORT if name == "port" else MAX_NUMBER):
            raise ValueError
    except (TypeError, ValueError, OverflowError) as e:
        raise BadConfig(
            f"[serve] {name}: {value!r} does not fit", f"The default is {default!r}."
        ) from e
    return number


def _default_home() -> Path:
    from platformdirs import user_data_dir

    return Path(user_data_dir("polysense")) / "serve"
