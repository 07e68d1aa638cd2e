"""Questions that name nothing but a pronoun, with nothing before them that it could stand for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from polysense.question import Question
from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.results import Answer, AnswerPart
from polysense.types import Part, Route

MAX_CONTENT_WORDS, MAX_HAN_CONTENT = 1, 3
"""Words, and ideographs, of such a question beside what asks and the pronoun: a verb, an adjective
or what is owned. Judged.
"""

_MESSAGES: Mapping[str, str] = {
    "en": 'It is not clear what "{}" stands for: say its name.',
    "de": "Es ist nicht klar, wofür „{}“ steht: nenne es beim Namen.",
    "fr": "On ne sait pas ce que désigne « {} » : donnez son nom.",
    "es": "No está claro a qué se refiere «{}»: diga su nombre.",
    "zh": "不清楚“{}”指的是什么：请说出名称。",
}
_PRONOUNS: Mapping[str, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:it|he|she|they|him|her|them|its|his|their|(?:that|this|these|those)"
        r"(?=\s*[?.!]*$|\s+(?:mean|happen|done|built|made)\b))(?=\W|$)",
        re.I,
    ),
    "de": re.compile(
        r"\b(?:(?<!^)er|(?<!^)sie|ihn|ihm|sein(?:e[rnsm]?)?"
        r"|(?:[Dd]as|[Dd]ies)(?=\s*[?.!]*$|\s+[a-zß-ÿ]+\s*[?.!]*$))\b"
    ),
    "fr": re.compile(r"(?:\b|-)(?:elles?|ils?|lui|ça|cela)\b", re.I),
    "es": re.compile(r"\b(?:ella|él|ellos|ellas|eso|esto)\b", re.I),
}
_ASKS: Mapping[str, str] = {
    "en": "who whom whose what which where when why how",
    "de": "wer wen wem wessen was welcher welche welches wo wann warum wie wohin woher",
    "fr": "qui que quoi quel quelle quels quelles où quand comment pourquoi combien",
    "es": "quién quiénes qué cuál cuáles dónde cuándo cómo cuánto cuánta cuántos cuántas",
}
_ALSO_TEXT = (
    "is are was were do does did has have had can could will would should be been and but then "
    "also much many long ist sind war waren wird wurde wurden hat haben hatte kann und denn "
    "est sont était a ont avait peut et t es son era eran fue fueron ha han y está"
)
_ALSO = frozenset(_ALSO_TEXT.split())
_EMPTY = re.compile(
    r"\bit\s+(?:take|matter|rain|snow|cost\s+to)|\bis\s+it\s+(?:true|possible|allowed|necessary)"
    r"|\bwhat\s+time\b|\babout\b|\bquelle\s+heure\b|\bfaut-il\b|\by\s+a-t-il\b|\bs['’]agit-il\b",
    re.I,
)
"""Pronouns that stand for nothing, and what asks of the library itself."""

_HAN_PRONOUN = re.compile(
    "^(?:请问|請問)?(?P<it>它们?|牠|他们?|她们?|它們|他們|她們)(?:的)?(?P<rest>.*)$"
)
_HAN_FRAME = re.compile(
    "什么时候|什麼時候|什么地方|什么|什麼|多少|哪一?[年天月里裡儿兒个個座位家]?|怎么样?|怎麼樣?|如何|为什么|為什麼"
    "|何时|何地|谁|誰|几[岁年个]?|有多|[是的在有了被由于於呢吗嗎呀啊？?。，多]"
)


def unclear_pronoun(words: str, language: str) -> str:
    """The pronoun of a question that has nothing else to find its answer by; "" of any other.

    >>> unclear_pronoun("Where was she born?", "en"), unclear_pronoun("它是哪一年建的？", "zh")
    ('she', '它')
    >>> unclear_pronoun("How long does it take to charge the lantern?", "en")
    ''
    """
    text = " ".join(words.split())
    if m := _HAN_PRONOUN.match(text):
        content = _HAN_FRAME.sub("", m["rest"])
        return m["it"] if len(content) <= MAX_HAN_CONTENT else ""
    languages = (language,) if language in _PRONOUNS else tuple(_PRONOUNS)
    return next((p for c in languages if (p := _pronoun(text, c))), "")


def _pronoun(text: str, language: str) -> str:
    m = _PRONOUNS[language].search(text)
    own = re.findall(r"[^\W_]+", text.lower())
    asks = frozenset(_ASKS[language].split())
    if m is None or not asks & set(own) or _EMPTY.search(text) or re.search(r"\d", text):
        return ""
    frame = FUNCTION_WORDS[language] | asks | _ALSO
    pronoun = m.group().strip("-")
    content = [w for w in own if w not in frame and w != pronoun.lower()]
    return pronoun if len(content) <= MAX_CONTENT_WORDS else ""


def ask_what_is_meant(question: Question) -> Answer | None:
    """The answer to a question that names nothing, which asks for the name; else None."""
    if any(p.modality != "text" or not isinstance(p.data, str) for p in question.query):
        return None
    pronoun = unclear_pronoun(question.query_text, question.language)
    if not pronoun:
        return None
    language = "zh" if pronoun[0] >= "\u3400" else question.language
    message = _MESSAGES.get(language or "en", _MESSAGES["en"]).format(pronoun)
    part = AnswerPart(Part("text", message), "composed")
    rewrites = question.explanations
    return Answer(
        (part,), (), False, Route(("text",), "text"), rewrites=rewrites, usage=question.usage
    )
