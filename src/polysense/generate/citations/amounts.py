"""Whether the amounts, days and times that a sentence tells are its evidence's, in some form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cached_property
from itertools import chain

from polysense.read.language.dates import Clock, Date, clocks, dates, weekdays
from polysense.read.language.folding import simplify_han
from polysense.read.language.numbers import han_number, number_words
from polysense.read.language.quantities import Quantity, has_same_number, in_base, quantities

_DIGITS = re.compile(r"(?<![\d.,])\d+(?![\d]|[.,]\d)")
_HAN_RUN = re.compile("[零〇一二两三四五六七八九十百千万亿]+")
_ALIKE = (frozenset(("sterling", "pound")), frozenset(("degree", "celsius", "fahrenheit")))
"""Units that are called by one name."""


class Amounts:
    """What a text tells in numbers: its amounts, days, weekdays and times of day; `language` is its
    own, "" where it is not known.
    """

    def __init__(self, text: str, language: str = "") -> None:
        self.text, self.language = simplify_han(text), language

    @cached_property
    def dates(self) -> tuple[Date, ...]:
        return tuple(dates(self.text))

    @cached_property
    def clocks(self) -> tuple[Clock, ...]:
        return tuple(clocks(self.text))

    @cached_property
    def weekdays(self) -> frozenset[int]:
        return frozenset(chain.from_iterable(days for _, days in weekdays(self.text)))

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return tuple(quantities(self.text, self.language))

    @cached_property
    def numbers(self) -> frozenset[Decimal]:
        """All that may be a number in it, in any language."""
        rest = _without(list(self.quantities), self.text)
        digits = (Decimal(m.group()) for m in _DIGITS.finditer(rest))
        names = (n for code in ("en", "de", "es", "fr") for n in number_words(rest, code))
        runs = (Decimal(han_number(m.group())) for m in _HAN_RUN.finditer(rest))
        values = (v for q in self.quantities for v in q.values)
        return frozenset((*digits, *(Decimal(n.value) for n in names), *runs, *values))


def unknown_amounts(sentence: str, evidence: Amounts, language: str = "") -> Iterator[str]:
    """The numbers, units, days and times of a sentence that its evidence does not have.

    >>> list(unknown_amounts("About 1.2 million came on 3 March.", Amounts("March 3rd: 1,198,400")))
    []
    >>> list(unknown_amounts("It opens on Tuesday at 9 am.", Amounts("Monday, 10:00")))
    ['9 am is not in the evidence', 'Tuesday is not in the evidence']
    """
    own = Amounts(sentence, language)
    yield from (
        f"{_words_of(d, own)} is not in the evidence" for d in _unknown_dates(own, evidence)
    )
    for c in own.clocks:
        is_known = any(c.minutes & other.minutes for other in evidence.clocks)
        if not is_known and not _is_told_in_numbers(c, own, evidence):
            yield f"{_words_of(c, own)} is not in the evidence"
    for word, days in weekdays(own.text):
        if not days <= evidence.weekdays:
            yield f"{word} is not in the evidence"
    for q in quantities(_without([*own.dates, *own.clocks], own.text), language):
        yield from _fault(q, evidence)


def without_amounts(text: str, language: str = "") -> str:
    """A text without what it tells in numbers: the words that are left to be compared.

    >>> without_amounts("It was drawn on 3 March 1887 by two men.").split()
    ['It', 'was', 'drawn', 'on', 'by', 'men.']
    """
    own = Amounts(text, language)
    return _without([*own.dates, *own.clocks, *own.quantities], own.text)


def _without(parts: list[Date | Clock | Quantity], text: str) -> str:
    for part in parts:
        text = text[: part.start] + " " * (part.end - part.start) + text[part.end :]
    return text


def _words_of(part: Date | Clock, amounts: Amounts) -> str:
    return amounts.text[part.start : part.end].strip(" .")


def _unknown_dates(own: Amounts, evidence: Amounts) -> Iterator[Date]:
    """Those of which no reading agrees with a date of the evidence."""
    readings: dict[tuple[int, int], list[Date]] = {}
    for d in own.dates:
        readings.setdefault((d.start, d.end), []).append(d)
    for same in readings.values():
        if not any(_is_date_of(d, other, evidence) for d in same for other in evidence.dates):
            yield same[0]


def _is_date_of(d: Date, other: Date, evidence: Amounts) -> bool:
    """Whether two dates agree; what the evidence's leaves open must stand elsewhere in it."""
    pairs = zip(d[:3], other[:3], strict=True)
    if not d.agrees(other) or not all(not n or o or n in evidence.numbers for n, o in pairs):
        return False
    is_year_told = not d.year or other.year
    return bool(is_year_told) or not any(e.year == d.year for e in evidence.dates)


def _is_told_in_numbers(c: Clock, own: Amounts, evidence: Amounts) -> bool:
    """Whether the numbers of a time of day stand in evidence without saying of what they are: "from
    8 to 18:00".
    """
    numbers = [Decimal(n) for n in re.findall(r"\d+", own.text[c.start : c.end])]
    hours = {m // 60 % 12 for m in c.minutes}
    return (
        bool(numbers)
        and all(n in evidence.numbers or n == 0 for n in numbers)
        and not any(m // 60 % 12 in hours for other in evidence.clocks for m in other.minutes)
    )


def _fault(q: Quantity, evidence: Amounts) -> Iterator[str]:
    if q.value == 1 and not q.unit:  # "one" counts nothing as often as something
        return
    same = [e for e in evidence.quantities if has_same_number(q, e)]
    based = in_base(q)
    in_base_units = (in_base(e) for e in evidence.quantities)
    is_same = any(b.unit == based.unit and has_same_number(based, b) for b in in_base_units)
    if based.unit and is_same:
        return
    if not same:
        if not _is_in_span(q, evidence) and not set(q.values) & evidence.numbers:
            yield f"{_number(q)} is not in the evidence"
        return
    units = {e.unit for e in same}
    others = sorted(units - {""})
    if q.unit and others and q.unit not in units and not _is_alike(q.unit, others):
        yield f"{_number(q)} is in {' and '.join(others)} in the evidence, not in {q.unit}"


def _number(q: Quantity) -> str:
    return str(q) if q.scale == 1 or q.is_word else f"{q} ({q.text})"


def _is_in_span(q: Quantity, evidence: Amounts) -> bool:
    """Whether a decade or a century is that of a year that the evidence names."""
    years = [int(n) for n in evidence.numbers if 1000 <= n <= 2200 and n == int(n)]
    if q.unit == "decade":
        size = 100 if q.value < 100 else 10000
        return any(year // 10 * 10 % size == q.value for year in years)
    return q.unit == "century" and any((year - 1) // 100 + 1 == q.value for year in years)


def _is_alike(unit: str, others: list[str]) -> bool:
    return any(unit in kind and kind & set(others) for kind in _ALIKE)
