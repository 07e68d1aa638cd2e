"""Changes, averages and sums over columns that are periods."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.make.table.test_table_aggregate import aggregate, read
from tests.make.table.test_table_rows import evidence

from polysense.make.table.question.parse import ParsedQuestion
from polysense.make.table.question.period_columns import plan_over_periods
from polysense.read.table.frame import Frame

ACCOUNTS = Frame(
    ("", "2019", "2018", "2017"),
    (
        ("Net sales", "30", "20", "10"),
        ("Net sales of tea", "3", "2", "1"),
        ("Margin", "12%", "11%", "10%"),
    ),
)


def test_change_over_years(tmp_path: Path) -> None:
    """Years as columns; brackets are minus, dashes nothing; percents to two places."""
    path = tmp_path / "accounts.csv"
    path.write_text(
        '"",2019,2018\nOperating income,"$1,452.4","$ 1,146.2"\nOther,(12.5),10\nGrants,—,3\n'
    )
    change = aggregate(
        "What is the percentage change in operating income from 2018 to 2019?", evidence(path)
    )
    assert read(change)[1][:2] == ["Operating income", "26.71"]
    assert (
        read(aggregate("What was the change in Other in 2019 from 2018?", evidence(path)))[1][1]
        == "-22.5"
    )
    assert (
        read(aggregate("average operating income for 2018 and 2019", evidence(path)))[1][1]
        == "1299.3"
    )
    assert aggregate("What was the change in grants from 2018 to 2019?", evidence(path)) is None


@pytest.mark.parametrize(
    ("words", "sql"),
    [
        ("change in net sales from 2017 to 2018", 'round("2018" - "2017", 6)'),
        ("change in net sales in 2019 from 2018", 'round("2019" - "2018", 6)'),
        (
            "average net sales between 2017 and 2019",
            'round(("2017" + "2018" + "2019") / 3, 4)',
        ),
        ("total net sales of tea for 2018 and 2019", 'round("2018" + "2019", 6)'),
    ],
)
def test_periods_by_their_years(words: str, sql: str) -> None:
    """Named in any way; of a range all within; from the earlier to the later."""
    plan = plan_over_periods(ParsedQuestion(ACCOUNTS, words))
    assert plan is not None
    assert plan.select[plan.answer][0] == sql


@pytest.mark.parametrize(
    "words",
    [
        "change in net sales from 2016 to 2018",  # a year that is not there
        "percentage change in margin from 2017 to 2018",  # points or percent
        "change in net sales of rum and milk from 2017 to 2018",
        "change in net sales in 2018",
        "net sales in 2018",
    ],
)
def test_nothing_where_there_is_a_doubt(words: str) -> None:
    """No two years, no one row, a word too many."""
    assert plan_over_periods(ParsedQuestion(ACCOUNTS, words)) is None


@pytest.mark.parametrize(
    ("header", "word"), [("FY19", "FY19"), ("FY2019", "FY2019"), ("2018/19", "2018/19")]
)
def test_years_as_they_are_written(header: str, word: str) -> None:
    """Fiscal years, and years that begin in another."""
    table = Frame(("", header, "2017"), (("Net sales", "30", "10"), ("Rum", "3", "1")))
    plan = plan_over_periods(ParsedQuestion(table, f"change in net sales from 2017 to {word}"))
    assert plan is not None
    assert plan.select[plan.answer][0] == f'round("{header}" - "2017", 6)'
