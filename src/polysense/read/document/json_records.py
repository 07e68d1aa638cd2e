"""A list of JSON objects as a table: a row for each, a column for each name, whatever its lines."""

from __future__ import annotations

import json
from typing import Any

from polysense.read.document.json_values import child_path, json_records, record_spans
from polysense.read.table.frame import MOST_COLUMNS, MOST_ROWS, Frame
from polysense.read.table.rows import record_cells, tidy
from polysense.types import Span

FEWEST_OBJECTS = 2
"""One object is no table."""


def json_tables(text: str) -> tuple[Frame, ...]:
    """The tables of a JSON text: of the list that it is, or of each list of objects that it holds
    by a name, which is the table's title. Each row's place is its object's.

    >>> json_tables('[{"host": "ada", "ram": 8}, {"host": "bo", "ram": 4}]')[0].rows
    (('ada', '8'), ('bo', '4'))
    """
    try:
        value = json.loads(text.lstrip("\ufeff"))
        records = json_records(text)
    except (ValueError, RecursionError):
        return ()
    spans = dict(zip((r.path for r in records), record_spans(text, records), strict=True))
    whole = Span(lines=(1, text.rstrip().count("\n") + 1))
    lists = {"": value} if isinstance(value, list) else value if isinstance(value, dict) else {}
    frames = []
    for name, values in lists.items():
        if isinstance(values, list):
            path = child_path("", name) if name else ""
            objects = [(v, spans.get(f"{path}[{n}]", whole)) for n, v in enumerate(values)]
            frames.append(_frame(name, objects))
    return tuple(f for f in frames if f is not None)


def _frame(title: str, objects: list[tuple[Any, Span]]) -> Frame | None:
    """The objects as a table; None where they are few, or others stand among them."""
    if len(objects) < FEWEST_OBJECTS or not all(isinstance(o, dict) and o for o, _ in objects):
        return None
    records = [record_cells(o) for o, _ in objects[:MOST_ROWS]]
    names = list(dict.fromkeys(name for r in records for name in r))[:MOST_COLUMNS]
    rows = tuple(tuple(tidy([r.get(name, "") for name in names])) for r in records)
    spans = tuple(span for _, span in objects[:MOST_ROWS])
    return Frame(tuple(names), rows, title=title, cut=len(objects) > MOST_ROWS, spans=spans)
