"""Pages of a PDF: the cited one first, with its region."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from polysense.serve.page.places import pages
from polysense.types import Span

from .conftest import Draw, PlaceOf, text


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A PDF of three pages."""
    first, *others = [Image.new("RGB", (60, 80), c) for c in ("#369", "#963", "#396")]
    out = io.BytesIO()
    first.save(out, "pdf", save_all=True, append_images=others)
    (tmp_path / "a.pdf").write_bytes(out.getvalue())
    return tmp_path / "a.pdf"


@pytest.mark.parametrize(("page", "number"), [(2, 2), (None, 1), (9, 3)])
def test_the_cited_page_is_shown(
    draw: Draw, place_of: PlaceOf, document: Path, page: int | None, number: int
) -> None:
    """Of no page the first, of a page that there is not the last."""
    span = Span(page=page, box=(0.0, 0.5, 1.0, 0.75))
    place = place_of("moon.txt", path=document, span=span)
    drawing = draw(pages, place)
    (picture,) = drawing.tagged("img")
    assert picture.props["src"] == f"{place.base}/pages/{number}?longest=1600"
    assert f"Page {number} / 3" in [text(e) for e in drawing.elements]
    (region,) = drawing.classed("region")
    assert (region.style["top"], region.style["height"]) == ("50.00%", "25.00%")
