"""Numbers written in words: English, German, Spanish and French ones, and Chinese numerals.

Small numbers, tens with ones, hundreds, thousands and dozens. A word that is another one in another
language (once, elf, cent) is a number only where the text's language is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_EN = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_DE = (
    "_ eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
    "sechzehn siebzehn achtzehn neunzehn zwanzig"
)
_ES = (
    "cero _ dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro "
    "veinticinco veintiséis veintisiete veintiocho veintinueve"
)
_FR = "zéro _ deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
_TENS_TEXT = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "fr": "vingt trente quarante cinquante soixante",
}
SMALL_NUMBERS = tuple(_EN.split())
"""The English names of the numbers from zero to twenty."""

_SMALL: dict[str, dict[str, int]] = {
    code: {w: n for n, w in enumerate(words.split()) if w != "_"}
    | {w: 10 * n for n, w in enumerate(_TENS_TEXT[code].split(), 2)}
    for code, words in {"en": _EN, "de": _DE, "es": _ES, "fr": _FR}.items()
}
_SMALL["en"] |= {"fourty": 40}
_SMALL["es"] |= {
    "doscientos": 200, "doscientas": 200, "trescientos": 300, "trescientas": 300,
    "cuatrocientos": 400, "cuatrocientas": 400, "quinientos": 500, "quinientas": 500,
    "seiscientos": 600, "setecientos": 700, "ochocientos": 800, "novecientos": 900,
}  # fmt: skip
_MULTIPLIERS: dict[str, dict[str, int]] = {
    "en": {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9},
    "de": {"dutzend": 12, "hundert": 100, "tausend": 1000, "million": 10**6, "milliarde": 10**9},
    "es": {"docena": 12, "cien": 100, "ciento": 100, "mil": 1000, "millón": 10**6},
    "fr": {"douzaine": 12, "cent": 100, "mille": 1000, "million": 10**6, "milliard": 10**9},
}
_PLURAL_MULTIPLIERS = {
    "millions": 10**6, "millionen": 10**6, "millones": 10**6, "billions": 10**9,
    "milliarden": 10**9, "milliards": 10**9, "cents": 100, "billionen": 10**12, "billones": 10**12,
}  # fmt: skip
"""These are numbers behind a number alone: millions are many."""

_HOMOGRAPHS_TEXT = "once elf cent cents mil mille neuf sept dos seize quince docena"
_HOMOGRAPHS = frozenset(_HOMOGRAPHS_TEXT.split())
_JOINTS = frozenset(("and", "und", "y", "et"))
_ORDINALS_TEXT = (
    "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth"
)
_ORDINALS = {w: n for n, w in enumerate(_ORDINALS_TEXT.split(), 3)} | {
    f"{w[:-1]}ieth": 10 * n for n, w in enumerate(_TENS_TEXT["en"].split(), 2)
}
_ONE_AND_TWO = {"first": 1, "second": 2}

SCALES: Mapping[str, int] = {
    "hundred": 100, "thousand": 1000, "k": 1000, "tsd": 1000, "tausend": 1000, "mil": 1000,
    "mille": 1000, "million": 10**6, "millions": 10**6, "mio": 10**6, "mn": 10**6, "mln": 10**6,
    "millionen": 10**6, "millón": 10**6, "millones": 10**6, "milliard": 10**9, "milliards": 10**9,
    "billion": 10**9, "billions": 10**9, "bn": 10**9, "mrd": 10**9, "milliarde": 10**9,
    "milliarden": 10**9, "trillion": 10**12, "trillions": 10**12, "billionen": 10**12,
    "billones": 10**12, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6,
    "千万": 10**7, "亿": 10**8, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12,
}  # fmt: skip
"""What may stand behind digits and multiplies them; in small letters, without stops."""

_LONG_SCALE = {"billion": 10**12, "billions": 10**12, "trillion": 10**18}
"""The same words in German, Spanish and French."""

_HAN_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, *range(3, 10)), strict=True))
_HAN_POWERS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
HAN_NUMERALS = frozenset({*_HAN_DIGITS, *_HAN_POWERS})
"""Ideographs of which numbers are written."""

HAN_COUNTERS = (
    "个名位座年月日号天次种条只件张本人米公厘毫元块岁层楼度倍分秒小周项家所队场届代岛国省艘辆"
)
"""Ideographs before which a single numeral is a number; elsewhere it is as often part of a name."""

_HAN_RUN = re.compile("[零〇一二两三四五六七八九十百千万亿]+")
_HAN_IDIOM = re.compile("(?:十分|万一|一一|三三两两|千万)(?![之元人美欧吨米年])|[一-十百]+分之")
_WEEKDAY = ("星期", "礼拜", "周")
_WORD = re.compile(r"[^\W\d_]+")
_GAP = re.compile(r"[ \u00a0-]+")
_FRACTION_HEAD = re.compile(r"\b(?:an?|one|two|three|four)[ -]$", re.I)

_DE_ONES = "ein|" + "|".join(w for w, n in _SMALL["de"].items() if 1 < n < 10)
_DE_TENS = "|".join(w for w, n in _SMALL["de"].items() if n >= 20)
_DE_UNDER_100 = rf"(?:(?:{_DE_ONES})und(?:{_DE_TENS})|{'|'.join(_SMALL['de'])}|ein)"
_DE_COMPOUND = re.compile(
    rf"(?:(?P<thousands>(?:(?:{_DE_ONES})?hundert(?:und)?)?{_DE_UNDER_100}?)tausend(?:und)?)?"
    rf"(?:(?P<hundreds>{_DE_ONES})?(?P<has_hundred>hundert)(?:und)?)?"
    rf"(?:(?:(?P<ones>{_DE_ONES})und)?(?P<rest>{_DE_UNDER_100}))?"
)


class NumberName(NamedTuple):
    """A number in words, and where it stands."""

    start: int
    end: int
    value: int


def scale_of(word: str, language: str = "") -> int:
    """What a word behind digits multiplies them by; 1 where it does not.

    >>> scale_of("Mio."), scale_of("billion"), scale_of("billion", "es"), scale_of("days")
    (1000000, 1000000000, 1000000000000, 1)
    """
    word = word.rstrip(".").lower()
    if language in ("de", "es", "fr") and word in _LONG_SCALE:
        return _LONG_SCALE[word]
    return SCALES.get(word, 1)


def number_words(text: str, language: str = "") -> Iterator[NumberName]:
    """The numbers that a text writes in words of Latin letters; years that are read in two halves.

    >>> [n.value for n in number_words("Twenty-three of one hundred and five thousand; two dozen")]
    [23, 105000, 24]
    >>> [n.value for n in number_words("dreiundzwanzig, treinta y dos, quatre-vingt-dix")]
    [23, 32, 90]
    >>> [n.value for n in number_words("once more")], [n.value for n in number_words("once", "es")]
    ([], [11])
    >>> [n.value for n in number_words("eighteen eighty-seven, the twenty-first time")]
    [1887, 21]
    """
    words = list(_WORD.finditer(text))
    i = 0
    while i < len(words):
        stop, value = _read(words, i, text, language)
        if stop > i:
            is_half = text.endswith(("half a ", "Half a "), 0, words[i].start())
            value = value // 2 if is_half else value
            yield NumberName(words[i].start(), words[stop - 1].end(), value)
        i = max(stop, i + 1)


def _read(words: list[re.Match[str]], i: int, text: str, language: str) -> tuple[int, int]:
    """(index behind, value) of the number that begins at a word; (i, 0) where none does."""
    stop, number, j = i, (0, 0), i
    while j < len(words):
        if j > i and not _GAP.fullmatch(text, words[j - 1].end(), words[j].start()):
            break
        word = words[j].group().lower()
        if word in _JOINTS and stop == j > i:
            j += 1
            continue
        ordinal = _ordinal(word, text, words[j], is_first=stop == i)
        part = (ordinal, "en") if ordinal else _part(word, language, is_first=stop == i)
        combination = _combine(number, part, is_first=stop == i) if part else None
        if combination is None:
            break
        number, j = combination, j + 1
        stop = j
        if ordinal:
            break
    return stop, sum(number)


def _part(word: str, language: str, is_first: bool) -> tuple[int, str] | None:
    """The value of one word, and its language, or "multiplier"."""
    codes = [language] if language in _SMALL else []
    is_homograph = word in _HOMOGRAPHS and is_first  # behind a number it is one
    for code in codes if is_homograph else dict.fromkeys((*codes, *_SMALL)):
        if word in _MULTIPLIERS[code]:
            return _MULTIPLIERS[code][word], "multiplier"
        if word in _SMALL[code]:
            return _SMALL[code][word], code
    if word in _PLURAL_MULTIPLIERS:
        return _PLURAL_MULTIPLIERS[word], "plural"
    value = 0 if is_homograph else _german_compound(word)
    return (value, "de") if value else None


def _german_compound(word: str) -> int:
    """The value of a German number that is one word; 0 for any other word.

    >>> _german_compound("zweihundertdreiundzwanzig"), _german_compound("eintausend")
    (223, 1000)
    """
    m = _DE_COMPOUND.fullmatch(word)
    if not m or not word or word in ("ein", "und"):
        return 0
    small = _SMALL["de"] | {"ein": 1, "": 0}
    total = 0
    if m["thousands"] is not None:
        total = 1000 * (_german_compound(m["thousands"]) or small.get(m["thousands"], 0) or 1)
    if m["has_hundred"]:
        total += 100 * small[m["hundreds"] or "ein"]
    rest = m["rest"] or ""
    if "und" in rest and rest not in small:
        ones, _, tens = rest.partition("und")
        return total + small[ones] + small[tens]
    return total + small.get(m["ones"] or "", 0) + small[rest]


def _ordinal(word: str, text: str, m: re.Match[str], is_first: bool) -> int:
    """The value of an English ordinal; "second" and "first" are others words as well, so that they
    are numbers behind tens alone, and "a third" is a part.
    """
    if word in _ONE_AND_TWO:
        return 0 if is_first else _ONE_AND_TWO[word]
    if is_first and _FRACTION_HEAD.search(text, max(0, m.start() - 24), m.start()):
        return 0
    return _ORDINALS.get(word, 0)


def _combine(
    number: tuple[int, int], part: tuple[int, str], is_first: bool
) -> tuple[int, int] | None:
    """(thousands and more, what is below) with another word; None where it begins a new number."""
    total, current = number
    value, kind = part
    if kind in ("multiplier", "plural"):
        if is_first and kind == "plural":
            return None
        return _multiplied(total, current, value)
    if current == 0 and (is_first or total):
        return total, value
    if value >= 100 or current == 0:
        return None
    is_tens = current % 10 == 0 and current % 100 >= 20
    if current % 100 == 0 or (is_tens and 0 < value < 10):
        return total, current + value
    if kind == "fr" and (current, value) == (4, 20):
        return total, 80
    if kind == "fr" and current % 100 in (60, 80) and 10 <= value < 20:
        return total, current + value
    if kind == "en" and not total and 11 <= current <= 20 and value >= 10:
        return 0, 100 * current + value
    return None


def _multiplied(total: int, current: int, by: int) -> tuple[int, int] | None:
    if by < 1000:
        return None if current >= 100 or (total and not current) else (total, (current or 1) * by)
    if total and by >= total:
        return (total + current) * by, 0
    return None if total and not current else (total + (current or 1) * by, 0)


def han_number(text: str) -> int:
    """The number that ideographs write.

    >>> han_number("十"), han_number("二十五"), han_number("三百零六"), han_number("一万二千")
    (10, 25, 306, 12000)
    >>> han_number("一八八七"), han_number("两亿三千万")
    (1887, 230000000)
    """
    total = part = digit = 0
    for c in text:
        if c in _HAN_DIGITS:
            digit = 10 * digit + _HAN_DIGITS[c]
        elif c == "亿":
            total, part, digit = (total + part + digit) * 10**8, 0, 0
        elif c == "万":
            total, part, digit = total + (part + digit) * _HAN_POWERS[c], 0, 0
        else:
            part, digit = part + (digit or 1) * _HAN_POWERS[c], 0
    return total + part + digit


def han_numbers(text: str) -> Iterator[NumberName]:
    """The numbers that a text in simplified characters writes in ideographs: those of several, and
    one before a counter; no idioms, weekdays and parts.

    >>> [n.value for n in han_numbers("二十三米高的三座塔，十分漂亮，一般在星期三，一八八七年")]
    [23, 3, 1887]
    """
    for m in _HAN_RUN.finditer(text):
        run = m.group()
        behind = text[m.end() : m.end() + 1]
        has_powers = any(c in _HAN_POWERS or c == "亿" for c in run)
        if len(run) == 1:
            is_number = behind and behind in HAN_COUNTERS and run not in "零〇一百千万亿"
        else:
            is_number = has_powers or len(run) >= 4 or (behind == "年" and len(run) == 2)
        is_number = is_number and not all(c in "百千万亿" for c in run)
        is_idiom = _HAN_IDIOM.match(text, m.start()) or text[: m.start()].endswith("分之")
        if is_number and not is_idiom and not text[: m.start()].endswith(_WEEKDAY):
            yield NumberName(m.start(), m.end(), han_number(run))
