"""What wins is said first, where the values are beyond doubt."""

from __future__ import annotations

from polysense.generate.value_order import sort_by_value
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

ASSET = Asset("0" * 32, "/quay.txt", "text/plain", "text", 1)


def evidence(*texts: str) -> list[Evidence]:
    chunks = [Chunk(ASSET, Span(), "text", text=t) for t in texts]
    return [Evidence(n, Hit(c, 1.0), Part("text", c.text), c.span) for n, c in enumerate(chunks, 1)]


def order(*texts: str, language: str = "en") -> list[int]:
    return [e.n for e in sort_by_value(evidence(*texts), "greatest first", language)]


def test_the_greatest_comes_first() -> None:
    """One value of one unit in each: no doubt what it is."""
    assert order("Oak is 27 m high.", "Ash is 31 m high.") == [2, 1]
    assert order("Oak has 31 beds.", "Ash has 1 bed.", "Elm has 1,200 beds.") == [3, 1, 2]
    assert order("Tee: $4.50", "Saft: $12") == [2, 1]
    assert order("Oak was built in 1904 and is 27 m high.", "Ash, of 1881, is 31 m high.") == [2, 1]
    assert order("东塔高40米，建于1911年。", "西塔高52米，建于1904年。", language="zh") == [2, 1]
    assert order("东塔高40米。", "西塔高52米。", language="zh") == [2, 1]


def test_the_least_comes_first_where_that_is_asked() -> None:
    """ "Which is shorter?" """
    two = evidence("Oak is 31 m high.", "Ash is 27 m high.")
    assert [e.n for e in sort_by_value(two, "least first", "en")] == [2, 1]
    assert sort_by_value(two, "", "en") == two


def test_doubt_leaves_the_order() -> None:
    """Two values, two units in common, or none: the reader decides."""
    assert order("Oak is 7 m high and 9 m wide.", "Ash is 31 m high.") == [1, 2]
    assert order("Oak: 7 m, 2 doors.", "Ash: 31 m, 3 doors.") == [1, 2]
    assert order("Oak is 27 m high.", "Ash is 31 ft high.") == [1, 2]
    assert order("Eiche: 1.200 m", "Esche: 2 km", "Ulme: 3.400 m", language="de") == [1, 2, 3]
    assert order("Eiche: 2 m", "Esche: 3.400 m", language="de") == [1, 2]
