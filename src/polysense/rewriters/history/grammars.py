"""The words by which questions lean on others, by language, as alternatives of patterns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grammar:
    """Words of a language, as alternatives of a pattern.

    conjunctions stand before an ellipsis ("and", "what about"), wh are interrogatives, aux what
    stands behind them, persons and things pronouns, possessives those before a noun; events point
    at what happened; determiners begin the name of a thing; at_events are frames of a question on
    an event ("When was that?"), after the interrogative.
    """

    conjunctions: str
    wh: str
    who: str
    aux: str
    persons: str
    things: str
    possessives: str
    events: str
    determiners: str
    prepositions: str
    at_events: str
    empty: str = "(?!)"
    of_things: str = "(?!)"
    which: str = "(?!)"
    how: str = "(?!)"


GRAMMARS: Mapping[str, Grammar] = {
    "en": Grammar(
        conjunctions=r"(?:and|but|or|so|then|also|ok(?:ay)?|now)\b[\s,]*(?:(?:what|how)\s+about\b\s*)?|(?:what|how)\s+about\b\s*",
        wh=r"who|whom|whose|what|which|where|when|why|how",
        who=r"who|whom|whose",
        aux=r"is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must",
        persons=r"she|he|her|him|hers|they|them",
        things=r"it|they|them",
        possessives=r"his|her|its|their",
        events=r"that|this|it",
        determiners=r"the|a|an|its|his|her|their|our|my",
        prepositions=r"in|on|at|of|for|from|by|with|to|into|during|since|until|after|before|about|under|over|near",
        at_events=r"(?:is|was|were|did)\s+(?:that|this|it)(?:\s+(?:happen|done|take\s+place|so|the\s+case))?|(?:did|does)\s+(?:that|this|it)\s+(?:happen|take\s+place)",
        empty=r"\b(?:does|did|will|would|do)\s+it\s+(?:take\s+\w+|cost\s+to|matter)\b"
        r"|\b(?:is|was)\s+it\s+(?:true|possible|necessary|allowed|safe|raining|easy|hard|better|worth"
        r"|important|legal|dangerous|that)\b|\bwhat\s+time\s+is\s+it\b|\bit\s+(?:is|was)\s+\w+\s+(?:that|to)\b"
        r"|\b(?:is|was)\s+it\s+(?:\w+\s+){1,3}(?:to|that|when|if)\b"
        r"|\bit\s+(?:going\s+to\s+)?(?:rain|snow)s?\b|\bit\s+going\b|\b(?:year|day|date|month)\s+is\s+it\b"
        r"|\b(?:hot|cold|warm|far|late|dark)\s+(?:is|was|does|will)\s+it\b",
        of_things=r"(?:what|which)\b(?!\s+(?:year|month|day|date|century|week|time|place|town|street)\b)|how\b\s*(?:tall|high|long|wide|deep|heavy|old|big|large|many|much|far|fast|thick)?\b",
        which=r"which",
        how="how",
    ),
    "de": Grammar(
        conjunctions=r"(?:und|aber|oder|also)\b[\s,]*(?:was\s+ist\s+mit\b\s*|wie\s+ist\s+es\s+mit\b\s*)?|was\s+ist\s+mit\b\s*|wie\s+ist\s+es\s+mit\b\s*",
        wh=r"wer|wen|wem|wessen|was|welche[rsmn]?|wo|wann|warum|wieso|weshalb|wie|wohin|woher|wieviel|wodurch",
        who=r"wer|wen|wem|wessen",
        aux=r"ist|sind|war|waren|wird|wurde|wurden|hat|haben|hatte|hatten|kann|konnte|muss|soll|darf",
        persons=r"sie|er|ihn|ihm|ihr|ihnen",
        things=r"es|er|sie|ihn|ihm|ihr",
        possessives=r"sein(?:e[rsmn]?)?|ihr(?:e[rsmn]?)?",
        events=r"das|dies",
        determiners=r"der|die|das|den|dem|des|ein(?:e[rsmn]?)?",
        prepositions=r"in|im|am|an|auf|aus|bei|mit|nach|von|vom|vor|zu|zum|zur|seit|bis|für|über|unter|um|durch",
        at_events=r"(?:ist|war|geschah|passierte|wurde)\s+(?:das|dies|es)(?:\s+(?:geschehen|passiert|gemacht))?",
        empty=r"\b(?:regnet|schneit|gibt|geht)\s+es\b|\bwie\s+spät\b|\b(?:ist|war|wird)\s+es\s+[a-zäöüß]+(?:,|\s*\?|\s+in\b)",
        of_things=r"was\b|wie\b\s*\w*",
        which=r"welche[rsmn]?|was",
        how="wie",
    ),
    "fr": Grammar(
        conjunctions=r"(?:et|mais|ou)\b[\s,]*(?:pour\b\s*|qu['’]en\s+est-il\s+d[eu]\s+)?",
        wh=r"qui|que|quoi|quel(?:le)?s?|où|quand|comment|pourquoi|combien|lequel|laquelle",
        who=r"qui",
        aux=r"est|sont|était|étaient|a|ont|avait|fut|furent|sera|peut|doit",
        persons=r"elle|il|lui|elles|ils|la|le",
        things=r"elle|il|elles|ils|celui-ci|celle-ci",
        possessives=r"son|sa|ses|leurs?",
        events=r"cela|ça|ce|c",
        determiners=r"le|la|les|l|un|une|des|du|au|aux",
        empty=r"\by\s+a-t-il\b|\best-il\s+\w+\s+(?:de|que)\b|\bheure\s+est-il\b|\bfaut-il\b|\b(?:pleut|neige)-t?-?il\b|-il\s+(?:de|que)\b",
        prepositions=r"en|dans|de|du|à|au|aux|sur|avec|par|pour|depuis|après|avant|sous|chez",
        at_events=r"(?:est-ce|était-ce|c['’]était|était|est|a\s+eu\s+lieu)\s*(?:cela|ça|arrivé)?",
        of_things=r"que\b|quoi\b|quel(?:le)?s?\b|combien\b",
        which=r"quel(?:le)?s?|lequel|laquelle|que|quoi",
    ),
    "es": Grammar(
        conjunctions=r"(?:y|pero|o)\b[\s,]*(?:qué\s+(?:hay|pasa)\s+(?:de|con)\b\s*)?|qué\s+(?:hay|pasa)\s+(?:de|con)\b\s*",
        wh=r"quién(?:es)?|qué|cuál(?:es)?|dónde|adónde|cuándo|cómo|por\s+qué|cuánt[oa]s?",
        who=r"quién(?:es)?",
        aux=r"es|son|era|eran|fue|fueron|está|están|ha|han|había|puede|debe",
        persons=r"ella|él|ellas|ellos",
        things=r"ello|esto|eso|ella|él",
        possessives=r"su|sus",
        events=r"eso|esto|aquello",
        determiners=r"el|la|los|las|un|una|unos|unas|del|al",
        prepositions=r"en|de|del|a|al|con|por|para|desde|hasta|sobre|tras|bajo",
        at_events=r"(?:fue|es|ocurrió|pasó|sucedió)\s+(?:eso|esto|aquello)",
        of_things=r"qué\b|cuál|cuánt",
        which=r"qué|cuál(?:es)?",
    ),
}
"""By ISO 639-1 code."""
