"""Graphs: what is said about each entity, as sentences. Files of triples, RDF and GraphML; nothing
is fetched from anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.file.archive import here
from polysense.read.file.text import PASSAGE, count
from polysense.read.graph.triples import MOST, Triple, Triples, load, said
from polysense.read.table.rows import title_of
from polysense.types import Asset, Chunk, Mark, Span


class GraphParser(Parser):
    """One chunk an entity: its statements as sentences, with their triples in `meta`. Reads at most
    `statements` statements.
    """

    accepts: ClassVar[frozenset[str]] = frozenset(
        {
            "text/x-triples",
            "application/graphml+xml",
            "application/ld+json",
            "text/turtle",
            "application/n-triples",
            "application/rdf+xml",
        }
    )

    def __init__(self, *, statements: int = MOST) -> None:
        self.statements = statements

    def parse(self, asset: Asset) -> Iterator[Chunk]:
        """Entities in their first order, then an overview. Where the file breaks off, what stands
        before is kept.
        """
        found = load(here(asset), asset.mime, asset.uri, self.statements)
        yield from _chunks(asset, found)
        cut = (f"only the first {self.statements:,} statements were read",) if found.cut else ()
        if lost := cut + found.lost:
            raise Unreadable(f"{asset.name}: {'; '.join(lost[:5])}")


def _chunks(asset: Asset, found: Triples) -> Iterator[Chunk]:
    about: dict[str, list[Triple]] = {}
    for t in found.all:
        about.setdefault(t.subject, []).append(t)
    title = title_of(asset)
    for subject, told in about.items():
        yield from _entity(asset, title, subject, told, found)
    if found.all:
        relations = Counter(said(t.relation) for t in found.all)
        text = f"Graph of {len(found.all)} statements about {len(about)} entities, such as "
        text += f"{', '.join(found.label(e) for e in islice(about, 8))}. Relations: "
        text += f"{', '.join(f'{r} ({n})' for r, n in relations.most_common(25))}."
        first, last = found.all[0].line, found.all[-1].line
        meta = {
            "statements": len(found.all),
            "entities": len(about),
            "relations": dict(relations.most_common(100)),
        }
        place = Span(lines=(first, last)) if first else Span(node="graph overview")
        yield Chunk(asset, place, "graph", text=text, context=title, meta=meta)


def _entity(
    asset: Asset, title: str, subject: str, told: list[Triple], found: Triples
) -> Iterator[Chunk]:
    name = found.label(subject)
    told = [t for t in told if not (t.naming and t.object == name)] or told
    pieces: list[list[tuple[str, Triple]]] = [[]]
    words = 0
    for t in told:
        sentence = found.sentence(t)
        words += count(sentence)
        if pieces[-1] and words > PASSAGE:
            pieces.append([])
            words = count(sentence)
        pieces[-1].append((sentence, t))
    at = 0
    for piece in pieces:
        text, marks = "", []
        for sentence, t in piece:
            marks.append(Mark(len(text), len(text) + len(sentence), t.span))
            text += f"{sentence}\n"
        lines = [t.line for _, t in piece if t.line]
        span = Span(
            lines=(min(lines), max(lines)) if lines else None,
            node=subject,
            chars=(at, at + len(text) - 1) if len(pieces) > 1 and not lines else None,
        )
        at += len(text)
        meta = {"entity": name, "triples": [[t.subject, t.relation, t.object] for _, t in piece]}
        yield Chunk(
            asset,
            span,
            "graph",
            text=text[:-1],
            context=f"{title} > {name}",
            marks=tuple(marks),
            meta=meta,
        )
