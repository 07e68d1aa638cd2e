"""The retriever for a question that names none: BM25, and every space that the question reaches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import add

from polysense.errors import BadQuery
from polysense.protocols import Encoder
from polysense.query.understand import is_request
from polysense.question import Question, SearchText
from polysense.registry import Kit, asked_by, bridges_languages, reads_language
from polysense.retrieve.algebra import (
    DEPTH,
    Retriever,
    blend,
    bm25,
    composed,
    dense,
    feedback,
    foreign,
    native,
    primary,
    rerank,
    verbatim,
)
from polysense.retrieve.composed import composed_words
from polysense.types import Modality, Part

SEMANTIC_WEIGHT = 1.2
"""The weight of a semantic encoder for one of BM25. Measured when it was set; on what, and what its
neighbours gave, was not kept.
"""

NATIVE_WEIGHT = 0.3
"""The weight of an encoder that is there to bridge languages, in the language of a question that no
other reads, for one of BM25. Of 204 questions each of XQuAD R@1 is .926 in Chinese and .917 in
Spanish, with .5 .917 and .912, with 1.2 .912 and .912.
"""

FILE_WEIGHT = 2.0
"""The weight of looks and sounds, for one of words, where a file was given: who gives a picture
means it. Judged, not measured.
"""

READ_FILE_WEIGHT = 0.3
"""The same where words were read in the file: a screenshot is asked by what it says, not by how it
looks. Judged, not measured.
"""

VOICE_WORDS_WEIGHT = 0.02
"""The weight of the words of a recording that asks nothing, beside how much nearer it sounds than
the middle of what is heard: whose voice it is counts for more than what it says. Of voices that
differ little, at .1 another that says the same comes first. Judged on worked examples.
"""

_TELLS = re.compile(
    r"\W*(?:when|where|who|what|how|why|list|name|look|wo|was|wer|wie|wann|que|qui|quand|où|comment|dónde"
    r"|cuándo|cómo)\b(?!\s+(?:\w+\s+)?(?:is|are|was|were|do|does|did|can|could|will|would|has|have|ist|sind"
    r"|hat|kann|est|sont|es|son|está)\b)",
    re.I,
)
"""How a sentence begins that asks only where a verb of questions follows at once."""

_COURTESY = re.compile(r"\W*(?:please|bitte)\b", re.I)


def default_retriever(question: Question, kit: Kit, depth: int = DEPTH) -> Retriever:
    """Words, meaning, looks and sounds, `depth` of each, blended by score.

    Raises BadQuery where nothing is reached. Where a list is much surer of its first result than of
    the rest, that tells; so scores, not ranks, are added, each as a share of what a sure match
    scores in its space. Measured, of BM25 and MiniLM: XQuAD R@1 0.95 against 0.93 by rank,
    Cranfield nDCG@10 0.43 either way.
    """
    perceptual_weight = _perceptual_weight(question)
    words_weight = VOICE_WORDS_WEIGHT if is_recording(question) else 1.0
    words = words_weight * bm25 if words_weight != 1.0 else bm25
    arms: list[Retriever] = [words % depth] if question.words.strip() else []
    for encoder in kit.encoders.values():
        if any(parts_for(encoder, question, kit)) or texts_for(encoder, question, kit):
            name = encoder.space.name
            is_semantic = encoder.signal == "semantic"
            weight = words_weight * SEMANTIC_WEIGHT if is_semantic else perceptual_weight
            if is_superfluous(encoder, kit) or _is_of_heard_words(encoder, question, kit):
                continue
            if bridges_languages(encoder) and question.language:
                if not languages_beside(encoder, question, kit):
                    arms.append(NATIVE_WEIGHT * native(name) % depth)
                arm: Retriever = foreign(name)
            elif languages_beside(encoder, question, kit):
                arm = foreign(name)
            else:
                is_moved = is_semantic or compares_recordings(encoder, question, kit)
                arm = feedback(name) if is_moved else dense(name)
            arms.append(weight * arm % depth)
    if not arms:
        raise BadQuery(
            "nothing here can search with this query",
            "Ask with words, or with a picture, a sound or a model.",
        )
    retriever = blend(reduce(add, arms)) if len(arms) > 1 else arms[0]
    if composed_words(question, kit):
        retriever = retriever >> composed()
    elif question.typed_words.strip():
        retriever = retriever >> verbatim()
    return retriever >> primary() if question.expected else retriever


def languages_beside(encoder: Encoder, question: Question, kit: Kit) -> frozenset[str]:
    """The languages of the other encoders of meaning that read a question, where this one only
    bridges to what they do not read; nothing where it is asked for everything.

    Asked for English passages beside MiniLM too, USE puts what is about something else before what
    answers: of the judged collection of the tests, nDCG falls from .97 to .88.
    """
    if not bridges_languages(encoder):
        return frozenset()
    language = question.language  # of a word or two it is not known
    neighbours = (e.languages or () for e in _of_meaning(kit) if e is not encoder)
    return frozenset().union(*(read for read in neighbours if language in ("", *read)))


def is_superfluous(encoder: Encoder, kit: Kit) -> bool:
    """Whether an encoder only bridges languages, and another reads every one."""
    neighbours = (e for e in _of_meaning(kit) if e is not encoder)
    return bridges_languages(encoder) and any(e.languages is None for e in neighbours)


def _of_meaning(kit: Kit) -> Iterator[Encoder]:
    return (e for e in kit.encoders.values() if e.signal == "semantic" and "text" in e.accepts)


def _perceptual_weight(question: Question) -> float:
    if {p.modality for p in question.query} <= {"text"}:
        return 1.0
    by_words = question.has_read_words and not is_recording(question)
    return READ_FILE_WEIGHT if by_words else FILE_WEIGHT


def is_recording(question: Question) -> bool:
    """Whether a recording alone is given, of somebody who asks nothing: by the question mark, or
    the first word, but for one that begins what is told as well ("When it rained, we left."). A
    "please" alone asks for nothing yet: a recogniser hears it in "Bees make honey."
    """
    words = _COURTESY.sub("", question.read_words)
    is_told = "." in words and _TELLS.match(words) is not None
    asks = "?" in words or (is_request(words) and not is_told)
    return {p.modality for p in question.query} == {"audio"} and not asks


def compares_recordings(encoder: Encoder, question: Question, kit: Kit) -> bool:
    """Whether a recording that asks nothing is compared with others by how it sounds."""
    return is_recording(question) and bool(_modalities_for(encoder, question, kit) - {"text"})


def _is_of_heard_words(encoder: Encoder, question: Question, kit: Kit) -> bool:
    """Whether an encoder of looks or sounds would be asked with nothing but what somebody says in a
    recording that asks nothing.
    """
    is_perceptual = encoder.signal != "semantic"
    return (
        is_perceptual and is_recording(question) and not compares_recordings(encoder, question, kit)
    )


def _modalities_for(encoder: Encoder, question: Question, kit: Kit) -> frozenset[Modality]:
    return frozenset(p.modality for pieces in parts_for(encoder, question, kit) for p in pieces)


def with_rerankers(retriever: Retriever, kit: Kit) -> Retriever:
    """The retriever, then every reranker that is configured, in their order."""
    return reduce(lambda r, name: r >> rerank(name), kit.rerankers, retriever)


def configured_retriever(question: Question, kit: Kit) -> Retriever:
    """The whole retriever of a question that names none."""
    return with_rerankers(default_retriever(question, kit), kit)


def parts_for(encoder: Encoder, question: Question, kit: Kit) -> list[list[Part]]:
    """Of each part of the query, the pieces that an encoder takes: those of its modalities, in a
    language that it reads, as far as it is asked with them.
    """
    return [
        [
            request
            for p in pieces
            if kit.takes(encoder, p, "query")
            and (p.modality != "text" or reads_language(encoder, question.language))
            and (request := asked_by(encoder, p)) is not None
        ]
        for pieces in question.pieces
    ]


def texts_for(encoder: Encoder, question: Question, kit: Kit) -> list[SearchText]:
    """What rewriters want searched beside the question's own words, as far as an encoder reads it:
    questions by all, what reads like a passage only by meaning.
    """
    return [
        t
        for t in question.search_texts
        if kit.supports(encoder, "text", "query")
        and reads_language(encoder, t.language or question.language)
        and (t.role == "query" or encoder.signal == "semantic")
        and asked_by(encoder, Part("text", t.words)) is not None
    ]


def fusion_weight(
    encoder: Encoder, query_modalities: Iterable[Modality], modality: Modality
) -> float:
    """The encoder's measured weight for what is asked of what; of several parts, the largest."""
    weights = [
        encoder.fusion_weight.get((a, modality), encoder.fusion_weight.get(a, 1.0))
        for a in query_modalities
    ]
    return max(weights, default=1.0)
