"""E-mail, and web archives in the same format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from polysense.protocols import Parser
from polysense.read.document import prose
from polysense.read.document.email import message
from polysense.read.document.email.message import Piece
from polysense.read.document.html import blocks as html
from polysense.read.document.prose import Block, Document, Heading, Line, Mention, Words
from polysense.types import Asset, Chunk, Link, Span


class EmailParser(Parser):
    """Reads messages: head, body, forwarded messages, attached text and pictures; other attachments
    by name.

    Lines are those of the file, also where its words are encoded.
    """

    accepts: ClassVar[frozenset[str]] = frozenset({"message/rfc822"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages and pictures. Raises TooLarge, Unreadable."""
        found = list(message.pieces(asset.path or Path(asset.uri)))
        subject = next((piece.name for piece in found if piece.mime == "message/rfc822"), "")
        pictures = {
            piece.node: Span(node=piece.node) for piece in found if piece.mime.startswith("image/")
        }
        places = {
            ref: pictures[piece.node]
            for piece in found
            if piece.node in pictures
            for ref in (piece.node, *piece.refs)
        }
        blocks = [
            block for n, piece in enumerate(found) for block in _blocks(piece, forwarded=n > 0)
        ]
        head = dict(line.split(": ", 1) for line in found[0].text.split("\n") if ": " in line)
        meta = {key.lower(): head[key] for key in ("From", "To", "Date") if key in head}
        for item in prose.compose(asset, Document(blocks, subject, meta), inner=places.get):
            if isinstance(item, Chunk):  # files that a message names lie with its sender
                yield item


def _blocks(piece: Piece, forwarded: bool) -> Iterator[Block]:
    first, last = piece.where[0] if piece.where else (1, 1)
    if piece.mime == "message/rfc822":
        if forwarded:
            yield Heading(1, piece.name or "Forwarded message", first)
        if piece.text:
            yield Words(_placed(prose.plain(piece.text), piece), "apart")
        return
    if piece.attached and piece.name:
        yield Heading(1, piece.name, 0)
        yield Words([Line(f"Attachment: {piece.name} ({piece.mime})", first, last)])
    if piece.mime.startswith("image/"):
        yield Mention(piece.node, (piece.name,), (first, last))
    elif piece.mime == "text/html":
        for block in html.read(piece.text).blocks:
            yield _moved(block, piece)
    elif piece.text.strip():
        yield Words(_placed(prose.plain(piece.text.rstrip()), piece))


def _moved(block: Block, piece: Piece) -> Block:
    """A block of the decoded text, at its place in the file."""
    if isinstance(block, Words):
        return replace(block, lines=_placed(block.lines, piece))
    if isinstance(block, Heading):
        return replace(block, line=_place(block.line, piece)[0])
    return replace(
        block, lines=(_place(block.lines[0], piece)[0], _place(block.lines[1], piece)[1])
    )


def _placed(lines: Sequence[Line], piece: Piece) -> list[Line]:
    return [
        Line(line.text, _place(line.first, piece)[0], _place(line.last, piece)[1]) for line in lines
    ]


def _place(line: int, piece: Piece) -> tuple[int, int]:
    return piece.where[min(line, len(piece.where)) - 1] if piece.where else (1, 1)
