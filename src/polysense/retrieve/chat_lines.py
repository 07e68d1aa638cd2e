"""The messages of a chat that was saved as text: a line that begins with a moment, and the lines
that go on with it (WhatsApp, Signal, IRC).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_DATE = r"\d{1,4}(?:[./-]\d{1,2}[./-]|年\d{1,2}月)\d{1,4}日?"
_TIME = r"(?:[上下]午|午[前後]|오[전후])?\s?\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s?[ap]\.?\s?m\.?)?"
_MOMENT = rf"{_DATE}[,،]?\s{{1,2}}{_TIME}"
_START = re.compile(
    rf"[\u200e\u200f\ufeff]?(?:\[(?:{_MOMENT}|{_TIME})\]\s|{_MOMENT}\s[-–]\s"
    rf"|(?:{_MOMENT}|{_TIME})\s(?=<[^<>\s]))",
    re.I,
)
_NAME = re.compile(r"[\u200e~]?\s?(?:<[^<>\n]{1,40}>\s|[^\s:<>][^:<>\n]{0,40}:(?:\s|$))")

MIN_MESSAGES = 2
"""Messages that say who writes, from which on a text is a chat; judged."""


def message_lines(lines: Sequence[str]) -> list[tuple[int, int]]:
    """(first, last) line of each message, from 0; none where the text is no chat.

    >>> message_lines(["1/3/24, 18:05 - Ole: Bring", "two ropes", "1/3/24, 18:06 - Ada: Yes"])
    [(0, 1), (2, 2)]
    """
    starts, names = list[int](), 0
    for n, line in enumerate(lines):
        if m := _START.match(line):
            starts.append(n)
            names += _NAME.match(line, m.end()) is not None
    if names < MIN_MESSAGES:
        return []
    firsts = starts if starts[0] == 0 else [0, *starts]
    return [(a, b - 1) for a, b in zip(firsts, [*firsts[1:], len(lines)], strict=True)]
