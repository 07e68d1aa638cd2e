"""The day of a receipt among all that looks like one."""

from __future__ import annotations

import pytest

from polysense.make.table.form.dates import date
from polysense.make.table.form.line import Line
from polysense.types import Span


def day_of(*texts: str) -> str | None:
    lines = [
        Line(text, Span(box=(0.1, 0.04 * n, 0.5, 0.04 * n + 0.02)))
        for n, text in enumerate(texts, 1)
    ]
    field = date(lines)
    return field.value if field else None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Date 03/02/201815:28", "03/02/2018"),
        ("5 Mar 2018 18:24", "5 Mar 2018"),
        ("Tel 03-6258-7191", None),
        ("45/67/2018", None),
        ("date: 18-11-18", "18-11-18"),
    ],
)
def test_days(text: str, day: str | None) -> None:
    """Telephone numbers and impossible days are none."""
    assert day_of(text) == day


@pytest.mark.parametrize(
    "day",
    ["5. März 2024", "5 août 2024", "5 de diciembre de 2024", "3 ottobre 2022", "12 mei 2023",
     "2024年3月5日", "05.03.2024"],
)  # fmt: skip
def test_days_of_several_languages(day: str) -> None:
    """Months by their names; whole words only, so that things for sale are none."""
    assert day_of(f"Kasse: {day} 14:10") == day
    assert day_of("1 MAIN 20.00", "2 GENERAL 10.00") is None


@pytest.mark.parametrize("label", ["Date", "Datum", "Fecha", "Data", "日付", "日期"])
def test_the_day_with_a_label_comes_first(label: str) -> None:
    """Then one without; one that is something else's only where there is no other."""
    assert day_of("01/01/2024", f"{label}: 05/03/2024") == "05/03/2024"
    assert day_of("valid until 01/01/2025", "05/03/2024") == "05/03/2024"
    assert day_of("valid until 01/01/2025") == "01/01/2025"


def test_a_label_may_stand_beside() -> None:
    """On the same row, as in a form."""
    label = Line("Date", Span(box=(0.1, 0.1, 0.3, 0.12)))
    first = Line("01/01/2024", Span(box=(0.5, 0.05, 0.7, 0.07)))
    neighbour = Line("05/03/2024", Span(box=(0.5, 0.1, 0.7, 0.12)))
    field = date([first, label, neighbour])
    assert field is not None
    assert (field.value, field.span) == ("05/03/2024", neighbour.span)
