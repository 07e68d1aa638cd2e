"""Conditions over rows that were read."""

from __future__ import annotations

import pytest

from polysense.errors import BadFilter
from polysense.retrieve.filters import compile_where
from polysense.stores.azure.candidates import Candidates
from polysense.stores.rows import filter_row
from polysense.types import Asset, Chunk, Span


def row(n: int) -> dict[str, object]:
    asset = Asset(f"{n:032x}", f"/a/{n}.txt", "text/plain", "text", n)
    return filter_row(Chunk(asset, Span(page=n) if n else Span(), "text", meta={"iso": 100 * n}))


def test_rows_are_looked_at_once() -> None:
    """Each time those given, by SQL: letters differ by case, what is not there compares to nothing."""
    candidates, rows = Candidates(), [row(0), row(1), row(2)]
    for where, expected in {
        "name LIKE '1%'": {1},
        "name LIKE '%.TXT'": set(),
        "page <> 1": {2},
        "meta.iso > 50 AND meta.iso < 150": {1},
    }.items():
        ids = candidates.fulfilling(rows, compile_where(where))
        assert ids == {rows[n]["id"] for n in expected}
    assert candidates.fulfilling(rows[:1], "name LIKE '1%'") == set()
    with pytest.raises(BadFilter):
        candidates.fulfilling(rows, "colour LIKE 'x'")
    candidates.close()
