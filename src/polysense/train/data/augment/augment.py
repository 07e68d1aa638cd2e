"""More pairs out of each: its parts varied, by their modality."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from polysense.errors import PolysenseError
from polysense.train.data.augment.picture import vary_picture
from polysense.train.data.augment.sound import vary_sound
from polysense.train.data.augment.words import vary_words
from polysense.train.data.pairs import Pair
from polysense.types import Modality, Part

Vary = Callable[[Part, np.random.Generator], Part]

VARIATIONS: Mapping[Modality, Vary] = {"image": vary_picture, "audio": vary_sound}
"""What makes another part of the same meaning, by modality; others stay as they are."""


def augment_pairs(
    pairs: Sequence[Pair],
    copies: int,
    seed: int,
    synonyms: Mapping[str, Sequence[str]] | None = None,
) -> list[Pair]:
    """For each pair `copies` others of the same source and group, in order: the thing varied, and
    the words too where there are synonyms. One that cannot be read is left out. The same seed gives
    the same pairs.
    """
    varied: list[Pair] = []
    for i, pair in enumerate(pairs):
        for copy in range(copies):
            draw = np.random.default_rng((seed, i, copy))
            try:
                first, second = (_vary(p, draw, synonyms or {}) for p in (pair.first, pair.second))
            except PolysenseError:
                break
            varied.append(replace(pair, first=first, second=second, group=pair.right))
    return varied


def _vary(part: Part, draw: np.random.Generator, synonyms: Mapping[str, Sequence[str]]) -> Part:
    if isinstance(part.data, str):
        return vary_words(part, draw, synonyms) if synonyms else part
    vary = VARIATIONS.get(part.modality)
    return vary(part, draw) if vary else part
