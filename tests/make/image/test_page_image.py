"""Pages, cards and listings, opened by Pillow."""

from __future__ import annotations

import io
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from polysense.make.image.canvas import MARKER, drawable_share
from polysense.make.image.page_image import PageImage, rejoin_paragraphs
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

ASK = (Part("text", "when?"),)


def evidence(
    text: str,
    quote: str,
    n: int = 1,
    name: str = "a.md",
    modality: str = "text",
    mime: str = "text/markdown",
    lines_: tuple[int, int] = (1, 9),
) -> Evidence:
    chunk = Chunk(
        Asset("0", f"/{name}", mime, modality, 1),
        Span(lines=lines_),
        modality,
        text=text,
        context="Guide > The mill",
    )
    return Evidence(n, Hit(chunk, 1.0), Part("text", quote), chunk.span)


def open_png(part: Part) -> np.ndarray:
    with Image.open(io.BytesIO(part.data)) as image:
        assert image.format == "PNG"
        assert 900 <= image.width <= 1600
        return np.asarray(image.convert("RGB")).astype(int)


def count_pixels(picture: np.ndarray, colour: str = MARKER) -> int:
    """Pixels of exactly this colour."""
    rgb = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return int((picture == rgb).all(2).sum())


def test_contract() -> None:
    """Streams PNG parts of text evidence, the same each time."""
    assert check_generator(PageImage())[0].mime == "image/png"


def test_cited_words_are_marked() -> None:
    """More cited words, more marker; none where all is cited; two citations of one paragraph are
    both in it.
    """
    text = "The mill was built in 1787. It needs no stream. The falling sea does the rest, twice a day, for as long as anybody can remember."
    one = open_png(*PageImage().generate(ASK, [evidence(text, "It needs no stream.")]))
    pair = [
        evidence(text, "It needs no stream."),
        evidence(text, "The falling sea does the rest, twice a day", 2),
    ]
    [part] = PageImage().generate(ASK, pair)
    assert part.meta["evidence"] == [1, 2]
    assert count_pixels(open_png(part)) > 2 * count_pixels(one) > 2000
    assert count_pixels(open_png(*PageImage().generate(ASK, [evidence(text, text)]))) == 0


@pytest.mark.slow
def test_what_is_drawn_is_read_again() -> None:
    """English and Chinese words come back from the picture by OCR: letters are letters, not boxes."""
    rapidocr = pytest.importorskip("rapidocr")
    import logging

    logging.disable(logging.INFO)
    ocr = rapidocr.RapidOCR(params={"Global.log_level": "error"})
    logging.disable(logging.NOTSET)
    source = "磨坊建于一七八七年。水轮直径四米八，每一块叶片都是橡木做的。\n\nThe wheel has thirty-two paddles of seasoned oak."
    picture = open_png(*PageImage().generate(ASK, [evidence(source, "水轮直径四米八")]))
    words = "".join(ocr(picture.astype(np.uint8)).txts).replace(" ", "")
    assert "水轮直径四米八" in words
    assert "橡木" in words
    assert "paddlesofseasonedoak" in words


def test_scripts_without_a_typeface_are_left_to_others() -> None:
    """Hindi cannot be drawn with the typefaces that come along, and would be empty boxes; Arabic
    and Hebrew can.
    """
    assert list(PageImage().generate(ASK, [evidence("हिन्दी में एक वाक्य यहाँ है", "हिन्दी")])) == []
    assert drawable_share("هذه جملة عربية שלום Ελλάδα Привет") == 1.0
    assert (
        count_pixels(
            open_png(
                *PageImage().generate(
                    ASK, [evidence("هذه جملة عربية. وهذه جملة ثانية طويلة", "وهذه جملة ثانية")]
                )
            )
        )
        > 1000
    )


def test_pdf_page_with_its_place_marked(tmp_path: Path) -> None:
    """The page itself; the cited place stays white and what is around it is dimmed."""
    path = tmp_path / "a.pdf"
    Image.new("RGB", (800, 1200), "white").save(path)
    asset = Asset("0", str(path), "application/pdf", "text", 1, path=path)
    chunk = Chunk(asset, Span(page=1), "text", text="High water is at noon.")
    place = Span(page=1, box=(0.1, 0.45, 0.6, 0.55))
    [part] = PageImage().generate(ASK, [Evidence(1, Hit(chunk, 1.0), Part("text", "noon"), place)])
    picture = open_png(part)
    assert part.meta["page"] == 1
    assert picture.shape[:2] == (1600, 1067)
    assert picture[100, 100].mean() < 230
    assert picture[740:860, 120:620].max() == 255
    path.unlink()
    assert (
        open_png(
            *PageImage().generate(ASK, [Evidence(1, Hit(chunk, 1.0), Part("text", "noon"), place)])
        ).shape[1]
        == 1240
    )


def test_code_keeps_its_lines() -> None:
    """A row for each line, the cited ones on a ground of their own; colours say what is a word of
    the language.
    """
    code = "def ring(bell):\n    while True:\n        bell.strike()\n    return None"
    whole = evidence(
        code, code, name="bell.py", modality="code", mime="text/x-python", lines_=(10, 13)
    )
    one_line = Evidence(1, whole.hit, Part("text", "        bell.strike()"), Span(lines=(12, 12)))
    plain, marked = (
        open_png(*PageImage().generate(ASK, [whole])),
        open_png(*PageImage().generate(ASK, [one_line])),
    )
    assert plain.shape == marked.shape
    assert count_pixels(plain, "#fff6dc") == 0
    assert count_pixels(marked, "#fff6dc") > 10_000
    assert count_pixels(plain, "#8250df") > 50, "keywords have no colour"


@pytest.mark.parametrize(
    "text",
    [
        "x" * 200_000,
        "word " * 60_000,
        "字" * 100_000,
        "a\n" * 50_000,
        "\u202e\u0000\ufeff😀 …",
        "<b>" * 30_000,
    ],
)
@pytest.mark.parametrize("modality", ["text", "code"])
def test_hostile_words(text: str, modality: str) -> None:
    """Take bounded time and space."""
    began = time.process_time()
    for part in PageImage().generate(ASK, [evidence(text, text[-40:], modality=modality)]):
        assert open_png(part).shape[0] <= 2600
    assert time.process_time() - began < 20


def test_nothing_to_show() -> None:
    """No words, no card."""
    assert list(PageImage().generate(ASK, [evidence(" \u200b\n", "")])) == []


def test_paragraphs_join_lines_that_were_broken_to_fit() -> None:
    """A hard-wrapped paragraph is one, Chinese without a space; short lines are a list."""
    long = "The mill was built in 1787 by Ansel Tarrow and it needs no stream at all:"
    assert rejoin_paragraphs(f"{long}\nthe sea does the rest.") == f"{long} the sea does the rest."
    assert rejoin_paragraphs("Tea\nCoffee") == "Tea\nCoffee"
    wide = "磨坊建于一七八七年建造者是安塞尔塔罗涨潮时海水流进磨坊池"
    assert rejoin_paragraphs(f"{wide}\n闸门关上") == f"{wide}闸门关上"
