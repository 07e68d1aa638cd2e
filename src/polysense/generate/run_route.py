"""Run one route: a generator on the evidence, then converters on what it made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from polysense.errors import PolysenseError
from polysense.generate.routes import TEXT, Pipeline, candidate_routes
from polysense.registry import Kit
from polysense.types import Evidence, Modality, Origin, Part, Query, Step

_ORIGIN_ORDER: tuple[Origin, ...] = ("retrieved", "composed", "generated")
MAX_FORMS = 6
"""Pieces of evidence for which other forms are made: a film of more is long, and so is its making.
Judged, not measured.
"""


@dataclass(frozen=True, slots=True)
class MadePart:
    """A part, where it came from, and the numbers of the evidence that is in it."""

    part: Part
    origin: Origin
    evidence: tuple[int, ...]


def run_route(
    pipeline: Pipeline,
    kit: Kit,
    query: Query,
    evidence: Sequence[Evidence],
    warn: Callable[[str], object],
) -> Iterator[MadePart]:
    """What a route makes of the evidence, the first piece of which it is about.

    Nothing where nothing good can be made; a plug-in's PolysenseError goes to `warn`.
    """
    try:
        sources = {f"{e.n}": f"{e.hit.chunk.asset.label}, {e.span}" for e in evidence}
        yield from _run_converters(
            _first_step(pipeline, kit, query, evidence, warn), pipeline.steps[1:], kit, sources
        )
    except PolysenseError as e:
        warn(f"{pipeline}: {e}. {e.hint}")


def _first_step(
    pipeline: Pipeline,
    kit: Kit,
    query: Query,
    evidence: Sequence[Evidence],
    warn: Callable[[str], object],
) -> Iterator[MadePart]:
    if not pipeline.generator:
        native = _native_part(evidence[0], pipeline.source)
        converter = kit.converters[pipeline.converters[0]]
        if native is not None:
            meta = {**native.meta, "title": evidence[0].hit.chunk.asset.name}
            for part in converter.convert(replace(native, meta=meta)):
                if part.modality == pipeline.steps[0].target:
                    yield MadePart(part, converter.origin, (evidence[0].n,))
        return
    generator = kit.generators[pipeline.generator]
    pieces = [
        e if e.hit.modality in generator.accepts else _words_of(e)
        for e in evidence
        if e.hit.modality in {*generator.accepts, pipeline.source}
    ]
    if generator.needs:
        pieces = [
            replace(e, forms=_make_forms(generator.needs, kit, query, e, warn))
            for e in pieces[:MAX_FORMS]
        ]
    for part in generator.generate(query, pieces):
        numbers = part.meta.get("evidence") or (
            [pieces[0].n] if pieces and part.modality != "text" else [e.n for e in pieces]
        )
        yield MadePart(part, generator.origin, tuple(numbers))


def _words_of(e: Evidence) -> Evidence:
    """The evidence as words, for a generator that does not know what else it is."""
    return e if e.part.modality == TEXT else replace(e, part=Part(TEXT, e.hit.chunk.words))


def _native_part(e: Evidence, modality: Modality) -> Part | None:
    """What the evidence is itself: of a clip the clip, though its chunk may hold one frame."""
    chunk = e.hit.chunk
    if chunk.part is None or chunk.part.modality == modality or chunk.asset.path is None:
        return chunk.part
    return Part(modality, chunk.asset.path, chunk.asset.mime, chunk.asset.name, e.span)


def _run_converters(
    parts: Iterator[MadePart], steps: Sequence[Step], kit: Kit, sources: Mapping[str, str]
) -> Iterator[MadePart]:
    if not steps:
        yield from parts
        return
    converter, target = kit.converters[steps[0].plugin], steps[0].target
    outputs = (
        MadePart(part, max(m.origin, converter.origin, key=_ORIGIN_ORDER.index), m.evidence)
        for m in _join_text(parts, sources)
        for part in converter.convert(m.part)
        if part.modality == target
    )
    yield from _run_converters(outputs, steps[1:], kit, sources)


def _join_text(stream: Iterator[MadePart], sources: Mapping[str, str]) -> list[MadePart]:
    """An answer is read out as one, not sentence by sentence, and with what its [n] are."""
    parts = list(stream)
    if not parts or any(m.part.modality != TEXT for m in parts):
        return parts
    spoken_text = "\n".join(str(m.part.meta.get("spoken", m.part.data)) for m in parts)
    meta = {**parts[0].part.meta, "spoken": spoken_text, "sources": dict(sources)}
    text = Part(TEXT, "\n".join(str(m.part.data) for m in parts), meta=meta)
    return [
        MadePart(text, parts[0].origin, tuple(dict.fromkeys(n for m in parts for n in m.evidence)))
    ]


def _make_forms(
    needs: frozenset[Modality], kit: Kit, query: Query, e: Evidence, warn: Callable[[str], object]
) -> tuple[Part, ...]:
    """The evidence in each of the modalities needed, by the best route that gives anything."""
    forms = []
    for modality in sorted(needs):
        for pipeline in candidate_routes(kit, e.hit.modality, modality):
            if pipeline.generator and kit.generators[pipeline.generator].needs:
                continue
            first = next(run_route(pipeline, kit, query, [e], warn), None)
            if first is not None:
                forms.append(first.part)
                break
    return tuple(forms)
