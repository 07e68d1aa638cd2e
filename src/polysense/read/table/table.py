"""Tables in files of their own: CSV and its kin, JSON lines, Parquet."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from polysense.errors import Encrypted, Unreadable
from polysense.protocols import Parser
from polysense.read.file.archive import local_file
from polysense.read.table import delimited
from polysense.read.table.rows import (
    Table,
    chunks_with_header,
    flatten,
    record_cells,
    tidy,
    title_of,
)
from polysense.types import Asset, Chunk, Link

_MOST_COLUMNS = 5000  # of JSON lines, whose every line may name new ones; judged, not measured
_MOST_NAMED_LINES = 10  # broken lines that an error names


class TableParser(Parser):
    """CSV, TSV, JSON lines and Parquet: blocks of rows, then what the columns hold.

    Reads at most `cells` cells.
    """

    accepts: ClassVar[frozenset[str]] = frozenset(
        {
            "text/csv",
            "text/tab-separated-values",
            "application/x-ndjson",
            "application/vnd.apache.parquet",
        }
    )

    def __init__(self, *, cells: int = 2_000_000) -> None:
        self.cells = cells

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Streams: the file is never whole in memory."""
        table = Table(asset, title_of(asset), limit=self.cells)
        if asset.mime == "application/vnd.apache.parquet":
            return _parquet(asset, table)
        return _ndjson(asset, table) if asset.mime == "application/x-ndjson" else _csv(asset, table)


def _csv(asset: Asset, table: Table) -> Iterator[Chunk | Link]:
    records = delimited.read(local_file(asset), tabs=asset.mime == "text/tab-separated-values")
    rows = ((n, tidy(cells)) for n, (_, cells) in enumerate(records, 1))
    yield from chunks_with_header(table, ((n, r) for n, r in rows if any(r)))


def _align(table: Table, value: Any) -> list[str]:
    """The value's cells under the table's columns; a name not seen before becomes a column."""
    cells = record_cells(value)
    columns = set(table.names)
    table.names.extend(
        name for name in cells if name not in columns and len(table.names) < _MOST_COLUMNS
    )
    return tidy([cells.get(name, "") for name in table.names])


def _ndjson(asset: Asset, table: Table) -> Iterator[Chunk | Link]:
    table.by_line, bad_lines = True, []

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        for n, line in enumerate(delimited.lines(local_file(asset)), 1):
            if not line.strip():
                continue
            try:
                cells = _align(table, json.loads(line))
            except (ValueError, RecursionError):
                bad_lines.append(n)
                continue
            yield n, cells

    yield from table.chunks(rows())
    if bad_lines:
        numbers = ", ".join(map(str, bad_lines[:_MOST_NAMED_LINES]))
        numbers += ", ..." if len(bad_lines) > _MOST_NAMED_LINES else ""
        raise Unreadable(
            f"{asset.name}: {len(bad_lines)} lines are no JSON: {numbers}",
            "Correct these lines, then run `polysense index` on it.",
        )


def _parquet(asset: Asset, table: Table) -> Iterator[Chunk | Link]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        n = 1
        for batch in file.iter_batches(batch_size=256):
            # short floats as they were written: 0.1, not 0.100000001
            columns = [c.cast(pa.string()) if c.type == pa.float32() else c for c in batch.columns]
            for row in zip(*(column.to_pylist() for column in columns), strict=True):
                n += 1
                yield (
                    n,
                    tidy(
                        [
                            ", ".join(text for _, text in flatten(_dates_as_text(cell)))
                            for cell in row
                        ]
                    ),
                )

    try:
        file = pq.ParquetFile(local_file(asset), memory_map=True)
        table.names, table.head = list(file.schema_arrow.names), (1, 1)
        yield from table.chunks(rows())
    except (pa.ArrowException, OSError, OverflowError, ValueError) as e:
        if "encrypt" in str(e).lower() or "decrypt" in str(e).lower():
            raise Encrypted(f"{asset.name} is encrypted") from e
        raise Unreadable(
            f"{asset.name} is no readable Parquet file: {str(e).splitlines()[0]}"
        ) from e


def _dates_as_text(value: Any) -> Any:
    """A value with the dates and decimals in it as words, which JSON does not have."""
    if isinstance(value, dict):
        return {key: _dates_as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_dates_as_text(inner) for inner in value]
    if isinstance(value, (dt.date, dt.time, dt.timedelta, Decimal)):
        return str(value).removesuffix(" 00:00:00")
    return value
