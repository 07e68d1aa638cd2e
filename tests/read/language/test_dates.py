"""Days, months, weekdays and times of day are one in whatever form they are written."""

from __future__ import annotations

import pytest

from polysense.read.language.dates import clocks, dates, weekdays


@pytest.mark.parametrize(
    "text",
    ["3 March 1887", "March 3rd, 1887", "the 3rd of March 1887", "3. März 1887", "3 de marzo de 1887",
     "3 mars 1887", "1887年3月3日", "一八八七年三月三日", "1887-03-03", "3.3.1887", "Mar 3, 1887"],
)  # fmt: skip
def test_one_day_in_many_forms(text: str) -> None:
    """In five languages, and by ISO 8601."""
    assert {d[:3] for d in dates(text)} == {(1887, 3, 3)}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("in May", [(0, 5, 0)]),
        ("It may open.", []),
        ("They march on.", []),
        ("October 1962", [(1962, 10, 0)]),
        ("in March at 10:30", [(0, 3, 0)]),
        ("月亮", []),
    ],
)
def test_what_is_a_month(text: str, days: list[tuple[int, int, int]]) -> None:
    """Where a month is written as another word is, what stands before it tells."""
    assert [d[:3] for d in dates(text)] == days


def test_a_day_that_may_be_two_is_both() -> None:
    """As Europe and as America write it."""
    assert {d[:3] for d in dates("03/04/2024")} == {(2024, 3, 4), (2024, 4, 3)}


def test_what_is_left_open_agrees() -> None:
    """A day without its year is not another day."""
    full, short, other = dates("3 March 1887; 3 March; 4 March")
    assert full.agrees(short)
    assert not full.agrees(other)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on Mondays", {0}),
        ("Montags", {0}),
        ("周一和星期天", {0, 6}),
        ("Tuesday to Thursday", {1, 2, 3}),
        ("Sat–Mon", {5, 6, 0}),
        ("on weekdays", {0, 1, 2, 3, 4}),
        ("daily", set(range(7))),
        ("The sun is out", set()),
    ],
)
def test_weekdays(text: str, days: set[int]) -> None:
    """In five languages, and from one to another."""
    assert {d for _, own in weekdays(text) for d in own} == days


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("9:30 pm", [{1290}]),
        ("21:30", [{1290}]),
        ("21.30 Uhr", [{1290}]),
        ("晚上9点半", [{1290}]),
        ("9:30", [{570, 1290}]),
        ("9 a.m.", [{540}]),
        ("noon", [{720}]),
        ("3.5 m at 9, 2:1", []),
    ],
)
def test_times_of_day(text: str, minutes: list[set[int]]) -> None:
    """One that may be in the morning or in the evening is both."""
    assert [set(c.minutes) for c in clocks(text)] == minutes
