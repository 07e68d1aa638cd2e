"""Code as a picture: the cited lines are marked, and any code fits the card."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense.make.image.code_listing import draw_listing
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

MARK = (0xFF, 0xF6, 0xDC)
"""The colour behind a cited line."""


def evidence(code: str, lines: tuple[int, int], name: str = "tide.py") -> Evidence:
    asset = Asset("0", name, "text/x-python", "code", len(code), path=Path(name))
    chunk = Chunk(asset, Span(lines=lines), "code", text=code)
    return Evidence(1, Hit(chunk, 1.0), Part("code", code), chunk.span)


def marked_rows(picture: np.ndarray) -> int:
    return int((picture == MARK).all(axis=2).any(axis=1).sum())


def draw(code: str, lines: tuple[int, int], *spans: tuple[int, int]) -> np.ndarray:
    whole = evidence(code, lines)
    return np.asarray(draw_listing(whole, code, [evidence(code, c) for c in spans]).convert("RGB"))


CODE = "\n".join(f"level_{n} = {n}" for n in range(1, 31))


def test_cited_lines_are_marked() -> None:
    """Twice as many lines have twice as much of the colour; none has it where all are cited, for
    then it would tell nothing.
    """
    one, two = (marked_rows(draw(CODE, (1, 30), (4, 3 + n))) for n in (1, 2))
    assert one > 10
    assert two == 2 * one
    assert marked_rows(draw(CODE, (1, 30), (1, 30))) == 0


def test_a_long_file_is_shown_around_what_is_cited() -> None:
    """The cited line is on the card, however far down it stands."""
    code = "\n".join(f"level_{n} = {n}" for n in range(1, 2001))
    assert marked_rows(draw(code, (1, 2000), (1800, 1800))) > 10


def test_words_of_the_language_have_colours() -> None:
    """A keyword and a comment are told apart; a file of no known language is drawn all the same."""
    colours = {tuple(c) for c in draw("def f():  # tide\n    pass", (1, 2), (1, 1)).reshape(-1, 3)}
    assert {(0x82, 0x50, 0xDF), (0x7A, 0x86, 0x99)} <= colours
    plain = evidence("tide 3", (1, 1), "tide.nosuchending")
    assert draw_listing(plain, "tide 3", [plain]).width >= 900


@pytest.mark.slow
@pytest.mark.parametrize(
    "code", ["x" * 5000, "\t" * 200 + "x", "\x00\x1b[31m", "x = 1\n" * 500, "潮 = '水'"]
)
def test_any_code_fits_the_card(code: str) -> None:
    """Long lines are cut, and control characters are not drawn."""
    picture = draw(code, (1, 1 + code.count("\n")), (1, 1))
    assert picture.shape[1] <= 1700
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 2


def test_a_span_may_claim_any_number_of_lines() -> None:
    """What a plug-in says is not believed: only lines that are there are looked at."""
    assert marked_rows(draw(CODE, (1, 30), (1, 10**12))) == 0
