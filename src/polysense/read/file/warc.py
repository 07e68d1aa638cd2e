"""Web archives (ISO 28500, WARC 1.0 and 1.1): the pages and files that a crawler was given."""

from __future__ import annotations

import io
import mimetypes
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from polysense.errors import TooLarge, Unreadable

MAX_BYTES = 256 << 20
"""Of one file in an archive, which is in memory; judged."""

_MAX_HEAD = 1 << 16
_MAX_NAME = 120
_LOOKS = re.compile(
    r"text/css|(?:text|application)/(?:x-)?(?:java|ecma)script|font/|application/font"
)
"""Files that say how a page looks and behaves, not what it says."""

_UNSAFE = re.compile(r"[\x00-\x1f/\\:*?\"<>|!]+")


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file in a web archive: its address as a path, and where its bytes are; http where they
    stand behind the head of an HTTP answer.
    """

    path: Path
    name: str
    start: int
    size: int
    is_http: bool

    def open(self) -> IO[bytes]:
        """Its bytes as a browser would have them. Raises TooLarge, Unreadable."""
        if self.size > MAX_BYTES:
            raise TooLarge(f"{self.name} in {self.path.name} has more than {MAX_BYTES >> 20} MiB")
        with self.path.open("rb") as f:
            f.seek(self.start)
            raw = f.read(self.size)
        return io.BytesIO(_body(raw, self.name) if self.is_http else raw)


def web_files(path: Path) -> Iterator[WebFile]:
    """The files of a web archive that were there when it was made, in its order. Raises Unreadable
    where it breaks off.
    """
    size = path.stat().st_size
    with path.open("rb") as f:
        while head := _record_head(f, path):
            start, length = f.tell(), _length(head, path)
            if (file := _file_of(f, path, head, min(length, size - start))) is not None:
                yield file
            if length > size - start:
                raise Unreadable(f"{path.name} breaks off within its last record")
            f.seek(start + length)


def _record_head(f: IO[bytes], path: Path) -> Mapping[str, str]:
    """The fields of the next record; none at the end."""
    line = f.readline(_MAX_HEAD)
    while line in (b"\r\n", b"\n"):
        line = f.readline(_MAX_HEAD)
    if not line:
        return {}
    if not line.startswith(b"WARC/"):
        raise Unreadable(f"{path.name} is damaged at byte {f.tell() - len(line):,}")
    return _fields(f)


def _fields(f: IO[bytes]) -> dict[str, str]:
    """Named fields up to an empty line, names in lower case."""
    fields: dict[str, str] = {}
    size = 0
    while (line := f.readline(_MAX_HEAD)).strip() and size < _MAX_HEAD:
        size += len(line)
        name, _, value = line.decode("utf-8", "replace").partition(":")
        fields[name.strip().lower()] = value.strip()
    return fields


def _length(head: Mapping[str, str], path: Path) -> int:
    length = head.get("content-length", "")
    if not length.isdecimal():
        raise Unreadable(f"{path.name} is damaged: a record does not tell its length")
    return int(length)


def _file_of(f: IO[bytes], path: Path, head: Mapping[str, str], length: int) -> WebFile | None:
    """What a record holds; None where that is no file, was not there, or is only how it looks."""
    kind, start, mime = head.get("warc-type", ""), f.tell(), head.get("content-type", "")
    is_http = kind == "response" and mime.startswith("application/http")
    if is_http:
        status = f.readline(_MAX_HEAD).split()
        if len(status) < 2 or status[1] != b"200":
            return None
        mime = _fields(f).get("content-type", "")
    if not (is_http or kind == "resource") or _LOOKS.match(mime) or not length:
        return None
    name = _name_of(head.get("warc-target-uri", "").strip("<>"), mime)
    return WebFile(path, name, start, length, is_http)


def _name_of(address: str, mime: str) -> str:
    """An address as the path of a file.

    >>> _name_of("https://example.org/a/b.html?x=1", "text/html")
    'example.org/a/b.html_x=1.html'
    >>> _name_of("https://example.org/a/", "text/html; charset=utf-8")
    'example.org/a/index.html'
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    steps = [_UNSAFE.sub("_", unquote(s)).strip(" .") for s in parts.path.split("/")]
    last = (steps.pop() if steps else "") or "index"
    last += f"_{_UNSAFE.sub('_', parts.query)}" if parts.query else ""
    ending = mimetypes.guess_extension(mime.partition(";")[0].strip().lower()) or ""
    if ending and mimetypes.guess_type(last)[0] != mimetypes.guess_type(f"x{ending}")[0]:
        last = f"{last[: _MAX_NAME - len(ending)]}{ending}"
    folders = [_UNSAFE.sub("_", parts.netloc), *(s[:_MAX_NAME] for s in steps)]
    return "/".join([*filter(None, folders), last[-_MAX_NAME:]])


def _body(raw: bytes, name: str) -> bytes:
    """The body of an HTTP answer (RFC 9112), put together and unpacked. Raises TooLarge,
    Unreadable.
    """
    stream = io.BytesIO(raw)
    stream.readline(_MAX_HEAD)
    fields = _fields(stream)
    body = stream.read()
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = _join_pieces(body)
    coding = fields.get("content-encoding", "").lower().strip()
    if coding in ("gzip", "x-gzip", "deflate"):
        return _unpack(body, coding, name)
    if coding not in ("", "identity"):
        raise Unreadable(f"{name} is packed as {coding}, which is not read here")
    return body


def _join_pieces(body: bytes) -> bytes:
    """A body sent in pieces, each behind its length; as it is where a crawler has joined them."""
    pieces: list[bytes] = []
    stream = io.BytesIO(body)
    while True:
        try:
            size = int(stream.readline(_MAX_HEAD).partition(b";")[0], 16)
        except ValueError:
            return b"".join(pieces) if pieces else body
        if not size:
            return b"".join(pieces)
        pieces.append(stream.read(size))
        stream.readline(_MAX_HEAD)


def _unpack(body: bytes, coding: str, name: str) -> bytes:
    """As it is where a crawler has unpacked it."""
    if coding != "deflate" and not body.startswith(b"\x1f\x8b"):
        return body
    is_raw = coding == "deflate" and (len(body) < 2 or int.from_bytes(body[:2], "big") % 31)
    unpacker = zlib.decompressobj(-15 if is_raw else 47)
    try:
        unpacked = unpacker.decompress(body, MAX_BYTES)
    except zlib.error as e:
        raise Unreadable(f"{name} is damaged: {e}") from e
    if unpacker.unconsumed_tail:
        raise TooLarge(f"{name} unpacks to more than {MAX_BYTES >> 20} MiB")
    return unpacked
