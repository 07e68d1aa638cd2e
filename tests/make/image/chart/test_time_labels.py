"""Labels that say when."""

from __future__ import annotations

import pytest

from polysense.make.image.chart.time_labels import is_time, time_order, time_value


@pytest.mark.parametrize(
    "labels",
    [
        ["2019", "2020", "2021"],
        ["2019-12-31", "2020-01-01", "2020-03"],
        ["Jan", "February", "Sept", "Dec"],
        ["Dec 2019", "Jan 2020", "March 3, 2020"],
        ["1月", "3月", "12月"],
        ["2019年1月", "2019年10月", "2020年2月3日"],
        ["Q4 2019", "Q1 2020", "2020 Q2"],
    ],
)
def test_labels_of_one_kind_are_ordered(labels: list[str]) -> None:
    """As given they are in order; from behind they are brought into it."""
    assert time_order(labels) == list(range(len(labels)))
    assert time_order(labels[::-1]) == list(range(len(labels)))[::-1]


@pytest.mark.parametrize(
    "label", ["Tea", "", "2019-13-01", "room 12", "the year 2019 in a sentence"]
)
def test_what_says_no_time(label: str) -> None:
    assert time_value(label) is None


def test_one_label_without_a_time_keeps_all_in_place() -> None:
    assert time_order(["2021", "Total", "2019"]) == [0, 1, 2]


def test_a_columns_name_may_hold_a_year() -> None:
    """A long one is a sentence."""
    assert is_time("Sales 2019")
    assert is_time("March")
    assert not is_time("Sales")
    assert not is_time("how many visitors came to the lighthouse in the summer of 2019")
