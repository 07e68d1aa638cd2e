"""Docling as a parser: documents by its models of page layout and tables, where it is named."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property
from itertools import groupby
from pathlib import Path
from threading import RLock
from typing import Any, ClassVar

from polysense.errors import BadConfig, MissingDependency, Unreadable
from polysense.protocols import Parser
from polysense.read.document import office
from polysense.read.document.converted import Heading, Item, Picture, Table, Words, chunk_items
from polysense.read.document.markitdown import accepted, type_of
from polysense.read.document.pdf.decode import LOCK, page_count
from polysense.types import Asset, Box, Chunk, Link, Span

TYPES: Mapping[str, frozenset[str]] = {
    "pdf": frozenset({"application/pdf"}),
    "docx": frozenset({"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}),
    "pptx": frozenset(
        {"application/vnd.openxmlformats-officedocument.presentationml.presentation"}
    ),
    "html": frozenset({"text/html", "application/xhtml+xml"}),
    "asciidoc": frozenset({".adoc", ".asciidoc"}),
}
"""What it reads here, by the names that `types` takes, which are Docling's own."""

INSTALL = "python -m pip install 'polysense[docling]'"

_PACKAGES = ("docx", "pptx")
"""Types that are zip archives, and could be bombs."""

_HINT_MODELS = (
    "Reading PDFs needs Docling's models: `docling-tools models download` fetches them; name their "
    'folder: "docling:artifacts=FOLDER".'
)


class DoclingParser(Parser):
    """Documents by Docling: headings, passages, tables and pictures with page and box.

    types are those that it reads here: pdf, docx, pptx, html, asciidoc, joined by "+"; "" is all of
    them. PDFs need its models: artifacts is their folder, "" where Docling itself keeps them, or
    fetches them from its hub. ocr reads scanned pages, tables the cells of tables in PDFs, each by
    a model more. In formats without pages, places are the headings above the words, and their
    characters in the text as it was read; tables are counted. No service is asked, and no plug-in
    of Docling's is used.
    """

    extra = "docling"
    accepts: ClassVar[frozenset[str]] = frozenset().union(*TYPES.values())

    def __init__(
        self, *, types: str = "", artifacts: str = "", ocr: bool = False, tables: bool = True
    ) -> None:
        self.types, self.artifacts, self.ocr, self.tables = types, str(artifacts), ocr, tables
        self.accepts = accepted(types, TYPES, "docling")  # type: ignore[misc]  # its options decide
        self._lock = RLock()

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """See Parser. Raises Encrypted, TooLarge, Unreadable, MissingDependency, BadConfig."""
        path = asset.path or Path(asset.uri)
        kind = type_of(asset, TYPES)
        if kind in _PACKAGES:
            office.check_package(path)
        if kind == "pdf":
            page_count(path)  # no password
        result = self._convert(asset.name, path, kind)
        yield from chunk_items(asset, _items(result.document, has_pictures=kind == "pdf"))
        if failures := [str(e.error_message) for e in result.errors]:
            raise Unreadable(f"{asset.name}: not all of it was read: {'; '.join(failures)[:300]}")

    def check(self) -> None:
        """Raises MissingDependency or BadConfig; models are loaded when the first PDF comes."""
        with self._lock:
            _ = self._converter

    @cached_property
    def _converter(self) -> Any:
        try:
            from docling.datamodel.base_models import InputFormat
            from docling.datamodel.pipeline_options import PdfPipelineOptions
            from docling.document_converter import DocumentConverter, PdfFormatOption
        except ModuleNotFoundError as e:
            raise MissingDependency("Docling is not installed", INSTALL) from e
        options = PdfPipelineOptions(
            artifacts_path=self._artifacts(),
            do_ocr=self.ocr,
            do_table_structure=self.tables,
            enable_remote_services=False,
            allow_external_plugins=False,
        )
        pdf = PdfFormatOption(pipeline_options=options)
        return DocumentConverter(
            allowed_formats=[InputFormat(kind) for kind in TYPES],
            format_options={InputFormat.PDF: pdf},
        )

    def _artifacts(self) -> Path | None:
        folder = Path(self.artifacts).expanduser() if self.artifacts else None
        if folder is not None and not folder.is_dir():
            raise BadConfig(f"docling:artifacts={folder}: there is no such folder", _HINT_MODELS)
        return folder

    def _convert(self, name: str, path: Path, kind: str) -> Any:
        # its models are not for two threads at once, nor is PDFium, which it uses as we do
        with self._lock, LOCK if kind == "pdf" else nullcontext():
            converter = self._converter
            from docling.datamodel.base_models import DocumentStream, InputFormat

            # by its type here, whatever its name ends in
            ending = {"asciidoc": "adoc"}.get(kind, kind)
            data = io.BytesIO(path.read_bytes())
            stream = DocumentStream(name=f"file.{ending}", stream=data)
            try:
                if kind == "pdf":
                    converter.initialize_pipeline(InputFormat.PDF)
            except Exception as e:
                message = f"Docling's models for PDFs cannot be loaded: {_first_line(e)}"
                raise MissingDependency(message, _HINT_MODELS) from e
            try:
                return converter.convert(stream)
            except Exception as e:
                raise Unreadable(f"{name}: Docling cannot read it: {_first_line(e)}") from e


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__


def _items(document: Any, has_pictures: bool) -> Iterator[Item]:
    """The items of a DoclingDocument in reading order, with the places that they tell."""
    from docling_core.types.doc import ContentLayer

    layers = {ContentLayer.BODY, ContentLayer.NOTES}
    stream = (item for item, _ in document.iterate_items(included_content_layers=layers))
    # what is bold or linked within a paragraph is an item of its own there
    for inline, group in groupby(stream, key=lambda item: _inline_group(item, document)):
        if inline:
            words = list(group)
            text = " ".join(str(getattr(item, "text", "")) for item in words)
            yield Words(text, next(iter(_places(words[0], document)), (Span(), 0, 0))[0])
            continue
        for item in group:
            yield from _item(item, document, has_pictures)


def _inline_group(item: Any, document: Any) -> str:
    """What names the paragraph that an item is a piece of; "" for a whole one."""
    parent = item.parent.resolve(document) if item.parent else None
    return str(parent.self_ref) if parent is not None and parent.label == "inline" else ""


def _item(item: Any, document: Any, has_pictures: bool) -> Iterator[Item]:
    places = _places(item, document)
    place = places[0][0] if places else Span()
    match type(item).__name__:
        case "TitleItem":
            yield Heading(item.text, 0, place)
        case "SectionHeaderItem":
            yield Heading(item.text, item.level, place)
        case "TableItem":
            rows = [[" ".join(cell.text.split()) for cell in row] for row in item.data.grid]
            if rows:
                yield Table(rows, place, _row_boxes(item, document))
        case "PictureItem":
            if has_pictures and place.box:
                yield Picture(place)
        case _ if text := str(getattr(item, "text", "")).strip():
            # one that goes over a page has a place on each, with its share of the characters
            if len(places) < 2:
                yield Words(text, place)
                return
            for span, start, end in places:
                if share := item.text[start:end].strip():
                    yield Words(share, span)


def _places(item: Any, document: Any) -> list[tuple[Span, int, int]]:
    """Where an item lies, and which of its characters lie there."""
    return [
        (Span(page=p.page_no, box=_box([p.bbox], p.page_no, document)), *p.charspan)
        for p in getattr(item, "prov", ())
        if p.page_no
    ]


def _box(bounds: Iterable[Any], page: int, document: Any) -> Box | None:
    """The union of Docling's boxes as fractions of the page, origin top left; None where the page's
    size is not known, or nothing is left of it.
    """
    size = document.pages[page].size if page in document.pages else None
    if size is None or size.width <= 0 or size.height <= 0:
        return None
    tops = [b.to_top_left_origin(page_height=size.height) for b in bounds]
    if not tops:
        return None
    x0, y0 = min(b.l for b in tops) / size.width, min(b.t for b in tops) / size.height
    x1, y1 = max(b.r for b in tops) / size.width, max(b.b for b in tops) / size.height
    x0, y0, x1, y1 = (round(min(1.0, max(0.0, v)), 6) for v in (x0, y0, x1, y1))
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _row_boxes(table: Any, document: Any) -> Sequence[Box]:
    """The box of each row; nothing where one of them is not known."""
    if not table.prov:
        return ()
    page = table.prov[0].page_no
    boxes = [
        _box([cell.bbox for cell in row if cell.bbox is not None], page, document)
        for row in table.data.grid
    ]
    row_boxes = [box for box in boxes if box is not None]
    return row_boxes if len(row_boxes) == len(boxes) else ()
