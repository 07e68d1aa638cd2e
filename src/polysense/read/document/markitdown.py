"""MarkItDown as a parser: documents of many kinds by way of Markdown, where it is named."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar

from polysense.errors import BadConfig, MissingDependency, Unreadable
from polysense.protocols import Parser
from polysense.read.document import office
from polysense.read.document.blocks import Heading as MarkdownHeading
from polysense.read.document.blocks import TextBlock
from polysense.read.document.converted import Heading, Item, Table, Words, chunk_items
from polysense.read.document.markdown import blocks
from polysense.read.document.pdf.decode import PdfDocument
from polysense.types import Asset, Chunk, Link, Span

TYPES: Mapping[str, frozenset[str]] = {
    "pdf": frozenset({"application/pdf"}),
    "docx": frozenset({"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}),
    "pptx": frozenset(
        {"application/vnd.openxmlformats-officedocument.presentationml.presentation"}
    ),
    "xlsx": frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}),
    "xls": frozenset({"application/vnd.ms-excel"}),
    "msg": frozenset({".msg"}),
    "epub": frozenset({"application/epub+zip"}),
    "html": frozenset({"text/html", "application/xhtml+xml"}),
}
"""What it reads here, by the names that `types` takes."""

INSTALL = "python -m pip install 'polysense[markitdown]'"

_PACKAGES = ("docx", "pptx", "xlsx", "epub")
"""Types that are zip archives, and could be bombs."""

_SLIDE = re.compile(r"^<!-- Slide number: (\d+) -->$", re.M)
_EMPTY_CELL = re.compile(r"NaN|Unnamed: \d+")
_SHEET = re.compile(r"^## (.+)$", re.M)


class MarkItDownParser(Parser):
    """Documents by Microsoft's MarkItDown, which turns them into Markdown.

    types are those that it reads here: pdf, docx, pptx, xlsx, xls, msg, epub, html, joined by "+";
    "" is all of them. Places are what survives in the Markdown: the page of a PDF, the slide, the
    sheet; elsewhere the headings above the words, and their characters in the text as it was read.
    Nothing but the file is opened: no web page, no plug-in of MarkItDown's, no model.
    """

    extra = "markitdown"
    accepts: ClassVar[frozenset[str]] = frozenset().union(*TYPES.values())

    def __init__(self, *, types: str = "") -> None:
        self.types = types
        self.accepts = accepted(types, TYPES, "markitdown")  # type: ignore[misc]  # its options decide
        self._lock = RLock()

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """See Parser. Raises Encrypted, TooLarge, Unreadable, MissingDependency."""
        path = asset.path or Path(asset.uri)
        kind = type_of(asset, TYPES)
        if kind in _PACKAGES:
            office.check_package(path)
        yield from chunk_items(asset, self._items(asset.name, path, kind))

    def check(self) -> None:
        """Raises MissingDependency."""
        with self._lock:
            _ = self._converter

    def _items(self, name: str, path: Path, kind: str) -> Iterator[Item]:
        if kind == "pdf":
            with PdfDocument(path) as pdf:  # MarkItDown tells no pages: each is read by itself
                for number in range(1, len(pdf) + 1):
                    markdown = self._convert(name, pdf.extract_page(number), kind)
                    yield from _items_of(markdown, Span(page=number))
            return
        markdown = self._convert(name, path.read_bytes(), kind)
        if kind == "pptx":
            for mark, words in _split(_SLIDE, markdown):
                yield from _items_of(words, Span(page=int(mark) if mark else None))
        elif kind in ("xlsx", "xls"):
            for mark, words in _split(_SHEET, markdown):
                yield from _items_of(words, Span(node=f"sheet {mark}" if mark else None))
        else:
            yield from _items_of(markdown, Span())

    @cached_property
    def _converter(self) -> Any:
        try:
            from markitdown import MarkItDown
        except ModuleNotFoundError as e:
            raise MissingDependency("MarkItDown is not installed", INSTALL) from e
        return MarkItDown(enable_plugins=False)

    def _convert(self, name: str, data: bytes, kind: str) -> str:
        with self._lock:  # nothing says that it may be asked by two at once
            converter = self._converter
            from markitdown import StreamInfo

            try:
                result = converter.convert_stream(
                    io.BytesIO(data), stream_info=StreamInfo(extension=f".{kind}")
                )
            except Exception as e:
                if "MissingDependencyException" in str(e):
                    raise MissingDependency(f"MarkItDown lacks what reads .{kind}", INSTALL) from e
                raise Unreadable(f"{name}: MarkItDown cannot read it: {_reason(e)}") from e
        return str(result.markdown)


def accepted(types: str, table: Mapping[str, frozenset[str]], plugin: str) -> frozenset[str]:
    """The mime types and endings of those named, all where none is. Raises BadConfig."""
    names = [name for name in re.split(r"[+\s]+", str(types)) if name] or list(table)
    if unknown := [name for name in names if name not in table]:
        raise BadConfig(
            f"{plugin}:types={types}: there is no type {unknown[0]!r}",
            f"Types, joined by +: {'+'.join(table)}.",
        )
    return frozenset().union(*(table[name] for name in names))


def type_of(asset: Asset, table: Mapping[str, frozenset[str]]) -> str:
    """Which of the types in a table a file is of. Raises Unreadable."""
    ending = Path(asset.name.lower()).suffix
    kind = next((k for k, t in table.items() if ending in t or asset.mime in t), None)
    if kind is None:
        raise Unreadable(f"{asset.name} ({asset.mime}) is none of {', '.join(table)}")
    return kind


def _split(mark: re.Pattern[str], markdown: str) -> Iterator[tuple[str, str]]:
    """(what the mark names, the words up to the next); "" for those before the first."""
    pieces = mark.split(markdown)
    yield "", pieces[0]
    yield from zip(pieces[1::2], pieces[2::2], strict=True)


def _items_of(markdown: str, place: Span) -> Iterator[Item]:
    """The blocks of Markdown, all at one place."""
    is_sheet = bool(place.node)
    for block in blocks.read(markdown).blocks:
        if isinstance(block, MarkdownHeading):
            yield Heading(block.text, block.level, place)
        elif isinstance(block, TextBlock) and block.kind == "table":
            rows = [[_cell(c, is_sheet) for c in line.text.split(" | ")] for line in block.lines]
            # a table without a header is given an empty one
            while rows and not any(rows[0]):
                rows.pop(0)
            yield Table(rows, place, is_numbered=not is_sheet)
        elif isinstance(block, TextBlock):
            yield Words(str(block), place)


def _cell(text: str, is_sheet: bool) -> str:
    """A cell without what pandas writes into the empty cells of a sheet."""
    return "" if is_sheet and _EMPTY_CELL.fullmatch(text) else text.strip()


def _reason(error: Exception) -> str:
    """The last line of what it says, where the cause stands."""
    lines = [line.strip(" -") for line in str(error).splitlines() if line.strip()]
    return lines[-1][:300] if lines else type(error).__name__
