"""Workbooks: the tables on each sheet of an .xlsx, as a person sees them, and cells' comments."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.file.archive import local_file, open_zip
from polysense.read.file.chunk_meta import with_meta
from polysense.read.file.placed_passages import placed_passages
from polysense.read.file.strict_office import open_office_file
from polysense.read.table.workbook.beside_cells import words_beside_cells
from polysense.read.table.workbook.hidden import find_hidden_cells
from polysense.read.table.workbook.sheet import open_workbook, read_rows
from polysense.read.table.workbook.sheet_chunks import sheet_chunks, sheet_title
from polysense.types import Asset, Chunk, Link


class WorkbookParser(Parser):
    """Excel workbooks: every table of every sheet, formulas as their stored values.

    Reads at most `cells` cells.
    """

    accepts: ClassVar[frozenset[str]] = frozenset(
        {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    )

    def __init__(self, *, cells: int = 1_000_000) -> None:
        self.cells = cells

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Sheet by sheet; raises Unreadable at the end that names the sheets that were not read."""
        path, cells_left, failures = local_file(asset), self.cells, []
        open_zip(path).close()  # no bomb, no password
        with (
            open_office_file(path) as file,
            closing(open_workbook(asset.name, file)) as book,
        ):
            for sheet in book.worksheets:
                try:
                    rows, cut = read_rows(path, sheet, cells_left)
                    hidden_cells = find_hidden_cells(path, sheet)
                except Exception as e:  # noqa: BLE001 - broken XML leads openpyxl to any error
                    failures.append(f"{sheet.title}: {type(e).__name__} {e}")
                    continue
                meta = {} if sheet.sheet_state == "visible" else {"hidden": "sheet"}
                cells_left -= sum(len(r) for _, r in rows)
                title = sheet_title(asset, sheet.title, is_hidden=bool(meta))
                yield from with_meta(
                    sheet_chunks(asset, title, sheet.title, rows, hidden_cells), meta
                )
                try:
                    yield from with_meta(_parts_beside(asset, path, sheet, title), meta)
                except Exception as e:  # noqa: BLE001 - broken comments and drawings cost only themselves
                    failures.append(f"beside the cells of {sheet.title}: {type(e).__name__} {e}")
                if cut:
                    limit = f"only the first {self.cells:,} cells of the workbook were read"
                    failures.append(f"{sheet.title}: {limit}")
                    break
        if failures:
            raise Unreadable(f"{asset.name}: {'; '.join(failures)}")


def _parts_beside(asset: Asset, path: Path, sheet: Any, title: str) -> Iterator[Chunk]:
    """What lies on a sheet beside its cells: comments, text boxes, titles of charts."""
    for words, place in words_beside_cells(path, sheet):
        for chunk in placed_passages(asset, [(words, place)], place, title):
            yield chunk.with_(modality="table")
