"""What lies on a sheet beside its cells: comments, text boxes, and the titles of charts.

openpyxl does not tell them when it streams.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from polysense.read.file.archive import open_zip
from polysense.read.table.cells import column_letters
from polysense.types import Span

if TYPE_CHECKING:
    import zipfile

_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def words_beside_cells(path: Path, sheet: Any) -> Iterator[tuple[str, Span]]:
    """(words, place) of each comment, box of text and chart with a title on a sheet."""
    with open_zip(path) as book:
        parts = _related_parts(book, sheet._worksheet_path.lstrip("/"))
        for kind, part in parts.values():
            if kind == "comments":
                yield from _comments(book, part, sheet.title)
            elif kind == "drawing":
                yield from _drawings(book, part, sheet.title)


def _read_xml(book: zipfile.ZipFile, part: str) -> Any:
    from lxml import etree

    safe = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(book.read(part), safe)


def _related_parts(book: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """(kind, part) of what a part of the workbook refers to, by the id that it has there."""
    where = PurePosixPath(part)
    relations = f"{where.parent}/_rels/{where.name}.rels"
    names = frozenset(book.namelist())
    if relations not in names:
        return {}
    parts = {}
    for relation in _read_xml(book, relations):
        target = posixpath.join("/", where.parent, relation.get("Target", ""))
        name = posixpath.normpath(target).lstrip("/")
        if name in names:
            parts[relation.get("Id", "")] = (relation.get("Type", "").rpartition("/")[2], name)
    return parts


def _comments(book: zipfile.ZipFile, part: str, sheet: str) -> Iterator[tuple[str, Span]]:
    for comment in _read_xml(book, part).iter("{*}comment"):
        if words := _words(comment):
            yield words, Span(cells=f"{sheet}!{comment.get('ref', '')}", node="comment")


def _drawings(book: zipfile.ZipFile, part: str, sheet: str) -> Iterator[tuple[str, Span]]:
    parts = _related_parts(book, part)
    for anchor in _read_xml(book, part):
        chart = next(anchor.iter(_CHART), None)
        kind, target = parts.get(chart.get(_ID, ""), ("", "")) if chart is not None else ("", "")
        words = _chart_title(_read_xml(book, target)) if kind == "chart" else _words(anchor)
        if words:
            cell = _anchor_cell(anchor)
            node = "chart" if kind == "chart" else "text box"
            yield words, Span(cells=f"{sheet}!{cell}" if cell else None, node=node)


def _words(element: Any) -> str:
    """A paragraph a line; of a comment all in one."""
    paragraphs = list(element.iter("{*}p")) or [element]
    lines = ("".join(t.text or "" for t in p.iter("{*}t")).strip() for p in paragraphs)
    return "\n".join(line for line in lines if line)


def _chart_title(chart: Any) -> str:
    """The titles of a chart and of its axes."""
    return "\n".join(words for title in chart.iter("{*}title") if (words := _words(title)))


def _anchor_cell(anchor: Any) -> str:
    """The cell under the upper left corner."""
    start = anchor.find("{*}from")
    if start is None:
        return ""
    column, row = start.findtext("{*}col", ""), start.findtext("{*}row", "")
    return (
        f"{column_letters(int(column))}{int(row) + 1}"
        if column.isdecimal() and row.isdecimal()
        else ""
    )
