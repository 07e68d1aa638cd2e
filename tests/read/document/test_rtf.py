"""Rich Text Format, as Word and LibreOffice write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.errors import Unreadable
from polysense.read.document.rtf import RtfParser
from polysense.read.file.mime import sniff
from polysense.types import Asset, Chunk

HEAD = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}"
    rb"{\f1\fcharset204 Arial CYR;}{\f2\fcharset134 SimSun;}}"
    rb"{\stylesheet{\ql Normal;}{\s1\outlinelevel0 heading 1;}{\s2 heading 2;}{\*\cs10 Default;}}"
    rb"{\info{\title Harbour book}{\author Nobody}}{\*\generator X;}"
)


def read(path: Path, body: bytes) -> list[Chunk]:
    path.write_bytes(HEAD + body + b"}")
    assert sniff(path) == "application/rtf"
    chunks = list(
        RtfParser().parse(Asset("0" * 32, str(path), "application/rtf", "text", 1, path=path))
    )
    assert len({c.id for c in chunks}) == len(chunks)
    return chunks


def test_what_is_shown_is_read(tmp_path: Path) -> None:
    """Under headings, without what is struck, hidden or the program's own."""
    (chunk,) = read(
        tmp_path / "a.rtf",
        rb"\pard\s1 Boats\par\pard\s2 Dinghy\par\pard It is {\strike blue}{\b red}{\v secret}, 10"
        rb"{\super 6} kg.{\field{\*\fldinst HYPERLINK x}{\fldrslt  More}}{\pict\wmetafile8 0102ff}\par",
    )
    assert chunk.text == "Boats\n\nDinghy\n\nIt is red, 10^6 kg. More"
    assert chunk.context == "Harbour book > Boats > Dinghy"
    assert str(chunk.span) == "paragraphs 1-3"


def test_letters_of_every_kind(tmp_path: Path) -> None:
    """Of the file's code page, of the font's, of two bytes, and by number with what stands for it."""
    body = rb"M\'fchl \u8364 ?5 \u-10179?\u-8704? {\f1 \'cb\'ee\'e4\'ea\'e0} {\f2 \'d6\'d0\'ce\'c4}\~x\_y \{a\}\par"
    (chunk,) = read(tmp_path / "a.rtf", body)
    assert chunk.text == "Mühl €5 😀 Лодка 中文\u00a0x-y {a}"


def test_tables_notes_and_what_follows(tmp_path: Path) -> None:
    """Rows say their columns; a text after a table that is not closed is not lost."""
    body = (
        rb"\pard The oars.{\footnote\pard Since 1900.\par}\par\trowd\cellx1\cellx2\pard\intbl Name\cell "
        rb"Price\cell\row\trowd\pard\intbl Long\par oar\cell 12\cell\row\pard After.\par\pard\intbl Last."
    )
    text, table, after, note = read(tmp_path / "a.rtf", body)
    assert (text.text, after.text) == ("The oars.", "After.\n\nLast.")
    assert "Price: 12" in table.text
    assert "oar" in table.text
    assert (table.span.node, note.text, str(note.span)) == ("table 1", "Since 1900.", "footnotes")


@pytest.mark.parametrize(
    "body",
    [rb"{\bin99999999999 x", rb"}}}}\par x", rb"\u99999999999 ?", rb"\'zz\'", b"{" * 900, b"\\"],
)
def test_damaged_files_are_eaten(tmp_path: Path, body: bytes) -> None:
    """Whatever the damage."""
    for chunk in read(tmp_path / "a.rtf", body):
        chunk.words.encode()


def test_what_is_no_rtf(tmp_path: Path) -> None:
    """Is told, and so is a nest of groups without end."""
    path = tmp_path / "a.rtf"
    for raw in (b"words", b"{\\rtf1" + b"{" * 5000):
        path.write_bytes(raw)
        with pytest.raises(Unreadable):
            list(RtfParser().parse(Asset("0", str(path), "application/rtf", "text", 1, path=path)))
