"""Statements of a graph as a table: the cited ones first, then those around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.errors import NotFound
from polysense.make.table.csv_part import named, table
from polysense.protocols import Generator
from polysense.read.graph.triples import Triple, Triples, read
from polysense.types import Evidence, Modality, Origin, Part, Query


class GraphEdges(Generator):
    """Subject, relation and object of the cited statements and of those up to `steps` links away,
    among at most `most` things.

    The words are those of people, as the graph names things; `subject id` and `object id` are added
    where identifiers say more.
    """

    accepts: frozenset[Modality] = frozenset({"graph"})
    emits: Modality = "table"
    cost = 0.05
    origin: Origin = "retrieved"

    def __init__(self, *, steps: int = 1, most: int = 120) -> None:
        self.steps, self.most = steps, most

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One table; where the evidence is a whole graph, what the question's words name, else its
        beginning.
        """
        words = " ".join(str(p.data) for p in query if p.modality == "text")
        held: dict[str, Triples] = {}
        cited: dict[tuple[str, Triple], int] = {}
        for e in evidence:
            uri = e.hit.chunk.asset.uri
            try:
                graph = held.get(uri) or read(e.hit.chunk)
            except NotFound:
                if e is evidence[0]:
                    raise
                continue
            held[uri] = graph
            said = str(e.part.data) if e.part.modality == "text" else ""
            for t in graph.cited(e.hit.chunk, e.span, said) or graph.about(words):
                cited.setdefault((uri, t), e.n)
        first = {e.hit.chunk.asset.uri: e for e in reversed(evidence)}
        rows: list[tuple[str, Triple]] = list(cited)
        for uri, graph in held.items():
            own = [t for u, t in cited if u == uri]
            near = graph.around(own or graph.all, self.steps, self.most)
            rows += [(uri, t) for t in near if (uri, t) not in cited]
        if rows:
            used = sorted({first[uri].n for uri, _ in rows} | set(cited.values()))
            yield _made(rows, held, cited, first, {"evidence": used}, evidence[0])


def _made(
    rows: Sequence[tuple[str, Triple]],
    held: dict[str, Triples],
    cited: dict[tuple[str, Triple], int],
    first: dict[str, Evidence],
    meta: dict[str, object],
    about: Evidence,
) -> Part:
    lines, ids = [], False
    for uri, t in rows:
        graph = held[uri]
        value = t.object if t.literal else graph.label(t.object)
        subject = graph.label(t.subject)
        ids = ids or subject != t.subject or value != t.object
        mark = f"[{cited[uri, t]}]" if (uri, t) in cited else ""
        place = str(t.span) if t.line else str(first[uri].hit.chunk.span)
        lines.append(
            [
                subject,
                graph.relation(t),
                value,
                t.subject,
                t.object,
                mark,
                first[uri].hit.chunk.asset.name,
                place,
            ]
        )
    columns = ["subject", "relation", "object", "subject id", "object id", "cited"]
    if not ids:
        columns = [c for c in columns if not c.endswith(" id")]
        lines = [[*line[:3], *line[5:]] for line in lines]
    return table(columns, lines, named(about, "statements"), meta)
