"""OpenDocument texts, as odfpy writes them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import Encrypted, Unreadable
from polysense.read.document.odt import OdtParser
from polysense.read.file.mime import sniff
from polysense.types import Asset, Chunk, Link

odf = pytest.importorskip("odf.opendocument")


def read(path: Path) -> list[Chunk | Link]:
    asset = Asset("0" * 32, str(path), sniff(path), "text", 1, path=path)
    items = list(OdtParser().parse(asset))
    chunks = [i for i in items if isinstance(i, Chunk)]
    assert len({c.id for c in chunks}) == len(chunks)
    return items


def run(document: Any, name: str, **properties: str) -> Any:
    from odf.style import Style, TextProperties

    style = Style(name=name, family="text")
    style.addElement(TextProperties(**properties))
    document.automaticstyles.addElement(style)
    return style


def save(document: Any, path: Path) -> Path:
    document.save(str(path))
    return path


def test_what_is_shown_is_read(tmp_path: Path) -> None:
    """Struck and hidden words go, raised digits stay apart, notes and spaces are read."""
    from odf.text import H, Note, NoteBody, NoteCitation, P, S, Span

    document = odf.OpenDocumentText()
    strike = run(document, "T1", textlinethroughstyle="solid")
    invisible = run(document, "T2", display="none")
    superscript = run(document, "T3", textposition="super 58%")
    document.text.addElement(H(outlinelevel=1, text="Mills"))
    p = P(text="The toll is")
    for style, words in (
        (strike, " 40"),
        (None, " 55 crowns"),
        (invisible, " or so"),
        (None, ", 10"),
    ):
        p.addElement(Span(text=words, **({"stylename": style} if style else {})))
    p.addElement(Span(stylename=superscript, text="6"))
    p.addElement(S(c=2))
    p.addText("grains.")
    note, body = Note(noteclass="footnote"), NoteBody()
    body.addElement(P(text="After the census."))
    note.addElement(NoteCitation(text="1"))
    note.addElement(body)
    p.addElement(note)
    document.text.addElement(p)
    first, last = read(save(document, tmp_path / "a.odt"))
    assert isinstance(first, Chunk)
    assert first.text == "Mills\n\nThe toll is 55 crowns, 10^6 grains."
    assert (first.context, str(first.span)) == ("a > Mills", "paragraphs 1-2")
    assert isinstance(last, Chunk)
    assert (last.text, str(last.span)) == ("After the census.", "notes")


def test_lists_and_tables_under_headings(tmp_path: Path) -> None:
    """Items are paragraphs; rows say their columns; a cell over two rows is said in both."""
    from odf.table import CoveredTableCell, Table, TableCell, TableRow
    from odf.text import H, List, ListItem, P

    document = odf.OpenDocumentText()
    document.text.addElement(H(outlinelevel=1, text="Fleet"))
    items = List()
    for words in ("oars", "sails"):
        item = ListItem()
        item.addElement(P(text=words))
        items.addElement(item)
    document.text.addElement(items)
    document.text.addElement(H(outlinelevel=2, text="Boats"))
    table = Table(name="T")
    for n, row in enumerate((("Pier", "Boat"), ("North", "Heron"), ("", "Egret"))):
        line = TableRow()
        for m, words in enumerate(row):
            spans = {"numberrowsspanned": 2} if (n, m) == (1, 0) else {}
            cell = CoveredTableCell() if (n, m) == (2, 0) else TableCell(**spans)
            cell.addElement(P(text=words))
            line.addElement(cell)
        table.addElement(line)
    document.text.addElement(table)
    items_read = read(save(document, tmp_path / "a.odt"))
    assert [(c.modality, c.context.split("\n")[0]) for c in items_read if isinstance(c, Chunk)] == [
        ("text", "a > Fleet"),
        ("text", "a > Fleet > Boats"),
        ("table", "a > Fleet > Boats"),
    ]
    table_chunk = items_read[-1]
    assert isinstance(table_chunk, Chunk)
    assert table_chunk.text.split("\n")[1:] == [
        "Pier: North; Boat: Heron",
        "Pier: North; Boat: Egret",
    ]
    assert table_chunk.span.node == "table 1"


def test_pictures_and_links(tmp_path: Path) -> None:
    """A picture is evidence at its member's name, a link to a file leads to it."""
    from odf.draw import Frame, Image
    from odf.svg import Desc
    from odf.text import A, P
    from PIL import Image as Picture

    from polysense.read.image.embedded import member_bytes

    png = io.BytesIO()
    Picture.new("RGB", (9, 9), "red").save(png, "PNG")
    document = odf.OpenDocumentText()
    href = document.addPicture("red.png", "image/png", png.getvalue())
    p, frame = P(text="The buoy at noon. "), Frame(width="3cm", height="3cm")
    frame.addElement(Image(href=href))
    frame.addElement(Desc(text="A red buoy"))
    p.addElement(frame)
    p.addElement(A(href="../a.csv", text="list"))
    document.text.addElement(p)
    path = save(document, tmp_path / "b.odt")
    items = read(path)
    (picture,) = (c for c in items if isinstance(c, Chunk) and c.modality == "image")
    assert picture.context == "b\nA red buoy\nThe buoy at noon. list"
    assert member_bytes(path, picture.span.node or "") == png.getvalue()
    (link,) = (i for i in items if isinstance(i, Link))
    assert link.target == str(tmp_path.parent / "a.csv")


def test_damaged_and_locked_files(tmp_path: Path) -> None:
    """Say so."""
    path = tmp_path / "a.odt"
    for content, error in (("<office", Unreadable), ("<a/>", Unreadable)):
        with zipfile.ZipFile(path, "w") as z:
            z.writestr("mimetype", "application/vnd.oasis.opendocument.text")
            z.writestr("content.xml", content)
        with pytest.raises(error):
            read(path)
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("META-INF/manifest.xml", "<m><manifest:encryption-data/></m>")
        z.writestr("content.xml", "x")
    with pytest.raises(Encrypted):
        read(path)
