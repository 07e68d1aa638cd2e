"""The picture that answers, with the place in it that does; the frame of a video; several of them
on one sheet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from polysense.errors import PolysenseError
from polysense.make.image import canvas as ink
from polysense.make.image.canvas import Face
from polysense.protocols import Generator
from polysense.read.document import layout
from polysense.read.film import decode as video
from polysense.read.image import decode
from polysense.read.language.analysis import content, terms
from polysense.types import Box, Evidence, Modality, Origin, Part, Query

LONGEST = 1600
"""Pixels along the longer side of what is given."""

_MOST, _FEW = 12, 9
_WIDTH, _GAP, _EDGE = 1500, 28, 44
_WHOLE = 0.85  # a box that covers more of the picture marks nothing
_NUMBERS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "couple": 2,
}
_WIDE = {
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "几": _FEW,
    "多": _FEW,
    "些": _FEW,
}
_PLURAL = r"(?:photo(?:graph)?s|pictures|images|pics|frames|shots|drawings|views|stills|screenshots|illustrations)"
_COUNT = re.compile(rf"\b({'|'.join(_NUMBERS)}|\d{{1,3}})\s+(?:\w+\s+){{0,3}}{_PLURAL}\b", re.I)
_SEVERAL = re.compile(
    rf"\b{_PLURAL}\b|\ball\b.*\b(?:photo|picture|image|frame)|\bcontact sheet\b|\bgallery\b|\bcollage\b",
    re.I,
)
_SEVERAL_WIDE = re.compile(
    r"([两三四五六七八九十几多]|\d{1,3})\s*[张幅个]|(些)[^，。？]{0,6}(?:图|照片)|所有|全部|哪些"
)

_FORM = frozenset(
    terms(
        "picture photo photograph image drawing screenshot scan frame page sheet say read 图 片 照 幅 张"
    )
)


class Picture(Generator):
    """The best picture or video frame with the place that answers marked; a contact sheet where
    several are asked for.
    """

    accepts: frozenset[Modality] = frozenset({"image", "video"})
    emits: Modality = "image"
    cost = 0.05
    origin: Origin = "retrieved"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        if not evidence:
            return
        words = " ".join(str(p.data) for p in query if p.modality == "text")
        shown = _distinct(evidence)[: wanted(words)]
        if len(shown) > 1 and (sheet := _sheet(shown, words)):
            yield sheet
            return
        e = evidence[0]
        if (seen := _seen(e)) is None:
            return
        pixels, meta = seen
        from PIL import Image

        picture: Any = Image.fromarray(pixels)
        if box := place(e, words):
            picture, meta = ink.marked(picture, [box]), meta | {"box": list(box)}
        name = ink.filename(e.hit.chunk.asset.name.rsplit(".", 1)[0], ".png")
        yield Part("image", ink.png(picture), "image/png", name, meta=meta)


def wanted(words: str) -> int:
    """How many pictures a question asks for.

    >>> wanted("show me the lighthouse"), wanted("three pictures of the mill"), wanted("给我两张照片"), wanted("photos of boats")
    (1, 3, 2, 9)
    """
    if m := _COUNT.search(words):
        said = m[1].lower()
        return max(1, min(_MOST, _NUMBERS.get(said) or int(said)))
    if m := _SEVERAL_WIDE.search(words):
        said = m[1] or m[2] or ""
        return max(1, min(_MOST, int(said))) if said.isdecimal() else _WIDE.get(said, _MOST)
    if _SEVERAL.search(words):
        return _MOST if re.search(r"\b(?:all|every|gallery)\b", words, re.I) else _FEW
    return 1


def place(e: Evidence, words: str) -> Box | None:
    """The box (fractions of what is shown) that the evidence lies in, where it is narrower than the
    whole and tells what is asked.
    """
    part, box = e.hit.chunk.part, e.span.box
    if box is None or part is None or not _tells(e, words):
        return None
    x0, y0, x1, y1 = part.span.box or (0.0, 0.0, 1.0, 1.0)
    w, h = max(x1 - x0, 1e-6), max(y1 - y0, 1e-6)
    inner = ((box[0] - x0) / w, (box[1] - y0) / h, (box[2] - x0) / w, (box[3] - y0) / h)
    a, b, c, d = (min(1.0, max(0.0, v)) for v in inner)
    return (a, b, c, d) if 0 < (c - a) * (d - b) < _WHOLE else None


def _tells(e: Evidence, words: str) -> bool:
    """Whether the words read in the box tell what is asked: the picture's words have half of the
    question's, and those in the box half of what its name and caption leave open. A word on a sign,
    in a picture that its caption found, is not where to look.

    A box in which nothing was read is a thing's, and marked.
    """
    chunk = e.hit.chunk
    if not chunk.text.strip():
        return True
    inside = [
        chunk.text[m.start : m.end]
        for m in chunk.marks
        if m.span.box and e.span.box and layout.inside(m.span.box, e.span.box)
    ]
    asked = set(content(words)) - _FORM if words.strip() else set()
    read = asked & set(terms(chunk.text))
    left = read - set(terms(f"{re.sub(r'[_.-]', ' ', chunk.asset.name)} {chunk.context}"))
    here = left & set(
        terms(" ".join(inside) or (str(e.part.data) if e.part.modality == "text" else ""))
    )
    return 2 * len(read) >= len(asked) and 2 * len(here) >= len(left) > 0


def _distinct(evidence: Sequence[Evidence]) -> list[Evidence]:
    """One for each picture, and for each piece of a video."""
    kept: dict[tuple[Any, ...], Evidence] = {}
    for e in evidence:
        chunk = e.hit.chunk
        if chunk.part is not None and chunk.part.modality in ("image", "video"):
            span = chunk.part.span
            kept.setdefault(
                (chunk.asset.id, chunk.asset.uri, span.page, span.box, span.node, e.span.seconds), e
            )
    return list(kept.values())


def _seen(e: Evidence, longest: int = LONGEST) -> tuple[decode.Pixels, dict[str, Any]] | None:
    """The picture of a piece of evidence, and what to say of it; None where there is none."""
    part = e.hit.chunk.part
    if part is None or part.modality not in ("image", "video") or isinstance(part.data, str):
        return None
    if part.modality == "image" and not part.mime.startswith("video/"):
        return decode.pixels(part, longest), {}
    start, end = e.span.seconds or part.span.seconds or (0.0, _length(part))
    best: tuple[float, float, decode.Pixels] | None = None
    for share in (0.5, 0.3, 0.75):
        t = start + share * max(0.0, end - start)
        frame = video.frame(part.data, t)
        told = float(frame[::8, ::8].std())
        if best is None or told > best[0]:
            best = (told, t, frame)
        if told > 12:  # not a fade to black
            break
    assert best is not None
    return decode.pixels(Part("image", best[2]), longest), {"seconds": round(best[1], 3)}


def _length(part: Part) -> float:
    return video.probe(part.data).duration


def _sheet(evidence: Sequence[Evidence], words: str) -> Part | None:
    """Numbered pictures with their names and places beneath, as many as can be shown; None where
    that is but one.
    """
    shown: list[tuple[Evidence, decode.Pixels]] = []
    for e in evidence:
        try:
            seen = _seen(e, 800)
        except PolysenseError:  # one that is gone must not cost the others
            continue
        if seen is not None:
            shown.append((e, seen[0]))
    if len(shown) < 2:
        return None
    from PIL import Image, ImageDraw

    across = {2: 2, 3: 3, 4: 2}.get(len(shown), 3 if len(shown) <= 9 else 4)
    wide = (_WIDTH - 2 * _EDGE - (across - 1) * _GAP) // across
    shapes = [p.shape[0] / p.shape[1] for _, p in shown]
    high = round(wide * min(1.0, max(0.6, float(np.median(shapes)))))
    down = -(-len(shown) // across)
    sheet: Any = Image.new(
        "RGB", (_WIDTH, 2 * _EDGE + down * (high + 80) + (down - 1) * _GAP), ink.DESK
    )
    draw = ImageDraw.Draw(sheet)
    for i, (e, pixels) in enumerate(shown):
        x, y = _EDGE + i % across * (wide + _GAP), _EDGE + i // across * (high + 80 + _GAP)
        _cell(sheet, draw, (x, y, wide, high), e, pixels, place(e, words))
    meta = {
        "evidence": [e.n for e, _ in shown],
        "pictures": [e.hit.chunk.asset.name for e, _ in shown],
    }
    return Part("image", ink.png(sheet), "image/png", "contact-sheet.png", meta=meta)


def _cell(
    sheet: Any,
    draw: Any,
    at: tuple[int, int, int, int],
    e: Evidence,
    pixels: decode.Pixels,
    box: Box | None,
) -> None:
    from PIL import Image

    x, y, wide, high = at
    ink.rounded(sheet, (x, y, x + wide, y + high + 80), 12, fill=ink.PAPER)
    picture: Any = Image.fromarray(pixels)
    if box:
        picture = ink.marked(picture, [box])
    inner = (wide - 24, high - 24)
    scale = min(inner[0] / picture.width, inner[1] / picture.height, 4.0)
    picture = picture.resize(
        (max(1, round(picture.width * scale)), max(1, round(picture.height * scale))),
        Image.Resampling.LANCZOS,
    )
    sheet.paste(
        picture, (x + (wide - picture.width) // 2, y + 12 + (inner[1] - picture.height) // 2)
    )
    ink.rounded(sheet, (x + 14, y + high + 8, x + 62, y + high + 56), 24, fill=ink.ACCENT)
    said = str(e.n)
    number = Face("sans", 26 if len(said) < 3 else 20, bold=True)
    ink.write(draw, (x + 38 - ink.width(said, number) / 2, y + high + 41), said, number, ink.PAPER)
    name, where = Face("sans", 23, bold=True), Face("sans", 20)
    spot = "" if str(e.span) in ("whole", "p. 1") else str(e.span)
    ink.write(
        draw,
        (x + 76, y + high + (29 if spot else 40)),
        ink.cut(e.hit.chunk.asset.name, name, wide - 92),
        name,
        ink.INK,
    )
    ink.write(draw, (x + 76, y + high + 57), ink.cut(spot, where, wide - 92), where, ink.MUTED)
