"""Values of cells as a person sees them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from polysense.read.table.workbook.number_format import format_value


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        (0.5, "0%", "50%"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (-5.5, "[$€-407]#,##0.00;[Red]-0", "-€5.50"),
        (12000.0, '0.0##" km"', "12000 km"),
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (True, "General", "TRUE"),
        (0.00012, "0.00E+00", "1.20E-04"),
        (0.5, "# ?/?", "0.5"),
        (501, "00000", "00501"),
        (0.5, ".00", "0.50"),
        (7.5, "000.00", "007.50"),
        (3, '"No. "0', "No. 3"),
        (123456789, "000-00-0000", "123-45-6789"),
        (5551234567, "[<=9999999]###-####;(###) ###-####", "(555) 123-4567"),
        (5551234, "[<=9999999]###-####;(###) ###-####", "555-1234"),
        (12345.678, '# ##0.00" kr"', "12 345.68 kr"),
        (dt.date(2020, 2, 29), "dd/mm/yy", "2020-02-29"),
        (dt.time(9, 30), "h:mm", "09:30:00"),
        ("#DIV/0!", "0", "#DIV/0!"),
        (dt.timedelta(hours=42), "[h]:mm", "42:00"),
        (dt.timedelta(hours=73, minutes=30, seconds=5), "[h]:mm:ss", "73:30:05"),
        (dt.timedelta(minutes=-90), "[hh]:mm", "-1:30"),
        (dt.timedelta(minutes=90), "[mm]:ss", "90:00"),
    ],
)
def test_values_as_seen(value: Any, style: str, text: str) -> None:
    """Number formats decide what a value looks like."""
    assert format_value(value, style) == text


def test_raised_and_struck_characters_of_a_cell() -> None:
    """The mark of a note is no part of a label, and what is struck out is not said."""
    mark = TextBlock(InlineFont(vertAlign="superscript"), "1")
    assert format_value(CellRichText(["Accruals", mark])) == "Accruals"
    old = TextBlock(InlineFont(strike=True), "40 ")
    assert format_value(CellRichText(["Toll ", old, "55"])) == "Toll 55"
