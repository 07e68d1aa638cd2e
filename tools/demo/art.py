"""SVG to pictures: rendering, grain, and the small shapes that several scenes share."""

from __future__ import annotations

import io
import random
from pathlib import Path

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]

FONTS = {
    "serif": "NotoSerifCJK-Regular.ttc",
    "serif-bold": "NotoSerifCJK-Bold.ttc",
    "hand": "LXGWWenKai-Regular.ttf",
    "script": "DancingScript-Bold.otf",
    "typewriter": "Courier Prime.otf",
    "typewriter-bold": "Courier Prime Bold.otf",
}


class Fonts:
    """The free fonts that the pictures are lettered in; only pixels of them are shipped."""

    def __init__(self, folder: Path) -> None:
        paths_by_name = {p.name: p for p in sorted(folder.rglob("*.?t?"))}
        missing = [name for name in FONTS.values() if name not in paths_by_name]
        if missing:
            raise SystemExit(
                f"make_demo: no {', '.join(missing)} under {folder}. See the top of make_demo.py "
                "for the Debian packages."
            )
        self.paths = {style: str(paths_by_name[name]) for style, name in FONTS.items()}


def render(svg: str, fonts: Fonts, width: int = 960) -> Pixels:
    """RGB pixels of a drawing."""
    png = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        font_files=list(fonts.paths.values()),
        skip_system_fonts=True,
        background="#ffffff",
        languages=["en", "zh"],
    )
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def grain(pixels: Pixels, amount: float, seed: int = 1) -> Pixels:
    """Film grain and a slight darkening towards the corners; nothing where the amount is 0."""
    if not amount:
        return pixels
    h, w = pixels.shape[:2]
    noise = np.random.default_rng(seed).normal(0, amount, (h // 2 + 1, w // 2 + 1, 1))
    noise = noise.repeat(2, 0).repeat(2, 1)[:h, :w]
    y, x = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
    vignette = 1 - 0.10 * np.clip(x**2 + y**2 - 0.5, 0, None)
    return (pixels * vignette[..., None] + noise).clip(0, 255).astype(np.uint8)


def save(pixels: Pixels, path: Path, quality: int = 80) -> None:
    """Write a JPEG, or a PNG of at most 256 colours, by the name's ending."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(pixels)
    if path.suffix == ".png":
        image.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    else:
        image.save(path, quality=quality, optimize=True, subsampling="4:2:0")


def svg(width: int, height: int, body: str, defs: str = "") -> str:
    """A whole SVG document."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}">'
        f'<defs>{defs}<filter id="soft" x="-50%" y="-50%" width="200%" height="200%">'
        '<feGaussianBlur stdDeviation="9"/></filter>'
        '<filter id="mist" x="-50%" y="-50%" width="200%" height="200%">'
        '<feGaussianBlur stdDeviation="28"/></filter>'
        '<filter id="cut"><feTurbulence type="fractalNoise" baseFrequency="0.035" numOctaves="2" '
        'seed="4"/>'
        f'<feDisplacementMap in="SourceGraphic" scale="2.2"/></filter></defs>{body}</svg>'
    )


def gradient(name: str, *stops: str, across: bool = False) -> str:
    """A linear gradient of evenly spaced colours, top to bottom or left to right; "#rrggbb/0.5" has
    an opacity.
    """
    end = 'x2="1" y2="0"' if across else 'x2="0" y2="1"'
    tags = ""
    for i, stop in enumerate(stops):
        colour, _, opacity = stop.partition("/")
        tags += (
            f'<stop offset="{i / (len(stops) - 1):.3f}" stop-color="{colour}" '
            f'stop-opacity="{opacity or 1}"/>'
        )
    return f'<linearGradient id="{name}" x1="0" y1="0" {end}>{tags}</linearGradient>'


def ripples(
    seed: int,
    box: tuple[float, float, float, float],
    colour: str,
    n: int = 120,
    opacity: float = 0.35,
) -> str:
    """Short light strokes on water, finer towards the top of the box (x0, y0, x1, y1)."""
    rng = random.Random(seed)
    x0, y0, x1, y1 = box
    out = []
    for _ in range(n):
        depth = rng.random() ** 1.6
        x, y, r = (
            rng.uniform(x0, x1),
            y0 + depth * (y1 - y0),
            (6 + 60 * depth) * rng.uniform(0.4, 1),
        )
        out.append(
            f'<ellipse cx="{x:.0f}" cy="{y:.1f}" rx="{r:.0f}" ry="{0.6 + 2.2 * depth:.1f}" '
            f'opacity="{opacity * rng.uniform(0.3, 1):.2f}"/>'
        )
    return f'<g fill="{colour}">{"".join(out)}</g>'


def stones(
    seed: int, box: tuple[float, float, float, float], course: float, colours: list[str], gap: str
) -> str:
    """A wall of rough courses of stone in a box (x0, y0, x1, y1)."""
    rng = random.Random(seed)
    x0, y0, x1, y1 = box
    out = [f'<rect x="{x0}" y="{y0}" width="{x1 - x0}" height="{y1 - y0}" fill="{gap}"/>']
    y = y0
    while y < y1:
        x, h = x0, min(course * rng.uniform(0.8, 1.2), y1 - y)
        while x < x1:
            w = min(course * rng.uniform(1.2, 2.8), x1 - x)
            out.append(
                f'<rect x="{x + 1:.1f}" y="{y + 1:.1f}" width="{max(w - 2, 1):.1f}" '
                f'height="{max(h - 2, 1):.1f}" rx="3" fill="{rng.choice(colours)}"/>'
            )
            x += w
        y += h
    return "".join(out)


def gulls(*places: tuple[float, float, float], colour: str = "#2b2d3a") -> str:
    """Birds far off: x, y and size of each."""
    return "".join(
        f'<path d="M{x - s},{y - s * 0.3} q{s * 0.5},{-s * 0.5} {s},{s * 0.3} '
        f'q{s * 0.5},{-s * 0.8} {s},{-s * 0.3}" '
        f'fill="none" stroke="{colour}" stroke-width="{s / 6:.1f}" stroke-linecap="round"/>'
        for x, y, s in places
    )
