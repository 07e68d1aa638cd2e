"""What Word and PowerPoint files have in common: safe opening, tables as chunks, notes as chunks."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from polysense.errors import TooLarge
from polysense.read.file.archive import Limits, open_zip
from polysense.read.table import table_text
from polysense.types import Asset, Box, Chunk, Mark, Span

MAX_BYTES = 1 << 30
"""What a file may unpack to, pictures and films included: its reader holds all of it in memory."""

MAX_XML = 128 << 20
"""What one XML member may unpack to: parsed, it takes some ten times as much memory."""


def check(path: Path) -> None:
    """Raise Encrypted, TooLarge or Unreadable unless the file unpacks within the bounds above."""
    with open_zip(path, Limits(total=MAX_BYTES)) as z:
        for member in z.infolist():
            if member.file_size > MAX_XML and member.filename.endswith((".xml", ".rels", ".vml")):
                raise TooLarge(
                    f"{path.name}: {member.filename} would unpack to {member.file_size:,} bytes; the limit is {MAX_XML:,}"
                )


def title(package: Any, placeholder: str) -> str:
    """The title in a file's properties; nothing where it is only the program's own placeholder, or
    broken.
    """
    try:
        said = " ".join(str(package.core_properties.title or "").split())
    except (AttributeError, KeyError, TypeError, ValueError):  # what damaged properties lead to
        return ""
    return said[:200] if len(said) > 2 and said.lower() not in (placeholder, "untitled") else ""


def table(
    asset: Asset,
    rows: Sequence[Sequence[str]],
    place: Span,
    context: str,
    boxes: Sequence[Box] = (),
) -> Iterator[Chunk]:
    """A table as chunks at `place`, each of as many rows as a passage has words; boxes are those of
    the rows, if they are known.
    """
    lines, width = table_text.labelled(rows), max(map(len, rows), default=0)
    for first, end in table_text.pieces(lines):
        text, marks = "", list[Mark]()
        for n in range(first, end):
            text += "\n" if text else ""
            span = replace(
                place, cells=table_text.cells(n, n, width), box=boxes[n] if boxes else place.box
            )
            marks.append(Mark(len(text), len(text) + len(lines[n]), span))
            text += lines[n]
        whole = replace(place, cells=table_text.cells(first, end - 1, width))
        for box in boxes[first:end]:
            whole = replace(whole, box=box) if box is boxes[first] else whole.union(Span(box=box))
        if text.strip():
            yield Chunk(asset, whole, "table", None, text, context, tuple(marks))


def target(asset: Asset, reference: str) -> str:
    """The file that a reference in the asset leads to; "" for web addresses and places in the
    document itself.
    """
    said = re.sub(r"^file:(//)?", "", reference, flags=re.I)
    if not said or said.startswith("#") or re.match(r"[a-z][a-z0-9+.-]+:", said, re.I):
        return ""
    return os.path.normpath(
        os.path.join(
            os.path.dirname(asset.uri), unquote(re.split(r"[?#]", said)[0].replace("\\", "/"))
        )
    )
