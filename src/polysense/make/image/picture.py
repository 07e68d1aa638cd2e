"""The picture or frame that answers, with the place in it that does; several on one sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from polysense.errors import PolysenseError
from polysense.make.image import canvas
from polysense.make.image.canvas import Face
from polysense.make.question_text import question_text
from polysense.protocols import Generator
from polysense.read.document import layout
from polysense.read.film import decode as video
from polysense.read.image import decode
from polysense.read.language.analysis import terms
from polysense.read.language.numbers import SMALL_NUMBERS, han_number
from polysense.read.language.questions import content_terms
from polysense.types import Box, Evidence, Modality, Origin, Part, Query

MAX_SIDE = 1600
"""Pixels along the longer side of what is given."""

_MAX_PICTURES, _FEW_PICTURES = 12, 9
"""Pictures on a sheet at most, and where several are asked for without a number."""

_WIDTH, _GAP, _EDGE = 1500, 28, 44  # pixels
_MAX_BOX_SHARE = 0.85
"""A box that covers more of the picture marks nothing. Judged, not measured."""

_FRAME_SHARES, _MIN_CONTRAST = (0.5, 0.3, 0.75), 12
"""Where in the cited seconds a frame is taken, and the least spread of its 255 levels: one that has
less may be a fade to black, and the next is tried. Judged, not measured.
"""

_NUMBERS = {**{SMALL_NUMBERS[n]: n for n in (*range(2, 11), 12)}, "couple": 2}
_HAN_NUMBERS = {
    **{c: han_number(c) for c in "两三四五六七八九"},
    "几": _FEW_PICTURES,
    "多": _FEW_PICTURES,
    "些": _FEW_PICTURES,
}
_PLURAL = (
    r"(?:photo(?:graph)?s|pictures|images|pics|frames|shots|drawings|views|stills"
    r"|screenshots|illustrations)"
)
_COUNT = re.compile(rf"\b({'|'.join(_NUMBERS)}|\d{{1,3}})\s+(?:\w+\s+){{0,3}}{_PLURAL}\b", re.I)
_SEVERAL = re.compile(
    rf"\b{_PLURAL}\b|\ball\b.*\b(?:photo|picture|image|frame)"
    r"|\bcontact sheet\b|\bgallery\b|\bcollage\b",
    re.I,
)
_SEVERAL_HAN = re.compile(
    r"([两三四五六七八九十几多]|\d{1,3})\s*[张幅个]|(些)[^，。？]{0,6}(?:图|照片)|所有|全部|哪些"
)

_FORM_WORDS = frozenset(
    terms(
        "picture photo photograph image drawing screenshot scan frame page sheet say read"
        " 图 片 照 幅 张"
    )
)


class Picture(Generator):
    """The best picture or video frame with the place that answers marked.

    A contact sheet where several are asked for.
    """

    accepts: frozenset[Modality] = frozenset({"image", "video"})
    emits: Modality = "image"
    cost = 0.05
    origin: Origin = "retrieved"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        if not evidence:
            return
        question = question_text(query)
        selection = _one_per_picture(evidence)[: picture_count(question)]
        if len(selection) > 1 and (sheet := _contact_sheet(selection, question)):
            yield sheet
            return
        e = evidence[0]
        if (view := _load_picture(e)) is None:
            return
        pixels, meta = view
        from PIL import Image

        picture: Any = Image.fromarray(pixels)
        if box := answer_box(e, question):
            picture, meta = canvas.highlight_boxes(picture, [box]), meta | {"box": list(box)}
        yield canvas.picture_part(picture, canvas.asset_title(e), meta)


def picture_count(question: str) -> int:
    """How many pictures a question asks for.

    >>> picture_count("show me the lighthouse"), picture_count("three pictures of the mill")
    (1, 3)
    >>> picture_count("给我两张照片"), picture_count("photos of boats")
    (2, 9)
    """
    if m := _COUNT.search(question):
        number = m[1].lower()
        return max(1, min(_MAX_PICTURES, _NUMBERS.get(number) or int(number)))
    if m := _SEVERAL_HAN.search(question):
        number = m[1] or m[2] or ""
        return (
            max(1, min(_MAX_PICTURES, int(number)))
            if number.isdecimal()
            else _HAN_NUMBERS.get(number, _MAX_PICTURES)
        )
    if _SEVERAL.search(question):
        return (
            _MAX_PICTURES
            if re.search(r"\b(?:all|every|gallery)\b", question, re.I)
            else _FEW_PICTURES
        )
    return 1


def answer_box(e: Evidence, question: str) -> Box | None:
    """The box (fractions of what is shown) of the evidence, where it tells what is asked.

    None where it is nearly the whole picture.
    """
    part, box = e.hit.chunk.part, e.span.box
    if box is None or part is None or not _box_answers(e, question):
        return None
    x0, y0, x1, y1 = part.span.box or (0.0, 0.0, 1.0, 1.0)
    w, h = max(x1 - x0, 1e-6), max(y1 - y0, 1e-6)
    inner = ((box[0] - x0) / w, (box[1] - y0) / h, (box[2] - x0) / w, (box[3] - y0) / h)
    a, b, c, d = (min(1.0, max(0.0, v)) for v in inner)
    return (a, b, c, d) if 0 < (c - a) * (d - b) < _MAX_BOX_SHARE else None


def _box_answers(e: Evidence, question: str) -> bool:
    """Whether the words read in the box tell what is asked.

    They do where the picture's words have half of the question's, and those in the box half of what
    its name and caption leave open. A word on a sign, in a picture that its caption found, is not
    where to look.

    A box in which nothing was read is a thing's, and marked.
    """
    chunk = e.hit.chunk
    if not chunk.text.strip():
        return True
    inside = [
        chunk.text[m.start : m.end]
        for m in chunk.marks
        if m.span.box and e.span.box and layout.is_inside(m.span.box, e.span.box)
    ]
    query_terms = set(content_terms(question)) - _FORM_WORDS if question.strip() else set()
    matches = query_terms & set(terms(chunk.text))
    unexplained = matches - set(terms(f"{re.sub(r'[_.-]', ' ', chunk.asset.name)} {chunk.context}"))
    box_matches = unexplained & set(
        terms(" ".join(inside) or (str(e.part.data) if e.part.modality == "text" else ""))
    )
    return 2 * len(matches) >= len(query_terms) and 2 * len(box_matches) >= len(unexplained) > 0


def _one_per_picture(evidence: Sequence[Evidence]) -> list[Evidence]:
    """One for each picture, and for each piece of a video."""
    by_place: dict[tuple[Any, ...], Evidence] = {}
    for e in evidence:
        chunk = e.hit.chunk
        if _film(e) is not None or (chunk.part is not None and chunk.part.modality == "image"):
            span = chunk.part.span if chunk.part is not None else chunk.span
            by_place.setdefault(
                (chunk.asset.id, chunk.asset.uri, span.page, span.box, span.node, e.span.seconds), e
            )
    return list(by_place.values())


def _load_picture(
    e: Evidence, longest: int = MAX_SIDE
) -> tuple[decode.Pixels, dict[str, Any]] | None:
    """The picture of a piece of evidence, and what to say of it; None where there is none."""
    part, film = e.hit.chunk.part, _film(e)
    if film is None:
        is_picture = part is not None and part.modality == "image"
        return (
            (decode.pixels(part, longest), {})
            if part is not None and is_picture and not isinstance(part.data, str)
            else None
        )
    start, end = e.span.seconds or (part.span.seconds if part else None) or (0.0, _duration(film))
    best: tuple[float, float, decode.Pixels] | None = None
    for share in _FRAME_SHARES:
        second = start + share * max(0.0, end - start)
        frame = video.frame(film, second)
        contrast = float(frame[::8, ::8].std())
        if best is None or contrast > best[0]:
            best = (contrast, second, frame)
        if contrast > _MIN_CONTRAST:
            break
    assert best is not None
    return decode.pixels(Part("image", best[2]), longest), {"seconds": round(best[1], 3)}


def _film(e: Evidence) -> Path | bytes | None:
    """The film of which the evidence is a scene, the sound or a subtitle; None where it is none."""
    chunk, part = e.hit.chunk, e.hit.chunk.part
    if part is not None and part.modality == "image" and not part.mime.startswith("video/"):
        return None
    if chunk.modality != "video" and (part is None or part.modality != "video"):
        return None
    data = chunk.asset.path if part is None else part.data
    return data if isinstance(data, Path | bytes) else None


def _duration(film: Path | bytes) -> float:
    return video.probe(film).duration


def _contact_sheet(evidence: Sequence[Evidence], question: str) -> Part | None:
    """Numbered pictures with their names and places beneath, as many as can be shown.

    None where that is but one.
    """
    pictures: list[tuple[Evidence, decode.Pixels]] = []
    for e in evidence:
        try:
            view = _load_picture(e, 800)
        except PolysenseError:  # one that is gone must not cost the others
            continue
        if view is not None:
            pictures.append((e, view[0]))
    if len(pictures) < 2:
        return None
    from PIL import Image, ImageDraw

    columns = {2: 2, 3: 3, 4: 2}.get(len(pictures), 3 if len(pictures) <= 9 else 4)
    cell_width = (_WIDTH - 2 * _EDGE - (columns - 1) * _GAP) // columns
    shapes = [p.shape[0] / p.shape[1] for _, p in pictures]
    cell_height = round(cell_width * min(1.0, max(0.6, float(np.median(shapes)))))
    rows = -(-len(pictures) // columns)
    sheet: Any = Image.new(
        "RGB", (_WIDTH, 2 * _EDGE + rows * (cell_height + 80) + (rows - 1) * _GAP), canvas.DESK
    )
    draw = ImageDraw.Draw(sheet)
    for i, (e, pixels) in enumerate(pictures):
        x, y = (
            _EDGE + i % columns * (cell_width + _GAP),
            _EDGE + i // columns * (cell_height + 80 + _GAP),
        )
        _draw_cell(sheet, draw, (x, y, cell_width, cell_height), e, pixels, answer_box(e, question))
    meta = {
        "evidence": [e.n for e, _ in pictures],
        "pictures": [e.hit.chunk.asset.name for e, _ in pictures],
    }
    return Part("image", canvas.to_png(sheet), "image/png", "contact-sheet.png", meta=meta)


def _draw_cell(
    sheet: Any,
    draw: Any,
    at: tuple[int, int, int, int],
    e: Evidence,
    pixels: decode.Pixels,
    box: Box | None,
) -> None:
    from PIL import Image

    x, y, width, height = at
    canvas.draw_rounded_box(sheet, (x, y, x + width, y + height + 80), 12, fill=canvas.PAPER)
    picture: Any = Image.fromarray(pixels)
    if box:
        picture = canvas.highlight_boxes(picture, [box])
    inner = (width - 24, height - 24)
    scale = min(inner[0] / picture.width, inner[1] / picture.height, 4.0)
    picture = picture.resize(
        (max(1, round(picture.width * scale)), max(1, round(picture.height * scale))),
        Image.Resampling.LANCZOS,
    )
    sheet.paste(
        picture, (x + (width - picture.width) // 2, y + 12 + (inner[1] - picture.height) // 2)
    )
    canvas.draw_rounded_box(
        sheet, (x + 14, y + height + 8, x + 62, y + height + 56), 24, fill=canvas.ACCENT
    )
    citation = str(e.n)
    number_face = Face("sans", 26 if len(citation) < 3 else 20, bold=True)
    canvas.write(
        draw,
        (x + 38 - canvas.text_width(citation, number_face) / 2, y + height + 41),
        citation,
        number_face,
        canvas.PAPER,
    )
    name_face, place_face = Face("sans", 23, bold=True), Face("sans", 20)
    place = "" if str(e.span) in ("whole", "p. 1") else str(e.span)
    canvas.write(
        draw,
        (x + 76, y + height + (29 if place else 40)),
        canvas.truncate(e.hit.chunk.asset.name, name_face, width - 92),
        name_face,
        canvas.INK,
    )
    canvas.write(
        draw,
        (x + 76, y + height + 57),
        canvas.truncate(place, place_face, width - 92),
        place_face,
        canvas.MUTED,
    )
