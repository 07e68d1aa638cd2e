"""The grid as a drawing: a row for each input, a column for each output, a disc for the score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from polysense.evaluate.grid import Cell
from polysense.types import Origin

_ORIGIN_COLOURS: dict[Origin | None, str] = {
    "retrieved": "#1f7a5c",
    "composed": "#2f6db5",
    "generated": "#a3562a",
    None: "#9aa4ad",
}
_SIDE, _LEFT, _TOP, _R = 84, 132, 92, 22


def svg(cells: Sequence[Cell]) -> str:
    """An SVG: each disc as full as the share of answers that are sound and grounded, in the colour
    of their origin.
    """
    inputs, outputs = (
        list(dict.fromkeys(c.input for c in cells)),
        list(dict.fromkeys(c.output for c in cells)),
    )
    width, height = _LEFT + _SIDE * len(outputs) + 24, _TOP + _SIDE * len(inputs) + 64
    lit = sum(c.lit for c in cells)
    heading = f"Asked with, answered in: {lit} of {len(cells)} measured and lit"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" '
        f'font-family="Inter, Helvetica, Arial, sans-serif" '
        f'aria-label="{lit} of {len(cells)} cells lit">',
        f'<rect width="{width}" height="{height}" rx="14" fill="#fbfaf7"/>',
        f'<text x="24" y="38" font-size="19" font-weight="600" fill="#20262b">{heading}</text>',
    ]
    for i, name in enumerate(outputs):
        parts.append(_label(_LEFT + _SIDE * i + _SIDE / 2, _TOP - 14, name, "middle"))
    for j, name in enumerate(inputs):
        parts.append(_label(_LEFT - 16, _TOP + _SIDE * j + _SIDE / 2 + 5, name, "end"))
    for c in cells:
        parts.append(
            _cell(
                c,
                _LEFT + _SIDE * (outputs.index(c.output) + 0.5),
                _TOP + _SIDE * (inputs.index(c.input) + 0.5),
            )
        )
    for i, (origin, colour) in enumerate((o, k) for o, k in _ORIGIN_COLOURS.items() if o):
        x = 24 + 150 * i
        parts.append(
            f'<circle cx="{x + 8}" cy="{height - 28}" r="7" fill="{colour}"/>'
            + _label(x + 24, height - 23, f"{origin}", "start", 13)
        )
    return "\n".join([*parts, "</svg>", ""])


def _label(x: float, y: float, text: str, anchor: str, size: int = 14) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" '
        f'fill="#3c464e">{escape(text)}</text>'
    )


def _cell(c: Cell, x: float, y: float) -> str:
    score = c.share(lambda t: t.valid and t.grounded)
    colour = _ORIGIN_COLOURS[c.usual.origin if c.usual else None]
    figures = f"{score:.2f} sound and grounded, {c.faithful:.2f} carried, {c.seconds:.1f} s"
    title = f"<title>{escape(f'{c.input} to {c.output}: {figures}')}</title>"
    ring = (
        f'<circle cx="{x:g}" cy="{y:g}" r="{_R}" fill="none" stroke="{colour}" '
        f'stroke-opacity=".25" stroke-width="2"/>'
    )
    duration = (
        f'<text x="{x:g}" y="{y + 36:g}" font-size="11" text-anchor="middle" '
        f'fill="#6b757d">{c.seconds:.1f} s</text>'
    )
    return f"<g>{title}{ring}{_disc(x, y, score, colour)}{duration}</g>"


def _disc(x: float, y: float, score: float, colour: str) -> str:
    if score >= 0.999:
        return f'<circle cx="{x:g}" cy="{y:g}" r="{_R - 4}" fill="{colour}"/>'
    if score <= 0:
        return ""
    angle, r = 2 * math.pi * score, _R - 4
    end = f"{x + r * math.sin(angle):.2f} {y - r * math.cos(angle):.2f}"
    large_arc = int(score > 0.5)
    return (
        f'<path d="M{x:g} {y:g} L{x:g} {y - r:g} A{r} {r} 0 {large_arc} 1 {end} Z" '
        f'fill="{colour}"/>'
    )
