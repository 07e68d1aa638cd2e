"""A table as queries see it: its columns, the rows that sum up others, conditions on rows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from polysense.make.table.csv_part import distinct_names
from polysense.make.table.question.normalise import (
    PLACE_OF_SUM,
    SUM,
    SUM_OR_NAME,
    TOTAL,
    YEAR,
    clean_cell,
    parse_day,
    tokenize,
)
from polysense.read.language.function_words import REQUEST_WORDS
from polysense.read.table.frame import Frame
from polysense.read.table.quantity import has_decimal_comma, value, with_decimal_point

BRACKETS = re.compile(r"[(\[（].*?[)\]）]")
_RANK = re.compile(
    r"\b(?:rank|ranking|position|pos|place|finish|seed|no|nr|number|#|id|year|episodes?|week|round"
    r"|pick|standing|elected|start|grid|"
    r"qualif\w*)\b|^#|排名|名次|编号",
    re.I,
)

_NAME_LIKE = re.compile(r"[^\W\d_]{3}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# Shares of a column's cells, judged, not measured.
_DAYS_SHARE = 0.8  # that must be days for it to be a column of days
_NAMES_SHARE = 0.5  # that must be names for it to name the rows
_DISTINCT_SHARE = 0.8  # that must differ for it to name the rows
_COVERED_SHARE = 0.6  # of the rows, that must have a cell there
_ROUNDING = 0.005  # of a sum, by which it may differ from what it sums up
_SHORTEST_IDENTIFIER = 3  # digits; shorter ones are amounts
_LONGEST_HEADER = 8  # words; longer headers are sentences that no question says


@dataclass(frozen=True, slots=True)
class Condition:
    """Rows whose cell in `column` is one of `values` ("in"), or beyond it (">", ">=", "<", "<=").

    word_positions are those of the question's words that say so. is_partial: the values are cells
    of which the question says a part.
    """

    column: int
    op: str
    values: tuple[str, ...]
    word_positions: frozenset[int]
    is_partial: bool = False

    @property
    def label(self) -> str:
        """As it stands in a result's row; "" where it keeps to several values."""
        if self.op == "in":
            return self.values[0] if len(self.values) == 1 else ""
        return self.values[0] if self.op == "year" else f"{self.op} {self.values[0]}"

    def sql(
        self, name: str, textual: bool, dated: bool = False, decimal_comma: bool = False
    ) -> str:
        """As SQL, for the column of that name; `textual` where its cells are words."""
        if self.op in ("year", "month"):
            return f"{self.op}({name}) = {self.values[0]}"
        if self.op == "in":
            literals = ", ".join(
                f"DATE '{parse_day(v)}'"
                if dated
                else sql_literal(v)
                if textual
                else f"{value(with_decimal_point(v) if decimal_comma else v):.12g}"
                for v in self.values
            )
            return f"{name} IN ({literals})" if len(self.values) > 1 else f"{name} = {literals}"
        if dated:
            return f"year({name}) {self.op} {self.values[0]}"
        left = f"TRY_CAST(regexp_extract({name}, '\\d{{4}}') AS INTEGER)" if textual else name
        return f"{left} {self.op} {self.values[0]}"


def sql_literal(text: str) -> str:
    """Words as SQL has them."""
    return "'" + text.replace("'", "''").replace("\0", "") + "'"


def holds(c: Condition, cell: str, decimal_comma: bool = False) -> bool:
    """Whether a cell fulfils a condition; `decimal_comma`: as its column writes numbers."""
    if c.op == "in":
        return cell in c.values
    if c.op in ("year", "month"):
        day = parse_day(cell)
        return day is not None and getattr(day, c.op) == int(c.values[0])
    number = value(with_decimal_point(cell) if decimal_comma else cell)
    bound = float(c.values[0])
    if number is None or (YEAR.search(cell) and not YEAR.fullmatch(cell)):
        year = YEAR.search(cell)
        number = float(year[0]) if year else None
    if number is None:
        return False
    return {">": number > bound, ">=": number >= bound, "<": number < bound, "<=": number <= bound}[
        c.op
    ]


class TableProfile:
    """What is known of a table before anything is asked.

    `kinds` are those of its columns, `measures` its columns of numbers.
    """

    def __init__(self, frame: Frame, kinds: Sequence[str] | None = None) -> None:
        self.frame = replace(
            frame, rows=tuple(tuple(clean_cell(c) for c in row) for row in frame.rows)
        )
        self.names = distinct_names(frame.columns)
        self.kinds = list(kinds or [self.frame.kind(i) for i in range(len(frame.columns))])
        self.measures = [i for i, k in enumerate(self.kinds) if k in ("integer", "number")]
        self._decimal_commas: dict[int, bool] = {}
        self._days: dict[int, list[dt.date | None] | None] = {}

    @cached_property
    def headers(self) -> list[list[str]]:
        """The words of each column's name that tell."""
        words = [
            [t.stem for t in tokenize(BRACKETS.sub(" ", n) or n) if t.raw not in REQUEST_WORDS]
            for n in self.frame.columns
        ]
        return [h if len(h) <= _LONGEST_HEADER else [] for h in words]

    def rows(self, conditions: Sequence[Condition]) -> list[int]:
        """The rows that fulfil all conditions; those that sum up others only if no others do."""
        matches = [
            r
            for r, row in enumerate(self.frame.rows)
            if all(holds(c, row[c.column], self.has_decimal_comma(c.column)) for c in conditions)
        ]
        without_totals = [r for r in matches if r not in self.total_rows]
        return without_totals or matches

    def has_decimal_comma(self, column: int) -> bool:
        """Whether a column of numbers writes decimals with a comma."""
        if column not in self._decimal_commas:
            self._decimal_commas[column] = column in self.measures and has_decimal_comma(
                self.frame.column(column)
            )
        return self._decimal_commas[column]

    def days(self, column: int) -> list[dt.date | None] | None:
        """The days in a column of days; None where it is none, or leaves their order in doubt."""
        if column not in self._days:
            cells = self.frame.column(column)
            may_be_days = self.kinds[column] in ("date", "text")
            days = [parse_day(c) for c in cells] if may_be_days else []
            count, least = sum(d is not None for d in days), _DAYS_SHARE * sum(map(bool, cells))
            self._days[column] = days if days and count >= least > 0 else None
        return self._days[column]

    def single_cell(self, column: int, condition: Condition) -> str:
        """What a column shows in the one row that fulfils a condition; "" without such a row."""
        cells = [row[column] for row in self.frame.rows if holds(condition, row[condition.column])]
        return cells[0] if len(cells) == 1 else ""

    def key_column(self) -> int | None:
        """The column whose cells name the rows: the first of words that hardly repeat."""
        for kind in ("text", "date"):
            for i in (i for i, k in enumerate(self.kinds) if k == kind):
                cells = [c for c in self.frame.column(i) if c]
                names = sum(bool(_NAME_LIKE.search(c)) for c in cells)
                if (
                    (names > _NAMES_SHARE * len(cells) or kind == "date")
                    and len(set(cells)) > _DISTINCT_SHARE * len(cells)
                    and len(cells) > _COVERED_SHARE * len(self.frame.rows)
                ):
                    return i
        return None

    def is_additive(self, column: int) -> bool:
        """Whether the numbers of a column can be added: neither years nor ranks nor identifiers."""
        values = [v for v in self.frame.numbers(column) if v is not None]
        years = sum(1500 <= v < 2200 and v.is_integer() for v in values)
        return (
            column in self.measures
            and 2 * years < len(values)
            and not _RANK.search(self.frame.columns[column])
        )

    def is_rank(self, column: int) -> bool:
        """Whether a small number is a high one there."""
        return bool(_RANK.search(self.frame.columns[column]))

    def is_identifier(self, column: int) -> bool:
        """Whether the whole numbers of the first column only name the rows, as those of tickets."""
        if column or self.kinds[column] != "integer" or self.frame.unit(column):
            return False
        cells = [c for c in self.frame.column(column) if c]
        return (
            len(set(cells)) == len(cells) == len(self.frame.rows) > 1
            and len({len(c) for c in cells}) == 1
            and len(cells[0]) >= _SHORTEST_IDENTIFIER
            and all(map(str.isdigit, cells))
            and any(k == "text" for k in self.kinds)
            and not self.is_rank(column)
        )

    def sum_row(self, column: int) -> int | None:
        """The one row that has the sum of a whole column; None without one, and of several."""
        numbers = self.frame.numbers(column)
        rows = [
            r
            for r in sorted(self.total_rows)
            if numbers[r] is not None and any(SUM.fullmatch(c) for c in self.frame.rows[r])
        ]
        return rows[0] if len(rows) == 1 else None

    @cached_property
    def total_rows(self) -> frozenset[int]:
        """The rows that sum up others."""
        labels = [i for i, k in enumerate(self.kinds) if i < 2 or k == "text"]
        names = {
            r: name
            for r, row in enumerate(self.frame.rows)
            if (name := next((row[i] for i in labels if TOTAL.fullmatch(row[i].strip())), None))
        }
        certain = {r for r, name in names.items() if not SUM_OR_NAME.fullmatch(name.strip())}
        return frozenset(
            r
            for r, name in names.items()
            if r in certain
            or (
                self._is_last_sum(r, certain)
                if PLACE_OF_SUM.fullmatch(name.strip())
                else self._may_be_sum(r, names)
            )
        )

    def _is_last_sum(self, row: int, totals: Collection[int]) -> bool:
        """Whether a row stands below all others and has their sum wherever it has a number."""
        others = [r for r in range(len(self.frame.rows)) if r != row and r not in totals]
        if any(r > row for r in others):
            return False
        sums = []
        for column in filter(self.is_additive, self.measures):
            numbers = self.frame.numbers(column)
            own, summands = numbers[row], [n for r in others if (n := numbers[r]) is not None]
            if own is not None:
                sums.append(abs(own - sum(summands)) <= _ROUNDING * abs(own))
        return bool(sums) and all(sums)

    def _may_be_sum(self, row: int, totals: Collection[int]) -> bool:
        """Whether a row is at an end of the table, or less than no other above it, since the last
        sum, in some column: a sum of amounts is not less than one of them.
        """
        ordinary = [r for r in range(len(self.frame.rows)) if r not in totals]
        start = max((r for r in totals if r < row), default=-1)
        above = [r for r in ordinary if start < r < row]
        if not above or not any(r > row for r in ordinary):
            return True
        columns = [numbers for c in self.measures if (numbers := self.frame.numbers(c))[row]]
        return not columns or any(
            (numbers[row] or 0.0) >= max((numbers[r] or 0.0 for r in above), default=0.0)
            for numbers in columns
        )
