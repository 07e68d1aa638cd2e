"""The steps of a route before anything is made: what was read, and how evidence was found."""

from __future__ import annotations

from polysense.question import Question
from polysense.registry import Kit
from polysense.types import Evidence, Step


def reading_steps(question: Question) -> list[Step]:
    """That words were read in the files of the query."""
    modalities = {str(p.meta["from"]) for p in question.parts if "from" in p.meta}
    return [Step(m, "text", "read", "bridged") for m in sorted(modalities)]


def retrieval_steps(e: Evidence, question: Question, kit: Kit) -> list[Step]:
    """How the evidence was found: for each modality asked, the space that ranked it best."""
    spaces = {x.space.name: x for x in kit.encoders.values()}
    steps = []
    for query_modality in dict.fromkeys(p.modality for p in question.parts):
        reaching = {n for n, x in spaces.items() if kit.supports(x, query_modality, "query")} | (
            {"bm25"} if query_modality == "text" else set()
        )
        best = min(
            (w for w in e.hit.why if w.space in reaching), key=lambda w: w.rank, default=None
        )
        if best is not None:
            is_native = (
                best.space == "bm25"
                or query_modality
                in spaces[best.space].accepts | spaces[best.space].query_modalities
            )
            steps.append(
                Step(
                    query_modality, e.hit.modality, best.space, "native" if is_native else "bridged"
                )
            )
    return steps
