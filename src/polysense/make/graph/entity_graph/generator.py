"""What ties pieces of evidence together, as a graph: the question, its evidence and their files,
and what they name alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from polysense.errors import PolysenseError
from polysense.make.graph.entity_graph.entities import Mention, mentions
from polysense.make.graph.graphml import write_graphml
from polysense.make.question_text import question_text
from polysense.protocols import Generator
from polysense.read.file.encoding import decode
from polysense.read.graph import triples
from polysense.read.graph.triples import identifier_label
from polysense.read.table import frame
from polysense.types import Evidence, Modality, Part, Query

# All numbers here are judged, not measured.
MAX_NODES = 80
MAX_EVIDENCE = 16
MAX_UNSHARED = 8
"""Names kept that only one piece of evidence has."""

KIND_WEIGHTS = {
    "name": 1.0,
    "thing": 1.0,
    "identifier": 0.8,
    "heading": 0.8,
    "date": 0.7,
    "column": 0.6,
    "quantity": 0.5,
    "term": 0.2,
}
"""What the kind of an entity counts for its relevance; the heaviest kind names it, too."""

SHARE_WEIGHT = 3.0
"""What each further piece of evidence that has an entity counts, beside its kind."""

QUESTION_WEIGHT = 2.0
"""What it counts that the question has it."""

COUNT_WEIGHT, MAX_COUNT = 0.1, 5
"""What each mention counts, up to so many: this only decides between entities that are alike."""

MAX_CODE_NAMES, MAX_COLUMNS, MAX_TRIPLES = 8, 12, 40
"""Definitions, calls and imports; columns; statements: of one piece of evidence."""

MAX_SENTENCE_NAMES = 8
"""Of one sentence that are linked, each with each."""

MAX_CO_MENTIONS = 40
"""Edges between things that are merely named together."""

MAX_TABLE_ROWS, MAX_GRAPH_STATEMENTS = 20, 200
MAX_FILE_BYTES = 1 << 16
"""Read of a file that is the question itself."""

_CALL = re.compile(r"(?<![\w.])(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w{2,})\s*\(")
_IMPORT = re.compile(
    r"^\s*(?:from\s+([\w.]+)\s+import|import\s+([\w.]+)|use\s+([\w:]+)"
    r"|#include\s*[<\"]([^>\"]+)|.*\brequire\(\s*['\"]([^'\"]+)"
    r"|import\b.*\bfrom\s+['\"]([^'\"]+))",
    re.M,
)
_DEFINITION = re.compile(
    r"^\s*(?:async\s+)?(?:def|class|fn|func|function|struct|enum|trait|interface)\s+([A-Za-z_]\w*)",
    re.M,
)
_KEYWORDS = frozenset(
    {
        *("if", "elif", "for", "while", "switch", "return", "match", "catch", "and", "not"),
        *("print", "len", "str", "int", "float", "list", "dict", "set", "tuple", "range", "super"),
    }
)


class EntityGraph(Generator):
    """Entities and links between all pieces of evidence, from structure and co-occurrence; what
    more pieces share is more central.

    Nodes have a label, a kind (question, evidence, file, name, date, quantity, identifier, heading,
    column, term, thing), the numbers of the evidence that has them, and a weight (how many do).
    Nothing where the evidence names nothing.
    """

    accepts: frozenset[Modality] = frozenset(
        {"text", "image", "audio", "video", "3d", "code", "table", "graph"}
    )
    emits: Modality = "graph"
    cost = 0.35

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """One graph. Nothing without evidence, and where it names nothing."""
        if not evidence:
            return
        opened_evidence = [_with_file_content(e) for e in evidence[:MAX_EVIDENCE]]
        question = question_text(query)
        builder = _GraphBuilder()
        builder.add_evidence(question, query, opened_evidence)
        builder.add_mentions(question, opened_evidence)
        builder.add_structure(opened_evidence)
        nodes, edges = builder.build()
        entities = sum(v["kind"] not in ("question", "evidence", "file") for v in nodes.values())
        if entities:
            meta = {
                "evidence": [e.n for e in opened_evidence],
                "nodes": len(nodes),
                "edges": len(edges),
                "entities": entities,
            }
            data = write_graphml(nodes, edges)
            yield Part("graph", data, "application/graphml+xml", "links.graphml", meta=meta)


@dataclass
class _GraphBuilder:
    """Nodes with their values, edges with how often they were seen; entities by key, with the
    evidence that has them.
    """

    anchors: dict[str, dict[str, Any]] = field(default_factory=dict)
    entities: dict[str, dict[str, Any]] = field(default_factory=dict)
    evidence_of: dict[str, set[int]] = field(default_factory=dict)
    edges: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add_evidence(self, question: str, query: Query, evidence: Sequence[Evidence]) -> None:
        """The question, the evidence and the files."""
        label_text = " ".join(question.split()) or ", ".join(p.name or p.modality for p in query)
        self.anchors["question"] = {"label": label_text[:200], "kind": "question"}
        for e in evidence:
            asset = e.hit.chunk.asset
            file = f"file {asset.id} {asset.uri}"
            self.anchors.setdefault(
                file,
                {"label": asset.name, "kind": "file", "modality": asset.modality, "uri": asset.uri},
            )
            label = f"[{e.n}] {asset.name}, {e.span}" if e.span else f"[{e.n}] {asset.name}"
            self.anchors[f"evidence {e.n}"] = {
                "label": label,
                "kind": "evidence",
                "modality": e.hit.modality,
                "words": _evidence_text(e)[:300],
            }
            self.edges["question", f"evidence {e.n}", "answered by"] += 1
            self.edges[f"evidence {e.n}", file, "part of"] += 1

    def add_entity(self, mention: Mention, e: Evidence | None) -> str:
        """Its key, after it is put with those there are; None as evidence: the question has it."""
        entity = self.entities.setdefault(
            mention.key,
            {"label": mention.text, "kind": mention.kind, "count": 0, "in_question": False},
        )
        if KIND_WEIGHTS[mention.kind] > KIND_WEIGHTS[entity["kind"]]:
            entity |= {"label": mention.text, "kind": mention.kind}
        entity["count"] += 1
        if e is None:
            entity["in_question"] = True
        else:
            self.evidence_of.setdefault(mention.key, set()).add(e.n)
        return mention.key

    def add_mentions(self, question: str, evidence: Sequence[Evidence]) -> None:
        """What the words of the evidence name, and what is named in one sentence."""
        mentions_by_text = mentions([question, *(_evidence_text(e) for e in evidence)])
        full_names = _full_names([m for text in mentions_by_text for m in text])
        for m in mentions_by_text[0]:
            self.add_entity(full_names.get(m.key, m), None)
        for e, evidence_mentions in zip(evidence, mentions_by_text[1:], strict=True):
            by_sentence: dict[int, list[str]] = {}
            for m in evidence_mentions:
                key = self.add_entity(full_names.get(m.key, m), e)
                self.edges[f"evidence {e.n}", key, "mentions"] += 1
                if m.kind != "term":
                    by_sentence.setdefault(m.sentence, []).append(key)
            for keys in by_sentence.values():
                for a, b in combinations(sorted(set(keys))[:MAX_SENTENCE_NAMES], 2):
                    self.edges[a, b, "named with"] += 1

    def add_structure(self, evidence: Sequence[Evidence]) -> None:
        """Headings, columns, calls and imports, statements."""
        definitions = {
            d: e
            for e in evidence
            if e.hit.modality == "code"
            for d in _DEFINITION.findall(e.hit.chunk.text)
        }
        for e in evidence:
            chunk = e.hit.chunk
            for heading, relation in _headings(e).items():
                self._link_entity(e, relation, Mention("heading", heading))
            columns = [c for c in chunk.meta.get("columns", []) if isinstance(c, str) and c.strip()]
            for column in columns[:MAX_COLUMNS]:
                self._link_entity(e, "has column", Mention("column", column.strip()[:60]))
            for s, r, o in (t for t in chunk.meta.get("triples", [])[:MAX_TRIPLES] if len(t) == 3):
                a, b = (
                    self.add_entity(Mention("thing", identifier_label(str(x))[:80]), e)
                    for x in (s, o)
                )
                self.edges[a, b, identifier_label(str(r))] += 1
                self.edges[f"evidence {e.n}", a, "mentions"] += 1
            if e.hit.modality == "code":
                self._add_code(e, definitions)
            self._add_file_references(e, evidence)

    def _link_entity(self, e: Evidence, relation: str, mention: Mention, count: int = 1) -> None:
        self.edges[f"evidence {e.n}", self.add_entity(mention, e), relation] += count

    def _add_code(self, e: Evidence, definitions: dict[str, Evidence]) -> None:
        """What a piece of code defines, calls (first what other pieces define) and imports."""
        text = e.hit.chunk.text[:20_000]
        own_names = list(dict.fromkeys(_DEFINITION.findall(text)))
        for name in own_names[:MAX_CODE_NAMES]:
            self._link_entity(e, "defines", Mention("identifier", f"{name}()"))
        calls = Counter(c for c in _CALL.findall(text) if c not in _KEYWORDS and c not in own_names)
        by_use = sorted(calls.items(), key=lambda i: (i[0] not in definitions, -i[1], i[0]))
        for name, n in by_use[:MAX_CODE_NAMES]:
            self._link_entity(e, "calls", Mention("identifier", f"{name}()"), n)
        for groups in _IMPORT.findall(text)[:MAX_CODE_NAMES]:
            module = next(g for g in groups if g)
            self._link_entity(e, "imports", Mention("identifier", module))

    def _add_file_references(self, e: Evidence, evidence: Sequence[Evidence]) -> None:
        """Other files that its words name."""
        words = f"{e.hit.chunk.text}\n{e.hit.chunk.context}"
        for other in evidence:
            asset = other.hit.chunk.asset
            if asset.uri != e.hit.chunk.asset.uri and asset.name in words:
                self.edges[f"evidence {e.n}", f"file {asset.id} {asset.uri}", "refers to"] += 1

    def build(self) -> tuple[dict[str, dict[str, Any]], list[tuple[str, str, dict[str, Any]]]]:
        """The most relevant nodes under short ids, and the edges between them."""
        entity_keys = self._top_entities(MAX_NODES - len(self.anchors))
        for key in entity_keys:
            if self.entities[key]["in_question"]:
                self.edges["question", key, "asks about"] += 1
        ids = {key: f"n{i}" for i, key in enumerate([*self.anchors, *entity_keys])}
        nodes = {ids[k]: {**v, "weight": 1} for k, v in self.anchors.items()}
        for key in entity_keys:
            numbers, entity = sorted(self.evidence_of.get(key, ())), self.entities[key]
            nodes[ids[key]] = {
                "label": entity["label"],
                "kind": entity["kind"],
                "evidence": ",".join(map(str, numbers)),
                "weight": len(numbers),
            }
        return nodes, [
            (ids[a], ids[b], {"label": label, "weight": n})
            for (a, b, label), n in self._visible_edges(ids)
        ]

    def _top_entities(self, room: int) -> list[str]:
        """Entities, the most shared first; of those that only one piece has, a few each."""
        keys: list[str] = []
        unshared_counts: Counter[int] = Counter()
        with_evidence = [k for k in self.entities if self.evidence_of.get(k)]
        for key in sorted(with_evidence, key=lambda key: (-self._relevance(key), key)):
            numbers, entity = self.evidence_of[key], self.entities[key]
            is_unshared = len(numbers) == 1 and not entity["in_question"]
            is_full = unshared_counts[min(numbers)] >= MAX_UNSHARED
            if is_unshared and (entity["kind"] == "term" or is_full):
                continue
            unshared_counts.update(numbers if is_unshared else ())
            keys.append(key)
        return keys[: max(room, 0)]

    def _relevance(self, key: str) -> float:
        entity = self.entities[key]
        return float(
            SHARE_WEIGHT * (len(self.evidence_of.get(key, ())) - 1)
            + QUESTION_WEIGHT * entity["in_question"]
            + KIND_WEIGHTS[entity["kind"]]
            + COUNT_WEIGHT * min(entity["count"], MAX_COUNT)
        )

    def _visible_edges(self, ids: dict[str, str]) -> list[tuple[tuple[str, str, str], int]]:
        """The edges between these nodes; of things merely named together, those most often so, and
        only where nothing else ties them.
        """
        edges = [
            (e, n) for e, n in self.edges.items() if e[0] in ids and e[1] in ids and e[0] != e[1]
        ]
        linked_pairs = {frozenset((a, b)) for (a, b, label), _ in edges if label != "named with"}
        structural_pairs = {
            (a, b) for (a, b, label), _ in edges if label not in ("mentions", "named with")
        }
        co_mentions: list[tuple[tuple[str, str, str], int]] = []
        other_edges: list[tuple[tuple[str, str, str], int]] = []
        for edge in edges:
            a, b, label = edge[0]
            if label == "named with":
                if frozenset((a, b)) not in linked_pairs:
                    co_mentions.append(edge)
            elif label != "mentions" or (a, b) not in structural_pairs:
                other_edges.append(edge)
        most_often = sorted(co_mentions, key=lambda i: (-i[1], i[0]))
        return other_edges + most_often[:MAX_CO_MENTIONS]


def _evidence_text(e: Evidence) -> str:
    """What the evidence says: the piece that bears on the question, else its own words, else what
    is said of it; code says none.
    """
    chunk = e.hit.chunk
    narrow = str(e.part.data) if e.part.modality == "text" and isinstance(e.part.data, str) else ""
    return "" if e.hit.modality == "code" else narrow or chunk.text or chunk.context


def _headings(e: Evidence) -> dict[str, str]:
    """The titles above it, and the words of its file's name where it is no document; each with how
    it is tied to them.
    """
    chunk = e.hit.chunk
    if e.hit.modality == "code":
        return {}
    first = chunk.context.split("\n")[0]
    headings = dict.fromkeys(
        [h.strip() for h in first.split(" > ")][-2:] if " > " in first else [], "under"
    )
    if e.hit.modality in ("image", "audio", "video", "3d"):
        stem_words = re.split(r"[\W_]+", chunk.asset.name.rsplit(".", 1)[0])
        words = " ".join(w for w in stem_words if w and not w.isdigit())
        if re.search(r"[^\W\d_]{3,}|[\u3400-\u9fff]{2,}", words):
            headings[words] = "is called"
    return {h: r for h, r in headings.items() if 1 < len(h) <= 80}


def _with_file_content(e: Evidence) -> Evidence:
    """The question's own file with the words in it, which no index has read: of words, code, a
    table or a graph.
    """
    chunk = e.hit.chunk
    data = chunk.part.data if chunk.part else None
    if chunk.text or chunk.context or not isinstance(data, Path | bytes):
        return e
    try:
        if chunk.modality == "table" and (table := frame.frame(chunk)):
            rows = [", ".join(filter(None, row)) for row in table.rows[:MAX_TABLE_ROWS]]
            chunk = chunk.with_(text="\n".join(rows), meta={"columns": list(table.columns)})
        elif chunk.modality == "graph":
            graph = triples.read(chunk, MAX_GRAPH_STATEMENTS)
            labels = [
                [graph.label(t.subject), graph.relation(t), graph.label(t.object)]
                for t in graph.statements[:MAX_TRIPLES]
            ]
            chunk = chunk.with_(meta={"triples": labels})
        elif chunk.modality == "code" or chunk.asset.mime.startswith("text/"):
            raw = data[:MAX_FILE_BYTES] if isinstance(data, bytes) else _read_head(data)
            chunk = chunk.with_(text=decode(raw))
    except (PolysenseError, OSError):
        return e
    return replace(e, hit=replace(e.hit, chunk=chunk))


def _full_names(mentions: Sequence[Mention]) -> dict[str, Mention]:
    """For a name that is one word of one longer name: that one ("Tarrow" is Ansel Tarrow)."""
    names = {m.key: m for m in mentions if m.kind == "name"}
    full_names: dict[str, Mention] = {}
    for key in names:
        if " " not in key:
            longer = [
                m for k, m in names.items() if key in (k.split()[-1], k.split()[0]) and k != key
            ]
            if len(longer) == 1:
                full_names[key] = longer[0]
    return full_names


def _read_head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_FILE_BYTES)
