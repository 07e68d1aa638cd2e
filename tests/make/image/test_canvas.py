"""Words and boxes on a canvas: lines fit, scripts are known, boxes that overlap are one."""

from __future__ import annotations

import numpy as np
from PIL import Image

from polysense.make.image import canvas
from polysense.make.image.canvas import Face, line_spans, text_width
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span


def test_lines_fit() -> None:
    """Every line is at most so wide, all characters are on one, and words stay whole where they
    can.
    """
    face, text = (
        Face("serif", 30),
        "The keeper's handbook says: 磨坊建于1787年，涨潮时海水流进来。 " + "Donau" * 40,
    )
    spans = line_spans(text, face, 300)
    assert all(text_width(text[a:b], face) <= 330 for a, b in spans)
    assert "".join(text[a:b] for a, b in spans).replace(" ", "") == text.replace(" ", "")
    assert text[slice(*spans[0])] == "The keeper's"


def test_words_are_truncated_to_a_width() -> None:
    """With an ellipsis, as many letters as fit; words that fit stay as they are."""
    face = Face("sans", 24)
    text = canvas.truncate("The keeper climbed ninety-six steps", face, 200)
    assert text.endswith("…")
    assert 150 < text_width(text, face) <= 200
    assert canvas.truncate("steps", face, 200) == "steps"


def test_scripts() -> None:
    """Which run leftwards, and which a typeface has."""
    assert canvas.is_right_to_left("123 مرحبا")
    assert not canvas.is_right_to_left("one مرحبا")
    assert canvas.drawable_share("Tide 潮汐") == 1.0
    assert canvas.drawable_share("हिन्दी") < 0.5
    assert canvas.clean("a\tb\u200b\x00") == "a    b "


def test_boxes_that_overlap_are_one() -> None:
    """Also where a third joins two that were apart."""
    apart = [(0.0, 0.0, 0.2, 0.2), (0.5, 0.0, 0.7, 0.2)]
    assert canvas.merge_boxes(apart) == apart
    assert canvas.merge_boxes([*apart, (0.1, 0.1, 0.6, 0.3)]) == [(0.0, 0.0, 0.7, 0.3)]


def test_a_highlighted_box_keeps_its_pixels() -> None:
    """All around it is darker."""
    grey = Image.new("RGB", (200, 100), "#c8c8c8")
    pixels = np.asarray(canvas.highlight_boxes(grey, [(0.25, 0.25, 0.75, 0.75)])).astype(int)
    assert (pixels[40:60, 80:120] == 200).all()
    assert pixels[5, 5].max() < 195


def test_evidence_nearly_as_good_as_the_first() -> None:
    """Nine tenths of its score are enough, eight are not; the first is always there."""
    chunk = Chunk(Asset("0", "a", "text/plain", "text", 1), Span(), "text")
    scores = (1.0, 0.95, 0.8)
    evidence = [
        Evidence(n, Hit(chunk, 1.0), Part("text", "a"), Span(), score=score)
        for n, score in enumerate(scores, 1)
    ]
    assert [e.n for e in canvas.leading_evidence(evidence)] == [1, 2]
