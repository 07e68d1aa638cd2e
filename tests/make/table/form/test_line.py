"""What stands beside what on a page."""

from __future__ import annotations

from polysense.make.table.form.line import Line, right_of
from polysense.types import Span


def test_the_right_of_a_line_is_on_its_row() -> None:
    """From the left; what is above, below or to the left is not."""
    label = Line("Total", Span(box=(0.3, 0.50, 0.5, 0.52)))
    far = Line("EUR", Span(box=(0.8, 0.505, 0.9, 0.525)))
    near = Line("7.70", Span(box=(0.6, 0.495, 0.7, 0.515)))
    left = Line("No", Span(box=(0.1, 0.50, 0.2, 0.52)))
    below = Line("9.90", Span(box=(0.6, 0.53, 0.7, 0.55)))
    lines = [far, below, left, label, near]
    assert [line.text for line in right_of(lines, label)] == ["7.70", "EUR"]
    assert right_of(lines, far) == []


def test_a_line_without_a_box_is_the_whole_page() -> None:
    """As of a text, which has no boxes."""
    line = Line("Total", Span(lines=(1, 1)))
    assert (line.box, line.middle) == ((0.0, 0.0, 1.0, 1.0), 0.5)
