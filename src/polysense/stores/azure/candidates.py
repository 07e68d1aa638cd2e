"""Conditions that OData cannot say, over rows that were read: SQLite evaluates them, with SQL's
truths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from polysense.columns import FILTER_COLUMNS
from polysense.stores.sqlite_rows import SqliteRows

_NAMES = ", ".join(f'"{c}"' for c in FILTER_COLUMNS)
_PLACES = ", ".join("?" * len(FILTER_COLUMNS))


class Candidates(SqliteRows):
    """Rows that are looked at once, some at a time, in memory.

    >>> Candidates().fulfilling([], "page > 1")
    set()
    """

    def __init__(self) -> None:
        super().__init__(None)

    def fulfilling(self, rows: Sequence[Mapping[str, Any]], where: str) -> set[str]:
        """Ids of those of these rows, with their filter columns, that a condition holds for.

        Raises BadFilter for what SQLite does not take.
        """
        with self._writing() as db:
            db.execute("DELETE FROM chunks")
            db.executemany(
                f"INSERT INTO chunks ({_NAMES}) VALUES ({_PLACES})",
                [[r[c] for c in FILTER_COLUMNS] for r in rows],
            )
        return {r["id"] for r in self._rows(f"SELECT id FROM chunks WHERE {where}", (), where)}
