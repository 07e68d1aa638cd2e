"""The day of a receipt."""

from __future__ import annotations

import re
from collections.abc import Sequence

from polysense.make.table.form.line import Field, Line, right_of
from polysense.make.table.form.vocabulary import alternatives

_MONTH = rf"{alternatives('month')}[^\W\d_]{{0,6}}"
_YEAR = r"(?:20\d\d|19\d\d|\d\d)"
DATE = re.compile(
    rf"(?<![\d./-])(?:\d{{1,2}}(?:\s?[-/.]|\s)\s?\d{{1,2}}\s?[-/.]\s?{_YEAR}"
    r"|(?:20|19)\d\d[-/.]\d{1,2}[-/.]\d{1,2}"
    rf"|\d{{1,2}}[\s./-]*(?:de\s+)?{_MONTH}[\s.,/'-]*(?:de\s+)?{_YEAR}"
    rf"|{_MONTH}\s+\d{{1,2}},?\s+(?:20|19)\d\d|(?:20|19)\d\d年\d{{1,2}}月\d{{1,2}}日)"
    # the hour may touch it
    r"(?![\d/-])|(?<![\d./-])\d{1,2}[-/.]\d{1,2}[-/.]20\d\d(?=\d\d?:\d\d)",
    re.I,
)
_LABEL = re.compile(alternatives("date"), re.I)
_OTHER_DATE = re.compile(alternatives("other_date"), re.I)


def date(lines: Sequence[Line]) -> Field | None:
    """The day of the receipt: one beside "date", else the first."""
    candidates: list[tuple[int, int, Field]] = []
    for n, line in enumerate(lines):
        for m in DATE.finditer(line.text):
            if _is_possible(m[0]):
                rank = _rank(lines, line, line.text[: m.start()])
                candidates.append((rank, n, Field("date", m[0].strip(), line.span)))
    return min(candidates, key=lambda c: c[:2])[2] if candidates else None


def _rank(lines: Sequence[Line], line: Line, before: str) -> int:
    """0 for a date with a label, 1 for one without, 2 for one of something else."""
    if _OTHER_DATE.search(before):
        return 2
    has_label = _LABEL.search(line.text) or any(
        _LABEL.search(o.text) for o in lines if line in right_of(lines, o)
    )
    return 0 if has_label else 1


def _is_possible(date: str) -> bool:
    """Whether some reading of a date's numbers is a day."""
    numbers = [int(d) for d in re.findall(r"\d+", date)]
    if re.search(r"[^\W\d_]{3}", date):
        return any(1 <= n <= 31 for n in numbers)
    small = [n for n in numbers if n <= 31]
    return (
        len(numbers) == 3
        and len(small) >= 2
        and any(1 <= n <= 12 for n in small)
        and all(n >= 1 for n in numbers[:2])
    )
