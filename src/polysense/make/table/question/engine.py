"""Runs queries on tables with DuckDB: in memory, without files or network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from polysense.errors import Lacking
from polysense.make.table.question.parse import Reading
from polysense.make.table.question.plans import Plan
from polysense.make.table.question.profile import Facts

_SAFE: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "memory_limit": "512MB",
    "threads": "1",
}


def sql(r: Reading, plan: Plan, table: str, before: str = "") -> str:
    """A plan as a query on the table of that name; `before` makes that table where it is a join."""
    select = [("_row", "_row"), *plan.select] if plan.rows else list(plan.select)
    said = [
        e if e == f'"{plain(alias)}"' or e == alias else f'{e} AS "{plain(alias)}"'
        for e, alias in select
    ]
    textual = set(range(len(r.names))) - set(r.measures)
    where = [
        c.sql(f'"{plain(r.names[c.column])}"', c.column in textual, bool(r.dates(c.column)))
        for c in plan.where
    ]
    where += [plan.extra] if plan.extra else []
    if r.totals and not set(r.rows(plan.where)) & r.totals:
        where.append(f"_row NOT IN ({', '.join(str(n + 1) for n in sorted(r.totals))})")
    parts = [*([before] if before else []), f"SELECT {', '.join(said)}", f'FROM "{plain(table)}"']
    parts += [f"WHERE {' AND '.join(where)}"] if where else []
    return "\n".join([*parts, *([plan.tail] if plan.tail else [])])


def run(tables: Mapping[str, Facts], query: str) -> list[tuple[Any, ...]]:
    """What a query gives. Columns of numbers are DOUBLE, of days DATE, all others VARCHAR; `_row`
    counts the rows from 1.

    Nothing where DuckDB cannot do it: what a question's words led to may make no sense.
    """
    try:
        import duckdb
    except ImportError as e:
        raise Lacking(
            "sums over tables need the package duckdb", "Install it: pip install duckdb"
        ) from e
    with duckdb.connect(":memory:", config=_SAFE) as connection:
        for n, (name, facts) in enumerate(tables.items()):
            connection.register(f"given_{n}", _arrow(facts))
            connection.execute(f'CREATE TABLE "{plain(name)}" AS SELECT * FROM given_{n}')
        try:
            return list(connection.execute(query).fetchall())
        except duckdb.Error:
            return []


def _arrow(facts: Facts) -> Any:
    import pyarrow as pa

    held: dict[str, Any] = {"_row": pa.array(range(1, len(facts.frame.rows) + 1), pa.int64())}
    for i, called in enumerate(facts.names):
        if i in facts.measures:
            held[called] = pa.array(facts.frame.numbers(i), pa.float64())
        elif days := facts.dates(i):
            held[called] = pa.array(days, pa.date32())
        else:
            held[called] = pa.array(
                [c.encode("utf-8", "replace").decode() or None for c in facts.frame.column(i)],
                pa.string(),
            )
    return pa.table(held)


def join(a: Facts, b: Facts, keys: tuple[int, int], called: Sequence[str], name: str) -> str:
    """The beginning of a query that joins two tables on a column of each, as the table `name`."""
    left, right = (f'"{plain(n)}"' for n in called)
    columns = [f'{left}."{plain(n)}"' for n in a.names]
    names = joined(a, b, keys[1])
    columns += [
        f'{right}."{plain(b.names[i])}" AS "{plain(n)}"'
        for i, n in zip(others(b, keys[1]), names[len(a.names) :], strict=True)
    ]
    on = f'{left}."{plain(a.names[keys[0]])}" = {right}."{plain(b.names[keys[1]])}"'
    order = f"row_number() OVER (ORDER BY {left}._row, {right}._row) AS _row"
    return f'WITH "{plain(name)}" AS (\n  SELECT {order}, {", ".join(columns)}\n  FROM {left} JOIN {right} ON {on}\n)'


def others(facts: Facts, key: int) -> list[int]:
    """The columns but one."""
    return [i for i in range(len(facts.names)) if i != key]


def joined(a: Facts, b: Facts, key: int) -> list[str]:
    """The names of the columns of two tables side by side, the second without its key."""
    from polysense.make.table.csv_part import distinct

    return distinct([*a.names, *(b.names[i] for i in others(b, key))])


def plain(said: str) -> str:
    """What may stand between double quotes in SQL."""
    return said.replace('"', '""')
