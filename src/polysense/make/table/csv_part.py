"""A table as an answer: CSV (RFC 4180) whose rows say where they are from."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from polysense.types import Evidence, Part

SOURCE_COLUMNS = ("source", "place")
"""The last two columns: the file's name, and the place in it."""

MOST_ROWS = 1000
"""Rows of an answer: more are no answer, but the file itself."""

_LONGEST_STEM = 60  # characters of a file's name that go into the answer's

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FORMULA = re.compile(r"=|[@+-](?=.*[(!|])", re.S)


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    name: str,
    meta: Mapping[str, Any] | None = None,
    with_source: bool = True,
) -> Part:
    """A table part: UTF-8, commas, header first.

    Rows end with their source and place, unless `with_source` is off. A cell that a spreadsheet
    would run as a formula gets an apostrophe before it (OWASP, CSV injection).
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [_safe(c) for c in distinct_names([*columns, *(SOURCE_COLUMNS if with_source else ())])]
    )
    writer.writerows([_safe(c) for c in row] for row in rows)
    return Part(
        "table",
        out.getvalue().encode("utf-8", "replace"),
        mime="text/csv",
        name=name,
        meta=dict(meta or {}),
    )


def distinct_names(names: Sequence[str]) -> list[str]:
    """Names for columns: none empty, none twice.

    >>> distinct_names(["", "Year", "Year"])
    ['column 1', 'Year', 'Year 2']
    """
    result: list[str] = []
    for i, name in enumerate(names, 1):
        plain = _CONTROL.sub("", " ".join(name.split())) or f"column {i}"
        candidate, n = plain, 1
        while candidate.lower() in (f.lower() for f in result):
            n += 1
            candidate = f"{plain} {n}"
        result.append(candidate)
    return result


def file_name(e: Evidence, what: str) -> str:
    """A file name for what is made of evidence: "accounts-rows.csv"."""
    stem = re.sub(r"[^\w-]+", "-", PurePosixPath(e.hit.chunk.asset.name).stem).strip("-")
    stem = stem[:_LONGEST_STEM]
    return f"{stem or 'evidence'}-{what}.csv"


def _safe(cell: str) -> str:
    plain = _CONTROL.sub("", str(cell))
    return f"'{plain}" if _FORMULA.match(plain) else plain
