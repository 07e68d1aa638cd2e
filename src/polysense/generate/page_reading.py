"""Pages that are answered from by their looks: found by a model that reads pages as pictures, shown
to a language model that sees (Faysse et al., "ColPali", ICLR 2025, arXiv:2407.01449; Yu et al.,
"VisRAG", ICLR 2025, arXiv:2410.10594).
"""

from __future__ import annotations

from collections.abc import Sequence

from polysense.generate.writing.originals import original
from polysense.registry import Kit
from polysense.types import PAGE, Hit

MAX_PAGES = 3
"""Pages that are shown; VisRAG answers best of one to three."""


def pages_to_look_at(hits: Sequence[Hit], kit: Kit) -> list[Hit]:
    """Those that a space of pages ranks highest, in its order, for a model that sees; none where
    another hit comes before any of them.

    Which page it is, words that are drawn on it cannot tell, so that no measure of words supports
    it; whether it answers is for the model to say.
    """
    model = kit.language_model
    spaces = {e.space.name for e in kit.encoders.values() if PAGE in e.accepts}
    if model is None or not spaces:
        return []
    ranks = {
        hit.chunk.id: min((w.rank for w in hit.why if w.space in spaces), default=0)
        for hit in hits
        if original(hit.chunk, model.accepts) is not None
    }
    if not hits or ranks.get(hits[0].chunk.id) != 1:
        return []
    pages = [hit for hit in hits if 1 <= ranks.get(hit.chunk.id, 0) <= MAX_PAGES]
    return sorted(pages, key=lambda hit: ranks[hit.chunk.id])
