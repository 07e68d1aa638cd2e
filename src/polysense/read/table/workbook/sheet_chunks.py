"""The tables of a sheet, whatever its file, as chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.read.table.rows import HiddenCells, Table, chunks_with_header, title_of
from polysense.read.table.workbook.sheet import Row, regions
from polysense.types import Asset, Chunk, Link

_LEAST_LIST = 4  # rows from which one column of words is a table, not notes; judged, not measured
_LONGEST_HEADING = 200
_ALL_SHOWN = HiddenCells()


def sheet_title(asset: Asset, name: str, *, is_hidden: bool = False) -> str:
    """Of the workbook and of the sheet; of one that is hidden that it is."""
    return f"{title_of(asset)} > {name}{' (hidden sheet)' if is_hidden else ''}"


def sheet_chunks(
    asset: Asset,
    title: str,
    name: str,
    rows: Sequence[Row],
    hidden_cells: HiddenCells = _ALL_SHOWN,
) -> Iterator[Chunk | Link]:
    """The tables of the sheet called `name`; one without header goes on with the one above.

    Words that stand alone become the title of what follows them. What is hidden is told to be.
    """
    heading, above = "", Table(asset, title)
    for left, region in regions(rows):
        table = Table(asset, f"{title} > {heading}" if heading else title, left=left, sheet=name)
        table.hidden_cells = hidden_cells
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
