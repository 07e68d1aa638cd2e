"""What cells say: quantities with their units, and times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from polysense.read.table.cells import are_identifiers, is_date, number

_UNIT_IN_NAME = re.compile(
    r"[(\[（]\s*([^()\[\]（）]{1,14}?)\s*[)\]）]\s*$|,\s*([a-z%°£€$¥/²³]{1,6})\s*$"
)
_NUMBER_WITH_UNIT = re.compile(
    r"([-+−–]?\s*(?:\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d+|\d+(?:[.,]\d+)?))\s*"
    r"((?:euro|crown|pound|dollar|franc|minute|second|metre|meter|gram|litre|liter|tonne|kilometre"
    r"|kilometer|mile|hour|week|year)s?|[^\W\d_]{1,4}|[°µ][^\W\d_]{0,2}|[^\W\d_]{1,4}/[^\W\d_]{1,3}|m²|m³|[€$£¥₹])"
)
_MONEY = re.compile(r"[$€£¥₹]")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_NO_UNITS = frozenset(
    [
        *_MONTHS.split("|"),
        "am",
        "pm",
        "bc",
        "ad",
        "bce",
        "ce",
        "st",
        "nd",
        "rd",
        "th",
        *"班号室组栋路线",
    ]
)
_LETTER_UNITS = frozenset("mgshdltkvwajncfb")
"""Letters that are units of their own, or stand for thousands and millions."""
_SCALES = frozenset("kmbt")
_CODE = re.compile(r"\d{1,4}\s?([^\W\d_])")
_CODE_COLUMN = re.compile(
    r"(?i)\b(?:class|form|grade|group|room|gate|section|seat|platform|flat|klasse|gruppe|raum|zimmer"
    r"|gleis|classe|groupe|salle|clase|grupo|aula)\b|班|组|室"
)
_COMMA_IS_DECIMAL = re.compile(
    r"(?<![\d.,])(?:\d{1,3}(?:\.\d{3})+,\d+|0,\d+|\d+,(?:\d{1,2}|\d{4,}))(?![\d.,])"
)
_POINT_IS_DECIMAL = re.compile(r"(?<![\d.,])\d[\d,]*\.(?:\d{1,2}|\d{4,})(?![\d.,])|\d,\d{3}[.,]")
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
    r"|retired|launched|completed|jahr|gründung|gegründet|gebaut|eröffn|geboren|geburt"
    r"|année|fondation|fondé|naissance|construit|año|fundación|nacimiento|nacido|construido"
    r"|年|时间|成立|建成|建造|出生|创办"
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


def values(cells: Sequence[str]) -> list[float | None]:
    """The numbers that the cells of one column show; in the same notation all of them.

    A column with "12,90" has decimal commas: there "1,234" is less than two.

    >>> values(["1,234", "12,90", ""]), values(["1,234", "12.90"])
    ([1.234, 12.9, None], [1234.0, 12.9])
    """
    if not has_decimal_comma(cells):
        return [value(cell) for cell in cells]
    return [value(with_decimal_point(cell)) for cell in cells]


def has_decimal_comma(cells: Sequence[str]) -> bool:
    """Whether the cells of a column write decimals with a comma: one must, and none with a point.

    >>> has_decimal_comma(["6,5 km", "14 km"]), has_decimal_comma(["1,234", "2,500"])
    (True, False)
    """
    numeric = [c for c in cells if c and len(c) < _LONGEST and value(c) is not None]
    return any(map(_COMMA_IS_DECIMAL.search, numeric)) and not any(
        map(_POINT_IS_DECIMAL.search, numeric)
    )


def with_decimal_point(cell: str) -> str:
    """A number with a decimal comma, as it is written with a point.

    >>> with_decimal_point("1.234,50 €"), with_decimal_point("1.234"), with_decimal_point("6,5 km")
    ('1234.50 €', '1234', '6.5 km')
    """
    return re.sub(r"(?<=\d)\.(?=\d{3}(?!\d))", "", cell).replace(",", ".")


def are_codes(name: str, cells: Sequence[str]) -> bool:
    """Whether the cells of a column are digits with a letter that is no unit (classes, rooms), or
    digits that are names (postcodes).

    With letters they are where these differ, or none is a unit, or the column's name says so.

    >>> are_codes("", ["7A", "7B", "8A"]), are_codes("", ["5 V", "9 V"]), are_codes("class", ["7a"])
    (True, False, True)
    """
    if are_identifiers(name, cells):
        return True
    letters = [m[1].lower() for c in cells if (m := _CODE.fullmatch(c))]
    if 2 * len(letters) <= len(cells):
        return False
    differ = len(set(letters)) > 1 and not set(letters) <= _SCALES
    return differ or not set(letters) <= _LETTER_UNITS or _CODE_COLUMN.search(name) is not None


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
