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
_SHOWS = (
    r"(?:(?:shows?|showing|has|have|contains?|containing|depicts?|of|where|in which"
    r"|zeigen|zeigt|enthält|enthalten|von|vom|(?:hört|sieht) man|montrent?|contient|avec|de|du|des"
    r"|muestran?|contienen?)(?!\w)|d['’])"
)
_ASKED_FOR = (
    r"(?:(?:show|find|play)(?: me| us)?|(?:is|are) there|(?:do|have) (?:we|you|i)(?: have| got)?"
    r"|zeig(?:e|t)?(?: mir| uns)?|such(?:e|t)?(?: mir)?|gibt es|haben wir|y a-t-il"
    r"|montre[rz]?(?:-moi)?|hay|muéstrame|busca)"
)
_ON_WHICH = r"(?:(?:in|on)\s+which|(?:auf|in)\s+welche[mnr]|sur\s+quelle?s?|en\s+qué)"
_ARTICLE = r"(?:(?:a|an|any|the|some|my|our|ein|eine|einen|das|die|den|une?|des|la|le|una?|el)\s+)?"
_IDEOGRAPHIC = re.compile("[\u3400-\u9fff]")
_NEVER = "(?!)"


def expected_modalities(words: str) -> frozenset[Modality]:
    """Modalities in which an answer is to be looked for first; none for most questions.

    >>> sorted(expected_modalities("Where is the backoff between retries handled?"))
    ['code']
    >>> expected_modalities("Where is the bell?")
    frozenset()
    >>> sorted(expected_modalities("Is there a recording of rain?"))
    ['audio']
    """
    text = " ".join(words.lower().split())
    return frozenset(m for m in all_modalities() if _pattern(m).search(text))


@cache
def _pattern(modality: Modality) -> re.Pattern[str]:
    """What asks for a modality: which NOUN, where is ... VERB, which MEDIUM shows, show me a MEDIUM
    of, in the languages of its words.
    """
    description = all_modalities()[modality]
    nouns, chinese_nouns = _by_script(description.nouns)
    verbs, chinese_verbs = _by_script(description.place_verbs)
    media, chinese_media = _by_script(description.medium)
    return re.compile(
        rf"\b{_WHICH}\s+(?:{_ADJECTIVE}\s+){{0,2}}?(?:{nouns})\b"
        rf"|\b{_WHERE}\b.{{0,200}}\b(?:{verbs})\b"
        rf"|(?:哪个|哪個|哪一个|什么|哪些).{{0,4}}(?:{chinese_nouns})"
        rf"|(?:在哪里|在哪裡|在哪).{{0,8}}(?:{chinese_verbs})"
        rf"|\b(?:{_WHICH}|{_ASKED_FOR})\s+{_ARTICLE}(?:{_ADJECTIVE}\s+)?(?:{media})\s+{_SHOWS}"
        rf"|\b{_ON_WHICH}\s+(?:{media})\b"
        rf"|哪(?:[个個张張段条條些幅]|一[个個张張段])?(?:{chinese_media})(?:里|裡|中|上|有|是|显示|能)"
        rf"|(?:有没有|有沒有|给我看|給我看|播放|找).{{1,12}}的(?:{chinese_media})[吗嗎？?。 ]*$"
    )


def _by_script(words: Iterable[str]) -> tuple[str, str]:
    """Alternatives of a pattern: words with spaces around them, and ideographs."""
    ideographic = [w for w in words if _IDEOGRAPHIC.search(w)]
    others = [w for w in words if not _IDEOGRAPHIC.search(w)]
    return "|".join(map(re.escape, others)) or _NEVER, "|".join(ideographic) or _NEVER
