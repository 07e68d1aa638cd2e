"""Workbooks: the tables on each sheet of an .xlsx, as a person sees them, and cells' comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.file.archive import local_file, open_zip
from polysense.read.file.chunk_meta import with_meta
from polysense.read.file.placed_passages import placed_passages
from polysense.read.table.rows import Table, chunks_with_header, title_of
from polysense.read.table.workbook.beside_cells import words_beside_cells
from polysense.read.table.workbook.sheet import Row, open_workbook, read_rows, regions
from polysense.types import Asset, Chunk, Link

_LEAST_LIST = 4  # rows from which one column of words is a table, not notes; judged, not measured
_LONGEST_HEADING = 200


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
        with path.open("rb") as file, closing(open_workbook(asset.name, file)) as book:
            for sheet in book.worksheets:
                try:
                    rows, cut = read_rows(path, sheet, cells_left)
                except Exception as e:  # noqa: BLE001 - broken XML leads openpyxl to any error
                    failures.append(f"{sheet.title}: {type(e).__name__} {e}")
                    continue
                meta = {} if sheet.sheet_state == "visible" else {"hidden": "sheet"}
                cells_left -= sum(len(r) for _, r in rows)
                yield from with_meta(_sheet_chunks(asset, sheet, rows), meta)
                try:
                    yield from with_meta(_parts_beside(asset, path, sheet), meta)
                except Exception as e:  # noqa: BLE001 - broken comments and drawings cost only themselves
                    failures.append(f"beside the cells of {sheet.title}: {type(e).__name__} {e}")
                if cut:
                    limit = f"only the first {self.cells:,} cells of the workbook were read"
                    failures.append(f"{sheet.title}: {limit}")
                    break
        if failures:
            raise Unreadable(f"{asset.name}: {'; '.join(failures)}")


def _parts_beside(asset: Asset, path: Path, sheet: Any) -> Iterator[Chunk]:
    """What lies on a sheet beside its cells: comments, text boxes, titles of charts."""
    for words, place in words_beside_cells(path, sheet):
        for chunk in placed_passages(asset, [(words, place)], place, _title(asset, sheet)):
            yield chunk.with_(modality="table")


def _title(asset: Asset, sheet: Any) -> str:
    """Of the workbook and of the sheet; of one that is hidden that it is."""
    hidden = "" if sheet.sheet_state == "visible" else " (hidden sheet)"
    return f"{title_of(asset)} > {sheet.title}{hidden}"


def _sheet_chunks(asset: Asset, sheet: Any, rows: Sequence[Row]) -> Iterator[Chunk | Link]:
    """The tables of a sheet; one without header goes on with the one above.

    Words that stand alone become the title of what follows them.
    """
    title, name = _title(asset, sheet), sheet.title
    heading, above = "", Table(asset, title)
    for left, region in regions(rows):
        table = Table(asset, f"{title} > {heading}" if heading else title, left=left, sheet=name)
        if len(region) == 1 or (len(region[0][1]) == 1 and len(region) < _LEAST_LIST):
            table.schema = False
            yield from table.chunks(
                (n, [c if not i or c != r[i - 1] else "" for i, c in enumerate(r)])
                for n, r in region
            )
            words = dict.fromkeys(c for _, r in region for c in r if c)
            heading = " ".join(words)[:_LONGEST_HEADING] if len(words) < 3 else ""
            continue
        if above.left == left and len(above.names) == len(region[0][1]):
            table.names = above.names
        yield from chunks_with_header(table, region)
        heading, above = "", table
