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
        subject = next((part.name for part in parts if part.mime == "message/rfc822"), "")
        pictures = {
            part.node: Span(node=part.node)
            for part in parts
            if part.mime.startswith("image/") and not part.is_file
        }
        places = {
            ref: pictures[part.node]
            for part in parts
            if part.node in pictures
            for ref in (part.node, *part.refs)
        }
        blocks = [
            block
            for n, part in enumerate(parts)
            for block in _part_blocks(part, is_forwarded=n > 0)
        ]
        fields = dict(line.split(": ", 1) for line in parts[0].text.split("\n") if ": " in line)
        meta = {key.lower(): fields[key] for key in ("From", "To", "Date") if key in fields}
        for item in chunking.chunk_document(
            asset, Document(blocks, subject, meta), locate_picture=places.get
        ):
            if isinstance(item, Chunk):  # files that a message names lie with its sender
                yield item


def _part_blocks(part: MessagePart, is_forwarded: bool) -> Iterator[Block]:
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
