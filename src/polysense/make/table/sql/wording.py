"""What a query gives, in one sentence."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from polysense.make.table.question.answer import cell_text
from polysense.make.table.question.profile import TableProfile
from polysense.make.table.question.wording import MOST_LINES, capital, with_unit
from polysense.make.table.sql.places import Places
from polysense.make.table.sql.run import Rows
from polysense.read.table.quantity import unit_in, unit_of

MAX_NAME_CHARACTERS = 60
"""Of a column's name that a model has made up; judged."""

_NO_NAME = re.compile(r"[^\w\s%()/.,:+€$£¥°²³-]|_+")


def sentence(rows: Rows, tree: Any, profile: TableProfile | None, at: Places, is_han: bool) -> str:
    """The lines one by one: what names each, and its values under their columns' names. Cells are
    said as the table shows them. "" where there are too many, none, or none with a value.

    profile is that of the one table that was asked, None where there are several.
    """
    if not 0 < len(rows.lines) <= MOST_LINES:
        return ""
    columns = [_column(expression, profile) for expression in tree.selects]
    if len(columns) != len(rows.columns):  # a star
        columns = [_named_column(name, profile) for name in rows.columns]
    names = [" ".join(_NO_NAME.sub(" ", n).split())[:MAX_NAME_CHARACTERS] for n in rows.columns]
    lines = []
    for n, line in enumerate(rows.lines):
        row = at.rows[n] if at.is_row_each and n < len(at.rows) else None
        texts = [
            _value(v, column, unit, profile, row)
            for v, (column, unit) in zip(line, columns, strict=True)
        ]
        label = texts[0] if len(texts) > 1 and _is_label(line[0]) else ""
        colon = "：" if is_han else ": "
        values = [
            f"{name}{colon}{text}"
            for name, text in list(zip(names, texts, strict=True))[bool(label) :]
            if text
        ]
        if not values and not label:
            return ""
        lines.append(("，" if is_han else ", ").join(filter(None, (label, *values))))
    return capital(("；" if is_han else "; ").join(lines))


def _column(expression: Any, profile: TableProfile | None) -> tuple[int | None, str]:
    """The column of the table that an expression is, None where it is reckoned; and the unit of its
    values, as far as it is that of a column.
    """
    from sqlglot import exp

    inner = expression.unalias()
    is_cell = isinstance(inner, exp.Column)
    while isinstance(inner, exp.Round | exp.Sum | exp.Avg | exp.Min | exp.Max | exp.Median):
        inner = inner.this
    if not isinstance(inner, exp.Column):
        return None, ""
    column, unit = _named_column(inner.name, profile)
    return (column if is_cell else None), unit


def _named_column(name: str, profile: TableProfile | None) -> tuple[int | None, str]:
    names = [n.lower() for n in profile.names] if profile else []
    if profile is None or name.lower() not in names:
        return None, ""
    column = names.index(name.lower())
    is_number = column in profile.measures and not unit_in(profile.frame.columns[column])
    return column, profile.frame.unit(column) if is_number else ""


def _value(
    value: Any, column: int | None, unit: str, profile: TableProfile | None, row: int | None
) -> str:
    if profile is not None and column is not None and row is not None:
        text = profile.frame.rows[row][column]
    elif isinstance(value, float):
        text = f"{value:.6g}" if abs(value) < 1 else cell_text(round(value, 4))
    elif isinstance(value, dt.datetime) and value.time() == dt.time():
        text = str(value.date())
    else:
        text = cell_text(value)
    return with_unit(text, unit) if text and unit and not unit_of(text) else text


def _is_label(value: Any) -> bool:
    return isinstance(value, str | dt.date)
