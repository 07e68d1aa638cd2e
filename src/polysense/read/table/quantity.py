"""What cells say: quantities with their units, and times."""

from __future__ import annotations

import re

from polysense.read.table.cells import is_date, number

_UNIT = re.compile(r"[(\[（]\s*([^()\[\]（）]{1,14}?)\s*[)\]）]\s*$|,\s*([a-z%°£€$¥/²³]{1,6})\s*$")
_MEASURE = re.compile(
    r"([-+−–]?\s*(?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d+)?)\s*([^\W\d_]{1,4}|[°µ][^\W\d_]{0,2}|[^\W\d_]{1,4}/[^\W\d_]{1,3}|m²|m³)"
)
_MONEY = re.compile(r"[$€£¥₹]")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_NO_UNITS = frozenset(
    [*_MONTHS.split("|"), "am", "pm", "bc", "ad", "bce", "ce", "st", "nd", "rd", "th"]
)
_WHEN = re.compile(
    rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?(?:\d{{1,2}}\.?\s+)?"
    rf"(?:{_MONTHS})[a-z]{{0,6}}\.?(?:\s+\d{{1,2}},)?(?:[\s-]+'?\d{{2,4}})?"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|q[1-4](?:\s+\d{2,4})?|\d{4}[\s-]?q[1-4]|\d{4}[-/]\d\d|\d\d?:\d\d(?::\d\d)?"
    r"|(?:\d{4}\s*年\s*)?\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?|\d{4}\s*年|(?:星期|周)[一二三四五六日天]|[一二三四五六七八九十]{1,2}月",
    re.I,
)
_DATED = re.compile(
    r"(?i)year|date|season|founded|establish|opened|opening|closed|built|since|until|born|died|retired|年|时间"
)
_WORDED = re.compile(
    r"(?i)[^\W\d_]{1,4}|.*[%°£€$¥₹/²³µ].*|(?:in )?(?:thousand|million|billion)s?(?: .*)?|(?:dollar|euro|pound|crown|yen|yuan|franc)s?"
    r"|(?:second|minute|hour|day|week|month|year|meter|metre|mile|inche|gram|tonne|ton|litre|liter|degree|point)s?|feet|foot|inch|percent|people"
    r"|(?:square |cubic |kilo|centi|milli|nautical )+\w{1,8}"
)
_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
_NOTE = re.compile(
    r"(?:(?<=[\w%)\]°€£¥₹.†‡*])\s*(?:[†‡*#§¶※]+|\[(?:\w{1,3}|(?:note|nb) ?\d+)\])"
    r"|(?<=[\d%)\]])(?:\s*\((?:\d|[a-z])\)|[⁰¹²³⁴-⁹ᵃ-ᶠ]{1,3}))\s*$",
    re.I,
)


def value(said: str) -> float | None:
    """The number that a cell shows, perhaps with a unit behind it; None where it shows none. Marks
    of footnotes are not part of it.

    >>> value("1,234.5"), value("12.5%"), value("2.5 kg"), value("12 †"), value("3 May"), value("n/a")
    (1234.5, 12.5, 2.5, 12.0, None, None)
    """
    said = unmarked(said)
    shown = number(said)
    if (
        shown is None
        and len(said) < 40
        and (m := _MEASURE.fullmatch(said))
        and not _month(m[2])
        and not _WHEN.fullmatch(said)
    ):
        shown = number(m[1])
    return shown


def unit_of(said: str) -> str:
    """The unit that a cell shows beside its number; "" where there is none.

    >>> unit_of("$4.20"), unit_of("12 %"), unit_of("2.5 kg"), unit_of("7")
    ('$', '%', 'kg', '')
    """
    said = unmarked(said)
    if m := _MONEY.search(said):
        return m[0]
    if said.rstrip(") ").endswith("%"):
        return "%"
    m = _MEASURE.fullmatch(said) if len(said) < 40 and not _WHEN.fullmatch(said) else None
    return m[2] if m and number(said) is None and not _month(m[2]) else ""


def unmarked(said: str) -> str:
    """A cell without the marks that point from its number to a footnote, at most three of them.

    >>> unmarked("12 †"), unmarked("1,234[a]*"), unmarked("3.4²"), unmarked("5 m²"), unmarked("[3]")
    ('12', '1,234', '3.4', '5 m²', '[3]')
    """
    if len(said) > 60 or not any(c.isdigit() for c in said):
        return said
    for _ in range(3):
        shorter = _NOTE.sub("", said)
        if shorter == said:
            break
        said = shorter
    return said


def _month(word: str) -> bool:
    return word[:3].lower() in _NO_UNITS


def unit_in(name: str) -> str:
    """The unit that a column's name tells; "" where it tells none.

    >>> unit_in("Mass (kg)"), unit_in("收入（元）"), unit_in("Population (2011)"), unit_in("Depth, m")
    ('kg', '元', '', 'm')
    """
    m = _UNIT.search(name)
    return (m[1] or m[2]) if m and (m[2] or _WORDED.fullmatch(m[1])) else ""


def is_when(said: str) -> bool:
    """Whether a cell shows a date, a month, a weekday, a quarter or a time of day."""
    return len(said) < 40 and (is_date(said) or _WHEN.fullmatch(said) is not None)


def is_year(said: str) -> bool:
    """Whether a cell may be a year: four digits of the last five hundred years or the next two."""
    return _YEAR.fullmatch(said) is not None


def dated(name: str) -> bool:
    """Whether a column's name says that it tells when."""
    return _DATED.search(name) is not None
