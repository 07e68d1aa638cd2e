"""The values of a filter: what is a number or a time, and what it is compared as."""

from __future__ import annotations

import pytest

from polysense.errors import BadFilter
from polysense.retrieve.filter_values import MAX_NUMBER, parse_number, parse_time


def test_whole_numbers_stay_whole() -> None:
    """A column of whole numbers is compared with one."""
    assert [type(parse_number(n)) for n in ("3", "3.5", "1e3")] == [int, float, float]


@pytest.mark.parametrize("text", ["three", str(MAX_NUMBER)])
def test_what_no_column_holds_is_refused(text: str) -> None:
    """A store would fail on it, each in its own way."""
    with pytest.raises(BadFilter):
        parse_number(text)


def test_times_are_compared_in_utc() -> None:
    """The hour of another zone is the same moment; a day alone stays one."""
    assert parse_time("created", "2026-01-31 02:00+02:00") == "2026-01-31T00:00:00Z"
    assert parse_time("created", "2026-01-31") == "2026-01-31"
    with pytest.raises(BadFilter, match="created is a time"):
        parse_time("created", "soon")
