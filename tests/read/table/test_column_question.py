"""Which rows and columns words ask about."""

from __future__ import annotations

from polysense.read.table import column_question


def test_names_that_are_said_in_full_win() -> None:
    """A column that is half named stands back behind one that is named."""
    assert column_question.columns(["Net income", "Income", "Tax"], "chart the income") == [1]
    assert column_question.columns(["Net income", "Gross income"], "income?") == [0, 1]
    assert column_question.columns(["a", "b"], "the weather") == []


def test_chinese_names() -> None:
    """Are found inside a sentence without spaces."""
    assert column_question.columns(["月份", "收入（元）", "支出"], "画出每月的收入") == [1]


def test_rows_by_label_year_and_range() -> None:
    """By what a label says, by years, from one label to another; form words name no row."""
    names, labels = ["Item"], [["Tea"], ["Coffee"], ["Total"]]
    assert column_question.rows(labels, names, "draw a bar chart of tea") == [0]
    assert column_question.rows(labels, names, "total") == [] or column_question.rows(
        labels, names, "total"
    ) == [2]
    years = [[str(y)] for y in range(2015, 2022)]
    assert column_question.rows(years, ["Year"], "from 2017 to 2019") == [2, 3, 4]
    assert column_question.rows(years, ["Year"], "since 2020") == [5, 6]
