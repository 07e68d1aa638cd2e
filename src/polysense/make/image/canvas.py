"""What the makers of pictures share: typefaces, lines of words, colours, cards, marks.

The typefaces come with packages and nothing else: Noto Sans SC and Noto Serif SC (Latin, Greek,
Cyrillic, Chinese, Japanese kana), DejaVu (Arabic, Hebrew, symbols, code). Each character is drawn
in the first that has it.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from polysense.read.image import typefaces
from polysense.types import Box, Evidence, Part

INK, MUTED, FAINT = "#1d2433", "#667085", "#d5dae3"
PAPER, DESK = "#ffffff", "#eef1f5"
ACCENT, MARKER = "#e8590c", "#ffe69c"
SERIES_COLOURS = (
    "#2f6fde",
    "#e8590c",
    "#2b9a66",
    "#8e4ec6",
    "#d6409f",
    "#b58105",
    "#0b7285",
    "#64748b",
)
"""Colours of series, told apart by most who see colours otherwise: blue, orange and green lead."""

_LEADING_SHARE = 0.9
"""Evidence of this share of the best score is marked beside it. Judged, not measured."""

_CHECKED_CHARS = 4_000
"""Characters of a text whose letters are looked for in the typefaces: enough for a card."""

_IDEOGRAPH = re.compile(
    r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_IDEOGRAPHS_OF_WORDS = r"\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_TOKEN = re.compile(
    rf"\n|[ \t\u3000]+|{_IDEOGRAPH.pattern}|[^\s{_IDEOGRAPHS_OF_WORDS}]{{1,60}}|.",
    re.S,
)
_CLOSING = frozenset(",.;:!?)]}，。、；：！？）》」』】”’…%")


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface: the kind of letters, their size in pixels, and whether they are bold."""

    kind: Literal["sans", "serif", "mono"] = "sans"
    size: int = 24
    bold: bool = False


def typeface_paths(kind: str = "sans") -> list[Path]:
    """Files of the typefaces, in the order in which a character is looked for."""
    first = {"sans": typefaces.NOTO, "serif": typefaces.SERIF, "mono": typefaces.MONO}[kind]
    paths = map(typefaces.file, dict.fromkeys((first, typefaces.NOTO, typefaces.DEJAVU)))
    return [path for path in paths if path]


def clean(text: str) -> str:
    """Words without what cannot be drawn: control and format characters; tabs are four spaces."""
    text = text.replace("\t", "    ").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        " " if unicodedata.category(c) in ("Cc", "Cs") and c != "\n" else c
        for c in text
        if unicodedata.category(c) != "Cf"
    )


def drawable_share(text: str) -> float:
    """The share (0..1) of the letters that a typeface here has."""
    letters = [c for c in text[:_CHECKED_CHARS] if c.isalpha()]
    glyph_tables = [typefaces.glyph_names(p) for p in typeface_paths()]
    return (
        sum(any(ord(c) in k for k in glyph_tables) for c in letters) / len(letters)
        if letters
        else 1.0
    )


@lru_cache(maxsize=1 << 14)
def text_width(text: str, face: Face) -> float:
    """Pixels that the words take on one line."""
    return float(sum(_font(path, face.size).getlength(run) for run, path in _runs(text, face.kind)))


def write(
    draw: Any, at: tuple[float, float], text: str, face: Face, fill: str, rtl: bool | None = None
) -> float:
    """Write words from a point on their base line; gives where they end.

    rtl: whether the line runs leftwards, else by its first letter.
    """
    x, y = at
    stroke = face.size / 44 if face.bold else 0
    runs, rtl = list(_runs(text, face.kind)), is_right_to_left(text) if rtl is None else rtl
    for run, path in reversed(runs) if rtl else runs:
        if rtl and run.rstrip() != run and not any(map(is_right_to_left, run)):
            # the space after a word stands on its left here
            run = run[len(run.rstrip()) :] + run.rstrip()
        font = _font(path, face.size)
        draw.text(
            (x, y), run, font=font, fill=fill, anchor="ls", stroke_width=stroke, stroke_fill=fill
        )
        x += font.getlength(run)
    return x


def line_spans(text: str, face: Face, limit: float) -> list[tuple[int, int]]:
    """(start, end) of the characters of each line that is at most `limit` wide.

    Ideographs break anywhere, words where they must.
    """
    spans: list[tuple[int, int]] = []
    start = end = 0
    line_width = 0.0
    for m in _TOKEN.finditer(text):
        token = m[0]
        if token == "\n":
            spans.append((start, end))
            start, end, line_width = m.end(), m.end(), 0.0
            continue
        token_width = text_width(token, face)
        if (
            line_width + token_width > limit
            and end > start
            and not (token in _CLOSING or token.isspace())
        ):
            spans.append((start, end))
            start, line_width = m.start(), 0.0
        # one word longer than a line
        while line_width + token_width > limit and len(token) > 1 and not token.isspace():
            n = next(
                (
                    n
                    for n in range(len(token) - 1, 1, -1)
                    if line_width + text_width(token[:n], face) <= limit
                ),
                1,
            )
            spans.append((start, m.end() - len(token) + n))
            token, start, line_width = token[n:], m.end() - len(token) + n, 0.0
            token_width = text_width(token, face)
        if token.isspace() and start == m.start():
            start = end = m.end()  # no line begins with a space
            continue
        line_width += token_width
        end = m.end() if not token.isspace() else end
    if end > start or not spans:
        spans.append((start, end))
    return spans


def truncate(text: str, face: Face, limit: float) -> str:
    """The words on one line, with an ellipsis where they are too long."""
    text = " ".join(text.split())[:400]
    if text_width(text, face) <= limit:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high)
            if text_width(text[:middle].rstrip() + "…", face) <= limit
            else (low, middle - 1)
        )
    return text[:low].rstrip() + "…"


def card(size: tuple[int, int], inset: int = 28) -> Any:
    """A sheet of paper with a soft shadow on a desk, as a PIL image of this size."""
    from PIL import Image, ImageDraw, ImageFilter

    image = Image.new("RGB", size, DESK)
    shadow = Image.new("L", (size[0] // 4 + 1, size[1] // 4 + 1), 0)
    box = (inset, inset, size[0] - inset - 1, size[1] - inset - 1)
    ImageDraw.Draw(shadow).rounded_rectangle(
        tuple(v / 4 for v in (box[0], box[1] + 6, box[2], box[3] + 6)), 4, fill=46
    )
    shadow = shadow.filter(ImageFilter.GaussianBlur(3)).resize(size, Image.Resampling.BICUBIC)
    image.paste(Image.new("RGB", size, "#31405c"), (0, 0), shadow)
    draw_rounded_box(image, box, 14, fill=PAPER)
    return image


def draw_rounded_box(
    image: Any,
    box: Sequence[float],
    radius: float,
    fill: str | None = None,
    outline: str | None = None,
    line_width: float = 0,
) -> None:
    """Draw a rounded rectangle with smooth edges: at four times its size, then made smaller."""
    from PIL import Image, ImageDraw

    x0, y0, x1, y1 = (round(v) for v in box)
    pad = round(line_width) + 2
    size = (max(1, x1 - x0 + 2 * pad), max(1, y1 - y0 + 2 * pad))
    times = 4 if size[0] * size[1] < 1_500_000 else 2
    mask = Image.new("L", (size[0] * times, size[1] * times), 0)
    inner = tuple(
        times * v for v in (pad, pad, size[0] - pad - 1 / times, size[1] - pad - 1 / times)
    )
    line = {"outline": 255, "width": round(line_width * times)} if outline else {}
    ImageDraw.Draw(mask).rounded_rectangle(inner, radius * times, fill=255 if fill else 0, **line)  # type: ignore[arg-type]
    mask = mask.resize(size, Image.Resampling.BOX)
    image.paste(Image.new("RGB", size, fill or outline or INK), (x0 - pad, y0 - pad), mask)


def highlight_boxes(image: Any, boxes: Sequence[Box]) -> Any:
    """The picture with boxes (fractions) outlined and all around them dimmed a little.

    What is in the boxes stays as it is.
    """
    from PIL import Image, ImageDraw

    w, h = image.size
    margin, line_width = max(3, round(0.004 * max(w, h))), max(3, round(0.0028 * max(w, h)))
    regions = []
    for x0, y0, x1, y1 in boxes:
        region = (
            max(2.0, x0 * w - margin),
            max(2.0, y0 * h - margin),
            min(w - 3.0, x1 * w + margin),
            min(h - 3.0, y1 * h + margin),
        )
        if region[2] - region[0] >= 4 and region[3] - region[1] >= 4:
            regions.append(region)
    mask = Image.new("L", image.size, 46 if regions else 0)
    for region in regions:
        ImageDraw.Draw(mask).rounded_rectangle(region, 2.5 * line_width, fill=0)
    image = image.copy()
    image.paste(Image.new("RGB", image.size, "#10151f"), (0, 0), mask)
    for region in regions:
        outline = (
            region[0] - line_width / 2,
            region[1] - line_width / 2,
            region[2] + line_width / 2,
            region[3] + line_width / 2,
        )
        draw_rounded_box(
            image, outline, 3.5 * line_width, outline="#ffffff", line_width=line_width + 2
        )
        draw_rounded_box(image, outline, 3.5 * line_width, outline=ACCENT, line_width=line_width)
    return image


def draw_header(image: Any, at: tuple[float, float, float], name: str, place: str) -> float:
    """Write the line that says where a card is from: the kind of file, its name, the place.

    at is (x0, y, x1). Gives the lower edge.
    """
    from PIL import ImageDraw

    draw = ImageDraw.Draw(image)
    x0, y, x1 = at
    file_type = name.rsplit(".", 1)[-1].upper() if "." in name[-6:] else ""
    x = x0
    if file_type:
        badge_face = Face("sans", 19, bold=True)
        badge_width = text_width(file_type, badge_face) + 24
        draw_rounded_box(image, (x, y, x + badge_width, y + 34), 8, fill="#fff0e6")
        write(draw, (x + 12, y + 24), file_type, badge_face, ACCENT)
        x += badge_width + 16
    strong, light = Face("sans", 24, bold=True), Face("sans", 22)
    place_text = truncate(place, light, 0.45 * (x1 - x))
    name_text = truncate(name, strong, x1 - x - text_width(place_text, light) - 24)
    write(draw, (x, y + 26), name_text, strong, INK)
    write(draw, (x1 - text_width(place_text, light), y + 26), place_text, light, MUTED)
    draw.line((x0, y + 58, x1, y + 58), fill=FAINT, width=2)
    return y + 58


def merge_boxes(boxes: Sequence[Box]) -> list[Box]:
    """The boxes, those that overlap made one."""
    separate: list[Box] = []
    for box in boxes:
        while overlap := next(
            (
                o
                for o in separate
                if box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3]
            ),
            None,
        ):
            separate.remove(overlap)
            box = (
                min(box[0], overlap[0]),
                min(box[1], overlap[1]),
                max(box[2], overlap[2]),
                max(box[3], overlap[3]),
            )
        separate.append(box)
    return separate


def leading_evidence(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The first piece of evidence and those that bear on the question nearly as much.

    To mark more would mark nothing.
    """
    return [
        o for o in evidence if o is evidence[0] or o.score >= _LEADING_SHARE * evidence[0].score
    ]


def to_png(image: Any) -> bytes:
    """A PIL image as a PNG file."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def picture_part(picture: Any, title: str, meta: Mapping[str, Any]) -> Part:
    """A PIL image as a part of an answer, under a file name made of the title."""
    return Part("image", to_png(picture), "image/png", filename(title, ".png"), meta=meta)


def asset_title(e: Evidence) -> str:
    """The name of the evidence's file, without its ending."""
    return e.hit.chunk.asset.name.rsplit(".", 1)[0]


def filename(title: str, ending: str) -> str:
    """A sensible name for a file.

    >>> filename("Cash flow: 2019/20!", ".png"), filename("", ".png")
    ('cash-flow-2019-20.png', 'picture.png')
    """
    stem = "-".join(re.findall(r"\w+", title.lower()))[:48].strip("-_")
    return (stem or "picture") + ending


@lru_cache(maxsize=64)
def _font(path: str, size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


@lru_cache(maxsize=8)
def _glyph_tables(kind: str) -> Mapping[str, Mapping[int, str]]:
    return {str(p): typefaces.glyph_names(p) for p in typeface_paths(kind)} or {"": {}}


def _runs(text: str, kind: str) -> Iterator[tuple[str, str]]:
    """Runs of the words, each with the typeface that has its characters.

    Spaces and marks stay with what stands before them.
    """
    glyph_tables = _glyph_tables(kind)
    last = list(glyph_tables)[-1]
    run, current = "", ""
    for c in text:
        stays = bool(current) and (
            c.isspace()
            or unicodedata.combining(c) > 0
            or (not c.isalnum() and ord(c) in glyph_tables[current])
        )
        path = (
            current
            if stays
            else next((p for p, has in glyph_tables.items() if ord(c) in has), last)
        )
        if run and path != current:
            yield run, current
            run = ""
        run, current = run + c, path
    if run:
        yield run, current


def is_right_to_left(text: str) -> bool:
    """Whether a line begins with a script that runs from right to left."""
    strong = next(
        (
            unicodedata.bidirectional(c)
            for c in text
            if unicodedata.bidirectional(c) in ("L", "R", "AL")
        ),
        "L",
    )
    return strong != "L"
