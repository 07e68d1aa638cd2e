"""A graph, whatever its file, as statements with their places; the part of it around some of them;
and graphs as GraphML.

found = read(chunk)                              every statement of the chunk's file
near = found.around(found.cited(chunk, span))    the statements within two steps of those that are
cited
"""

from __future__ import annotations

import io
import json
import re
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from polysense.errors import NotFound, TooLarge, Unreadable
from polysense.read.file.mime import sniff, triple_columns
from polysense.read.file.text import read as words_of
from polysense.read.table import delimited
from polysense.read.table.rows import tidy
from polysense.types import Chunk, Span

MOST = 300_000
"""Statements read of a file."""

HUB = 24
"""A thing with more links than this says little about its neighbours: what lies beyond it is not
near.
"""

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LONG = 2000  # characters: a literal is quoted only so far
_NAMES = ("label", "prefLabel", "name", "title")
_TERM = r'(<[^<>\s]*>|_:\S+?|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^<>\s]*>)?)'
_STATEMENT = re.compile(rf"\s*{_TERM}\s*{_TERM}\s*{_TERM}\s*\.\s*(?:#.*)?")


@dataclass(frozen=True, slots=True)
class Triple:
    """subject, relation and object: each an identifier, or a literal where `literal` says so of the
    object; line 0 where unknown.
    """

    subject: str
    relation: str
    object: str
    literal: bool = False
    line: int = 0

    @property
    def span(self) -> Span:
        """Where it stands in its file."""
        return Span(lines=(self.line, self.line) if self.line else None, node=self.subject)

    @property
    def naming(self) -> bool:
        """Whether it only tells what its subject is called."""
        return self.literal and re.split(r"[/#:]", self.relation)[-1] in _NAMES


@dataclass(frozen=True)
class Triples:
    """The statements of a graph in the order of their file; cut where there were more than MOST,
    lost tells what could not be read.
    """

    all: tuple[Triple, ...]
    cut: bool = False
    lost: tuple[str, ...] = ()

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What things are called where the graph says so."""
        return {t.subject: t.object for t in reversed(self.all) if t.naming}

    def label(self, identifier: str) -> str:
        """What a person would call a thing."""
        return self.names.get(identifier) or said(identifier)

    def relation(self, triple: Triple) -> str:
        """A statement's relation in words."""
        return "is a" if triple.relation == TYPE else said(triple.relation)

    def cited(self, chunk: Chunk, span: Span | None = None, words: str = "") -> list[Triple]:
        """The statements at a place of a chunk, the narrowest that is known; those that `words`
        quotes, where it quotes any.

        None where the chunk is the whole graph.
        """
        place = span or chunk.span
        told = {tuple(t) for t in chunk.meta.get("triples", [])}
        own = [t for t in self.all if (t.subject, t.relation, t.object) in told]
        if quoted := [t for t in own if self.sentence(t).rstrip(".") in words] if words else []:
            return quoted
        if place.lines and place != chunk.span:
            return [t for t in self.all if place.lines[0] <= t.line <= place.lines[1]] or own
        return own or [t for t in self.all if place.node is not None and t.subject == place.node]

    def sentence(self, triple: Triple) -> str:
        """A statement in words, as it is indexed."""
        value = triple.object[:_LONG] if triple.literal else self.label(triple.object)
        words = f"{self.label(triple.subject)} {self.relation(triple)} {value}"
        return words if words[-1] in ".!?。" else f"{words}."

    def about(self, words: str) -> list[Triple]:
        """The statements whose things the words name, longest names first; none where they name
        none.
        """
        plain = f" {_flat(words)} "
        known: dict[str, bool] = {}

        def named(identifier: str) -> bool:
            if identifier not in known:
                label = _flat(self.label(identifier))
                wide = any(c > "\u2e7f" for c in label)
                known[identifier] = len(label) > 1 and (
                    label in plain if wide else f" {label} " in plain
                )
            return known[identifier]

        return [t for t in self.all if named(t.subject) or (not t.literal and named(t.object))]

    def around(self, cited: Sequence[Triple], steps: int = 2, most: int = 60) -> list[Triple]:
        """The cited statements, and those of things up to `steps` links away, in the order of the
        file; at most `most` things.

        Nothing is reached through a literal, or through a hub that is not itself cited.
        """
        links = Counter(n for t in self.all for n in (t.subject, t.object))
        beside: dict[str, list[Triple]] = {}
        for t in self.all:
            if not t.naming:
                beside.setdefault(t.subject, []).append(t)
                if not t.literal:
                    beside.setdefault(t.object, []).append(t)
        kept: dict[Triple, None] = {}
        things: dict[tuple[str, bool], None] = {}

        def keep(t: Triple) -> list[str]:
            ends = [(t.subject, False), (t.object, t.literal)]
            new = [e for e in ends if e not in things]
            if t in kept or len(things) + len(new) > most:
                return []
            kept[t] = None
            things.update(dict.fromkeys(new))
            return [name for name, literal in new if not literal]

        edge = [n for t in cited if not t.naming for n in keep(t)]
        sure = set(edge)
        edge += [t.subject for t in cited if t.naming]
        for _ in range(steps):
            through = [n for n in dict.fromkeys(edge) if n in sure or links[n] <= HUB]
            edge = [
                n
                for at in through
                for t in sorted(
                    beside.get(at, []), key=lambda t: links[t.subject] + links[t.object]
                )
                for n in keep(t)
            ]
        order = {t: i for i, t in enumerate(self.all)}
        return sorted(kept, key=lambda t: order.get(t, len(order)))


def read(chunk: Chunk, most: int = MOST) -> Triples:
    """The statements of the whole graph that a chunk is of; those that the chunk itself keeps,
    where its file is gone.

    Raises NotFound where there are neither.
    """
    own = chunk.part.data if chunk.part else None
    path = chunk.asset.path or (own if isinstance(own, Path) else None)
    if not (path and path.is_file()) and not isinstance(own, bytes):
        kept = tuple(
            Triple(str(t[0]), str(t[1]), str(t[2]))
            for t in chunk.meta.get("triples", [])
            if len(t) == 3
        )
        if kept:
            return Triples(kept, lost=(f"{chunk.asset.name} is gone",))
        raise NotFound(
            f"{chunk.asset.name} is not there any more",
            "Put it back, or run `polysense index` again.",
        )
    with _file(path, own) as file:
        return load(file, chunk.asset.mime, chunk.asset.uri, most)


@contextmanager
def _file(path: Path | None, own: Any) -> Iterator[Path]:
    if path and path.is_file():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="polysense-") as folder:
        Path(folder, "graph").write_bytes(own)
        yield Path(folder, "graph")


def load(path: Path, mime: str = "", uri: str = "", most: int = MOST) -> Triples:
    """The statements of a file of triples, RDF or GraphML; where it breaks off, those before.
    Raises Unreadable where there are none.
    """
    lost: list[str] = []
    source = _READERS.get(mime or sniff(path), _rdf)(path, mime, uri or str(path), lost)
    found = tuple(islice(source, most))
    cut = next(source, None) is not None
    if not found and lost:
        raise Unreadable(f"{Path(uri or path).name}: {'; '.join(lost[:5])}")
    return Triples(found, cut, tuple(lost))


def said(identifier: str) -> str:
    """An identifier as words.

    >>> said("http://ex.org/terms#worksFor"), said("born_in"), said("http://ex.org/New%20York/"), said("Ann Lee")
    ('works for', 'born in', 'New York', 'Ann Lee')
    """
    if re.match(r"\w+:\S+$", identifier):
        identifier = unquote(re.split(r"[/#:]", identifier.rstrip("/#"))[-1]) or identifier
    elif " " in identifier:
        return identifier
    words = re.sub(r"(?<=[a-z\d])(?=[A-Z])", " ", identifier.replace("_", " ")).strip()
    return words.lower() if re.match(r"[a-z]", words) else words


def _flat(words: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", words.lower()))


def graphml(
    nodes: Mapping[str, Mapping[str, Any]], edges: Iterable[tuple[str, str, Mapping[str, Any]]]
) -> bytes:
    """A directed graph as GraphML. Values are str, int, float or bool; characters that XML cannot
    hold become U+FFFD.
    """
    import networkx as nx

    graph = nx.MultiDiGraph()
    for node, values in nodes.items():
        graph.add_node(node, **{k: _held(v) for k, v in values.items()})
    for a, b, values in edges:
        graph.add_edge(a, b, **{k: _held(v) for k, v in values.items()})
    out = io.BytesIO()
    nx.GraphMLWriter(graph, encoding="utf-8", prettyprint=True, infer_numeric_types=True).dump(out)
    return out.getvalue()


def _held(value: Any) -> Any:
    """XML 1.0, 2.2."""
    return (
        re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "�", value)
        if isinstance(value, str)
        else value
    )


def _rows(path: Path, mime: str, uri: str, lost: list[str]) -> Iterator[Triple]:  # noqa: ARG001 - a reader
    source = delimited.read(path, tabs=True)
    head = next(source, (0, []))[1]
    columns = triple_columns(head) or (0, 1, 2)
    for line, cells in source:
        row = tidy(cells)
        if len(row) > 3:  # an unquoted delimiter in the object
            row = [*row[:2], ", ".join(row[2:])]
        if len(row) == 3 and all(row):
            subject, relation, value = (row[i] for i in columns)
            yield Triple(subject, relation, value, line=line)
        elif any(row) and len(lost) < 10:
            lost.append(f"line {line} is no triple")


def _ntriples(path: Path, mime: str, uri: str, lost: list[str]) -> Iterator[Triple]:  # noqa: ARG001 - a reader
    for n, line in enumerate(delimited.lines(path), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        m = _STATEMENT.fullmatch(line.rstrip("\n"))
        if m and m[1][0] != '"' and m[2][0] == "<":
            yield Triple(_plain(m[1]), _plain(m[2]), _plain(m[3]), m[3][0] == '"', n)
        elif len(lost) < 10:
            lost.append(f"line {n} is no triple")


def _plain(term: str) -> str:
    """A term of N-Triples without its marks; escapes resolved (RDF 1.1 N-Triples, 2.4)."""
    term = term[1:-1] if term[0] == "<" else term[1 : term.rindex('"')] if term[0] == '"' else term
    escapes = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}

    def resolve(m: re.Match[str]) -> str:
        code = int(m[1] or m[2], 16) if m[1] or m[2] else -1
        return escapes.get(m[3], m[3]) if code < 0 else chr(code) if code < 0x110000 else "�"

    return (
        re.sub(r"\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|(.))", resolve, term)
        if "\\" in term
        else term
    )


def _safe_words(path: Path, uri: str) -> str:
    words = words_of(path)
    if re.search(r"<!ENTITY[^>]*\b(?:SYSTEM|PUBLIC)\b", words[:1_000_000]):
        name = uri.rsplit("/", 1)[-1]
        raise Unreadable(
            f"{name} asks for other files to be read (external entities)",
            "Remove its <!ENTITY ... SYSTEM ...> lines.",
        )
    return words


def _rdf(path: Path, mime: str, uri: str, lost: list[str]) -> Iterator[Triple]:
    from rdflib import Graph, Literal, URIRef
    from rdflib.plugins.stores.memory import Memory

    told: dict[tuple[Any, Any, Any], None] = {}

    class Ordered(Memory):  # type: ignore[misc]
        """Keeps what is added in its order, which the sets of rdflib's own stores lose."""

        def add(self, triple: tuple[Any, Any, Any], *_: Any, **__: Any) -> None:
            told[triple] = None

    kind = {"application/ld+json": "json-ld", "application/rdf+xml": "xml"}.get(
        mime or sniff(path), "turtle"
    )
    words = _safe_words(path, uri)
    try:
        if kind == "json-ld":
            words = json.dumps(_offline(json.loads(words)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about rdflib's own future
            Graph(store=Ordered()).parse(data=words, format=kind, publicID=f"file://{quote(uri)}")
    except Exception as e:  # noqa: BLE001 - rdflib's parsers raise whatever broken input leads them to
        lost.append(f"{type(e).__name__}: {' '.join(str(e).split())[:200]}")
    blank: dict[Any, str] = {}

    def term(t: Any) -> str:
        return (
            str(t)
            if isinstance(t, (Literal, URIRef))
            else blank.setdefault(t, f"_:{len(blank) + 1}")
        )

    for subject, relation, value in told:
        yield Triple(term(subject), term(relation), term(value), isinstance(value, Literal))


def _offline(value: Any, depth: int = 0) -> Any:
    """JSON-LD with the contexts that are only named, and would be fetched, as plain vocabularies."""
    if depth > 60:
        raise TooLarge("JSON-LD nested more than 60 deep")
    if isinstance(value, list):
        return [_offline(v, depth + 1) for v in value]
    if not isinstance(value, dict):
        return value

    def vocabulary(context: Any) -> Any:
        if isinstance(context, str):
            return {"@vocab": context if context.endswith(("/", "#")) else f"{context}/"}
        return (
            [vocabulary(c) for c in context]
            if isinstance(context, list)
            else _offline(context, depth + 1)
        )

    return {
        k: vocabulary(v) if k == "@context" else _offline(v, depth + 1)
        for k, v in value.items()
        if k != "@import"
    }


def _graphml(path: Path, mime: str, uri: str, lost: list[str]) -> Iterator[Triple]:  # noqa: ARG001 - a reader
    import networkx as nx

    try:
        graph = nx.parse_graphml(_safe_words(path, uri), force_multigraph=True)
    except Unreadable:
        raise
    except Exception as e:
        raise Unreadable(
            f"{uri.rsplit('/', 1)[-1]} is no readable GraphML: {type(e).__name__} {e}"
        ) from e
    for node, values in graph.nodes(data=True):
        for key, value in values.items():
            yield Triple(str(node), str(key), " ".join(str(value).split()), True)
    for a, b, values in graph.edges(data=True):
        kept = {str(k): " ".join(str(v).split()) for k, v in values.items()}
        relation = next(
            (kept.pop(k) for k in ("label", "relation", "type", "name") if kept.get(k)),
            "is linked to",
        )
        yield Triple(str(a), relation, str(b))
        if not graph.is_directed() and a != b:
            yield Triple(str(b), relation, str(a))
        for key, value in kept.items():
            yield Triple(str(a), f"{relation} {said(str(b))}, {key}", value, True)


_READERS: Mapping[str, Callable[[Path, str, str, list[str]], Iterator[Triple]]] = {
    "text/x-triples": _rows, "application/graphml+xml": _graphml, "application/n-triples": _ntriples,
}  # fmt: skip
