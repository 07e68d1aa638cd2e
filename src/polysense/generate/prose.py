"""What of a language model's words can be shown: sentences, no markup, pictures, tags or data."""

from __future__ import annotations

import re

_FENCE = re.compile(r"</?evidence-[^>\s]*>?")
"""Of the fences around the evidence, which small models write down again."""
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"(?<!!)(\[[^\]]+\])\((?:[a-z]+:|/|#|\.)[^)]*\)", re.I)
_TAG = re.compile(r"<(?:(script|style)\b.*?</\1\s*|/?[A-Za-z][^<>]{0,300})>", re.I | re.S)
_MARKUP = re.compile(r"\*\*|__|^\s*(?:[-*•]|\d+[.)])\s+|^#+\s+|^>\s+|`+", re.M)
_CITATION = re.compile(r"\[\d+(?:\s*[,;]\s*\d+)*\]")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s\])>\"']+", re.I)
_DATA = re.compile(r"\s*[{\[]\s*[\"{\[]|.*\"\s*:\s*[\"\d{\[tfn]", re.S)

THOUGHT_START, THOUGHT_END = "<think", "</think"
"""Of what some models think aloud before they answer: no part of the answer."""


def plain(text: str) -> str:
    """A sentence without what only a browser would make something of.

    >>> plain("**It** is ![x](http://a.example/?q=1) <b>23 m</b> [tall](http://a.example) [1].")
    'It is 23 m tall [1].'
    """
    text = _TAG.sub("", _FENCE.sub("", _IMAGE.sub("", text)))
    text = _LINK.sub(lambda m: m[1] if _CITATION.fullmatch(m[1]) else m[1][1:-1], text)
    return re.sub(r"[ \t]{2,}", " ", _MARKUP.sub("", text)).strip()


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


def without_thoughts(text: str, is_over: bool = False) -> tuple[str, str]:
    """(what can be read, what must wait) of words as they stream: thoughts are left out once they
    end, and what stands behind their start waits until then.

    >>> without_thoughts("<think>Hm.</think>It is 23 m"), without_thoughts("It is <think>Hm")
    (('It is 23 m', ''), ('It is ', '<think>Hm'))
    """
    while (start := text.find(THOUGHT_START)) >= 0:
        end = text.find(THOUGHT_END, start)
        close = text.find(">", end) if end >= 0 else -1
        if close < 0:
            return text[:start], "" if is_over else text[start:]
        text = text[:start] + text[close + 1 :]
    return text, ""
