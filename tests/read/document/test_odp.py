"""OpenDocument slides, as odfpy writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.read.document.odp import OdpParser
from polysense.read.file.mime import sniff
from polysense.types import Asset, Chunk

odf = pytest.importorskip("odf.opendocument")


def test_slides_are_pages(tmp_path: Path) -> None:
    """With their titles, the boxes of their frames, and what the speaker says; hidden ones say so."""
    from odf.draw import Frame, Page, TextBox
    from odf.namespaces import PRESENTATIONNS
    from odf.presentation import Notes
    from odf.style import (
        DrawingPageProperties,
        MasterPage,
        PageLayout,
        PageLayoutProperties,
        Style,
    )
    from odf.text import P

    deck = odf.OpenDocumentPresentation()
    layout = PageLayout(name="L")
    layout.addElement(PageLayoutProperties(pagewidth="28cm", pageheight="21cm"))
    deck.automaticstyles.addElement(layout)
    master = MasterPage(name="M", pagelayoutname=layout)
    deck.masterstyles.addElement(master)
    invisible = Style(name="dp1", family="drawing-page")
    invisible.addElement(DrawingPageProperties(visibility="hidden"))
    deck.automaticstyles.addElement(invisible)

    def frame(words: str, y: str, kind: str = "") -> Frame:
        inner, box = Frame(x="1.4cm", y=y, width="14cm", height="2.1cm"), TextBox()
        if kind:
            inner.setAttrNS(PRESENTATIONNS, "class", kind)
        box.addElement(P(text=words))
        inner.addElement(box)
        return inner

    for n in range(2):
        style = {"stylename": invisible} if n else {}
        page = Page(name=f"p{n}", masterpagename=master, **style)
        page.addElement(frame(f"The lock opens at {n}.", "10.5cm"))
        page.addElement(frame(f"Lock {n}", "2.1cm", "title"))
        notes = Notes()
        notes.addElement(frame(f"Say it slowly, {n}.", "1cm"))
        page.addElement(notes)
        deck.presentation.addElement(page)
    path = tmp_path / "a.odp"
    deck.save(str(path))
    asset = Asset("0" * 32, str(path), sniff(path), "text", 1, path=path)
    chunks = [c for c in OdpParser().parse(asset) if isinstance(c, Chunk)]
    assert [(c.text, c.context, str(c.span)) for c in chunks] == [
        ("Lock 0\n\nThe lock opens at 0.", "a > Lock 0", "p. 1"),
        ("Say it slowly, 0.", "a > Lock 0", "p. 1, notes"),
        ("Lock 1\n\nThe lock opens at 1.", "a > Lock 1 (hidden slide)", "p. 2"),
        ("Say it slowly, 1.", "a > Lock 1 (hidden slide)", "p. 2, notes"),
    ]
    assert chunks[0].marks[1].span.box == (0.05, 0.5, 0.55, 0.6)
