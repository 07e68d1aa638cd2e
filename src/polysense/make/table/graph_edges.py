"""Statements of a graph as a table: the cited ones first, then those around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polysense.errors import NotFound
from polysense.make.question_text import question_text
from polysense.make.table.csv_part import file_name, table
from polysense.protocols import Generator
from polysense.read.graph.triples import Triple, Triples, read
from polysense.types import Evidence, Modality, Origin, Part, Query


class GraphEdges(Generator):
    """Subject, relation and object of the cited statements and of those near them.

    Near is up to `steps` links away, among at most `most` things. The words are those of people, as
    the graph names things; `subject id` and `object id` are added where identifiers say more.
    """

    accepts: frozenset[Modality] = frozenset({"graph"})
    emits: Modality = "table"
    cost = 0.05
    origin: Origin = "retrieved"

    def __init__(self, *, steps: int = 1, most: int = 120) -> None:
        self.steps, self.most = steps, most

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One table; of a whole graph what the question names, else its beginning."""
        words = question_text(query)
        graphs: dict[str, Triples] = {}
        evidence_numbers: dict[tuple[str, Triple], int] = {}
        for e in evidence:
            uri = e.hit.chunk.asset.uri
            try:
                graph = graphs.get(uri) or read(e.hit.chunk)
            except NotFound:
                if e is evidence[0]:
                    raise
                continue
            graphs[uri] = graph
            statement = str(e.part.data) if e.part.modality == "text" else ""
            at_evidence = graph.statements_at(e.hit.chunk, e.span, statement)
            for t in at_evidence or graph.statements_about(words):
                evidence_numbers.setdefault((uri, t), e.n)
        first = {e.hit.chunk.asset.uri: e for e in reversed(evidence)}
        rows: list[tuple[str, Triple]] = list(evidence_numbers)
        for uri, graph in graphs.items():
            own = [t for u, t in evidence_numbers if u == uri]
            near = graph.neighbourhood(own or graph.statements, self.steps, self.most)
            rows += [(uri, t) for t in near if (uri, t) not in evidence_numbers]
        if rows:
            numbers = sorted({first[uri].n for uri, _ in rows} | set(evidence_numbers.values()))
            yield _edges_part(
                rows, graphs, evidence_numbers, first, {"evidence": numbers}, evidence[0]
            )


def _edges_part(
    rows: Sequence[tuple[str, Triple]],
    graphs: dict[str, Triples],
    evidence_numbers: dict[tuple[str, Triple], int],
    first: dict[str, Evidence],
    meta: dict[str, object],
    about: Evidence,
) -> Part:
    """A row for each statement, in this order; `first` is the evidence of each graph's file."""
    lines, ids = [], False
    for uri, t in rows:
        graph = graphs[uri]
        value = t.object if t.literal else graph.label(t.object)
        subject = graph.label(t.subject)
        ids = ids or subject != t.subject or value != t.object
        mark = f"[{evidence_numbers[uri, t]}]" if (uri, t) in evidence_numbers else ""
        place = str(t.span) if t.line else str(first[uri].hit.chunk.span)
        name = first[uri].hit.chunk.asset.name
        statement = [subject, graph.relation(t), value, t.subject, t.object]
        lines.append([*statement, mark, name, place])
    columns = ["subject", "relation", "object", "subject id", "object id", "cited"]
    if not ids:
        columns = [c for c in columns if not c.endswith(" id")]
        lines = [[*line[:3], *line[5:]] for line in lines]
    return table(columns, lines, file_name(about, "statements"), meta)
