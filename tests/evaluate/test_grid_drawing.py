"""The drawing of the grid says what the figures say."""

from __future__ import annotations

from lxml import etree

from polysense.evaluate.cases import Case
from polysense.evaluate.grid import Cell, Trial
from polysense.evaluate.grid_drawing import svg
from polysense.types import Asset, Part

CASE = Case("text", (Part("text", "x"),), Asset("1", "/a", "", "text", 1), frozenset("1"))
SPACE = {"s": "http://www.w3.org/2000/svg"}


def cell(output: str, *good: bool) -> Cell:
    return Cell(
        "text",
        output,
        tuple(Trial(CASE, output, g, g, 0.5, "composed", False, "page", 2.0) for g in good),
    )


def test_a_disc_is_as_full_as_the_score() -> None:
    """Whole, a part, none; each with its figures as a title, and the count above."""
    root = etree.fromstring(
        svg([cell("image", True, True), cell("video", True, False), cell("3d", False)]).encode()
    )
    assert [len(g.findall("s:circle", SPACE)) for g in root.findall("s:g", SPACE)] == [2, 1, 1]
    assert [len(g.findall("s:path", SPACE)) for g in root.findall("s:g", SPACE)] == [0, 1, 0]
    assert (
        root.find("s:g/s:title", SPACE).text
        == "text to image: 1.00 sound and grounded, 0.50 carried, 2.0 s"
    )
    assert "1 of 3" in root.get("aria-label")
