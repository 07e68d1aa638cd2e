"""Whether a question asks which of several things has most of something, or least."""

from __future__ import annotations

import re

from polysense.question import ValueOrder

_WHICH = re.compile(
    r"\b(?:which|who|what|welche[rsmn]?|wer|was|quel(?:le)?s?|lequel|laquelle|qui|qué|cuál(?:es)?|quién)\b"
    r"|哪|谁|誰",
    re.I,
)
_MORE_TEXT = (
    "more most higher highest taller tallest longer longest bigger biggest larger largest greater "
    "greatest heavier heaviest deeper deepest wider widest broader broadest thicker thickest "
    "steeper steepest hotter hottest warmer warmest dearer dearest costlier costliest "
    "mehr meisten höher größer länger schwerer tiefer breiter dicker wärmer teurer "
    "höheren größeren längeren schwereren tieferen breiteren teureren plus más mayor"
)
_LESS_TEXT = (
    "less least fewer fewest lower lowest shorter shortest smaller smallest lighter lightest "
    "shallower shallowest narrower narrowest thinner thinnest colder coldest cooler coolest "
    "cheaper cheapest weniger wenigsten niedriger kleiner kürzer leichter flacher schmaler dünner "
    "kälter billiger günstiger niedrigeren kleineren kürzeren leichteren moins menos menor"
)
_MORE, _LESS = frozenset(_MORE_TEXT.split()), frozenset(_LESS_TEXT.split())
_TURNED_TEXT = (
    "petit petite léger légère court courte lent lente jeune froid froide pequeño pequeña ligero "
    "ligera corto corta lento lenta joven frío fría barato barata recently recent ancien ancienne "
    "vieux vieille antiguo antigua viejo vieja old young cheap"
)
_TURNED = frozenset(_TURNED_TEXT.split())
"""Words of which more is less of what is measured, or that are told by a year."""
_HAN_MORE = re.compile("[高大长長重多贵貴深宽寬厚远遠热熱](?:得多)?[一些点]*[的吗嗎呢]?[？?。]*$")
_HAN_LESS = re.compile("(?:[低小短轻輕少浅淺窄薄近冷]|便宜)[一些点]*[的吗嗎呢]?[？?。]*$")


def value_order(words: str) -> ValueOrder:
    """The order that puts first what is asked for; "" where the question does not ask which, or
    time decides it.

    >>> value_order("Which is heavier, the Heron or the Plover?")
    'greatest first'
    >>> value_order("苹果和香蕉哪个便宜？"), value_order("Is the Heron heavier than the Plover?")
    ('least first', '')
    """
    if not _WHICH.search(words):
        return ""
    own = re.findall(r"[^\W\d_]+", words.lower())
    more, less = bool(_MORE & set(own)), bool(_LESS & set(own))
    if _TURNED & set(own) or (more and less):
        return ""
    if more or _HAN_MORE.search(words):
        return "greatest first"
    return "least first" if less or _HAN_LESS.search(words) else ""
