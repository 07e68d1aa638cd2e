"""Whether a sentence says who does what a question asks of, where no name and no role tells it."""

from __future__ import annotations

import re

from polysense.read.language.analysis import terms
from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.read.language.values import CALENDAR

_WHO = re.compile(
    r"^\W*(?:who|qui|quién(?:es)?|chi|quem|wie)\s+(?:(?:has|have|had|a|ont|ha|han|tem|heeft)\s+)?"
    r"(\w+)\b(.*)",
    re.I | re.S,
)
_DOER = re.compile(
    r"\w(?:ed|en|wn|orn|ght|ung|ade|ost|old|ent|ept|one|uck|um|un|ut|it|id|ead|ound)\s+by\s+"
    r"(?!(?:the\s+)?(?:hand|mistake|accident|chance|night|day|end|time|sea|land|noon|midnight|train"
    r"|boat|car|bus|mail|post|law|force|far|weight|then|now)\b)(?:(?:the|an?|some|two|three|its)\s+)?"
    r"[a-z]{3,}(?<!ing)\b"
    r"|\w(?:ées?|és?|ies?|is|its?|ues?|[ai]d[oa]s?|[aiu]t[oaie]|ch[oa]s?)\s+(?:par|por|pelos?|pelas?|da|dai"
    r"|dagli|dalle|dalla|dal)\s+(?:l['’])?[^\W\d_]{2,}",
    re.I,
)
"""By whom something is done: stolen by pirates."""

_BE_TEXT = (
    "is are was were be been being est sont était étaient été fut furent es son era eran fue "
    "fueron sido è sono fu stato stata são foi foram is zijn werd werden wordt worden"
)
_BE = frozenset(_BE_TEXT.split())
_SENTENCE_END = re.compile(r"[.!?;\n]+")
_WORD = re.compile(r"[^\W\d_]+")
_HAN_WHO = re.compile("谁(?:来|在|负责|曾经?|把)?([\u3400-\u9fff]{2})")
_HAN_CLAUSE_END = re.compile("[，。；！？,;!?\n]+")
_HAN_NO_DOER = re.compile(
    "[去今明昨前]年|[今明昨前]天|[早晚]上|上午|下午|[每上下]周|现在|已经?|曾经?|将会?|从未|没有?"
    "|[〇零一二三四五六七八九十百\\d]+[年月日号点]|[是在于的了被由都也就很最初年月日]"
)


def may_tell_who(text: str, question: str, language: str) -> bool:
    """Whether a sentence has what was done, and something that may have done it.

    >>> may_tell_who("The market on Friday sells oak.", "Who sells oak?", "en")
    True
    >>> may_tell_who("The oak was sold in May.", "Who sold the oak?", "en")
    False
    """
    if language == "zh":
        return _may_tell_who_in_han(text, question)
    who = _WHO.match(question)
    function_words = FUNCTION_WORDS.get(language, frozenset()) | _BE
    if who is None or who[1].lower() in function_words:
        return False
    verb = set(terms(who[1]))
    things = {t for w in _WORD.findall(who[2]) if w.lower() not in function_words for t in terms(w)}
    if not things:
        return False
    no_doers = function_words | CALENDAR
    for sentence in _SENTENCE_END.split(text):
        words = [w.lower() for w in _WORD.findall(sentence)]
        if not things <= set(terms(sentence)):
            continue
        if _DOER.search(sentence):
            return True
        at = next((i for i, w in enumerate(words) if verb & set(terms(w))), 0)
        others = (w for w in words[:at] if w not in no_doers)
        if _BE.isdisjoint(words[max(at - 2, 0) : at]) and any(
            not (things | verb) & set(terms(w)) for w in others
        ):
            return True
    return False


def _may_tell_who_in_han(text: str, question: str) -> bool:
    """Whether something stands before the verb that the question has behind its "who"."""
    who = _HAN_WHO.search(question)
    if who is None:
        return False
    for clause in _HAN_CLAUSE_END.split(text):
        before, verb, _ = clause.partition(who[1])
        rest = "".join(c for c in _HAN_NO_DOER.sub("", before) if c not in question)
        if verb and len(re.findall("[\u3400-\u9fff]", rest)) > 1:
            return True
    return False
