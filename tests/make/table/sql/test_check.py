"""What a model may write as a query, and what not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.make.table.sql.conftest import sources

from polysense.make.table.question.tables import TableSource
from polysense.make.table.sql.check import BadSql, check_sql, tables_of

WORDS = "Which boats of 1926 are longer than 10 m?"


@pytest.mark.parametrize(
    "sql",
    [
        """SELECT "Boat", "Length (m)" FROM boats WHERE "Length (m)" > 10 AND "Built" = 1926""",
        """SELECT Boat FROM boats WHERE Built = 1926 AND "Length (m)" > 10 ORDER BY 1 LIMIT 5""",
        """select count(*) as n from "boats" where year(try_cast(Built as date)) = 1926
           and "Length (m)" > 10""",
        """SELECT round(100 * sum("Length (m)") FILTER (WHERE Yard = 'Eldby') / sum("Length (m)"), 1)
           AS share FROM boats WHERE Built = 1926 AND "Length (m)" > 10""",
        """WITH long AS (SELECT * FROM boats WHERE "Length (m)" > 10)
           SELECT Boat FROM long WHERE Built = 1926""",
        """SELECT Boat FROM boats WHERE Yard ILIKE '%eld%' AND Built = 1926 AND "Length (m)" > 10;""",
        """SELECT Boat FROM boats WHERE "Length (m)" > (SELECT avg("Length (m)") FROM boats)
           AND Built = 1926 AND "Length (m)" > 10 UNION SELECT Boat FROM boats WHERE Built = 1926""",
    ],
)
def test_what_asks_the_table_passes(boats: dict[str, TableSource], sql: str) -> None:
    assert tables_of(check_sql(sql, boats, WORDS), boats) == ("boats",)


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("DROP TABLE boats", "no SELECT"),
        ("SELECT Boat FROM boats; DROP TABLE boats", "not one statement"),
        ("INSERT INTO boats VALUES ('a', 'b', 1, 1)", "no SELECT"),
        ("UPDATE boats SET Boat = 'a'", "no SELECT"),
        ("DELETE FROM boats", "no SELECT"),
        ("CREATE TABLE x AS SELECT * FROM boats", "no SELECT"),
        ("COPY boats TO '/tmp/x.csv'", "no SELECT"),
        ("COPY (SELECT * FROM boats) TO '/tmp/x.csv'", "no SELECT"),
        ("EXPORT DATABASE '/tmp/x'", "no SELECT|no SQL"),
        ("ATTACH '/tmp/x.db'", "no SELECT"),
        ("INSTALL httpfs", "no SELECT"),
        ("LOAD httpfs", "no SELECT"),
        ("PRAGMA database_list", "no SELECT"),
        ("SET memory_limit = '100GB'", "no SELECT"),
        ("CALL pragma_version()", "no SELECT|no SQL"),
        ("SHOW TABLES", "no SELECT"),
        ("DESCRIBE boats", "no SELECT"),
        ("SUMMARIZE boats", "no SELECT"),
        ("EXPLAIN SELECT Boat FROM boats", "no SELECT"),
        ("VALUES (1)", "no SELECT"),
        ("Sorry, I cannot.", "no SELECT|no SQL"),
        ("SELECT * FROM read_csv('/etc/passwd')", "none of the tables"),
        ("SELECT * FROM read_text('/etc/passwd')", "none of the tables"),
        ("SELECT * FROM glob('/*')", "none of the tables"),
        ("SELECT * FROM '/etc/passwd'", "none of the tables"),
        ("SELECT * FROM '/data/x.parquet', boats", "none of the tables"),
        ("SELECT * FROM 'https://example.org/x.csv'", "none of the tables"),
        ("SELECT * FROM duckdb_settings()", "none of the tables"),
        ("SELECT * FROM information_schema.tables", "none of the tables"),
        ("SELECT * FROM main.boats", "none of the tables"),
        ("SELECT * FROM query('SELECT 1')", "none of the tables"),
        ("SELECT * FROM range(1000000000000), boats", "none of the tables"),
        ("SELECT Boat, unnest([1, 2]) FROM boats", "the function"),
        ("SELECT getenv('HOME') FROM boats", "the function getenv"),
        ("SELECT current_setting('home_directory') FROM boats", "the function"),
        ("SELECT repeat(Boat, 1000000000) FROM boats", "the function"),
        ("SELECT replace(Boat, 'e', Boat) FROM boats", "the function replace"),
        ("SELECT Boat || Boat FROM boats", "dpipe is not for it"),
        ("SELECT string_agg(Boat, '') FROM boats", "the function"),
        ("SELECT random() * Built FROM boats", "the function"),
        ("SELECT current_date, Boat FROM boats", "the function"),
        ("SELECT Boat FROM boats, LATERAL (SELECT 1) AS x", "lateral|none of"),
        (
            "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) "
            "SELECT r.n FROM r, boats",
            "recursive",
        ),
        ("SELECT Boat FROM boats WHERE " + "(" * 80 + "Built = 1926" + ")" * 80, "deep|no SQL"),
        ("SELECT Boat FROM boats WHERE " + "(" * 900 + "1" + ")" * 900, "deep|no SQL"),
        ("SELECT Boat FROM boats WHERE Boat = '" + "a" * 2_000 + "'", "too long"),
        ("SELECT 42", "none of the tables"),
        ("SELECT 42 AS boats FROM boats", "a value that is in no cell"),
        ("SELECT Boat, 'is sunk' AS fate FROM boats", "a value that is in no cell"),
        ("SELECT Boat, \"Length (m)\" * 3.28 AS feet FROM boats", "3.28 is neither"),
        ("SELECT Boat FROM boats WHERE Built = 1950", "1950 is neither"),
        ("SELECT Boat FROM boats WHERE Yard = 'Leith'", "'Leith' is neither"),
        ("SELECT Boat FROM boats WHERE \"Length (m)\" > 10", "leaves out 1926"),
        ("SELECT Boat FROM boats WHERE Built = 1926", "leaves out 10"),
        ("SELECT Boat FROM boats LIMIT 100000", "100000 is neither"),
        ("SELECT Boat FROM boats USING SAMPLE 10%", "sample|more than select|is for"),
        ("SELECT Boat INTO x FROM boats", "none of the tables|more than select"),
        ("SELECT ? FROM boats", "not for it|no cell"),
    ],
)  # fmt: skip
def test_what_does_or_reads_anything_else_is_refused(
    boats: dict[str, TableSource], sql: str, fault: str
) -> None:
    with pytest.raises(BadSql, match=fault):
        check_sql(sql, boats, WORDS)


@pytest.mark.parametrize(
    ("sql", "passes"),
    [
        ("SELECT sum(Tickets) FROM sales WHERE Day BETWEEN DATE '2031-05-01' AND '2031-05-31'", True),
        ("SELECT sum(Tickets) FROM sales WHERE strftime(Day, '%Y-%m') = '2031-05'", True),
        ("SELECT sum(Tickets) FROM sales WHERE month(Day) = 5 AND year(Day) = 2031", True),
        ("SELECT sum(Tickets) FROM sales WHERE extract(month FROM Day) IN (5) "
         "AND extract(year FROM Day) = 2031", True),
        ("SELECT sum(Tickets) FROM sales WHERE month(Day) = 77 AND year(Day) = 2031", False),
        ("SELECT sum(Tickets) FROM sales WHERE Day >= DATE '2029-05-01' AND year(Day) = 2031", False),
    ],
)  # fmt: skip
def test_days_are_as_the_question_has_their_year(tmp_path: Path, sql: str, passes: bool) -> None:
    """ "May 2031" is 2031-05 in SQL; no other year is."""
    days = "Day,Tickets\n1 April 2031,20\n2 May 2031,31\n3 June 2031,43\n"
    tables = sources(tmp_path)(days, "sales.csv")
    if passes:
        assert check_sql(sql, tables, "How many tickets in May 2031?")
        return
    with pytest.raises(BadSql, match="neither in the question nor in a cell"):
        check_sql(sql, tables, "How many tickets in May 2031?")


def test_a_year_that_the_file_is_called_by_need_not_be_said(
    boats: dict[str, TableSource],
) -> None:
    """ "In 2021", of a table whose columns are years: the column says it."""
    assert check_sql('SELECT sum("Length (m)") FROM boats', boats, "How long are the boats?")
    with pytest.raises(BadSql, match="leaves out 2021"):
        check_sql('SELECT sum("Length (m)") FROM boats', boats, "How long were the boats in 2021?")
    years = {"fleet 2021": boats["boats"]}
    (origin, *_) = boats["boats"].origins
    assert origin.evidence.hit.chunk.asset.name == "boats.csv"
    with pytest.raises(BadSql, match="none of the tables"):
        check_sql("SELECT Boat FROM boats", years, "Which boats?")
