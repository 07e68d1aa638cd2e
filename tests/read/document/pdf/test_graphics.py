"""Pictures, painted paths and rules of a PDF page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polysense.read.document.pdf import graphics
from polysense.read.document.pdf.page import Page


def test_white_and_invisible_paths_are_no_drawings(show: Callable[..., Page]) -> None:
    """Backgrounds and clips leave no ink; a thin area is a rule."""
    page = show("1 g 0 0 200 100 re f 10 10 50 50 re W n 0 g 10 20 100 0.5 re f 120 20 30 30 re f")
    assert len(page.drawings) == 2
    assert len([r for r in page.rules if r[2] - r[0] > 90]) == 1


def test_pictures_are_read_up_to_a_bound(
    show: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One picture shown many times must not be read each time.

    What is not read is known by its sizes.
    """
    picture = "q 20 0 0 20 10 10 cm BI /W 2 /H 2 /CS /G /BPC 8 ID abcd EI Q\n"
    (one,) = {p.digest for p in show(picture * 3).pictures}
    assert len(one) == 64
    monkeypatch.setattr(graphics, "MAX_HASHED_BYTES", 9)
    digests = [p.digest for p in show(picture * 3).pictures]
    assert digests[:2] == [one, one]
    assert digests[2] == "(2, 2)4"
