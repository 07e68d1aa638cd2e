"""The values of a filter: numbers and times as they are written, as stores compare them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from polysense.columns import describe_columns
from polysense.errors import BadFilter

COLUMNS_HINT = (
    f"Columns: {describe_columns()}; and meta.NAME for anything that `polysense show` lists under "
    "meta."
)
MAX_NUMBER = 1 << 63
"""Whole numbers from here on fit no store's column of 64 bits."""

_TIME = re.compile(
    r"\d{4}(-\d\d(-\d\d([T ]\d\d(:\d\d(:\d\d(\.\d+)?)?)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?)?)?", re.I
)


def parse_number(text: str) -> int | float:
    """A number as written; a whole one as int. Raises BadFilter for what 64 bits do not hold."""
    try:
        value: int | float = int(text)
    except ValueError:
        try:
            value = float(text)
        except ValueError as e:
            raise BadFilter(f"{text} is no number", COLUMNS_HINT) from e
    if abs(value) >= MAX_NUMBER:
        raise BadFilter(f"{text} is too large a number", "Numbers of a filter fit into 64 bits.")
    return value


def parse_time(column: str, text: str) -> str:
    """A time as it is stored: with T between date and time, in UTC. Raises BadFilter."""
    match = _TIME.fullmatch(text)
    if text and match is None:
        raise BadFilter(
            f"{column} is a time, and {text!r} is none",
            f"Write it like '2026-01-31' or '2026-01-31T12:00:00Z'. {COLUMNS_HINT}",
        )
    text = text.upper().replace(" ", "T")
    if match is None:
        return text
    try:
        # a year or a month alone is where times begin
        moment = datetime.fromisoformat(text + "0001-01-01"[len(text) :])
        if match["zone"] in (None, "Z"):
            return text
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError) as e:
        raise BadFilter(f"{text!r} is no time: {e}", COLUMNS_HINT) from e
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
