"""Queries as DuckDB runs them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from polysense.make.table.question.engine import join_sql, query_sql, run
from polysense.make.table.question.parse import ParsedQuestion
from polysense.make.table.question.plans import plan
from polysense.make.table.question.profile import TableProfile
from polysense.read.table.frame import Frame

SALES = Frame(
    ("Day", 'Na"me', "Sum"),
    (("2024-01-05", "Ann", "1.5"), ("2024-02-05", "", "2"), ("2024-03-05", "Total", "3.5")),
)


def test_columns_have_their_types() -> None:
    """Numbers, days, words; an empty cell is NULL; rows count from 1."""
    rows = run({"t": TableProfile(SALES)}, 'SELECT * FROM "t" ORDER BY _row')
    assert rows[0] == (1, dt.date(2024, 1, 5), "Ann", 1.5)
    assert rows[1] == (2, dt.date(2024, 2, 5), None, 2.0)


def test_a_query_leaves_totals_out() -> None:
    """And quotes names; its result is the sum of the others."""
    question = ParsedQuestion(SALES, "total sum")
    sum_plan = plan(question)
    assert sum_plan is not None
    query = query_sql(question, sum_plan, 'a "table"')
    assert "_row NOT IN (3)" in query
    assert run({'a "table"': question}, query) == [(3.5,)]


def test_two_tables_as_one() -> None:
    """On a column of each, which comes once; a name that both have is told apart."""
    people = TableProfile(Frame(("Name", "Sum"), (("Ann", "1"), ("Bob", "2"), ("Ann", "3"))))
    towns = TableProfile(Frame(("Name", "Sum"), (("Ann", "9"), ("Bob", "8"))))
    query = join_sql(people, towns, (0, 0), ("people", "towns"), "both") + '\nSELECT * FROM "both"'
    assert run({"people": people, "towns": towns}, query) == [
        (1, "Ann", 1.0, 9.0),
        (2, "Bob", 2.0, 8.0),
        (3, "Ann", 3.0, 9.0),
    ]


def test_queries_reach_no_files(tmp_path: Path) -> None:
    """What cannot be run gives nothing."""
    (tmp_path / "a.csv").write_text("a\n1\n")
    tables = {"t": TableProfile(SALES)}
    assert run(tables, f"SELECT * FROM read_csv('{tmp_path}/a.csv')") == []
    assert run(tables, "SELECT nothing FROM nowhere") == []
