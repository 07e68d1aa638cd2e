"""Books: chapters in reading order, pictures with what is said of them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from polysense.errors import Encrypted, TooLarge, Unreadable
from polysense.read.document.epub import EpubParser
from polysense.types import Asset, Chunk

CONTAINER = (
    '<container xmlns="urn:x"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles>'
    "</container>"
)
PACKAGE = """<?xml version="1.0"?><!DOCTYPE package [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
<metadata><dc:title>Night birds</dc:title><dc:creator>A. Owl</dc:creator>
<dc:language>en</dc:language>
<dc:publisher>&x;</dc:publisher></metadata>
<manifest>
<item id="two" href="text/ch2.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="text/ch%201.xhtml" media-type="application/xhtml+xml"/>
<item id="pic" href="img/owl.png" media-type="image/png"/>
<item id="cov" href="img/cover.jpg" media-type="image/jpeg" properties="cover-image"/>
<item id="gone" href="text/gone.xhtml" media-type="application/xhtml+xml"/>
</manifest>
<spine><itemref idref="one"/><itemref idref="two"/><itemref idref="gone"/></spine></package>"""
ONE = """<?xml version="1.0" encoding="utf-8"?>
<html><head><title/></head><body>
<h1>Owls</h1>
<p>They hunt.</p>
<img src="../img/owl.png" alt="An owl"/></body></html>"""
TWO = (
    '<html><body><h1>Bats</h1><p>They fly.</p><img src="../img/owl.png"/>'
    '<img src="../../../etc/x.png"/></body></html>'
)


def book(path: Path, **changes: str | None) -> Path:
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": PACKAGE,
    }
    members |= {
        "OEBPS/text/ch 1.xhtml": ONE,
        "OEBPS/text/ch2.xhtml": TWO,
        "OEBPS/img/owl.png": "x",
        "OEBPS/img/cover.jpg": "y",
    }
    for name, content in changes.items():
        members[name] = content or ""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in members.items():
            container.writestr(name, content)
    return path


def read(path: Path) -> list[Chunk]:
    asset = Asset(
        id="0" * 32,
        uri=str(path),
        mime="application/epub+zip",
        modality="text",
        size=path.stat().st_size,
        path=path,
    )
    items = list(EpubParser().parse(asset))
    assert all(isinstance(f, Chunk) for f in items)
    return [f for f in items if isinstance(f, Chunk)]


def test_chapters_in_order_each_word_at_its_line_in_the_chapter(tmp_path: Path) -> None:
    chunks = [c for c in read(book(tmp_path / "a.epub")) if c.modality == "text"]
    assert [c.context for c in chunks] == ["Night birds > Owls", "Night birds > Bats"]
    assert [c.text.split("\n")[0] for c in chunks] == ["They hunt.", "They fly."]
    assert (chunks[0].span.node, chunks[0].span.lines) == ("OEBPS/text/ch 1.xhtml", (4, 5))
    assert chunks[0].meta["author"] == "A. Owl"
    assert "root:" not in str(chunks[0].meta)


def test_each_picture_once_with_what_is_said_of_it(tmp_path: Path) -> None:
    path = book(tmp_path / "a.epub")
    pictures = [c for c in read(path) if c.modality == "image"]
    assert [c.span.node for c in pictures] == ["OEBPS/img/cover.jpg", "OEBPS/img/owl.png"]
    assert pictures[1].context.startswith("An owl\nNight birds > Owls\nThey hunt.")
    assert pictures[1].part
    assert (pictures[1].part.data, pictures[1].part.mime, pictures[1].part.span) == (
        path,
        "application/epub+zip",
        pictures[1].span,
    )


def test_a_broken_book_says_what_is_wrong(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.epub", "w") as container:
        container.writestr("mimetype", "application/epub+zip")
    with pytest.raises(Unreadable, match="no package"):
        read(tmp_path / "a.epub")
    with pytest.raises(Unreadable, match="broken"):
        read(book(tmp_path / "b.epub", **{"OEBPS/book.opf": ""}))
    (tmp_path / "c.epub").write_bytes(b"PK\x03\x04 no zip")
    with pytest.raises(Unreadable):
        read(tmp_path / "c.epub")


def test_a_broken_chapter_does_not_lose_the_others(tmp_path: Path) -> None:
    path = book(tmp_path / "a.epub")
    raw = path.read_bytes()
    at = raw.index(b"OEBPS/text/ch 1.xhtml") + len("OEBPS/text/ch 1.xhtml") + 10
    path.write_bytes(raw[:at] + b"\xff" * 12 + raw[at + 12 :])
    asset = Asset(
        id="0" * 32, uri=str(path), mime="application/epub+zip", modality="text", size=1, path=path
    )
    items: list[object] = []
    with pytest.raises(Unreadable, match=r"ch 1\.xhtml"):
        items.extend(EpubParser().parse(asset))
    items = []
    try:
        for item in EpubParser().parse(asset):
            items.append(item)
    except Unreadable:
        pass
    assert any(isinstance(c, Chunk) and "They fly." in c.text for c in items)


def test_copy_protection_and_bombs_are_told(tmp_path: Path) -> None:
    locked = "<encryption><EncryptionMethod Algorithm='http://www.w3.org/2001/04/xmlenc#aes128-cbc'/></encryption>"
    with pytest.raises(Encrypted, match=r"a\.epub"):
        read(book(tmp_path / "a.epub", **{"META-INF/encryption.xml": locked}))
    with pytest.raises(TooLarge):
        read(book(tmp_path / "b.epub", **{"OEBPS/text/ch2.xhtml": "x" * (300 << 20)}))
