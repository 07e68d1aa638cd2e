"""OpenAPI and Swagger: a passage for each operation and each schema, at its lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import ClassVar

from polysense.protocols import Parser
from polysense.read.code.openapi import words
from polysense.read.code.openapi.source import Value, parse
from polysense.read.document.text import TextParser
from polysense.read.file.archive import local_file
from polysense.read.file.openapi import OPENAPI
from polysense.read.file.placed_passages import placed_passages
from polysense.read.file.text import LineIndex, read_text
from polysense.types import Asset, Chunk, Link, Span


class OpenApiParser(Parser):
    """Descriptions of web interfaces (OpenAPI 3, Swagger 2) in YAML or JSON: operations with their
    parameters, requests and responses, and schemas.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({OPENAPI})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """The interface, its operations, its schemas; of what cannot be taken apart the text."""
        text = read_text(local_file(asset))
        try:
            root = parse(text)
        except ValueError:
            yield from TextParser().parse(asset)
            return
        reader = _Reader(asset, text, root)
        yield from reader.interface()
        for group in ("paths", "webhooks"):
            for path, item in root[group].items():
                yield from reader.operations(path, item)
        for schemas in (root["components"]["schemas"], root["definitions"]):
            for name, schema in schemas.items():
                lines = words.schema_lines(f"Schema {name}", schema, root)
                yield from reader.passages(name, "schema", schema, lines)


class _Reader:
    """Makes passages of the values of one file."""

    def __init__(self, asset: Asset, text: str, root: Value) -> None:
        self._asset, self._root = asset, root
        self._lines_of = LineIndex(text).lines_of
        self._title = str(root["info"]["title"]) or asset.name

    def interface(self) -> Iterator[Chunk]:
        """What the whole is."""
        lines = list(words.interface_lines(self._root))
        if lines:
            first = min(value.start for _, value in lines)
            last = max(value.end for _, value in lines)
            whole = Value({}, first, last)
            head = [v for _, v in lines if v.start < self._root["paths"].start] or [whole]
            place = Value({}, first, max(v.end for v in head))
            yield from self.passages("", "interface", place, lines)

    def operations(self, path: str, item: Value) -> Iterator[Chunk]:
        """The operations on one path."""
        for method, operation in item.items():
            if method.lower() in words.METHODS and isinstance(operation.data, dict):
                title = words.operation_title(method, path)
                lines = words.operation_lines(title, operation, item["parameters"], self._root)
                yield from self.passages(title, "operation", operation, lines)

    def passages(
        self, symbol: str, kind: str, value: Value, lines: Iterable[words.Line]
    ) -> Iterator[Chunk]:
        """What a value says, at its lines; within one line also by name and characters."""
        place = self._span(value)
        first, last = place.lines or (0, 0)
        is_inline = first == last
        within = replace(place, node=symbol or None) if is_inline else place
        meta = {"language": "openapi", "symbol": symbol, "kind": kind}
        pairs = [(line, self._mark(source, value, within)) for line, source in lines]
        context = " > ".join(filter(None, (self._title, symbol)))
        whole = "\n\n".join(line for line, _ in pairs)
        for chunk in placed_passages(self._asset, pairs, within, context):
            # a long one is of several passages
            chars = (value.start, value.end) if is_inline and chunk.text == whole else None
            span = replace(chunk.span, chars=chars or chunk.span.chars)
            yield chunk.with_(modality="code", span=span, meta=meta)

    def _mark(self, source: Value, value: Value, within: Span) -> Span:
        """The place of a line; that of the whole where what it says stands elsewhere."""
        is_inside = value.start < source.start and source.end <= value.end
        return self._span(source) if is_inside and not within.node else within

    def _span(self, value: Value) -> Span:
        return Span(lines=self._lines_of(value.start, value.end))
