"""A graph, whatever its file, as statements with their places; the part of it around some of them.

graph = read(chunk)                                             every statement of its file
near = graph.neighbourhood(graph.statements_at(chunk, span))    those within two steps of the cited
"""

from __future__ import annotations

import json
import re
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from polysense.errors import Unreadable
from polysense.read.file.mime import sniff
from polysense.read.file.parts import missing_file
from polysense.read.file.text import read_text
from polysense.read.file.triple_header import triple_columns
from polysense.read.graph import jsonld, ntriples
from polysense.read.table import delimited
from polysense.read.table.rows import tidy
from polysense.types import Chunk, Span

MAX_STATEMENTS = 300_000
"""Statements read of a file, which bounds the memory. Judged, not measured."""

HUB_LINKS = 24
"""A thing with more links than this says little about its neighbours: what lies beyond it is not
near. Judged, not measured.
"""

MAX_PROBLEMS = 10
"""Lines that cannot be read are counted out one by one only so far."""

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_MAX_LITERAL_CHARS = 2000
"""A literal is quoted only so far."""

_NAMING_RELATIONS = ("label", "prefLabel", "name", "title")


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
    def is_naming(self) -> bool:
        """Whether it only tells what its subject is called."""
        return self.literal and re.split(r"[/#:]", self.relation)[-1] in _NAMING_RELATIONS


@dataclass(frozen=True)
class Triples:
    """The statements of a graph in the order of their file.

    is_cut where there were more than could be taken; problems tell what could not be read.
    """

    statements: tuple[Triple, ...]
    is_cut: bool = False
    problems: tuple[str, ...] = ()

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What things are called where the graph says so."""
        return {t.subject: t.object for t in reversed(self.statements) if t.is_naming}

    def label(self, identifier: str) -> str:
        """What a person would call a thing."""
        return self.names.get(identifier) or identifier_label(identifier)

    def relation(self, triple: Triple) -> str:
        """A statement's relation in words."""
        return "is a" if triple.relation == RDF_TYPE else identifier_label(triple.relation)

    def statements_at(
        self, chunk: Chunk, span: Span | None = None, quotation: str = ""
    ) -> list[Triple]:
        """The statements at a place of a chunk, the narrowest that is known; those that `quotation`
        quotes, where it quotes any.

        None where the chunk is the whole graph.
        """
        place = span or chunk.span
        triples = {tuple(t) for t in chunk.meta.get("triples", [])}
        in_chunk = [t for t in self.statements if (t.subject, t.relation, t.object) in triples]
        if quotation:
            in_quotation = [t for t in in_chunk if self.sentence(t).rstrip(".") in quotation]
            if in_quotation:
                return in_quotation
        if place.lines and place != chunk.span:
            first, last = place.lines
            return [t for t in self.statements if first <= t.line <= last] or in_chunk
        return in_chunk or [
            t for t in self.statements if place.node is not None and t.subject == place.node
        ]

    def sentence(self, triple: Triple) -> str:
        """A statement in words, as it is indexed."""
        value = triple.object[:_MAX_LITERAL_CHARS] if triple.literal else self.label(triple.object)
        words = f"{self.label(triple.subject)} {self.relation(triple)} {value}"
        return words if words[-1] in ".!?。" else f"{words}."

    def statements_about(self, words: str) -> list[Triple]:
        """The statements whose things the words name."""
        normalised = f" {_normalise(words)} "
        is_named_by_id: dict[str, bool] = {}

        def is_named(identifier: str) -> bool:
            if identifier not in is_named_by_id:
                label = _normalise(self.label(identifier))
                is_cjk = any(c > "\u2e7f" for c in label)
                is_named_by_id[identifier] = len(label) > 1 and (
                    label in normalised if is_cjk else f" {label} " in normalised
                )
            return is_named_by_id[identifier]

        return [
            t
            for t in self.statements
            if is_named(t.subject) or (not t.literal and is_named(t.object))
        ]

    def neighbourhood(
        self, seeds: Sequence[Triple], steps: int = 2, max_nodes: int = 60
    ) -> list[Triple]:
        """The statements `seeds`, and those of things up to `steps` links away, in the order of the
        file; at most `max_nodes` things.

        Nothing is reached through a literal, or through a hub that is not itself a seed's.
        """
        links = Counter(n for t in self.statements for n in (t.subject, t.object))
        statements_of = self._statements_of_things()
        result: dict[Triple, None] = {}
        nodes: dict[tuple[str, bool], None] = {}

        def add_statement(t: Triple) -> list[str]:
            ends = [(t.subject, False), (t.object, t.literal)]
            new_nodes = [e for e in ends if e not in nodes]
            if t in result or len(nodes) + len(new_nodes) > max_nodes:
                return []
            result[t] = None
            nodes.update(dict.fromkeys(new_nodes))
            return [name for name, literal in new_nodes if not literal]

        frontier = [n for t in seeds if not t.is_naming for n in add_statement(t)]
        seed_nodes = set(frontier)
        frontier += [t.subject for t in seeds if t.is_naming]
        for _ in range(steps):
            expandable = [
                n for n in dict.fromkeys(frontier) if n in seed_nodes or links[n] <= HUB_LINKS
            ]
            frontier = [
                n
                for node in expandable
                # those that lead to little-linked things first: they say most about it
                for t in sorted(
                    statements_of.get(node, []), key=lambda t: links[t.subject] + links[t.object]
                )
                for n in add_statement(t)
            ]
        order = {t: i for i, t in enumerate(self.statements)}
        return sorted(result, key=lambda t: order.get(t, len(order)))

    def _statements_of_things(self) -> dict[str, list[Triple]]:
        """By subject, and by object where that is a thing; without those that only name it."""
        statements_of: dict[str, list[Triple]] = {}
        for t in self.statements:
            if not t.is_naming:
                statements_of.setdefault(t.subject, []).append(t)
                if not t.literal:
                    statements_of.setdefault(t.object, []).append(t)
        return statements_of


def read(chunk: Chunk, max_statements: int = MAX_STATEMENTS) -> Triples:
    """The statements of the whole graph that a chunk is of; those that the chunk itself keeps,
    where its file is gone.

    Raises NotFound where there are neither.
    """
    data = chunk.part.data if chunk.part else None
    path = chunk.asset.path or (data if isinstance(data, Path) else None)
    if not (path and path.is_file()) and not isinstance(data, bytes):
        chunk_statements = tuple(
            Triple(str(t[0]), str(t[1]), str(t[2]))
            for t in chunk.meta.get("triples", [])
            if len(t) == 3
        )
        if chunk_statements:
            return Triples(chunk_statements, problems=(f"{chunk.asset.name} is gone",))
        raise missing_file(chunk.asset.name)
    with _graph_file(path, data) as file:
        return load(file, chunk.asset.mime, chunk.asset.uri, max_statements)


@contextmanager
def _graph_file(path: Path | None, data: Any) -> Iterator[Path]:
    if path and path.is_file():
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="polysense-") as folder:
        Path(folder, "graph").write_bytes(data)
        yield Path(folder, "graph")


def load(
    path: Path, mime: str = "", uri: str = "", max_statements: int = MAX_STATEMENTS
) -> Triples:
    """The statements of a file of triples, RDF or GraphML; where it breaks off, those before.
    Raises Unreadable where there are none.
    """
    problems: list[str] = []
    source = _READERS.get(mime or sniff(path), _read_rdf)(path, mime, uri or str(path), problems)
    statements = tuple(islice(source, max_statements))
    is_cut = next(source, None) is not None
    if not statements and problems:
        raise Unreadable(f"{Path(uri or path).name}: {'; '.join(problems[:5])}")
    return Triples(statements, is_cut, tuple(problems))


def identifier_label(identifier: str) -> str:
    """An identifier as words.

    >>> identifier_label("http://ex.org/terms#worksFor"), identifier_label("born_in")
    ('works for', 'born in')
    >>> identifier_label("http://ex.org/New%20York/"), identifier_label("Ann Lee")
    ('New York', 'Ann Lee')
    """
    if re.match(r"\w+:\S+$", identifier):
        identifier = unquote(re.split(r"[/#:]", identifier.rstrip("/#"))[-1]) or identifier
    elif " " in identifier:
        return identifier
    words = re.sub(r"(?<=[a-z\d])(?=[A-Z])", " ", identifier.replace("_", " ")).strip()
    return words.lower() if re.match(r"[a-z]", words) else words


def _normalise(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


# Readers take (path, mime, uri, problems), whether or not they need all of it, and add to the
# problems what they cannot read.


def _read_rows(path: Path, _mime: str, _uri: str, problems: list[str]) -> Iterator[Triple]:
    source = delimited.read(path, tabs=True)
    header = next(source, (0, []))[1]
    columns = triple_columns(header) or (0, 1, 2)
    for line, cells in source:
        row = tidy(cells)
        if len(row) > 3:  # an unquoted delimiter in the object
            row = [*row[:2], ", ".join(row[2:])]
        if len(row) == 3 and all(row):
            subject, relation, value = (row[i] for i in columns)
            yield Triple(subject, relation, value, line=line)
        elif any(row) and len(problems) < MAX_PROBLEMS:
            problems.append(f"line {line} is no triple")


def _read_ntriples(path: Path, _mime: str, _uri: str, problems: list[str]) -> Iterator[Triple]:
    for number, line in enumerate(delimited.lines(path), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        statement = ntriples.parse(line.rstrip("\n"))
        if statement:
            yield Triple(*statement, number)
        elif len(problems) < MAX_PROBLEMS:
            problems.append(f"line {number} is no triple")


def _read_safe_xml(path: Path, uri: str) -> str:
    """The text of a file that asks for no other one to be read."""
    text = read_text(path)
    if re.search(r"<!ENTITY[^>]*\b(?:SYSTEM|PUBLIC)\b", text[:1_000_000]):
        name = uri.rsplit("/", 1)[-1]
        raise Unreadable(
            f"{name} asks for other files to be read (external entities)",
            "Remove its <!ENTITY ... SYSTEM ...> lines.",
        )
    return text


def _read_rdf(path: Path, mime: str, uri: str, problems: list[str]) -> Iterator[Triple]:
    from rdflib import Graph, Literal, URIRef
    from rdflib.plugins.stores.memory import Memory

    statements: dict[tuple[Any, Any, Any], None] = {}

    class Ordered(Memory):  # type: ignore[misc]
        """Keeps what is added in its order, which the sets of rdflib's own stores lose."""

        def add(self, triple: tuple[Any, Any, Any], *_: Any, **__: Any) -> None:
            statements[triple] = None

    notation = {"application/ld+json": "json-ld", "application/rdf+xml": "xml"}.get(
        mime or sniff(path), "turtle"
    )
    text = _read_safe_xml(path, uri)
    try:
        if notation == "json-ld":
            text = json.dumps(jsonld.with_local_contexts(json.loads(text)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about rdflib's own future
            Graph(store=Ordered()).parse(
                data=text, format=notation, publicID=f"file://{quote(uri)}"
            )
    except Exception as e:  # noqa: BLE001 - rdflib raises anything
        problems.append(f"{type(e).__name__}: {' '.join(str(e).split())[:200]}")
    blank: dict[Any, str] = {}

    def term(t: Any) -> str:
        return (
            str(t)
            if isinstance(t, (Literal, URIRef))
            else blank.setdefault(t, f"_:{len(blank) + 1}")
        )

    for subject, relation, value in statements:
        yield Triple(term(subject), term(relation), term(value), isinstance(value, Literal))


def _read_graphml(path: Path, _mime: str, uri: str, _problems: list[str]) -> Iterator[Triple]:
    import networkx as nx

    try:
        graph = nx.parse_graphml(_read_safe_xml(path, uri), force_multigraph=True)
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
        attributes = {str(k): " ".join(str(v).split()) for k, v in values.items()}
        relation = next(
            (attributes.pop(k) for k in ("label", "relation", "type", "name") if attributes.get(k)),
            "is linked to",
        )
        yield Triple(str(a), relation, str(b))
        if not graph.is_directed() and a != b:
            yield Triple(str(b), relation, str(a))
        for key, value in attributes.items():
            yield Triple(str(a), f"{relation} {identifier_label(str(b))}, {key}", value, True)


_READERS: Mapping[str, Callable[[Path, str, str, list[str]], Iterator[Triple]]] = {
    "text/x-triples": _read_rows,
    "application/graphml+xml": _read_graphml,
    "application/n-triples": _read_ntriples,
}
