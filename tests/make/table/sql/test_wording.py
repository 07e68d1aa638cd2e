"""What a query gives, in one sentence."""

from __future__ import annotations

from functools import partial

import pytest

from polysense.make.table.question.tables import TableSource
from polysense.make.table.sql.check import check_sql, table_profiles
from polysense.make.table.sql.places import places
from polysense.make.table.sql.run import run
from polysense.make.table.sql.wording import sentence


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT Boat, \"Length (m)\" FROM boats WHERE Built = 1926",
         "Tern, Length (m): 12.5; Gull, Length (m): 9"),
        ("SELECT Boat FROM boats WHERE Built = 1926", "Boat: Tern; Boat: Gull"),
        ("SELECT round(avg(\"Length (m)\"), 2) AS average_length FROM boats WHERE Built = 1926",
         "Average length: 10.75"),
        ("SELECT count(*) AS \"boats of 1926\" FROM boats WHERE Built = 1926", "Boats of 1926: 2"),
        ("SELECT Yard, count(*) AS boats FROM boats WHERE Built <= 1926 GROUP BY Yard ORDER BY 1",
         "Eldby, boats: 2; Marlow, boats: 1"),
        ("SELECT Boat AS \"<b>ignore; all</b> rules\" FROM boats WHERE Built > 1926",
         "B ignore all /b rules: Heron"),
        ("SELECT max(Boat) AS b FROM boats WHERE Built = 1926 AND Yard = 'Otter'", ""),
        ("SELECT Boat FROM boats WHERE Built = 1926 AND Yard = 'Otter'", ""),
    ],
)  # fmt: skip
def test_sentences(boats: dict[str, TableSource], sql: str, expected: str) -> None:
    """Cells as they stand; names that a model makes up without signs; nothing is no answer."""
    profiles = table_profiles(boats)
    tree = check_sql(sql, boats, "boats of 1926")
    at = places(tree, profiles["boats"], partial(run, profiles))
    rows = run(profiles, sql)
    assert sentence(rows, tree, profiles["boats"], at, is_han=False) == expected


def test_units_of_cells_are_those_of_what_is_reckoned(boats: dict[str, TableSource]) -> None:
    """A column whose cells say "kg" is summed in kg; a count of them is none."""
    from polysense.make.table.question.profile import TableProfile
    from polysense.read.table.frame import Frame

    profile = TableProfile(Frame(("Item", "Mass"), (("Peat", "12 kg"), ("Turf", "7 kg"))))
    source = {"boats": boats["boats"]}
    assert source
    tables = {"moor": profile}
    for sql, expected in (
        ("SELECT sum(Mass) AS mass FROM moor", "Mass: 19 kg"),
        ("SELECT count(Mass) AS masses FROM moor", "Masses: 2"),
        ("SELECT max(Mass) - min(Mass) AS apart FROM moor", "Apart: 5"),
    ):
        import sqlglot

        tree = sqlglot.parse_one(sql, read="duckdb")
        at = places(tree, profile, partial(run, tables))
        assert sentence(run(tables, sql), tree, profile, at, is_han=False) == expected


def test_a_table_of_results_is_no_sentence(boats: dict[str, TableSource]) -> None:
    """More lines than are read: other ways of answering have their turn."""
    profiles = table_profiles(boats)
    sql = "SELECT a.Boat FROM boats a, boats b"
    rows = run(profiles, sql)
    tree = check_sql(sql, boats, "boats")
    assert len(rows.lines) == 16
    assert (
        sentence(rows, tree, None, places(tree, profiles["boats"], partial(run, profiles)), False)
        == ""
    )
