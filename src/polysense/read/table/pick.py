"""The rows and columns of a table that a question asks about."""

from __future__ import annotations

from polysense.read.table import column_question
from polysense.read.table.frame import Frame

_DISTINCT_SHARE = 0.9
"""Of a column's cells, that differ where it tells the rows apart; judged."""


def pick(table: Frame, question: str) -> Frame:
    """The rows and columns that a question asks about; all where it names none.

    A column is asked for by its name, a row by what one of its words or dates says, or by a range
    ("from 2019 to 2021"). Columns of labels stay, for without them numbers say nothing: the one
    that is asked for, else the first that tells the rows apart.
    """
    labels = [i for i in range(len(table.columns)) if table.kind(i) in ("text", "date")]
    row_indices = column_question.rows(
        [[row[i] for i in labels] for row in table.rows], table.columns, question
    )
    column_indices = column_question.columns(table.columns, question)
    if not column_indices:
        return table.take(row_indices or None)
    if not set(column_indices) - set(labels):  # no measure is named: all of them
        column_indices = sorted(
            {*column_indices, *(i for i in range(len(table.columns)) if i not in labels)}
        )
    label_columns = [i for i in column_indices if i in labels] or sorted(
        labels, key=lambda i: -_distinguishes_rows(table, i)
    )[:1]
    return table.take(row_indices or None, sorted({*label_columns, *column_indices}))


def _distinguishes_rows(table: Frame, column: int) -> bool:
    """Whether a column tells nearly all rows apart."""
    return len(set(table.column(column))) >= _DISTINCT_SHARE * len(table.rows)
