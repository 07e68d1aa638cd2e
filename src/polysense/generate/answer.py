"""From hits to an answer: compress, judge the support, number the evidence, generate, and add the originals."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from polysense.augment.compress import Piece, compress
from polysense.augment.guard import commands
from polysense.augment.support import THRESHOLD, support
from polysense.errors import NoRoute
from polysense.prepare.query import Question
from polysense.protocols import Encoder, Generator
from polysense.registry import Kit
from polysense.types import Answer, AnswerPart, Evidence, Hit, Modality, Part, Ranking, Route, Step

MOST_SENTENCES = 4
WORTH = 0.68
"""A further sentence must score this much of the best one's score."""

_ORIGINALS = ("image", "audio", "video", "3d", "table")
NOT_FOUND = "The library holds nothing that answers this."


@dataclass(frozen=True, slots=True)
class Support:
    """The evidence kept, how sure it is that it answers (0..1), and what was left out."""

    evidence: tuple[Evidence, ...]
    sureness: float
    warnings: tuple[str, ...]


def gather(question: Question, hits: Sequence[Hit], kit: Kit, encoder: Encoder | None) -> Support:
    """The evidence for an answer: pieces where the question has words, whole hits where it is a picture, a sound or a mesh."""
    seen = [h for h in hits if not commands(h.chunk.words)]
    bad = [h for h in hits if h not in seen]
    found = compress(question, hits, encoder) if question.words.strip() else []
    fair = [p for p in found if not commands(p.text)]
    warnings = tuple(f"{h.chunk.asset.name}, {h.chunk.span}: gives orders to its reader; they were ignored" for h in bad)
    near = [] if question.read else [h for h in seen if alike(h, kit)]
    if near:
        evidence = tuple(Evidence(n, h, _form(h), h.place, h.score) for n, h in enumerate(near[:MOST_SENTENCES], 1))
        return Support(evidence, 1.0, warnings)
    if question.words.strip() or not seen:
        return Support(_numbered(_chosen(fair)), support(fair[:5]), warnings)
    return Support((Evidence(1, seen[0], _form(seen[0]), seen[0].place, seen[0].score),), 0.0, warnings)


def ignore(part: Part) -> None:
    """Hears nothing."""


def alike(hit: Hit, kit: Kit) -> bool:
    """Whether a hit looks or sounds so much like the query that it is a match by itself."""
    sure = {e.space.name: e.sure for e in kit.encoders.values() if e.accepts != {"text"}}
    return any(w.space in sure and w.score >= sure[w.space] for w in hit.why)


def _chosen(pieces: Sequence[Piece]) -> list[Piece]:
    kept: list[Piece] = []
    said: set[str] = set()
    for p in pieces[:40]:
        plain = " ".join(p.text.lower().split())
        if len(kept) >= MOST_SENTENCES or (kept and p.score < WORTH * kept[0].score):
            break
        if plain and any(s and (plain in s or s in plain) for s in said):
            continue
        said.add(plain)
        kept.append(p)
    return kept


def _numbered(pieces: Sequence[Piece]) -> tuple[Evidence, ...]:
    return tuple(Evidence(n, p.hit, Part("text", p.text), p.span, p.score) for n, p in enumerate(pieces, 1))


def _form(hit: Hit) -> Part:
    chunk = hit.chunk
    said = (chunk.context or chunk.text).strip().split("\n")[0]
    return Part("text", f"{chunk.asset.name}: {said}" if said else chunk.asset.name)


def choose_generator(kit: Kit, to: Modality) -> Generator:
    """The best that emits a modality. Raises NoRoute, naming what can be had."""
    able = [g for g in kit.generators.values() if g.emits == to]
    if not able:
        can = sorted({g.emits for g in kit.generators.values()})
        raise NoRoute(f"nothing here answers in {to}", f"Answers can be had in: {', '.join(can)}.")
    return min(able, key=lambda g: g.cost)


def answer(
    question: Question,
    ranking: Ranking,
    kit: Kit,
    encoder: Encoder | None,
    to: Modality = "text",
    tell: Callable[[Part], object] = ignore,
) -> Answer:
    """Answer a question from what was found for it; `tell` hears each part as soon as it is made."""
    began = time.perf_counter()
    generator = choose_generator(kit, to)
    found = gather(question, list(ranking), kit, encoder)
    answered = bool(found.evidence) and found.sureness >= THRESHOLD
    given = tuple(dict.fromkeys(p.modality for p in question.asked))
    name = next(n for n, g in kit.generators.items() if g is generator)
    route = Route(given, to, (*_inward(question), *(Step(m, to, name, "native" if m == to else "bridged", generator.cost) for m in given)))
    if answered:
        made = []
        for part in generator.generate(question.asked, found.evidence):
            tell(part)
            made.append(AnswerPart(part, "retrieved"))
        parts = [*_joined(made), *_originals(found.evidence)]
    else:
        near = f" The nearest is {found.evidence[0].hit.chunk.asset.name}, {found.evidence[0].span} [1]." if found.evidence else ""
        parts = [AnswerPart(Part("text", NOT_FOUND + near), "composed")]
        tell(parts[0].part)
    timings = {**ranking.timings, "answer": round(1000 * (time.perf_counter() - began), 3)}
    evidence = found.evidence if answered else found.evidence[:1]
    return Answer(tuple(parts), evidence, answered, route, timings, (*ranking.warnings, *found.warnings))


def _joined(made: Sequence[AnswerPart]) -> list[AnswerPart]:
    """The words as one part, then what is not words."""
    words = [m for m in made if m.part.modality == "text"]
    said = [AnswerPart(Part("text", "\n".join(str(m.part.data) for m in words)), words[0].origin)] if words else []
    return said + [m for m in made if m.part.modality != "text"]


def _inward(question: Question) -> list[Step]:
    read = {str(p.meta["from"]) for p in question.parts if "from" in p.meta}
    return [Step(m, "text", "read", "bridged") for m in sorted(read)]


def _originals(evidence: Sequence[Evidence]) -> list[AnswerPart]:
    """The pictures, sounds, clips, models and tables that the evidence is, each once."""
    chunks = {e.hit.chunk.id: e.hit.chunk for e in evidence if e.hit.modality in _ORIGINALS and e.hit.chunk.part}
    return [AnswerPart(c.part, "retrieved") for c in chunks.values() if c.part]
