"""A list of JSON objects as a table: a row for each, a column for each name, whatever its lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from polysense.read.table.frame import MOST_COLUMNS, MOST_ROWS, Frame
from polysense.read.table.rows import record_cells, tidy
from polysense.types import Span

FEWEST_OBJECTS = 2
"""One object is no table."""

_SPACE = " \t\r\n"


def json_tables(text: str) -> tuple[Frame, ...]:
    """The tables of a JSON text: of the list that it is, or of each list of objects that it holds
    by a name, which is the table's title. Each row's place are its object's lines.

    >>> json_tables('[{"host": "ada", "ram": 8}, {"host": "bo", "ram": 4}]')[0].rows
    (('ada', '8'), ('bo', '4'))
    """
    start = len(text) - len(text.lstrip(_SPACE + "\ufeff"))
    try:
        if text[start : start + 1] == "[":
            frames = [_frame("", list(_objects(text, start + 1)))]
        else:
            value = json.loads(text[start:])
            fields = value.items() if isinstance(value, dict) else ()
            whole = Span(lines=(1, text.rstrip().count("\n") + 1))
            frames = [
                _frame(str(name), [(v, whole) for v in values])
                for name, values in fields
                if isinstance(values, list)
            ]
    except (ValueError, IndexError, RecursionError):
        return ()
    return tuple(f for f in frames if f is not None)


def _objects(text: str, at: int) -> Iterator[tuple[Any, Span]]:
    """The values of a list and their lines, from behind its bracket on."""
    decoder, line, counted = json.JSONDecoder(), 1, 0
    while True:
        while text[at] in _SPACE + ",":
            at += 1
        if text[at] == "]":
            return
        value, end = decoder.raw_decode(text, at)
        first = line + text.count("\n", counted, at)
        last = first + text.count("\n", at, end)
        yield value, Span(lines=(first, last))
        line, counted, at = last, end, end


def _frame(title: str, objects: list[tuple[Any, Span]]) -> Frame | None:
    """The objects as a table; None where they are few, or others stand among them."""
    if len(objects) < FEWEST_OBJECTS or not all(isinstance(o, dict) and o for o, _ in objects):
        return None
    records = [record_cells(o) for o, _ in objects[:MOST_ROWS]]
    names = list(dict.fromkeys(name for r in records for name in r))[:MOST_COLUMNS]
    rows = tuple(tuple(tidy([r.get(name, "") for name in names])) for r in records)
    spans = tuple(span for _, span in objects[:MOST_ROWS])
    return Frame(tuple(names), rows, title=title, cut=len(objects) > MOST_ROWS, spans=spans)
