"""How far things are what words say of them, 0..1: words beside a liking ask for both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polysense.protocols import Encoder, SelectiveEncoder, Store
from polysense.read.language.analysis import terms
from polysense.read.language.function_words import FUNCTION_WORDS
from polysense.read.language.questions import content_terms, question_language
from polysense.registry import Kit, asked_by, reads_language
from polysense.types import Chunk, Part
from polysense.vectors.late_interaction import is_ragged

MIN_FUNCTION_WORDS = 2
"""Words of a language that tell it, of a few words beside a liking; judged."""

UNKNOWN = 0.3
"""What a thing is worth, 0..1, of which a space says that it holds what it takes alone, and nobody
says the rest: a red jug that is described nowhere, for "a red jug". Judged.
"""

_LITTLE_CHINESE = re.compile(r"(?<![㐀-鿿])[㐀-鿿]{1,2}(?![㐀-鿿])")


@dataclass(frozen=True, slots=True)
class _Request:
    """An encoder with what of the words is put to it."""

    encoder: Encoder
    part: Part


def agreements(store: Store, kit: Kit, words: str, chunks: Mapping[str, Chunk]) -> dict[str, float]:
    """By id of each chunk: 1 where it is all that the words say, 0 where it is nothing of it.

    What a space tells of the words that it takes alone (a colour) must hold, wherever the chunk is
    in that space; the others must hold in meaning, in looks or word for word.
    """
    inputs = Part("text", words)
    language = question_language(words, MIN_FUNCTION_WORDS)
    request = [
        _Request(e, part)
        for e in kit.encoders.values()
        if kit.takes(e, inputs, "query")
        and not is_ragged(e.space)
        and reads_language(e, language)
        and (part := asked_by(e, inputs)) is not None
    ]
    selective = [a for a in request if isinstance(a.encoder, SelectiveEncoder)]
    has_others = says_more(words, [str(a.part.data) for a in selective])
    note = [_nearness(store, kit, a, chunks) for a in selective]
    general = [_nearness(store, kit, a, chunks) for a in request if a not in selective]
    result = {}
    for id, chunk in chunks.items():
        alone = [n[id] for n in note if id in n]
        if alone and not has_others:
            result[id] = float(np.prod(alone))
        else:
            other = max([_coverage(words, chunk), *(n[id] for n in general if id in n)])
            other = other if chunk.words.strip() else max(other, UNKNOWN * bool(alone))
            result[id] = float(np.prod([*alone, other]))
    return result


def _nearness(
    store: Store, kit: Kit, request: _Request, chunks: Mapping[str, Chunk]
) -> dict[str, float]:
    """By chunk: how near the words it is in a space, 0..1 by the space's calibration."""
    encoder = request.encoder
    query: NDArray[np.float32] = np.asarray(encoder.encode([request.part], "query"))[0]
    calibration = kit.calibration(encoder)
    if not np.isfinite(query).all() or not store.holds(encoder.space):
        return {}
    result = {}
    for id, vector in store.vectors(encoder.space, list(chunks)).items():
        own = calibration.between({"text"}, chunks[id].modality)
        if own.min_score > -1.0:  # else its scores tell nothing apart
            result[id] = min(max(own.nearness(float(vector @ query)), 0.0), 1.0)
    return result


def says_more(words: str, note: list[str]) -> bool:
    """Whether words say anything beside what was told alone: "but" and "in" say nothing, nor do
    two characters of Chinese (但是, 要).
    """
    told_words = {t for text in note for t in text.split()}
    rest = words
    for word in sorted(told_words, key=len, reverse=True):
        rest = rest.replace(word, " ")
    rest = _LITTLE_CHINESE.sub(" ", rest)
    return any(
        len(t) > 1 and not any(t in own for own in FUNCTION_WORDS.values()) for t in terms(rest)
    )


def _coverage(words: str, chunk: Chunk) -> float:
    """The share of the words that a chunk says."""
    target = set(content_terms(words))
    return len(target & set(terms(chunk.words))) / len(target) if target else 0.0
