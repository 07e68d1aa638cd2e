"""XML of any kind: feeds, exports, settings, books; what it says, without tags."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import ClassVar

from polysense.protocols import Parser
from polysense.read.document.text import TextParser
from polysense.read.document.xml_records import COMMENT, XmlRecord, xml_records
from polysense.read.file.placed_passages import placed_passages
from polysense.read.file.text import PASSAGE_WORDS, count_words, read_text
from polysense.types import Asset, Chunk, Link, Span, TextSpan

_MAX_BYTES = 6 << 20
"""A larger file is read as its text: a tree takes up to fifty times as much memory. Judged."""


class XmlParser(Parser):
    """Reads XML by records, fields with their names; what is not well-formed as its text."""

    accepts: ClassVar[frozenset[str]] = frozenset({"application/xml", "text/xml"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages of records in order; of records on one line the place tells which. Raises
        TooLarge.
        """
        path = asset.path or Path(asset.uri)
        records: list[XmlRecord] = []
        if path.stat().st_size <= _MAX_BYTES:
            try:
                records = xml_records(path.read_bytes(), read_text(path))
            except ValueError:
                pass  # read as its text
        if records:
            yield from _passages(asset, records)
        else:
            yield from TextParser().parse(asset)


def _passages(asset: Asset, records: Sequence[XmlRecord]) -> Iterator[Chunk]:
    """Whole records, a line each, at most a passage's words together; of longer ones, passages."""
    firsts = [record.lines[0] for record in records if not record.path.startswith(COMMENT)]
    is_inline = len(set(firsts)) < len(firsts)
    group: list[tuple[str, Span]] = []
    size = 0
    for record in records:
        words = count_words(record.text)
        span = Span(lines=record.lines, node=record.path if is_inline else None)
        if group and size + words > PASSAGE_WORDS:
            yield _chunk(asset, group)
            group, size = [], 0
        if words > PASSAGE_WORDS:
            yield from placed_passages(asset, [(record.text, span)], span, "")
            continue
        group.append((record.text, span))
        size += words
    if group:
        yield _chunk(asset, group)


def _chunk(asset: Asset, group: Sequence[tuple[str, Span]]) -> Chunk:
    text, marks = "", list[TextSpan]()
    for words, span in group:
        marks.append(TextSpan(len(text), len(text) + len(words), span))
        text += words + "\n"
    first, last = group[0][1], group[-1][1]
    whole = replace(reduce(Span.union, (span for _, span in group)), node=first.node)
    if first.node != last.node:
        whole = replace(whole, node=f"{first.node}-{last.node}")
    return Chunk(asset, whole, "text", None, text[:-1], "", tuple(marks))
