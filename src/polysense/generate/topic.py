"""A topic in bare words: "parking" is what the house rules say of it, before what looks or sounds
like some.
"""

from __future__ import annotations

from polysense.question import Question
from polysense.read.language.analysis import terms
from polysense.read.language.questions import content_terms
from polysense.types import Evidence


def is_bare_topic(question: Question) -> bool:
    """Whether words alone name a thing, and no medium to see or hear it in."""
    return all(p.modality == "text" for p in question.query) and not question.expected


def has_all_words(best: Evidence, question: Question) -> bool:
    """Whether it is a passage with each word of content that the question has."""
    language = str(best.hit.chunk.meta.get("lang", ""))
    is_passage = best.part.modality == "text" and best.hit.modality == "text"
    topic = content_terms(question.leading_words, language)
    return is_passage and set(topic) <= set(terms(str(best.part.data), language))
