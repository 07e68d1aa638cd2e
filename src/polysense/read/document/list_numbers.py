"""The numbers before the items of a list, as a program shows them."""

from __future__ import annotations

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_HAN = "〇一二三四五六七八九"
_MAX_ROMAN, _MAX_HAN = 4000, 100

_LETTERS = 26


def numeral(number: int, kind: str) -> str:
    """A number as a list writes it; kind is "1", "a", "A", "i", "I" or "一", as on a page.

    >>> [numeral(n, kind) for n, kind in ((4, "1"), (28, "a"), (9, "I"), (21, "一"))]
    ['4', 'bb', 'IX', '二十一']
    """
    if kind in ("a", "A") and number > 0:
        count, letter = divmod(number - 1, _LETTERS)
        text = chr(ord("a") + letter) * (count + 1) if count < _LETTERS else str(number)
    elif kind in ("i", "I") and 0 < number < _MAX_ROMAN:
        text = ""
        for value, letters in _ROMAN:
            text += letters * (number // value)
            number %= value
    elif kind == "一" and 0 < number < _MAX_HAN:
        tens, ones = divmod(number, 10)
        text = (_HAN[tens] if tens > 1 else "") + "十" * (tens > 0) + (_HAN[ones] if ones else "")
    else:
        return str(number)
    return text.upper() if kind.isupper() else text
