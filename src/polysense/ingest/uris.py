"""Addresses of files: what a member of an archive lies in, and how a path is written down.

A uri is an absolute path, or "/a/b.zip!/inner/name.txt" for a member of an archive.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from unicodedata import normalize

_SURROGATE = re.compile("[\ud800-\udfff]")
"""How Python spells bytes that are not UTF-8."""


def enclosing_uris(uri: str) -> Iterator[str]:
    """A uri, and every archive and folder that it lies in.

    >>> list(enclosing_uris("/a/b.zip!/c"))
    ['/a/b.zip!/c', '/a/b.zip!', '/a/b.zip', '/a', '/']
    """
    yield uri
    while "/" in uri:
        uri = uri.rpartition("/")[0]
        yield uri or "/"
        if uri.endswith("!"):
            yield uri[:-1]


def folded_uri(uri: str) -> str:
    """A uri or a name as it is compared: one Unicode form, no case.

    >>> folded_uri("/Ａ/A\u0308rger.md") == folded_uri("/a/ärger.MD")
    True
    """
    if uri.isascii():
        return uri.lower()
    return normalize("NFKC", normalize("NFKC", uri).casefold())


def members_by_archive(uris: Iterable[str]) -> dict[str, list[str]]:
    """The members among these, by each archive that they lie in."""
    members: dict[str, list[str]] = {}
    for uri in uris:
        if "!/" in uri:
            for enclosing in enclosing_uris(uri):
                if uri.startswith("!/", len(enclosing)):
                    members.setdefault(enclosing, []).append(uri)
    return members


def printable_path(path: str | Path) -> str:
    """A path as it can be printed and stored, whatever bytes are in it."""
    return _SURROGATE.sub("\ufffd", os.fspath(path))
