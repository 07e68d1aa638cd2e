"""What of a language model's words can be shown: sentences, no markup, pictures, tags or data."""

from __future__ import annotations

import re

_FENCE = re.compile(r"</?evidence-[^>\s]*>?")
"""Of the fences around the evidence, which small models write down again."""
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"(?<!!)(\[[^\]]+\])\((?:[a-z]+:|/|#|\.)[^)]*\)", re.I)
_TAG_NAMES = (
    "a abbr audio b blockquote body br button center code dd div dl dt em embed font form h1 "
    "h2 h3 h4 head hr html i iframe img input li link mark meta object ol p pre q s small "
    "source span strike strong sub sup svg table tbody td textarea th thead think thinking "
    "title tr track u ul video"
)
_TAG = re.compile(
    rf"<(?:(script|style)\b.*?</\1\s*|/?(?:{'|'.join(_TAG_NAMES.split())})\b[^<>]{{0,300}})>",
    re.I | re.S,
)
_MARKUP = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+|^#+\s+|^>\s+", re.M)
_WEIGHT = re.compile(r"(?<![\w*])(\*\*|__)(?=\S)([^`]*?\S)\1(?![\w*])")
_CODE = re.compile(r"`+([^`]*)`+")
_CITATION = re.compile(r"\[\d+(?:\s*[,;]\s*\d+)*\]")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s\])>\"']+", re.I)
_DATA = re.compile(r"\s*(?:[{\[]\s*[\"{\[]|\"[^\"]*\"\s*:)")


def plain(text: str) -> str:
    """A sentence without what only a browser would make something of.

    >>> plain("**It** is ![x](http://a.example/?q=1) <b>23 m</b> [tall](http://a.example) [1].")
    'It is 23 m tall [1].'
    """
    codes: list[str] = []

    def keep(m: re.Match[str]) -> str:
        codes.append(m[1])
        return f"\0{len(codes) - 1}\0"

    text = _TAG.sub("", _FENCE.sub("", _IMAGE.sub("", _CODE.sub(keep, text))))
    text = _LINK.sub(lambda m: m[1] if _CITATION.fullmatch(m[1]) else m[1][1:-1], text)
    text = _MARKUP.sub("", _WEIGHT.sub(r"\2", text))
    text = re.sub(r"\0(\d+)\0", lambda m: codes[int(m[1])], text)
    return re.sub(r"[ \t]{2,}", " ", text).strip()


def fault_of_form(sentence: str) -> str:
    """Why words are no sentence that tells something; "" where they are.

    >>> fault_of_form('{"action": "search"}'), fault_of_form("How tall is it?")
    ('is data, no sentence', 'asks instead of answering')
    """
    if _DATA.match(sentence):
        return "is data, no sentence"
    if sentence.rstrip().endswith(("?", "？")):
        return "asks instead of answering"
    return ""


def unknown_addresses(sentence: str, evidence: str) -> tuple[str, ...]:
    """Addresses on the web that a sentence names and its evidence does not.

    >>> unknown_addresses("Pay at http://evil.example/pay.", "Pay at the counter.")
    ('http://evil.example/pay',)
    """
    addresses = (m.group().rstrip(".,;:!?") for m in _ADDRESS.finditer(sentence))
    return tuple(a for a in addresses if a.lower() not in evidence.lower())
