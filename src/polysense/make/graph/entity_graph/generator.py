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
from polysense.protocols import Generator
from polysense.read.file.text import decode
from polysense.read.graph import triples
from polysense.read.graph.triples import graphml, said
from polysense.read.table import frame
from polysense.types import Evidence, Modality, Part, Query

MOST_NODES = 80
MOST_PIECES = 16
_OWN = 8
"""Names kept that only one piece of evidence has."""
_WEIGHT = {
    "name": 1.0,
    "date": 0.7,
    "identifier": 0.8,
    "quantity": 0.5,
    "heading": 0.8,
    "column": 0.6,
    "term": 0.2,
    "thing": 1.0,
}
_CALL = re.compile(r"(?<![\w.])(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w{2,})\s*\(")
_IMPORT = re.compile(
    r"^\s*(?:from\s+([\w.]+)\s+import|import\s+([\w.]+)|use\s+([\w:]+)|#include\s*[<\"]([^>\"]+)|.*\brequire\(\s*['\"]([^'\"]+)"
    r"|import\b.*\bfrom\s+['\"]([^'\"]+))",
    re.M,
)
_DEFINED = re.compile(
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
        if not evidence:
            return
        pieces = [_opened(e) for e in evidence[:MOST_PIECES]]
        asked = " ".join(
            str(p.data) for p in query if p.modality == "text" and isinstance(p.data, str)
        )
        net = _Net()
        net.frame(asked, query, pieces)
        net.names(asked, pieces)
        net.structure(pieces)
        nodes, edges = net.drawn()
        entities = sum(v["kind"] not in ("question", "evidence", "file") for v in nodes.values())
        if entities:
            meta = {
                "evidence": [e.n for e in pieces],
                "nodes": len(nodes),
                "edges": len(edges),
                "entities": entities,
            }
            yield Part(
                "graph",
                graphml(nodes, edges),
                "application/graphml+xml",
                "links.graphml",
                meta=meta,
            )


@dataclass
class _Net:
    """Nodes with their values, edges with how often they were seen; entities by key, with the
    evidence that has them.
    """

    fixed: dict[str, dict[str, Any]] = field(default_factory=dict)
    entities: dict[str, dict[str, Any]] = field(default_factory=dict)
    has: dict[str, set[int]] = field(default_factory=dict)
    edges: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def frame(self, asked: str, query: Query, pieces: Sequence[Evidence]) -> None:
        """The question, the evidence and the files."""
        shown = " ".join(asked.split()) or ", ".join(p.name or p.modality for p in query)
        self.fixed["question"] = {"label": shown[:200], "kind": "question"}
        for e in pieces:
            asset = e.hit.chunk.asset
            file = f"file {asset.id} {asset.uri}"
            self.fixed.setdefault(
                file,
                {"label": asset.name, "kind": "file", "modality": asset.modality, "uri": asset.uri},
            )
            label = f"[{e.n}] {asset.name}, {e.span}" if e.span else f"[{e.n}] {asset.name}"
            self.fixed[f"evidence {e.n}"] = {
                "label": label,
                "kind": "evidence",
                "modality": e.hit.modality,
                "words": _words(e)[:300],
            }
            self.edges["question", f"evidence {e.n}", "answered by"] += 1
            self.edges[f"evidence {e.n}", file, "part of"] += 1

    def add(self, m: Mention, e: Evidence | None) -> str:
        """An entity's key, known from now on; None as evidence: the question has it."""
        held = self.entities.setdefault(
            m.key, {"label": m.said, "kind": m.kind, "count": 0, "asked": False}
        )
        if _WEIGHT[m.kind] > _WEIGHT[held["kind"]]:
            held |= {"label": m.said, "kind": m.kind}
        held["count"] += 1
        if e is None:
            held["asked"] = True
        else:
            self.has.setdefault(m.key, set()).add(e.n)
        return m.key

    def names(self, asked: str, pieces: Sequence[Evidence]) -> None:
        """What the words of the evidence name, and what is named in one sentence."""
        found = mentions([asked, *(_words(e) for e in pieces)])
        whole = _fuller([m for held in found for m in held])
        for m in found[0]:
            self.add(whole.get(m.key, m), None)
        for e, held in zip(pieces, found[1:], strict=True):
            by_sentence: dict[int, list[str]] = {}
            for m in held:
                key = self.add(whole.get(m.key, m), e)
                self.edges[f"evidence {e.n}", key, "mentions"] += 1
                if m.kind != "term":
                    by_sentence.setdefault(m.sentence, []).append(key)
            for keys in by_sentence.values():
                for a, b in combinations(sorted(set(keys))[:8], 2):
                    self.edges[a, b, "named with"] += 1

    def structure(self, pieces: Sequence[Evidence]) -> None:
        """Headings, columns, calls and imports, statements."""
        defined = {
            d: e
            for e in pieces
            if e.hit.modality == "code"
            for d in _DEFINED.findall(e.hit.chunk.text)
        }
        for e in pieces:
            chunk, at = e.hit.chunk, f"evidence {e.n}"
            for heading, relation in _headings(e).items():
                self.edges[at, self.add(Mention("heading", heading), e), relation] += 1
            for column in [
                c for c in chunk.meta.get("columns", []) if isinstance(c, str) and c.strip()
            ][:12]:
                self.edges[
                    at, self.add(Mention("column", column.strip()[:60]), e), "has column"
                ] += 1
            for s, r, o in (t for t in chunk.meta.get("triples", [])[:40] if len(t) == 3):
                a, b = (self.add(Mention("thing", said(str(x))[:80]), e) for x in (s, o))
                self.edges[a, b, said(str(r))] += 1
                self.edges[at, a, "mentions"] += 1
            if e.hit.modality == "code":
                self._code(e, defined)
            self._files(e, pieces)

    def _code(self, e: Evidence, defined: dict[str, Evidence]) -> None:
        at, text = f"evidence {e.n}", e.hit.chunk.text[:20_000]
        own = list(dict.fromkeys(_DEFINED.findall(text)))
        for name in own[:8]:
            self.edges[at, self.add(Mention("identifier", f"{name}()"), e), "defines"] += 1
        calls = Counter(c for c in _CALL.findall(text) if c not in _KEYWORDS and c not in own)
        for name, n in sorted(calls.items(), key=lambda i: (i[0] not in defined, -i[1], i[0]))[:8]:
            self.edges[at, self.add(Mention("identifier", f"{name}()"), e), "calls"] += n
        for groups in _IMPORT.findall(text)[:8]:
            self.edges[
                at, self.add(Mention("identifier", next(g for g in groups if g)), e), "imports"
            ] += 1

    def _files(self, e: Evidence, pieces: Sequence[Evidence]) -> None:
        """Other files that its words name."""
        words = f"{e.hit.chunk.text}\n{e.hit.chunk.context}"
        for other in pieces:
            asset = other.hit.chunk.asset
            if asset.uri != e.hit.chunk.asset.uri and asset.name in words:
                self.edges[f"evidence {e.n}", f"file {asset.id} {asset.uri}", "refers to"] += 1

    def drawn(self) -> tuple[dict[str, dict[str, Any]], list[tuple[str, str, dict[str, Any]]]]:
        """The nodes worth showing under short ids, and the edges between them."""
        kept = self._kept(MOST_NODES - len(self.fixed))
        for key in kept:
            if self.entities[key]["asked"]:
                self.edges["question", key, "asks about"] += 1
        ids = {key: f"n{i}" for i, key in enumerate([*self.fixed, *kept])}
        nodes = {ids[k]: {**v, "weight": 1} for k, v in self.fixed.items()}
        for key in kept:
            has, held = sorted(self.has.get(key, ())), self.entities[key]
            nodes[ids[key]] = {
                "label": held["label"],
                "kind": held["kind"],
                "evidence": ",".join(map(str, has)),
                "weight": len(has),
            }
        return nodes, [
            (ids[a], ids[b], {"label": label, "weight": n}) for (a, b, label), n in self._lines(ids)
        ]

    def _kept(self, room: int) -> list[str]:
        """Entities, the most shared first; of those that only one piece of evidence has, a few
        each.
        """

        def worth(key: str) -> tuple[float, str]:
            held = self.entities[key]
            shared = len(self.has.get(key, ()))
            return -(
                3.0 * (shared - 1)
                + 2.0 * held["asked"]
                + _WEIGHT[held["kind"]]
                + 0.1 * min(held["count"], 5)
            ), key

        kept: list[str] = []
        own: Counter[int] = Counter()
        for key in sorted((k for k in self.entities if self.has.get(k)), key=worth):
            has = self.has[key]
            alone = len(has) == 1 and not self.entities[key]["asked"]
            if alone and (self.entities[key]["kind"] == "term" or own[min(has)] >= _OWN):
                continue
            own.update(has if alone else ())
            kept.append(key)
        return kept[: max(room, 0)]

    def _lines(self, ids: dict[str, str]) -> list[tuple[tuple[str, str, str], int]]:
        """The edges between nodes kept; of things merely named together, those most often so, and
        only where nothing else ties them.
        """
        lines = [
            (e, n) for e, n in self.edges.items() if e[0] in ids and e[1] in ids and e[0] != e[1]
        ]
        tied = {frozenset(e[:2]) for e, _ in lines if e[2] != "named with"}
        said_often = sorted(
            (i for i in lines if i[0][2] == "named with" and frozenset(i[0][:2]) not in tied),
            key=lambda i: (-i[1], i[0]),
        )
        structural = {
            (a, b) for (a, b, label), _ in lines if label not in ("mentions", "named with")
        }
        firm = [
            i
            for i in lines
            if i[0][2] != "named with" and not (i[0][2] == "mentions" and i[0][:2] in structural)
        ]
        return firm + said_often[:40]


def _words(e: Evidence) -> str:
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
    found = dict.fromkeys(
        [h.strip() for h in first.split(" > ")][-2:] if " > " in first else [], "under"
    )
    if e.hit.modality in ("image", "audio", "video", "3d"):
        words = " ".join(
            w
            for w in re.split(r"[\W_]+", chunk.asset.name.rsplit(".", 1)[0])
            if w and not w.isdigit()
        )
        found |= (
            {words: "is called"} if re.search(r"[^\W\d_]{3,}|[\u3400-\u9fff]{2,}", words) else {}
        )
    return {h: r for h, r in found.items() if 1 < len(h) <= 80}


def _opened(e: Evidence) -> Evidence:
    """The question's own file with the words in it, which no index has read: of words, code, a
    table or a graph.
    """
    chunk = e.hit.chunk
    data = chunk.part.data if chunk.part else None
    if chunk.text or chunk.context or not isinstance(data, Path | bytes):
        return e
    try:
        if chunk.modality == "table" and (held := frame.frame(chunk)):
            rows = [", ".join(filter(None, row)) for row in held.rows[:20]]
            chunk = chunk.with_(text="\n".join(rows), meta={"columns": list(held.columns)})
        elif chunk.modality == "graph":
            told = triples.read(chunk, 200)
            chunk = chunk.with_(
                meta={
                    "triples": [
                        [told.label(t.subject), told.relation(t), told.label(t.object)]
                        for t in told.all[:40]
                    ]
                }
            )
        elif chunk.modality == "code" or chunk.asset.mime.startswith("text/"):
            raw = data[: 1 << 16] if isinstance(data, bytes) else _head(data)
            chunk = chunk.with_(text=decode(raw))
    except (PolysenseError, OSError):
        return e
    return replace(e, hit=replace(e.hit, chunk=chunk))


def _fuller(found: Sequence[Mention]) -> dict[str, Mention]:
    """For a name that is one word of one longer name: that one ("Tarrow" is Ansel Tarrow)."""
    names = {m.key: m for m in found if m.kind == "name"}
    fuller: dict[str, Mention] = {}
    for key in names:
        if " " not in key:
            longer = [
                m for k, m in names.items() if key in (k.split()[-1], k.split()[0]) and k != key
            ]
            if len(longer) == 1:
                fuller[key] = longer[0]
    return fuller


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(1 << 16)
