"""Go one way: a generator on the evidence, then converters on what it made, each part with its
origin and the evidence it used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from polysense.errors import PolysenseError
from polysense.generate.routes import WORDS, Way, ways
from polysense.registry import Kit
from polysense.types import Evidence, Modality, Origin, Part, Query, Step

_STRENGTH: tuple[Origin, ...] = ("retrieved", "composed", "generated")
MOST_FORMS = 6
"""Pieces of evidence for which other forms are made: a film of more is long, and so is its making.
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A part, where it came from, and the numbers of the evidence that is in it."""

    part: Part
    origin: Origin
    used: tuple[int, ...]


def make(
    way: Way, kit: Kit, query: Query, evidence: Sequence[Evidence], warn: Callable[[str], object]
) -> Iterator[Made]:
    """What comes of going a way with this evidence, the first of which it is about; nothing where
    nothing good can be made.

    Plug-ins that fail on purpose are heard (`warn`), and make nothing.
    """
    try:
        sources = {f"{e.n}": f"{e.hit.chunk.asset.name}, {e.span}" for e in evidence}
        yield from _converted(_begun(way, kit, query, evidence, warn), way.steps[1:], kit, sources)
    except PolysenseError as e:
        warn(f"{way}: {e}. {e.hint}")


def _begun(
    way: Way, kit: Kit, query: Query, evidence: Sequence[Evidence], warn: Callable[[str], object]
) -> Iterator[Made]:
    if not way.generator:
        content, converter = _content(evidence[0], way.source), kit.converters[way.converters[0]]
        if content is not None:
            for part in converter.convert(
                replace(content, meta={**content.meta, "title": evidence[0].hit.chunk.asset.name})
            ):
                if part.modality == way.steps[0].target:
                    yield Made(part, converter.origin, (evidence[0].n,))
        return
    generator = kit.generators[way.generator]
    seen = [e for e in evidence if e.hit.modality in generator.accepts]
    if generator.needs:
        seen = [
            replace(e, forms=_forms(generator.needs, kit, query, e, warn))
            for e in seen[:MOST_FORMS]
        ]
    for part in generator.generate(query, seen):
        used = part.meta.get("evidence") or (
            [seen[0].n] if seen and part.modality != "text" else [e.n for e in seen]
        )
        yield Made(part, generator.origin, tuple(used))


def _content(e: Evidence, modality: Modality) -> Part | None:
    """What the evidence is, itself: of a clip the clip, though a chunk of it may be held as one of
    its frames.
    """
    chunk = e.hit.chunk
    if chunk.part is None or chunk.part.modality == modality or chunk.asset.path is None:
        return chunk.part
    return Part(modality, chunk.asset.path, chunk.asset.mime, chunk.asset.name, e.span)


def _converted(
    begun: Iterator[Made], steps: Sequence[Step], kit: Kit, sources: Mapping[str, str]
) -> Iterator[Made]:
    if not steps:
        yield from begun
        return
    converter, target = kit.converters[steps[0].plugin], steps[0].target
    onward = (
        Made(part, max(m.origin, converter.origin, key=_STRENGTH.index), m.used)
        for m in _joined(begun, sources) for part in converter.convert(m.part) if part.modality == target
    )  # fmt: skip
    yield from _converted(onward, steps[1:], kit, sources)


def _joined(begun: Iterator[Made], sources: Mapping[str, str]) -> list[Made]:
    """An answer is read out as one, not sentence by sentence, and with what its [n] are."""
    parts = list(begun)
    if not parts or any(m.part.modality != WORDS for m in parts):
        return parts
    spoken = "\n".join(str(m.part.meta.get("spoken", m.part.data)) for m in parts)
    meta = {**parts[0].part.meta, "spoken": spoken, "sources": dict(sources)}
    said = Part(WORDS, "\n".join(str(m.part.data) for m in parts), meta=meta)
    return [Made(said, parts[0].origin, tuple(dict.fromkeys(n for m in parts for n in m.used)))]


def _forms(
    needs: frozenset[Modality], kit: Kit, query: Query, e: Evidence, warn: Callable[[str], object]
) -> tuple[Part, ...]:
    """The evidence in each of the modalities needed, by the best way that gives anything."""
    forms = []
    for wanted in sorted(needs):
        for way in ways(kit, e.hit.modality, wanted):
            if way.generator and kit.generators[way.generator].needs:
                continue
            first = next(make(way, kit, query, [e], warn), None)
            if first is not None:
                forms.append(first.part)
                break
    return tuple(forms)
