"""PDF by pypdfium2: its pixels, and what its pages say.

PDFium is not thread-safe: every call to it is made under `LOCK`.
"""

from __future__ import annotations

import ctypes
import io
import logging
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import Encrypted, PolysenseError, Unreadable
from polysense.read.document.pdf import page as pdfpage
from polysense.read.file.pdfium_lock import LOCK as LOCK
from polysense.types import Box

_MAX_DPI = 300
"""Print resolution; small letters are legible to OCR. Judged, not measured."""

_MAX_LABEL_CHARS = 40
_MAX_BOOKMARKS = 5000
"""A bound for hostile files: outlines may be circular."""

_WHOLE_PAGE: Box = (0.0, 0.0, 1.0, 1.0)


class PdfDocument:
    """An open PDF. Usable from several threads, one at a time.

    Raises Encrypted where a password is needed, Unreadable where the file is no PDF.
    """

    def __init__(self, path: Path) -> None:
        import pypdfium2
        from pypdfium2 import raw

        self._name = path.name
        with LOCK:
            try:
                self._pdf = pypdfium2.PdfDocument(path)
            except (pypdfium2.PdfiumError, OSError) as e:
                if getattr(e, "err_code", None) == raw.FPDF_ERR_PASSWORD:
                    raise Encrypted(f"{path.name} is protected by a password") from e
                raise Unreadable(f"{path.name} is no readable PDF: {e}") from e

    def __enter__(self) -> PdfDocument:
        return self

    def __exit__(self, *_: object) -> None:
        with LOCK:
            self._pdf.close()

    def __len__(self) -> int:
        with LOCK:
            return len(self._pdf)

    def title(self) -> str:
        """The title in its metadata, or nothing."""
        with LOCK:
            return " ".join(str(self._pdf.get_metadata_value("Title")).replace("\0", "").split())

    def outline(self) -> list[tuple[int, str, int]]:
        """Its bookmarks: depth from 0, title, page from 1."""
        # it warns of every circular bookmark
        logging.getLogger("pypdfium2").setLevel(logging.ERROR)
        bookmarks = []
        with LOCK:
            for mark in islice(self._pdf.get_toc(), _MAX_BOOKMARKS):
                dest = mark.get_dest()
                index = dest.get_index() if dest else None
                title = " ".join(mark.get_title().replace("\0", "").split())
                if index is not None and title:
                    bookmarks.append((mark.level, title, index + 1))
        return bookmarks

    def page_label(self, number: int) -> str:
        """What page `number` (from 1) is called in print, as "ii"; "" where that is its number."""
        with LOCK:
            label = self._pdf.get_page_label(number - 1).replace("\0", "").strip()
        return "" if label == str(number) else label[:_MAX_LABEL_CHARS]

    def read_page(self, number: int) -> pdfpage.Page:
        """What page `number` (from 1) shows. Raises Unreadable where it is broken."""
        from pypdfium2 import PdfiumError

        with LOCK, self._page(number) as page:
            try:
                return pdfpage.read_page(page, number)
            except (PdfiumError, ctypes.ArgumentError, ValueError) as e:
                raise Unreadable(f"{self._name}: page {number} is broken ({e})") from e

    def render(self, number: int, box: Box | None = None, longest: int = 1600) -> NDArray[np.uint8]:
        """See `render`."""
        with LOCK:
            if self._pdf.get_formtype() and self._pdf.formenv is None:
                self._pdf.init_forms()
            with self._page(number) as page:
                x0, y0, x1, y1 = box or _WHOLE_PAGE
                width, height = max(page.get_width(), 1.0), max(page.get_height(), 1.0)
                w, h = max((x1 - x0) * width, 0.1), max((y1 - y0) * height, 0.1)
                scale = min(_MAX_DPI / 72, longest / max(w, h))
                crop = _crop_margins(box or _WHOLE_PAGE, width * scale, height * scale)
                bitmap = page.render(
                    scale=scale, crop=tuple(v / scale for v in crop), rev_byteorder=True
                )
                with closing(bitmap):
                    return np.array(bitmap.to_numpy()[..., :3], dtype=np.uint8)

    def extract_page(self, number: int) -> bytes:
        """A page as a PDF of its own. Raises Unreadable."""
        import pypdfium2

        with LOCK, self._page(number), closing(pypdfium2.PdfDocument.new()) as one:
            try:
                one.import_pages(self._pdf, [number - 1])
                file = io.BytesIO()
                one.save(file)
            except pypdfium2.PdfiumError as e:
                raise Unreadable(f"{self._name}: page {number} is broken ({e})") from e
        return file.getvalue()

    def _page(self, number: int) -> Any:
        import pypdfium2

        if not 1 <= number <= len(self._pdf):
            raise Unreadable(f"{self._name} has no page {number}: it has {len(self._pdf)}")
        try:
            return closing(self._pdf[number - 1])
        except pypdfium2.PdfiumError as e:
            raise Unreadable(f"{self._name}: page {number} is broken ({e})") from e


def page_count(path: Path) -> int:
    """How many pages a PDF has. Raises Encrypted, Unreadable."""
    with PdfDocument(path) as pdf:
        return len(pdf)


def render(path: Path, page: int, box: Box | None = None, longest: int = 1600) -> NDArray[np.uint8]:
    """Page `page` (from 1), or `box` of it (fractions), as RGB pixels.

    At 300 dpi, less where a side would exceed `longest`. Raises Encrypted, Unreadable.
    """
    with PdfDocument(path) as pdf:
        try:
            return pdf.render(page, box, longest)
        except PolysenseError:
            raise
        except Exception as e:
            raise Unreadable(f"{path.name}: page {page} cannot be drawn ({e})") from e


def _crop_margins(box: Box, width: float, height: float) -> tuple[float, float, float, float]:
    """Whole pixels to cut left, bottom, right and top, so that at least one is left each way.

    width and height are the page's, in pixels.
    """
    total_w, total_h = int(np.ceil(width)), int(np.ceil(height))
    left, top = min(int(box[0] * width), total_w - 1), min(int(box[1] * height), total_h - 1)
    right, bottom = (
        max(total_w - int(np.ceil(box[2] * width)), 0),
        max(total_h - int(np.ceil(box[3] * height)), 0),
    )
    # a hair less than whole, because PDFium's wrapper rounds up
    return tuple(
        max(v - 1e-3, 0.0)
        for v in (left, min(bottom, total_h - top - 1), min(right, total_w - left - 1), top)
    )  # type: ignore[return-value]
