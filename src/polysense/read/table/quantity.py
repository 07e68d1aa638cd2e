"""What cells say: quantities with their units, and times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from polysense.read.table.cells import is_date, number

_UNIT_IN_NAME = re.compile(
    r"[(\[（]\s*([^()\[\]（）]{1,14}?)\s*[)\]）]\s*$|,\s*([a-z%°£€$¥/²³]{1,6})\s*$"
)
_NUMBER_WITH_UNIT = re.compile(
    r"([-+−–]?\s*(?:\d{1,3}(?:[, ]\d{3})+|\d+)(?:\.\d+)?)\s*"
    r"((?:euro|crown|pound|dollar|franc|minute|second|metre|meter|gram|litre|liter|tonne|kilometre"
    r"|kilometer|mile|hour|week|year)s?|[^\W\d_]{1,4}|[°µ][^\W\d_]{0,2}|[^\W\d_]{1,4}/[^\W\d_]{1,3}|m²|m³)"
)
_MONEY = re.compile(r"[$€£¥₹]")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_NO_UNITS = frozenset(
    [*_MONTHS.split("|"), "am", "pm", "bc", "ad", "bce", "ce", "st", "nd", "rd", "th"]
)
_TIME = re.compile(
    rf"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?(?:\d{{1,2}}\.?\s+)?"
    rf"(?:{_MONTHS})[a-z]{{0,6}}\.?(?:\s+\d{{1,2}},)?(?:[\s-]+'?\d{{2,4}})?"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|q[1-4](?:\s+\d{2,4})?|\d{4}[\s-]?q[1-4]|\d{4}[-/]\d\d|\d\d?:\d\d(?::\d\d)?"
    r"|(?:\d{4}\s*年\s*)?\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?|\d{4}\s*年"
    r"|(?:星期|周)[一二三四五六日天]|[一二三四五六七八九十]{1,2}月",
    re.I,
)
_TIME_COLUMN = re.compile(
    r"(?i)year|date|season|founded|establish|opened|opening|closed|built|since|until|born|died"
    r"|retired|launched|completed|jahr|année|año|年|时间"
)
_UNIT_WORD = re.compile(
    r"(?i)[^\W\d_]{1,4}|.*[%°£€$¥₹/²³µ].*|(?:in )?(?:thousand|million|billion)s?(?: .*)?"
    r"|(?:dollar|euro|pound|crown|yen|yuan|franc)s?"
    r"|(?:second|minute|hour|day|week|month|year|meter|metre|mile|inche|gram|tonne|ton|litre|liter"
    r"|degree|point)s?|feet|foot|inch|percent|people"
    r"|(?:square |cubic |kilo|centi|milli|nautical )+\w{1,8}"
)
_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d")
_FOOTNOTE_MARK = re.compile(
    r"(?:(?<=[\w%)\]°€£¥₹.†‡*])\s*(?:[†‡*#§¶※]+|\[(?:\w{1,3}|(?:note|nb) ?\d+)\])"
    r"|(?<=[\d%)\]])(?:\s*\((?:\d|[a-z])\)|[⁰¹²³⁴-⁹ᵃ-ᶠ]{1,3}))\s*$",
    re.I,
)

# Sizes, judged, not measured: longer cells are sentences.
_LONGEST = 40  # characters of a cell that is one quantity or time
_FEWEST_YEARS, _LARGEST_STEP = 3, 12  # years without a name that says so, and their mean step
_LONGEST_MARKED, _MOST_MARKS = 60, 3  # characters of a cell with footnote marks, and such marks


def value(cell: str) -> float | None:
    """The number that a cell shows, perhaps with a unit behind it; None where it shows none.

    Marks of footnotes are not part of it.

    >>> value("1,234.5"), value("12.5%"), value("2.5 kg"), value("12 †"), value("3 May")
    (1234.5, 12.5, 2.5, 12.0, None)
    """
    cell = strip_footnote_marks(cell)
    amount = number(cell)
    if (
        amount is None
        and len(cell) < _LONGEST
        and (m := _NUMBER_WITH_UNIT.fullmatch(cell))
        and not _is_no_unit(m[2])
        and not _TIME.fullmatch(cell)
    ):
        amount = number(m[1])
    return amount


def unit_of(cell: str) -> str:
    """The unit that a cell shows beside its number; "" where there is none.

    >>> unit_of("$4.20"), unit_of("12 %"), unit_of("2.5 kg"), unit_of("7")
    ('$', '%', 'kg', '')
    """
    cell = strip_footnote_marks(cell)
    if m := _MONEY.search(cell):
        return m[0]
    if cell.rstrip(") ").endswith("%"):
        return "%"
    is_quantity = len(cell) < _LONGEST and not _TIME.fullmatch(cell)
    m = _NUMBER_WITH_UNIT.fullmatch(cell) if is_quantity else None
    return m[2] if m and number(cell) is None and not _is_no_unit(m[2]) else ""


def strip_footnote_marks(cell: str) -> str:
    """A cell without the marks that point from its number to a footnote, at most three of them.

    >>> [strip_footnote_marks(cell) for cell in ("12 †", "1,234[a]*", "3.4²", "5 m²", "[3]")]
    ['12', '1,234', '3.4', '5 m²', '[3]']
    """
    if len(cell) > _LONGEST_MARKED or not any(c.isdigit() for c in cell):
        return cell
    for _ in range(_MOST_MARKS):
        shorter = _FOOTNOTE_MARK.sub("", cell)
        if shorter == cell:
            break
        cell = shorter
    return cell


def _is_no_unit(word: str) -> bool:
    return word[:3].lower() in _NO_UNITS


def unit_in(name: str) -> str:
    """The unit that a column's name tells; "" where it tells none.

    >>> [unit_in(name) for name in ("Mass (kg)", "收入（元）", "Population (2011)", "Depth, m")]
    ['kg', '元', '', 'm']
    """
    m = _UNIT_IN_NAME.search(name)
    return (m[1] or m[2]) if m and (m[2] or _UNIT_WORD.fullmatch(m[1])) else ""


def is_time(cell: str) -> bool:
    """Whether a cell shows a date, a month, a weekday, a quarter or a time of day."""
    return len(cell) < _LONGEST and (is_date(cell) or _TIME.fullmatch(cell) is not None)


def is_year(cell: str) -> bool:
    """Whether a cell may be a year: four digits, from 1500 to 2199."""
    return _YEAR.fullmatch(cell) is not None


def tells_years(name: str, values: Sequence[float]) -> bool:
    """Whether a column of numbers that may be years holds years: its name says so, or they go up or
    down in small steps. Under a year they are amounts.

    >>> tells_years("built", [1998, 2004, 1987]), tells_years("Boats", [1987, 2110, 1650])
    (True, False)
    >>> tells_years("", [1998, 2000, 2004]), tells_years("2019", [1998, 2000, 2004])
    (True, False)
    """
    if is_year(name.strip(" 年")):
        return False
    steps = [b - a for a, b in pairwise(values)]
    is_one_way = all(s > 0 for s in steps) or all(s < 0 for s in steps)
    return _TIME_COLUMN.search(name) is not None or (
        len(values) >= _FEWEST_YEARS
        and is_one_way
        and abs(values[-1] - values[0]) <= _LARGEST_STEP * len(steps)
    )
