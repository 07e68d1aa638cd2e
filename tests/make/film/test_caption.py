"""Captions: words inside their lines, in any script, never a box for a letter that is not there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.make.film import caption

SIZE = (960, 540)


def ink(picture: np.ndarray, low: int = 150) -> int:
    return int((picture[..., :3].min(axis=2) > low).sum())


def test_words_are_on_the_picture() -> None:
    """A caption darkens the lower edge and shows its words; without words only the source."""
    full, none = (
        caption.draw_caption("High water is at noon.", "guide.md", 1, SIZE),
        caption.draw_caption("", "guide.md", 1, SIZE),
    )
    assert full.shape == (146, 960, 4)
    assert ink(full) > ink(none) + 300
    assert full[0, :, 3].max() < 30 < 200 < full[-1, :, 3].min()


@pytest.mark.parametrize("words", ["高潮在中午", "Маяк открыт", "مرحبا بالعالم", "naïve façade"])
def test_scripts_are_drawn_where_a_typeface_has_them(words: str) -> None:
    """Chinese needs pylopdf-fonts-zh-cn, Arabic matplotlib: both come with the package."""
    pytest.importorskip("pylopdf_fonts_zh_cn")
    pytest.importorskip("matplotlib")
    assert caption.text_width(words, 24) > 40
    assert ink(caption.draw_card(words, "", 1, SIZE)) > 250


def test_letters_without_a_typeface_are_left_out() -> None:
    """No boxes: the subtitles keep the words."""
    assert caption.text_width("\U00013000\U00013001", 24) == 0


@given(st.text(max_size=300), st.integers(60, 900))
def test_lines_fit_and_lose_nothing(words: str, width: int) -> None:
    """Whatever the letters: the same characters in the same order, no line wider than it may be but
    for one long word.
    """
    lines = caption.wrap(words, 24, width)
    assert "".join("".join(lines).split()) == "".join(caption.clean(words).split())
    assert all(
        caption.text_width(line, 24) <= width
        or len(line.split()) <= 1
        or line[-1] in "".join(caption._CLOSING)
        for line in lines
    )


def test_long_words_become_pages() -> None:
    """Each page fits a caption; Chinese is not torn apart by spaces."""
    words = "The keeper climbed ninety-six steps with the oil can in her left hand. " * 6
    pages = caption.pages(words, SIZE)
    assert len(pages) > 2
    assert " ".join(pages) == words.strip()
    assert all(len(caption.wrap(p, 25, 960 - 88)) <= caption.MAX_LINES for p in pages)
    chinese = "灯塔的看守人住在港口旁边。" * 9
    assert "".join(caption.pages(chinese, SIZE)) == chinese
    assert caption.pages(" ", SIZE) == []


def test_a_card_holds_long_words() -> None:
    """Smaller letters for more words, and never outside the picture."""
    picture = caption.draw_card("word " * 400, "a" * 500, 12, SIZE)
    assert picture.shape == (540, 960, 3)
    assert (
        ink(picture[:20])
        == ink(picture[-10:])
        == ink(picture[:, :20])
        == ink(picture[:, -20:])
        == 0
    )
