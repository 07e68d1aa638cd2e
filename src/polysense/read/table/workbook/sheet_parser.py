"""The cells of a sheet as openpyxl streams them, but for the fonts of words that stand in the sheet
itself, and with the formulas whose values are not stored: in one go through the sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

_MOST_ROWS, _MOST_COLUMNS = 1 << 20, 1 << 14  # as many as a sheet may have

Row = tuple[int, list[Any]]
"""The number of a row from 1, and its cells."""


def parse_rows(sheet: Any, formulas: dict[tuple[int, int], str] | None = None) -> Iterator[Row]:
    """Each row that has any cells, these in order of their columns.

    Into `formulas`, where it is given, go those that have no value stored, by (row from 1, column
    index).
    """
    from openpyxl.cell.read_only import ReadOnlyCell
    from openpyxl.worksheet._reader import WorkSheetParser

    book = sheet.parent
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
            rich_text=True,
        )
        if formulas is not None:
            parser.parse_cell = _noting_formulas(parser, formulas)
        for n, row in parser.parse():
            if n > _MOST_ROWS:
                return
            by_column = {c["column"]: c for c in row if 0 < c["column"] <= _MOST_COLUMNS}
            yield n, [ReadOnlyCell(sheet, **by_column[c]) for c in sorted(by_column)]


def _noting_formulas(
    parser: Any, formulas: dict[tuple[int, int], str]
) -> Callable[[Any], dict[str, Any]]:
    """How a parser reads a cell, with its formula where it has no value noted on the way."""
    from openpyxl.worksheet._reader import FORMULA_TAG

    parse_value = parser.parse_cell

    def parse_cell(element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = parse_value(element)
        formula = element.find(FORMULA_TAG)
        # of one that cells share, the first tells all the others
        if formula is not None and (cell["value"] is None or formula.get("t") == "shared"):
            words = parser.parse_formula(element)
            if cell["value"] is None:
                formulas[cell["row"], cell["column"] - 1] = str(getattr(words, "text", words))
        return cell

    return parse_cell
