"""The files attached to a PDF (ISO 32000-1, 7.11.4), by PDFium."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from polysense.errors import Unreadable
from polysense.read.file.pdfium_lock import LOCK

_SIGN = b"/EmbeddedFile"
"""What stands in the clear in a PDF that has files: their streams lie in no compressed part."""


def has_attachments(path: Path) -> bool:
    """Whether files may be attached, told without opening the PDF."""
    with path.open("rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        return raw.find(_SIGN) >= 0


def pdf_attachments(path: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """(name, how to get its bytes) of each attached file. Raises Unreadable."""
    import pypdfium2

    if not has_attachments(path):
        return
    with LOCK:
        try:
            document = pypdfium2.PdfDocument(path)
        except (pypdfium2.PdfiumError, OSError) as e:
            raise Unreadable(f"{path.name} is no readable PDF: {e}") from e
        names = [document.get_attachment(n).get_name() for n in range(document.count_attachments())]
    try:
        for n, name in enumerate(names):
            yield name, partial(_attachment_bytes, document, n, path.name)
    finally:
        with LOCK:
            document.close()


def _attachment_bytes(document: object, n: int, name: str) -> bytes:
    import pypdfium2

    with LOCK:
        try:
            return bytes(document.get_attachment(n).get_data())  # type: ignore[attr-defined]
        except pypdfium2.PdfiumError as e:
            raise Unreadable(f"file {n + 1} attached to {name} cannot be read: {e}") from e
