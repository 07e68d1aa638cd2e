"""OpenDocument slides: each page's text, tables, pictures and notes, with their frames' boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from polysense.protocols import Parser
from polysense.read.document import office
from polysense.read.document.odf_elements import pictures, table_rows
from polysense.read.file.open_document import (
    DRAW,
    FO,
    SHOW,
    SLIDES,
    STYLE,
    SVG,
    TABLE,
    OpenDocument,
    open_document,
)
from polysense.read.file.placed_passages import placed_passages
from polysense.types import Asset, Box, Chunk, Link, Span

_LENGTH = re.compile(r"(-?[\d.]+)(mm|cm|in|pt|pc)")
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72, "pc": 25.4 / 6}
_USUAL_SIZE = (280.0, 157.5)
"""Millimetres of a page, where a file tells none."""

_ROW = 2
"""Decimals of the page's height within which frames are read from left to right."""

_NOT_TEXT = frozenset({SHOW + "notes"})


class OdpParser(Parser):
    """Reads .odp: a slide is a page."""

    accepts: ClassVar[frozenset[str]] = frozenset({SLIDES, f"{SLIDES}-template"})

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """See Parser. Raises Encrypted, TooLarge, Unreadable."""
        path = asset.path or Path(asset.uri)
        document = open_document(path, "presentation")
        title = document.title[: office.MAX_TITLE_CHARS] or asset.name.rsplit(".", 1)[0]
        size, picture_names = _page_size(document), set[str]()
        for number, page in enumerate(document.body.iterchildren(DRAW + "page"), 1):
            for chunk in _page_chunks(asset, document, page, Span(page=number), (title, size)):
                name = chunk.span.node or ""
                if chunk.part is None:
                    yield chunk
                elif name not in picture_names:
                    picture_names.add(name)
                    yield chunk


def _page_chunks(
    asset: Asset,
    document: OpenDocument,
    page: Any,
    place: Span,
    deck: tuple[str, tuple[float, float]],
) -> Iterator[Chunk]:
    deck_title, size = deck
    shapes = [
        (shape, _box(shape, size))
        for shape in page
        if isinstance(shape.tag, str) and shape.tag not in _NOT_TEXT
    ]
    shapes.sort(key=lambda s: (s[1] is None, (round(s[1][1], _ROW), s[1][0]) if s[1] else ()))
    shapes.sort(key=lambda s: s[0].get(SHOW + "class") != "title")
    titles = (document.words(s) for s, _ in shapes if s.get(SHOW + "class") == "title")
    title = " ".join(next(titles, "").split())[: office.MAX_TITLE_CHARS]
    context = " > ".join(dict.fromkeys(filter(None, (deck_title, title))))
    context += " (hidden slide)" * _is_hidden(document, page)
    texts, tables = [], []
    for shape, box in shapes:
        span = replace(place, box=box)
        inner = list(shape.iter(TABLE + "table"))
        tables += [(table, span) for table in inner]
        if not inner and (words := document.words(shape)):
            texts.append((words, span))
    yield from placed_passages(asset, texts, place, context)
    for n, (table, span) in enumerate(tables, 1):
        span = replace(span, node=f"table {n}")
        yield from office.table_chunks(asset, table_rows(document, table), span, context)
    around = " ".join(" ".join(words for words, _ in texts).split()[: office.CONTEXT_WORDS])
    for shape, _ in shapes:
        for name, about in pictures(shape):
            part = office.picture_part(asset, asset.path or Path(asset.uri), name)
            words = office.join_context(context, about, around)
            yield Chunk(asset, replace(place, node=name), "image", part, "", words)
    notes = [words for n in page.iterchildren(SHOW + "notes") for words in _notes(document, n)]
    span = replace(place, node="notes")
    for chunk in placed_passages(asset, [(words, span) for words in notes], span, context):
        yield chunk.with_(meta={"notes": True})


def _notes(document: OpenDocument, notes: Any) -> Iterator[str]:
    """What the speaker says, without the picture and number of the page above it."""
    for frame in notes.iterchildren(DRAW + "frame"):
        words = document.words(frame)
        if words and frame.get(SHOW + "class") in (None, "notes"):
            yield words


def _is_hidden(document: OpenDocument, page: Any) -> bool:
    style = page.get(DRAW + "style-name", "")
    group = "drawing-page-properties"
    return document.has_property("drawing-page", style, group, SHOW + "visibility", "hidden")


def _page_size(document: OpenDocument) -> tuple[float, float]:
    """Width and height of the pages, in millimetres."""
    root = None if document.masters is None else document.masters.getparent()
    layouts = () if root is None else root.iter(STYLE + "page-layout-properties")
    for layout in layouts:
        width, height = (
            _millimetres(layout.get(FO + n, "")) for n in ("page-width", "page-height")
        )
        if width and height and width > height:  # not that of handouts
            return width, height
    return _USUAL_SIZE


def _box(shape: Any, size: tuple[float, float]) -> Box | None:
    values = [_millimetres(shape.get(SVG + n, "")) for n in ("x", "y", "width", "height")]
    x, y, width, height = values
    if x is None or y is None or width is None or height is None:
        return None
    corners = (x / size[0], y / size[1], (x + width) / size[0], (y + height) / size[1])
    x0, y0, x1, y1 = (round(min(max(v, 0.0), 1.0), 4) for v in corners)
    return (x0, y0, x1, y1)


def _millimetres(length: str) -> float | None:
    m = _LENGTH.fullmatch(length)
    try:
        return float(m[1]) * _MILLIMETRES[m[2]] if m else None
    except ValueError:
        return None
