"""Runs queries on tables with DuckDB: in memory, without files or network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from polysense.errors import MissingDependency
from polysense.make.table.csv_part import distinct_names
from polysense.make.table.question.normalise import YEAR
from polysense.make.table.question.plan import Plan
from polysense.make.table.question.profile import TableProfile

_SAFE: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "512MB",
    "threads": "1",
}


def query_sql(question: TableProfile, plan: Plan, table: str, join: str = "") -> str:
    """A plan as a query on the table of that name; `join` makes that table if it is a join."""
    select = [("_row", "_row"), *plan.select] if plan.rows else list(plan.select)
    expressions = [
        e if e == f'"{escape_name(alias)}"' or e == alias else f'{e} AS "{escape_name(alias)}"'
        for e, alias in select
    ]
    textual = set(range(len(question.names))) - set(question.measures)
    where = [
        c.sql(
            f'"{escape_name(question.names[c.column])}"',
            c.column in textual,
            bool(question.days(c.column)),
            question.has_decimal_comma(c.column),
        )
        for c in plan.where
    ]
    where += [plan.extra] if plan.extra else []
    if question.total_rows and not set(question.rows(plan.where)) & question.total_rows:
        where.append(f"_row NOT IN ({', '.join(str(n + 1) for n in sorted(question.total_rows))})")
    parts = [
        *([join] if join else []),
        f"SELECT {', '.join(expressions)}",
        f'FROM "{escape_name(table)}"',
    ]
    parts += [f"WHERE {' AND '.join(where)}"] if where else []
    return "\n".join([*parts, *([plan.tail] if plan.tail else [])])


def run(tables: Mapping[str, TableProfile], query: str) -> list[tuple[Any, ...]]:
    """The rows that a query gives.

    Nothing where DuckDB cannot do it: what a question's words led to may make no sense.
    """
    with connect(tables) as connection:
        import duckdb

        try:
            return list(connection.execute(query).fetchall())
        except duckdb.Error:
            return []


@contextmanager
def connect(tables: Mapping[str, TableProfile], as_written: bool = True) -> Iterator[Any]:
    """A database in memory that holds these tables, and reaches no file, extension or setting.

    Columns of numbers are DOUBLE, of days DATE, all others VARCHAR; `_row` counts rows from 1. Not
    as_written, for who writes queries without having seen every cell: rows that sum up others are
    left out, and columns of years are BIGINT.
    """
    try:
        import duckdb
    except ImportError as e:
        raise MissingDependency(
            "sums over tables need the package duckdb", "Install it: pip install duckdb"
        ) from e
    with duckdb.connect(":memory:", config=_SAFE) as connection:
        for n, (name, profile) in enumerate(tables.items()):
            left_out = () if as_written else sorted(profile.total_rows)
            rows = f" WHERE _row NOT IN {tuple(r + 1 for r in (*left_out, -2))}" if left_out else ""
            connection.register(f"arrow_{n}", _arrow_table(profile, as_written))
            source = f"SELECT * FROM arrow_{n}{rows}"
            connection.execute(f'CREATE TABLE "{escape_name(name)}" AS {source}')
            connection.unregister(f"arrow_{n}")
        connection.execute("SET lock_configuration = true")
        yield connection


def _arrow_table(profile: TableProfile, as_written: bool) -> Any:
    import pyarrow as pa

    arrays: dict[str, Any] = {"_row": pa.array(range(1, len(profile.frame.rows) + 1), pa.int64())}
    for i, name in enumerate(profile.names):
        column = profile.frame.column(i)
        if i in profile.measures:
            arrays[name] = pa.array(profile.frame.numbers(i), pa.float64())
        elif days := profile.days(i):
            arrays[name] = pa.array(days, pa.date32())
        elif not as_written and has_years(profile, i):
            arrays[name] = pa.array([int(c) if c else None for c in column], pa.int64())
        else:
            arrays[name] = pa.array(
                [c.encode("utf-8", "replace").decode() or None for c in column],
                pa.string(),
            )
    return pa.table(arrays)


def has_years(profile: TableProfile, column: int) -> bool:
    """Whether all cells of a column are years, or empty."""
    cells = [c for c in profile.frame.column(column) if c]
    return bool(cells) and all(YEAR.fullmatch(c) for c in cells)


def join_sql(
    a: TableProfile, b: TableProfile, keys: tuple[int, int], table_names: Sequence[str], name: str
) -> str:
    """The beginning of a query that joins two tables on a column of each, as the table `name`."""
    left, right = (f'"{escape_name(n)}"' for n in table_names)
    columns = [f'{left}."{escape_name(n)}"' for n in a.names]
    names = join_columns(a, b, keys[1])
    columns += [
        f'{right}."{escape_name(b.names[i])}" AS "{escape_name(n)}"'
        for i, n in zip(columns_without(b, keys[1]), names[len(a.names) :], strict=True)
    ]
    on = f'{left}."{escape_name(a.names[keys[0]])}" = {right}."{escape_name(b.names[keys[1]])}"'
    order = f"row_number() OVER (ORDER BY {left}._row, {right}._row) AS _row"
    select = f"SELECT {order}, {', '.join(columns)}\n  FROM {left} JOIN {right} ON {on}"
    return f'WITH "{escape_name(name)}" AS (\n  {select}\n)'


def columns_without(profile: TableProfile, key: int) -> list[int]:
    """The columns but one."""
    return [i for i in range(len(profile.names)) if i != key]


def join_columns(a: TableProfile, b: TableProfile, key: int) -> list[str]:
    """The names of the columns of two tables side by side, the second without its key."""
    return distinct_names([*a.names, *(b.names[i] for i in columns_without(b, key))])


def escape_name(name: str) -> str:
    """What may stand between double quotes in SQL."""
    return name.replace('"', '""')
