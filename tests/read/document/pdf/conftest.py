"""A PDF page made of a few drawing operators."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polysense.read.document.pdf.decode import PdfDocument
from polysense.read.document.pdf.page import Page

FONTS = (
    "<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    "/B<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>>>"
)


@pytest.fixture
def show(tmp_path: Path) -> Callable[..., Page]:
    """Reads a page of 200 x 100 points with this content."""

    def read(body: str, extra: str = "") -> Page:
        page = (
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]"
            f"/Resources<</Font{FONTS}>>/Contents 4 0 R{extra}>>"
        )
        objects = [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            page,
            f"<</Length {len(body)}>>stream\n{body}\nendstream",
        ]
        text = (
            "%PDF-1.4\n"
            + "".join(f"{n} 0 obj\n{o}\nendobj\n" for n, o in enumerate(objects, 1))
            + "trailer<</Root 1 0 R>>\n%%EOF"
        )
        (tmp_path / "a.pdf").write_bytes(text.encode("latin-1"))
        with PdfDocument(tmp_path / "a.pdf") as pdf:
            return pdf.read_page(1)

    return read
