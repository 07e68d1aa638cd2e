"""PowerPoint: each slide's words, tables, charts, pictures and notes, with the box of the shape
that holds them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.document import office
from polysense.read.file.placed_passages import placed_passages
from polysense.types import Asset, Box, Chunk, Link, Part, Span

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
_DRAWN = (".emf", ".wmf")
_KINDS = frozenset(_P + kind for kind in ("sp", "grpSp", "graphicFrame", "cxnSp", "pic"))
_SAID = {_A + "br": "\n"}
# characters: what a merged cell says is told in each of its rows, unless it is long
_REPEATED = 100
# as floating-point arithmetic left it
_NUMBER = re.compile(r"-?(?:\d+\.\d+|\d+(?:\.\d+)?[eE][-+]?\d{1,3})")
_MAX_SHAPES = 5000
_MAX_DEPTH = 20


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
        office.check(path)
        import pptx

        try:
            deck = pptx.Presentation(str(path))
            ids = list(deck.slides._sldIdLst)
        except Exception as e:
            raise Unreadable(f"{asset.name} is no readable presentation: {e}") from e
        reader, broken = _Reader(asset, path, deck), []
        for number, entry in enumerate(ids, 1):
            try:
                found = list(reader.slide(number, deck.part.related_slide(entry.rId)))
            except Exception:  # noqa: BLE001 - broken XML shows as any kind of error, and must not cost the other slides
                broken.append(str(number))
                continue
            yield from found
        if broken:
            raise Unreadable(
                f"{asset.name}: {len(broken)} of its slides are broken and were left out: {', '.join(broken[:20])}"
            )


class _Reader:
    def __init__(self, asset: Asset, path: Path, deck: Any) -> None:
        self._asset, self._path = asset, path
        self._size = (deck.slide_width or 12192000, deck.slide_height or 6858000)
        self._seen: set[str] = set()
        self._title = office.title(deck, "powerpoint presentation") or asset.name.rsplit(".", 1)[0]

    def slide(self, number: int, slide: Any) -> Iterator[Chunk | Link]:
        """All that is on a slide, and what its speaker says."""
        width, height = self._size
        _choose(slide.shapes.element)
        shapes = sorted(
            _shapes(slide.shapes, (0.0, 0.0, 1 / width, 1 / height)),
            key=lambda s: (round(s.box[1], 2), s.box[0]),
        )
        heading = slide.shapes.title
        title = (
            " ".join(heading.text_frame.text.split())[:200]
            if heading is not None and heading.has_text_frame
            else ""
        )
        shapes.sort(key=lambda s: heading is None or s.shape.shape_id != heading.shape_id)
        context = " > ".join(dict.fromkeys(filter(None, (self._title, title))))
        said = [(words, Span(page=number, box=s.box)) for s in shapes if (words := _words(s.shape))]
        yield from placed_passages(self._asset, said, Span(page=number), context)
        words = " ".join(" ".join(text for text, _ in said).split()[:60])
        tables = charts = 0
        for s in shapes:
            if getattr(s.shape, "has_table", False):
                tables += 1
                yield from self._table(
                    s, Span(page=number, box=s.box, node=f"table {tables}"), context
                )
            elif getattr(s.shape, "has_chart", False):
                charts += 1
                yield from self._chart(
                    s, Span(page=number, box=s.box, node=f"chart {charts}"), context
                )
            yield from self._picture(s, slide, number, f"{context}\n{words}")
            yield from self._links(s, number, context)
        yield from self._notes(slide, number, context)
        yield from self._comments(slide, number, context)

    def _table(self, s: _Shape, place: Span, context: str) -> Iterator[Chunk]:
        table, (x0, y0, x1, y1) = s.shape.table, s.box
        rows: list[list[str]] = []
        for row in table.rows:
            rows.append(_cells(row, rows[-1] if rows else []))
        heights = [max(row.height or 0, 1) for row in table.rows]
        edges = [y0 + (y1 - y0) * sum(heights[:n]) / sum(heights) for n in range(len(heights) + 1)]
        boxes = [_rounded((x0, a, x1, b)) for a, b in pairwise(edges)]
        yield from office.table(self._asset, rows, place, context, boxes)

    def _chart(self, s: _Shape, place: Span, context: str) -> Iterator[Chunk]:
        """The figures that a chart of any kind shows, a row a category."""
        chart = s.shape.chart.element
        titles = [
            " ".join("".join(t.text or "" for t in title.iter(_A + "t")).split())
            for title in chart.iter(_C + "title")
        ]
        rows: list[list[str]] = []
        series = ((one, _points(one, "cat", "xVal")) for one in chart.iter(_C + "ser"))
        for (_, labels), group in groupby(series, key=lambda told: (told[0].getparent(), told[1])):
            columns = [(_name(one), _points(one, "val", "yVal")) for one, _ in group]
            rows.append(["", *(name for name, _ in columns)])
            for n in sorted({*labels, *(n for _, values in columns for n in values)})[:10_000]:
                rows.append(
                    [labels.get(n, str(n + 1)), *(values.get(n, "") for _, values in columns)]
                )
        yield from office.table(
            self._asset, rows, place, "\n".join(filter(None, (context, *titles, _alt(s.shape))))
        )

    def _picture(self, s: _Shape, slide: Any, number: int, context: str) -> Iterator[Chunk]:
        """The picture of a shape, or that it is filled with; the first time that the file shows it."""
        blip = None if hasattr(s.shape, "shapes") else next(s.shape.element.iter(_A + "blip"), None)
        relation = slide.part.rels.get(blip.get(_R + "embed")) if blip is not None else None
        if relation is None or relation.is_external:
            return
        name = str(relation.target_part.partname).lstrip("/")
        if name in self._seen or min(s.box[2] - s.box[0], s.box[3] - s.box[1]) < 0.02:
            return
        self._seen.add(name)
        part = (
            None
            if name.lower().endswith(_DRAWN)
            else Part("image", self._path, mime=self._asset.mime, span=Span(node=name))
        )
        first, _, words = context.partition("\n")
        said = "\n".join(filter(None, (first, _alt(s.shape), words)))
        yield Chunk(self._asset, Span(page=number, box=s.box, node=name), "image", part, "", said)

    def _links(self, s: _Shape, number: int, context: str) -> Iterator[Link]:
        if hasattr(s.shape, "shapes"):
            return
        for click in s.shape.element.iter(_A + "hlinkClick"):
            relation = s.shape.part.rels.get(click.get(_R + "id"))
            target = (
                office.target(self._asset, relation.target_ref)
                if relation is not None and relation.is_external
                else ""
            )
            if target:
                said = " ".join([context, _words(s.shape), _alt(s.shape)]).split()
                yield Link(target, " ".join(said[:60]), Span(page=number, box=s.box))

    def _notes(self, slide: Any, number: int, context: str) -> Iterator[Chunk]:
        frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
        words = frame.text.replace("\v", "\n").strip() if frame is not None else ""
        place = Span(page=number, node="notes")
        for chunk in placed_passages(
            self._asset, [(words, place)] if words else [], place, context
        ):
            yield chunk.with_(meta={"notes": True})

    def _comments(self, slide: Any, number: int, context: str) -> Iterator[Chunk]:
        place, said = Span(page=number, node="comments"), list[tuple[str, Span]]()
        for relation in slide.part.rels.values():
            if relation.is_external or not relation.reltype.endswith("/comments"):
                continue
            # of old programs, and of new ones
            for body in _tree(relation.target_part).iter("{*}text", "{*}txBody"):
                if words := "\n".join(
                    "".join(p.itertext()) for p in list(body.iter(_A + "p")) or [body]
                ).strip():
                    said.append((words, place))
        yield from placed_passages(self._asset, said, place, context)


def _shapes(
    shapes: Any, frame: tuple[float, float, float, float], depth: int = 0
) -> Iterator[_Shape]:
    """All shapes, those of groups in their place. frame is the offset and scale from their units to
    fractions of the slide.
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
            x0, y0, x1, y1 = _turned((left, top, width, height), shape.rotation)
            box = _rounded((dx + x0 * sx, dy + y0 * sy, dx + x1 * sx, dy + y1 * sy))
        yield _Shape(shape, box)
        if hasattr(shape, "shapes") and depth < _MAX_DEPTH:
            yield from _shapes(shape.shapes, _inner(shape, frame), depth + 1)


def _turned(frame: tuple[float, float, float, float], degrees: float) -> Box:
    """The box around a shape (left, top, width, height) that is turned about its middle."""
    left, top, width, height = frame
    cos, sin = abs(math.cos(math.radians(degrees))), abs(math.sin(math.radians(degrees)))
    x, y = left + width / 2, top + height / 2
    w, h = (width * cos + height * sin) / 2, (width * sin + height * cos) / 2
    return x - w, y - h, x + w, y + h


def _choose(shapes: Any) -> None:
    """Put the first form that is read here of a shape that is given in several, as one with a
    formula is, in the shape's place.
    """
    for both in list(shapes.iter(_COMPATIBLE + "AlternateContent")):
        known = next((form for form in both if any(inner.tag in _KINDS for inner in form)), None)
        above = both.getparent()
        if known is not None and above is not None:
            at = above.index(both)
            above[at : at + 1] = list(known)


def _cells(row: Any, above: list[str]) -> list[str]:
    """The words of a row's cells; one merged to the left is empty, one merged upwards says what is
    above.
    """
    found: list[str] = []
    for n, cell in enumerate(row.cells):
        words = " ".join(cell.text.split())
        if cell.is_spanned:
            words = (
                above[n]
                if cell._tc.vMerge and n < len(above) and len(above[n]) <= _REPEATED
                else ""
            )
        found.append(words)
    return found


def _points(series: Any, *kinds: str) -> dict[int, str]:
    """What a chart's file says at each place of a series' labels or values."""
    found: dict[int, str] = {}
    for point in (
        point
        for kind in kinds
        for held in series.iterfind(_C + kind)
        for point in held.iter(_C + "pt")
    ):
        words = point.findtext(_C + "v") or ""
        if _NUMBER.fullmatch(words) and point.getparent().tag.startswith(_C + "num"):
            words = f"{float(words):.15g}"
        # of labels in levels, the lowest comes first
        found.setdefault(int(point.get("idx", 0)), words)
    return found


def _name(series: Any) -> str:
    return _points(series, "tx").get(0) or series.findtext(f"{_C}tx/{_C}v") or ""


def _tree(part: Any) -> Any:
    """The XML of a part of the file, without entities or anything from outside."""
    from lxml import etree

    return etree.fromstring(
        part.blob, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    )


def _inner(
    group: Any, frame: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """The frame of the shapes in a group, which has units of its own."""
    dx, dy, sx, sy = frame
    xfrm = group.element.find(f"{{*}}grpSpPr/{_A}xfrm")
    at, size = (
        (xfrm.find(_A + "chOff"), xfrm.find(_A + "chExt")) if xfrm is not None else (None, None)
    )
    if at is None or size is None:
        return frame
    x, y, w, h = (
        int(at.get("x", 0)),
        int(at.get("y", 0)),
        int(size.get("cx", 0)),
        int(size.get("cy", 0)),
    )
    kx, ky = (group.width / w if w else 1.0), (group.height / h if h else 1.0)
    return dx + (group.left - x * kx) * sx, dy + (group.top - y * ky) * sy, sx * kx, sy * ky


def _rounded(box: Box) -> Box:
    x0, y0, x1, y1 = (round(min(max(v, 0.0), 1.0), 4) for v in box)
    return x0, y0, x1, y1


def _words(shape: Any) -> str:
    """What a shape says, a paragraph a line; of a diagram, the words of its points."""
    if getattr(shape, "has_text_frame", False):
        paragraphs = shape.text_frame._txBody.iterfind(_A + "p")  # python-pptx passes over formulas
        return "\n".join(
            "".join(
                _SAID.get(t.tag, t.text or "") for t in p.iter(_A + "t", _A + "br", _MATH + "t")
            )
            for p in paragraphs
        ).strip()
    points = (
        None if hasattr(shape, "shapes") else next(shape.element.iter(_DIAGRAM + "relIds"), None)
    )
    if points is None:
        return ""
    root = _tree(shape.part.related_part(points.get(_R + "dm")))
    lines = ("".join(t.text or "" for t in p.iter(_A + "t")).strip() for p in root.iter(_A + "p"))
    return "\n".join(line for line in lines if line)


def _alt(shape: Any) -> str:
    about = next(shape.element.iter("{*}cNvPr"), None)
    return (
        " ".join(filter(None, (about.get("title"), about.get("descr"))))
        if about is not None
        else ""
    )
