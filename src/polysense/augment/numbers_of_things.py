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
_BEHIND_HEAD = re.compile(
    r"\s(?:in|of|at|for|on|to|from|with|without|per|by|during|between|since|who|that|which)\s", re.I
)
_PLURAL = re.compile(
    r"(?<![\w'’])(?:(?!\w*(?:ss|us|is)\b)\w{2,}s"
    r"|(?!specimen|regimen|abdomen)\w*men|\w*(?:people|children|folk|staff|mice)"
    r"|feet|teeth|geese|lice|oxen|personnel|cattle|sheep|fish|deer|police|aircraft|data|criteria"
    r"|bacteria|media)(?![\w'’])",
    re.I,
)
_OF_AMOUNTS_TEXT = (
    "total average mean exact current maximum minimum highest lowest largest approximate annual "
    "daily weekly monthly yearly"
)
_OF_AMOUNTS = frozenset(_OF_AMOUNTS_TEXT.split())
"""Labels of a number that says how many there are."""
_NUMBER_WORD = re.compile(
    r"(?:\b(?:no|nr|num|numbers?|numbered|id|ref|code)\b\.?|№|#)\W{0,4}(?:(?:is|was)\s+)?\w*\d"
    r"|\d\w*\W+(?:is|was)\s+(?:the|its|his|her|their)\b",
    re.I,
)
_OTHER_NUMBER = re.compile(
    r"\b(?P<of>[^\W\d_]+)\s+(?:(?:has|had|bears|carries)\s+(?:the\s+)?number|number\s+(?:is|was))"
    r"\s+\w*\d",
    re.I,
)
_OWN_NUMBER = re.compile(
    rf"{_DETERMINER}|a|an|whose|and|new|old|it|he|she|they|which|registration|serial|reference|line"
    r"|route|official|id|identification|fleet|licen[cs]e|phone|telephone|contact|mobile",
    re.I,
)
_SAID_NUMBER = re.compile(
    r"\b(?:is|says|reads|shows|(?:answers|listens|goes)\s+(?:to|by)|(?:call|dial|ring)(?:\s+it)?)"
    r"(?:\s+(?!at|in|on|by|from|to|near|of)[^\W\d_]+)?\s+\d+(?:[.!;,)]?\s*$|[.!;,)]\s)",
    re.I,
)
"""A number that a thing is, or says: "is line 7", "answers to 118"; of no unit behind it."""
_TIME = re.compile(
    r"(?<![\w/-])(?:\d{4}-\d\d?-\d\d?|\d\d?[./-]\d\d?[./-]\d{2,4}|\d\d?:\d\d|(?:1[5-9]|20)\d\d)"
    r"(?![\w/-]|\s*\d)"
)
_LONG_NUMBER = re.compile(
    r"(?<![\d.,])\+?\d[\d /()-]{2,}\d(?!\d|[.,]\d)|\b(?=\w*\d)(?=\w*[A-Z])\w{3,}\b"
)
"""Four signs or more that are no amount: such a number names something."""
_PHONE_NUMBER = re.compile(r"(?<![\d.,])\+?(?:\d[ /()-]{0,2}){5,}\d(?!\d|[.,]\d)")
_OTHER_THING = re.compile(r"\b(?:at|in|on|by|from|to|near|of)\s+(?:the\s+)?[^\W\d_]+\s+\d+\b", re.I)
"""A number that another thing is called by: "at jetty 4"."""
_COUNTED = re.compile(r"(?<![\d.,])\d[\d.,]*\s+[a-z]{2,}s\b")
_WHOLE_NUMBER = re.compile(r"(?<![\d.,])\d+(?!\d|[.,]\d)")
_TELEPHONE = frozenset(["phone", "telephone", "tel", "mobil", "mobile", "cell", "fax"])
_REACHED_BY = _TELEPHONE | {"contact", "emergency", "cellphone"}


def number_fit(question: str, text: str, context_terms: AbstractSet[str]) -> float:
    """1 where a passage says the number of the thing that a question asks it of, -1 where it says
    nothing of the thing or has no number that may be its, 0 else and for any other question.

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
    label = (match["label"] or match["kind"] or "").strip().lower()
    thing = match["thing"] or match["owner"]
    if label in _OF_AMOUNTS or (
        match["thing"]
        and label not in _REACHED_BY
        and _PLURAL.search(_BEHIND_HEAD.split(thing, maxsplit=1)[0])
    ):
        return 0.0  # how many there are
    own = set(terms(text))
    things = {t for t in content_terms(thing) if t.isalpha()}
    if things and things.isdisjoint(own | context_terms):
        return -1.0
    if not label and things.isdisjoint(own) and _is_of_another(text):
        return -1.0
    is_said = (
        _is_labelled(label, text, own, context_terms)
        or _is_said(things, text)
        or (not label and _NUMBER_WORD.search(text) is not None)
    )
    return 1.0 if is_said else _may_say(label, text)


def _is_labelled(
    label: str, text: str, own: AbstractSet[str], context_terms: AbstractSet[str]
) -> bool:
    """Whether a number stands beside the label that is asked for, or looks as such numbers do."""
    without_times = _TIME.sub(" ", text)
    is_long = _LONG_NUMBER.search(without_times) is not None
    if not label:
        return is_long
    names = _TELEPHONE if label in _REACHED_BY else set(terms(label))
    if names & own and any(c.isdigit() for c in text):
        return True
    if label in _REACHED_BY:
        return _PHONE_NUMBER.search(without_times) is not None
    if re.search(rf"\b{label[0]}\W?n\b\W{{0,3}}\w*\d", text, re.I):
        return True  # "S/N 88213"
    return not names.isdisjoint(context_terms) and is_long


def _is_said(things: AbstractSet[str], text: str) -> bool:
    """Whether a thing is a number, or has one behind its name."""
    return _SAID_NUMBER.search(text) is not None or _has_number_behind(things, text)


def _is_of_another(text: str) -> bool:
    """Whether a number is that of something that is not asked of: "the winning number"."""
    match = _OTHER_NUMBER.search(text)
    return match is not None and _OWN_NUMBER.fullmatch(match["of"]) is None


def _may_say(label: str, text: str) -> float:
    """0 where a passage has a number that may be the one asked for, -1 without."""
    others = _TIME.sub(" ", _COUNTED.sub(" ", text))
    others = others if label else _OTHER_THING.sub(" ", others)
    return 0.0 if label not in _REACHED_BY and _WHOLE_NUMBER.search(others) else -1.0


def _has_number_behind(things: AbstractSet[str], text: str) -> bool:
    """Whether a number stands right behind the name of a thing: "boat 12"."""
    words = re.findall(r"[^\W_]+", text)
    return any(b[0].isdigit() and things & set(terms(a)) for a, b in pairwise(words))
