"""What the cells of a table show: numbers, dates, headers, and what a column has in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_NUMBER = re.compile(
    r"[-+−–(]?\s*[$€£¥₹]?\s*(\d{1,3}(?:[,\u00a0\u2009\u202f ]\d{3})+|\d+)?(\.\d*)?"
    r"(?:[eE]([-+]?\d{1,3}))?\s*%?\s*\)?"
)
_DECIMAL_COMMA = re.compile(
    r"[-+−–(]?\s*[$€£¥₹]?\s*"
    r"(?:(\d{1,3}(?:[. '’\u00a0\u2009\u202f]\d{3})+),(\d+)|(0),(\d+)|(\d+),(\d{1,2}|\d{4,}))"
    r"\s*%?\s*\)?"
)
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?(?:[T ]\d\d?:\d\d.*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
CELL_RANGE = re.compile(r"(?:(.*)!)?([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?", re.S)
"""A spreadsheet's address of cells: sheet, first column and row, last column and row."""

_DIGITS = re.compile(r"\d+")
_IDENTIFIER_COLUMN = re.compile(
    r"(?i)\b(?:zip|post(?:al)?[ _-]?code|plz|postleitzahl|code[ _]postal|código[ _]postal|cap|phone"
    r"|tele?(?:phone|fon|éfono)?|mobile|handy|fax|isbn|issn|ean|upc|iban|ssn|account|konto|imei)\b"
    r"|邮编|邮政编码|电话|手机|身份证|账号|条码"
)
_LONG_IDENTIFIER, _MIN_LONG_IDENTIFIERS = 12, 3
"""Digits in a row, and cells of so many, no two the same, from which on they are no quantities:
articles have 12 or 13, accounts and cards more; revenues and inhabitants fewer. Judged."""

# Sizes and shares, judged, not measured. test_cells holds what `header` makes of 278 tables of
# annual reports (TAT-QA, development part).
_MOST_HEADER_ROWS = 4
_LONGEST_LABEL = 100  # characters of a cell in a header
_KIND_SHARE = 0.9  # share of a column's cells that make its kind; a few strays do not change it
_FIRST_CELLS = 200  # cells by which a column is judged to hold names in digits
_SAMPLES, _LONGEST_SAMPLE = 4, 60  # values that describe a column of words, and their characters


def column_letters(column: int) -> str:
    """A spreadsheet's name for the column at this index.

    >>> column_letters(0), column_letters(25), column_letters(26), column_letters(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_index(name: str) -> int:
    """The index of the column that a spreadsheet calls by these letters.

    >>> column_index("A"), column_index("Z"), column_index("AA"), column_index("XFD")
    (0, 25, 26, 16383)
    """
    index = 0
    for letter in name:
        index = index * 26 + ord(letter) - 64
    return index - 1


def number(cell: str) -> float | None:
    """The number that a cell shows; None where it shows something else.

    Percents stay as shown, brackets mean minus. A comma is decimal where it can be nothing else.

    >>> number("$ 1,452.4"), number("(12)"), number("12.5%"), number("2e3"), number("1 Main St")
    (1452.4, -12.0, 12.5, 2000.0, None)
    >>> number("12,90"), number("1.234,50"), number("1,234")
    (12.9, 1234.5, 1234.0)
    """
    if len(cell) > 40:
        return None
    if cell.isascii() and cell[-1:].isdigit() and cell.replace(".", "", 1).isdigit():
        return float(cell)  # most of them
    if m := _DECIMAL_COMMA.fullmatch(cell):
        whole, part = (m[i] or m[i + 2] or m[i + 4] for i in (1, 2))
        amount = float(f"{re.sub('[^0-9]', '', whole)}.{part}")
        return -amount if cell[0] in "-−–(" else amount
    if not (m := _NUMBER.fullmatch(cell)) or not (m[1] or (m[2] and len(m[2]) > 1)):
        return None
    amount = float(re.sub(r"\D", "", m[1] or "0") + (m[2] or "") + (f"e{m[3]}" if m[3] else ""))
    if amount == float("inf"):
        return None
    return -amount if cell[0] in "-−–(" else amount


def is_date(cell: str) -> bool:
    """Whether a cell shows a date in digits."""
    return len(cell) < 40 and _DATE.fullmatch(cell) is not None


def header(rows: Sequence[Sequence[str]]) -> tuple[list[str], int]:
    """The names of the columns, and how many of the first rows tell them (0 to 4).

    Some twenty rows are enough to judge by. A label over several columns joins the ones below it.

    >>> header([["", "2019", "2018"], ["Fixed", "1.5", "1.1"]])
    (['', '2019', '2018'], 1)
    >>> header([["", "Ended June 30,", ""], ["", "2019", "2018"], ["Fixed", "1.5", "1.1"]])
    (['', 'Ended June 30, 2019', 'Ended June 30, 2018'], 2)
    """
    count = int(bool(rows) and _is_label_row(rows[0]))
    while (
        0 < count < min(_MOST_HEADER_ROWS, len(rows))
        and _is_label_row(rows[count])
        and any(rows[count][1:])
        and not all(map(_is_label_row, rows[count:]))
    ):
        if rows[count][0] and not _spans_columns(rows[count - 1], rows[count]):
            break
        count += 1
    if not count or (count == 1 and _holds_values(rows)):
        return [], 0
    width = max(map(len, rows[:count]))
    parts: list[list[str]] = [[] for _ in range(width)]
    for i, row in enumerate(rows[:count]):
        cells = _fill_spanning(row, width) if i < count - 1 else [*row, *[""] * (width - len(row))]
        for column, label in enumerate(cells):
            if label and label not in parts[column]:
                parts[column].append(label)
    return [" ".join(labels) for labels in parts], count


def _is_label_row(row: Sequence[str]) -> bool:
    # merged cells repeat
    cells = [c for i, c in enumerate(row) if c and (not i or c != row[i - 1])]
    years = [c for c in cells if re.fullmatch(r"(?:1[5-9]|20)\d\d", c)]
    if not cells or (len(years) > 1 and len(set(years)) < len(years)):
        return False
    words = [c for c in cells if number(c) is None and not is_date(c)]
    return (
        len(words) + len(years) == len(cells)
        and bool(words or not row[0])
        and all(len(c) <= _LONGEST_LABEL for c in cells)
    )


def _spans_columns(row: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a row's labels stand over several columns each: blanks or merged cells follow."""
    cells = [*row, *[""] * len(below)][: len(below)]
    return any(below[i] and cells[i] in ("", cells[i - 1]) for i in range(1, len(below)))


def _fill_spanning(row: Sequence[str], width: int) -> list[str]:
    cells = [*row, *[""] * (width - len(row))]
    labels = [c for c in cells[1:] if c]
    if any(a and a == b for a, b in pairwise(cells)):
        return cells  # each column has it already
    if len(set(labels)) == 1:
        return [cells[0], *[labels[0]] * (width - 1)]
    for i in range(2, width):
        cells[i] = cells[i] or cells[i - 1]
    return cells


def _holds_values(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row's cells are values like those below them."""
    # long tables repeat their header
    below = [row for row in rows[1:] if list(row) != list(rows[0])]
    repeated = sum(
        bool(cell) and any(i < len(row) and row[i] == cell for row in below)
        for i, cell in enumerate(rows[0])
    )
    return repeated * 2 >= sum(map(bool, rows[0])) > 0


def are_identifiers(name: str, cells: Sequence[str]) -> bool:
    """Whether the cells of a column are digits that are names: postcodes, telephones, long ids.

    One that begins with a zero is enough, and so is a column's name that says so. Others are where
    all are equally many digits, many, and no two are the same.

    >>> are_identifiers("town", ["10115", "01067"]), are_identifiers("Zip", ["10115", "80331"])
    (True, True)
    >>> are_identifiers("Item", ["4006381333931", "4006381333948", "4012345678901"])
    True
    >>> are_identifiers("Inhabitants", ["10115", "80331"])
    False
    """
    digits = [c for c in cells if _DIGITS.fullmatch(c)]
    if not digits or len(digits) < _KIND_SHARE * len(cells):
        return False
    is_long = min(map(len, digits)) == max(map(len, digits)) >= _LONG_IDENTIFIER
    are_distinct = len(set(digits)) == len(digits) >= _MIN_LONG_IDENTIFIERS
    return (
        any(c[0] == "0" and len(c) > 1 for c in digits)
        or _IDENTIFIER_COLUMN.search(name) is not None
        or (is_long and are_distinct)
    )


class Column:
    """What the values of one column have in common."""

    def __init__(self, name: str) -> None:
        self.name, self.cell_count, self.numbers, self.dates, self.is_whole = name, 0, 0, 0, True
        self.low, self.high = float("inf"), float("-inf")
        self.first_date, self.last_date = "", ""
        self.samples: dict[str, None] = {}
        self._first_cells: list[str] = []

    def add(self, cell: str) -> None:
        """Take one more value into account."""
        self.cell_count += 1
        if len(self._first_cells) < _FIRST_CELLS:
            self._first_cells.append(cell[:_LONGEST_SAMPLE])
        if (amount := number(cell)) is not None:
            self.numbers += 1
            self.low, self.high = min(self.low, amount), max(self.high, amount)
            self.is_whole = self.is_whole and amount.is_integer()
        elif is_date(cell):
            self.dates += 1
            self.first_date = min(self.first_date or cell, cell)
            self.last_date = max(self.last_date, cell)
        elif len(self.samples) < _SAMPLES:
            self.samples[cell[:_LONGEST_SAMPLE]] = None

    @property
    def kind(self) -> str:
        """integer, number, date, text or empty: what nearly all its values are."""
        if not self.cell_count:
            return "empty"
        if self.is_whole and are_identifiers(self.name, self._first_cells):
            return "text"
        if self.numbers >= _KIND_SHARE * self.cell_count:
            return "integer" if self.is_whole else "number"
        return "date" if self.dates >= _KIND_SHARE * self.cell_count else "text"

    def __str__(self) -> str:
        if self.kind in ("integer", "number"):
            description = f"{self.kind}, {self.low:.12g}" + (
                f" to {self.high:.12g}" if self.high > self.low else ""
            )
        elif self.kind == "date":
            description = f"date, {self.first_date} to {self.last_date}"
        else:
            samples = list(self.samples or dict.fromkeys(self._first_cells[:_SAMPLES]))
            description = self.kind + (f", such as {', '.join(samples)}" if samples else "")
        return f"{self.name}: {description}."

    def to_dict(self) -> dict[str, object]:
        """Name and kind, and the range where there is one."""
        record: dict[str, object] = {"name": self.name, "type": self.kind}
        if self.kind in ("integer", "number"):
            record |= {"low": self.low, "high": self.high}
        return record
