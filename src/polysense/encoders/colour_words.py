"""The words for colours, language by language, and which words of a query are meant as such."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "black": "black",
        "grey": "grey gray",
        "white": "white",
        "beige": "beige",
        "brown": "brown",
        "red": "red reddish crimson scarlet",
        "pink": "pink",
        "orange": "orange",
        "yellow": "yellow yellowish",
        "green": "green greenish",
        "turquoise": "turquoise teal cyan",
        "blue": "blue bluish",
        "purple": "purple violet lilac",
    },
    "de": {
        "black": "schwarz schwarze schwarzer schwarzes schwarzen schwarzem",
        "grey": "grau graue grauer graues grauen grauem",
        "white": "weiße weißer weißes weißen weißem",
        "beige": "beige",
        "brown": "braun braune brauner braunes braunen braunem",
        "red": "rot rote roter rotes roten rotem",
        "pink": "rosa",
        "orange": "orangefarben orangefarbene orangefarbener orangefarbenes orangefarbenen",
        "yellow": "gelb gelbe gelber gelbes gelben gelbem",
        "green": "grün grüne grüner grünes grünen grünem",
        "turquoise": "türkis türkisfarben türkisfarbene türkisfarbenes türkisfarbenen",
        "blue": "blau blaue blauer blaues blauen blauem",
        "purple": "lila violett violette violetter violettes violetten",
    },
    "fr": {
        "black": "noir noire noirs noires",
        "grey": "gris grise grises",
        "white": "blanc blanche blancs blanches",
        "beige": "beiges",
        "brown": "marron brun brune bruns brunes",
        "red": "rouge rouges",
        "orange": "orangé orangée",
        "yellow": "jaune jaunes",
        "green": "vert verte verts vertes",
        "blue": "bleu bleue bleus bleues",
        "purple": "violette violettes mauve pourpre",
    },
    "es": {
        "black": "negro negra negros negras",
        "grey": "gris grises",
        "white": "blanco blanca blancos blancas",
        "brown": "marrón marrones pardo parda",
        "red": "rojo roja rojos rojas",
        "pink": "rosado rosada",
        "orange": "naranja anaranjado anaranjada",
        "yellow": "amarillo amarilla amarillos amarillas",
        "green": "verde verdes",
        "turquoise": "turquesa",
        "blue": "azul azules",
        "purple": "morado morada violeta violetas púrpura",
    },
    "zh": {
        "black": "黑色 黑的",
        "grey": "灰色 灰的",
        "white": "白色 白的",
        "beige": "米色 米黄色 米黃色",
        "brown": "棕色 褐色 咖啡色",
        "red": "红色 紅色 红的 紅的",
        "pink": "粉色 粉红色 粉紅色 粉红的 粉紅的",
        "orange": "橙色 橘色 橘红色 橘紅色",
        "yellow": "黄色 黃色 黄的 黃的",
        "green": "绿色 綠色 绿的 綠的",
        "turquoise": "青色 蓝绿色 藍綠色",
        "blue": "蓝色 藍色 蓝的 藍的",
        "purple": "紫色 紫的",
    },
}
"""By language, then by colour: its words there, in all their forms. A word that is mostly something
else (French "rose", German "weiß", Chinese 红 alone, as in 红茶, black tea) is none.
"""

_LATIN_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CASED = ("en", "de", "fr", "es")


def colour_words(text: str) -> list[tuple[str, str]]:
    """(word as written, colour) of the words of a query that name a colour, in their order.

    A word within a name (the Red Lion, Mrs Brown) is none.

    >>> colour_words("a red bicycle beside the White House, 但红色的")
    [('red', 'red'), ('红色', 'red')]
    """
    matches = [
        (m.start(), m.group(), _latin()[m.group().casefold()])
        for m in _LATIN_WORD.finditer(text)
        if m.group().casefold() in _latin() and not _is_name(text, m)
    ]
    matches += [(m.start(), m.group(), _chinese()[m.group()]) for m in _pattern().finditer(text)]
    return [(word, colour) for _, word, colour in sorted(matches)]


def _is_name(text: str, match: re.Match[str]) -> bool:
    """Whether a word is part of a name: with a capital within a text, or at its beginning before
    another capital, unless all of it is capitals. German, which writes every noun so, begins with
    adjectives that end in -e.
    """
    word = match.group()
    if not word[0].isupper() or text.isupper():
        return False
    if text[: match.start()].strip():
        return True
    following = text[match.end() :].lstrip()
    return word.casefold() in _english() and following[:1].isupper()


@cache
def _latin() -> Mapping[str, str]:
    return {w: c for code in _CASED for c, words in WORDS[code].items() for w in words.split()}


@cache
def _english() -> frozenset[str]:
    return frozenset(w for words in WORDS["en"].values() for w in words.split())


@cache
def _chinese() -> Mapping[str, str]:
    return {w: c for c, words in WORDS["zh"].items() for w in words.split()}


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _chinese()), key=len, reverse=True)))
