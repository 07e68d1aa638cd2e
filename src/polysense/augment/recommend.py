"""More like these, and not all alike: recommended hits, spread over what they show."""

from __future__ import annotations

from collections.abc import Sequence

from polysense.augment.select import select_diverse
from polysense.protocols import Store
from polysense.registry import Kit
from polysense.retrieve.recommend import Likeness, recommend, taste
from polysense.types import Asset, Hit

CANDIDATES_PER_RESULT = 5
"""Hits among which each result is chosen for being unlike the others; judged, not measured."""


def recommend_diverse(
    store: Store,
    kit: Kit,
    assets: Sequence[Asset],
    liked: Sequence[str],
    disliked: Sequence[str],
    words: str,
    where: str,
    k: int,
) -> tuple[Hit, ...]:
    """The k best for what is liked and disliked (asset ids), compared in every space, diverse;
    where words are given, they hold too.

    assets are all of the library; `where` is a compiled condition.
    """
    tastes = [t for e in kit.encoders.values() if (t := taste(e, store, assets, liked, disliked))]
    examples = frozenset(liked) | frozenset(disliked)
    hits_by_item = recommend(store, kit, tastes, examples, where, words)
    best = list(hits_by_item.values())[: CANDIDATES_PER_RESULT * k]
    ids = [h.chunk.id for h in best]
    vectors = {t.space.name: store.vectors(t.space, ids) for t in tastes}
    highest = max((h.score for h in best), default=1.0)
    relevance = [h.score / max(highest, 1e-9) for h in best]
    return tuple(select_diverse(best, relevance, Likeness(vectors), k))
