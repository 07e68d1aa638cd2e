"""Web archives, by hand from ISO 28500."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from polysense.errors import Unreadable
from polysense.read.file.archive import local_path, members
from polysense.read.file.mime import sniff

HTML = b"<title>Tides</title><p>High water follows the moon."


def record(
    kind: str, address: str, block: bytes, mime: str = "application/http; msgtype=x"
) -> bytes:
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\n"
        f"Content-Type: {mime}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def answer(body: bytes, mime: str = "text/html", status: str = "200 OK", *fields: str) -> bytes:
    head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Type: {mime}", *fields))
    return head.encode() + b"\r\n\r\n" + body


PIECES = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (HTML[:9], HTML[9:])) + b"0\r\n\r\n"
RECORDS = [
    record("warcinfo", "", b"software: none", "application/warc-fields"),
    record("request", "https://example.org/a", b"GET /a HTTP/1.1\r\n\r\n"),
    record("response", "https://example.org/a/", answer(HTML)),
    record(
        "response",
        "https://example.org/b.php?n=1",
        answer(gzip.compress(HTML), "text/html", "200 OK", "Content-Encoding: gzip"),
    ),
    record(
        "response",
        "https://example.org/c.html",
        answer(PIECES, "text/html", "200 OK", "Transfer-Encoding: chunked"),
    ),
    record("response", "https://example.org/gone", answer(b"no", "text/html", "404 Not Found")),
    record("response", "https://example.org/a.css", answer(b"p {}", "text/css")),
    record("response", "https://example.org/../../c.html", answer(HTML)),
    record("resource", "https://example.org/notes.txt", b"By hand.", "text/plain"),
]


@pytest.mark.parametrize("is_packed", [False, True])
def test_pages_are_members(tmp_path: Path, is_packed: bool) -> None:
    """By their addresses, as a browser was given them; not what was not there, nor how it looks."""
    path = tmp_path / ("a.warc.gz" if is_packed else "a.warc")
    raw = b"".join(map(gzip.compress, RECORDS) if is_packed else RECORDS)
    path.write_bytes(raw)
    if is_packed:  # each record by itself, as crawlers pack them
        assert [m.name for m in members(path)] == ["a.warc"]
        uri = f"{path}!/a.warc"
        path = local_path(uri, tmp_path / "cache")
    assert sniff(path) == "application/warc"
    assert [(m.name, m.reason) for m in members(path)] == [
        ("example.org/a/index.html", ""),
        ("example.org/b.php_n=1.html", ""),
        ("example.org/c.html", ""),
        ("example.org/c (2).html", ""),
        ("example.org/notes.txt", ""),
    ]
    for name in ("a/index.html", "b.php_n=1.html", "c.html", "c (2).html"):
        place = local_path(f"{path}!/example.org/{name}", tmp_path / "cache")
        assert place.read_bytes() == HTML
    notes = local_path(f"{path}!/example.org/notes.txt", tmp_path / "cache")
    assert notes.read_bytes() == b"By hand."


def test_an_archive_that_is_damaged(tmp_path: Path) -> None:
    """What stands before is there."""
    path = tmp_path / "a.warc"
    path.write_bytes(RECORDS[2] + b"rubbish" + RECORDS[3])
    entries = members(path)
    assert next(entries).name == "example.org/a/index.html"
    with pytest.raises(Unreadable, match="damaged"):
        next(entries)


def test_an_archive_that_is_cut_short(tmp_path: Path) -> None:
    """The last page goes as far as it does, and the archive says that it breaks off."""
    path = tmp_path / "a.warc"
    path.write_bytes(RECORDS[2] + RECORDS[8].replace(b"Length: 8", b"Length: 9" + b"0" * 20))
    entries = members(path)
    assert [next(entries).name for _ in "ab"] == [
        "example.org/a/index.html",
        "example.org/notes.txt",
    ]
    with pytest.raises(Unreadable, match="breaks off"):
        next(entries)
    notes = local_path(f"{path}!/example.org/notes.txt", tmp_path / "cache")
    assert notes.read_bytes().startswith(b"By hand.")
