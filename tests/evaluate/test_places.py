"""Places that people write, against those that answers cite."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.errors import BadQuery
from polysense.evaluate.places import overlaps, parse_place, text_at
from polysense.span import Span
from polysense.types import Asset, Chunk, Evidence, Hit, Part, TextSpan

ASSET = Asset("0", "/a.txt", "text/plain", "text", 1)

spans = st.one_of(
    st.builds(Span, page=st.integers(1, 400)),
    st.builds(lambda a, n: Span(lines=(a, a + n)), st.integers(1, 999), st.integers(0, 40)),
    st.builds(lambda a, n: Span(seconds=(a, a + n)), st.integers(0, 20_000), st.integers(0, 600)),
    st.builds(
        lambda c, r: Span(cells=f"Net sales!{c}{r}:{c}{r + 3}"),
        st.sampled_from(["A", "Z", "AB"]),
        st.integers(1, 99),
    ),
)


@given(spans)
def test_a_place_is_read_as_it_is_written(span: Span) -> None:
    """What an answer cites can be copied into a file of questions."""
    place = parse_place(str(span))
    assert str(place) == str(span)
    assert overlaps(place, span)


@given(spans, spans)
def test_overlap_goes_both_ways(a: Span, b: Span) -> None:
    """Neither the question's place nor the answer's comes first; anywhere holds all."""
    assert overlaps(a, b) == overlaps(b, a)
    assert overlaps(a, Span())
    assert overlaps(parse_place("whole"), b)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("L10-24", "L24-30", True),
        ("L10-24", "L25", False),
        ("p. 2, L3", "p. 3, L3", False),
        ("00:12-00:18", "00:18", True),
        ("00:12-00:18", "1:00:12", False),
        ("B2:D9", "Sales!C3", True),
        ("Costs!B2:D9", "Sales!C3", False),
        ("AA1:AB9", "B3", False),
        ("x 10-50 %, y 0-20 %", "x 40-90 %, y 10-30 %", True),
        ("x 10-50 %, y 0-20 %", "x 40-90 %, y 20-30 %", False),
        ("chars 0-10", "chars 10-20", False),
        ("p. 2", "L3", True),
    ],
)
def test_overlap(one: str, other: str, expected: bool) -> None:
    """A neighbouring page, line or cell is another place."""
    assert overlaps(parse_place(one), parse_place(other)) is expected


@pytest.mark.parametrize(
    "text", ["page two", "p. ii", "lines 3", "L3-x", "00:1", "x 3-9 %", "p. 2,"]
)
def test_what_is_nearly_a_place_is_named(text: str) -> None:
    """A typing mistake must not count every answer wrong."""
    with pytest.raises(BadQuery, match="is no place") as e:
        parse_place(text)
    assert "p. 3" in e.value.hint


@pytest.mark.parametrize(
    "span",
    [
        Span(node="paragraph 12"),
        Span(lines=(24, 24), node="Ines Falk"),
        Span(page=2, node="Chapter 1, The Mill"),
    ],
)
def test_parts_have_names(span: Span) -> None:
    """Paragraphs, entities and parts of models are cited by name."""
    assert parse_place(str(span)) == span
    assert not overlaps(parse_place("paragraph 12"), Span(node="paragraph 13"))


def evidence(part: str, span: Span) -> Evidence:
    text = "The tower is 23 metres tall.\nThe mill has 32 paddles."
    marks = (
        TextSpan(0, 28, Span(lines=(1, 1))),
        TextSpan(29, len(text), Span(lines=(2, 2))),
    )
    chunk = Chunk(ASSET, Span(lines=(1, 2)), "text", text=text, marks=marks)
    return Evidence(1, Hit(chunk, 1.0), Part("text", part), span)


def test_a_citation_is_read_at_its_place() -> None:
    """Words that do not stand at the place cited do not make the citation right."""
    assert text_at(evidence("32 paddles", Span(lines=(2, 2)))) == "32 paddles"
    assert text_at(evidence("32 paddles", Span(lines=(1, 1)))) == "The tower is 23 metres tall."
    assert "32 paddles" in text_at(evidence("made of oak", Span(lines=(1, 2))))
