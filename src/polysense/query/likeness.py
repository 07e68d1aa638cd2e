"""Whether words beside a file ask for things like it that are otherwise: "like this, but red"."""

from __future__ import annotations

import re

from polysense.read.language.function_words import FUNCTION_WORDS

_JOINT = r"(?=\s*,|\s+(?:but|in|on|at|with|without|only|just|that|which|and|from)\b)"
_POINTED = (
    rf"(?:(?:this|these|that|those)(?:\s+(?!(?:but|in|on|at|with|without|only|just)\b)\w+{_JOINT})?"
    r"|it|them|(?:the|my)\s+(?:picture|photo|image|model|sound|one)s?)"
)
_POINTING = re.compile(
    r"\b(?:(?:more|just|exactly|something|anything|one|ones|things?)\s+)*"
    r"(?<!\blook )(?<!\blooks )(?<!\bsound )(?<!\bsounds )(?<!\bfeels )(?<!\bis )(?<!\bare )"
    rf"(?:like|similar\s+to|resembling|(?:the\s+)?same\s+(?:\w+\s+)?as)\s+{_POINTED}(?:\s+ones?)?\b"
    rf"|\bmore\s+of\s+{_POINTED}\b"
    r"|\b(?:so\s+)?(?:etwas\s+|eine?[nrms]?\s+|welche\s+)?wie\s+(?:dies\w*|das(?:\s+hier)?|die\s+hier|der\s+hier)\b"
    r"|\bcomme\s+(?:ça|cela|ceci|celui(?:-ci)?|celle(?:-ci)?|ceux-ci|celles-ci)(?!\w)"
    r"|\bcomo\s+(?:ést?e|este|esta|esto|estos|estas|ese|esa|eso)\b"
    r"|像(?:这|這|它|他)(?:个|個|张|張|些|样|樣|一样|一樣)?的?|和(?:这|這)(?:个|個|张|張|些)?(?:一样|一樣|类似|類似|相似)的?",
    re.I,
)
"""What says that things are to be like the file, wherever it stands."""

_BARE = re.compile(
    r"\bsimilar(?:\s+(?:ones?|things?))?\b|\bthe\s+same(?:\s+(?:ones?|thing))?\b"
    r"|\bähnlich\w*|\bd(?:as|er|ie)\s*selbe\w*\b|\bdas\s+gleiche\b"
    r"|\bsimilaires?\b|\bpareils?\b|\bparecid[oa]s?\b|类似的?|類似的?|相似的?",
    re.I,
)
"""What says so only where nothing but a request stands before it: a table with the same columns is
like no file.
"""

_FRAME = re.compile(
    r"\b(?:find|show|give|get|search|look|want|need|i|me|for|please|ones?|things?|something|anything"
    r"|(?:is|are)\s+there|(?:do|have)\s+you(?:\s+(?:have|got))?|(?:can|could)\s+you|any"
    r"|pictures?|photos?|images?|models?|sounds?|but|only|just|zeige?|finde|suche?|mir|bitte|aber|nur"
    r"|gibt\s+es|hast\s+du|haben\s+sie|etwas|was|y\s+a-t-il|avez-vous|quelque\s+chose|de|hay|tienes|algo"
    r"|montre|trouve|cherche|moi|mais|muestra|busca|encuentra|pero)\b|但是?|不过|不過|要|找|请|請|有没有|有沒有|有|吗|嗎",
    re.I,
)
_ASKS = re.compile(
    r"\W*(?:what|which|who|whose|where|when|why|how|is|are|was|were|do|does|did|can|could|will|would"
    r"|should|has|have|wer|was|wo|wann|warum|wie\s+(?!dies|das|die|der)|kann|ist|sind|qui|que|quoi|où|quand"
    r"|pourquoi|comment|quel\w*|est-ce|qué|quién|dónde|cuándo|cómo(?!\s+est)|cuál\w*|puede)\b"
    r"|为什么|为何|怎么|怎样|什么|哪|谁|如何|多少",
    re.I,
)
"""How a question begins that wants to know something of the file, or of things like it."""

_ASKS_AFTER = re.compile(
    r"(?:[.!;,]\s*|\band\s+)(?:what|which|who|where|when|why|how)\b.*\?|什么|为何|怎么|怎样|谁|如何|多少",
    re.I,
)
_HAN, _WORD = re.compile("[\u3400-\u9fff]"), re.compile(r"\w+")
_FUNCTION_WORDS = frozenset[str]().union(*FUNCTION_WORDS.values())


def asks_for_likeness(words: str) -> bool:
    """Whether words ask for things like a file that is given beside them; not whether they ask
    something of it, or of such things.

    >>> asks_for_likeness("like this but red"), asks_for_likeness("Something similar in blue")
    (True, True)
    >>> asks_for_likeness("What does this cost?"), asks_for_likeness("a red bicycle")
    (False, False)
    >>> asks_for_likeness("How do I repair a lamp like this?")
    False
    """
    if match := _POINTING.search(words):
        before = words[: match.start()]
        return not _ASKS.match(_FRAME.sub(" ", before)) and not _ASKS_AFTER.search(words)
    bare = _BARE.search(words)
    return bare is not None and not _WORD.search(_FRAME.sub(" ", words[: bare.start()]))


def otherwise(words: str) -> str:
    """What they say of these things, without what points at the file or only asks for it; "" where
    that is nothing, or words without a meaning of their own.

    >>> otherwise("Show me one like this but red"), otherwise("more like these")
    ('red', '')
    >>> otherwise("like this, on a beach"), otherwise("Is there something like this?")
    ('on a beach', '')
    """
    rest = _FRAME.sub(" ", _BARE.sub(" ", _POINTING.sub(" ", words)))
    if not any(_HAN.match(w) or w.lower() not in _FUNCTION_WORDS for w in _WORD.findall(rest)):
        return ""
    return " ".join(rest.split()).strip(" ,.;:!?¿¡，。；！？")
