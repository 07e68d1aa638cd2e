"""One form for what is written in several: Unicode forms, case, accents, Chinese characters.

For comparing only: what is shown, and the offsets of places in it, stay as they were written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.metadata import distribution

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

_TATWEEL = "\u0640"


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
        if char == _TATWEEL or "\u0300" <= char <= "\u036f":
            return ""
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

    Of several simplified forms the first, which is the commonest. The package is data here: the
    file is read, the package not imported.
    """
    package = distribution("opencc-python-reimplemented")
    path = package.locate_file("opencc/dictionary/TSCharacters.txt")
    lines = (line.split() for line in path.read_text("utf-8").splitlines())  # type: ignore[attr-defined]
    return {
        ord(fields[0]): fields[1]
        for fields in lines
        if len(fields) > 1 and len(fields[0]) == 1 and len(fields[1]) == 1
    }


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
    return simplify_han(text)


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
    return folded if folded.isascii() else unicodedata.normalize("NFKC", folded)
