"""What is worth looking at on a PDF page."""

from __future__ import annotations

from polysense.read.document.layout import Line
from polysense.read.document.layout_tables import Table
from polysense.read.document.pdf.figures import cluster_boxes, find_figures
from polysense.read.document.pdf.graphics import Drawing, Picture
from polysense.read.document.pdf.page import Page
from polysense.types import Box


def page(pictures: tuple[Picture, ...] = (), drawings: tuple[Drawing, ...] = ()) -> Page:
    return Page(1, 400, 500, (), pictures, drawings, (), (), ())


def boxes(
    source: Page, lines: list[Line] | None = None, tables: list[Table] | None = None
) -> list[Box]:
    return [box for box, _ in find_figures(source, lines or [], tables or [], set())]


def picture(x: float, y: float, width: float, height: float, digest: str = "a") -> Picture:
    return Picture((x, y, x + width, y + height), (60, 40), digest)


def test_a_picture_comes_once() -> None:
    """Nor do icons, and pictures behind a page of words."""
    digests: set[str] = set()
    photo = picture(10, 10, 100, 80)
    assert [box for box, _ in find_figures(page((photo,)), [], [], digests)] == [photo.box]
    assert find_figures(page((photo,)), [], [], digests) == []
    assert boxes(page((picture(10, 10, 20, 20),))) == []
    backdrop = page((picture(0, 0, 400, 500),))
    assert boxes(backdrop) == [(0.0, 0.0, 400, 500)]
    assert boxes(backdrop, [Line("word " * 30, (0, 0, 9, 9))]) == []


def test_strips_of_a_picture_are_one() -> None:
    """Some programs cut a picture into strips."""
    strips = tuple(picture(10, 10 + 30 * n, 100, 30, str(n)) for n in range(3))
    assert boxes(page(strips)) == [(10, 10, 110, 100)]


def test_paths_are_a_figure_with_their_labels() -> None:
    """Where there are many, and few words; not in a table."""
    bars = tuple(Drawing((100 + 20 * n, 100, 115 + 20 * n, 200), 4) for n in range(4))
    label, other = Line("steep", (120, 120, 140, 130)), Line("away", (300, 300, 320, 310))
    ((box, labels),) = find_figures(page(drawings=bars), [label, other], [], set())
    assert (box, labels) == ((100, 100, 175, 200), [label])
    assert boxes(page(drawings=bars[:2])) == []
    assert boxes(page(drawings=bars), [Line("word " * 90, (120, 120, 140, 130))]) == []
    assert boxes(page(drawings=bars), tables=[Table((90, 90, 180, 210), (), ())]) == []


def test_clusters_by_nearness() -> None:
    """What touches or nearly does lies together."""
    assert cluster_boxes([(0, 0, 10, 10), (12, 0, 20, 10), (80, 80, 90, 90)], 100, 100) == [
        [0, 1],
        [2],
    ]
    assert cluster_boxes([], 100, 100) == []
