"""Pages drawn as pictures come back as HTML with the same words, elements and layout; other
pictures come back as nothing.
"""

from __future__ import annotations

import io
import random
import re
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag
from lxml import etree
from PIL import Image, ImageDraw, ImageFont

from polysense.read.image.drawing.sketch import Sketch
from polysense.testing import check_converter
from polysense.types import Part

INK = (34, 34, 34)
Box = tuple[int, int, int, int]


def picture(image: Image.Image) -> Part:
    out = io.BytesIO()
    image.save(out, "PNG")
    return Part("image", out.getvalue(), mime="image/png")


def words(
    d: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: int = 18,
    anchor: str = "lm",
    fill: object = INK,
) -> None:
    d.text(at, text, font=ImageFont.load_default(size), fill=fill, anchor=anchor)  # type: ignore[arg-type]


def form() -> Image.Image:
    """A band with a menu, a form in a card, a picture's place, a footer."""
    image = Image.new("RGB", (960, 640), "white")
    d = ImageDraw.Draw(image)
    d.rectangle((0, 0, 960, 64), fill=(31, 41, 55))
    words(d, (24, 32), "Tidebook", 22, fill="white")
    for x, text in ((640, "Home"), (740, "Tides"), (840, "About")):
        words(d, (x, 32), text, 18, fill="white")
    d.rounded_rectangle((40, 110, 460, 480), 8, outline=(190, 200, 210))
    words(d, (64, 150), "Sign in", 32)
    words(d, (64, 205), "Email")
    d.rectangle((64, 222, 436, 262), outline=(130, 130, 130))
    words(d, (76, 242), "you@example.com", 16, fill=(120, 120, 120))
    words(d, (64, 295), "Password")
    d.rectangle((64, 312, 436, 352), outline=(130, 130, 130))
    d.rectangle((64, 376, 82, 394), outline=(80, 80, 80))
    words(d, (94, 385), "Remember me")
    d.rounded_rectangle((64, 416, 184, 456), 6, fill=(37, 99, 235))
    words(d, (124, 436), "Log in", 17, "mm", "white")
    d.rectangle((520, 110, 920, 360), outline=(120, 120, 120), width=2)
    d.line((520, 110, 920, 360), fill=(120, 120, 120), width=2)
    d.line((920, 110, 520, 360), fill=(120, 120, 120), width=2)
    words(d, (520, 400), "High water is told every morning", 18)
    d.rectangle((0, 590, 960, 640), fill=(229, 231, 235))
    words(d, (24, 615), "Copyright 1953 Wrenholm", 16)
    return image


def wireframe(seed: int = 1) -> Image.Image:
    """A wireframe by an unsteady hand."""
    rng = random.Random(seed)
    image = Image.new("RGB", (1100, 760), (251, 250, 246))
    d = ImageDraw.Draw(image)

    def line(a: tuple[float, float], b: tuple[float, float]) -> None:
        n = 24
        path = [
            (
                a[0] + (b[0] - a[0]) * i / n + rng.uniform(-2, 2),
                a[1] + (b[1] - a[1]) * i / n + rng.uniform(-2, 2),
            )
            for i in range(n + 1)
        ]
        d.line(path, fill=(50, 50, 60), width=3, joint="curve")

    def box(x0: int, y0: int, x1: int, y1: int) -> None:
        for a, b in (
            ((x0, y0), (x1, y0)),
            ((x1, y0), (x1, y1)),
            ((x1, y1), (x0, y1)),
            ((x0, y1), (x0, y0)),
        ):
            line(a, b)

    box(40, 30, 1060, 110)
    words(d, (70, 70), "Tidebook", 32)
    for x, text in ((640, "Home"), (760, "Tides"), (880, "About")):
        words(d, (x, 70), text, 24)
    box(40, 150, 520, 420)
    line((40, 150), (520, 420))
    line((520, 150), (40, 420))
    words(d, (570, 190), "High water at noon", 38)
    box(570, 300, 760, 360)
    words(d, (665, 330), "Start now", 24, "mm")
    for k, text in enumerate(("Bells", "Mills", "Boats")):
        box(40 + k * 350, 480, 360 + k * 350, 640)
        words(d, (70 + k * 350, 530), text, 28)
    return image


def read(image: Image.Image) -> tuple[BeautifulSoup, str]:
    html, svg = Sketch().convert(picture(image))
    assert (html.mime, svg.mime) == ("text/html", "image/svg+xml")
    return BeautifulSoup(str(html.data), "lxml"), str(svg.data)


def only(soup: BeautifulSoup, selector: str) -> Tag:
    matches = soup.select(selector)
    assert len(matches) == 1, f"{selector}: {matches}"
    return matches[0]


def test_a_form_gets_its_elements() -> None:
    """Kinds by shape and words: a menu in the header, fields with their kind, a checkbox with its
    label, a button, a footer.
    """
    soup, _ = read(form())
    assert [a.get_text() for a in soup.select("header nav a")] == ["Home", "Tides", "About"]
    assert only(soup, "h1").get_text() == "Sign in"
    assert only(soup, "button").get_text() == "Log in"
    assert only(soup, "input[type=email]")["placeholder"] == "you@example.com"
    assert len(soup.select("input[type=checkbox]")) == 1
    assert only(soup, "label").get_text().strip() == "Remember me"
    assert len(soup.select("[role=img]")) == 1
    assert "Copyright 1953 Wrenholm" in only(soup, "footer").get_text()
    assert not soup.select("script")


def test_what_stands_side_by_side_is_a_row() -> None:
    """The card and the picture share a row; the fields stand below each other inside the card."""
    soup, _ = read(form())
    row = next(r for r in soup.select("main .row") if r.select("button"))
    assert row.select("[role=img]")
    card = only(soup, "main .box")
    assert card.select("input[type=email]")
    assert not card.select("[role=img]")


def test_colours_are_those_of_the_picture() -> None:
    """The band's and the button's grounds, to the shade."""
    html = str(next(iter(Sketch().convert(picture(form())))).data)
    assert "background:#1f2937" in html
    assert "background:#2563eb" in html


def test_a_sketch_by_hand() -> None:
    """Wavering lines that cross at the corners are boxes too; a crossed one is a picture."""
    soup, _ = read(wireframe())
    assert [a.get_text() for a in soup.select("nav a")] == ["Home", "Tides", "About"]
    assert only(soup, "button").get_text() == "Start now"
    assert len(soup.select("[role=img]")) == 1
    cards = [b.get_text().strip() for b in soup.select(".row .box")]
    assert [c for c in cards if c in ("Bells", "Mills", "Boats")] == ["Bells", "Mills", "Boats"]


def test_the_drawing_has_the_same_boxes_at_the_same_places() -> None:
    """The SVG is valid XML, of the picture's size, and its button lies where the button was drawn."""
    _, svg = read(form())
    root = etree.fromstring(svg.encode())
    assert root.get("viewBox") == "0 0 960 640"
    boxes = [
        [float(r.get(k)) for k in ("x", "y", "width", "height")]
        for r in root.findall("{*}rect")[1:]
    ]
    assert any(np.allclose(b, (64, 416, 120, 40), atol=3) for b in boxes)


def test_words_survive() -> None:
    """F1 of the words on both pages at least 0.9."""
    for image, text in ((form(), "Tidebook Home Tides About Sign in Email you@example.com Password Remember me Log in High water is told every morning Copyright 1953 Wrenholm"),
                        (wireframe(), "Tidebook Home Tides About High water at noon Start now Bells Mills Boats")):  # fmt: skip
        soup, _ = read(image)
        body = only(soup, "body")
        actual = body.get_text(" ").split() + [
            str(i["placeholder"]) for i in body.select("input[placeholder]") if i["placeholder"]
        ]
        expected = text.split()
        same = sum(min(actual.count(w), expected.count(w)) for w in set(expected))
        assert 2 * same / len(actual + expected) >= 0.9


@pytest.mark.parametrize("kind", ["blank", "pixel", "noise", "receipt", "table"])
def test_other_pictures_make_nothing(kind: str) -> None:
    """No page is made of words alone, of a photo, or of a mere table."""
    image = Image.new("RGB", (1, 1) if kind == "pixel" else (640, 480), "white")
    d = ImageDraw.Draw(image)
    if kind == "noise":
        image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8))
    if kind == "receipt":
        for n in range(8):
            words(d, (60, 40 + 50 * n), f"Lamp oil {n}")
            words(d, (500, 40 + 50 * n), f"{n}.50")
    if kind == "table":
        for x in range(3):
            for y in range(4):
                d.rectangle((60 + 160 * x, 60 + 70 * y, 220 + 160 * x, 130 + 70 * y), outline=INK)
                words(d, (80 + 160 * x, 95 + 70 * y), f"Cell {x}{y}")
    assert list(Sketch().convert(picture(image))) == []


def test_hostile_words_stay_words() -> None:
    """Print that looks like markup is text in the page, not markup."""
    image = form()
    words(ImageDraw.Draw(image), (520, 450), "<script>alert(1)</script>", 22)
    soup, _ = read(image)
    assert not soup.select("script")
    assert re.search(r"alert", only(soup, "body").get_text())


@pytest.mark.slow
def test_photos_make_nothing(data: Path) -> None:
    """Real photos and receipts are no pages."""
    photos = sorted((data / "photos-labelled").glob("*.JPEG"))[:60:20]
    for path in [*photos, *sorted((data / "receipts").rglob("*.jpg"))[:2]]:
        assert list(Sketch().convert(Part("image", path))) == [], path.name


def test_the_contract() -> None:
    """What every converter promises: twice at once gives the same."""
    check_converter(Sketch(), picture(form()))
