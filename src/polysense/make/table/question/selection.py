"""Which rows and columns of a table a question asks to see, whether or not all its words are
explained: what a chart shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from polysense.make.table.question.read_facts import facts
from polysense.make.table.question.reading import Reading
from polysense.read.table.frame import Frame

_DISTINCT_SHARE = 0.9  # of a column's cells, that differ where it tells the rows apart; judged


@dataclass(frozen=True, slots=True)
class Selection:
    """Rows and columns, by their numbers; `requested` are the columns that the words name."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    requested: frozenset[int]


def select(table: Frame, question: str, context: Sequence[str] = ()) -> Selection:
    """The rows that fulfil all conditions of a question, and the columns that it names; all where
    it names none.

    Columns of labels stay, for without them numbers say nothing: those that are named, else the
    first that tells the rows apart. Where no measure is named, all of them are shown.

    >>> boats = Frame(("boat", "seats", "built"), (("Heron", "48", "2004"), ("Egret", "36", "1998"))
    ... )
    >>> select(boats, "chart the seats of the Heron")
    Selection(rows=(0,), columns=(0, 1), requested=frozenset({1}))
    """
    reading = Reading(table, question, context=context)
    read = facts(reading)
    certain = [c for c in read.where if not c.is_partial]
    rows = next(
        (
            matches
            for conditions in (read.where, certain)
            if conditions and (matches := reading.rows(conditions))
        ),
        list(range(len(table.rows))),
    )
    bounded = {c.column for c in read.where}
    named_columns = [c for c in dict.fromkeys([*read.columns, *read.each]) if c not in bounded]
    requested = [c for c in (*named_columns, *read.periods) if c in reading.measures]
    every = range(len(table.columns))
    labels = [i for i in every if reading.kinds[i] in ("text", "date")]
    if not named_columns and not read.periods:
        return Selection(tuple(rows), tuple(every), frozenset())
    measures = requested or [i for i in every if i not in labels]
    own_labels = [c for c in named_columns if c in labels]
    if not own_labels:
        own_labels = sorted(labels, key=lambda i: -_tells_rows_apart(table, i))[:1]
    columns = tuple(sorted({*own_labels, *measures}))
    return Selection(tuple(rows), columns, frozenset({*named_columns, *read.periods}))


def _tells_rows_apart(table: Frame, column: int) -> bool:
    """Whether nearly all cells of a column differ."""
    return len(set(table.column(column))) >= _DISTINCT_SHARE * len(table.rows)
