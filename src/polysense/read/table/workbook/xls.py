"""Old Excel workbooks (.xls, BIFF), as those of today: cells as a person sees them, comments."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from polysense.errors import Encrypted, MissingDependency, TooLarge, Unreadable
from polysense.protocols import Parser
from polysense.read.file.archive import local_file
from polysense.read.file.chunk_meta import with_meta
from polysense.read.file.magic import XLS
from polysense.read.file.placed_passages import placed_passages
from polysense.read.table.cells import column_letters
from polysense.read.table.rows import tidy
from polysense.read.table.workbook.number_format import format_value, rich_text
from polysense.read.table.workbook.sheet import Row, bounded_areas, fill_merged
from polysense.read.table.workbook.sheet_chunks import sheet_chunks, sheet_title
from polysense.types import Asset, Chunk, Link, Span

INSTALL = "python -m pip install 'polysense[xls]'"

_MAX_BYTES = 256 << 20
"""A larger file is refused: its reader holds all of it in memory. As long as 65,536 rows of 256
columns may be.
"""


class XlsParser(Parser):
    """Excel workbooks of before 2007: every table of every sheet, formulas as their stored values.

    Reads at most `cells` cells.
    """

    extra = "xls"
    accepts: ClassVar[frozenset[str]] = frozenset({XLS})

    def __init__(self, *, cells: int = 1_000_000) -> None:
        self.cells = cells

    def check(self) -> None:
        """Raises MissingDependency."""
        _reader()

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Sheet by sheet; raises Unreadable at the end that names the sheets that were not read."""
        cells_left, failures = self.cells, []
        with _open_book(local_file(asset)) as book:
            for number, name in enumerate(book.sheet_names()):
                try:
                    sheet = book.sheet_by_index(number)
                    rows, is_cut = _read_rows(book, sheet, cells_left)
                except Exception as e:  # noqa: BLE001 - damaged records lead xlrd to any error
                    failures.append(f"{name}: {type(e).__name__} {e}")
                    continue
                meta = {"hidden": "sheet"} if sheet.visibility else {}
                cells_left -= sum(len(r) for _, r in rows)
                title = sheet_title(asset, name, is_hidden=bool(meta))
                yield from with_meta(sheet_chunks(asset, title, name, rows), meta)
                yield from with_meta(_comments(asset, sheet, title), meta)
                book.unload_sheet(number)
                if is_cut:
                    limit = f"only the first {self.cells:,} cells of the workbook were read"
                    failures.append(f"{name}: {limit}")
                    break
        if failures:
            raise Unreadable(f"{asset.name}: {'; '.join(failures)}")


def sheets(path: Path, only: str = "", limit: int = 1_000_000) -> Iterator[tuple[str, list[Row]]]:
    """(name, rows that show something) of each sheet, or of the one called `only`.

    Together at most `limit` cells. Raises Unreadable, Encrypted, TooLarge, MissingDependency.
    """
    with _open_book(path) as book:
        for number, name in enumerate(book.sheet_names()):
            if limit <= 0 or (only and name != only):
                continue
            try:
                rows, _ = _read_rows(book, book.sheet_by_index(number), limit)
            except Exception as e:
                message = f"{path.name}: {name} cannot be read: {type(e).__name__} {e}"
                raise Unreadable(message) from e
            limit -= sum(len(r) for _, r in rows)
            yield name, rows
            book.unload_sheet(number)


def _reader() -> Any:
    try:
        import xlrd
    except ModuleNotFoundError as e:
        raise MissingDependency("what reads old Excel workbooks is not installed", INSTALL) from e
    return xlrd


@contextmanager
def _open_book(path: Path) -> Iterator[Any]:
    """The workbook, its sheets not read yet."""
    xlrd = _reader()
    if (size := path.stat().st_size) > _MAX_BYTES:
        raise TooLarge(f"{path.name} holds {size >> 20} MiB; the limit is {_MAX_BYTES >> 20} MiB")
    with open(os.devnull, "w", encoding="utf-8") as log:
        try:
            book = xlrd.open_workbook(
                str(path), logfile=log, formatting_info=True, on_demand=True, ragged_rows=True
            )
        except Exception as e:
            if "encrypted" in str(e).lower():
                raise Encrypted(f"{path.name} needs a password") from e
            reason = f"{type(e).__name__} {e}"
            raise Unreadable(f"{path.name} is no readable workbook: {reason}") from e
        try:
            yield book
        finally:
            book.release_resources()


def _read_rows(book: Any, sheet: Any, limit: int) -> tuple[list[Row], bool]:
    """The rows that show something, and whether the limit of cells cut them."""
    rows: list[Row] = []
    for n in range(sheet.nrows):
        values = tidy([_cell_text(book, sheet, n, c) for c in range(sheet.row_len(n))])
        while values and not values[-1]:
            values.pop()
        if values:
            limit -= len(values)
            if limit < 0:
                return rows, True
            rows.append((n + 1, values))
    merged = ((top + 1, left, end, right - 1) for top, end, left, right in sheet.merged_cells)
    return fill_merged(rows, bounded_areas(merged)), False


def _cell_text(book: Any, sheet: Any, row: int, column: int) -> str:
    """What a cell shows; "" where it is empty."""
    import xlrd

    value, kind = sheet.cell_value(row, column), sheet.cell_type(row, column)
    if kind != xlrd.XL_CELL_EMPTY and _is_struck_out(book, sheet.cell_xf_index(row, column)):
        return ""
    if kind == xlrd.XL_CELL_TEXT:
        runs = sheet.rich_text_runlist_map.get((row, column))
        return _rich_text(book, value, runs) if runs else str(value)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return format_value(bool(value))
    if kind == xlrd.XL_CELL_ERROR:
        return str(xlrd.error_text_from_code.get(value, "#N/A"))
    if kind not in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return ""
    style = _number_format(book, sheet.cell_xf_index(row, column))
    return format_value(_moment(value, style, book.datemode), style)


def _is_struck_out(book: Any, style: int) -> bool:
    try:
        return bool(book.font_list[book.xf_list[style].font_index].struck_out)
    except IndexError:  # a damaged list of styles
        return False


def _number_format(book: Any, style: int) -> str:
    try:
        return str(book.format_map[book.xf_list[style].format_key].format_str)
    except (KeyError, IndexError):  # a damaged list of styles
        return "General"


def _moment(value: float, style: str, epoch: int) -> Any:
    """A number as the date, time or duration that its format makes of it; else as it is."""
    from openpyxl.styles.numbers import is_date_format, is_timedelta_format
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    if not is_date_format(style):
        return value
    start = CALENDAR_MAC_1904 if epoch else CALENDAR_WINDOWS_1900
    try:
        return from_excel(value, start, timedelta=is_timedelta_format(style))
    except (OverflowError, ValueError):  # no day of any calendar
        return value


def _rich_text(book: Any, text: str, runs: list[tuple[int, int]]) -> str:
    """A text with runs of fonts: (first character, number of the font)."""
    starts = [start for start, _ in runs]
    pieces = [(text[: starts[0]], False, False)]
    for (start, number), end in zip(runs, [*starts[1:], len(text)], strict=True):
        font = book.font_list[number] if number < len(book.font_list) else None
        is_struck = bool(getattr(font, "struck_out", 0))
        pieces.append((text[start:end], is_struck, getattr(font, "escapement", 0) == 1))
    return rich_text(pieces)


def _comments(asset: Asset, sheet: Any, title: str) -> Iterator[Chunk]:
    for (row, column), note in sorted(sheet.cell_note_map.items()):
        words = str(note.text).strip()
        if words:
            cell = f"{sheet.name}!{column_letters(column)}{row + 1}"
            place = Span(cells=cell, node="comment")
            for chunk in placed_passages(asset, [(words, place)], place, title):
                yield chunk.with_(modality="table")
