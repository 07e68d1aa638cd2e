"""Ocr: words with their boxes in reading order, whichever way the page lies, and nothing where
there is no print.
"""

from __future__ import annotations

import csv
import io
import math
import re
import socket
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from polysense.read.image.ocr import Line, Ocr, reading_order
from polysense.read.image.ppocr import CtcDecoder
from polysense.types import Part


@pytest.fixture(scope="module")
def ocr() -> Ocr:
    return Ocr()


def page(
    *lines: tuple[int, int, str], size: tuple[int, int] = (900, 400), height: int = 32
) -> np.ndarray:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", size, "white")
    font = ImageFont.load_default(size=height)
    for x, y, text in lines:
        ImageDraw.Draw(image).text((x, y), text, fill="black", font=font)
    return np.asarray(image)


PLACES = (0.01, 0.5, 0.9)
TWO = ((40, 60, "Segmentation fault in worker"), (40, 200, "Total amount: 12.50"))


def test_lines_come_with_words_boxes_and_confidence(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The contract; and neither console nor network is touched."""

    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    parts = list(Ocr().convert(Part("image", page(*TWO))))
    assert [part.data for part in parts] == ["Segmentation fault in worker", "Total amount: 12.50"]
    x0, y0, x1, y1 = parts[1].span.box
    assert abs(x0 - 40 / 900) < 0.02
    assert abs(y0 - 205 / 400) < 0.04
    assert x0 < x1 < 0.5
    assert y0 < y1 < 0.65
    assert 0.8 < parts[0].meta["confidence"] <= 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_pages_that_lie_on_their_side_or_head_are_read_in_order(ocr: Ocr, turns: int) -> None:
    lines = ocr.read(np.ascontiguousarray(np.rot90(page(*TWO), turns)))
    assert [line.text for line in lines] == ["Segmentation fault in worker", "Total amount: 12.50"]


@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 300, 3), (300, 300, 3), (3000, 9, 3)])
def test_blank_and_tiny_pictures_have_no_words(ocr: Ocr, shape: tuple[int, int, int]) -> None:
    """No crash, nothing made up."""
    assert ocr.read(np.full(shape, 255, np.uint8)) == []


def test_a_tight_picture_of_one_small_word_is_read(ocr: Ocr) -> None:
    """Labels cut out of diagrams are a dozen pixels high."""
    assert [line.text for line in ocr.read(page((4, 2, "Invoice"), size=(60, 22), height=14))] == [
        "Invoice"
    ]


@pytest.mark.parametrize("size", [(1800, 300), (4000, 60)])
def test_wide_pictures_are_read_from_end_to_end(ocr: Ocr, size: tuple[int, int]) -> None:
    """Panoramas and strips of one line: each word once, at its place in the whole."""
    at = [(int(size[0] * share), size[1] // 2 - 20, f"SIGN {n}") for n, share in enumerate(PLACES)]
    parts = list(ocr.convert(Part("image", page(*at, size=size))))
    assert [p.data.replace(" ", "") for p in parts] == [f"SIGN{n}" for n in range(len(PLACES))]
    for part, place in zip(parts, PLACES, strict=True):
        assert abs(part.span.box[0] - place) < 0.01


def test_one_line_over_several_tiles_is_one_line(ocr: Ocr) -> None:
    """No word is told twice or cut in two where tiles meet."""
    text = " ".join(f"crate{n}" for n in range(100, 115))
    (line,) = ocr.convert(Part("image", page((20, 20, text), size=(2600, 80))))
    assert line.data.replace(" ", "") == text.replace(" ", "")


def test_light_and_dark_writing_on_a_clear_ground_is_read(ocr: Ocr) -> None:
    """A logo for dark pages is white on nothing; what is seen on both grounds is told once."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGBA", (900, 400), (255, 255, 255, 0))
    for y, colour in ((40, "white"), (160, "black"), (280, (200, 40, 40))):
        text = f"Line at {y}"
        font = ImageFont.load_default(size=40)
        ImageDraw.Draw(image).text((40, y), text, fill=colour, font=font)
    out = io.BytesIO()
    image.save(out, "PNG")
    lines = [part.data for part in ocr.convert(Part("image", out.getvalue()))]
    assert lines == ["Line at 40", "Line at 160", "Line at 280"]


def test_a_drawn_shape_is_no_letter(ocr: Ocr) -> None:
    """A ring, a handle and a figure of two rings have no words; beside writing they add none."""
    from PIL import Image, ImageDraw

    for boxes in ([(150, 150, 350, 350)], [(150, 60, 350, 260), (150, 250, 350, 450)]):
        image = Image.new("RGB", (500, 500), (235, 235, 230))
        for ring in boxes:
            ImageDraw.Draw(image).ellipse(ring, outline=(30, 60, 120), width=16)
        assert ocr.read(np.asarray(image)) == []
    arc = Image.fromarray(page((40, 30, "Quay 12"), size=(900, 500)))
    ImageDraw.Draw(arc).arc((500, 100, 800, 400), 40, 320, fill="navy", width=30)
    assert [line.text for line in ocr.read(np.asarray(arc))] == ["Quay 12"]


def test_the_recogniser_knows_both_scripts(ocr: Ocr) -> None:
    """The decoder that replaces rapidocr's must have the whole alphabet, the space among it."""
    characters = ocr._load_engine().text_rec.postprocess_op.characters
    assert {"中", "A", " "} <= set(characters)


@pytest.mark.slow
def test_most_lines_of_real_receipts_are_found_word_for_word(ocr: Ocr, data: Path) -> None:
    """Guards the sizes and thresholds that were tuned on receipts: 92 % of the lines in truth."""
    matched = total = 0
    for name in ("030", "040", "050"):
        recognised = [
            set(re.findall(r"\w+", part.data.upper()))
            for part in ocr.convert(Part("image", data / f"receipts/img/{name}.jpg"))
        ]
        with (data / f"receipts/box/{name}.csv").open(encoding="utf-8", errors="replace") as rows:
            truth = [
                set(re.findall(r"\w+", ",".join(row[8:]).upper()))
                for row in csv.reader(rows, quoting=csv.QUOTE_NONE)
                if len(row) > 8
            ]
        matched += sum(any(words <= line for line in recognised) for words in truth)
        total += len(truth)
    assert matched > 0.85 * total


def test_photos_give_next_to_no_words(ocr: Ocr, data: Path) -> None:
    """Leaves and fur are no letters; these have no print on them."""
    for name in ("n01518878_ostrich", "n01558993_robin", "n02391049_zebra"):
        if (path := data / f"photos-labelled/{name}.JPEG").is_file():
            assert list(ocr.convert(Part("image", path))) == []


def test_a_space_that_narrowly_lost_is_written() -> None:
    """The decoder's repair of run-together words: only where the model itself saw a gap."""
    decoder = CtcDecoder(["blank", "a", "b", " "])
    gap, none = [0.85, 0.0, 0.0, 0.15], [0.99, 0.0, 0.0, 0.01]
    a, b = [0.0, 1.0, 0.0, 0.0], [0.1, 0.0, 0.9, 0.0]
    assert decoder.decode_line(np.array([a, gap, b], np.float32)) == ("a b", pytest.approx(0.95))
    assert decoder.decode_line(np.array([a, none, b, none, b], np.float32))[0] == "abb"
    assert decoder.decode_line(np.array([none, none], np.float32)) == ("", 0.0)


def line(text: str, x: float, y: float, width: float = 0.3) -> Line:
    return Line(text, 0.9, (x, y, x + width, y + 0.02))


def test_columns_of_prose_are_read_one_after_the_other_but_prices_stay_on_their_rows() -> None:
    prose = [
        line(f"{side} {i} with a good many words", x, 0.1 + 0.03 * i)
        for i in range(5)
        for side, x in (("left", 0.1), ("right", 0.6))
    ]
    assert [each.text.split()[0] for each in reading_order(prose)] == ["left"] * 5 + ["right"] * 5
    bill = [
        line(text, x, 0.1 + 0.03 * i)
        for i in range(5)
        for text, x in ((f"{i}.00", 0.6), (f"item {i}", 0.1))
    ]
    assert [each.text for each in reading_order(bill)] == [
        text for i in range(5) for text in (f"item {i}", f"{i}.00")
    ]


@pytest.mark.parametrize("tilt", [-0.03, 0.0, 0.03])
def test_rows_of_a_tilted_bill_keep_their_prices(tilt: float) -> None:
    """A receipt photographed a little askew: over its width a row falls by more than a line."""
    bill = [
        line(text, x, 0.1 + 0.03 * i + math.tan(tilt) * x, 0.1)
        for i in range(5)
        for text, x in ((f"{i}.00", 0.8), (f"item {i}", 0.0))
    ]
    assert [each.text for each in reading_order(bill, tilt=tilt)] == [
        text for i in range(5) for text in (f"item {i}", f"{i}.00")
    ]


def test_a_picture_is_read_by_the_tilt_of_its_long_lines(ocr: Ocr) -> None:
    """Drawn, then turned by two degrees: each label is followed by its amount."""
    rows = [
        ("Lamp oil", "54.00"),
        ("Lamp wick", "4.50"),
        ("Brass polish", "2.50"),
        ("Sum", "61.00"),
    ]
    places = [
        (x, 140 + 44 * i, text)
        for i, row in enumerate(rows)
        for x, text in zip((60, 740), row, strict=True)
    ]
    sheet = page((60, 60, "Received from Wrenholm Light on this day"), *places, size=(900, 500))
    tilted = PIL.Image.fromarray(sheet).rotate(2.0, PIL.Image.Resampling.BICUBIC, fillcolor="white")
    texts = [each.text for each in ocr.read(np.asarray(tilted))][1:]
    assert texts == [text for row in rows for text in row]


def test_pieces_that_touch_become_one_line() -> None:
    (whole,) = reading_order([line("Table no:", 0.1, 0.1, 0.1), line("38", 0.203, 0.1, 0.05)])
    assert whole.text == "Table no: 38"
    assert whole.box == pytest.approx((0.1, 0.1, 0.253, 0.12))


def test_a_thousand_lines_are_ordered_without_deep_recursion() -> None:
    lines = [line(str(i), 0.1, i / 100) for i in range(1000)]
    assert [each.text for each in reading_order(lines[::-1])] == [str(i) for i in range(1000)]
