"""A question that leans on those before it, made whole: "When was that?" by rules, no model.

A pronoun takes the thing or the person that the question before, and its answer, were about; "And
in 2022?" is the question before with the new part in it; "When?" asks the question before for
something else. What a question before leaned on is made whole first. What is said in full stays,
and where it is not plain what a pronoun stands for, so does the pronoun.

Measured on CAsT 2021, where people talk at length: of 203 turns that lean on others 22 are changed,
of 36 that do not, none; the content words that the 203 share with what people made of them are .653
as they were asked and .661 as they are read (F1).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from polysense.protocols import Rewriter, Store
from polysense.question import Exchange, Question, Rewrite
from polysense.read.language.questions import question_language
from polysense.rewriters.follow_ups import whole_question
from polysense.rewriters.follow_ups_chinese import whole_chinese_question

MAX_EXCHANGES = 8
"""Questions before that are read, the latest; judged."""

_IDEOGRAPHIC = re.compile("[\u3400-\u9fff]")
_CITATION = re.compile(r"\s*\[\d+\]")


class History(Rewriter):
    """Makes a follow-up whole from what was asked and answered before it: pronouns, "And in 2022?",
    "When?".

    >>> from polysense.stores.memory import Memory
    >>> from polysense.types import Part
    >>> words = Part("text", "How tall is it?")
    >>> before = Exchange("When was the water tower built?", "It was built in 1926. [1]")
    >>> History().rewrite(Question((words,), ((words,),)), (before,), Memory()).words
    'How tall is the water tower?'
    """

    languages: frozenset[str] | None = frozenset({"en", "de", "fr", "es", "zh"})

    def rewrite(
        self, question: Question, history: Sequence[Exchange], store: Store
    ) -> Rewrite | None:
        words = question.query_text
        if not history or any(p.modality != "text" for p in question.query):
            return None  # beside a file, "this" is the file
        before: Exchange | None = None
        for exchange in history[-MAX_EXCHANGES:]:
            earlier = " ".join(exchange.question.split())
            if earlier and not _is_remark(earlier):
                answer = _CITATION.sub("", exchange.answer)
                before = Exchange(_whole(earlier, before) or earlier, answer)
        whole = _whole(words, before)
        return Rewrite("read with what was asked before as", whole) if whole else None


_REMARK = re.compile(
    r"(?:thanks?|thank you|ok(?:ay)?|good|great|hello|hi|danke|merci|gracias|谢谢|好的?)\b.{0,20}",
    re.I,
)


def _is_remark(words: str) -> bool:
    """Whether words ask nothing: thanks, a greeting."""
    return "?" not in words and _REMARK.fullmatch(words) is not None


def _whole(words: str, before: Exchange | None) -> str:
    """The question with what it left to the one before; "" where it left nothing, or that has
    nothing for it.
    """
    if before is None:
        return ""
    if _IDEOGRAPHIC.search(words):
        return whole_chinese_question(words, before) if _IDEOGRAPHIC.search(before.question) else ""
    language = question_language(words) or question_language(before.question) or "en"
    result = whole_question(words, before, language)
    return "" if result == words else result
