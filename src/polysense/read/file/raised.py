"""Raised type in a line of plain characters: powers, units, ordinals, and marks of notes."""

from __future__ import annotations

import re

_SQUARES = {"1": "¹", "2": "²", "3": "³"}
_UNIT = re.compile(r"(?<![^\W\d_])(?:[cdkmµn]?m|in|ft|yd|s|min|h)$")
_BASE = re.compile(
    r"(?:(?<![\w.,])[\d.,]{1,2}|(?<![^\W\d_])[^\W\d_]|[=+*/×·(]\s?[a-z]{2}|[∆∂∇]"
    r"|\([^()]{0,40}[-+*/=^×·−][^()]{0,40}\)|\(\w\)|\b(?:sin|cos|tan|cot|log|exp|lim|det))$"
)
"""What a power stands on: a number of one digit or two, a letter, two in a formula, a bracket with
a sum or the like in it, or the name of a function. Another word, a year, an amount or a bracket
with a small number over it has a note."""
_POWER = re.compile(r"[+\-−–]?\d{1,3}|[a-z](?:\s?[+\-−–]\s?\d)?")
_NUMERAL = re.compile(r"(?:(?<![\d.,])\d{1,3}\.?|\b[IVXLC]+)$")
_ORDINAL_TEXT = "st nd rd th er re e es ème ère eme o a os as º ª"
_ORDINALS = frozenset(_ORDINAL_TEXT.split())
_BEFORE_MARK = re.compile(r"[\w.,;:!?)\]}\"'”’»%…。，]\s?$")
"""What the mark of a note stands behind: words and the stops behind them."""

_ONE_MARK = r"[\[(]?(?:\d{1,3}|[a-z]|[ivx]{1,4}|[*†‡§¶#]{1,3}|note\s*\d*)[\])]?"
_BETWEEN = r"(?:\s*[,;–-]\s*|\s+|(?<=[\])])(?=[\[(]))"
_MARK = re.compile(rf"{_ONE_MARK}(?:{_BETWEEN}{_ONE_MARK}){{0,9}}")


def raised_text(before: str, raised: str) -> str:
    """What stands for raised characters behind others: a power is "^6", a square "²", what is
    raised of a word ("1st", "Mme") is part of it, and the mark of a note goes, for it would be read
    as a digit of the number or a letter of the word before it.

    >>> [raised_text(*w) for w in (("5 x 10", "6"), ("in 1887", "3"), ("40 m", "2"), ("1", "st"))]
    ['^6', '', '²', 'st']
    """
    raised = raised.strip()
    if not raised:
        return ""
    if _UNIT.search(before) and raised in _SQUARES:
        return _SQUARES[raised]
    if _NUMERAL.search(before) and raised in _ORDINALS:
        return raised
    if raised != "1" and _BASE.search(before) and _POWER.fullmatch(raised):
        return f"^{raised}"
    return "" if _MARK.fullmatch(raised) and _BEFORE_MARK.search(before) else raised
