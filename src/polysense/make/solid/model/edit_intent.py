"""What words wish of a model: a size, a colour, which things in one scene; English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from polysense.read.language.analysis import terms
from polysense.read.language.function_words import REQUEST_WORDS
from polysense.read.language.numbers import SMALL_NUMBERS, han_number

Color = tuple[int, int, int]

COLORS: dict[str, Color] = {
    "red": (204, 36, 41), "green": (46, 139, 62), "blue": (40, 90, 200), "yellow": (245, 205, 40),
    "orange": (245, 130, 32), "purple": (128, 60, 170), "violet": (128, 60, 170),
    "pink": (240, 130, 170), "brown": (125, 80, 45), "black": (28, 28, 30),
    "white": (245, 245, 245), "grey": (140, 144, 150), "gray": (140, 144, 150),
    "gold": (212, 170, 55), "silver": (192, 196, 202), "turquoise": (48, 190, 180),
    "cyan": (40, 190, 220), "navy": (25, 40, 95), "beige": (225, 210, 180),
}  # fmt: skip
_HAN_COLORS = {
    "红": "red", "绿": "green", "蓝": "blue", "黄": "yellow", "橙": "orange", "橘": "orange",
    "紫": "purple", "粉红": "pink", "粉": "pink", "棕": "brown", "褐": "brown", "黑": "black",
    "白": "white", "灰": "grey", "金": "gold", "银": "silver", "青": "turquoise",
}  # fmt: skip
_COLOR_NAMES = "|".join(COLORS)
_VERBS = (
    r"in|colou?red|painted|all|but|(?:make|turn) (?:it|them|this)"
    r"|(?:paint|(?:re)?colou?r)(?: (?:it|them|this))?"
)
_COLOR = re.compile(
    r"#([0-9a-f]{6}|[0-9a-f]{3})\b"
    rf"|\b(?:{_VERBS})\s+(?:a |in )?(?:(dark|light|bright) )?({_COLOR_NAMES})\b"
    rf"|\b({_COLOR_NAMES}) (?:colou?r|paint|version)\b"
    rf"|({'|'.join(sorted(_HAN_COLORS, key=len, reverse=True))})色",
    re.I,
)
_NUMBERS = {
    "a": 1,
    "an": 1,
    **{SMALL_NUMBERS[n]: n for n in (*range(1, 11), 12)},
    **{c: han_number(c) for c in "一二两三四五六七八九十"},
}
_UNITS = {
    "mm": 0.001,
    "cm": 0.01,
    "m": 1.0,
    "metre": 1.0,
    "meter": 1.0,
    "in": 0.0254,
    "inch": 0.0254,
    "ft": 0.3048,
    "feet": 0.3048,
    "foot": 0.3048,
}
_UNITS |= {
    "millimetre": 0.001,
    "millimeter": 0.001,
    "centimetre": 0.01,
    "centimeter": 0.01,
    "毫米": 0.001,
    "厘米": 0.01,
    "公分": 0.01,
    "米": 1.0,
}
_UNIT = "|".join(sorted((u for u in _UNITS), key=len, reverse=True))
_AXES = {
    "tall": 1,
    "high": 1,
    "height": 1,
    "高": 1,
    "wide": 0,
    "broad": 0,
    "width": 0,
    "宽": 0,
    "deep": 2,
    "depth": 2,
    "深": 2,
    "long": -1,
    "big": -1,
    "large": -1,
    "across": -1,
    "长": -1,
}
_AXIS = "|".join(_AXES)
_AXIS_AFTER_NUMBER = (
    "tall|high|height|wide|broad|width|deep|depth|long|big|large|across|高|宽|深|长"
)
_SIZE = re.compile(
    rf"(?<![\w.])(\d+(?:\.\d+)?)\s*({_UNIT})(?:e?s)?[\s-]*(?:in )?({_AXIS_AFTER_NUMBER})", re.I
)
_SIZE_AFTER_AXIS = re.compile(
    rf"({_AXIS})\s*(?:of|is|to|为|是|:)?\s*(\d+(?:\.\d+)?)\s*({_UNIT})(?:e?s\b|\b|(?<=[米分]))",
    re.I,
)
_FACTOR = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s*(%|percent\b|per cent\b|times\b|x\b|倍)", re.I)
_SCALE_WORDS = re.compile(
    r"\b(?:scale|size|big(?:ger)?|large(?:r)?|small(?:er)?|tall(?:er)?"
    r"|enlarge|shrink|the size)\b|放大|缩小|大|小|尺寸",
    re.I,
)
_SEVERAL = re.compile(
    r"\b(?:scene|together|side by side|next to (?:a|an|the|each) |beside (?:a|an|the) |line[- ]?up"
    r"|collection|arrange(?:d|ment)?|both|these|all of (?:them|these)|put .+ and"
    r"|with (?:a|an|two|three|four|five|\d+) .+ and)\b|场景|一起|放在|并排|这些|摆",
    re.I,
)
_NUMBER_WORDS = "|".join(n for n in _NUMBERS if n.isascii())
_ITEM = re.compile(
    rf"\b({_NUMBER_WORDS}|\d{{1,2}})\s+((?:[a-z][\w-]*\s?){{1,4}})"
    r"|([一二两三四五六七八九十]|\d{1,2})[个把张只座盏辆棵条]([\u4e00-\u9fff]{1,6})",
    re.I,
)

_CONTAINER_WORDS = frozenset(
    [
        *terms("scene model models picture set collection mesh file thing row line shelf room"),
        "模",
        "型",
        "场",
        "景",
    ]
)
"""What a thing is in, not what it is: "a scene with two chairs" wants no scene."""

_MAX_COUNT = 20
"""More of one thing than this is a number of something else. Judged, not measured."""

_LENGTHS, _FACTORS = (1e-5, 1e5), (1e-4, 1e4)
"""Metres and factors between which a wish makes sense."""


@dataclass(frozen=True, slots=True)
class Size:
    """A factor, or a length in metres along an axis: 0 width, 1 height, 2 depth, -1 the longest."""

    factor: float = 1.0
    metres: float = 0.0
    axis: int = -1
    phrase: str = ""


def requested_size(words: str) -> Size | None:
    """The size wished; None where there is none, or one without sense.

    >>> requested_size("twice as big") == requested_size("放大两倍")
    True
    >>> requested_size("放大两倍")
    Size(factor=2.0, metres=0.0, axis=-1, phrase='2 times as large')
    >>> requested_size("10 cm tall")
    Size(factor=1.0, metres=0.1, axis=1, phrase='10 cm tall')
    """
    m, reverse = _SIZE.search(words), _SIZE_AFTER_AXIS.search(words)
    if m or reverse:
        number, unit, axis = (m[1], m[2], m[3]) if m else (reverse[2], reverse[3], reverse[1])  # type: ignore[index]
        metres = float(number) * _UNITS[unit.lower()]
        phrase = m[0] if m else reverse[0]  # type: ignore[index]
        return (
            Size(metres=metres, axis=_AXES[axis.lower()], phrase=" ".join(phrase.split()))
            if _LENGTHS[0] < metres < _LENGTHS[1]
            else None
        )
    factor = _factor(words)
    return (
        Size(factor, phrase=f"{factor:g} times as large")
        if factor and _FACTORS[0] < factor < _FACTORS[1] and factor != 1
        else None
    )


def _factor(words: str) -> float:
    low = words.lower()
    smaller = bool(re.search(r"\b(?:smaller|shrink|reduce)|缩小", low))
    if re.search(r"\b(?:twice|double|doubled)\b|[两二]倍", low):
        return 0.5 if smaller else 2.0
    if re.search(r"\bhalf (?:as|the|its|of)\b|\bhalve|\bhalf[- ]size|缩小一半|一半大", low):
        return 0.5
    if m := re.search(r"\b(?:a|one) (third|quarter|tenth) (?:of )?(?:the|its|as)\b", low):
        return {"third": 1 / 3, "quarter": 0.25, "tenth": 0.1}[m[1]]
    if m := re.search(r"([三四五六七八九十])倍", low):
        return 1 / _NUMBERS[m[1]] if smaller else float(_NUMBERS[m[1]])
    if re.search(r"\bthree times|\btriple", low):
        return 1 / 3 if smaller else 3.0
    m = _FACTOR.search(low)
    if not m or not _SCALE_WORDS.search(low):
        return 0.0
    number = float(m[1]) / (100 if m[2][0] in "%p" else 1)
    return 1 / number if smaller and number > 1 else number


def requested_color(words: str) -> tuple[Color, str] | None:
    """The colour wished, as sRGB and in the words' way.

    One that only tells which thing is meant ("the red chair") is none.

    >>> requested_color("the chair in red"), requested_color("the red chair")
    (((204, 36, 41), 'red'), None)
    >>> requested_color("#f80"), requested_color("红色")
    (((255, 136, 0), '#f80'), ((204, 36, 41), '红色'))
    """
    m = _COLOR.search(words)
    if not m:
        return None
    if m[1]:
        digits = m[1] if len(m[1]) == 6 else "".join(c * 2 for c in m[1])
        return (int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)), f"#{m[1]}"
    if m[5]:
        return COLORS[_HAN_COLORS[m[5]]], f"{m[5]}色"
    name = (m[3] or m[4]).lower()
    shade = {"dark": 0.55, "light": 1.35, "bright": 1.15}.get((m[2] or "").lower(), 1.0)
    r, g, b = (min(255, round(v * shade)) for v in COLORS[name])
    return (r, g, b), f"{m[2].lower()} {name}" if m[2] else name


def wants_several(words: str) -> bool:
    """Whether more than one thing is wished for, in one scene."""
    return bool(_SEVERAL.search(words)) or sum(n for n, _ in requested_items(words)) > 1


def requested_items(words: str) -> list[tuple[int, str]]:
    """How many of what.

    >>> requested_items("a scene with a barrel and two small tables")
    [(1, 'barrel'), (2, 'small tables')]
    """
    counts = []
    for m in _ITEM.finditer(
        re.sub(r"\b(?:and|with|of|beside|next to|on|,)\b|[,，、和与]", " | ", words)
    ):
        number, what = (m[1], m[2]) if m[1] else (m[3], m[4])
        n = int(number) if number.isdigit() else _NUMBERS[number.lower()]
        what = what.split("|")[0].strip()
        if (
            1 <= n <= _MAX_COUNT
            and what
            and terms(what)[-1] not in _CONTAINER_WORDS
            and not re.match(rf"(?:{_UNIT}|times|percent)s?\b", what)
        ):
            counts.append((n, what))
    return counts


def name_match(what: str, names: Sequence[str]) -> float:
    """How much of what is wished (0..1) the names say.

    Its last word, the thing itself, must be among them.
    """
    request_terms = [t for t in terms(what) if t not in REQUEST_WORDS]
    name_terms = {t for n in names for t in terms(re.sub(r"(?<=[a-z])(?=[A-Z])|_|-|\d+", " ", n))}

    def is_named(t: str) -> bool:
        return t in name_terms or (
            len(t) > 3
            and any(
                len(k) > 2 and (k.startswith(t) or t.startswith(k)) and abs(len(k) - len(t)) < 3
                for k in name_terms
            )
        )

    if not request_terms or not is_named(request_terms[-1]):
        return 0.0
    return sum(map(is_named, request_terms)) / len(request_terms)
