"""Words drawn into films: a caption along the lower edge, and a card that shows words alone. Pillow
draws; typefaces come from packages.

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

LINES = 2
"""Lines of words in a caption."""

BAR = 0.27
"""The share of the height, at the lower edge, that a caption darkens; its words lie in the lower
two thirds of that.
"""

_ACCENT, _INK, _PALE = (255, 179, 71), (255, 255, 255), (176, 190, 206)
_TOP, _BOTTOM = (24, 33, 46), (11, 16, 24)
_WIDE = r"\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"\s+|[{_WIDE}]|[^\s{_WIDE}]{{1,40}}")
_CLOSING = frozenset(",.;:!?)]}，。、；：！？）》」』】”’…%")
_LOCK = Lock()


def backdrop(size: tuple[int, int]) -> Pixels:
    """A dark ground that is lighter above, (height, width, 3)."""
    width, height = size
    down = np.linspace(0, 1, height)[:, None, None]
    ground = np.asarray(_TOP) * (1 - down) + np.asarray(_BOTTOM) * down
    return np.broadcast_to(ground, (height, width, 3)).round().astype(np.uint8)


def lower(words: str, source: str, n: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """RGBA (rows, width, 4) to lay over the lower edge of a picture: at most two lines of words,
    then the source and its number.
    """
    from PIL import Image, ImageDraw

    width, height = size
    rows, unit = 2 * round(BAR * height / 2), height / 540
    shade = np.zeros((rows, width, 4), np.uint8)
    shade[..., :3] = _BOTTOM
    shade[..., 3] = (235 * np.clip(np.linspace(0, 2.6, rows), 0, 1) ** 1.2).astype(np.uint8)[
        :, None
    ]
    image = Image.fromarray(shade)
    pen = ImageDraw.Draw(image)
    left, small, large = round(44 * unit), round(15 * unit), round(25 * unit)
    lines = wrapped(words, large, width - 2 * left)[:LINES]
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
            fill=_ACCENT,
        )
    for i, line in enumerate(lines):
        write(image, (left, top + i * round(1.32 * large)), line, large, _INK)
    _signed(image, (left, foot), source, n, small)
    return np.asarray(image)


def card(words: str, source: str, n: int, size: tuple[int, int]) -> Pixels:
    """A picture of words alone, with their source: for what has no picture of its own. (height,
    width, 3).
    """
    from PIL import Image, ImageDraw

    width, height = size
    unit, left = height / 540, round(0.11 * size[0])
    image = Image.fromarray(backdrop(size))
    for letters in (38, 32, 27, 23, 20):
        tall = round(letters * unit)
        lines = wrapped(words, tall, width - 2 * left)
        if len(lines) * 1.4 * tall < 0.62 * height:
            break
    lines = lines[: int(0.62 * height / (1.4 * tall))]
    block = round(len(lines) * 1.4 * tall)
    top = round(0.46 * height - block / 2)
    ImageDraw.Draw(image).rectangle(
        (left - round(28 * unit), top, left - round(23 * unit), top + block), fill=_ACCENT
    )
    for i, line in enumerate(lines):
        write(image, (left, top + round(i * 1.4 * tall)), line, tall, _INK)
    _signed(image, (left, top + block + round(26 * unit)), source, n, round(17 * unit))
    return np.array(image.convert("RGB"))


def pages(words: str, size: tuple[int, int]) -> list[str]:
    """The words in as many pieces as captions they need, of LINES lines each, of about one length."""
    unit = size[1] / 540
    lines = wrapped(words, round(25 * unit), size[0] - 2 * round(44 * unit))
    if len(lines) <= LINES:
        return [" ".join(words.split())] if words.strip() else []
    return [_together(lines[i : i + LINES]) for i in range(0, len(lines), LINES)]


def wrapped(words: str, size: int, width: int) -> list[str]:
    """Lines of words that are at most `width` pixels wide in letters of `size`; Chinese breaks
    between any two, but not before a stop.
    """
    lines, line = [], ""
    for token in _TOKEN.findall(clean(words)):
        if not line and token.isspace():
            continue
        if line and token not in _CLOSING and measure((line + token).rstrip(), size) > width:
            lines.append(line.rstrip())
            line = "" if token.isspace() else token
        else:
            line += " " if token.isspace() else token
    return [*lines, line.rstrip()] if line.strip() else lines


def measure(words: str, size: int) -> float:
    """How wide a line is, in pixels."""
    return float(sum(_font(path, size).getlength(run) for path, run in _runs(words)))


def write(
    image: Any, at: tuple[int, int], words: str, size: int, colour: tuple[int, int, int]
) -> None:
    """A line into a PIL image, from its upper left, each letter in the first typeface that has it."""
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


def _together(lines: list[str]) -> str:
    joined = ""
    for line in lines:
        wide = joined and re.match(f"[{_WIDE}]", joined[-1]) and re.match(f"[{_WIDE}]", line)
        joined += line if wide or not joined else f" {line}"
    return joined


def _signed(image: Any, at: tuple[int, int], source: str, n: int, size: int) -> None:
    """The number in a small frame, then the source."""
    from PIL import ImageDraw

    (x, y), number = at, str(n)
    wide = round(measure(number, size)) + round(0.9 * size)
    frame = (x, y - 2, x + wide, y + round(1.35 * size))
    ImageDraw.Draw(image).rounded_rectangle(
        frame, radius=round(0.3 * size), outline=_ACCENT, width=1
    )
    write(image, (x + round(0.45 * size), y), number, size, _ACCENT)
    room = image.width - x - wide - 2 * size
    said = wrapped(source, size, room)[:1]
    write(image, (x + wide + round(0.6 * size), y), said[0] if said else "", size, _PALE)


def _runs(words: str) -> list[tuple[str, str]]:
    """(typeface, letters) of stretches in one typeface; one that has all of them takes all, so that
    Arabic is joined and turned.
    """
    words = "".join(c for c in words if c.isspace() or any(_has(path, c) for path in _paths()))
    for path in _paths():
        if all(c.isspace() or _has(path, c) for c in words):
            return [(path, words)] if words else []
    found = ((next((p for p in _paths() if c.isspace() or _has(p, c)), ""), c) for c in words)
    return [(path, "".join(c for _, c in run)) for path, run in groupby(found, key=lambda f: f[0])]


@lru_cache(maxsize=1)
def _paths() -> tuple[str, ...]:
    return tuple(
        str(path) for path in map(typefaces.file, (typefaces.NOTO, typefaces.DEJAVU)) if path
    ) or ("",)


@lru_cache(maxsize=64)
def _font(path: str, size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


@lru_cache(maxsize=8192)
def _has(path: str, letter: str) -> bool:
    """Whether a typeface draws something else than its box for what it has not; marks above letters
    draw nothing alone.
    """
    if unicodedata.category(letter) in ("Mn", "Me"):
        return True
    font = _font(path, 24)
    shown, absent = font.getmask(letter), font.getmask("\U0010fffd")
    return shown.size != absent.size or bytes(shown) != bytes(absent)
