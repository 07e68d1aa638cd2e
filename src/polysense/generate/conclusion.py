"""What needs no judgement of its support: generators that make something only where the question
leaves no doubt are asked first, on the hits as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from polysense.generate.evidence import Support
from polysense.generate.routes import Pipeline, candidate_routes
from polysense.generate.run_route import MadePart, run_route
from polysense.generate.whole_evidence import whole_chunk_evidence
from polysense.question import Question
from polysense.registry import Kit
from polysense.types import Evidence, Hit, Part

_CITATION = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Conclusion:
    """Parts that are an answer by themselves, their evidence as support, and how they were made."""

    parts: tuple[MadePart, ...]
    support: Support
    pipeline: Pipeline


def conclude(
    question: Question, hits: Sequence[Hit], kit: Kit, warn: Callable[[str], object]
) -> Conclusion | None:
    """The first conclusion that a generator draws from the hits; None where none does."""
    for name, generator in kit.generators.items():
        if not getattr(generator, "is_conclusive", False):
            continue
        evidence = [
            whole_chunk_evidence(h, n)
            for n, h in enumerate(hits, 1)
            if h.modality in generator.accepts
        ]
        if not evidence:
            continue
        pipeline = _pipeline(kit, name, evidence[0], generator.emits)
        parts = tuple(run_route(pipeline, kit, question.query, evidence, warn)) if pipeline else ()
        if pipeline and parts:
            main = next(e for e in evidence if e.n in parts[0].evidence)
            own = _pipeline(kit, name, main, generator.emits) or pipeline
            return _with_own_numbers(parts, evidence, own)
    return None


def _pipeline(kit: Kit, generator: str, e: Evidence, target: str) -> Pipeline | None:
    return next(
        (
            p
            for p in candidate_routes(kit, e.hit.modality, target)
            if p.generator == generator and not p.converters
        ),
        None,
    )


def _with_own_numbers(
    parts: Sequence[MadePart], evidence: Sequence[Evidence], pipeline: Pipeline
) -> Conclusion:
    """Only the evidence that is used, numbered from 1 and narrowed to the place that a part has."""
    numbers = list(dict.fromkeys(n for m in parts for n in m.evidence))
    spans = {m.evidence[0]: m.part.span for m in parts if m.evidence and m.part.span}
    words = {m.evidence[0]: m.part for m in parts if m.evidence and m.part.modality == "text"}
    narrowed = []
    for new, n in enumerate(numbers, 1):
        e = next(e for e in evidence if e.n == n)
        part = Part("text", _CITATION.sub("", str(words[n].data)).strip()) if n in words else e.part
        narrowed.append(replace(e, n=new, part=part, span=spans.get(n, e.span)))
    renumbered = []
    for m in parts:
        data = m.part.data
        if isinstance(data, str):
            data = _CITATION.sub(lambda c: f"[{numbers.index(int(c[1])) + 1}]", data)
        own = tuple(numbers.index(n) + 1 for n in m.evidence)
        part = replace(m.part, data=data, meta={**m.part.meta, "evidence": list(own)})
        renumbered.append(MadePart(part, m.origin, own))
    return Conclusion(tuple(renumbered), Support(tuple(narrowed), 1.0), pipeline)
