"""PowerPoint: each slide's text, tables, charts, pictures and notes, with their shapes' boxes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.document import office
from polysense.read.file.chunk_meta import with_meta
from polysense.read.file.placed_passages import placed_passages
from polysense.read.file.raised import raised_text
from polysense.read.file.strict_office import open_office_file
from polysense.types import Asset, Box, Chunk, Link, Span

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
_SHAPE_TAGS = frozenset(_P + kind for kind in ("sp", "grpSp", "graphicFrame", "cxnSp", "pic"))
_LINE_BREAKS = {_A + "br": "\n"}
_FLOAT = re.compile(r"-?(?:\d+\.\d+|\d+(?:\.\d+)?[eE][-+]?\d{1,3})")
"""A number as floating-point arithmetic left it: 0.30000000000000004."""

_DEFAULT_SIZE = (12_192_000, 6_858_000)
"""English Metric Units: PowerPoint's own, where a file tells none."""

_MAX_SHAPES = 5000
_MAX_DEPTH = 20
_MAX_CHART_ROWS = 10_000
"""Shapes of a slide or group, groups within groups, categories of a chart: bounds for hostile
files.
"""

_MIN_PICTURE_SIDE = 0.02
"""Share of the slide; smaller pictures decorate. Judged, not measured."""

_SLIDE_ROW = 2
"""Decimals of the slide's height within which shapes are read from left to right."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """A shape and where on the slide it is."""

    shape: Any
    box: Box


class PptxParser(Parser):
    """Reads .pptx: a slide is a page. One that is broken is left out, and named at the end."""

    accepts: ClassVar[frozenset[str]] = frozenset(
        {"application/vnd.openxmlformats-officedocument.presentationml.presentation"}
    )

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """See Parser. Raises Encrypted, TooLarge, Unreadable."""
        path = asset.path or Path(asset.uri)
        office.check_package(path)
        import pptx

        try:
            with open_office_file(path) as file:
                deck = pptx.Presentation(file)
            ids = list(deck.slides._sldIdLst)
        except Exception as e:
            raise Unreadable(f"{asset.name} is no readable presentation: {e}") from e
        reader, failures = _Reader(asset, path, deck), []
        for number, entry in enumerate(ids, 1):
            try:
                slide = deck.part.related_slide(entry.rId)
                items = list(reader.read_slide(number, slide))
            # broken XML shows as any kind of error, and must not cost the other slides
            except Exception:  # noqa: BLE001
                failures.append(str(number))
                continue
            yield from with_meta(items, {"hidden": "slide"} if _is_hidden(slide) else {})
        if failures:
            raise Unreadable(
                f"{asset.name}: {len(failures)} of its slides are broken and were left out: "
                f"{', '.join(failures[:20])}"
            )


class _Reader:
    """What is known of a presentation while its slides are read in order."""

    def __init__(self, asset: Asset, path: Path, deck: Any) -> None:
        self._asset, self._path = asset, path
        self._size = (
            deck.slide_width or _DEFAULT_SIZE[0],
            deck.slide_height or _DEFAULT_SIZE[1],
        )
        self._picture_names: set[str] = set()
        self._title = (
            office.document_title(deck, "powerpoint presentation") or asset.name.rsplit(".", 1)[0]
        )

    def read_slide(self, number: int, slide: Any) -> Iterator[Chunk | Link]:
        """All that is on a slide, and what its speaker says."""
        width, height = self._size
        _choose_alternatives(slide.shapes.element)
        shapes = sorted(
            _shapes(slide.shapes, (0.0, 0.0, 1 / width, 1 / height)),
            key=lambda s: (round(s.box[1], _SLIDE_ROW), s.box[0]),
        )
        heading = slide.shapes.title
        title = (
            " ".join(heading.text_frame.text.split())[: office.MAX_TITLE_CHARS]
            if heading is not None and heading.has_text_frame
            else ""
        )
        shapes.sort(key=lambda s: heading is None or s.shape.shape_id != heading.shape_id)
        note = " (hidden slide)" if _is_hidden(slide) else ""
        context = " > ".join(dict.fromkeys(filter(None, (self._title, title)))) + note
        shape_texts = [
            (words, Span(page=number, box=s.box)) for s in shapes if (words := _words(s.shape))
        ]
        yield from placed_passages(self._asset, shape_texts, Span(page=number), context)
        all_words = " ".join(text for text, _ in shape_texts).split()
        words = " ".join(all_words[: office.CONTEXT_WORDS])
        tables = charts = 0
        for s in shapes:
            place = Span(page=number, box=s.box)
            if getattr(s.shape, "has_table", False):
                tables += 1
                yield from self._table(s, replace(place, node=f"table {tables}"), context)
            elif getattr(s.shape, "has_chart", False):
                charts += 1
                yield from self._chart(s, replace(place, node=f"chart {charts}"), context)
            yield from self._picture(s, slide, number, f"{context}\n{words}")
            yield from self._links(s, number, context)
        yield from self._notes(slide, number, context)
        yield from self._comments(slide, number, context)

    def _table(self, shape: _Shape, place: Span, context: str) -> Iterator[Chunk]:
        table, (x0, y0, x1, y1) = shape.shape.table, shape.box
        rows: list[list[str]] = []
        for row in table.rows:
            rows.append(_row_cells(row, rows[-1] if rows else []))
        heights = [max(row.height or 0, 1) for row in table.rows]
        edges = [y0 + (y1 - y0) * sum(heights[:n]) / sum(heights) for n in range(len(heights) + 1)]
        boxes = [_slide_fractions((x0, a, x1, b)) for a, b in pairwise(edges)]
        yield from office.table_chunks(self._asset, rows, place, context, boxes)

    def _chart(self, shape: _Shape, place: Span, context: str) -> Iterator[Chunk]:
        """The figures that a chart of any kind shows, a row a category."""
        chart = shape.shape.chart.element
        titles = [
            " ".join("".join(t.text or "" for t in title.iter(_A + "t")).split())
            for title in chart.iter(_C + "title")
        ]
        rows: list[list[str]] = []
        series = ((one, _points(one, "cat", "xVal")) for one in chart.iter(_C + "ser"))
        for (_, labels), group in groupby(
            series, key=lambda entry: (entry[0].getparent(), entry[1])
        ):
            columns = [(_series_name(one), _points(one, "val", "yVal")) for one, _ in group]
            rows.append(["", *(name for name, _ in columns)])
            for n in sorted({*labels, *(n for _, values in columns for n in values)})[
                :_MAX_CHART_ROWS
            ]:
                rows.append(
                    [labels.get(n, str(n + 1)), *(values.get(n, "") for _, values in columns)]
                )
        chart_context = office.join_context(context, *titles, _alt_text(shape.shape))
        yield from office.table_chunks(self._asset, rows, place, chart_context)

    def _picture(self, shape: _Shape, slide: Any, number: int, context: str) -> Iterator[Chunk]:
        """The picture of a shape, or that it is filled with, the first time that it is shown."""
        blip = (
            None
            if hasattr(shape.shape, "shapes")
            else next(shape.shape.element.iter(_A + "blip"), None)
        )
        relation = slide.part.rels.get(blip.get(_R + "embed")) if blip is not None else None
        if relation is None or relation.is_external:
            return
        name = str(relation.target_part.partname).lstrip("/")
        side = min(shape.box[2] - shape.box[0], shape.box[3] - shape.box[1])
        if name in self._picture_names or side < _MIN_PICTURE_SIDE:
            return
        self._picture_names.add(name)
        part = office.picture_part(self._asset, self._path, name)
        headings, _, words = context.partition("\n")
        picture_context = office.join_context(headings, _alt_text(shape.shape), words)
        span = Span(page=number, box=shape.box, node=name)
        yield Chunk(self._asset, span, "image", part, "", picture_context)

    def _links(self, shape: _Shape, number: int, context: str) -> Iterator[Link]:
        if hasattr(shape.shape, "shapes"):
            return
        for click in shape.shape.element.iter(_A + "hlinkClick"):
            relation = shape.shape.part.rels.get(click.get(_R + "id"))
            target = (
                office.link_target(self._asset, relation.target_ref)
                if relation is not None and relation.is_external
                else ""
            )
            if target:
                link_words = " ".join(
                    [context, _words(shape.shape), _alt_text(shape.shape)]
                ).split()
                yield Link(
                    target,
                    " ".join(link_words[: office.CONTEXT_WORDS]),
                    Span(page=number, box=shape.box),
                )

    def _notes(self, slide: Any, number: int, context: str) -> Iterator[Chunk]:
        frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
        words = frame.text.replace("\v", "\n").strip() if frame is not None else ""
        place = Span(page=number, node="notes")
        for chunk in placed_passages(
            self._asset, [(words, place)] if words else [], place, context
        ):
            yield chunk.with_(meta={"notes": True})

    def _comments(self, slide: Any, number: int, context: str) -> Iterator[Chunk]:
        place, comments = Span(page=number, node="comments"), list[tuple[str, Span]]()
        for relation in slide.part.rels.values():
            if relation.is_external or not relation.reltype.endswith("/comments"):
                continue
            # of old programs, and of new ones
            for body in office.parse_xml(relation.target_part).iter("{*}text", "{*}txBody"):
                if words := "\n".join(
                    "".join(p.itertext()) for p in list(body.iter(_A + "p")) or [body]
                ).strip():
                    comments.append((words, place))
        yield from placed_passages(self._asset, comments, place, context)


def _shapes(
    shapes: Any, frame: tuple[float, float, float, float], depth: int = 0
) -> Iterator[_Shape]:
    """All shapes, those of groups in their place.

    frame is the offset and scale from their units to fractions of the slide.
    """
    dx, dy, sx, sy = frame
    for n, shape in enumerate(shapes):
        if n >= _MAX_SHAPES:
            return
        left, top, width, height = (
            getattr(shape, side) for side in ("left", "top", "width", "height")
        )
        box = _WHOLE
        if None not in (left, top, width, height):
            x0, y0, x1, y1 = _rotated_bounds((left, top, width, height), shape.rotation)
            box = _slide_fractions((dx + x0 * sx, dy + y0 * sy, dx + x1 * sx, dy + y1 * sy))
        yield _Shape(shape, box)
        if hasattr(shape, "shapes") and depth < _MAX_DEPTH:
            yield from _shapes(shape.shapes, _group_frame(shape, frame), depth + 1)


def _rotated_bounds(frame: tuple[float, float, float, float], degrees: float) -> Box:
    """The box around a shape (left, top, width, height) that is turned about its middle."""
    left, top, width, height = frame
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    x, y = left + width / 2, top + height / 2
    w, h = (width * cos + height * sin) / 2, (width * sin + height * cos) / 2
    return x - w, y - h, x + w, y + h


def _choose_alternatives(shapes: Any) -> None:
    """Put the first form that can be read of each shape that is given in several in its place.

    A shape with a formula is given for new and for old programs.
    """
    for alternatives in list(shapes.iter(_COMPATIBLE + "AlternateContent")):
        readable_form = next(
            (form for form in alternatives if any(inner.tag in _SHAPE_TAGS for inner in form)), None
        )
        parent = alternatives.getparent()
        if readable_form is not None and parent is not None:
            index = parent.index(alternatives)
            parent[index : index + 1] = list(readable_form)


def _row_cells(row: Any, above: list[str]) -> list[str]:
    """The text of a row's cells.

    One merged to the left is empty, one merged upwards says what is above.
    """
    texts: list[str] = []
    for n, cell in enumerate(row.cells):
        words = " ".join(cell.text.split())
        if cell.is_spanned:
            is_repeated = cell._tc.vMerge and n < len(above)
            words = above[n] if is_repeated and len(above[n]) <= office.MAX_REPEATED_CHARS else ""
        texts.append(words)
    return texts


def _points(series: Any, *tags: str) -> dict[int, str]:
    """What a chart's file says at each place of a series' labels or values."""
    values: dict[int, str] = {}
    for point in (
        point
        for tag in tags
        for container in series.iterfind(_C + tag)
        for point in container.iter(_C + "pt")
    ):
        words = point.findtext(_C + "v") or ""
        if _FLOAT.fullmatch(words) and point.getparent().tag.startswith(_C + "num"):
            words = f"{float(words):.15g}"
        # of labels in levels, the lowest comes first
        values.setdefault(int(point.get("idx", 0)), words)
    return values


def _series_name(series: Any) -> str:
    return _points(series, "tx").get(0) or series.findtext(f"{_C}tx/{_C}v") or ""


def _group_frame(
    group: Any, frame: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """The frame of the shapes in a group, which has units of its own."""
    dx, dy, sx, sy = frame
    xfrm = group.element.find(f"{{*}}grpSpPr/{_A}xfrm")
    origin, size = (
        (xfrm.find(_A + "chOff"), xfrm.find(_A + "chExt")) if xfrm is not None else (None, None)
    )
    if origin is None or size is None:
        return frame
    x, y = int(origin.get("x", 0)), int(origin.get("y", 0))
    w, h = int(size.get("cx", 0)), int(size.get("cy", 0))
    kx, ky = (group.width / w if w else 1.0), (group.height / h if h else 1.0)
    return dx + (group.left - x * kx) * sx, dy + (group.top - y * ky) * sy, sx * kx, sy * ky


def _slide_fractions(box: Box) -> Box:
    x0, y0, x1, y1 = (round(min(max(v, 0.0), 1.0), 4) for v in box)
    return x0, y0, x1, y1


def _words(shape: Any) -> str:
    """What a shape says, a paragraph a line; of a diagram, the words of its points."""
    if getattr(shape, "has_text_frame", False):
        paragraphs = shape.text_frame._txBody.iterfind(_A + "p")  # python-pptx passes over formulas
        return "\n".join(map(_paragraph_words, paragraphs)).strip()
    points = (
        None if hasattr(shape, "shapes") else next(shape.element.iter(_DIAGRAM + "relIds"), None)
    )
    if points is None:
        return ""
    root = office.parse_xml(shape.part.related_part(points.get(_R + "dm")))
    lines = ("".join(t.text or "" for t in p.iter(_A + "t")).strip() for p in root.iter(_A + "p"))
    return "\n".join(line for line in lines if line)


def _is_hidden(slide: Any) -> bool:
    return slide.element.get("show", "1") in ("0", "false")


def _paragraph_words(paragraph: Any) -> str:
    """Without what is struck out; raised characters as they are read."""
    words = ""
    for t in paragraph.iter(_A + "t", _A + "br", _MATH + "t"):
        properties = t.getparent().find(_A + "rPr")
        text = _LINE_BREAKS.get(t.tag, t.text or "")
        if properties is None or t.tag != _A + "t":
            words += text
        elif properties.get("strike", "noStrike") == "noStrike":
            words += raised_text(words, text) if _is_raised(properties) else text
    return words


def _is_raised(properties: Any) -> bool:
    shift = properties.get("baseline", "0").rstrip("%")
    return shift.isdigit() and int(shift) > 0


def _alt_text(shape: Any) -> str:
    return office.alt_text(next(shape.element.iter("{*}cNvPr"), None))
