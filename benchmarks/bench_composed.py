"""A picture and words at once, "like this but red": drawings of known kind and colour, whose names
tell nothing, with half of them described in a document, and with none.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from PIL import Image, ImageDraw

from polysense import Library, part
from polysense.evaluate.bench import Row, mean
from polysense.registry import kit

COLOURS = {
    "red": "#c4241e", "green": "#2a8a3c", "yellow": "#e2bd24",
    "blue": "#2450a8", "orange": "#e8801c", "purple": "#7a3a94",
}  # fmt: skip
SIZES = (66, 82)


def run(data: Path, work: Path) -> Iterator[Row]:
    """Each kind in each colour asks for the next colour of its kind, of which there are two."""
    for name, described in (("half described", (0,)), ("none described", ())):
        root = work / name.replace(" ", "-")
        pictures = draw_all(root / "files", described)
        shares, firsts = [], []
        with Library(root / "kb", kit=kit(converters=["-ocr", "-whisper_tiny"])) as kb:
            kb.index(root / "files")
            names = list(COLOURS)
            for kind, colour in product(KINDS, COLOURS):
                other = names[(names.index(colour) + 1) % len(names)]
                request = part(root / "files" / pictures[kind, colour, 0])
                hits = kb.search(f"like this but {other}", request, k=2, exclude_self=True)
                right = {pictures[kind, other, n] for n in range(len(SIZES))}
                matches = [h.chunk.asset.name in right for h in hits]
                shares.append(sum(matches) / len(right))
                firsts.append(float(matches[:1] == [True]))
        note = f"{len(shares)} questions, {len(pictures)} drawings"
        yield Row(f"like this but red, {name}, recall@2", mean(shares), note=note)
        yield Row(f"like this but red, {name}, the first", mean(firsts), note=note)


def draw_all(folder: Path, described: tuple[int, ...]) -> dict[tuple[str, str, int], str]:
    """The names of the drawings by kind, colour and number; stock.md describes those numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {}
    lines = ["# Stock"]
    for i, (kind, colour, n) in enumerate(product(KINDS, COLOURS, range(len(SIZES)))):
        image = Image.new("RGB", (240, 240), "#f6f4ee")
        KINDS[kind](ImageDraw.Draw(image), COLOURS[colour], SIZES[n])
        pictures[kind, colour, n] = f"{i:03}.png"
        image.save(folder / pictures[kind, colour, n])
        if n in described:
            lines.append(f"![A {colour} {kind}]({pictures[kind, colour, n]})")
    if described:
        (folder / "stock.md").write_text("\n\n".join(lines), "utf-8")
    return pictures


def _kite(pen: ImageDraw.ImageDraw, fill: str, s: int) -> None:
    pen.polygon([(120, 120 - s), (120 + s * 0.7, 110), (120, 120 + s), (120 - s * 0.7, 110)], fill)
    pen.line([(120, 120 + s), (150, 235)], "#444444", 3)


def _flag(pen: ImageDraw.ImageDraw, fill: str, s: int) -> None:
    pen.rectangle([70, 30, 78, 220], "#555555")
    pen.rectangle([78, 40, 78 + 1.3 * s, 40 + s], fill)


def _bell(pen: ImageDraw.ImageDraw, fill: str, s: int) -> None:
    pen.pieslice([120 - s, 60, 120 + s, 60 + 2 * s], 180, 360, fill)
    pen.rectangle([120 - s, 60 + s, 120 + s, 75 + s], fill)
    pen.ellipse([108, 78 + s, 132, 102 + s], "#444444")


def _boat(pen: ImageDraw.ImageDraw, fill: str, s: int) -> None:
    pen.polygon([(120 - s, 170), (120 + s, 170), (120 + s * 0.6, 205), (120 - s * 0.6, 205)], fill)
    pen.line([(120, 170), (120, 170 - s * 1.6)], "#555555", 4)


def _lamp(pen: ImageDraw.ImageDraw, fill: str, s: int) -> None:
    pen.polygon([(120 - s * 0.4, 50), (120 + s * 0.4, 50), (120 + s, 130), (120 - s, 130)], fill)
    pen.rectangle([115, 130, 125, 210], "#555555")
    pen.rectangle([85, 210, 155, 220], "#555555")


def _cup(pen: ImageDraw.ImageDraw, fill: str, s: int) -> None:
    pen.rectangle([120 - s * 0.7, 80, 120 + s * 0.5, 80 + 1.5 * s], fill)
    pen.arc([120 + s * 0.2, 95, 120 + s, 80 + s], 270, 90, fill, 10)


KINDS = {"kite": _kite, "flag": _flag, "bell": _bell, "boat": _boat, "lamp": _lamp, "cup": _cup}
