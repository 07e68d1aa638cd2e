"""Tables in files of their own: CSV and its kin, JSON lines, Parquet."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from polysense.errors import Encrypted, Unreadable
from polysense.protocols import Parser
from polysense.read.file.archive import here
from polysense.read.table import delimited
from polysense.read.table.rows import Table, flat, tidy, title_of, with_header
from polysense.types import Asset, Chunk, Link


class TableParser(Parser):
    """CSV, TSV, JSON lines and Parquet: blocks of rows, then what the columns hold. Reads at most
    `cells` cells.
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
    found = delimited.read(here(asset), tabs=asset.mime == "text/tab-separated-values")
    rows = ((n, tidy(cells)) for n, (_, cells) in enumerate(found, 1))
    yield from with_header(table, ((n, r) for n, r in rows if any(r)))


def _align(table: Table, value: Any) -> list[str]:
    """The value's cells under the table's columns; a name not seen before becomes a column."""
    named = (
        value
        if isinstance(value, dict)
        else dict(enumerate(value))
        if isinstance(value, list)
        else {"": value}
    )
    said = dict(flat(named))
    known = set(table.names)
    table.names.extend(name for name in said if name not in known and len(table.names) < 5000)
    return tidy([said.get(name, "") for name in table.names])


def _ndjson(asset: Asset, table: Table) -> Iterator[Chunk | Link]:
    table.by_line, broken = True, []

    def rows() -> Iterator[tuple[int, Sequence[str]]]:
        for n, line in enumerate(delimited.lines(here(asset)), 1):
            if not line.strip():
                continue
            try:
                cells = _align(table, json.loads(line))
            except (ValueError, RecursionError):
                broken.append(n)
                continue
            yield n, cells

    yield from table.chunks(rows())
    if broken:
        said = ", ".join(map(str, broken[:10])) + (", ..." if len(broken) > 10 else "")
        raise Unreadable(
            f"{asset.name}: {len(broken)} lines are no JSON: {said}",
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
                yield n, tidy([", ".join(said for _, said in flat(_dated(cell))) for cell in row])

    try:
        file = pq.ParquetFile(here(asset), memory_map=True)
        table.names, table.head = list(file.schema_arrow.names), (1, 1)
        yield from table.chunks(rows())
    except (pa.ArrowException, OSError, OverflowError, ValueError) as e:
        if "encrypt" in str(e).lower() or "decrypt" in str(e).lower():
            raise Encrypted(f"{asset.name} is encrypted") from e
        raise Unreadable(
            f"{asset.name} is no readable Parquet file: {str(e).splitlines()[0]}"
        ) from e


def _dated(value: Any) -> Any:
    """A value with the dates and decimals in it as words, which JSON does not have."""
    if isinstance(value, dict):
        return {key: _dated(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_dated(inner) for inner in value]
    if isinstance(value, (dt.date, dt.time, dt.timedelta, Decimal)):
        return str(value).removesuffix(" 00:00:00")
    return value
