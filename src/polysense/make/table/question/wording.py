"""The result of a plan in one sentence."""

from __future__ import annotations

import re

from polysense.make.table.question.answer import Result
from polysense.make.table.question.profile import BRACKETS
from polysense.read.table.quantity import unit_in, unit_of

MOST_LINES = 8
"""Lines of a result that one sentence can say; more are a table. Judged."""

_MOST_TERMS, _MOST_NAMES = 6, 12  # terms of a reckoning, and names counted, that are said; judged

_HAN = re.compile("[\u3400-\u9fff]")
_YEAR = re.compile(r"\s*(?:1[5-9]|20|21)\d\d\s*年?\s*")


def sentence(result: Result, is_han: bool) -> str:
    """A result in one sentence, with the terms of what was reckoned; "" where it is too long.

    Said are the values as the cells show them.
    """
    plan = result.plan
    if len(result.lines) > MOST_LINES:
        return ""
    if plan.rows:
        stop = "；" if is_han else "; "
        return stop.join(_line(result, n, is_han) for n in range(len(result.lines)))
    if plan.how == "count":
        return _count(result, is_han)
    if plan.how == "group":
        pairs = (f"{line[-2]}: {line[-1]}" for line in result.lines)
        return f"{capital(result.columns[-1])}: {', '.join(pairs)}"
    name = result.columns[-1]
    bounds = ", ".join(c.label for c in plan.where if c.label and c.label not in name)
    subject = f"{name} ({bounds})" if bounds else name
    unit = _unit_of_operands(result)
    value = result.lines[0][-1]
    text_of_value = (
        value if not unit or unit in name or plan.how == "percent" else with_unit(value, unit)
    )
    reckoning = _reckoning(result)
    colon = "：" if is_han else ": "
    return f"{capital(subject)}{colon}{text_of_value}{f' ({reckoning})' if reckoning else ''}"


def _line(result: Result, n: int, is_han: bool) -> str:
    """A row: what names it, and each value asked for under its column's name."""
    plan, frame, row = result.plan, result.source.frame, result.rows[n][0]
    label = "" if plan.label is None else frame.rows[row][plan.label]
    values = []
    for column in (c for c in plan.cells if c != plan.label):
        cell, name = frame.rows[row][column], frame.columns[column]
        if not cell:
            continue
        unit = unit_in(name)
        plain = " ".join(BRACKETS.sub(" ", name).split()) if unit else name
        value = with_unit(cell, unit) if unit and not unit_of(cell) else cell
        if _YEAR.fullmatch(plain):
            values.append(f"{value} ({plain})")
        else:
            values.append(f"{plain}{'：' if is_han else ': '}{value}" if plain else value)
    comma = "，" if is_han else ", "
    return comma.join(filter(None, (label, *values)))


def with_unit(value: str, unit: str) -> str:
    """A value with its unit: before it for signs of money, behind it for others."""
    if unit in "$€£¥₹":
        return f"{unit}{value}"
    return f"{value}{unit}" if unit in "%°" else f"{value} {unit}"


def _unit_of_operands(result: Result) -> str:
    columns = {c for _, c in result.plan.operands}
    units = {result.source.frame.unit(c) for c in columns}
    return units.pop() if len(units) == 1 else ""


def _count(result: Result, is_han: bool) -> str:
    number = result.lines[0][-1]
    names = [result.source.frame.rows[r][c] for r, c in result.plan.operands]
    name = result.columns[-1]
    text = number if name == "count" else f"{capital(name)}: {number}"
    if not names or len(names) > _MOST_NAMES:
        return text
    return f"{text}：{'、'.join(names)}" if is_han else f"{text}: {', '.join(names)}"


def _reckoning(result: Result) -> str:
    """How the value comes of the cells: "110.5 - 73.3"; "" where they are many."""
    plan = result.plan
    cells = [result.source.frame.rows[r][c] for r, c in plan.operands]
    if not 1 < len(cells) <= _MOST_TERMS:
        return ""
    if plan.how in ("change", "difference"):
        return " - ".join(cells)
    if plan.how == "percent":
        return f"{cells[1]} -> {cells[0]}"
    terms = " + ".join(cells)
    return f"({terms}) / {len(cells)}" if plan.how == "average" else terms


def capital(text: str) -> str:
    """The text with a capital at its head."""
    return text[:1].upper() + text[1:]


def is_han(text: str) -> bool:
    """Whether a text has ideographs."""
    return _HAN.search(text) is not None
