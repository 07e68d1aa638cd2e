"""Where a library lies in Azure AI Search, the key to it, and the names of its indexes."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qsl, unquote, urlsplit

from polysense.errors import BadConfig

KEY = "AZURE_SEARCH_API_KEY"
"""The variable that holds the service's key, where the address names no other."""

DOMAIN = "search.windows.net"
"""Where services of the public cloud are; a name with a dot in it is a whole host."""

SLUG_CHARACTERS = 24
"""Letters of a name that an index's name shows; a digest tells apart what they do not."""

_OPTIONS = {"endpoint", "key", "exact"}
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")
_SERVICE = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?", re.I)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_HINT = (
    "Write azure://SERVICE/NAME, or azure://SERVICE/NAME?endpoint=https://HOST, with the key in "
    f"{KEY}."
)


@dataclass(frozen=True, slots=True)
class Address:
    """A service and the library's name there; the key stays in the environment.

    >>> Address.parse("papers/kb").endpoint
    'https://papers.search.windows.net'
    """

    endpoint: str
    name: str
    key_variable: str = KEY
    is_exact: bool = False

    @classmethod
    def parse(cls, path: str) -> Address:
        """Read what follows azure://. Raises BadConfig."""
        try:
            parts = urlsplit(f"//{path}")
            options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        except ValueError as e:
            raise BadConfig("this is no address of a library in Azure AI Search", _HINT) from e
        if unknown := set(options) - _OPTIONS:
            raise BadConfig(
                f"an Azure address has no {', '.join(sorted(unknown))}",
                f"Options: {', '.join(sorted(_OPTIONS))}.",
            )
        if "@" in parts.netloc:
            raise BadConfig("an Azure address holds no key", _HINT)
        name = unquote(parts.path.strip("/"))
        if not _SERVICE.fullmatch(parts.netloc) or not name:
            raise BadConfig("an Azure address names a service and a library", _HINT)
        variable = options.get("key", KEY)
        if not _VARIABLE.fullmatch(variable):
            raise BadConfig(
                "key= names an environment variable, in capitals; the key itself does not belong "
                "in an address",
                f"Write key=NAME_OF_VARIABLE, or leave it out and set {KEY}.",
            )
        exact = options.get("exact", "false").lower()
        if exact not in ("true", "false"):
            raise BadConfig(f"exact is true or false, not {exact!r}", _HINT)
        host = parts.netloc if "." in parts.netloc else f"{parts.netloc}.{DOMAIN}"
        endpoint = _endpoint(options["endpoint"]) if "endpoint" in options else f"https://{host}"
        return cls(endpoint, name, variable, exact == "true")

    def key(self, environment: Mapping[str, str] = os.environ) -> str:
        """The key. Raises BadConfig where its variable is not set."""
        if key := environment.get(self.key_variable, "").strip():
            return key
        raise BadConfig(
            f"there is no key to {self.endpoint}: {self.key_variable} is not set",
            f"Set {self.key_variable} to a key of the service: an admin key to write, a query key "
            "to search.",
        )

    @property
    def chunks_index(self) -> str:
        """The name of the index of chunks."""
        return f"{_part(self.name)}-chunks"

    def space_index(self, space: str) -> str:
        """The name of the index of a space's vectors.

        >>> Address("", "My notes").space_index("minilm")
        'mynotes-fa263f43-v-minilm-831cca36'
        """
        return f"{_part(self.name)}-v-{_part(space)}"

    def is_space_index(self, index: str) -> bool:
        """Whether an index of the service is one of this library's spaces."""
        pattern = rf"{re.escape(_part(self.name))}-v-[a-z0-9]+-[0-9a-f]{{8}}"
        return re.fullmatch(pattern, index) is not None


def _endpoint(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as e:
        raise BadConfig("endpoint= is no address", _HINT) from e
    if parts.scheme not in ("http", "https") or not host or parts.query or "@" in parts.netloc:
        raise BadConfig("endpoint= is an address such as https://host", _HINT)
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise BadConfig(
            f"{host} would be sent the key in the clear", "Write endpoint=https://HOST."
        )
    bracketed = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{bracketed}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _part(name: str) -> str:
    # names of indexes are small letters, digits and single dashes, 128 at most; no dash within a
    # part, so that the parts of two names stay apart
    slug = "".join(c for c in name.lower() if c.isascii() and c.isalnum())[:SLUG_CHARACTERS] or "x"
    return f"{slug}-{sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"
