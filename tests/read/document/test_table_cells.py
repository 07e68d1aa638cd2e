"""Cells of a printed table."""

from __future__ import annotations

import pytest

from polysense.read.document.layout import Line, group_rows
from polysense.read.document.layout_tables import find_tables
from polysense.read.document.table_cells import attach_signs, head_reaches, join_continued


def line(text: str, x: float, y: float) -> Line:
    return Line(text, (x, y, x + 5 * len(text), y + 10), 10.0)


@pytest.mark.parametrize(
    ("row", "texts"),
    [
        ([("Sales", 0), ("$", 60), ("12", 90), ("$", 120), ("14", 150)], ["Sales", "$ 12", "$ 14"]),
        ([("Sales", 0), ("$", 60), ("12 $", 90), ("14", 150)], ["Sales", "$ 12", "$ 14"]),
        ([("Sales", 0), ("12 €", 90), ("14 €", 150)], ["Sales", "12 €", "14 €"]),
        ([("EUR", 0), ("(12)", 90)], ["EUR (12)"]),
        ([("$", 0), ("Dollars", 90)], ["$", "Dollars"]),
    ],
)
def test_signs_belong_to_the_number_on_their_right(
    row: list[tuple[str, float]], texts: list[str]
) -> None:
    """Where one stands before the first number; behind numbers they stay."""
    assert [cell.text for cell in attach_signs([line(t, x, 0) for t, x in row])] == texts


def test_a_cell_that_goes_on_in_the_next_line() -> None:
    """By its step or by its words; a row without a first cell of its own otherwise is a row."""
    printed = [
        line("188", 0, 0),
        line("Heating over-", 50, 0),
        line("Switch off", 150, 0),
        line("loaded", 50, 12),
        line("189", 0, 30),
        line("Tank empty", 50, 30),
        line("Fill it", 150, 30),
        line("190", 0, 60),
        line("Lamp out", 50, 60),
        line("Wait an hour", 150, 60),
        line("and call", 150, 72),
        line("Total", 50, 120),
    ]
    rows = join_continued(group_rows(printed), 40.0)
    assert [[cell.text for cell in row] for row in rows] == [
        ["188", "Heating over-", "Switch off", "loaded"],
        ["189", "Tank empty", "Fill it"],
        ["190", "Lamp out", "Wait an hour", "and call"],
        ["Total"],
    ]


def test_a_head_over_columns_by_rules() -> None:
    """As far as no rule stands in its row, and not over all of the table."""
    head = line("Depth", 120, 0)
    rules = [(50.0, 0.0, 50.0, 60.0), (150.0, 20.0, 150.0, 60.0), (250.0, 0.0, 250.0, 60.0)]
    xs = (0.0, 50.0, 150.0, 250.0, 300.0)
    reaches = head_reaches([[line("Station", 5, 0), head], [line("min", 60, 30)]], xs, rules)
    assert reaches == [{head: (1, 2)}, {}]


def test_heads_over_columns_without_rules() -> None:
    """Over those whose middle they are printed at, and over no other."""
    rows = [[("Depth", 117), ("Width", 277)], [("Station", 0), ("min", 90), ("max", 160)]]
    rows[1] += [("min", 250), ("max", 320), ("Keeper", 400)]
    for name, a in (("Aldo", 12), ("Ceda", 31), ("Dorn", 44)):
        values = [(str(v), x) for v, x in ((a, 92), (a + 9, 162), (a + 5, 252), (a * 2, 322))]
        rows.append([(name, 0), *values, ("Signe", 400)])
    page = [line(text, x, 15 * n) for n, row in enumerate(rows) for text, x in row]
    (table,) = find_tables(page, [])
    assert table.rows[0].cells == ("", "Depth", "Depth", "Width", "Width", "")
    assert table.rows[2].cells == ("Aldo", "12", "21", "17", "24", "Signe")
