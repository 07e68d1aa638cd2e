"""Run one route: a generator on the evidence, then converters on what it made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import GeneratorType

from polysense.errors import Cancelled, PolysenseError
from polysense.events import GenerationStep
from polysense.generate.routes import TEXT, Pipeline, candidate_routes
from polysense.protocols import Converter, Generator
from polysense.registry import Kit
from polysense.types import Evidence, Modality, Origin, Part, Query, Step

Hear = Callable[[GenerationStep], object]
"""Gets how far a model is with what it makes; whoever raises there stops it."""

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
    hear: Hear = lambda _: None,
) -> Iterator[MadePart]:
    """What a route makes of the evidence, the first piece of which it is about.

    Nothing where nothing good can be made; a plug-in's PolysenseError goes to `warn`, what it tells
    of its steps to `hear`. Raises what `hear` raises.
    """
    try:
        sources = {f"{e.n}": f"{e.hit.chunk.asset.label}, {e.span}" for e in evidence}
        first = _first_step(pipeline, kit, query, evidence, warn, hear)
        yield from _run_converters(first, pipeline.steps[1:], kit, sources)
    except Cancelled:
        raise
    except PolysenseError as e:
        warn(f"{pipeline}: {e}. {e.hint}")


def _first_step(
    pipeline: Pipeline,
    kit: Kit,
    query: Query,
    evidence: Sequence[Evidence],
    warn: Callable[[str], object],
    hear: Hear,
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
    stream = generator.generate(query, pieces)
    try:
        for item in stream:
            if isinstance(item, GenerationStep):
                hear(item)
                continue
            numbers = item.meta.get("evidence") or (
                [pieces[0].n] if pieces and item.modality != "text" else [e.n for e in pieces]
            )
            yield MadePart(item, generator.origin, tuple(numbers))
    finally:
        if isinstance(stream, GeneratorType):  # at once: a model may be at work in it
            stream.close()


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
    """The evidence in each of the modalities needed, by the best route that gives anything; not by
    a model, whose picture of it is none of it.
    """
    forms = []
    for modality in sorted(needs):
        for pipeline in candidate_routes(kit, e.hit.modality, modality):
            steps: list[Generator | Converter] = [kit.converters[c] for c in pipeline.converters]
            if pipeline.generator:
                generator = kit.generators[pipeline.generator]
                if generator.needs:
                    continue
                steps.append(generator)
            if any(step.origin == "generated" for step in steps):
                continue
            first = next(run_route(pipeline, kit, query, [e], warn), None)
            if first is not None:
                forms.append(first.part)
                break
    return tuple(forms)
