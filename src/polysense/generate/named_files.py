"""Files that hold no words and are called what is asked for: "the frog clip" is frog.mp4."""

from __future__ import annotations

import re
from collections.abc import Sequence

from polysense.query.reference import FILE_NOUNS
from polysense.question import Question
from polysense.read.language.analysis import terms
from polysense.read.language.questions import content_terms
from polysense.types import Hit


def named_files(question: Question, hits: Sequence[Hit]) -> list[Hit]:
    """The first hit of each file without words whose name has every word of a topic, other than
    what kind of file it is; none for a question, which a name does not answer.
    """
    if question.intent != "topic":
        return []
    kinds = {t for noun in FILE_NOUNS for t in (noun, *terms(noun))}
    needed = set(content_terms(question.leading_words, question.language)) - kinds
    matches: dict[str, Hit] = {}
    for hit in hits if needed else ():
        chunk = hit.chunk
        if chunk.part is not None and not chunk.words.strip() and needed <= _name_terms(hit):
            matches.setdefault(chunk.asset.id, hit)
    return list(matches.values())


def _name_terms(hit: Hit) -> set[str]:
    stem = hit.chunk.asset.name.rpartition(".")[0]
    return set(terms(re.sub(r"[\W_\d]+", " ", stem)))
