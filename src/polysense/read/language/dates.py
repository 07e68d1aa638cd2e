"""Days, months, weekdays and times of day, however they are written, as they are compared.

English, German, Spanish, French and Chinese. What may be read in two ways (03/04/2024, 7:30 in the
morning or the evening) is both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from polysense.read.language.numbers import han_number

MONTH_NAMES: Sequence[frozenset[str]] = [
    frozenset(names.split())
    for names in (
        "january jan januar jänner janvier enero", "february feb februar février febrero",
        "march mar märz mars marzo", "april apr avril abril", "may mai mayo",
        "june jun juni juin junio", "july jul juli juillet julio",
        "august aug août agosto", "september sep sept septembre septiembre",
        "october oct oktober okt octobre octubre", "november nov novembre noviembre",
        "december dec dezember dez décembre diciembre",
    )
]  # fmt: skip
"""The names of each month in small letters, with their abbreviations."""

_MONTH_OF = {name: n for n, names in enumerate(MONTH_NAMES, 1) for name in names}
_NAMES = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_MONTH = rf"(?P<name>{_NAMES})\b\.?"
_HAN = "一二三四五六七八九十"
_YEAR = r"(?P<year>[12]\d{3})(?!\d)"
_ISO = re.compile(r"(?<![\d-])(?P<year>[12]\d{3})-(?P<month>[01]\d)-(?P<day>[0-3]\d)(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d./])(?P<a>\d{1,2})(?P<sep>[./])(?P<b>\d{1,2})(?P=sep)(?P<year>[12]\d{3})(?!\d)"
)
_DAY_FIRST = re.compile(
    rf"(?<![\d.,])(?:(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|º|\.)?\s+(?:of\s+|de\s+)?)?\b{_MONTH}"
    rf"(?:,?\s+(?:of\s+|del?\s+)?{_YEAR})?",
    re.I,
)
_MONTH_FIRST = re.compile(
    rf"\b{_MONTH}\s+(?:the\s+)?(?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?![.,]?\d|:\d)(?:,?\s+{_YEAR})?",
    re.I,
)
_HAN_DATE = re.compile(
    rf"(?:(?P<year>[12]\d{{3}}|[零〇一二三四五六七八九]{{4}})年)?"
    rf"(?P<month>\d{{1,2}}|[{_HAN}]{{1,3}})月(?!球|亮|光)(?:(?P<day>\d{{1,2}}|[{_HAN}]{{1,3}})[日号])?"
)
_MONTH_ALONE = re.compile(
    r"\b(?:in|of|since|until|till|by|from|to|during|each|every|early|late|mid|im|seit|bis|ab|en|de|desde"
    r"|hasta|and|und|y|et|between|zwischen|entre)[ -]$",
    re.I,
)
"""What stands before a month that is written as another word is: may, mars."""
_OTHER_WORDS = frozenset(["may", "mai", "mars", "march", "mar", "jan", "dec", "dez", "sep", "set"])

_WEEKDAY_NAMES = (
    "monday montag lunes lundi", "tuesday dienstag martes mardi",
    "wednesday mittwoch miércoles mercredi", "thursday donnerstag jueves jeudi",
    "friday freitag viernes vendredi", "saturday samstag sonnabend sábado samedi",
    "sunday sonntag domingo dimanche",
)  # fmt: skip
_WEEKDAY_OF = {w: n for n, names in enumerate(_WEEKDAY_NAMES) for w in names.split()}
_WEEKDAY_OF |= dict(zip(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], range(7), strict=True))
_WEEKDAY_OF |= {"Tues": 1, "Thur": 3, "Thurs": 3}
_WEEKDAY = re.compile(
    rf"\b(?P<word>(?i:{'|'.join(n for n in _WEEKDAY_OF if n.islower())})|Mon|Tues?|Wed"
    r"|Thu(?:rs?)?|Fri|Sat|Sun)(?P<plural>s)?\b\.?|(?:星期|周|礼拜)(?P<han>[一二三四五六日天])"
)
_WEEKDAY_RANGE = re.compile(r"\s*(?:-|–|—|to|through|until|bis|a|à|al|至|到)\s*", re.I)
_MANY_DAYS = (
    (re.compile(r"\bweek[- ]?days?\b|\bwerktag\w*|\bwochentag\w*|平日|工作日", re.I), range(5)),
    (re.compile(r"\bweek-?ends?\b|\bwochenend\w*|fin(?:es)? de semana|周末", re.I), range(5, 7)),
    (
        re.compile(
            r"\bdaily\b|\b(?:every|all) days?\b|\btäglich|\bjeden tag|todos los días|tous les jours"
            r"|每天|每日|天天",
            re.I,
        ),
        range(7),
    ),
)

_CLOCK = re.compile(
    r"(?<![\d.,:])(?P<hour>[012]?\d)"
    r"(?:(?P<sep>[:.h])(?P<minute>[0-5]\d)(?![\d.,]\d|\d))?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?|\s*(?P<of>uhr|o['’]clock|heures|h)\b)?"
    r"(?:\s*(?P<part>in the morning|in the afternoon|in the evening|at night))?",
    re.I,
)
_HAN_CLOCK = re.compile(
    rf"(?P<part>上午|早上|清晨|凌晨|下午|傍晚|晚上|中午)?(?P<hour>\d{{1,2}}|[{_HAN}两]{{1,3}})[点时](?![代期候间半]?[代期候间])"
    rf"(?:(?P<half>半)|(?P<minute>[0-5]?\d)分?)?"
)
_NOON = re.compile(r"\b(?:noon|midday|mittags?|mediodía|midi)\b|正午", re.I)
_MIDNIGHT = re.compile(r"\b(?:midnight|mitternacht|medianoche|minuit)\b|午夜", re.I)


class Date(NamedTuple):
    """A day, a month or both with their year, 0 for what is not told, and where it stands."""

    year: int
    month: int
    day: int
    start: int
    end: int

    def agrees(self, other: Date) -> bool:
        """Whether another says nothing else, and names the same month.

        >>> Date(1887, 3, 3, 0, 0).agrees(Date(0, 3, 3, 0, 0))
        True
        """
        own, others = self[:3], other[:3]
        return self.month == other.month and all(
            a == b or not a or not b for a, b in zip(own, others, strict=True)
        )


class Clock(NamedTuple):
    """A time of day in minutes from midnight, in all ways in which it may be read, and where."""

    minutes: frozenset[int]
    start: int
    end: int


def dates(text: str) -> Iterator[Date]:
    """The days and months of a text in simplified characters.

    >>> [d[:3] for d in dates("March 3rd, 1887; 3 March 1887; 3. März; 1887年3月3日; in May")]
    [(1887, 3, 3), (1887, 3, 3), (0, 3, 3), (1887, 3, 3), (0, 5, 0)]
    """
    span = (0, 0)
    for d in sorted(_all_dates(text), key=lambda d: (d.start, -d.end)):
        if d.start >= span[1] or (d.start, d.end) == span:  # a second reading of the same
            yield d
            span = d.start, d.end


def _all_dates(text: str) -> Iterator[Date]:
    for m in _ISO.finditer(text):
        yield Date(int(m["year"]), int(m["month"]), int(m["day"]), *m.span())
    for m in _NUMERIC.finditer(text):
        a, b, year = int(m["a"]), int(m["b"]), int(m["year"])
        for day, month in {(a, b), (b, a)} if m["sep"] == "/" else {(a, b)}:
            if 1 <= month <= 12 and 1 <= day <= 31:
                yield Date(year, month, day, *m.span())
    for pattern in (_MONTH_FIRST, _DAY_FIRST):
        for m in pattern.finditer(text):
            if _is_month(m, text):
                month = _MONTH_OF[m["name"].lower()]
                yield Date(int(m["year"] or 0), month, int(m["day"] or 0), *m.span())
    for m in _HAN_DATE.finditer(text):
        year, month, day = (_number(m[k]) for k in ("year", "month", "day"))
        if 1 <= month <= 12:
            yield Date(year, month, day, *m.span())


def _is_month(m: re.Match[str], text: str) -> bool:
    word = m["name"]
    if m["day"] or m["year"]:
        return True
    if word.lower() in _OTHER_WORDS or word.islower():
        is_marked = _MONTH_ALONE.search(text, max(0, m.start() - 24), m.start()) is not None
        return is_marked and (word[0].isupper() or word.lower() not in ("may", "march", "mar"))
    return len(word) > 3


def _number(text: str | None) -> int:
    if not text:
        return 0
    return int(text) if text.isascii() else han_number(text)


def weekdays(text: str) -> Iterator[tuple[str, frozenset[int]]]:
    """The weekdays of a text as they are written, with what they are: 0 is Monday.

    >>> [sorted(days) for _, days in weekdays("Tuesday to Thursday, am Samstag, 周日")]
    [[1], [3], [1, 2, 3], [5], [6]]
    """
    last: tuple[int, int] | None = None
    for m in _WEEKDAY.finditer(text):
        day = "一二三四五六日".index(m["han"].replace("天", "日")) if m["han"] else -1
        if day < 0:
            day = _WEEKDAY_OF.get(m["word"], _WEEKDAY_OF.get(m["word"].lower(), 0))
        yield m.group().rstrip("."), frozenset((day,))
        if last and _WEEKDAY_RANGE.fullmatch(text, last[1], m.start()):
            days = range(last[0], day + 1 if day >= last[0] else day + 8)
            yield text[last[1] : m.end()], frozenset(d % 7 for d in days)
        last = (day, m.end())
    for pattern, days in _MANY_DAYS:
        for m in pattern.finditer(text):
            yield m.group(), frozenset(days)


def clocks(text: str) -> Iterator[Clock]:
    """The times of day of a text that are told by more than an hour.

    >>> [sorted(c.minutes) for c in clocks("9:30 pm, 21.30 Uhr, 7 am, 下午3点半, noon")]
    [[1290], [1290], [420], [930], [720]]
    >>> [sorted(c.minutes) for c in clocks("at 7:30, ratio 23, 3.5 m")]
    [[450, 1170]]
    """
    for m in _CLOCK.finditer(text):
        is_told = m["half"] or m["of"] or m["part"] or m["sep"] == ":"
        hour = int(m["hour"])
        if (
            not is_told
            or hour > 24
            or (m["sep"] and m["sep"] != ":" and not (m["of"] or m["half"]))
        ):
            continue
        half = m["half"] or {"m": "a", "a": "p", "e": "p", "n": "p"}.get(_initial(m["part"]), "")
        yield Clock(_minutes(hour, int(m["minute"] or 0), half.lower()), *m.span())
    for m in _HAN_CLOCK.finditer(text):
        part = m["part"] or ""
        half = "p" if part in ("下午", "傍晚", "晚上", "中午") else "a" if part else ""
        minute = 30 if m["half"] else int(m["minute"] or 0)
        hour = _number(m["hour"])
        if hour <= 24:
            yield Clock(_minutes(hour, minute, half), *m.span())
    for pattern, minute in ((_NOON, 720), (_MIDNIGHT, 0)):
        for m in pattern.finditer(text):
            yield Clock(frozenset((minute,)), *m.span())


def _initial(part: str | None) -> str:
    """m, a, e or n of "in the morning" and its like."""
    return part.lower().removeprefix("in the ").removeprefix("at ")[0] if part else ""


def _minutes(hour: int, minute: int, half: str) -> frozenset[int]:
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
        return frozenset((60 * hour + minute,))
    first = 60 * (hour % 24) + minute
    return frozenset((first,)) if hour > 12 else frozenset((first, (first + 720) % 1440))
