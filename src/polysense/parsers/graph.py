"""Graphs: what is said about each entity, as sentences. Files of triples, RDF and GraphML; nothing is fetched from anywhere."""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar
from urllib.parse import quote, unquote

from polysense.errors import TooLarge, Unreadable
from polysense.media import delimited
from polysense.media.files import here
from polysense.media.mime import triple_columns
from polysense.media.rows import tidy, title_of
from polysense.media.text import PASSAGE, count, read
from polysense.protocols import Parser
from polysense.types import Asset, Chunk, Mark, Span

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_NAMES = ("label", "prefLabel", "name", "title")
_TERM = r'(<[^<>\s]*>|_:\S+?|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^<[^<>\s]*>)?)'
_STATEMENT = re.compile(rf"\s*{_TERM}\s*{_TERM}\s*{_TERM}\s*\.\s*(?:#.*)?")


@dataclass(frozen=True, slots=True)
class Statement:
    """subject, relation and object: each an identifier, or a literal where `literal` says so of the object; line 0 where unknown."""

    subject: str
    relation: str
    object: str
    literal: bool = False
    line: int = 0


class GraphParser(Parser):
    """One chunk an entity: its statements as sentences, with their triples in `meta`. Reads at most `statements` statements."""

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

    def __init__(self, *, statements: int = 300_000) -> None:
        self.statements = statements

    def parse(self, asset: Asset) -> Iterator[Chunk]:
        """Entities in their first order, then an overview. Where the file breaks off, what stands before is kept."""
        lost: list[str] = []
        source = _reader(asset.mime)(asset, lost)
        found = list(islice(source, self.statements))
        if next(source, None) is not None:
            lost.append(f"only the first {self.statements:,} statements were read")
        yield from _chunks(asset, found)
        if lost:
            raise Unreadable(f"{asset.name}: {'; '.join(lost[:5])}")


def _reader(mime: str) -> Any:
    readers = {"text/x-triples": _triples, "application/graphml+xml": _graphml, "application/n-triples": _ntriples}
    return readers.get(mime, _rdf)


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


def _is_name(relation: str) -> bool:
    """Whether a relation leads to what its subject is called."""
    return re.split(r"[/#:]", relation)[-1] in _NAMES


def _chunks(asset: Asset, statements: list[Statement]) -> Iterator[Chunk]:
    names = {s.subject: s.object for s in reversed(statements) if s.literal and _is_name(s.relation)}
    about: dict[str, list[Statement]] = {}
    for s in statements:
        about.setdefault(s.subject, []).append(s)
    title = title_of(asset)
    for subject, told in about.items():
        yield from _entity(asset, title, subject, told, names)
    if statements:
        relations = Counter(said(s.relation) for s in statements)
        text = f"Graph of {len(statements)} statements about {len(about)} entities, such as "
        text += f"{', '.join(names.get(e) or said(e) for e in islice(about, 8))}. Relations: "
        text += f"{', '.join(f'{r} ({n})' for r, n in relations.most_common(25))}."
        lines = (statements[0].line, statements[-1].line) if statements[0].line else None
        meta = {"statements": len(statements), "entities": len(about), "relations": dict(relations.most_common(100))}
        place = Span(lines=lines) if lines else Span(node="graph overview")
        yield Chunk(asset, place, "graph", text=text, context=title, meta=meta)


def _entity(asset: Asset, title: str, subject: str, told: list[Statement], names: dict[str, str]) -> Iterator[Chunk]:
    name = names.get(subject) or said(subject)
    told = [s for s in told if not (s.literal and s.object == name and _is_name(s.relation))] or told
    pieces: list[list[tuple[str, Statement]]] = [[]]
    words = 0
    for s in told:
        relation = "is a" if s.relation == _TYPE else said(s.relation)
        value = s.object[:2000] if s.literal else names.get(s.object) or said(s.object)
        sentence = f"{name} {relation} {value}"
        sentence += "" if sentence[-1] in ".!?。" else "."
        words += count(sentence)
        if pieces[-1] and words > PASSAGE:
            pieces.append([])
            words = count(sentence)
        pieces[-1].append((sentence, s))
    at = 0
    for piece in pieces:
        text, marks = "", []
        for sentence, s in piece:
            place = Span(lines=(s.line, s.line) if s.line else None, node=subject)
            marks.append(Mark(len(text), len(text) + len(sentence), place))
            text += f"{sentence}\n"
        lines = [s.line for _, s in piece if s.line]
        span = Span(
            lines=(min(lines), max(lines)) if lines else None,
            node=subject,
            chars=(at, at + len(text) - 1) if len(pieces) > 1 and not lines else None,
        )
        at += len(text)
        meta = {"entity": name, "triples": [[s.subject, s.relation, s.object] for _, s in piece]}
        yield Chunk(asset, span, "graph", text=text[:-1], context=f"{title} > {name}", marks=tuple(marks), meta=meta)


def _triples(asset: Asset, lost: list[str]) -> Iterator[Statement]:
    source = delimited.read(here(asset), tabs=True)
    head = next(source, (0, []))[1]
    columns = triple_columns(head) or (0, 1, 2)
    for line, cells in source:
        row = tidy(cells)
        if len(row) > 3:  # an unquoted delimiter in the object
            row = [*row[:2], ", ".join(row[2:])]
        if len(row) == 3 and all(row):
            subject, relation, value = (row[i] for i in columns)
            yield Statement(subject, relation, value, line=line)
        elif any(row) and len(lost) < 10:
            lost.append(f"line {line} is no triple")


def _ntriples(asset: Asset, lost: list[str]) -> Iterator[Statement]:
    for n, line in enumerate(delimited.lines(here(asset)), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        m = _STATEMENT.fullmatch(line.rstrip("\n"))
        if m and m[1][0] != '"' and m[2][0] == "<":
            yield Statement(_plain(m[1]), _plain(m[2]), _plain(m[3]), m[3][0] == '"', n)
        elif len(lost) < 10:
            lost.append(f"line {n} is no triple")


def _plain(term: str) -> str:
    """A term of N-Triples without its marks; escapes resolved (RDF 1.1 N-Triples, 2.4)."""
    term = term[1:-1] if term[0] == "<" else term[1 : term.rindex('"')] if term[0] == '"' else term
    escapes = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}

    def resolve(m: re.Match[str]) -> str:
        code = int(m[1] or m[2], 16) if m[1] or m[2] else -1
        return escapes.get(m[3], m[3]) if code < 0 else chr(code) if code < 0x110000 else "�"

    return re.sub(r"\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|(.))", resolve, term) if "\\" in term else term


def _words(asset: Asset) -> str:
    words = read(here(asset))
    if re.search(r"<!ENTITY[^>]*\b(?:SYSTEM|PUBLIC)\b", words[:1_000_000]):
        raise Unreadable(f"{asset.name} asks for other files to be read (external entities)", "Remove its <!ENTITY ... SYSTEM ...> lines.")
    return words


def _rdf(asset: Asset, lost: list[str]) -> Iterator[Statement]:
    from rdflib import Graph, Literal, URIRef
    from rdflib.plugins.stores.memory import Memory

    told: dict[tuple[Any, Any, Any], None] = {}

    class Ordered(Memory):  # type: ignore[misc]
        """Keeps what is added in its order, which the sets of rdflib's own stores lose."""

        def add(self, triple: tuple[Any, Any, Any], *_: Any, **__: Any) -> None:
            told[triple] = None

    kind = {"application/ld+json": "json-ld", "application/rdf+xml": "xml"}.get(asset.mime, "turtle")
    words = _words(asset)
    try:
        if kind == "json-ld":
            words = json.dumps(_offline(json.loads(words)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about rdflib's own future
            Graph(store=Ordered()).parse(data=words, format=kind, publicID=f"file://{quote(asset.uri)}")
    except Exception as e:  # noqa: BLE001 - rdflib's parsers raise whatever broken input leads them to
        lost.append(f"{type(e).__name__}: {' '.join(str(e).split())[:200]}")
    blank: dict[Any, str] = {}

    def term(t: Any) -> str:
        return str(t) if isinstance(t, (Literal, URIRef)) else blank.setdefault(t, f"_:{len(blank) + 1}")

    for subject, relation, value in told:
        yield Statement(term(subject), term(relation), term(value), isinstance(value, Literal))


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
        return [vocabulary(c) for c in context] if isinstance(context, list) else _offline(context, depth + 1)

    return {k: vocabulary(v) if k == "@context" else _offline(v, depth + 1) for k, v in value.items() if k != "@import"}


def _graphml(asset: Asset, _lost: list[str]) -> Iterator[Statement]:
    import networkx as nx

    try:
        graph = nx.parse_graphml(_words(asset), force_multigraph=True)
    except Exception as e:
        raise Unreadable(f"{asset.name} is no readable GraphML: {type(e).__name__} {e}") from e
    for node, values in graph.nodes(data=True):
        for key, value in values.items():
            yield Statement(str(node), str(key), " ".join(str(value).split()), True)
    for a, b, values in graph.edges(data=True):
        kept = {str(k): " ".join(str(v).split()) for k, v in values.items()}
        relation = next((kept.pop(k) for k in ("label", "relation", "type", "name") if kept.get(k)), "is linked to")
        yield Statement(str(a), relation, str(b))
        if not graph.is_directed() and a != b:
            yield Statement(str(b), relation, str(a))
        for key, value in kept.items():
            yield Statement(str(a), f"{relation} {said(str(b))}, {key}", value, True)
