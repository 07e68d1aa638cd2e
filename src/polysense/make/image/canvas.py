"""What the makers of pictures share: typefaces for many scripts, lines of words, colours, cards,
marks.

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
from polysense.types import Box, Evidence

INK, MUTED, FAINT = "#1d2433", "#667085", "#d5dae3"
PAPER, DESK = "#ffffff", "#eef1f5"
ACCENT, MARKER = "#e8590c", "#ffe69c"
SERIES = ("#2f6fde", "#e8590c", "#2b9a66", "#8e4ec6", "#d6409f", "#b58105", "#0b7285", "#64748b")
"""Colours of series, told apart by most who see colours otherwise: blue, orange and green lead."""

_BESIDE = 0.9
_WIDE = re.compile(
    r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_TOKEN = re.compile(
    rf"\n|[ \t\u3000]+|{_WIDE.pattern}|[^\s\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]{{1,60}}|.",
    re.S,
)
_CLOSING = frozenset(",.;:!?)]}，。、；：！？）》」』】”’…%")


@dataclass(frozen=True, slots=True)
class Face:
    """A way of writing: the kind of letters, their size in pixels, and whether they are bold."""

    kind: Literal["sans", "serif", "mono"] = "sans"
    size: int = 24
    bold: bool = False


def faces(kind: str = "sans") -> list[Path]:
    """Files of the typefaces, in the order in which a character is looked for."""
    first = {"sans": typefaces.NOTO, "serif": typefaces.SERIF, "mono": typefaces.MONO}[kind]
    wanted = map(typefaces.file, dict.fromkeys((first, typefaces.NOTO, typefaces.DEJAVU)))
    return [path for path in wanted if path]


def clean(text: str) -> str:
    """Words without what cannot be drawn: control and format characters; tabs are four spaces."""
    text = text.replace("\t", "    ").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        " " if unicodedata.category(c) in ("Cc", "Cs") and c != "\n" else c
        for c in text
        if unicodedata.category(c) != "Cf"
    )


def drawable(text: str) -> float:
    """The share (0..1) of the letters that a typeface here has."""
    letters = [c for c in text[:4000] if c.isalpha()]
    known = [typefaces.glyph_names(p) for p in faces()]
    return sum(any(ord(c) in k for k in known) for c in letters) / len(letters) if letters else 1.0


@lru_cache(maxsize=1 << 14)
def width(text: str, face: Face) -> float:
    """Pixels that the words take on one line."""
    return float(
        sum(_font(path, face.size).getlength(said) for said, path in _runs(text, face.kind))
    )


def write(
    draw: Any, at: tuple[float, float], text: str, face: Face, fill: str, rtl: bool | None = None
) -> float:
    """Words from a point on their base line; gives where they end. rtl: whether the line runs
    leftwards, else by its first letter.
    """
    x, y = at
    stroke = face.size / 44 if face.bold else 0
    runs, rtl = list(_runs(text, face.kind)), leftwards(text) if rtl is None else rtl
    for said, path in reversed(runs) if rtl else runs:
        if rtl and said.rstrip() != said and not any(map(leftwards, said)):
            # the space after a word stands on its left here
            said = said[len(said.rstrip()) :] + said.rstrip()
        font = _font(path, face.size)
        draw.text(
            (x, y), said, font=font, fill=fill, anchor="ls", stroke_width=stroke, stroke_fill=fill
        )
        x += font.getlength(said)
    return x


def lines(text: str, face: Face, limit: float) -> list[tuple[int, int]]:
    """(start, end) of the characters of each line that is at most `limit` wide; ideographs break
    anywhere, words where they must.
    """
    found: list[tuple[int, int]] = []
    start = end = 0
    used = 0.0
    for m in _TOKEN.finditer(text):
        said = m[0]
        if said == "\n":
            found.append((start, end))
            start, end, used = m.end(), m.end(), 0.0
            continue
        wide = width(said, face)
        if used + wide > limit and end > start and not (said in _CLOSING or said.isspace()):
            found.append((start, end))
            start, used = m.start(), 0.0
        # one word longer than a line
        while used + wide > limit and len(said) > 1 and not said.isspace():
            n = next(
                (n for n in range(len(said) - 1, 1, -1) if used + width(said[:n], face) <= limit), 1
            )
            found.append((start, m.end() - len(said) + n))
            said, start, used = said[n:], m.end() - len(said) + n, 0.0
            wide = width(said, face)
        if said.isspace() and start == m.start():
            start = end = m.end()  # no line begins with a space
            continue
        used += wide
        end = m.end() if not said.isspace() else end
    if end > start or not found:
        found.append((start, end))
    return found


def cut(text: str, face: Face, limit: float) -> str:
    """The words on one line, with an ellipsis where they are too long."""
    text = " ".join(text.split())[:400]
    if width(text, face) <= limit:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high)
            if width(text[:middle].rstrip() + "…", face) <= limit
            else (low, middle - 1)
        )
    return text[:low].rstrip() + "…"


def card(size: tuple[int, int], inset: int = 28) -> Any:
    """A sheet of paper with a soft shadow on a desk, as a PIL image of this size."""
    from PIL import Image, ImageDraw, ImageFilter

    image = Image.new("RGB", size, DESK)
    shade = Image.new("L", (size[0] // 4 + 1, size[1] // 4 + 1), 0)
    box = (inset, inset, size[0] - inset - 1, size[1] - inset - 1)
    ImageDraw.Draw(shade).rounded_rectangle(
        tuple(v / 4 for v in (box[0], box[1] + 6, box[2], box[3] + 6)), 4, fill=46
    )
    shade = shade.filter(ImageFilter.GaussianBlur(3)).resize(size, Image.Resampling.BICUBIC)
    image.paste(Image.new("RGB", size, "#31405c"), (0, 0), shade)
    rounded(image, box, 14, fill=PAPER)
    return image


def rounded(
    image: Any,
    box: Sequence[float],
    radius: float,
    fill: str | None = None,
    outline: str | None = None,
    wide: float = 0,
) -> None:
    """A rounded rectangle with smooth edges, drawn at four times its size."""
    from PIL import Image, ImageDraw

    x0, y0, x1, y1 = (round(v) for v in box)
    pad = round(wide) + 2
    size = (max(1, x1 - x0 + 2 * pad), max(1, y1 - y0 + 2 * pad))
    times = 4 if size[0] * size[1] < 1_500_000 else 2
    mask = Image.new("L", (size[0] * times, size[1] * times), 0)
    inner = tuple(
        times * v for v in (pad, pad, size[0] - pad - 1 / times, size[1] - pad - 1 / times)
    )
    line = {"outline": 255, "width": round(wide * times)} if outline else {}
    ImageDraw.Draw(mask).rounded_rectangle(inner, radius * times, fill=255 if fill else 0, **line)  # type: ignore[arg-type]
    mask = mask.resize(size, Image.Resampling.BOX)
    image.paste(Image.new("RGB", size, fill or outline or INK), (x0 - pad, y0 - pad), mask)


def marked(image: Any, boxes: Sequence[Box]) -> Any:
    """The picture with places (fractions) outlined and all around them dimmed a little; the places
    themselves stay as they are.
    """
    from PIL import Image, ImageDraw

    w, h = image.size
    air, line = max(3, round(0.004 * max(w, h))), max(3, round(0.0028 * max(w, h)))
    found = []
    for x0, y0, x1, y1 in boxes:
        place = (
            max(2.0, x0 * w - air),
            max(2.0, y0 * h - air),
            min(w - 3.0, x1 * w + air),
            min(h - 3.0, y1 * h + air),
        )
        if place[2] - place[0] >= 4 and place[3] - place[1] >= 4:
            found.append(place)
    mask = Image.new("L", image.size, 46 if found else 0)
    for place in found:
        ImageDraw.Draw(mask).rounded_rectangle(place, 2.5 * line, fill=0)
    image = image.copy()
    image.paste(Image.new("RGB", image.size, "#10151f"), (0, 0), mask)
    for place in found:
        around = (
            place[0] - line / 2,
            place[1] - line / 2,
            place[2] + line / 2,
            place[3] + line / 2,
        )
        rounded(image, around, 3.5 * line, outline="#ffffff", wide=line + 2)
        rounded(image, around, 3.5 * line, outline=ACCENT, wide=line)
    return image


def head(image: Any, at: tuple[float, float, float], name: str, place: str) -> float:
    """The line that says where a card is from, x0 to x1 of (x0, y, x1): the kind of file, its name,
    the place. Gives its lower edge.
    """
    from PIL import ImageDraw

    draw = ImageDraw.Draw(image)
    x0, y, x1 = at
    kind = name.rsplit(".", 1)[-1].upper() if "." in name[-6:] else ""
    x = x0
    if kind:
        small = Face("sans", 19, bold=True)
        wide = width(kind, small) + 24
        rounded(image, (x, y, x + wide, y + 34), 8, fill="#fff0e6")
        write(draw, (x + 12, y + 24), kind, small, ACCENT)
        x += wide + 16
    strong, light = Face("sans", 24, bold=True), Face("sans", 22)
    where = cut(place, light, 0.45 * (x1 - x))
    named = cut(name, strong, x1 - x - width(where, light) - 24)
    write(draw, (x, y + 26), named, strong, INK)
    write(draw, (x1 - width(where, light), y + 26), where, light, MUTED)
    draw.line((x0, y + 58, x1, y + 58), fill=FAINT, width=2)
    return y + 58


def joined(boxes: Sequence[Box]) -> list[Box]:
    """The boxes, those that meet made one."""
    found: list[Box] = []
    for box in boxes:
        while meets := next(
            (
                o
                for o in found
                if box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3]
            ),
            None,
        ):
            found.remove(meets)
            box = (
                min(box[0], meets[0]),
                min(box[1], meets[1]),
                max(box[2], meets[2]),
                max(box[3], meets[3]),
            )
        found.append(box)
    return found


def beside(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The first piece of evidence and those that bear on the question nearly as much: to mark more
    would mark nothing.
    """
    return [o for o in evidence if o is evidence[0] or o.score >= _BESIDE * evidence[0].score]


def png(image: Any) -> bytes:
    """A PIL image as a PNG file."""
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def filename(words: str, ending: str) -> str:
    """A sensible name for a file.

    >>> filename("Cash flow: 2019/20!", ".png"), filename("", ".png")
    ('cash-flow-2019-20.png', 'picture.png')
    """
    said = "-".join(re.findall(r"\w+", words.lower()))[:48].strip("-_")
    return (said or "picture") + ending


@lru_cache(maxsize=64)
def _font(path: str, size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


@lru_cache(maxsize=8)
def _known(kind: str) -> Mapping[str, Mapping[int, str]]:
    return {str(p): typefaces.glyph_names(p) for p in faces(kind)} or {"": {}}


def _runs(text: str, kind: str) -> Iterator[tuple[str, str]]:
    """Pieces of the words, each with the typeface that has its characters; spaces and marks stay
    with what stands before them.
    """
    known = _known(kind)
    last = list(known)[-1]
    said, now = "", ""
    for c in text:
        stays = bool(now) and (
            c.isspace()
            or unicodedata.combining(c) > 0
            or (not c.isalnum() and ord(c) in known[now])
        )
        path = now if stays else next((p for p, has in known.items() if ord(c) in has), last)
        if said and path != now:
            yield said, now
            said = ""
        said, now = said + c, path
    if said:
        yield said, now


def leftwards(text: str) -> bool:
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
