"""What is attached to a PDF page: comments, form values, and links to files."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from polysense.read.document.pdf.frame import Frame
from polysense.read.document.pdf.lines import CONTROL
from polysense.types import Box

_MAX_ANNOTATIONS = 2000
_MAX_VALUE_BYTES = 1 << 16
_MAX_TARGET_BYTES = 4096
"""Longer comments and addresses are left out: bounds for hostile files."""


@dataclass(frozen=True, slots=True)
class Note:
    """Words of an annotation: a comment."""

    box: Box
    text: str


@dataclass(frozen=True, slots=True)
class Field:
    """A form's field: the name that its file has for it, and what is filled in."""

    box: Box
    name: str
    value: str


def read_annotations(
    page: Any, frame: Frame
) -> tuple[tuple[Field, ...], tuple[Note, ...], tuple[tuple[Box, str], ...]]:
    """Fields that are filled in, comments, and links to files."""
    from pypdfium2 import raw

    fields, notes, file_links = list[Field](), list[Note](), list[tuple[Box, str]]()
    for i in range(min(raw.FPDFPage_GetAnnotCount(page), _MAX_ANNOTATIONS)):
        annotation, rect = raw.FPDFPage_GetAnnot(page, i), raw.FS_RECTF()
        raw.FPDFAnnot_GetRect(annotation, rect)
        box = frame.to_box(rect.left, rect.bottom, rect.right, rect.top)
        values = [_annotation_value(annotation, key) for key in (b"T", b"V", b"Contents")]
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        if kind == raw.FPDF_ANNOT_WIDGET:
            if values[1] and values[1] != "Off":
                fields.append(Field(box, values[0], values[1]))
        elif kind == raw.FPDF_ANNOT_LINK:
            file_links += [(box, target) for target in _link_targets(page, annotation)]
        elif kind != raw.FPDF_ANNOT_POPUP and any(values[1:]) and values[1] != "Off":
            notes.append(Note(box, ": ".join(s for s in values if s)))
        raw.FPDFPage_CloseAnnot(annotation)
    return tuple(fields), tuple(notes), tuple(file_links)


def _annotation_value(annotation: Any, key: bytes) -> str:
    from pypdfium2 import raw

    size = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if not 2 < size <= _MAX_VALUE_BYTES:
        return ""
    data = (ctypes.c_ushort * (size // 2 + 1))()
    raw.FPDFAnnot_GetStringValue(annotation, key, data, size)
    return " ".join(
        CONTROL.sub(" ", bytes(data)[: size - 2].decode("utf-16-le", "replace")).split()
    )


def _link_targets(page: Any, annotation: Any) -> Iterator[str]:
    """The web address or file that a link annotation leads to."""
    from pypdfium2 import raw

    link = raw.FPDFAnnot_GetLink(annotation)
    action = raw.FPDFLink_GetAction(link) if link else None
    if not action:
        return
    readers: tuple[Callable[[Any, int], int], ...] = (
        lambda data, size: int(raw.FPDFAction_GetURIPath(page.pdf, action, data, size)),
        lambda data, size: int(raw.FPDFAction_GetFilePath(action, data, size)),
    )
    for read in readers:
        size = read(None, 0)
        if 1 < size <= _MAX_TARGET_BYTES:
            data = ctypes.create_string_buffer(size)
            read(data, size)
            yield data.value.decode("utf-8", "replace")
