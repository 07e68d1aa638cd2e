"""English nouns that are always of something: "the battery" after the Quillon Q3 is its battery.

What links such a noun to what was spoken of is called bridging (Clark, "Bridging", TINLAP 1975);
the nouns are functional ones (Löbner, "Definites", Journal of Semantics 4, 1985). A lighthouse is
none: it may be any.
"""

from __future__ import annotations

import re

from polysense.rewriters.decomposition.comparisons import MEASURES
from polysense.rewriters.history.noun_phrases import CAPITAL

_PROPERTY_TEXT = (
    "address admission advantage age antidote architect atmosphere author battery benefit "
    "capacity capital captain cast cause ceo chairman chairperson color colour complication "
    "composer composition conductor consequence content contraindication cure currency danger "
    "deadline definition designer diagnosis diameter director disadvantage discoverer dosage dose "
    "drawback editor effect engine executive feature fee founder function goal habitat "
    "headquarters history ingredient inhabitant inventor leader lifespan lyric maker manager "
    "manufacturer meaning member motto origin owner parking plot population predator president "
    "prevention price processor producer prognosis publisher purpose recipe requirement risk "
    "salary screen sequel side-effect speed staff structure successor symptom taste temperature "
    "toll treatment type warranty winner"
)
_EVENT_TEXT = (
    "cancellation closure collapse completion construction demolition development discovery "
    "founding inauguration invention launch opening origin publication reconstruction removal "
    "renovation repair replacement restoration"
)
PROPERTIES = frozenset(_PROPERTY_TEXT.split()) | MEASURES
"""What something has: a question on it is a question on what has it."""

EVENTS = frozenset(_EVENT_TEXT.split())
"""What happens to something: spoken of further, it is itself the thing."""

MASS = frozenset(["admission", "parking"])
"""Those that stand without an article."""

_ADJECTIVES = (
    r"(?:main|chief|common|usual|typical|long-term|short-term|possible|other|side|first|current)"
)
_QUANTITIES = r"(?:the|some|any)"
_BEHIND = (
    r"(?=\s*[?.!,]|\s+(?:is|are|was|were|do|does|did|has|have|had|can|will|last|take|cost|costs|run"
    r"|start|begin|mean|work|for|like|look)\b)"
)
_NOUN = re.compile(
    rf"\b(?:(?P<article>{_QUANTITIES})\s+)?(?P<noun>(?:{_ADJECTIVES}\s+)*(?P<head>[a-z]+)){_BEHIND}"
)


def singular(noun: str) -> str:
    """A noun as the lists have it.

    >>> [singular(n) for n in ("symptoms", "batteries", "CEO")]
    ['symptom', 'battery', 'ceo']
    """
    noun = noun.lower()
    if noun.endswith("ies"):
        return f"{noun[:-3]}y"
    return noun[:-1] if noun.endswith("s") and not noun.endswith("ss") else noun


def is_property(noun: str) -> bool:
    """Whether a noun is a property or a part of something."""
    return singular(noun) in PROPERTIES or noun.lower() in PROPERTIES


def with_owner(words: str, owner: str) -> str:
    """A question on a property or an event, with what it is of; "" where it is on none, or says
    that itself.

    >>> with_owner("How long does the battery last?", "the Quillon Q3")
    'How long does the battery of the Quillon Q3 last?'
    >>> with_owner("What are common treatments?", "Velmaric fever")
    'What are common treatments of Velmaric fever?'
    >>> with_owner("How tall is the lighthouse?", "the Quillon Q3")
    ''
    """
    if not owner or re.search(rf"(?<=\s){CAPITAL}[\w'’-]+", words[1:]):
        return ""
    for m in _NOUN.finditer(words):
        head, has_adjective = m["head"], m["noun"] != m["head"]
        is_event = singular(head) in EVENTS
        is_bare = head in MASS or (has_adjective and head.endswith("s"))
        if (is_property(head) or is_event) and (m["article"] or is_bare):
            return f"{words[: m.end()]} of {owner}{words[m.end() :]}"
    return ""
