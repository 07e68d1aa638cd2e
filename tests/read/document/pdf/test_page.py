"""What a PDF page shows: its lines and their looks."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.read.document.pdf import page as pdfpage
from polysense.read.document.pdf.decode import Document
from polysense.read.document.pdf.page import Page

FONTS = "<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>/B<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>>>"


def show(path: Path, body: str, extra: str = "") -> Page:
    """A page of 200 x 100 points."""
    page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Resources<</Font{FONTS}>>/Contents 4 0 R{extra}>>"
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
    path.write_bytes(text.encode("latin-1"))
    with Document(path) as pdf:
        return pdf.read(1)


def test_lines_have_box_size_and_weight(tmp_path: Path) -> None:
    """Sizes are as displayed, also where the file scales a font of size 1."""
    page = show(
        tmp_path / "a.pdf",
        "BT /F 10 Tf 20 70 Td (plain) Tj ET BT /B 1 Tf 20 0 0 20 20 20 Tm (bold) Tj ET",
    )
    plain, bold = page.lines
    assert (plain.text, plain.size, plain.bold) == ("plain", 10.0, False)
    assert (bold.text, bold.size, bold.bold) == ("bold", 20.0, True)
    assert plain.box[0] == pytest.approx(20, abs=1)
    assert plain.box[1] < 30 < plain.box[3]


def test_a_wide_gap_or_a_rule_ends_a_line(tmp_path: Path) -> None:
    """Cells beside each other are lines of their own, even where only a rule parts them."""
    page = show(
        tmp_path / "a.pdf",
        "BT /F 10 Tf 10 50 Td (one two) Tj 80 0 Td (three) Tj ET 27.5 40 m 27.5 70 l S",
    )
    assert [line.text for line in page.lines] == ["one", "two", "three"]


@pytest.mark.parametrize(
    ("matrix", "turn", "box"),
    [
        ("0 1 -1 0", 3, (0.4, 0.0, 0.5, 0.7)),
        ("0 -1 1 0", 1, (0.5, 0.3, 0.6, 1.0)),
        ("-1 0 0 -1", 2, (0.2, 0.3, 0.5, 0.5)),
    ],
)
def test_a_page_written_upwards_is_turned(
    tmp_path: Path, matrix: str, turn: int, box: tuple[float, ...]
) -> None:
    """Layout sees horizontal lines; fractions are of the page as displayed."""
    page = show(
        tmp_path / "a.pdf", f"BT /F 10 Tf {matrix} 100 {70 if turn == 1 else 60} Tm (upwards) Tj ET"
    )
    (line,) = page.lines
    assert (page.turn, line.vertical) == (turn, False)
    assert line.box[2] - line.box[0] > line.box[3] - line.box[1]
    x0, y0, x1, y1 = page.fraction(line.box)
    assert box[0] - 0.05 <= x0 < x1 <= box[2] + 0.05
    assert box[1] - 0.05 <= y0 < y1 <= box[3] + 0.05


def test_white_and_invisible_paths_are_no_drawings(tmp_path: Path) -> None:
    """Backgrounds and clips leave no ink; a thin area is a rule."""
    page = show(
        tmp_path / "a.pdf",
        "1 g 0 0 200 100 re f 10 10 50 50 re W n 0 g 10 20 100 0.5 re f 120 20 30 30 re f",
    )
    assert len(page.drawings) == 2
    assert len([r for r in page.rules if r[2] - r[0] > 90]) == 1


def test_pictures_are_read_up_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One picture shown many times must not be read each time; what is not read is known by its
    sizes.
    """
    picture = "q 20 0 0 20 10 10 cm BI /W 2 /H 2 /CS /G /BPC 8 ID abcd EI Q\n"
    (one,) = {p.digest for p in show(tmp_path / "a.pdf", picture * 3).pictures}
    assert len(one) == 64
    monkeypatch.setattr(pdfpage, "MAX_HASHED", 9)
    digests = [p.digest for p in show(tmp_path / "a.pdf", picture * 3).pictures]
    assert digests[:2] == [one, one]
    assert digests[2] == "(2, 2)4"


def test_legible(tmp_path: Path) -> None:
    """No words, or characters without a meaning, do not count as text."""
    assert not show(tmp_path / "a.pdf", "").legible
    assert show(tmp_path / "b.pdf", "BT /F 10 Tf 20 70 Td (fine) Tj ET").legible
