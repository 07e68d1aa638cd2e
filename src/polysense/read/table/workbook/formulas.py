"""Formulas that a workbook holds without their values, as many programs write them: worked out
where they are simple, told as they stand elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from pathlib import Path
from typing import Any

from polysense.read.file.archive import open_zip
from polysense.read.table.cells import column_index
from polysense.read.table.workbook.number_format import format_value

_WITHOUT_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f[^>]*/>)\s*(?:<(?:\w+:)?v\s*/>|<v></v>)?\s*</"
)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?)(?![\w.])"
    r"|\$?(?P<left>[A-Z]{1,3})\$?(?P<first>\d{1,7})"
    r"(?::\$?(?P<right>[A-Z]{1,3})\$?(?P<last>\d{1,7}))?(?![\w(!.])"
    r"|(?P<function>[A-Z]+)\(|(?P<sign>[-+*/^%(),]))"
)
"""What a formula of numbers, cells of its own sheet and functions is made of."""

_ERROR = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!)")

_MAX_CELLS, _MAX_CELLS_READ = 20_000, 5_000_000
"""Cells that one formula may speak of, and that all formulas of a sheet may read together; judged:
bounds for hostile sheets."""

_MAX_LENGTH = 2_000
"""Characters of a formula that is worked out; nested as deep as a call may be."""

_MAX_POWER = 100

Place = tuple[int, int]
"""A cell: (row from 1, column index)."""


def _round(values: list[float]) -> float:
    """Halves away from zero, as sheets do."""
    step = Decimal(1).scaleb(-int(values[1]) if len(values) > 1 else 0)
    return float(Decimal(repr(values[0])).quantize(step, ROUND_HALF_UP))


_FUNCTIONS: Mapping[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "AVERAGE": lambda values: sum(values) / len(values),
    "MIN": lambda values: min(values, default=0.0),
    "MAX": lambda values: max(values, default=0.0),
    "COUNT": lambda values: float(len(values)),
    "ABS": lambda values: abs(values[0]),
    "ROUND": _round,
}
_OVER_ONE = frozenset({"ABS", "ROUND"})
"""Functions whose arguments are numbers, and not what is in a range."""


class NoValue(Exception):
    """A formula that is not worked out."""


class Formulas:
    """The formulas of a sheet beside its cells with numbers; `others` are those that hold what is
    neither a number nor words: days, truth values, errors.
    """

    def __init__(
        self,
        formulas: Mapping[Place, str],
        cells: Mapping[Place, float],
        others: AbstractSet[Place] = frozenset(),
    ) -> None:
        self._formulas, self._cells, self._others = formulas, cells, others
        self._values: dict[Place, float | None] = {}
        self._read = 0

    def value(self, row: int, column: int) -> float | None:
        """What a cell's formula comes to: with numbers, + - * / ^ %, and SUM, AVERAGE, MIN, MAX,
        COUNT, ABS and ROUND of cells of this sheet. None where it is another, or goes in a circle.

        >>> cells = {(2, 1): 2, (2, 2): 150}
        >>> Formulas({(2, 3): "=B2*C2", (3, 3): "=SUM(D2:D2)+1"}, cells).value(3, 3)
        301.0
        """
        pending, entered = [(row, column)], set[Place]()
        while pending:
            at = pending[-1]
            open_cells = [] if at in self._values else self._open_cells(at)
            if at in self._values or not open_cells or at in entered:
                pending.pop()
                if at not in self._values:  # in a circle, what it waits for has no value
                    self._values[at] = None if open_cells else self._work_out(at)
            else:
                entered.add(at)
                pending += open_cells
        return self._values[row, column]

    def _open_cells(self, at: Place) -> list[Place]:
        """The formulas that a formula rests on, as far as they are not worked out yet."""
        places: list[Place] = []
        for m in _TOKEN.finditer(self._formulas[at][:_MAX_LENGTH].upper()):
            if (
                m["left"]
                and (last_row := int(m["last"] or m["first"])) - int(m["first"]) < _MAX_CELLS
            ):
                right = column_index(m["right"] or m["left"])
                for n in range(int(m["first"]), last_row + 1):
                    row = [(n, i) for i in range(column_index(m["left"]), right + 1)]
                    places += (p for p in row if p in self._formulas and p not in self._values)
        return places

    def _work_out(self, at: Place) -> float | None:
        try:
            return _Expression(self._formulas[at], self._range).value()
        except (NoValue, ArithmeticError, ValueError, IndexError, RecursionError, DecimalException):
            return None

    def _range(self, m: re.Match[str]) -> list[float]:
        """The numbers in a range. Raises NoValue where it holds others, or is too large."""
        cells = _cells_of(m)
        self._read += len(cells)
        if not cells or self._read > _MAX_CELLS_READ:
            raise NoValue
        numbers: list[float] = []
        for at in cells:
            if at in self._others or (at in self._formulas and self._values.get(at) is None):
                raise NoValue
            number = self._values.get(at) if at in self._formulas else self._cells.get(at)
            if number is not None:
                numbers.append(number)
        return numbers


def _cells_of(m: re.Match[str]) -> list[Place]:
    """The cells of a range; none of one that is too large, or turned round."""
    rows = range(int(m["first"]), int(m["last"] or m["first"]) + 1)
    columns = range(column_index(m["left"]), column_index(m["right"] or m["left"]) + 1)
    if len(rows) * len(columns) > _MAX_CELLS:
        return []
    return [(n, i) for n in rows for i in columns]


class _Expression:
    """A formula, read from the left; signs bind before %, that before ^, as in sheets."""

    def __init__(self, formula: str, numbers_in: Callable[[re.Match[str]], list[float]]) -> None:
        if len(formula) > _MAX_LENGTH:
            raise NoValue
        self._numbers_in = numbers_in
        self._tokens = list(_tokens(formula.removeprefix("=").upper()))
        self._at = 0

    def value(self) -> float:
        """What it comes to. Raises NoValue, ArithmeticError, ValueError."""
        value = self._sum()
        if self._at < len(self._tokens):
            raise NoValue
        return value

    def _take(self, *signs: str) -> str:
        """The next sign, if it is one of these; else ""."""
        sign = self._tokens[self._at]["sign"] if self._at < len(self._tokens) else None
        if sign is None or sign not in signs:
            return ""
        self._at += 1
        return sign

    def _sum(self) -> float:
        value = self._product()
        while sign := self._take("+", "-"):
            value += self._product() * (1 if sign == "+" else -1)
        return value

    def _product(self) -> float:
        value = self._power()
        while sign := self._take("*", "/"):
            other = self._power()
            value = value * other if sign == "*" else value / other
        return value

    def _power(self) -> float:
        value = self._percent()
        while self._take("^"):
            exponent = self._percent()
            if abs(exponent) > _MAX_POWER:
                raise NoValue
            result = value**exponent
            if isinstance(result, complex):
                raise NoValue
            value = float(result)
        return value

    def _percent(self) -> float:
        value = self._signed()
        while self._take("%"):
            value /= 100
        return value

    def _signed(self) -> float:
        sign = self._take("+", "-")
        if sign:
            return self._signed() * (1 if sign == "+" else -1)
        (value,) = self._atom()
        return value

    def _atom(self) -> list[float]:
        """One number, or all of a range."""
        if self._take("("):
            value = self._sum()
            if not self._take(")"):
                raise NoValue
            return [value]
        token = self._tokens[self._at]
        self._at += 1
        if token["number"]:
            return [float(token["number"])]
        if token["left"]:
            return self._numbers_in(token)
        name = token["function"]
        if name not in _FUNCTIONS:
            raise NoValue
        values: list[float] = []
        while True:
            values += self._argument(name)
            if self._take(")"):
                return [float(_FUNCTIONS[name](values))]
            if not self._take(","):
                raise NoValue

    def _argument(self, function: str) -> list[float]:
        """A range by itself is all that it holds, any other argument one number."""
        token, start = self._tokens[self._at], self._at
        if token["left"] and function not in _OVER_ONE:
            self._at += 1
            following = self._tokens[self._at]["sign"] if self._at < len(self._tokens) else ""
            if following in (",", ")"):
                return self._numbers_in(token)
            self._at = start
        return [self._sum()]


def _tokens(source: str) -> Iterator[re.Match[str]]:
    """Raises NoValue where it holds anything else."""
    at, source = 0, source.rstrip()
    while at < len(source):
        m = _TOKEN.match(source, at)
        if m is None:
            raise NoValue
        yield m
        at = m.end()


@dataclass(slots=True)
class UnvaluedFormulas:
    """The formulas of a sheet whose values are not stored, with their number formats, and what its
    other cells hold.
    """

    formulas: dict[Place, str] = field(default_factory=dict)
    formats: dict[Place, str] = field(default_factory=dict)
    stored: dict[Place, Any] = field(default_factory=dict)

    def values(self) -> dict[Place, str]:
        """What they come to, as their number formats show it; the formula itself where it is not
        worked out.
        """
        cells = {at: float(v) for at, v in self.stored.items() if _is_number(v)}
        others = {at for at, v in self.stored.items() if not _is_number(v) and not _is_words(v)}
        sheet_formulas = Formulas(self.formulas, cells, others)
        values = {at: sheet_formulas.value(*at) for at in self.formulas}
        return {
            at: self.formulas[at] if value is None else format_value(value, self.formats[at])
            for at, value in values.items()
        }


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_words(value: Any) -> bool:
    """Rich text is a list of pieces; an error is none."""
    return isinstance(value, list) or (isinstance(value, str) and not _ERROR.fullmatch(value))


def lacks_values(path: Path, sheet: Any) -> bool:
    """Whether some formula of a sheet has no value stored, as by programs that do not reckon."""
    with open_zip(path) as book, book.open(sheet._worksheet_path.lstrip("/")) as xml:
        tail = b""
        while block := xml.read(1 << 20):
            if _WITHOUT_VALUE.search(tail + block):
                return True
            tail = block[-200:]
    return False
