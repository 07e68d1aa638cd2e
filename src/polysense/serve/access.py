"""Tokens, and what their holders may do. Only their hashes are kept.

A token is 32 random bytes, so a plain hash of it cannot be turned back (unlike a password's).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from polysense.errors import AlreadyExists, BadConfig, NotFound

Scope = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""Each allows what those before it allow: search and ask; add and remove files; make libraries."""

ALL_LIBRARIES = "*"

NAME_PATTERN = r"\w(?:[\w .@+-]{0,78}[\w.@+-])?"
"""What a token may be called: it stands in addresses, and in terminals."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What someone may do, in which libraries. token tells one token from a later one of the same
    name; "" where there are none.

    >>> Grant("reader", "read", ("letters",)).allows("write", "letters")
    False
    """

    name: str
    scope: Scope
    libraries: tuple[str, ...] = (ALL_LIBRARIES,)
    token: str = ""

    def allows(self, scope: Scope, library: str) -> bool:
        """Whether this is allowed in a library; "" is the server itself."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope) and (
            ALL_LIBRARIES in self.libraries or library in self.libraries
        )


TOKEN_ID = 16
"""Hexadecimal digits of a token's hash that tell it from others: 64 bits."""

LOCAL = Grant("this machine", "admin")
"""Whoever sits at the machine, where nobody else can connect."""


class Keyring:
    """The tokens in a file, read again when `polysense token` has changed it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._cache: tuple[tuple[int, int], dict[str, Grant]] = ((0, 0), {})

    def __len__(self) -> int:
        return len(self._grants())

    def grants(self) -> list[Grant]:
        """Everyone who has a token, by name."""
        return sorted(self._grants().values(), key=lambda g: g.name)

    def find(self, token: str) -> Grant | None:
        """Whose token this is."""
        return self._grants().get(_hash(token)) if token else None

    def add(
        self, name: str, scope: Scope = "read", libraries: Sequence[str] = (ALL_LIBRARIES,)
    ) -> str:
        """A new token, which is told only here. Raises BadConfig, Taken."""
        if scope not in SCOPES or not re.fullmatch(NAME_PATTERN, name) or not libraries:
            hint = (
                f"Scopes: {', '.join(SCOPES)}. "
                "Names are letters, digits, spaces and . _ @ + -, 80 at most."
            )
            raise BadConfig(f"no token can be made for {name!r} with scope {scope!r}", hint)
        with self._lock_for_writing() as grants:
            if any(g.name == name for g in grants.values()):
                raise AlreadyExists(
                    f"there is a token named {name}",
                    f"Remove it first: polysense token remove {name}",
                )
            token = secrets.token_urlsafe(32)
            self._save(grants | {_hash(token): Grant(name, scope, tuple(libraries))})
        return token

    def remove(self, name: str) -> None:
        """Forget a token. Raises NotFound."""
        with self._lock_for_writing() as grants:
            remaining = {h: g for h, g in grants.items() if g.name != name}
            if len(remaining) == len(grants):
                raise NotFound(
                    f"there is no token named {name}", "`polysense token list` shows their names."
                )
            self._save(remaining)

    @contextmanager
    def _lock_for_writing(self) -> Iterator[dict[str, Grant]]:
        """What is held now, while no other thread and no other process changes it."""
        from filelock import FileLock

        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock, FileLock(self._path.with_suffix(".lock"), timeout=30):
            yield self._load()

    def _grants(self) -> dict[str, Grant]:
        version = self._file_version()
        if version != self._cache[0]:
            with self._lock:
                self._cache = (version, self._load())
        return self._cache[1]

    def _file_version(self) -> tuple[int, int]:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return (0, 0)
        return (status.st_mtime_ns, status.st_ino)

    def _load(self) -> dict[str, Grant]:
        try:
            raw = json.loads(self._path.read_text("utf-8"))
            return {str(t["hash"]): _parse_grant(t, str(t["hash"])) for t in raw["tokens"]}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError) as e:
            raise BadConfig(
                f"{self._path} cannot be read: {e}", "Mend it, or delete it and make new tokens."
            ) from e

    def _save(self, grants: dict[str, Grant]) -> None:
        written_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        raw = {
            "written": written_at,
            "tokens": [
                {"hash": h, "name": g.name, "scope": g.scope, "libraries": g.libraries}
                for h, g in grants.items()
            ],
        }
        # for its owner alone, from the start
        handle, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=".tokens-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(raw, file, indent=1)
            os.replace(temporary, self._path)
        except BaseException:
            os.unlink(temporary)
            raise


def _parse_grant(raw: Mapping[str, Any], hash: str) -> Grant:
    if raw["scope"] not in SCOPES or not isinstance(raw["libraries"], list):
        raise ValueError(f"{raw['name']!r} has no scope, or no list of libraries")
    libraries = tuple(map(str, raw["libraries"]))
    return Grant(str(raw["name"]), raw["scope"], libraries, hash[:TOKEN_ID])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
