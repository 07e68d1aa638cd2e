"""Programs that build the part of a graph around an answer."""

from __future__ import annotations

from collections.abc import Sequence

from polysense.read.graph.triples import Triple, Triples

_PRINT_GRAPH = """
graph = nx.MultiDiGraph()
for subject, relation, thing in STATEMENTS:
    graph.add_edge(subject, thing, key=relation, label=relation)

if __name__ == "__main__":
    print(graph)
    for subject, thing, relation in graph.edges(keys=True):
        print(f"{subject} -- {relation} -> {thing}")
    if len(sys.argv) > 1:
        nx.write_graphml(graph, sys.argv[1])
"""


def graph_program(graph: Triples, statements: Sequence[Triple], source: str) -> str:
    """A program that builds the statements as a networkx graph and tells it."""
    rows = ""
    for t in statements:
        subject, value = graph.label(t.subject), t.object if t.literal else graph.label(t.object)
        line = f"  # L{t.line}" if t.line else ""
        rows += f"    ({subject!r}, {graph.relation(t)!r}, {value!r}),{line}\n"
    return (
        f'"""The part of {source} around the answer, as a networkx graph."""\n'
        f"\nimport sys\n\nimport networkx as nx\n\nSTATEMENTS = [\n{rows}]\n{_PRINT_GRAPH}"
    )
