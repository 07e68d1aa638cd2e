"""Whether words beside a file ask for things like it that are otherwise: "like this, but red"."""

from __future__ import annotations

import re

_JOINT = r"(?=\s*,|\s+(?:but|in|on|at|with|without|only|just|that|which|and|from)\b)"
_POINTED = (
    rf"(?:(?:this|these|that|those)(?:\s+(?!(?:but|in|on|at|with|without|only|just)\b)\w+{_JOINT})?"
    r"|it|them|(?:the|my)\s+(?:picture|photo|image|model|sound|one)s?)"
)
_LIKENESS = re.compile(
    rf"\b(?:(?:more|just|exactly|something|anything|one|ones|things?)\s+)*"
    rf"(?:like|similar\s+to|resembling|(?:the\s+)?same\s+as|as)\s+{_POINTED}(?:\s+ones?)?\b"
    rf"|\bmore\s+of\s+{_POINTED}\b|\bsimilar(?:\s+(?:ones?|things?))?\b|\bthe\s+same(?:\s+(?:ones?|thing))?\b"
    r"|\b(?:so\s+)?(?:etwas\s+|eine?[nrms]?\s+|welche\s+)?wie\s+(?:dies\w*|das(?:\s+hier)?|die\s+hier|der\s+hier)\b"
    r"|\bähnlich\w*|\bd(?:as|er|ie)\s*selbe\w*\b|\bdas\s+gleiche\b"
    r"|\bcomme\s+(?:ça|cela|ceci|celui(?:-ci)?|celle(?:-ci)?|ceux-ci|celles-ci)(?!\w)|\bsimilaires?\b|\bpareils?\b"
    r"|\bcomo\s+(?:ést?e|este|esta|esto|estos|estas|ese|esa|eso)\b|\bparecid[oa]s?\b"
    r"|像(?:这|這|它|他)(?:个|個|张|張|些|样|樣|一样|一樣)?的?|和(?:这|這)(?:个|個|张|張|些)?(?:一样|一樣|类似|類似|相似)的?|类似的?|類似的?|相似的?",
    re.I,
)
_FRAME = re.compile(
    r"\b(?:find|show|give|get|search|look|want|need|i|me|for|please|ones?|things?|something|anything"
    r"|pictures?|photos?|images?|models?|sounds?|but|only|just|zeige?|finde|suche?|mir|bitte|aber|nur"
    r"|montre|trouve|cherche|moi|mais|muestra|busca|encuentra|pero)\b|但是?|不过|不過|要|找|请|請",
    re.I,
)


def asks_for_likeness(words: str) -> bool:
    """Whether words ask for things like a file that is given beside them.

    >>> asks_for_likeness("like this but red"), asks_for_likeness("Something similar in blue")
    (True, True)
    >>> asks_for_likeness("What does this cost?"), asks_for_likeness("a red bicycle")
    (False, False)
    """
    return _LIKENESS.search(words) is not None


def otherwise(words: str) -> str:
    """What they say of these things, without what points at the file or only asks for it; "" where
    that is nothing.

    >>> otherwise("Show me one like this but red"), otherwise("more like these")
    ('red', '')
    >>> otherwise("like this, on a beach")
    'on a beach'
    """
    rest = _FRAME.sub(" ", _LIKENESS.sub(" ", words))
    return " ".join(rest.split()).strip(" ,.;:!?，。；！？")
