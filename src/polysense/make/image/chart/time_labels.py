"""Labels that say when: their order in time, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905 - as it is read
_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
_MAX_YEAR_LABEL, _MAX_TIME_LABEL = 24, 60
"""Characters of a label in which a year is its time, and of a column's name that may be one: longer
ones are sentences. Judged, not measured.
"""


def time_value(label: str) -> float | None:
    """When a label says it is, as a number that orders labels of one kind; None without a time.

    >>> time_value("2019") < time_value("2020-03"), time_value("March") < time_value("Oct")
    (True, True)
    >>> time_value("Tea") is None
    True
    """
    low = label.strip().lower()
    if m := re.fullmatch(
        r"(\d{4})[-/年.]\s*(\d{1,2})(?:[-/月.]\s*(\d{1,2})日?)?月?(?:[t ].*)?", low
    ):
        try:
            return date(int(m[1]), int(m[2]), int(m[3] or 1)).toordinal() / 365.2425
        except ValueError:
            return None
    if m := re.search(
        rf"\b({'|'.join(_MONTHS)})[a-z]*\.?(?:\s+(\d{{1,2}}),?)?(?:[\s-]+'?(\d{{4}}))?$", low
    ):
        day = re.match(r"(?:[a-z]{3,9},?\s+)?(\d{1,2})\s", low)
        return int(m[3] or 0) + _MONTHS.index(m[1]) / 12 + int(m[2] or (day[1] if day else 0)) / 400
    if m := re.fullmatch(r"(\d{1,2})\s*月", low):
        return int(m[1]) / 12
    if m := re.fullmatch(r"q([1-4])(?:\s+(\d{4}))?|(\d{4})[\s-]?q([1-4])", low):
        return int(m[2] or m[3] or 0) + int(m[1] or m[4]) / 4
    m = _YEAR.search(low)
    return float(m[0]) if m and len(low) <= _MAX_YEAR_LABEL else None


def is_time(name: str) -> bool:
    """Whether a column's name is a time."""
    says_time = bool(_YEAR.search(name)) or time_value(name) is not None
    return says_time and len(name) <= _MAX_TIME_LABEL


def time_order(labels: Sequence[str]) -> list[int]:
    """Indices in the order of time where all labels say when; else as they stand."""
    times = [time_value(x) for x in labels]
    return (
        sorted(range(len(labels)), key=lambda i: times[i] or 0.0)
        if all(t is not None for t in times)
        else list(range(len(labels)))
    )
