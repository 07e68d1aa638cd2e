"""What the cells of a table show: numbers, dates, headers, and what a column has in common."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBER = re.compile(
    r"[-+−–(]?\s*[$€£¥₹]?\s*(\d{1,3}(?:[,\u00a0\u2009\u202f ]\d{3})+|\d+)?(\.\d*)?(?:[eE]([-+]?\d{1,3}))?\s*%?\s*\)?"
)
_DATE = re.compile(r"\d{4}-\d\d?-\d\d?(?:[T ]\d\d?:\d\d.*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")


def letters(column: int) -> str:
    """A spreadsheet's name for the column at this index.

    >>> letters(0), letters(25), letters(26), letters(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    said = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        said = chr(65 + rest) + said
    return said


def number(said: str) -> float | None:
    """The number that a cell shows; None where it shows something else. Percents stay as shown,
    brackets mean minus.

    >>> number("$ 1,452.4"), number("(12)"), number("12.5%"), number("2e3"), number("1 Main St")
    (1452.4, -12.0, 12.5, 2000.0, None)
    """
    if (
        len(said) > 40
        or not (m := _NUMBER.fullmatch(said))
        or not (m[1] or (m[2] and len(m[2]) > 1))
    ):
        return None
    value = float(re.sub(r"\D", "", m[1] or "0") + (m[2] or "") + (f"e{m[3]}" if m[3] else ""))
    if value == float("inf"):
        return None
    return -value if said[0] in "-−–(" else value


def is_date(said: str) -> bool:
    """Whether a cell shows a date in digits."""
    return len(said) < 40 and _DATE.fullmatch(said) is not None


def header(rows: Sequence[Sequence[str]]) -> tuple[list[str], int]:
    """The names of the columns and how many of the first rows tell them (0 to 4), judged by some
    twenty rows.

    A label over several columns joins the ones below it.

    >>> header([["", "2019", "2018"], ["Fixed", "1.5", "1.1"]])
    (['', '2019', '2018'], 1)
    >>> header([["", "Ended June 30,", ""], ["", "2019", "2018"], ["Fixed", "1.5", "1.1"]])
    (['', 'Ended June 30, 2019', 'Ended June 30, 2018'], 2)
    """
    n = int(bool(rows) and _labels(rows[0]))
    while (
        0 < n < min(4, len(rows))
        and _labels(rows[n])
        and any(rows[n][1:])
        and not all(map(_labels, rows[n:]))
    ):
        if rows[n][0] and not _gaps(rows[n - 1], rows[n]):
            break
        n += 1
    if not n or (n == 1 and _repeats(rows)):
        return [], 0
    width = max(map(len, rows[:n]))
    names: list[list[str]] = [[] for _ in range(width)]
    for i, row in enumerate(rows[:n]):
        spread = _spread(row, width) if i < n - 1 else [*row, *[""] * (width - len(row))]
        for column, label in enumerate(spread):
            if label and label not in names[column]:
                names[column].append(label)
    return [" ".join(labels) for labels in names], n


def _labels(row: Sequence[str]) -> bool:
    said = [c for i, c in enumerate(row) if c and (not i or c != row[i - 1])]  # merged cells repeat
    years = [c for c in said if re.fullmatch(r"(?:1[5-9]|20)\d\d", c)]
    if not said or (len(years) > 1 and len(set(years)) < len(years)):
        return False
    named = [c for c in said if number(c) is None and not is_date(c)]
    return (
        len(named) + len(years) == len(said)
        and bool(named or not row[0])
        and all(len(c) <= 100 for c in said)
    )


def _gaps(row: Sequence[str], below: Sequence[str]) -> bool:
    """Whether a row's labels stand over several columns each: blanks, or merged cells that repeat."""
    cells = [*row, *[""] * len(below)][: len(below)]
    return any(below[i] and cells[i] in ("", cells[i - 1]) for i in range(1, len(below)))


def _spread(row: Sequence[str], width: int) -> list[str]:
    cells = [*row, *[""] * (width - len(row))]
    said = [c for c in cells[1:] if c]
    if len(set(said)) == 1:
        return [cells[0], *[said[0]] * (width - 1)]
    for i in range(2, width):
        cells[i] = cells[i] or cells[i - 1]
    return cells


def _repeats(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row's cells are values like those below them."""
    # long tables tell their header again
    below = [row for row in rows[1:] if list(row) != list(rows[0])]
    again = sum(
        bool(cell) and any(i < len(row) and row[i] == cell for row in below)
        for i, cell in enumerate(rows[0])
    )
    return again * 2 >= sum(map(bool, rows[0])) > 0


class Column:
    """What the values of one column have in common."""

    def __init__(self, name: str) -> None:
        self.name, self.filled, self.numbers, self.dates, self.whole = name, 0, 0, 0, True
        self.low, self.high = float("inf"), float("-inf")
        self.first, self.last = "", ""
        self.samples: dict[str, None] = {}

    def add(self, said: str) -> None:
        """Take one more value into account."""
        self.filled += 1
        if (value := number(said)) is not None:
            self.numbers += 1
            self.low, self.high = min(self.low, value), max(self.high, value)
            self.whole = self.whole and value.is_integer()
        elif is_date(said):
            self.dates += 1
            self.first, self.last = min(self.first or said, said), max(self.last, said)
        elif len(self.samples) < 4:
            self.samples[said[:60]] = None

    @property
    def kind(self) -> str:
        """integer, number, date, text or empty: what nearly all its values are."""
        if not self.filled:
            return "empty"
        if self.numbers >= 0.9 * self.filled:
            return "integer" if self.whole else "number"
        return "date" if self.dates >= 0.9 * self.filled else "text"

    def __str__(self) -> str:
        if self.kind in ("integer", "number"):
            said = f"{self.kind}, {self.low:.12g}" + (
                f" to {self.high:.12g}" if self.high > self.low else ""
            )
        elif self.kind == "date":
            said = f"date, {self.first} to {self.last}"
        else:
            said = self.kind + (f", such as {', '.join(self.samples)}" if self.samples else "")
        return f"{self.name}: {said}."

    def to_dict(self) -> dict[str, object]:
        """Name and kind, and the range where there is one."""
        told: dict[str, object] = {"name": self.name, "type": self.kind}
        if self.kind in ("integer", "number"):
            told |= {"low": self.low, "high": self.high}
        return told
