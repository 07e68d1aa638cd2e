"""Sums: what rows come to, worked out by DuckDB; compared with sums by hand, and its query run
again by itself.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest
from tests.make.table.test_table_rows import SALES, evidence, sales

from polysense.make.table.table_aggregate import TableAggregate
from polysense.types import Evidence, Part

ROWS = list(csv.DictReader(io.StringIO(SALES)))[:-1]


def money(cell: str) -> float:
    return float(cell.strip("$"))


def aggregate(words: str, *evidence_list: Evidence) -> Part | None:
    return next(TableAggregate().generate((Part("text", words),), evidence_list), None)


def read(part: Part | None) -> list[list[str]]:
    assert part is not None
    return list(csv.reader(io.StringIO(part.data.decode())))


def test_a_sum_leaves_the_total_out(tmp_path: Path) -> None:
    """The row that sums up others is not added to them; the cells added are named."""
    part = aggregate("total revenue", sales(tmp_path))
    assert read(part) == [["sum of Revenue ($)", "source", "place"], ["179", "sales.csv", "F2:F7"]]
    assert part is not None
    assert "sums up others was left out" in part.meta["note"]


def test_groups(tmp_path: Path) -> None:
    """One row a group, in the order of the table, each with its own cells."""
    by_region: defaultdict[str, float] = defaultdict(float)
    for row in ROWS:
        by_region[row["Region"]] += money(row["Revenue"])
    _, *rows = read(aggregate("total revenue per region", sales(tmp_path)))
    assert {r[0]: float(r[1]) for r in rows} == dict(by_region)
    assert rows[0][3] == "F2, F4, F6"


def test_months_come_from_days(tmp_path: Path) -> None:
    """January has two days with sales."""
    head, *rows = read(aggregate("revenue by month", sales(tmp_path)))
    assert head[:2] == ["month", "sum of Revenue ($)"]
    assert [r[:2] for r in rows] == [["2024-01", "51"], ["2024-02", "72.5"], ["2024-03", "55.5"]]
    assert read(aggregate("how many orders per region", sales(tmp_path)))[1][:2] == ["North", "3"]


def test_conditions(tmp_path: Path) -> None:
    """A cell, a month, a bound; the row says what it was kept to."""
    assert read(aggregate("total units sold in March", sales(tmp_path)))[1][:2] == ["month 3", "29"]
    assert read(aggregate("average units of tea", sales(tmp_path)))[1][:2] == ["Tea", "8.6667"]
    assert read(aggregate("number of rows with at least 10 units", sales(tmp_path)))[1][:2] == [
        ">= 10",
        "3",
    ]


def test_the_query_can_be_run_by_anybody(tmp_path: Path) -> None:
    """meta["sql"] on a table of that name gives the same value."""
    part = aggregate("average units by product", sales(tmp_path))
    assert part is not None
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE sales AS SELECT row_number() OVER () AS _row, * "
            f"FROM read_csv('{tmp_path}/sales.csv')"
        )
        results = connection.execute(part.meta["sql"]).fetchall()
    assert [f"{value:.12g}" for _, value in results] == part.meta["answer"]


def test_a_join(tmp_path: Path) -> None:
    """Revenue of one table by the manager that only the other names."""
    (tmp_path / "regions.csv").write_text(
        "Region,Manager\nNorth,Ines Okafor\nSouth,Liu Wei\nEast,Ines Okafor\n"
    )
    part = aggregate(
        "total revenue by manager", sales(tmp_path), evidence(tmp_path / "regions.csv", 2)
    )
    assert [r[:2] for r in read(part)[1:]] == [["Ines Okafor", "131.5"], ["Liu Wei", "47.5"]]
    assert part is not None
    assert "JOIN" in part.meta["sql"]


@pytest.mark.parametrize(
    "words",
    [
        "median revenue",
        "total revenue before the storm",
        "total revenue of biscuits",
        "what is the second highest revenue",
        "sum of region",
        "how many customers complained about tea",
        "revenue for 2023",
        "",
        "Tell me about tea",
    ],
)
def test_nothing_where_it_is_not_clear(tmp_path: Path, words: str) -> None:
    """A wrong sum is worse than none: one word too many that the table does not explain, and there
    is none.
    """
    assert aggregate(words, sales(tmp_path)) is None


def test_chinese(tmp_path: Path) -> None:
    """Words without spaces between them."""
    path = tmp_path / "账.csv"
    path.write_text("月份,部门,收入\n一月,厨房,10\n一月,客房,5\n二月,厨房,7\n", "utf-8")
    assert [r[:2] for r in read(aggregate("每个部门的收入总和", evidence(path)))[1:]] == [
        ["厨房", "17"],
        ["客房", "5"],
    ]


def test_a_cut_table_is_not_summed(tmp_path: Path) -> None:
    """What is not all there has no total."""
    path = tmp_path / "huge.csv"
    path.write_text("what,amount\n" + "".join(f"thing {n % 7},{n}\n" for n in range(20_000)))
    assert aggregate("total amount", evidence(path)) is None


def test_questions_that_nobody_here_wrote(data: Path) -> None:
    """WikiTableQuestions, every tenth: of sums, counts and averages that are given, at least eight
    of ten are right.
    """
    folder = data / "tables-wikitable"
    right = answers = 0
    for line in (folder / "questions.tsv").read_text("utf-8").splitlines()[1::10]:
        _, question, table, gold = line.split("\t")
        part = aggregate(question, evidence(folder / table))
        if part is not None:
            answers += 1
            right += part.meta["answer"] == [gold.replace(",", "")]
    assert answers >= 8
    assert right >= 0.8 * answers
