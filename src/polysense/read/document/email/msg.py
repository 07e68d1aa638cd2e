"""Messages in Outlook's own format (.msg), read as those of the net are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from polysense.protocols import Parser
from polysense.read.document import chunking
from polysense.read.document.blocks import Block, Document, Heading
from polysense.read.document.email import message
from polysense.read.document.email.message import MessagePart
from polysense.read.document.email.parser import (
    head_fields,
    part_blocks,
    picture_places,
    subject,
)
from polysense.read.file.magic import MSG
from polysense.types import Asset, Chunk, Link


class OutlookParser(Parser):
    """Reads messages that Outlook has saved: head, body, forwarded messages and the pictures in
    them; attachments by name, for what they hold is read as files in an archive are.

    Places are the parts of the message, and the lines of each as it is read.
    """

    extra = "msg"
    accepts: ClassVar[frozenset[str]] = frozenset({MSG})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """Passages and pictures. Raises TooLarge, Unreadable, MissingDependency."""
        parts = list(message.message_parts(asset.path or Path(asset.uri)))
        title, meta, pictures = subject(parts), head_fields(parts), picture_places(parts)
        body = next((p for p in parts if p.text and p.mime.startswith("text/")), None)
        above: list[Block] = []
        ids: set[str] = set()
        for n, part in enumerate(parts):
            blocks = [*above, *part_blocks(_own_lines(part), is_forwarded=n > 0)]
            is_head = part.mime == "message/rfc822"
            if is_head and n:
                above = [Heading(1, part.name or "Forwarded message", 0)]
            node = "head" if not n else f"{part.node} head" if is_head else part.node
            if part is body:
                node = "body"
            for item in chunking.chunk_document(
                asset, Document(blocks, title, meta), node, locate_picture=pictures.get
            ):
                # files that a message names lie with its sender; pictures are shown, then listed
                if isinstance(item, Chunk) and item.id not in ids:
                    ids.add(item.id)
                    yield item


def _own_lines(part: MessagePart) -> MessagePart:
    """A part with its lines counted from 1: the file itself has none."""
    count = part.text.count("\n") + 1
    return replace(part, source_lines=tuple((n, n) for n in range(1, count + 1)))
