"""E-mail, and web archives in the same format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from polysense.protocols import Parser
from polysense.read.document import chunking
from polysense.read.document.blocks import (
    Block,
    Document,
    Heading,
    Mention,
    SourceLine,
    TextBlock,
    numbered_lines,
)
from polysense.read.document.email import message
from polysense.read.document.email.message import MessagePart
from polysense.read.document.html import blocks as html
from polysense.types import Asset, Chunk, Link, Span

_UNREAD_TYPES = frozenset({"text/css", "text/javascript"})
"""Parts of a web archive that say how it looks."""


class EmailParser(Parser):
    """Reads messages: head, body, forwarded messages and the pictures in them; attachments by
       name, for what they hold is read as files in an archive are.
    Lines are those of the file, also where its words are encoded.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({"message/rfc822"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages and pictures. Raises TooLarge, Unreadable."""
        parts = list(message.message_parts(asset.path or Path(asset.uri)))
        blocks = [
            block for n, part in enumerate(parts) for block in part_blocks(part, is_forwarded=n > 0)
        ]
        document = Document(blocks, subject(parts), head_fields(parts))
        for item in chunking.chunk_document(
            asset, document, locate_picture=picture_places(parts).get
        ):
            if isinstance(item, Chunk):  # files that a message names lie with its sender
                yield item


def subject(parts: Sequence[MessagePart]) -> str:
    """What a message is about."""
    return next((part.name for part in parts if part.mime == "message/rfc822"), "")


def head_fields(parts: Sequence[MessagePart]) -> dict[str, str]:
    """Sender, receivers and date, by name in small letters."""
    fields = dict(line.split(": ", 1) for line in parts[0].text.split("\n") if ": " in line)
    return {key.lower(): fields[key] for key in ("From", "To", "Date") if key in fields}


def picture_places(parts: Sequence[MessagePart]) -> dict[str, Span]:
    """Where the pictures lie that are shown, by each name that a message has for them."""
    pictures = [p for p in parts if p.mime.startswith("image/") and not p.is_file]
    return {ref: Span(node=p.node) for p in pictures for ref in (p.node, *p.refs)}


def part_blocks(part: MessagePart, is_forwarded: bool) -> Iterator[Block]:
    """What a part of a message says, at its lines."""
    first, last = part.source_lines[0] if part.source_lines else (1, 1)
    if part.mime == "message/rfc822":
        if is_forwarded:
            yield Heading(1, part.name or "Forwarded message", first)
        if part.text:
            yield TextBlock(_move_lines(numbered_lines(part.text), part), "aside")
        return
    if part.is_attachment and part.name:
        yield Heading(1, part.name, 0)
        yield TextBlock([SourceLine(f"Attachment: {part.name} ({part.mime})", first, last)])
    if part.is_file or part.mime in _UNREAD_TYPES:
        return
    if part.mime.startswith("image/"):
        yield Mention(part.node, (part.name,), (first, last))
    elif part.mime == "text/html":
        for block in html.read(part.text).blocks:
            yield _move_block(block, part)
    elif part.text.strip():
        yield TextBlock(_move_lines(numbered_lines(part.text.rstrip()), part))


def _move_block(block: Block, part: MessagePart) -> Block:
    """A block of the decoded text, at its place in the file."""
    if isinstance(block, TextBlock):
        return replace(block, lines=_move_lines(block.lines, part))
    if isinstance(block, Heading):
        return replace(block, line=_source_lines(block.line, part)[0])
    return replace(
        block,
        lines=(_source_lines(block.lines[0], part)[0], _source_lines(block.lines[1], part)[1]),
    )


def _move_lines(lines: Sequence[SourceLine], part: MessagePart) -> list[SourceLine]:
    """Lines of the decoded text, at their places in the file."""
    return [
        SourceLine(line.text, _source_lines(line.first, part)[0], _source_lines(line.last, part)[1])
        for line in lines
    ]


def _source_lines(line: int, part: MessagePart) -> tuple[int, int]:
    return part.source_lines[min(line, len(part.source_lines)) - 1] if part.source_lines else (1, 1)
