"""Plain text, and formats that are read as their text: JSON, YAML, TOML, LaTeX."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from polysense.protocols import Parser
from polysense.read.document import chunking, telegram
from polysense.read.document.blocks import (
    Block,
    Document,
    Heading,
    Mention,
    TextBlock,
    numbered_lines,
)
from polysense.read.document.json_values import JsonRecord, json_records, record_spans
from polysense.read.document.tex_source import printed_source
from polysense.read.file import text
from polysense.types import Asset, Chunk, Link, Span, TextSpan

WINDOW_CHARS = 1 << 18
"""Characters read at a time, cut at a blank line where there is one: a log may be any length."""

_TEX_MIMES = frozenset({"application/x-tex", "text/x-tex"})
_NO_COMMENTS = (".bib", ".sty", ".cls", ".dtx")
_LEVELS = ("part", "chapter", "section", "subsection", "subsubsection", "paragraph")
_BRACES = r"\{((?:[^{}]|\{[^{}]{0,200}\}){0,300})\}"
_COMMAND = re.compile(
    rf"\\(title|{'|'.join(_LEVELS)}|includegraphics|caption)\*?"
    rf"\s*(?:\[[^\]]{{0,200}}\])?\s*{_BRACES}"
)
_MARKUP = re.compile(r"\\[A-Za-z]+\*?|[{}$]")
_PICTURE_ENDINGS = (".pdf", ".png", ".jpg", ".jpeg", ".svg", ".eps")


class TextParser(Parser):
    """Reads text as it stands: prose by paragraphs and sentences, data and markup by lines."""

    accepts: ClassVar[frozenset[str]] = (
        frozenset(
            {
                "text/plain",
                "text/x-log",
                "application/json",
                "application/yaml",
                "text/yaml",
                "application/toml",
            }
        )
        | _TEX_MIMES
    )

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages with their lines, and links to files named in them.

        `chars` count in the decoded text. Raises TooLarge.
        """
        source = text.read_text(asset.path or Path(asset.uri))
        if asset.mime in _TEX_MIMES:
            source = printed_source(
                source, has_comments=not asset.name.lower().endswith(_NO_COMMENTS)
            )
            yield from chunking.chunk_document(
                asset, _tex_document(source, os.path.dirname(asset.uri))
            )
            return
        if asset.mime == "application/json" and (messages := telegram.message_lines(source)):
            yield from chunking.chunk_document(asset, Document([TextBlock(messages)]))
            return
        if asset.mime == "application/json" and (records := _records_on_one_line(source)):
            yield from _record_passages(asset, source, records)
            return
        by_lines = asset.mime != "text/plain"
        for first, start, end in _split_windows(source):
            lines = numbered_lines(source[start:end], first)
            yield from chunking.chunk_document(
                asset,
                Document([TextBlock(lines, "code" if by_lines else "prose")]),
                start_char=start,
            )


def _records_on_one_line(source: str) -> list[tuple[JsonRecord, Span]]:
    """The records of a JSON text of which several share a line, with their places; else none."""
    try:
        records = json_records(source)
    except (ValueError, RecursionError):
        return []
    spans = record_spans(source, records)
    return [(r, s) for r, s in zip(records, spans, strict=True) if s.node]


def _record_passages(
    asset: Asset, source: str, records: Sequence[tuple[JsonRecord, Span]]
) -> Iterator[Chunk]:
    """Whole records, a line each, at most a passage's words together; of longer ones, passages."""
    group: list[tuple[int, int, Span]] = []
    size = 0
    for record, span in records:
        words = text.count_words(source[record.start : record.end].replace(",", ", "))
        pieces = [(record.start, record.end)]
        if words > text.PASSAGE_WORDS or record.end - record.start > chunking.MAX_PASSAGE_CHARS:
            body = source[record.start : record.end]
            pieces = [
                (record.start + a, record.start + b)
                for a, b in chunking.limit_passages(body, text.passages(body))
            ]
        length = sum(b - a for a, b, _ in group) + record.end - record.start
        is_full = size + words > text.PASSAGE_WORDS or length > chunking.MAX_PASSAGE_CHARS
        if group and (is_full or len(pieces) > 1):
            yield _record_chunk(asset, source, group)
            group, size = [], 0
        group += [(a, b, replace(span, chars=(a, b))) for a, b in pieces[:1]]
        size += words
        for a, b in pieces[1:]:
            yield _record_chunk(asset, source, group)
            group = [(a, b, replace(span, chars=(a, b)))]
    if group:
        yield _record_chunk(asset, source, group)


def _record_chunk(asset: Asset, source: str, group: Sequence[tuple[int, int, Span]]) -> Chunk:
    body, marks = "", []
    for start, end, span in group:
        words = " ".join(source[start:end].split())
        marks.append(TextSpan(len(body), len(body) + len(words), span))
        body += words + "\n"
    first, last = group[0][2], group[-1][2]
    node = first.node if first.node == last.node else f"{first.node}-{last.node}"
    span = replace(first.union(last), node=node)
    return Chunk(asset, span, "text", text=body[:-1], marks=tuple(marks), meta={"records": True})


def _split_windows(source: str) -> Iterator[tuple[int, int, int]]:
    """(number of its first line, start, end) of stretches of whole lines."""
    line, start = 1, 0
    while start < len(source):
        end = len(source)
        if start + WINDOW_CHARS < end:
            stop = start + WINDOW_CHARS
            cuts = (
                source.rfind("\n\n", start + WINDOW_CHARS // 2, stop),
                source.rfind("\n", start, stop),
                source.find("\n", stop),
            )
            end = next((cut for cut in cuts if cut >= 0), end)
        yield line, start, end
        line += source.count("\n", start, end + 1)
        start = end + 1


def _tex_document(source: str, folder: str) -> Document:
    """Sections, paragraphs as they are written, pictures with their captions."""
    blocks: list[Block] = []
    title, position = "", 0
    lines_of = text.LineIndex(source).lines_of
    figures: list[tuple[int, str]] = []  # mentions that wait for a caption

    def add_paragraph(until: int) -> None:
        if body := source[position:until].strip("\n"):
            start = source.index(body, position)
            blocks.append(TextBlock(numbered_lines(body, lines_of(start, start)[0])))

    for m in _COMMAND.finditer(source):
        name, argument = m[1], " ".join(_MARKUP.sub(" ", m[2]).split())
        lines = lines_of(m.start(), m.end())
        if name == "title":
            title = title or argument
        elif name in _LEVELS:
            add_paragraph(m.start())
            figures.clear()
            blocks.append(Heading(_LEVELS.index(name) + 1, argument, lines[0]))
            position = m.end()
        elif name == "includegraphics":
            figures.append((len(blocks), m[2].strip()))
            blocks.append(
                Mention(
                    _picture_path(folder, m[2].strip()), (), lines, m.start() - position, len(m[0])
                )
            )
        else:
            for n, _ in figures:
                mention = blocks[n]
                if isinstance(mention, Mention):
                    blocks[n] = replace(mention, descriptions=(argument,))
            figures.clear()
    add_paragraph(len(source))
    return Document(blocks, title)


def _picture_path(folder: str, name: str) -> str:
    """The picture's file, whose ending LaTeX may leave out; as a PDF where there is none."""
    if os.path.splitext(name)[1].lower() in _PICTURE_ENDINGS:
        return name
    return next(
        (
            name + ending
            for ending in _PICTURE_ENDINGS
            if os.path.isfile(os.path.join(folder, name + ending))
        ),
        name + ".pdf",
    )
