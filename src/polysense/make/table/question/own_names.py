"""A question to a table without the name of its file, which says where and not what."""

from __future__ import annotations

import re
from collections.abc import Iterable

_FILE = "file|document|table|spreadsheet|sheet|datei|tabelle|fichier|archivo"
_BEFORE = (
    r"(?:\b(?:in|from|within|of|on|for|according\s+to|laut|aus|von|im|dans|de|du|del|selon|según"
    r"|en)\s+)?"
    r"(?:\b(?:the|my|our|this|der|die|das|dem|den|des|le|la|les|el|los|las)\s+|\bl['’]\s?)?"
    rf"(?:\b(?:{_FILE})\s+)?"
)


def without_file_names(words: str, names: Iterable[str]) -> str:
    """The words without these file names and what only leads to them. A name without an ending may
    be a word of the question, and stays.

    >>> without_file_names("What is the total cost in costs.xls?", ["costs.xls"])
    'What is the total cost?'
    >>> without_file_names("costs.csv里的总成本是多少？", ["costs.csv"])
    '总成本是多少？'
    """
    for name in sorted({n for n in names if "." in n}, key=len, reverse=True):
        pattern = (
            rf"{_BEFORE}[\"“„«'《]?(?<![\w.]){re.escape(name)}(?![A-Za-z0-9])[\"”“»'》]?[里中上的]*"
        )
        words = re.sub(pattern, " ", words, flags=re.I)
    return re.sub(r"\s+(?=[?.!,？]|$)", "", " ".join(words.split()))
