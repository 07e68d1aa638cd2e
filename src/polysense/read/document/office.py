"""What Word and PowerPoint files have in common: safe opening, titles, tables, pictures, links."""

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
from polysense.read.table.table_pieces import as_pieces
from polysense.types import Asset, Box, Chunk, Part, Span, TextSpan

MAX_BYTES = 1 << 30
"""What a file may unpack to, pictures and films included: its reader holds all of it in memory."""

MAX_XML = 128 << 20
"""What one XML member may unpack to: parsed, it takes some ten times as much memory."""

MAX_TITLE_CHARS = 200

MAX_REPEATED_CHARS = 100
"""What a merged cell says is told in each of its rows, unless it is longer."""

CONTEXT_WORDS = 60
"""Words around a picture or link that say what it is about. Judged, not measured."""

_VECTOR_FORMATS = (".emf", ".wmf")
"""Windows drawings, which nothing here can render: known by their context alone."""


def check_package(path: Path) -> None:
    """Raise Encrypted, TooLarge or Unreadable unless the file unpacks within the bounds above."""
    with open_zip(path, Limits(total=MAX_BYTES)) as z:
        for member in z.infolist():
            if member.file_size > MAX_XML and member.filename.endswith((".xml", ".rels", ".vml")):
                raise TooLarge(
                    f"{path.name}: {member.filename} would unpack to {member.file_size:,} bytes; "
                    f"the limit is {MAX_XML:,}"
                )


def document_title(package: Any, placeholder: str) -> str:
    """The title in a file's properties; "" where it is the program's own placeholder, or broken."""
    try:
        text = " ".join(str(package.core_properties.title or "").split())
    except (AttributeError, KeyError, TypeError, ValueError):  # what damaged properties lead to
        return ""
    is_title = len(text) > 2 and text.lower() not in (placeholder, "untitled")
    return text[:MAX_TITLE_CHARS] if is_title else ""


def parse_xml(part: Any) -> Any:
    """The XML of a part of the file, without entities or anything from outside.

    Raises lxml's XMLSyntaxError.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    return etree.fromstring(part.blob, parser)


def join_context(*parts: str) -> str:
    """The parts that say something, one a line.

    >>> join_context("Report", "", "A map")
    'Report\\nA map'
    """
    return "\n".join(filter(None, parts))


def alt_text(properties: Any) -> str:
    """The title and description of a picture, from the element that holds them, if there is one."""
    if properties is None:
        return ""
    return " ".join(filter(None, (properties.get("title"), properties.get("descr"))))


def picture_part(asset: Asset, path: Path, member: str) -> Part | None:
    """The picture that is `member` of the file; None for a kind that cannot be drawn."""
    if member.lower().endswith(_VECTOR_FORMATS):
        return None
    return Part("image", path, mime=asset.mime, span=Span(node=member))


def table_chunks(
    asset: Asset,
    rows: Sequence[Sequence[str]],
    place: Span,
    context: str,
    boxes: Sequence[Box] = (),
) -> Iterator[Chunk]:
    """A table as chunks at `place`, each of as many rows as a passage has words.

    boxes are those of the rows, where they are known.
    """
    yield from as_pieces(_row_chunks(asset, rows, place, context, boxes))


def _row_chunks(
    asset: Asset,
    rows: Sequence[Sequence[str]],
    place: Span,
    context: str,
    boxes: Sequence[Box],
) -> Iterator[Chunk]:
    lines, width = table_text.label_rows(rows), max(map(len, rows), default=0)
    for first, end in table_text.line_runs(lines):
        text, marks = "", list[TextSpan]()
        for n in range(first, end):
            text += "\n" if text else ""
            span = replace(
                place,
                cells=table_text.cell_range(n, n, width),
                box=boxes[n] if boxes else place.box,
            )
            marks.append(TextSpan(len(text), len(text) + len(lines[n]), span))
            text += lines[n]
        whole = replace(place, cells=table_text.cell_range(first, end - 1, width))
        for box in boxes[first:end]:
            whole = replace(whole, box=box) if box is boxes[first] else whole.union(Span(box=box))
        if text.strip():
            yield Chunk(asset, whole, "table", None, text, context, tuple(marks))


def link_target(asset: Asset, reference: str) -> str:
    """The file that a reference in the asset leads to.

    "" for web addresses, and places in the document itself.
    """
    path = re.sub(r"^file:(//)?", "", reference, flags=re.I)
    if not path or path.startswith("#") or re.match(r"[a-z][a-z0-9+.-]+:", path, re.I):
        return ""
    path = unquote(re.split(r"[?#]", path)[0].replace("\\", "/"))
    return os.path.normpath(os.path.join(os.path.dirname(asset.uri), path))
