"""Drawings, pages and films that the examples are about, so that they need no data. Nothing here is
about polysense.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from textwrap import wrap

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

INK, PAPER = (38, 44, 60), (252, 251, 246)
Point = tuple[float, float]


def font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which comes with matplotlib."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name), size)


class Pen:
    """Draws as a hand does: lines that sway and do not quite meet, letters that dance. The same
    seed draws the same.
    """

    def __init__(self, wide: int, high: int, seed: int = 1) -> None:
        self.picture = Image.new("RGB", (wide, high), PAPER)
        self._draw = ImageDraw.Draw(self.picture)
        self._chance = np.random.default_rng(seed)

    def line(self, *corners: Point, arrow: bool = False) -> None:
        """From corner to corner; with a head at the end of an arrow."""
        for (x0, y0), (x1, y1) in pairwise(corners):
            length = max(float(np.hypot(x1 - x0, y1 - y0)), 1.0)
            t = np.linspace(0, 1, max(int(length / 6), 3))
            sway = np.sin(
                t * np.pi * length / 180 + self._chance.uniform(0, 6)
            ) * self._chance.uniform(0.8, 1.8)
            sway += self._chance.normal(0, 0.25, len(t))
            x = x0 + t * (x1 - x0) - sway * (y1 - y0) / length
            y = y0 + t * (y1 - y0) + sway * (x1 - x0) / length
            self._draw.line(list(zip(x, y, strict=True)), INK, 3, joint="curve")
        if arrow:
            (x0, y0), (x1, y1) = corners[-2:]
            along = np.arctan2(y1 - y0, x1 - x0)
            for side in (2.65, -2.65):
                self._draw.line(
                    [(x1, y1), (x1 + 16 * np.cos(along + side), y1 + 16 * np.sin(along + side))],
                    INK,
                    3,
                )

    def box(self, x: float, y: float, wide: float, high: float) -> None:
        """Four lines that overshoot a little."""
        a, b, c, d = (x, y), (x + wide, y), (x + wide, y + high), (x, y + high)
        over = self._chance.uniform(-1, 3, 4)
        self.line(a, (b[0] + over[0], b[1]))
        self.line(b, (c[0], c[1] + over[1]))
        self.line(c, (d[0] - over[2], d[1]))
        self.line(d, (a[0], a[1] - over[3]))

    def diamond(self, x: float, y: float, wide: float, high: float) -> None:
        """A decision, about its middle."""
        self.line(
            (x, y - high / 2),
            (x + wide / 2, y),
            (x, y + high / 2),
            (x - wide / 2, y),
            (x, y - high / 2),
        )

    def words(self, x: float, y: float, text: str, size: int = 26, centre: bool = False) -> None:
        """Letter by letter, from the left, or about x."""
        face = font(size)
        x -= face.getlength(text) / 2 if centre else 0
        for letter in text:
            tile = Image.new("L", (2 * size, 2 * size))
            ImageDraw.Draw(tile).text((size // 2, size // 4), letter, 255, face)
            tile = tile.rotate(self._chance.normal(0, 2.5), Image.Resampling.BICUBIC)
            self.picture.paste(
                INK,
                (round(x) - size // 2, round(y - size // 4 + self._chance.normal(0, 0.8))),
                tile,
            )
            x += face.getlength(letter)

    def save(self, path: Path) -> Path:
        """As a scanner sees it, a little soft."""
        self.picture.filter(ImageFilter.GaussianBlur(0.6)).save(path)
        return path

    def photograph(self, path: Path) -> Path:
        """As somebody photographs it in the light of a desk lamp, not quite straight."""
        sheet = self.picture.rotate(2.2, Image.Resampling.BICUBIC, expand=True, fillcolor=PAPER)
        light = Image.radial_gradient("L").resize(sheet.size).point(lambda v: 255 - v // 3)
        lit = Image.composite(sheet, Image.new("RGB", sheet.size, (60, 52, 40)), light)
        lit.filter(ImageFilter.GaussianBlur(0.7)).save(path, quality=80)
        return path


def circuit(path: Path) -> Path:
    """Two resistors in series at a battery."""
    pen = Pen(760, 420, seed=2)
    pen.line((250, 90), (120, 90), (120, 330), (370, 330))
    pen.line((390, 330), (640, 330), (640, 90), (510, 90))
    pen.line((370, 300), (370, 360))
    pen.line((390, 316), (390, 344))
    for x, name in ((250, "R1"), (400, "R2")):
        pen.box(x, 66, 110, 48)
        pen.words(x + 55, 26, name, 24, centre=True)
    pen.line((360, 90), (400, 90))
    pen.line((150, 150), (150, 260), arrow=True)
    pen.words(170, 190, "I", 26)
    pen.words(380, 366, "U", 26, centre=True)
    return pen.save(path)


def pdf(path: Path, pages: list[tuple[str, str]]) -> Path:
    """A document of typeset pages: a heading and words on each."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    with rc_context({"pdf.fonttype": 42}), PdfPages(path, metadata={"CreationDate": None}) as out:
        for number, (heading, words) in enumerate(pages, 1):
            page = Figure((5.8, 4.6))
            page.text(0.08, 0.87, heading, size=15, weight="bold")
            lines = [line for p in words.split("\n") for line in [*wrap(p, 78), ""]]
            page.text(0.08, 0.8, "\n".join(lines), size=9, va="top", linespacing=1.15)
            page.text(0.5, 0.04, str(number), size=8, ha="center")
            out.savefig(page)
    return path


def film(path: Path, frames: Iterable[Image.Image], subtitle: str = "", fps: int = 15) -> Path:
    """MP4 without sound; what is said of it goes in subtitles beside it."""
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=fps, options={"crf": "20"})
        stream.pix_fmt = "yuv420p"
        count = 0
        for count, frame in enumerate(frames, 1):
            if count == 1:
                stream.width, stream.height = frame.size
            out.mux(stream.encode(av.VideoFrame.from_image(frame)))
        out.mux(stream.encode(None))
    if subtitle:
        path.with_suffix(".vtt").write_text(
            f"WEBVTT\n\n00:00.000 --> 00:{count / fps:06.3f}\n{subtitle}\n", "utf-8"
        )
    return path


COLOURS = {
    "red": (190, 40, 42),
    "blue": (46, 84, 168),
    "green": (62, 132, 78),
    "yellow": (228, 184, 50),
}


def product(path: Path, kind: str, colour: str, at: tuple[int, int] = (0, 0)) -> Path:
    """A product before a plain wall, in soft light."""
    rgb, dark = COLOURS[colour], tuple(round(0.65 * c) for c in COLOURS[colour])
    shot = (
        Image.linear_gradient("L").resize((480, 480)).point(lambda v: 236 - v // 6).convert("RGB")
    )
    pen, (x, y) = ImageDraw.Draw(shot), at
    pen.ellipse((x + 110, y + 372, x + 390, y + 412), (150, 148, 146))
    if kind == "Mug":
        pen.arc((x + 270, y + 190, x + 385, y + 325), -95, 95, dark, 24)
        pen.rounded_rectangle((x + 130, y + 150, x + 320, y + 392), 26, rgb)
        pen.ellipse((x + 130, y + 130, x + 320, y + 176), dark)
    elif kind == "Lamp":
        pen.polygon(
            [(x + 190, y + 90), (x + 290, y + 90), (x + 350, y + 240), (x + 130, y + 240)], rgb
        )
        pen.rectangle((x + 230, y + 240, x + 250, y + 360), (120, 90, 60))
        pen.ellipse((x + 180, y + 350, x + 300, y + 396), (120, 90, 60))
    else:
        for leg in (140, 200, 268, 322):
            pen.polygon(
                [
                    (x + leg, y + 220),
                    (x + leg + 18, y + 220),
                    (x + leg + 12, y + 396),
                    (x + leg + 2, y + 396),
                ],
                dark,
            )
        pen.ellipse((x + 110, y + 170, x + 370, y + 250), dark)
        pen.ellipse((x + 110, y + 156, x + 370, y + 236), rgb)
    shot.filter(ImageFilter.GaussianBlur(1.2)).save(path, quality=88)
    return path


Colour = tuple[int, int, int]
WEATHER: dict[str, tuple[Colour, Colour, float]] = {  # sky, sea, height of the waves
    "harbour": ((247, 190, 142), (96, 120, 150), 4),
    "storm": ((128, 136, 152), (60, 84, 106), 22),
    "island": ((150, 206, 240), (58, 142, 176), 6),
}


def boat(kind: str, seconds: float = 3.0) -> Iterator[Image.Image]:
    """A boat crosses the picture: out of a harbour, through a storm, or past an island."""
    sky, sea, swell = WEATHER[kind]
    for i in range(int(15 * seconds)):
        shot = Image.new("RGB", (640, 360), sky)
        pen, x, t = ImageDraw.Draw(shot), 120 + 8 * i, i / 15
        pen.ellipse((500, 40, 570, 110), (255, 244, 200) if swell < 20 else (176, 180, 188))
        if kind == "island":
            pen.ellipse((420, 200, 760, 420), (206, 178, 112))
            pen.line((560, 210, 580, 120), (110, 78, 48), 10)
            for leaf in ((530, 100), (620, 96), (640, 140), (520, 140)):
                pen.line((580, 122, *leaf), (52, 128, 66), 12)
        if kind == "harbour":
            pen.rectangle((0, 190, 96, 262), (120, 92, 74))
            pen.polygon([(52, 110), (78, 110), (84, 190), (46, 190)], (222, 74, 60))
        level = [250 + swell * np.sin(px / 46 + 3 * t) for px in range(0, 648, 8)]
        y = float(np.interp(x, range(0, 648, 8), level))
        pen.polygon(
            [(x - 46, y - 18), (x + 46, y - 18), (x + 28, y + 14), (x - 30, y + 14)], (150, 60, 44)
        )
        pen.polygon([(x, y - 110), (x, y - 26), (x + 52, y - 26)], (250, 248, 240))
        pen.line((x, y - 112, x, y - 18), (70, 52, 40), 4)
        pen.polygon([(0, 360), *zip(range(0, 648, 8), level, strict=True), (640, 360)], sea)
        if kind == "storm":
            for k in range(40):
                px, py = (k * 137 + 40 * i) % 700 - 30, (k * 71 + 55 * i) % 400 - 20
                pen.line((px, py, px - 6, py + 20), (150, 160, 176), 1)
        yield shot


def market(seconds: float = 3.0) -> Iterator[Image.Image]:
    """Something else: apples on a stall."""
    for i in range(int(15 * seconds)):
        shot = Image.new("RGB", (640, 360), (236, 230, 214))
        pen = ImageDraw.Draw(shot)
        for stripe in range(0, 640, 80):
            pen.rectangle((stripe, 20, stripe + 40, 110), (196, 52, 60))
        for k in range(14):
            x = 40 + 42 * k + 4 * np.sin(i / 6 + k)
            pen.ellipse(
                (x, 240 + 20 * (k % 2), x + 44, 284 + 20 * (k % 2)),
                (186, 40, 40) if k % 3 else (120, 160, 60),
            )
        yield shot
