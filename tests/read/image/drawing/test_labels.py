"""Lines of text of a drawing, and where they stand."""

from __future__ import annotations

import io

import pytest
from lxml import etree
from PIL import Image, ImageDraw, ImageFont

from polysense.read.image.decode import pixels
from polysense.read.image.drawing.labels import (
    TextLine,
    join_touching,
    load_drawing,
    recognise_text,
    svg_text_lines,
)
from polysense.types import Part

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">{}</svg>'
WORDS = "Paddle wheel of the mill"
"""24 characters: at a size of 20 they are some 250 pixels long."""


def lines(drawing: str) -> list[TextLine]:
    return svg_text_lines(etree.fromstring(SVG.format(drawing)), 400)


TURNED = (
    'transform="rotate(-90 200 200)"',
    'transform="translate(200 200) rotate(-90) translate(-200 -200)"',
    'transform="matrix(0 -1 1 0 0 400)"',
)


@pytest.mark.parametrize("transform", TURNED)
def test_the_box_of_turned_text_is_turned(transform: str) -> None:
    """The title of an axis stands upright, whichever way a program writes that: a box that lies
    would give its words to the shapes beside it.
    """
    drawing = (
        f'<text x="200" y="200" font-size="20" text-anchor="middle" {transform}>{WORDS}</text>'
    )
    [line] = lines(drawing)
    left, top, right, bottom = line.box
    assert line.text == WORDS
    assert right - left == pytest.approx(20, abs=0.1)
    assert bottom - top == pytest.approx(250, abs=10)
    assert line.middle == pytest.approx((195, 200), abs=2)


def ink(drawing: str) -> tuple[float, float, float, float]:
    """Where a renderer puts the words."""
    picture = pixels(Part("image", SVG.format(drawing).encode(), "image/svg+xml"), 400)
    dark = picture.min(axis=2) < 128
    rows, columns = dark.any(axis=1).nonzero()[0], dark.any(axis=0).nonzero()[0]
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


@pytest.mark.parametrize(
    "transform",
    ["", "rotate(90 150 150)", "rotate(-90, 200, 200)", "rotate(45 200 200)", "rotate(180 200 190)",
     "translate(40 30) scale(0.5)", "skewX(20) translate(-60 0)", "skewY(15) translate(0 -40)"],
)  # fmt: skip
def test_boxes_lie_where_the_words_are_drawn(transform: str) -> None:
    """Estimated from the letters' size, they agree with what a renderer draws, however the text is
    moved, turned or skewed.
    """
    drawing = (
        f'<text x="120" y="200" font-size="20" font-family="DejaVu Sans" transform="{transform}">'
        "mill wheel tide</text>"
    )
    [line] = lines(drawing)
    assert line.box == pytest.approx(ink(drawing), abs=30)


def test_anchors_spans_and_embedded_words() -> None:
    """Each line of a text is one, at its place; words in HTML are read too."""
    anchored = '<text x="200" y="100" text-anchor="{}" font-size="20">tide</text>'
    [start], [middle], [end] = (lines(anchored.format(a)) for a in ("start", "middle", "end"))
    assert start.box[0] == pytest.approx(200)
    assert middle.middle[0] == pytest.approx(200)
    assert end.box[2] == pytest.approx(200)
    spans = '<text x="9" y="50"><tspan x="9">one</tspan><tspan x="9" dy="2em">two</tspan></text>'
    first, second = lines(spans)
    assert (first.text, second.text) == ("one", "two")
    assert second.box[1] - first.box[1] == pytest.approx(32)
    html = (
        '<foreignObject x="10" y="20" width="80" height="40">'
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>one</p><p>two</p></div></foreignObject>'
    )
    assert [w.text for w in lines(html)] == ["one", "two"]
    assert lines(html)[1].box == pytest.approx((10, 40, 90, 60))


def test_pieces_of_a_row_are_one_line() -> None:
    """OCR cuts a line at wide spaces; rows stay apart."""
    pieces = [
        TextLine("wheel", (54, 0, 90, 20)),
        TextLine("mill", (10, 0, 50, 20)),
        TextLine("tide", (10, 30, 50, 50)),
    ]
    assert [w.text for w in join_touching(pieces)] == ["mill wheel", "tide"]


def test_words_of_pixels_and_of_files() -> None:
    """A picture's are recognised; a drawing says its own, and they are left out of its pixels."""
    image = Image.new("RGB", (400, 120), "white")
    ImageDraw.Draw(image).text((40, 40), "tide mill", "black", ImageFont.load_default(32))
    out = io.BytesIO()
    image.save(out, "PNG")
    picture, own = load_drawing(Part("image", out.getvalue(), "image/png"), 400)
    assert own is None
    [line] = recognise_text(picture)
    assert line.text.replace(" ", "") == "tidemill"
    assert line.box[0] == pytest.approx(40, abs=8)
    raw = SVG.format('<text x="50" y="50">tide mill</text>').encode()
    picture, own = load_drawing(Part("image", raw, "image/svg+xml"), 400)
    assert own is not None
    assert [w.text for w in own] == ["tide mill"]
    assert picture.min() == 255, "the words are drawn too"
