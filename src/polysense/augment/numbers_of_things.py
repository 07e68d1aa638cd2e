"""Whether a passage says the number that a thing has: "What is the number of the boat?" wants what
it is called by, not how many there are, nor any number beside its name.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from itertools import pairwise

from polysense.read.language.analysis import terms
from polysense.read.language.questions import content_terms

_DETERMINER = r"(?:the|my|our|your|his|her|its|their|this|that)"
_ASKS = re.compile(
    r"^\W*(?:what|which)(?:['’]s|\s+is|\s+was)\s+(?:"
    rf"{_DETERMINER}\s+(?P<label>\w+\s+)?number\s+(?:of|for|on)\s+(?:{_DETERMINER}\s+)?"
    r"(?P<thing>[^?.,;:]{2,60})"
    r"|(?P<owner>[^?.,;:]{2,60}?)['’]s?\s+(?P<kind>\w+\s+)?number)\W*$",
    re.I,
)
_PLURAL = re.compile(r"\b(?!\w*(?:ss|us)\b)\w{2,}s$", re.I)
_NUMBER_WORD = re.compile(
    r"(?:\b(?:no|nr|num|numbers?|numbered|id|ref|code)\b\.?|№|#)\W{0,4}(?:(?:is|was)\s+)?\w*\d"
    r"|\d\w*\W+(?:is|was)\s+(?:the|its|his|her|their)\b",
    re.I,
)
_LONG_NUMBER = re.compile(
    r"(?<![\d.,])\+?\d[\d /()-]{2,}\d(?![\d.,])|\b(?=\w*\d)(?=\w*[A-Z])\w{3,}\b"
)
"""Four signs or more that are no amount: such a number names something."""
_TELEPHONE = frozenset(["phone", "telephone", "tel", "mobil", "mobile", "cell", "fax"])


def number_fit(question: str, text: str, context_terms: AbstractSet[str]) -> float:
    """1 where a passage says the number of the thing that a question asks it of, -1 where it says
    none or nothing of the thing, 0 for any other question.

    >>> number_fit("What is the number of the boat?", "The boat lies at jetty 4.", set())
    -1.0
    >>> number_fit("What is the number of the boat?", "The boat, no. 12, lies there.", set())
    1.0
    >>> number_fit("What is the number of members?", "It has 12 members.", set())
    0.0
    """
    match = _ASKS.match(question)
    if match is None:
        return 0.0
    label = (match["label"] or match["kind"] or "").strip()
    thing = match["thing"] or match["owner"]
    if match["thing"] and not label and _PLURAL.search(thing.split(" in ")[0].strip()):
        return 0.0  # how many there are
    own = set(terms(text))
    things = {t for t in content_terms(thing) if t.isalpha()}
    if things and things.isdisjoint(own | context_terms):
        return -1.0
    if label:
        names = _TELEPHONE if label.lower() in _TELEPHONE else set(terms(label))
        if names.isdisjoint(own | context_terms):
            return -1.0
        return 1.0 if names & own and any(c.isdigit() for c in text) else _long(text)
    is_called = _NUMBER_WORD.search(text) is not None or _has_number_behind(things, text)
    return 1.0 if is_called else _long(text)


def _long(text: str) -> float:
    return 1.0 if _LONG_NUMBER.search(text) else -1.0


def _has_number_behind(things: AbstractSet[str], text: str) -> bool:
    """Whether a number stands right behind the name of a thing: "boat 12"."""
    words = re.findall(r"[^\W_]+", text)
    return any(b[0].isdigit() and things & set(terms(a)) for a, b in pairwise(words))
