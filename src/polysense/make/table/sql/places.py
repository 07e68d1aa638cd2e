"""Which rows and columns of a table took part in what a query gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from polysense.make.table.question.profile import TableProfile
from polysense.make.table.sql.run import Rows

_COMPLEX_ARGS = (
    "with_",
    "with",
    "joins",
    "laterals",
    "distinct",
    "qualify",
    "operations",
    "pivots",
)


@dataclass(frozen=True, slots=True)
class Places:
    """Rows by their numbers from 0, and columns. is_row_each: each line of the result is one of the
    rows, in their order. None are told where a query joins, nests or unites tables.
    """

    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    is_row_each: bool = False


def places(tree: Any, profile: TableProfile, run: Callable[[str], Rows]) -> Places:
    """The rows and columns of its one table that a query took: those that its conditions leave, of
    what is reckoned all that were reckoned with. `run` gives the rows of another query on it.
    """
    from sqlglot import exp

    if not _is_plain(tree):
        return Places()
    names = [n.lower() for n in profile.names]
    columns = {
        names.index(c.name.lower()) for c in tree.find_all(exp.Column) if c.name.lower() in names
    }
    if any(tree.find_all(exp.Star)) and not any(tree.find_all(exp.Count)):
        columns |= set(range(len(names)))
    is_reckoned = bool(tree.args.get("group")) or any(
        any(column.find_all(exp.AggFunc)) for column in tree.selects
    )
    query = tree.copy()
    row_number = exp.column("_row")
    if is_reckoned:
        for name in ("group", "having", "order", "limit", "offset"):
            query.set(name, None)
        query = query.select(row_number, append=False)
    else:
        query = query.select(row_number)
    lines = run(query.sql(dialect="duckdb")).lines
    rows = tuple(int(line[-1]) - 1 for line in lines)
    return Places(rows, tuple(sorted(columns)), not is_reckoned)


def _is_plain(tree: Any) -> bool:
    """Whether it is a SELECT from one table, nothing within it."""
    from sqlglot import exp

    return (
        isinstance(tree, exp.Select)
        and not any(tree.args.get(name) for name in _COMPLEX_ARGS)
        and len(list(tree.find_all(exp.Select))) == 1
        and len(list(tree.find_all(exp.Table))) == 1
        and not any(tree.find_all(exp.Window))
    )
