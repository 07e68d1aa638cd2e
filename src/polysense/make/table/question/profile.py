"""A table as it is reckoned with: what its columns are good for, which rows sum up others, and
conditions on rows.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from polysense.make.table.csv_part import distinct
from polysense.make.table.question.normalise import TOTAL, YEAR, day, plain, tokens
from polysense.read.language.analysis import STOP
from polysense.read.table.frame import Frame
from polysense.read.table.quantity import value

BRACKETS = re.compile(r"[(\[].*?[)\]]")
_RANK = re.compile(
    r"\b(?:rank|ranking|position|pos|place|finish|seed|no|nr|number|#|id|year|episodes?|week|round|pick|standing|elected|start|grid|"
    r"qualif\w*)\b|^#|排名|名次|编号",
    re.I,
)

_NAME = re.compile(r"[^\W\d_]{3}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Condition:
    """Rows whose cell in `column` says one of `values` ("in"), or lies beyond it (">", ">=", "<",
    "<=").
    """

    column: int
    op: str
    values: tuple[str, ...]
    at: frozenset[int]
    piece: bool = False

    @property
    def said(self) -> str:
        """As it stands in a result's row; "" where it keeps to several values."""
        if self.op == "in":
            return self.values[0] if len(self.values) == 1 else ""
        return self.values[0] if self.op == "year" else f"{self.op} {self.values[0]}"

    def sql(self, name: str, textual: bool, dated: bool = False) -> str:
        """As SQL, for the column of that name; `textual` where its cells are words."""
        if self.op in ("year", "month"):
            return f"{self.op}({name}) = {self.values[0]}"
        if self.op == "in":
            said = ", ".join(
                f"DATE '{day(v)}'" if dated else quoted(v) if textual else f"{value(v):.12g}"
                for v in self.values
            )
            return f"{name} IN ({said})" if len(self.values) > 1 else f"{name} = {said}"
        if dated:
            return f"year({name}) {self.op} {self.values[0]}"
        left = f"TRY_CAST(regexp_extract({name}, '\\d{{4}}') AS INTEGER)" if textual else name
        return f"{left} {self.op} {self.values[0]}"


def quoted(said: str) -> str:
    """Words as SQL has them."""
    return "'" + said.replace("'", "''").replace("\0", "") + "'"


def holds(c: Condition, cell: str) -> bool:
    """Whether a cell fulfils a condition."""
    if c.op == "in":
        return cell in c.values
    if c.op in ("year", "month"):
        said = day(cell)
        return said is not None and getattr(said, c.op) == int(c.values[0])
    shown, bound = value(cell), float(c.values[0])
    if shown is None or (YEAR.search(cell) and not YEAR.fullmatch(cell)):
        year = YEAR.search(cell)
        shown = float(year[0]) if year else None
    if shown is None:
        return False
    return {">": shown > bound, ">=": shown >= bound, "<": shown < bound, "<=": shown <= bound}[
        c.op
    ]


class Facts:
    """What is known of a table before anything is asked. `kinds` are those of its columns,
    `measures` its columns of numbers.
    """

    def __init__(self, found: Frame, kinds: Sequence[str] | None = None) -> None:
        self.frame = replace(found, rows=tuple(tuple(plain(c) for c in row) for row in found.rows))
        self.names = distinct(found.columns)
        self.kinds = list(kinds or [self.frame.kind(i) for i in range(len(found.columns))])
        self.measures = [i for i, k in enumerate(self.kinds) if k in ("integer", "number")]
        self._days: dict[int, list[dt.date | None] | None] = {}

    @cached_property
    def headers(self) -> list[list[str]]:
        """The words of each column's name that tell."""
        said = [
            [t.stem for t in tokens(BRACKETS.sub(" ", n) or n) if t.raw not in STOP]
            for n in self.frame.columns
        ]
        return [h if len(h) <= 8 else [] for h in said]

    def rows(self, conditions: Sequence[Condition]) -> list[int]:
        """The rows that fulfil all conditions, without those that sum up others unless one of these
        is named.
        """
        found = [
            r
            for r, row in enumerate(self.frame.rows)
            if all(holds(c, row[c.column]) for c in conditions)
        ]
        plain = [r for r in found if r not in self.totals]
        return plain or found

    def dates(self, column: int) -> list[dt.date | None] | None:
        """The days that a column tells, where nearly all its cells tell one and no doubt is left of
        their order; else None.
        """
        if column not in self._days:
            cells = self.frame.column(column)
            found = [day(c) for c in cells] if self.kinds[column] in ("date", "text") else []
            enough = found and sum(f is not None for f in found) >= 0.8 * sum(map(bool, cells)) > 0
            self._days[column] = found if enough else None
        return self._days[column]

    def shown(self, column: int, condition: Condition) -> str:
        """What a column shows in the one row that fulfils a condition; "" where there is no such
        row, or nothing in it.
        """
        found = [row[column] for row in self.frame.rows if holds(condition, row[condition.column])]
        return found[0] if len(found) == 1 else ""

    def key(self) -> int | None:
        """The column whose cells name the rows: the first of words that hardly repeat."""
        for kind in ("text", "date"):
            for i in (i for i, k in enumerate(self.kinds) if k == kind):
                filled = [c for c in self.frame.column(i) if c]
                named = (
                    sum(bool(_NAME.search(c)) for c in filled) > 0.5 * len(filled) or kind == "date"
                )
                if (
                    named
                    and len(set(filled)) > 0.8 * len(filled)
                    and len(filled) > 0.6 * len(self.frame.rows)
                ):
                    return i
        return None

    def adds(self, column: int) -> bool:
        """Whether the numbers of a column are amounts: neither years nor ranks nor numbers that
        name things.
        """
        values = [v for v in self.frame.numbers(column) if v is not None]
        years = sum(1500 <= v < 2200 and v.is_integer() for v in values)
        return (
            column in self.measures
            and 2 * years < len(values)
            and not _RANK.search(self.frame.columns[column])
        )

    def ranks(self, column: int) -> bool:
        """Whether a small number is a high one there."""
        return bool(_RANK.search(self.frame.columns[column]))

    @cached_property
    def totals(self) -> frozenset[int]:
        """The rows that sum up others."""
        labels = [i for i, k in enumerate(self.kinds) if i < 2 or k == "text"]
        return frozenset(
            r
            for r, row in enumerate(self.frame.rows)
            if any(TOTAL.fullmatch(row[i].strip()) for i in labels)
        )
