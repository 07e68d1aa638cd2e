"""Runs a query that somebody else wrote: in memory, without files, within bounds."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from polysense.make.table.question import engine
from polysense.make.table.question.profile import TableProfile
from polysense.make.table.sql.check import BadSql

SECONDS, MAX_ROWS = 5.0, 1_000
"""Of the clock that a query may take, and rows that are taken of it; judged: a table that is asked
has 400,000 cells at most, and a sum of them takes milliseconds.
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a query gives: the names of its columns, and its rows."""

    columns: tuple[str, ...]
    lines: tuple[tuple[Any, ...], ...]


def run(tables: Mapping[str, TableProfile], sql: str) -> Rows:
    """The rows of a query on these tables, MAX_ROWS at most.

    Raises BadSql where DuckDB refuses it, or it takes too much time or memory.
    """
    with engine.connect(tables, as_written=False) as connection:
        import duckdb

        timer = threading.Timer(SECONDS, connection.interrupt)
        timer.start()
        try:
            result = connection.execute(sql)
            columns = tuple(str(d[0]) for d in result.description)
            return Rows(columns, tuple(result.fetchmany(MAX_ROWS)))
        except duckdb.InterruptException as e:
            raise BadSql(f"it takes more than {SECONDS:g} seconds") from e
        except duckdb.Error as e:
            raise BadSql(" ".join(str(e).splitlines()[0].split())) from e
        finally:
            timer.cancel()
