"""How the recogniser's probabilities become words, and at which size a picture is read."""

from __future__ import annotations

import numpy as np
import pytest

from polysense.read.image.ppocr import MAX_PIXELS, MIN_SIDE, CtcDecoder, resize_for_reading

CHARACTERS = ["", "a", "b", " "]
BLANK, A, B, SPACE = range(4)


def probabilities(*columns: int, space: float = 0.0) -> np.ndarray:
    """One column a character, quite sure; `space` is how probable one is in blank columns."""
    rows = np.zeros((len(columns), len(CHARACTERS)), np.float32)
    for row, best in zip(rows, columns, strict=True):
        row[best] = 0.9
        if best == BLANK:
            row[SPACE] = space
    return rows


@pytest.mark.parametrize(
    ("columns", "text"),
    [
        ((A, A, B), "ab"),
        ((A, BLANK, A), "aa"),
        ((BLANK, A, SPACE, SPACE, B, BLANK), "a b"),
        ((BLANK, BLANK), ""),
    ],
)
def test_repeats_are_one_character(columns: tuple[int, ...], text: str) -> None:
    """Unless a blank stands between them (Graves et al., ICML 2006)."""
    assert CtcDecoder(CHARACTERS).decode_line(probabilities(*columns))[0] == text


def test_spaces_that_narrowly_lost_are_written() -> None:
    """The recogniser knows of them; glued words are not found by searching."""
    decode = CtcDecoder(CHARACTERS).decode_line
    assert decode(probabilities(A, BLANK, B, space=0.05))[0] == "ab"
    assert decode(probabilities(A, BLANK, B, space=0.2))[0] == "a b"
    assert decode(probabilities(BLANK, A, space=0.2))[0] == "a"


def test_confidence_is_that_of_the_characters() -> None:
    """Blank columns, however sure, say nothing of the words."""
    rows = probabilities(A, BLANK, B)
    rows[1, BLANK] = 0.1
    assert CtcDecoder(CHARACTERS).decode_line(rows)[1] == pytest.approx(0.9)


@pytest.mark.parametrize("size", [(4000, 3000), (300, 200), (50, 9000), (8, 8), (1500, 1500)])
def test_pictures_are_read_at_a_bounded_size(size: tuple[int, int]) -> None:
    """Large ones within the budget, small ones enlarged but not beyond what is asked; the shape of
    letters stays.
    """
    width, height = size
    resized = resize_for_reading(np.zeros((height, width, 3), np.uint8), 2.0)
    assert resized.shape[0] * resized.shape[1] <= 1.01 * MAX_PIXELS
    assert max(resized.shape[:2]) <= 2 * max(size) + 8
    assert resized.shape[1] / resized.shape[0] == pytest.approx(width / height, rel=0.03)
    if min(size) * 2 >= MIN_SIDE and width * height < MAX_PIXELS:
        assert min(resized.shape[:2]) >= MIN_SIDE


def test_the_detector_is_given_blue_first() -> None:
    """It was trained on BGR."""
    red = np.zeros((MIN_SIDE, MIN_SIDE, 3), np.uint8)
    red[..., 0] = 255
    assert resize_for_reading(red, 1.0)[0, 0].tolist() == [0, 0, 255]
