"""Amounts that a text tells, as they are compared: however they are written, and in what scale.

"1.5 million", "1,500,000", "1,5 Mio." and "150万" are one; so are "twenty-three metres" and "23 m".
Where a point or a comma may stand for thousands or before decimals, the language decides; where
that is not known, both are readings of it.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from polysense.read.language.folding import simplify_han
from polysense.read.language.numbers import (
    NumberName,
    han_number,
    han_numbers,
    number_words,
    scale_of,
)
from polysense.read.language.units import METRIC, leading_unit, unit_of

HEAD = 24
"""Characters before a number in which its sign, or what makes a decade of it, may stand."""

MAX_DIGITS = 27
"""Of a number: what is longer is a key or a code, and no decimal holds it exactly."""

MAX_ROUNDING = 0.1
"""Of an amount, how far a rounded one may be from it, to be the same told roughly: 1.2 million is
about 1,198,400, and 1,000 is not about 700. Judged.
"""

_COMMA_IS_DECIMAL_TEXT = "de es fr it pt nl pl sv da no fi cs hu ro tr vi id ru uk el"
_COMMA_IS_DECIMAL = frozenset(_COMMA_IS_DECIMAL_TEXT.split())
_FULL_WIDTH = {0xFF10 + n: str(n) for n in range(10)} | {0xFF0C: "，", 0xFF05: "%", 0xFF0E: "."}
_SIGNS = "$€£¥￥"
_NUMBER = re.compile(
    rf"(?:(?P<sign>[{_SIGNS}])\s?)?(?<![A-Za-z\d_])(?<!\d[.,])"
    r"(?P<number>\d{1,3}(?: \d{3})+(?![\d.]|,\d)|\d+(?:[.,'’\u00a0\u202f\u2009]\d+)*)"
    r"(?P<ordinal>(?:st|nd|rd|th|er|ère|ème|º|ª)\b)?"
)
_MINUS = re.compile(
    r"(?:(?:^|[\s(（:：])[-−–]|\bminus\s|\bmenos\s|\bmoins\s|零下|(?<![\w\d])−)$", re.I
)
_BELOW_ZERO = re.compile(
    r"\s*(?:°?C\s+)?(?:below (?:zero|freezing)|unter null|bajo cero|au-dessous de zéro)", re.I
)
_GROUPS = re.compile(r"\d{1,3}(?:[ .,'’\u00a0\u202f\u2009]\d{3})+")
_SCALE = re.compile(
    r"[\s\u00a0\u202f-]?(?P<word>[A-Za-zÀ-ÿ]+\b\.?)|[多余来几]?(?P<han>[十百千]?[万亿]|[百千](?![米克瓦分]))"
)
_ATTACHED_SCALE = re.compile(r"(?P<word>[kK]|M|bn|mn|m(?=\b))(?![\w/²³])")
_UNIT = re.compile(
    r"[\s\u00a0\u202f-]?(?P<square>(?:square|cubic|sq\.?)[ -])?"
    r"(?P<unit>%|°\s?[CF]?|[$€£]|[^\W\d_]+(?:/[^\W\d_]+|[²³]|2(?!\d)|3(?!\d))?)"
    r"(?P<per> (?:per|por|an) (?:hour|second|hora)\b)?(?P<squared> (?:cuadrad[oa]s?|carrés?)\b)?"
)
_PERCENT = re.compile(r"[\s\u00a0]*(?:per|por|pour)[ -]?(?:cent|ciento|cento)\b", re.I)
_HAN_PERCENT = re.compile(r"百分之(?P<number>\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百点]+)")
_PARTS_OF_HOURS = (
    (re.compile(r"\bthree[- ]quarters of an hour\b|\bdreiviertelstunde\b", re.I), 45),
    (
        re.compile(
            r"\bhalf(?: an?)?[- ]hour\b|\bhalbe\w? stunde\b|\bmedia hora\b"
            r"|\bdemi-heure\b|半个?小时",
            re.I,
        ),
        30,
    ),
    (
        re.compile(
            r"\b(?<!three )(?<!three-)quarter of an hour\b|\bviertelstunde\b"
            r"|\bcuarto de hora\b|\bquart d['’]heure\b|一刻钟",
            re.I,
        ),
        15,
    ),
)
_DECADE = re.compile(r"\s?['’]?(?:s\b|年代|er[ -]?(?:jahre\w*)?\b)", re.I)
_DECADE_HEAD = re.compile(r"\b(?:años|années)\s$", re.I)
_RANGE = re.compile(r"\s*(?:-|–|—|~|～|to|bis|a|à|hasta|至|到|and|und|y|et|和|or|oder|或)\s*", re.I)
_HEDGE_BEFORE = re.compile(
    r"(?:\b(?:about|around|approx(?:imately|\.)?|roughly|some|circa|ca?\.|in the region of"
    r"|close to|etwa|rund|ungefähr|gegen|zirka|unos|unas|aproximadamente|alrededor de|cerca de"
    r"|environ|à peu près|quelque|an? estimated)|(?:大?约|大概)[有为达是]?|~|≈)"
    r"[\s\u00a0]*(?:of |the |de )?$",
    re.I,
)
_MORE_BEFORE = re.compile(
    r"(?:\b(?:over|more than|above|upwards of|at least|über|mehr als|gut|mindestens|más de|plus de"
    r"|al menos|au moins)|超过|逾|至少|高达)[\s\u00a0]*(?:of |the )?$",
    re.I,
)
_LESS_BEFORE = re.compile(
    r"(?:\b(?:under|less than|fewer than|below|nearly|almost|just under|up to|at most|fast|knapp"
    r"|weniger als|unter|bis zu|beinahe|casi|menos de|hasta|presque|moins de|près de)"
    r"|不到|近|将近|接近|最多)[\s\u00a0]*(?:of |the )?$",
    re.I,
)
_HEDGE_BEHIND = re.compile(r"\s?(?:or so\b|左右|上下|-odd\b)")
_MORE_BEHIND = re.compile(r"[多余]")


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount: number times scale of a unit, "" where none is known; others are what the number
    may be read as too. step is the place to which it is told, 100,000 of "1.2 million"; hedge is
    "about", "more" or "less" where it is told roughly; text is how the number is written.

    >>> Quantity(Decimal("1.5"), 1_000_000, "euro").value
    Decimal('1500000.0')
    """

    number: Decimal
    scale: int = 1
    unit: str = ""
    step: Decimal = Decimal(1)
    hedge: str = ""
    others: tuple[Decimal, ...] = ()
    text: str = ""
    is_word: bool = False
    start: int = 0
    end: int = 0

    @property
    def value(self) -> Decimal:
        """The amount itself, in its unit."""
        return self.number * self.scale

    @property
    def values(self) -> tuple[Decimal, ...]:
        """All that it may be read as."""
        return (self.value, *(n * self.scale for n in self.others))

    def __str__(self) -> str:
        """The number in digits, in full."""
        text = f"{self.value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


def has_same_number(q: Quantity, other: Quantity) -> bool:
    """Whether two amounts have the same number, whatever their units are; one that is told roughly
    the same, rounded as far as it is told.

    >>> about, exact = quantities("about 1.2 million; 1,198,400")
    >>> has_same_number(about, exact), has_same_number(exact, replace(about, hedge=""))
    (True, False)
    """
    if set(q.values) & set(other.values):
        return True
    return bool(q.hedge) and any(_is_rounded(q, v) for v in other.values)


def _is_rounded(q: Quantity, value: Decimal) -> bool:
    gap = q.value - value
    if abs(gap) > Decimal(MAX_ROUNDING) * abs(value):
        return False
    if q.hedge == "more":
        return -q.step < gap <= 0
    if q.hedge == "less":
        return 0 <= gap < q.step
    return 2 * abs(gap) <= q.step


def in_base(q: Quantity) -> Quantity:
    """The same amount in the unit from which metric ones of its kind are made.

    >>> (q,) = quantities("1.5 km")
    >>> str(in_base(q)), in_base(q).unit
    ('1500', 'metre')
    """
    if q.unit not in METRIC:
        return q
    unit, factor = METRIC[q.unit]
    return replace(
        q,
        number=q.number * factor,
        unit=unit,
        step=q.step * factor,
        others=tuple(n * factor for n in q.others),
    )


def quantities(text: str, language: str = "") -> Iterator[Quantity]:
    """The amounts that a text tells, in order, in digits, in words and in Chinese numerals.

    >>> [(str(q), q.unit) for q in quantities("It cost $1,250.50 for twenty-three days")]
    [('1250.5', 'dollar'), ('23', 'day')]
    >>> {str(q) for q in quantities("1.5 million, 1,500,000, 150万, 1,5 Mio., 一百五十万")}
    {'1500000'}
    >>> [(str(q), q.unit) for q in quantities("5–10 km, minus 20 degrees, 5 per cent, the 1880s")]
    [('5', 'kilometre'), ('10', 'kilometre'), ('-20', 'degree'), ('5', '%'), ('1880', 'decade')]
    """
    text = simplify_han(text).translate(_FULL_WIDTH)
    amounts = sorted(_amounts(text, language), key=lambda q: q.start)
    for i, q in enumerate(amounts):
        if i + 1 < len(amounts) and not q.unit:
            behind = amounts[i + 1]
            if behind.unit not in ("", "decade") and _RANGE.fullmatch(text, q.end, behind.start):
                q = replace(q, unit=behind.unit)
        yield q


def _amounts(text: str, language: str) -> Iterator[Quantity]:
    spans: list[tuple[int, int]] = []
    for pattern, minutes in _PARTS_OF_HOURS:
        for m in pattern.finditer(text):
            spans.append(m.span())
            start, end, number = m.start(), m.end(), Decimal(minutes)
            yield Quantity(number, 1, "minute", text=m.group(), is_word=True, start=start, end=end)
    percents = [*_HAN_PERCENT.finditer(text)]
    for m in percents:
        digits = m["number"]
        whole, _, part = digits.partition("点")
        decimals = "".join(str(han_number(c)) for c in part)
        number = Decimal(digits if digits[0].isascii() else f"{han_number(whole)}.{decimals or 0}")
        yield Quantity(number, unit="%", text=m.group(), start=m.start(), end=m.end())
    spans = sorted((*spans, *(m.span() for m in percents)))
    others: list[tuple[int, int]] = []
    ends = 0
    for m in _NUMBER.finditer(text):
        if m.start("number") < ends or _is_within(m.start("number"), spans):
            continue
        if readings := _readings(m["number"], language):
            q = _with_scale_and_unit(m, readings, text, language)
            ends = q.end
            others.append((q.start, q.end))
            yield q
    spans = sorted((*spans, *others))
    names = (*number_words(text, language), *han_numbers(text))
    for name in names:
        if not _is_within(name.start, spans):
            yield _named_amount(name, text)


def _is_within(at: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a place is in one of spans that are sorted and apart."""
    i = bisect_right(spans, (at, sys.maxsize))
    return i > 0 and at < spans[i - 1][1]


def _readings(number: str, language: str) -> tuple[Decimal, ...]:
    """What digits with points and commas may be; nothing for a version or an address."""
    marks = {c for c in number if not c.isdigit()}
    if sum(map(str.isdigit, number)) > MAX_DIGITS:
        return ()
    if not marks:
        return (Decimal(number),)
    plain = re.sub(r"\D", "", number)
    if len(marks) == 2 and marks <= {".", ","}:
        decimal = max(marks, key=number.rindex)
        if number.count(decimal) > 1:
            return ()
        head, _, tail = number.rpartition(decimal)
        return (Decimal(f"{re.sub(r'[^0-9]', '', head)}.{tail}"),)
    (mark, *others) = marks
    if others:
        return ()
    is_grouped = _GROUPS.fullmatch(number) is not None and not number.startswith("0")
    if mark not in ".,":
        return (Decimal(plain),) if is_grouped else ()
    if number.count(mark) > 1:
        return (Decimal(plain),) if is_grouped else ()
    as_decimal = Decimal(number.replace(",", "."))
    if not is_grouped:
        return (as_decimal,)
    is_comma_decimal = language in _COMMA_IS_DECIMAL
    if language and not is_comma_decimal:
        return (Decimal(plain),) if mark == "," else (as_decimal, Decimal(plain))
    if (mark == ",") == is_comma_decimal or (mark == "." and not language):
        return (as_decimal, Decimal(plain))
    return (Decimal(plain), as_decimal)


def _with_scale_and_unit(
    m: re.Match[str], readings: tuple[Decimal, ...], text: str, language: str
) -> Quantity:
    unit, end = unit_of(m["sign"] or ""), m.end()
    start = m.start("number")
    decade = _DECADE.match(text, end)
    is_decade = readings[0] % 10 == 0 and (
        decade or _DECADE_HEAD.search(text, max(0, start - HEAD), start)
    )
    if is_decade and not m["sign"]:
        end = decade.end() if decade else end
        return Quantity(readings[0], 1, "decade", text=m["number"], start=start, end=end)
    scale, end = _scale(text, end, bool(m["sign"]), language)
    if not unit:
        behind = _unit(text, end, is_word=False)
        if not m["ordinal"] or behind[0] == "century":
            unit, end = behind
    below = _BELOW_ZERO.match(text, end)
    end = below.end() if below else end
    sign = -1 if below or _MINUS.search(text, max(0, m.start() - HEAD), m.start()) else 1
    return Quantity(
        sign * readings[0],
        scale,
        unit,
        _step(readings[0]) * scale,
        _hedge(text, m.start(), end),
        tuple(sign * r for r in readings[1:]),
        m["number"],
        start=start,
        end=end,
    )


def _named_amount(name: NumberName, text: str) -> Quantity:
    unit, end = _unit(text, name.end, is_word=True)
    hedge = _hedge(text, name.start, end)
    below = _BELOW_ZERO.match(text, end)
    end = below.end() if below else end
    number = Decimal(
        -name.value
        if below or _MINUS.search(text, max(0, name.start - HEAD), name.start)
        else name.value
    )
    return Quantity(
        number, 1, unit, _step(abs(number)), hedge, (), text[name.start : name.end], True,
        name.start, end,
    )  # fmt: skip


def _step(number: Decimal) -> Decimal:
    """The place of the last digit that is told."""
    exponent = number.normalize().as_tuple().exponent if number else 0
    return Decimal(10) ** int(exponent)


def _scale(text: str, end: int, is_money: bool, language: str) -> tuple[int, int]:
    """What stands behind a number and multiplies it, and where that ends."""
    if m := _ATTACHED_SCALE.match(text, end):
        word = m["word"]
        if word == "M" or (word == "m" and is_money):
            return 10**6, m.end()
        if word != "m":
            return scale_of(word), m.end()
    m = _SCALE.match(text, end)
    if m and m["han"]:
        return scale_of(m["han"]), m.end()
    if m and m["word"] and len(m["word"].rstrip(".")) > 1:
        by = scale_of(m["word"], language)
        return (by, m.end()) if by > 1 else (1, end)
    return 1, end


def _unit(text: str, end: int, is_word: bool) -> tuple[str, int]:
    """The unit behind a number, "" where none is known, and where it ends."""
    if m := _PERCENT.match(text, end):
        return "%", m.end()
    end += text.startswith(("多", "余"), end)
    m = _UNIT.match(text, end)
    if not m:
        return "", end
    word = m["unit"]
    if is_word and len(word) == 1 and word.isascii() and word.isalpha():
        return "", end
    if m["squared"]:
        squared = unit_of(f"square-{unit_of(word)}")
        return squared, m.end() if squared else end
    if m["square"]:
        kind = "cubic" if m["square"].startswith("c") else "square"
        squared = unit_of(f"{kind}-{word}")
        return squared, m.end() if squared else end
    if m["per"]:
        speed = unit_of(f"{word}{m['per'].replace(' ', '-')}")
        if speed:
            return speed, m.end()
    unit = unit_of(word.replace(" ", "")) or leading_unit(word)
    return unit, m.end("unit") if unit else end


def _hedge(text: str, start: int, end: int) -> str:
    before = text[max(0, start - 30) : start]
    if _MORE_BEFORE.search(before) or _MORE_BEHIND.search(text[start:end]):
        return "more"
    if _LESS_BEFORE.search(before):
        return "less"
    if _HEDGE_BEFORE.search(before) or _HEDGE_BEHIND.match(text, end):
        return "about"
    return ""
