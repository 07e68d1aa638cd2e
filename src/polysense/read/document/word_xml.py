"""WordprocessingML: the paragraphs, text, cells, styles and pictures of a Word document's XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from polysense.read.document import office
from polysense.read.document.layout import CAPTION
from polysense.read.file.raised import raised_text

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
VML = "{urn:schemas-microsoft-com:vml}"
_HIDDEN_TAGS = {W + "del", W + "moveFrom", _COMPATIBLE + "Fallback", W + "pPr", W + "rPr", W + "rt"}
_RUNS_BEFORE = 40
"""Runs in which what a raised one stands on may be: a number may be a run for each digit."""

_WHITE = "FFFFFF"
_COVER_PARAGRAPHS = 20
"""Paragraphs, or tables, before and behind white words where what they are on may be. Judged."""

_GROUNDS = frozenset({W + "tc", W + "txbxContent", W + "hdr", W + "ftr"})
_HIDDEN_MARKS = ("vanish", "strike", "dstrike")
_WHITE_SPACE = {
    MATH + "sup": "^",
    MATH + "den": "/",
    MATH + "rad": "√",
    W + "tab": "\t",
    W + "br": "\n",
    W + "cr": "\n",
    W + "noBreakHyphen": "-",
    W + "softHyphen": "",
}

_MAX_COLUMN_SPAN = 100
"""A cell spans no more columns: a bound for hostile files."""

_MAX_STYLE_DEPTH = 10
"""Styles that a style descends from, which may go in circles."""

_MIN_PICTURE_SIDE = 300_000
"""English Metric Units: a third of an inch. Smaller pictures decorate. Judged, not measured."""


def body_elements(body: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, out of content controls and accepted insertions too."""
    for element in body:
        if element.tag in (W + "p", W + "tbl"):
            yield element
        elif isinstance(element.tag, str) and element.tag not in _HIDDEN_TAGS:
            yield from body_elements(element)


def visible_elements(element: Any) -> Iterator[Any]:
    """An element and all in it that is shown, in order."""
    yield element
    for inner in element:
        tag = inner.tag
        if not isinstance(tag, str) or tag in _HIDDEN_TAGS:
            continue
        if (tag == W + "r" and _is_hidden(inner)) or (tag == W + "tr" and is_deleted_row(inner)):
            continue
        if len(inner):
            yield from visible_elements(inner)
        else:  # the words themselves: most of all
            yield inner


def _is_hidden(run: Any) -> bool:
    """Whether a run is hidden, struck out or white on white."""
    properties = run.find(W + "rPr")
    return properties is not None and (
        any(_is_on(properties, name) for name in _HIDDEN_MARKS) or _is_white(run, properties)
    )


def is_deleted_row(row: Any) -> bool:
    """Whether a row of a table is deleted, in a document that shows its changes."""
    return row.find(f"{W}trPr/{W}del") is not None


def _is_white(run: Any, properties: Any) -> bool:
    """Whether a run is white on the white page. A cell, or a box, may be dark by its style."""
    colour = properties.find(W + "color")
    if colour is None or colour.get(W + "val", "").upper() != _WHITE:
        return False
    holders = [run, *run.iterancestors()]
    if any(e.tag in _GROUNDS for e in holders):
        return False
    # a paragraph's properties are the first in it; a search would go through all its runs
    grounds = [properties, *(p for e in holders for p in islice(e, 1) if p.tag == W + "pPr")]
    page = next((e for e in holders if e.tag == W + "document"), None)
    return (
        (page is None or page.find(W + "background") is None)
        and not any(
            inner.tag in (W + "shd", W + "highlight", W + "pStyle", W + "rStyle")
            for ground in grounds
            for inner in ground
        )
        and not _is_near_picture(next(run.iterancestors(W + "p"), run))
    )


@lru_cache(maxsize=1)  # a paragraph may have very many runs
def _is_near_picture(paragraph: Any) -> bool:
    """Whether a picture or a shape is near, on which words may be, as on a cover."""
    near = chain(
        [paragraph],
        islice(paragraph.itersiblings(preceding=True), _COVER_PARAGRAPHS),
        islice(paragraph.itersiblings(), _COVER_PARAGRAPHS),
    )
    return any(next(e.iter(W + "drawing", W + "pict"), None) is not None for e in near)


def _is_on(properties: Any, name: str) -> bool:
    mark = properties.find(W + name)
    return mark is not None and mark.get(W + "val", "true") not in ("0", "false", "off", "none")


def pictures(element: Any) -> list[Any]:
    """The pictures shown in an element, which are few: found before what is hidden is left out."""
    tags = (A + "blip", VML + "imagedata")
    if next(element.iter(*tags), None) is None:
        return []
    return [e for e in visible_elements(element) if e.tag in tags]


def _is_raised(text: Any) -> bool:
    run = text.getparent()
    mark = run.find(f"{W}rPr/{W}vertAlign") if run is not None else None
    return mark is not None and mark.get(W + "val") == "superscript"


def element_text(element: Any) -> str:
    """What an element says; text boxes in it begin a line of their own."""
    parts: list[str] = []
    for node in visible_elements(element):
        tag = node.tag
        if tag == W + "t" and _is_raised(node):
            parts.append(raised_text("".join(parts[-_RUNS_BEFORE:]), node.text or ""))
        elif tag in (W + "t", MATH + "t"):
            parts.append(node.text or "")
        elif tag == W + "p" and node is not element:
            parts.append("\n")
        elif space := _WHITE_SPACE.get(tag):
            parts.append(space)
    return "".join(parts)


def heading_levels(document: Any) -> dict[str, int]:
    """Level of each style that is a heading, by its name or that of one it descends from.

    0 is the title's.
    """
    try:
        styles = {s.style_id: s for s in document.styles if s.style_id}
    except (KeyError, ValueError, AttributeError):
        return {}
    levels: dict[str, int] = {}
    for name, style in styles.items():
        for _ in range(_MAX_STYLE_DEPTH):
            style_name = (style.name or "").lower()
            numbered = re.fullmatch(r"heading (\d)", style_name)
            if style_name == "title":
                level: int | None = 0
            else:
                level = int(numbered[1]) if numbered else outline_level(style.element)
            if level is not None:
                levels[name] = level
                break
            style = styles.get(getattr(getattr(style, "base_style", None), "style_id", ""))
            if style is None:
                break
    return levels


def style_id(p: Any) -> str:
    """The id of a paragraph's style; "" for the usual one."""
    style = p.find(f"{W}pPr/{W}pStyle")
    return str(style.get(W + "val", "")) if style is not None else ""


def outline_level(element: Any) -> int | None:
    """The level, from 1, of a paragraph or style in the outline; None where it is no heading."""
    outline = element.find(f"{W}pPr/{W}outlineLvl")
    value = outline.get(W + "val", "") if outline is not None else ""
    return int(value) + 1 if value.isdigit() and int(value) < 9 else None


def row_cells(row: Any, above: list[str]) -> list[str]:
    """The text of a row's cells.

    One that spans several columns is followed by empty ones, one merged upwards says what is above.
    """
    before = row.find(f"{W}trPr/{W}gridBefore")
    texts = [""] * _column_count(before, 0)
    for cell in row.iter(W + "tc"):
        if next(cell.iterancestors(W + "tr")) is not row:
            continue  # of a table within this one: its words are in the cell that holds it
        span, merged = cell.find(f"{W}tcPr/{W}gridSpan"), cell.find(f"{W}tcPr/{W}vMerge")
        if merged is not None and merged.get(W + "val") != "restart":
            words = above[len(texts)] if len(texts) < len(above) else ""
            texts.append(words if len(words) <= office.MAX_REPEATED_CHARS else "")
        else:
            texts.append(" ".join(element_text(cell).split()))
        texts += [""] * (_column_count(span, 1) - 1)
    return texts


def _column_count(element: Any, default: int) -> int:
    """How many columns an element speaks of."""
    value = element.get(W + "val", "") if element is not None else ""
    return min(int(value), _MAX_COLUMN_SPAN) if value.isdecimal() else default


def picture_surroundings(elements: list[Any], n: int) -> list[str]:
    """The caption of what elements[n] shows, and the words before, in and after it."""
    own, before, after = (
        element_text(elements[i]).strip() if 0 <= i < len(elements) else ""
        for i in (n, n - 1, n + 1)
    )
    caption = next((words for words in (own, after, before) if CAPTION.match(words)), "")
    neighbour_words = " ".join(
        words for words in (before, own, after) if words and words != caption
    ).split()
    return [caption, " ".join(neighbour_words[: office.CONTEXT_WORDS])]


def picture_description(picture: Any) -> tuple[str, bool]:
    """A picture's alt text, and whether it is so small that it only decorates."""
    holder = next(picture.iterancestors(_WP + "inline", _WP + "anchor"), None)
    if holder is None:
        shapes = picture.iterancestors(VML + "shape")
        return next((str(s.get("alt") or "") for s in shapes), ""), False
    extent = holder.find(_WP + "extent")
    alt = office.alt_text(holder.find(_WP + "docPr"))
    sides = [extent.get(k, "") for k in ("cx", "cy")] if extent is not None else []
    return alt, bool(sides) and all(s.isdigit() and int(s) < _MIN_PICTURE_SIDE for s in sides)


def note_texts(part: Any) -> Iterator[tuple[str, str]]:
    """Id and words of each note in a part, or all words of a header."""
    from lxml import etree

    try:
        root = office.parse_xml(part)
    except etree.XMLSyntaxError:
        return
    notes = [
        n
        for kind in ("footnote", "endnote", "comment")
        for n in root.iter(W + kind)
        if n.get(W + "type") in (None, "normal")
    ]
    whole = [] if root.tag.endswith(("notes", "comments")) else [root]
    for element in notes or whole:
        words = element_text(element).strip()
        if words:
            yield element.get(W + "id", "") if notes else "", words
