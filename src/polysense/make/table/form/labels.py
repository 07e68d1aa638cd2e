"""What a receipt, bill or form says under its labels: who, where, when, how much, all other pairs.

Rules over lines of print with their boxes, after the fields of ICDAR 2019's SROIE (Huang et al.,
"Scanned receipts OCR and information extraction"): company, date, address, total.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from polysense.make.table.form.amounts import total
from polysense.make.table.form.dates import date
from polysense.make.table.form.line import Field, Line, right_of
from polysense.make.table.form.seller import address, company

MOST_LINES = 600
"""Lines of a page that are looked at; a page of print has fewer."""

_MOST_CHARACTERS = 400
"""Characters of a line in which a receipt's fields are sought: print has fewer, and the patterns
take the square of the length."""

_PAIR = re.compile(r"^\s*([^\W\d_][^:：]{0,38}?)\s*[:：]\s*(.*)$")
_NEXT_LABEL = re.compile(r"(?<=\S)(?:[ \u00a0]{2,}|\s*[\t|]\s*)(?=[^\W\d_][^:：]{0,38}?[:：]\s)")
"""The gap on a line before another label."""

_CLOCK = re.compile(r"\d\s*[:：]\s*\d\d|https?\s*[:：]//")


def fields(lines: Sequence[Line]) -> list[Field]:
    """A receipt's company, address, date and total, in this order; then its other pairs."""
    lines = lines[:MOST_LINES]
    short = [Line(line.text[:_MOST_CHARACTERS], line.span) for line in lines]
    receipt = [f for f in (company(short), address(short), date(short), total(short)) if f]
    values = {f.value for f in receipt}
    return [*receipt, *(p for p in pairs(lines) if p.value not in values)]


def is_receipt(fields: Iterable[Field]) -> bool:
    """Whether these fields make a receipt or bill of it: an amount to pay, and when or by whom."""
    names = {f.name for f in fields}
    return "total" in names and bool(names & {"date", "company", "address"})


def pairs(lines: Sequence[Line]) -> list[Field]:
    """Labelled values: "key: value", or a key with a colon and what stands beside it."""
    by_name: dict[str, Field] = {}
    for line in (piece for whole in lines for piece in _at_labels(whole)):
        m = _PAIR.match(line.text)
        if not m or _CLOCK.match(line.text.strip()):
            continue
        name, value, span = " ".join(m[1].split()), m[2].strip(), line.span
        if not value:
            neighbour = next(iter(right_of(lines, line)), None)
            if neighbour is None or neighbour.text.rstrip().endswith((":", "：")):
                continue
            value, span = neighbour.text.strip(" :："), neighbour.span
        if value and name.lower() not in by_name and any(c.isalnum() for c in value):
            by_name[name.lower()] = Field(name, value, span)
    return list(by_name.values())


def _at_labels(line: Line) -> list[Line]:
    """A line of several labels with values, cut before each: "No: 7    Date: 3 May"."""
    if not _PAIR.match(line.text):
        return [line]
    return [Line(text, line.span) for text in _NEXT_LABEL.split(line.text)]
