"""One page of an open PDF, as values: its lines of text, pictures, drawings, rules and notes, each
with its box.

Boxes are x0, y0, x1, y1 in points of the page as it is displayed (crop box and rotation applied),
origin top left, turned so that its writing is horizontal; `Page.fraction` turns one into the 0..1
of a Span. Call with `polysense.read.document.pdf.decode.LOCK` held.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.read.document.layout import Line, union
from polysense.types import Box

MAX_OBJECTS = 20_000
"""Objects of a page looked at for pictures and drawings; the rest of a map or CAD sheet is more of
the same.
"""

MAX_CHARS = 200_000
"""Characters read of one page: a broadsheet has some 40,000."""

MAX_HASHED = 256 << 20
"""Bytes of pictures read on one page: a page may show one large picture thousands of times."""

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | {"\xa0": " ", "\x02": "\xad", "\ufffe": "\xad"}
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufeff\uffff]")
_BOLD = re.compile(r"bold|black|heavy|cmbx|sfbx", re.I)
_GARBAGE = re.compile("[\x00-\x08\ufffd\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Picture:
    """An embedded image: where it is shown, its size in pixels, and the digest of its data, the
    same wherever it is repeated.
    """

    box: Box
    pixels: tuple[int, int]
    digest: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A painted path, or a shading: where it is, and how many strokes it has."""

    box: Box
    strokes: int


@dataclass(frozen=True, slots=True)
class Note:
    """Words of an annotation: a comment, or a form field's name and value."""

    box: Box
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows. number counts from 1; width and height are in points; rules are thin
    straight strokes.

    turn counts the quarter turns, clockwise, that its writing is off the horizontal as displayed;
    boxes are as if turned back.
    """

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    pictures: tuple[Picture, ...]
    drawings: tuple[Drawing, ...]
    rules: tuple[Box, ...]
    notes: tuple[Note, ...]
    refs: tuple[tuple[Box, str], ...]
    turn: int = 0

    @property
    def legible(self) -> bool:
        """Whether the text says something: it has letters, and few characters without a meaning."""
        text = "".join(line.text for line in self.lines)
        return sum(c.isalnum() for c in text) > 2 and len(_GARBAGE.findall(text)) < 0.3 * len(text)

    def fraction(self, box: Box) -> Box:
        """A box in points as fractions of the page as displayed, cut to it."""
        w, h = self.width, self.height
        x0, y0, x1, y1 = (
            round(min(max(v, 0.0), 1.0), 4)
            for v in (box[0] / w, box[1] / h, box[2] / w, box[3] / h)
        )
        for _ in range(self.turn):
            x0, y0, x1, y1 = round(1 - y1, 4), x0, round(1 - y0, 4), x1
        return x0, y0, x1, y1


def read(page: Any, number: int) -> Page:
    """What an open page shows."""
    with closing(page.get_textpage()) as words:
        frame = _Frame(page)
        frame.turn_to(words)
        pictures, drawings, rules = _graphics(page, frame)
        lines = tuple(_lines(words, frame, [r for r in rules if r[3] - r[1] > r[2] - r[0]]))
    notes, refs = _annotations(page, frame)
    return Page(
        number, frame.width, frame.height, lines, pictures, drawings, rules, notes, refs, frame.turn
    )


class _Frame:
    """The map from a page's own coordinates to points as displayed, turned so that its writing is
    horizontal.
    """

    def __init__(self, page: Any) -> None:
        from pypdfium2 import raw

        self.width, self.height = max(page.get_width(), 1.0), max(page.get_height(), 1.0)
        left, bottom, _, _ = page.get_bbox()
        size, reach = 1 << 20, max(self.width, self.height)

        def shown(x: float, y: float) -> NDArray[np.float64]:
            px, py = ctypes.c_int(), ctypes.c_int()
            raw.FPDF_PageToDevice(page, 0, 0, size, size, 0, x, y, px, py)
            return np.array([px.value * self.width, py.value * self.height]) / size

        origin = shown(left, bottom)
        across, up = (
            (shown(left + reach, bottom) - origin) / reach,
            (shown(left, bottom + reach) - origin) / reach,
        )
        self._a, self._b, self._c, self._d = (float(v) for v in (*across, *up))
        self._e, self._f = (float(v) for v in origin - across * left - up * bottom)
        self.turn = 0

    def turn_to(self, words: Any) -> None:
        """Turn the frame as most of the characters are."""
        from pypdfium2 import raw

        matrix, seen = raw.FS_MATRIX(), Counter[int]()
        for i in range(0, words.count_chars(), max(words.count_chars() // 64, 1)):
            if raw.FPDFText_GetMatrix(words, i, matrix) and (matrix.a or matrix.b):
                along, down = (
                    self._a * matrix.a + self._c * matrix.b,
                    self._b * matrix.a + self._d * matrix.b,
                )
                seen[round(np.arctan2(down, along) / (np.pi / 2)) % 4] += 1
        self.turn = seen.most_common(1)[0][0] if seen else 0
        for _ in range(self.turn):  # x, y -> y, width - x
            self._a, self._c, self._e, self._b, self._d, self._f = (
                self._b,
                self._d,
                self._f,
                -self._a,
                -self._c,
                self.width - self._e,
            )
            self.width, self.height = self.height, self.width

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A rectangle of the page as displayed."""
        xa, xb = (
            self._a * left + self._c * bottom + self._e,
            self._a * right + self._c * top + self._e,
        )
        ya, yb = (
            self._b * left + self._d * bottom + self._f,
            self._b * right + self._d * top + self._f,
        )
        return min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)

    def shows(self, box: Box) -> bool:
        """Whether any of it lies on the page."""
        return box[2] > 0 and box[3] > 0 and box[0] < self.width and box[1] < self.height


def _lines(words: Any, frame: _Frame, walls: list[Box]) -> Iterator[Line]:
    """Runs of characters on one line, as the file orders them, cut at wide gaps and at vertical
    rules.
    """
    from pypdfium2 import raw

    rect, run = raw.FS_RECTF(), _Run(walls[:200])
    for i in range(min(words.count_chars(), MAX_CHARS)):
        char = chr(min(raw.FPDFText_GetUnicode(words, i), 0x10FFFF))
        if char in "\r\n":
            yield from run.finish(words)
            continue
        if not char.isspace():
            raw.FPDFText_GetLooseCharBox(words, i, rect)
            box = frame.box(rect.left, rect.bottom, rect.right, rect.top)
            if not frame.shows(box):
                continue
            if not run.continues(box):
                yield from run.finish(words)
            run.take(box, i)
        run.text.append(char)
    yield from run.finish(words)


class _Run:
    """A line being put together, character by character."""

    def __init__(self, walls: list[Box]) -> None:
        self.text: list[str] = []
        self._boxes: list[Box] = []
        self._chars: list[int] = []
        self._walls = walls
        self._vertical = False

    def continues(self, box: Box) -> bool:
        """Whether a character at `box` goes on with this line: beside the last one, or, in a line
        written upwards, above or below it.
        """
        if not self._boxes:
            return True
        last = self._boxes[-1]
        height, width = (
            min(box[3] - box[1], last[3] - last[1]),
            min(box[2] - box[0], last[2] - last[0]),
        )
        beside, across = (
            min(box[3], last[3]) - max(box[1], last[1]),
            max(box[0] - last[2], last[0] - box[2]),
        )
        if (
            not self._vertical
            and beside > 0.4 * height
            and across < 0.9 * max(box[3] - box[1], last[3] - last[1])
        ):
            return across < 0.1 * height or not self._walled(last, box)
        over, along = (
            min(box[2], last[2]) - max(box[0], last[0]),
            max(box[1] - last[3], last[1] - box[3]),
        )
        upright = over > 0.4 * width and along < 0.9 * max(box[2] - box[0], last[2] - last[0])
        self._vertical = upright and (self._vertical or len(self._boxes) == 1)
        return self._vertical

    def _walled(self, a: Box, b: Box) -> bool:
        x0, x1 = (a[2], b[0]) if a[0] < b[0] else (b[2], a[0])
        y = (max(a[1], b[1]) + min(a[3], b[3])) / 2
        return any(x0 - 1 < (w[0] + w[2]) / 2 < x1 + 1 and w[1] < y < w[3] for w in self._walls)

    def take(self, box: Box, char: int) -> None:
        self._boxes.append(box)
        self._chars.append(char)

    def finish(self, words: Any) -> Iterator[Line]:
        """The line, if it says anything; then starts anew."""
        text = "".join(self.text).translate(_LIGATURES)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        text = " ".join(_CONTROL.sub("", text.replace("\0", "\ufffd")).split())
        if text and self._boxes:
            picked = {self._chars[0], self._chars[len(self._chars) // 2], self._chars[-1]}
            bold = all(_is_bold(words, i) for i in picked)
            yield Line(
                text,
                union(self._boxes),
                _size(words, self._chars[len(self._chars) // 2]),
                bold,
                self._vertical,
            )
        self.text, self._boxes, self._chars, self._vertical = [], [], [], False


def _size(words: Any, char: int) -> float:
    """The font size as displayed, in points: many files set size 1 and scale it."""
    from pypdfium2 import raw

    matrix = raw.FS_MATRIX()
    scale = (
        float(np.hypot(matrix.c, matrix.d)) if raw.FPDFText_GetMatrix(words, char, matrix) else 1.0
    )
    return round(float(raw.FPDFText_GetFontSize(words, char)) * scale, 1)


def _is_bold(words: Any, char: int) -> bool:
    from pypdfium2 import raw

    if raw.FPDFText_GetFontWeight(words, char) >= 600:
        return True
    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(words, char, name, 128, ctypes.c_int())
    return bool(_BOLD.search(name.value.decode("utf-8", "replace")))


def _graphics(
    page: Any, frame: _Frame
) -> tuple[tuple[Picture, ...], tuple[Drawing, ...], tuple[Box, ...]]:
    """Pictures, painted paths, and the thin straight strokes among them."""
    from pypdfium2 import raw

    pictures, drawings, rules = list[Picture](), list[Drawing](), list[Box]()
    room = MAX_HASHED
    for thing in islice(page.get_objects(max_depth=6), MAX_OBJECTS):
        if thing.type not in (
            raw.FPDF_PAGEOBJ_IMAGE,
            raw.FPDF_PAGEOBJ_PATH,
            raw.FPDF_PAGEOBJ_SHADING,
        ):
            continue
        box = _bounds(thing, frame)
        if not frame.shows(box):
            continue
        if thing.type == raw.FPDF_PAGEOBJ_IMAGE:
            digest, used = _fingerprint(thing, room)
            pictures.append(Picture(box, thing.get_px_size(), digest))
            room -= used
        elif _painted(thing):
            strokes = (
                raw.FPDFPath_CountSegments(thing) if thing.type == raw.FPDF_PAGEOBJ_PATH else 1
            )
            drawings.append(Drawing(box, max(strokes, 1)))
            rules += _edges(thing, box, strokes, frame)
    return tuple(pictures), tuple(drawings), tuple(rules)


def _matrix(thing: Any) -> Any:
    """From an object's own coordinates, through the forms that hold it, to the page's."""
    matrix, holder = None, thing.container
    while holder is not None:
        matrix = holder.get_matrix() if matrix is None else matrix.multiply(holder.get_matrix())
        holder = holder.container
    return matrix


def _bounds(thing: Any, frame: _Frame) -> Box:
    left, bottom, right, top = thing.get_bounds()
    matrix = _matrix(thing)
    if matrix is not None:
        left, bottom, right, top = matrix.on_rect(left, bottom, right, top)
    return frame.box(left, bottom, right, top)


def _fingerprint(picture: Any, room: int) -> tuple[str, int]:
    """The digest of a picture's data and the bytes read for it; what has more than `room` is known
    by its sizes alone.
    """
    from pypdfium2 import raw

    size = raw.FPDFImageObj_GetImageDataRaw(picture, None, 0)
    if not 0 < size <= min(16 << 20, room):
        return f"{picture.get_px_size()}{size}", 0
    data = ctypes.create_string_buffer(size)
    raw.FPDFImageObj_GetImageDataRaw(picture, data, size)
    return sha256(data.raw).hexdigest(), size


def _painted(path: Any) -> bool:
    """Whether it leaves ink: white areas and clipping paths do not."""
    from pypdfium2 import raw

    if path.type != raw.FPDF_PAGEOBJ_PATH:
        return True
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    rgba = [ctypes.c_uint() for _ in range(4)]
    filled = fill.value and (
        not raw.FPDFPageObj_GetFillColor(path, *rgba)
        or (rgba[3].value and min(c.value for c in rgba[:3]) < 250)
    )
    return bool(stroke.value or filled)


def _edges(path: Any, box: Box, count: int, frame: _Frame) -> Iterator[Box]:
    """The straight horizontal and vertical edges of a simple path."""
    from pypdfium2 import raw

    if min(box[2] - box[0], box[3] - box[1]) < 2:
        yield box
        return
    if not 2 <= count <= 64:
        return
    own, outer = path.get_matrix(), _matrix(path)
    matrix = own if outer is None else own.multiply(outer)
    last: tuple[float, float] | None = None
    first = last
    for i in range(count):
        piece, x, y = raw.FPDFPath_GetPathSegment(path, i), ctypes.c_float(), ctypes.c_float()
        raw.FPDFPathSegment_GetPoint(piece, x, y)
        here, kind = matrix.on_point(x.value, y.value), raw.FPDFPathSegment_GetType(piece)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = here
        ends = [(last, here)] if kind == raw.FPDF_SEGMENT_LINETO else []
        ends += [(here, first)] if raw.FPDFPathSegment_GetClose(piece) else []
        for a, b in ends:
            edge = frame.box(*a, *b) if a and b else box
            if (
                min(edge[2] - edge[0], edge[3] - edge[1]) < 1
                and max(edge[2] - edge[0], edge[3] - edge[1]) > 4
            ):
                yield edge
        last = here


def _annotations(page: Any, frame: _Frame) -> tuple[tuple[Note, ...], tuple[tuple[Box, str], ...]]:
    """Comments and form values; and links to files."""
    from pypdfium2 import raw

    notes, refs = list[Note](), list[tuple[Box, str]]()
    for i in range(min(raw.FPDFPage_GetAnnotCount(page), 2000)):
        annotation, rect = raw.FPDFPage_GetAnnot(page, i), raw.FS_RECTF()
        raw.FPDFAnnot_GetRect(annotation, rect)
        box = frame.box(rect.left, rect.bottom, rect.right, rect.top)
        said = [_value(annotation, key) for key in (b"T", b"V", b"Contents")]
        if raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_LINK:
            refs += [(box, target) for target in _targets(page, annotation)]
        elif (
            raw.FPDFAnnot_GetSubtype(annotation) != raw.FPDF_ANNOT_POPUP
            and any(said[1:])
            and said[1] != "Off"
        ):
            notes.append(Note(box, ": ".join(s for s in said if s)))
        raw.FPDFPage_CloseAnnot(annotation)
    return tuple(notes), tuple(refs)


def _value(annotation: Any, key: bytes) -> str:
    from pypdfium2 import raw

    size = raw.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if not 2 < size <= 1 << 16:
        return ""
    data = (ctypes.c_ushort * (size // 2 + 1))()
    raw.FPDFAnnot_GetStringValue(annotation, key, data, size)
    return " ".join(
        _CONTROL.sub(" ", bytes(data)[: size - 2].decode("utf-16-le", "replace")).split()
    )


def _targets(page: Any, annotation: Any) -> Iterator[str]:
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
        if 1 < size <= 4096:
            data = ctypes.create_string_buffer(size)
            read(data, size)
            yield data.value.decode("utf-8", "replace")
