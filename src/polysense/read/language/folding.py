"""One form for what is written in several: Unicode forms, case, accents, Chinese characters.

For comparing only: what is shown, and the offsets of places in it, stay as they were written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_SUPERSCRIPT = re.compile("[\u00b2\u00b3\u00b9\u2070-\u207f]+")

_LETTERS_WITHOUT_PARTS = {
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ħ": "h",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
}
"""Letters of which Unicode knows no accent to take off; as LanceDB's and Lucene's ASCII folding."""

_ACCENTED_SCRIPTS = ("LATIN", "GREEK", "ARABIC", "HEBREW")
"""Scripts whose marks can be left out as their readers do. Those of Devanagari, Thai and kana are
letters of their own, as is й.
"""

_SILENT = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u00ad\u200b\u2060\ufeff]+"
)
"""Marks that stand alone where they compose with no letter, the vowel points of Hebrew and Arabic,
tatweel, and what breaks a line or joins: no part of a word.
"""


class _AccentTable(dict[int, str]):
    """Character -> without its accent, filled as characters come."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = folded = self._fold(char)
        return folded

    @staticmethod
    def _fold(char: str) -> str:
        if char in _LETTERS_WITHOUT_PARTS:
            return _LETTERS_WITHOUT_PARTS[char]
        if char == "ё":
            return "е"
        name = unicodedata.name(char, "")
        if not name.startswith(_ACCENTED_SCRIPTS):
            return char
        return "".join(
            c for c in unicodedata.normalize("NFD", char) if unicodedata.category(c) != "Mn"
        )


_ACCENTS = _AccentTable()


@cache
def _simplified() -> dict[int, str]:
    """Traditional character -> simplified, by OpenCC's table.

    Of several simplified forms the first, which is the commonest.
    """
    text = files("polysense.read.language").joinpath("simplified_characters.txt").read_text("utf-8")
    pairs = "".join(line for line in text.splitlines() if not line.startswith("#"))
    return {ord(a): b for a, b in zip(pairs[::2], pairs[1::2], strict=True)}


def simplify_han(text: str) -> str:
    """Traditional Chinese characters as simplified ones, one for one.

    >>> simplify_han("圖書館幾點關門")
    '图书馆几点关门'
    """
    return text.translate(_simplified()) if _HAN.search(text) else text


def normalise_unicode(text: str) -> str:
    """Compatible forms as one (NFKC), and simplified characters; case and accents stay.

    A raised digit is a word of its own: 10⁶ is not 106.

    >>> normalise_unicode("ﾛｰﾌﾟ ｆｕｌｌ 10⁶ 學費")
    'ロープ full 10 6 学费'
    """
    if text.isascii():
        return text
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", _SUPERSCRIPT.sub(r" \g<0>", text))
    return simplify_han(_SILENT.sub("", text))


def strip_accents(text: str) -> str:
    """Letters without their accents, in scripts whose readers leave them out; lower case expected.

    >>> strip_accents("fermé φάρος мёд"), strip_accents("край हिन्दी")
    ('ferme φαρος мед', 'край हिन्दी')
    """
    return text if text.isascii() else text.translate(_ACCENTS)


def fold(text: str) -> str:
    """Text as it is compared: one Unicode form, no case, no accents, simplified characters.

    >>> fold("Straße"), fold("FERMÉ"), fold("Ο Φάρος")
    ('strasse', 'ferme', 'ο φαροσ')
    """
    return strip_accents(fold_case(text))


def fold_case(text: str) -> str:
    """As `fold`, with accents: what a stemmer reads."""
    folded = normalise_unicode(text).casefold()
    if folded.isascii():
        return folded
    return _SILENT.sub("", unicodedata.normalize("NFKC", folded))
