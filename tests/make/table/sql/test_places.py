"""Which rows and columns took part in a query."""

from __future__ import annotations

from functools import partial

import pytest

from polysense.make.table.question.tables import TableSource
from polysense.make.table.sql.check import check_sql, table_profiles
from polysense.make.table.sql.places import Places, places
from polysense.make.table.sql.run import run

WORDS = "boats of 1926"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT Boat FROM boats WHERE Built = 1926", Places((1, 2), (0, 3), True)),
        (
            'SELECT Boat FROM boats WHERE Built >= 1926 ORDER BY "Length (m)" DESC LIMIT 1',
            Places((3,), (0, 2, 3), True),
        ),
        ('SELECT avg("Length (m)") FROM boats WHERE Built = 1926', Places((1, 2), (2, 3))),
        ("SELECT count(*) FROM boats WHERE Built <> 1926", Places((0, 3), (3,))),
        ("SELECT * FROM boats WHERE Built > 1926", Places((3,), (0, 1, 2, 3), True)),
        (
            "SELECT Yard, count(*) FROM boats WHERE Built <= 1926 GROUP BY Yard "
            "HAVING count(*) > 1 ORDER BY 2 DESC LIMIT 1",
            Places((0, 1, 2), (1, 3)),
        ),
        ("SELECT DISTINCT Yard FROM boats WHERE Built = 1926", Places()),
        (
            "SELECT Boat FROM boats WHERE Built = (SELECT min(Built) FROM boats "
            "WHERE Built >= 1926)",
            Places(),
        ),
        ("WITH b AS (SELECT * FROM boats WHERE Built = 1926) SELECT Boat FROM b", Places()),
    ],
)
def test_rows_and_columns(boats: dict[str, TableSource], sql: str, expected: Places) -> None:
    """Of what is reckoned those with which it was; of nested queries nothing is told."""
    profiles = table_profiles(boats)
    tree = check_sql(sql, boats, WORDS)
    assert places(tree, profiles["boats"], partial(run, profiles)) == expected
