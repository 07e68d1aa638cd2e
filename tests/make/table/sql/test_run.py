"""The second and third walls: what a query cannot do though it was not checked."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from polysense.make.table.question.tables import TableSource
from polysense.make.table.sql import run as runner
from polysense.make.table.sql.check import BadSql, table_profiles
from polysense.make.table.sql.run import MAX_ROWS, run


def test_rows_without_those_that_sum_up(boats: dict[str, TableSource]) -> None:
    """A model that adds a column must not add its total as well."""
    rows = run(table_profiles(boats), 'SELECT sum("Length (m)") AS length FROM boats')
    assert (rows.columns, rows.lines) == (("length",), ((42.5,),))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM glob('{folder}/*')",
        "COPY boats TO '{folder}/out.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "ATTACH '{folder}/out.db'",
        "ATTACH '{folder}/out.db' AS other (READ_ONLY)",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET memory_limit = '100GB'",
        "RESET memory_limit",
        "PRAGMA memory_limit = '100GB'",
        "SELECT * FROM 'https://127.0.0.1:9/x.csv'",
        "SELECT * FROM arrow_0",
        "SELECT * FROM profile",
    ],
)
def test_it_reaches_nothing_outside(
    boats: dict[str, TableSource], tmp_path: Path, sql: str
) -> None:
    """No file is read or written, no setting changed, no variable of Python seen."""
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n", "utf-8")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BadSql):
        run(table_profiles(boats), sql.format(file=tmp_path / "secret.csv", folder=tmp_path))
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r",
        "SELECT count(*) FROM range(1000000) a, range(1000000) b",
        "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b",
    ],
)
def test_it_ends(boats: dict[str, TableSource], monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    """One that goes on and on is stopped."""
    monkeypatch.setattr(runner, "SECONDS", 0.5)
    start = time.monotonic()
    with pytest.raises(BadSql, match=r"more than 0\.5 seconds|[Mm]emory"):
        run(table_profiles(boats), sql)
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT list(a.range) FROM range(1000000000) a",
        "SELECT string_agg(repeat('a', 1000000), '') FROM range(10000)",
    ],
)
def test_its_memory_is_bounded(boats: dict[str, TableSource], sql: str) -> None:
    """512 MB, and nothing is put on disk instead."""
    with pytest.raises(BadSql):
        run(table_profiles(boats), sql)


def test_its_rows_are_bounded(boats: dict[str, TableSource]) -> None:
    rows = run(table_profiles(boats), "SELECT * FROM range(100000)")
    assert len(rows.lines) == MAX_ROWS


def test_nonsense_is_told(boats: dict[str, TableSource]) -> None:
    """In DuckDB's words, on one line: the model reads it and tries again."""
    with pytest.raises(BadSql, match="Mast") as raises:
        run(table_profiles(boats), "SELECT Mast FROM boats")
    assert "\n" not in str(raises.value)
