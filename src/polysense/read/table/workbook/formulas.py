"""Formulas that a workbook holds without their values, as many programs write them: worked out
where they are simple, told as they stand elsewhere.
"""

from __future__ import annotations

import ast
import operator
import re
import warnings
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from polysense.read.file.archive import open_zip
from polysense.read.table.cells import column_index
from polysense.read.table.workbook.number_format import format_value

_WITHOUT_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f[^>]*/>)\s*(?:<(?:\w+:)?v\s*/>|<v></v>)?\s*</"
)

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?(?![\w(!])")
_PLAIN = re.compile(r"[\w\s.,+\-*/^()%:$]*")
"""What a formula of numbers, cells and functions on one sheet is made of."""

_MOST_CELLS = 20_000
"""Cells that a formula may speak of, with those that they depend on: a bound for hostile sheets."""

_DEEPEST = 60

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_FUNCTIONS: dict[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "AVERAGE": lambda values: sum(values) / len(values),
    "MIN": lambda values: min(values, default=0.0),
    "MAX": lambda values: max(values, default=0.0),
    "COUNT": lambda values: float(len(values)),
    "ABS": lambda values: abs(values[0]),
    "ROUND": lambda values: round(values[0], int(values[1]) if len(values) > 1 else 0),
}


class Formulas:
    """The formulas of a sheet, by (row from 1, column index), beside the cells that have values."""

    def __init__(
        self,
        formulas: Mapping[tuple[int, int], str],
        cells: Mapping[tuple[int, int], float],
    ) -> None:
        self._formulas, self._cells = formulas, cells
        self._values: dict[tuple[int, int], float | None] = {}
        self._read = 0

    def value(self, row: int, column: int) -> float | None:
        """What a cell's formula comes to: with numbers, + - * / ^, and SUM, AVERAGE, MIN, MAX,
        COUNT, ABS and ROUND of cells of this sheet. None where it is another.

        >>> cells = {(2, 1): 2, (2, 2): 150}
        >>> Formulas({(2, 3): "=B2*C2", (3, 3): "=SUM(D2:D2)+1"}, cells).value(3, 3)
        301.0
        """
        try:
            return self._of_cell(row, column, 0)
        except (ArithmeticError, ValueError, SyntaxError, RecursionError, IndexError, TypeError):
            return None

    def _of_cell(self, row: int, column: int, depth: int) -> float | None:
        at = (row, column)
        if at not in self._formulas:
            return self._cells.get(at)
        if at not in self._values:
            if depth > _DEEPEST:
                raise ValueError("formulas go in a circle")
            self._values[at] = None  # while it is worked out: a circle has no value
            self._values[at] = self._of_formula(self._formulas[at], depth)
        return self._values[at]

    def _of_formula(self, formula: str, depth: int) -> float | None:
        source = formula.removeprefix("=").upper()
        if not _PLAIN.fullmatch(source):
            return None
        ranges: list[list[float | None]] = []

        def take(m: re.Match[str]) -> str:
            ranges.append(self._of_range(m, depth))
            return f"R[{len(ranges) - 1}]"

        # "5%" is a hundredth
        expression = re.sub(r"(?<=\d)%", "/100", _REFERENCE.sub(take, source)).replace("^", "**")
        value = _evaluate(ast.parse(expression.strip(), mode="eval").body, ranges)
        return value[0] if len(value) == 1 else None

    def _of_range(self, m: re.Match[str], depth: int) -> list[float | None]:
        first, last = int(m[2]), int(m[4] or m[2])
        left, right = column_index(m[1]), column_index(m[3] or m[1])
        self._read += (last - first + 1) * (right - left + 1)
        if self._read > _MOST_CELLS:
            raise ValueError("a formula of too many cells")
        places = [(n, i) for n in range(first, last + 1) for i in range(left, right + 1)]
        values = [self._of_cell(*at, depth + 1) for at in places]
        if any(v is None and at in self._formulas for at, v in zip(places, values, strict=True)):
            raise ValueError("it rests on a formula that is not worked out")
        return values


def _evaluate(node: Any, ranges: list[list[float | None]]) -> list[float]:
    """The numbers that an expression stands for: several of a range, one of all else."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return [float(value)]
        case ast.Subscript(value=ast.Name(id="R"), slice=ast.Constant(value=int() as at)):
            return [value for value in ranges[at] if value is not None]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            (value,) = _evaluate(operand, ranges)
            return [-value if isinstance(sign, ast.USub) else value]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            (a,), (b,) = _evaluate(left, ranges), _evaluate(right, ranges)
            if isinstance(op, ast.Pow) and abs(b) > 100:
                raise ValueError("a power too high")
            return [float(_OPERATORS[type(op)](a, b))]
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS:
            values = [v for a in arguments for v in _evaluate(a, ranges)]
            return [float(_FUNCTIONS[name](values))]
    raise ValueError("a formula that is not worked out")


def missing_values(path: Path, sheet: Any) -> dict[tuple[int, int], str]:
    """What the formulas of a sheet come to whose values are not stored, by (row from 1, column
    index), as their number formats show it; the formula itself where it is not worked out.
    """
    if not _has_missing_values(path, sheet):
        return {}
    from openpyxl import load_workbook

    formulas: dict[tuple[int, int], str] = {}
    formats: dict[tuple[int, int], str] = {}
    cells: dict[tuple[int, int], float] = {}
    stored = {(c.row, c.column - 1) for r in sheet.iter_rows() for c in r if c.value is not None}
    with (
        warnings.catch_warnings(),
        path.open("rb") as file,
        closing(load_workbook(file, read_only=True, keep_links=False)) as book,
    ):
        warnings.simplefilter("ignore")
        for row in book[sheet.title].iter_rows():
            for cell in row:
                if cell.value is None:
                    continue
                at = (cell.row, cell.column - 1)
                if isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool):
                    cells[at] = float(cell.value)
                elif cell.data_type == "f":
                    formulas[at], formats[at] = str(cell.value), cell.number_format
    sheet_formulas = Formulas(formulas, cells)
    values = {at: sheet_formulas.value(*at) for at in formulas if at not in stored}
    return {
        at: formulas[at] if value is None else format_value(value, formats[at])
        for at, value in values.items()
    }


def _has_missing_values(path: Path, sheet: Any) -> bool:
    with open_zip(path) as book, book.open(sheet._worksheet_path.lstrip("/")) as xml:
        tail = b""
        while block := xml.read(1 << 20):
            if _WITHOUT_VALUE.search(tail + block):
                return True
            tail = block[-200:]
    return False
