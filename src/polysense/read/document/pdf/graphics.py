"""The pictures, painted paths and thin straight rules of a PDF page."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

from polysense.read.document.pdf.frame import Frame
from polysense.types import Box

MAX_OBJECTS = 20_000
"""Objects of a page looked at; the rest of a map or CAD sheet is more of the same."""

MAX_HASHED_BYTES = 256 << 20
"""Bytes of pictures read on one page: a page may show one large picture thousands of times."""

_MAX_PICTURE_BYTES = 16 << 20
"""A picture with more data is known by its sizes alone."""

_MAX_DEPTH = 6
"""Forms within forms that are gone into."""

_WHITE = 250
"""Fills this light in every colour leave no ink."""

# Points; judged, not measured.

_RULE_THICKNESS = 2.0
"""An area thinner than this is a rule itself."""

_EDGE_THICKNESS = 1.0
_MIN_EDGE_LENGTH = 4.0
"""An edge of a path is a rule where it is straight, and longer than a dash or a letter's stem."""

_MAX_SEGMENTS = 64
"""A path with more is a drawing, not the frame of a cell."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An embedded image: where it is shown, its size in pixels, and the digest of its data.

    The digest is the same wherever the image is repeated.
    """

    box: Box
    pixels: tuple[int, int]
    digest: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A painted path, or a shading: where it is, and how many strokes it has."""

    box: Box
    strokes: int


def read_graphics(
    page: Any, frame: Frame
) -> tuple[tuple[Picture, ...], tuple[Drawing, ...], tuple[Box, ...]]:
    """Pictures, painted paths, and the thin straight strokes among them."""
    from pypdfium2 import raw

    pictures, drawings, rules = list[Picture](), list[Drawing](), list[Box]()
    byte_budget = MAX_HASHED_BYTES
    for item in islice(page.get_objects(max_depth=_MAX_DEPTH), MAX_OBJECTS):
        if item.type not in (
            raw.FPDF_PAGEOBJ_IMAGE,
            raw.FPDF_PAGEOBJ_PATH,
            raw.FPDF_PAGEOBJ_SHADING,
        ):
            continue
        box = _item_box(item, frame)
        if not frame.is_on_page(box):
            continue
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            digest, byte_count = _picture_digest(item, byte_budget)
            pictures.append(Picture(box, item.get_px_size(), digest))
            byte_budget -= byte_count
        elif _is_painted(item):
            strokes = raw.FPDFPath_CountSegments(item) if item.type == raw.FPDF_PAGEOBJ_PATH else 1
            drawings.append(Drawing(box, max(strokes, 1)))
            rules += _straight_edges(item, box, strokes, frame)
    return tuple(pictures), tuple(drawings), tuple(rules)


def _page_matrix(item: Any) -> Any:
    """From an object's own coordinates, through the forms that hold it, to the page's."""
    matrix, holder = None, item.container
    while holder is not None:
        matrix = holder.get_matrix() if matrix is None else matrix.multiply(holder.get_matrix())
        holder = holder.container
    return matrix


def _item_box(item: Any, frame: Frame) -> Box:
    left, bottom, right, top = item.get_bounds()
    matrix = _page_matrix(item)
    if matrix is not None:
        left, bottom, right, top = matrix.on_rect(left, bottom, right, top)
    return frame.to_box(left, bottom, right, top)


def _picture_digest(picture: Any, byte_budget: int) -> tuple[str, int]:
    """The digest of a picture's data, and the bytes read for it.

    What has more than `byte_budget` is known by its sizes alone.
    """
    from pypdfium2 import raw

    size = raw.FPDFImageObj_GetImageDataRaw(picture, None, 0)
    if not 0 < size <= min(_MAX_PICTURE_BYTES, byte_budget):
        return f"{picture.get_px_size()}{size}", 0
    data = ctypes.create_string_buffer(size)
    raw.FPDFImageObj_GetImageDataRaw(picture, data, size)
    return sha256(data.raw).hexdigest(), size


def _is_painted(path: Any) -> bool:
    """Whether it leaves ink: white areas and clipping paths do not."""
    from pypdfium2 import raw

    if path.type != raw.FPDF_PAGEOBJ_PATH:
        return True
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    rgba = [ctypes.c_uint() for _ in range(4)]
    is_filled = fill.value and (
        not raw.FPDFPageObj_GetFillColor(path, *rgba)
        or (rgba[3].value and min(c.value for c in rgba[:3]) < _WHITE)
    )
    return bool(stroke.value or is_filled)


def _straight_edges(path: Any, box: Box, segment_count: int, frame: Frame) -> Iterator[Box]:
    """The straight horizontal and vertical edges of a simple path."""
    from pypdfium2 import raw

    if min(box[2] - box[0], box[3] - box[1]) < _RULE_THICKNESS:
        yield box
        return
    if not 2 <= segment_count <= _MAX_SEGMENTS:
        return
    own, outer = path.get_matrix(), _page_matrix(path)
    matrix = own if outer is None else own.multiply(outer)
    previous: tuple[float, float] | None = None
    first = previous
    for i in range(segment_count):
        segment, x, y = raw.FPDFPath_GetPathSegment(path, i), ctypes.c_float(), ctypes.c_float()
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point, kind = matrix.on_point(x.value, y.value), raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = point
        ends = [(previous, point)] if kind == raw.FPDF_SEGMENT_LINETO else []
        ends += [(point, first)] if raw.FPDFPathSegment_GetClose(segment) else []
        for a, b in ends:
            edge = frame.to_box(*a, *b) if a and b else box
            if (
                min(edge[2] - edge[0], edge[3] - edge[1]) < _EDGE_THICKNESS
                and max(edge[2] - edge[0], edge[3] - edge[1]) > _MIN_EDGE_LENGTH
            ):
                yield edge
        previous = point
