"""A question that leans on those before it, made whole: "When was that?" by rules, no model.

A pronoun takes the thing or the person that the question before, and its answer, were about; "And
in 2022?" is the question before with the new part in it; "When?" asks the question before for
something else. What a question before leaned on is made whole first. What is said in full stays,
and where it is not plain what a pronoun stands for, so does the pronoun.

What was named is remembered through the whole conversation (`mentions`), so that "its" after a
question on something else still finds the thing, and "the bakery" the Harlow bakery. What is always
of something, "the symptoms", is of what was spoken of (`relational_nouns`).

Measured on CAsT 2021, where people talk at length: of 194 turns whose rewriting by hand has content
words that they lack, the words of the rewriting are in ours in .556 (recall; as they were asked
.526) at a precision of .860 (.894); on the half of the conversations that was not looked at, .564
at .869. All 19 that lack nothing are left as they are. Of the words that they lack, .43 stand in
the questions before and .93 in these and their answers; to take those that are named most was
tried: each point of recall cost ten of precision. Adding the words of the questions before to the
search was tried too: of the 194 the passage that was meant is among the first ten in .825 instead
of .794, and first in .387 instead of .397; left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from polysense.protocols import Rewriter, Store
from polysense.question import Exchange, Question, Rewrite
from polysense.read.language.questions import question_language
from polysense.rewriters.history.antecedents import mentions_after
from polysense.rewriters.history.files import about_file
from polysense.rewriters.history.follow_ups import whole_question
from polysense.rewriters.history.follow_ups_chinese import (
    chinese_mentions_after,
    whole_chinese_question,
)
from polysense.rewriters.history.mentions import Mentions

MAX_EXCHANGES = 8
"""Questions before that are read, the latest; judged."""

MAX_CHARACTERS = 400
"""Of a question that leans on others or is leant on; longer ones say all themselves. Judged."""

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
        if len(words) > MAX_CHARACTERS:
            return None
        before: Exchange | None = None
        mentions = Mentions()
        for exchange in history[-MAX_EXCHANGES:]:
            earlier = " ".join(exchange.question.split())
            if earlier and len(earlier) <= MAX_CHARACTERS and not _is_remark(earlier):
                answer = _CITATION.sub("", exchange.answer)
                whole = _whole(earlier, before, mentions)
                if whole and _PERSON_PRONOUN.search(earlier):
                    mentions = mentions.with_person(mentions.person)
                before = Exchange(whole or earlier, answer)
                mentions = _mentions_after(mentions, before)
        whole = _whole(words, before, mentions)
        return Rewrite("read with what was asked before as", whole) if whole else None


_REMARK = re.compile(
    r"(?:(?:thanks?|thank\s+you|thx|cheers|ok(?:ay)?|good|great|hello|hi|danke|merci|gracias)"
    r"(?:[\s,!.]+(?:you|a\s+lot|then|very\s+much|so\s+much|morning|there|schön|sehr|beaucoup|muchas"
    r"|thanks?|thank\s+you))*|(?:谢谢|好的?|你好|多谢)(?:你|您|大家|了|啊|呀)?)\W*",
    re.I,
)


_PERSON_PRONOUN = re.compile(r"\b(?:he|she|his|her|him)\b|[他她]", re.I)


def _is_remark(words: str) -> bool:
    """Whether words ask nothing: thanks, a greeting."""
    return "?" not in words and _REMARK.fullmatch(words) is not None


def _mentions_after(mentions: Mentions, exchange: Exchange) -> Mentions:
    if _IDEOGRAPHIC.search(exchange.question):
        return chinese_mentions_after(mentions, exchange)
    return mentions_after(mentions, exchange, question_language(exchange.question) or "en")


def _whole(words: str, before: Exchange | None, mentions: Mentions) -> str:
    """The question with what it left to the one before; "" where it left nothing, or that has
    nothing for it.
    """
    if before is None:
        return ""
    if _IDEOGRAPHIC.search(words):
        if of_file := about_file(words, before, "zh"):
            return of_file
        is_chinese = _IDEOGRAPHIC.search(before.question) is not None
        return whole_chinese_question(words, before, mentions) if is_chinese else ""
    language = question_language(words) or question_language(before.question) or "en"
    if of_file := about_file(words, before, language):
        return of_file
    result = whole_question(words, before, language, mentions)
    return "" if result == words else result
