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
from polysense.read.file.archive import local_file
from polysense.read.file.text import PASSAGE_WORDS, count_words
from polysense.read.graph.triples import MAX_STATEMENTS, Triple, Triples, identifier_label, load
from polysense.read.table.rows import title_of
from polysense.types import Asset, Chunk, Span, TextSpan


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

    def __init__(self, *, statements: int = MAX_STATEMENTS) -> None:
        self.statements = statements

    def parse(self, asset: Asset) -> Iterator[Chunk]:
        """Entities in their first order, then an overview. Where the file breaks off, what stands
        before is kept.
        """
        graph = load(local_file(asset), asset.mime, asset.uri, self.statements)
        yield from _chunks(asset, graph)
        cut = (f"only the first {self.statements:,} statements were read",) if graph.is_cut else ()
        if problems := cut + graph.problems:
            raise Unreadable(f"{asset.name}: {'; '.join(problems[:5])}")


def _chunks(asset: Asset, graph: Triples) -> Iterator[Chunk]:
    """Those of each entity, and one that tells what the graph is about."""
    statements_of: dict[str, list[Triple]] = {}
    for t in graph.statements:
        statements_of.setdefault(t.subject, []).append(t)
    title = title_of(asset)
    for subject, statements in statements_of.items():
        yield from _entity(asset, title, subject, statements, graph)
    if graph.statements:
        relations = Counter(identifier_label(t.relation) for t in graph.statements)
        examples = ", ".join(graph.label(e) for e in islice(statements_of, 8))
        counts = ", ".join(f"{r} ({n})" for r, n in relations.most_common(25))
        text = (
            f"Graph of {len(graph.statements)} statements about {len(statements_of)} entities, "
            f"such as {examples}. Relations: {counts}."
        )
        first, last = graph.statements[0].line, graph.statements[-1].line
        meta = {
            "statements": len(graph.statements),
            "entities": len(statements_of),
            "relations": dict(relations.most_common(100)),
        }
        place = Span(lines=(first, last)) if first else Span(node="graph overview")
        yield Chunk(asset, place, "graph", text=text, context=title, meta=meta)


def _entity(
    asset: Asset, title: str, subject: str, statements: list[Triple], graph: Triples
) -> Iterator[Chunk]:
    """What is said about one entity, in passages that are as long as those of a text."""
    name = graph.label(subject)
    statements = [t for t in statements if not (t.is_naming and t.object == name)] or statements
    passages: list[list[tuple[str, Triple]]] = [[]]
    word_count = 0
    for t in statements:
        sentence = graph.sentence(t)
        word_count += count_words(sentence)
        if passages[-1] and word_count > PASSAGE_WORDS:
            passages.append([])
            word_count = count_words(sentence)
        passages[-1].append((sentence, t))
    offset = 0
    for passage in passages:
        text, marks = "", []
        for sentence, t in passage:
            marks.append(TextSpan(len(text), len(text) + len(sentence), t.span))
            text += f"{sentence}\n"
        lines = [t.line for _, t in passage if t.line]
        span = Span(
            lines=(min(lines), max(lines)) if lines else None,
            node=subject,
            chars=(offset, offset + len(text) - 1) if len(passages) > 1 and not lines else None,
        )
        offset += len(text)
        meta = {"entity": name, "triples": [[t.subject, t.relation, t.object] for _, t in passage]}
        yield Chunk(
            asset,
            span,
            "graph",
            text=text[:-1],
            context=f"{title} > {name}",
            marks=tuple(marks),
            meta=meta,
        )
