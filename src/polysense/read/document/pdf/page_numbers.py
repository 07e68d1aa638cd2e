"""Lines that are nothing but the number of their page."""

from __future__ import annotations

import re

_PAGE_NUMBER = re.compile(  # of Rome's letters those of ASCII: "\u0131" is one by case alone
    r"^\W*(?:#|(?P<roman>(?ai:[ivxlc]{1,9}))|(?:page|seite|p\.)\s*#(?:\s*(?:of|/|von)\s*#)?|#\s*/\s*#)\W*$",
    re.I,
)

_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_NUMERAL = re.compile(r"c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
"""How numerals are written below 400: no word like "civil"."""


def is_page_number(line: str, count: int) -> bool:
    """Whether a line of one of `count` pages says its number, and nothing else.

    >>> [is_page_number(line, 12) for line in ("7", "- xxii -", "Page 3 of 12", "C", "civil")]
    [True, True, True, False, False]
    """
    m = _PAGE_NUMBER.match(re.sub(r"\d+", "#", line))
    return m is not None and (not m["roman"] or _may_be_number(m["roman"], count))


def roman_value(numeral: str) -> int:
    """The number that letters of Rome stand for.

    >>> roman_value("xiv"), roman_value("C")
    (14, 100)
    """
    values = [_ROMAN[letter] for letter in numeral.lower()]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < following else value for value, following in pairs)


def _may_be_number(numeral: str, count: int) -> bool:
    """Whether letters may number one of `count` pages: an extract keeps the numbers of its book,
    but C alone is rarely the number of one of twelve.
    """
    if not (numeral.islower() or numeral.isupper()) or not _NUMERAL.fullmatch(numeral.lower()):
        return False
    return len(numeral) > 1 or roman_value(numeral) <= count
