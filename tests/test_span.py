"""Places in an asset: the laws of within and union, and how a place reads."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.span import Span


@st.composite
def pairs(draw: st.DrawFn, numbers: st.SearchStrategy[float]) -> tuple[float, float]:
    a, b = sorted((draw(numbers), draw(numbers)))
    return a, b


@st.composite
def boxes(draw: st.DrawFn) -> tuple[float, float, float, float]:
    # exact in binary, so that equality is a fair question
    fraction = st.integers(0, 64).map(lambda n: n / 64)
    (x0, x1), (y0, y1) = draw(pairs(fraction)), draw(pairs(fraction))
    return x0, y0, x1, y1


eighths = st.integers(0, 8000).map(lambda n: n / 8)
spans = st.builds(
    Span,
    page=st.none() | st.integers(1, 999),
    box=st.none() | boxes(),
    seconds=st.none() | pairs(eighths),
    lines=st.none() | pairs(st.integers(1, 9999)),
    cells=st.none() | st.sampled_from(["B2:D9", "Sheet!A1:A3"]),
    node=st.none() | st.text(min_size=1, max_size=8),
    chars=st.none() | pairs(st.integers(0, 9999)),
)


def near(a: Span, b: Span) -> bool:
    """Equal, but for the rounding of fractions of fractions."""
    if bool(a.box) != bool(b.box) or (a.box and b.box and a.box != pytest.approx(b.box)):
        return False
    return {**a.to_dict(), "box": 0} == {**b.to_dict(), "box": 0}


@given(spans, spans, spans)
def test_within_is_associative(a: Span, b: Span, c: Span) -> None:
    """A place in a place in a place is the same, whichever is worked out first."""
    assert near(a.within(b).within(c), a.within(b.within(c)))


@given(spans)
def test_an_empty_span_is_the_unit_of_within(a: Span) -> None:
    """The whole asset adds nothing to a place, inside or out."""
    assert a.within(Span()) == a == Span().within(a)


@given(spans)
def test_a_span_survives_json(a: Span) -> None:
    """What is written to a store is the same place when it is read."""
    assert Span.from_dict(json.loads(json.dumps(a.to_dict()))) == a
    assert pickle.loads(pickle.dumps(a)) == a


@given(boxes(), boxes())
def test_union_of_boxes_commutes_and_covers(a: tuple[float, ...], b: tuple[float, ...]) -> None:
    """Of two boxes neither is first, and the union holds both."""
    both = Span(box=a).union(Span(box=b))
    assert both == Span(box=b).union(Span(box=a))
    assert both.box is not None
    assert both.box[:2] == (min(a[0], b[0]), min(a[1], b[1]))
    assert both.box[2:] == (max(a[2], b[2]), max(a[3], b[3]))


@given(spans, spans)
def test_union_keeps_what_either_says(a: Span, b: Span) -> None:
    """No field that one of them has is lost, and a span with itself is itself."""
    assert set(a.union(b).to_dict()) == set(a.to_dict()) | set(b.to_dict())
    assert a.union(a) == a


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span(), "whole"),
        (Span(page=3, box=(0.1, 0.2, 0.5, 0.4)), "p. 3"),
        (Span(box=(0.1, 0.2, 0.5, 0.4)), "x 10-50 %, y 20-40 %"),
        (Span(box=(0.0, 0.0, 1.0, 1.0)), "whole"),
        (Span(seconds=(12, 18.4)), "00:12-00:18"),
        (Span(seconds=(3725, 3725.5)), "1:02:05"),
        (Span(lines=(7, 7)), "L7"),
        (Span(lines=(10, 24)), "L10-24"),
        (Span(cells="Sheet!B2:D9"), "Sheet!B2:D9"),
        (Span(chars=(0, 12)), "chars 0-12"),
        (Span(page=2, lines=(1, 2), chars=(0, 12)), "p. 2, L1-2"),
        (Span(node="seat"), "seat"),
    ],
)
def test_a_span_reads_well(span: Span, words: str) -> None:
    """The place that people see in answers."""
    assert str(span) == words
    assert bool(span) == (span != Span())


@pytest.mark.parametrize(
    ("a", "b", "both"),
    [
        ("B2", "B2", "B2"),
        ("B2", "A1", "A1:B2"),
        ("Z9:Z10", "AA2", "Z2:AA10"),
        ("B2:D2", "C3", "B2:D3"),
        ("It's! S!B2", "It's! S!B3", "It's! S!B2:B3"),
        ("S!B2", "B3", "S!B2"),
        ("S!B2", "T!B3", "S!B2"),
        ("B:D", "B3", "B:D"),
    ],
)
def test_cells_are_united_on_one_sheet(a: str, b: str, both: str) -> None:
    """Columns count as letters do: Z is before AA. What is no range of cells stays as it is."""
    assert Span(cells=a).union(Span(cells=b)) == Span(cells=both)
