"""Which modality a question expects its answer to be found in, by the nouns and verbs it asks with.

"Which function rounds the fee?" asks for code, whatever else speaks of fees. The words are those
that each modality declares (`polysense.modalities`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from polysense.modalities import all_modalities
from polysense.types import Modality

_WHICH = r"(?:which|what|welche[rsnm]?|quell?e?s?|qué|cuál|quale|che)"
_ADJECTIVE = r"(?!(?:is|are|was|were|do|does|did|the|ist|sind|est|es|è)\b)\w+"
_WHERE = r"(?:where|in\s+which\s+(?:file|module|place)|wo|où|dónde|dove)"
_IDEOGRAPHIC = re.compile("[\u3400-\u9fff]")
_NEVER = "(?!)"


def expected_modalities(words: str) -> frozenset[Modality]:
    """Modalities in which an answer is to be looked for first; none for most questions.

    >>> sorted(expected_modalities("Where is the backoff between retries handled?"))
    ['code']
    >>> expected_modalities("Where is the bell?")
    frozenset()
    """
    text = " ".join(words.lower().split())
    return frozenset(m for m in all_modalities() if _pattern(m).search(text))


@cache
def _pattern(modality: Modality) -> re.Pattern[str]:
    """What asks for a modality: which NOUN, where is ... VERB, in the languages of its words."""
    description = all_modalities()[modality]
    nouns, chinese_nouns = _by_script(description.nouns)
    verbs, chinese_verbs = _by_script(description.place_verbs)
    return re.compile(
        rf"\b{_WHICH}\s+(?:{_ADJECTIVE}\s+){{0,2}}?(?:{nouns})\b"
        rf"|\b{_WHERE}\b.{{0,200}}\b(?:{verbs})\b"
        rf"|(?:哪个|哪個|哪一个|什么|哪些).{{0,4}}(?:{chinese_nouns})"
        rf"|(?:在哪里|在哪裡|在哪).{{0,8}}(?:{chinese_verbs})"
    )


def _by_script(words: Iterable[str]) -> tuple[str, str]:
    """Alternatives of a pattern: words with spaces around them, and ideographs."""
    ideographic = [w for w in words if _IDEOGRAPHIC.search(w)]
    others = [w for w in words if not _IDEOGRAPHIC.search(w)]
    return "|".join(map(re.escape, others)) or _NEVER, "|".join(ideographic) or _NEVER
