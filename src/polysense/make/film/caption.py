"""Words drawn into films: a caption along the lower edge, and a card that shows words alone.

Noto Sans SC (package pylopdf-fonts-zh-cn) has Latin, Greek, Cyrillic and Chinese, DejaVu (package
matplotlib) Arabic and Hebrew; without them Pillow's own has Latin alone. Letters that none has are
left out: the track of subtitles keeps them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import groupby
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.read.image import typefaces

Pixels = NDArray[np.uint8]

MAX_LINES = 2
"""Lines of words in a caption."""

BAR_SHARE = 0.27
"""The share of the height, at the lower edge, that a caption darkens; its words lie in the lower
two thirds of that.
"""

_ACCENT_COLOUR, _TEXT_COLOUR, _SOURCE_COLOUR = (255, 179, 71), (255, 255, 255), (176, 190, 206)
_BACKDROP_TOP, _BACKDROP_BOTTOM = (24, 33, 46), (11, 16, 24)
_IDEOGRAPHS = (
    r"\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
)
_TOKEN = re.compile(rf"\s+|[{_IDEOGRAPHS}]|[^\s{_IDEOGRAPHS}]{{1,40}}")
_CLOSING = frozenset(",.;:!?)]}，。、；：！？）》」』】”’…%")
_LOCK = Lock()


def backdrop(size: tuple[int, int]) -> Pixels:
    """A dark ground that is lighter above, (height, width, 3)."""
    width, height = size
    down = np.linspace(0, 1, height)[:, None, None]
    ground = np.asarray(_BACKDROP_TOP) * (1 - down) + np.asarray(_BACKDROP_BOTTOM) * down
    return np.broadcast_to(ground, (height, width, 3)).round().astype(np.uint8)


def draw_caption(words: str, source: str, n: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """RGBA (rows, width, 4) to lay over the lower edge of a picture.

    At most MAX_LINES lines of words, then the number and the source.
    """
    from PIL import Image, ImageDraw

    width, height = size
    rows, unit = 2 * round(BAR_SHARE * height / 2), height / 540
    shade = np.zeros((rows, width, 4), np.uint8)
    shade[..., :3] = _BACKDROP_BOTTOM
    shade[..., 3] = (235 * np.clip(np.linspace(0, 2.6, rows), 0, 1) ** 1.2).astype(np.uint8)[
        :, None
    ]
    image = Image.fromarray(shade)
    pen = ImageDraw.Draw(image)
    left, small, large = round(44 * unit), round(15 * unit), round(25 * unit)
    lines = wrap(words, large, width - 2 * left)[:MAX_LINES]
    foot = rows - round(27 * unit)
    top = foot - round(20 * unit) - len(lines) * round(1.32 * large)
    if lines:
        pen.rectangle(
            (
                left - round(16 * unit),
                top + round(3 * unit),
                left - round(12 * unit),
                foot - round(18 * unit),
            ),
            fill=_ACCENT_COLOUR,
        )
    for i, line in enumerate(lines):
        write(image, (left, top + i * round(1.32 * large)), line, large, _TEXT_COLOUR)
    _draw_source(image, (left, foot), source, n, small)
    return np.asarray(image)


def draw_card(words: str, source: str, n: int, size: tuple[int, int]) -> Pixels:
    """A picture (height, width, 3) of words alone, with their source."""
    from PIL import Image, ImageDraw

    width, height = size
    unit, left = height / 540, round(0.11 * size[0])
    image = Image.fromarray(backdrop(size))
    for letter_size in (38, 32, 27, 23, 20):
        letter_height = round(letter_size * unit)
        lines = wrap(words, letter_height, width - 2 * left)
        if len(lines) * 1.4 * letter_height < 0.62 * height:
            break
    lines = lines[: int(0.62 * height / (1.4 * letter_height))]
    block = round(len(lines) * 1.4 * letter_height)
    top = round(0.46 * height - block / 2)
    ImageDraw.Draw(image).rectangle(
        (left - round(28 * unit), top, left - round(23 * unit), top + block), fill=_ACCENT_COLOUR
    )
    for i, line in enumerate(lines):
        write(
            image, (left, top + round(i * 1.4 * letter_height)), line, letter_height, _TEXT_COLOUR
        )
    _draw_source(image, (left, top + block + round(26 * unit)), source, n, round(17 * unit))
    return np.array(image.convert("RGB"))


def pages(words: str, size: tuple[int, int]) -> list[str]:
    """The words, caption by caption, of MAX_LINES lines each at most."""
    unit = size[1] / 540
    lines = wrap(words, round(25 * unit), size[0] - 2 * round(44 * unit))
    if len(lines) <= MAX_LINES:
        return [" ".join(words.split())] if words.strip() else []
    return [_join_lines(lines[i : i + MAX_LINES]) for i in range(0, len(lines), MAX_LINES)]


def wrap(words: str, size: int, width: int) -> list[str]:
    """Lines of words that are at most `width` pixels wide in letters of `size`.

    Chinese breaks between any two, but not before a stop.
    """
    lines, line = [], ""
    for token in _TOKEN.findall(clean(words)):
        if not line and token.isspace():
            continue
        if line and token not in _CLOSING and text_width((line + token).rstrip(), size) > width:
            lines.append(line.rstrip())
            line = "" if token.isspace() else token
        else:
            line += " " if token.isspace() else token
    return [*lines, line.rstrip()] if line.strip() else lines


def text_width(words: str, size: int) -> float:
    """How wide a line is, in pixels."""
    return float(sum(_font(path, size).getlength(run) for path, run in _runs(words)))


def write(
    image: Any, at: tuple[int, int], words: str, size: int, colour: tuple[int, int, int]
) -> None:
    """Write a line from its upper left, each letter in the first typeface that has it."""
    from PIL import ImageDraw

    pen, (x, y) = ImageDraw.Draw(image), at
    base = y + round(1.04 * size)
    with _LOCK:
        for path, run in _runs(words):
            font = _font(path, size)
            pen.text((x, base), run, font=font, fill=colour, anchor="ls")
            x += round(font.getlength(run))


def clean(words: str) -> str:
    """Without control and format characters."""
    return "".join(
        " " if unicodedata.category(c) in ("Cc", "Cs", "Co") else c
        for c in words
        if unicodedata.category(c) != "Cf"
    )


def _join_lines(lines: list[str]) -> str:
    text = ""
    for line in lines:
        without_space = (
            text and re.match(f"[{_IDEOGRAPHS}]", text[-1]) and re.match(f"[{_IDEOGRAPHS}]", line)
        )
        text += line if without_space or not text else f" {line}"
    return text


def _draw_source(image: Any, at: tuple[int, int], source: str, n: int, size: int) -> None:
    """The number in a small frame, then the source."""
    from PIL import ImageDraw

    (x, y), number = at, str(n)
    frame_width = round(text_width(number, size)) + round(0.9 * size)
    frame = (x, y - 2, x + frame_width, y + round(1.35 * size))
    ImageDraw.Draw(image).rounded_rectangle(
        frame, radius=round(0.3 * size), outline=_ACCENT_COLOUR, width=1
    )
    write(image, (x + round(0.45 * size), y), number, size, _ACCENT_COLOUR)
    room = image.width - x - frame_width - 2 * size
    lines = wrap(source, size, room)[:1]
    write(
        image,
        (x + frame_width + round(0.6 * size), y),
        lines[0] if lines else "",
        size,
        _SOURCE_COLOUR,
    )


def _runs(words: str) -> list[tuple[str, str]]:
    """(typeface, letters) of runs in one typeface.

    One that has all letters takes all, so that Arabic is joined and turned.
    """
    words = "".join(
        c for c in words if c.isspace() or any(_has_glyph(path, c) for path in _typeface_paths())
    )
    for path in _typeface_paths():
        if all(c.isspace() or _has_glyph(path, c) for c in words):
            return [(path, words)] if words else []
    by_typeface = (
        (next((p for p in _typeface_paths() if c.isspace() or _has_glyph(p, c)), ""), c)
        for c in words
    )
    return [
        (path, "".join(c for _, c in run)) for path, run in groupby(by_typeface, key=lambda f: f[0])
    ]


@lru_cache(maxsize=1)
def _typeface_paths() -> tuple[str, ...]:
    return tuple(
        str(path) for path in map(typefaces.file, (typefaces.NOTO, typefaces.DEJAVU)) if path
    ) or ("",)


@lru_cache(maxsize=64)
def _font(path: str, size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


@lru_cache(maxsize=8192)
def _has_glyph(path: str, letter: str) -> bool:
    """Whether a typeface draws something else than its box for a missing glyph.

    Marks above letters draw nothing alone, and count as drawn.
    """
    if unicodedata.category(letter) in ("Mn", "Me"):
        return True
    font = _font(path, 24)
    glyph, missing_glyph = font.getmask(letter), font.getmask("\U0010fffd")
    return glyph.size != missing_glyph.size or bytes(glyph) != bytes(missing_glyph)
