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

_MOST_TIMES, _SPARE_CHARS = 4, 1 << 20
"""Characters that a file may say for each that it has, and besides: references and aliases repeat
what they lead to. Judged; beyond it the text is read as it stands.
"""


class OpenApiParser(Parser):
    """Descriptions of web interfaces (OpenAPI 3, Swagger 2) in YAML or JSON: operations with their
    parameters, requests and responses, and schemas.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({OPENAPI})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """The interface, its operations, its schemas; of what cannot be taken apart the text."""
        text = read_text(local_file(asset))
        try:
            value = parse(text)
        except ValueError:
            value = Value("", 0, 0)
        reader = _Reader(asset, text, words.Root(value.data, value.start, value.end))
        if words.is_interface(value):
            yield from reader.everything()
        if not reader.char_count or reader.chars_left < 0:
            # with the type that it has as plain data, by which records are told
            is_json = text.lstrip("\ufeff \t\r\n").startswith(("{", "["))
            plain = replace(asset, mime="application/json" if is_json else "application/yaml")
            for item in TextParser().parse(plain):
                yield replace(item, asset=asset) if isinstance(item, Chunk) else item


class _Reader:
    """Makes passages of the values of one file."""

    def __init__(self, asset: Asset, text: str, root: words.Root) -> None:
        self._asset, self._root = asset, root
        self._lines_of = LineIndex(text).lines_of
        self._title = str(root["info"]["title"]) or asset.name
        self._symbols: set[str] = set()
        self.char_count, self.chars_left = 0, _MOST_TIMES * len(text) + _SPARE_CHARS

    def everything(self) -> Iterator[Chunk]:
        """The interface, its operations, its schemas, and what else there is."""
        yield from self.interface()
        for group in ("paths", "webhooks"):
            for path, item in self._root[group].items():
                yield from self.operations(path, item)
        for schemas in (self._root["components"]["schemas"], self._root["definitions"]):
            for name, schema in schemas.items():
                lines = words.schema_lines(f"Schema {name}", schema, self._root)
                yield from self.passages(name, "schema", schema, lines)
        for kind, name, value, lines in words.other_groups(self._root):
            symbol = f"{kind} {name}" if name in self._symbols else name
            yield from self.passages(symbol, kind, value, lines)

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
        """The operations on one path, and what is said of the path itself."""
        target = words.resolve(item, self._root)
        for method, operation in target.items():
            if method.lower() in words.METHODS and isinstance(operation.data, dict):
                title = words.operation_title(method, path)
                lines = words.operation_lines(title, operation, target["parameters"], self._root)
                yield from self.passages(title, "operation", operation, lines)
        yield from self.passages(path, "path", item, words.path_lines(path, item))

    def passages(
        self, symbol: str, kind: str, value: Value, lines: Iterable[words.Line]
    ) -> Iterator[Chunk]:
        """What a value says, at its lines; within one line also by name and characters."""
        lines = list(self._within_budget(lines))
        if not lines:
            return
        self._symbols.add(symbol)
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

    def _within_budget(self, lines: Iterable[words.Line]) -> Iterator[words.Line]:
        """The lines, until more was said than a file of this size says."""
        if self.chars_left < 0:
            return
        for line, source in lines:
            self.char_count += len(line)
            self.chars_left -= len(line)
            if self.chars_left < 0:
                return
            yield line, source

    def _mark(self, source: Value, value: Value, within: Span) -> Span:
        """The place of a line; that of the whole where what it says stands elsewhere."""
        is_inside = value.start < source.start and source.end <= value.end
        return self._span(source) if is_inside and not within.node else within

    def _span(self, value: Value) -> Span:
        return Span(lines=self._lines_of(value.start, value.end))
