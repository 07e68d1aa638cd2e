"""How much of each ranking is left when vectors have fewer numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from polysense.evaluate.statistics import Estimate, average
from polysense.protocols import Vectors

K = 10
"""The depth to which rankings are compared."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A way to compress, the bytes a vector has then, and the share of the first K that is left."""

    method: str
    dim: int
    bytes: int
    recall: Estimate


def nearest(queries: Vectors, items: Vectors, own: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n, K): the nearest items of each query but the one that it is itself, own[i]."""
    scores = queries @ items.T
    scores[np.arange(len(queries)), own] = -np.inf
    top = np.argpartition(-scores, min(K, scores.shape[1] - 1), axis=1)[:, :K]
    return np.asarray(np.sort(top, axis=1), np.int64)


def overlap(before: NDArray[np.int64], after: NDArray[np.int64]) -> Estimate:
    """The mean share of `before`, (n, k), that is in `after`, row by row, with its interval."""
    shares = [
        len(set(a.tolist()) & set(b.tolist())) / len(b) for b, a in zip(before, after, strict=True)
    ]
    estimate = average(shares)
    assert estimate is not None
    return estimate


def draw_curve(path: Path, title: str, points: Sequence[CurvePoint]) -> None:
    """Write an SVG: the recall that is left over the bytes a vector has, a line for each method."""
    width, height, margin = 640.0, 340.0, 52.0
    sizes = [p.bytes for p in points]
    low, high = np.log2(min(sizes)), np.log2(max(sizes) * 1.05)

    def x(size: float) -> float:
        return float(margin + (np.log2(size) - low) / max(high - low, 1e-9) * (width - 2 * margin))

    def y(share: float) -> float:
        return height - margin - share * (height - 2 * margin)

    body = [_text(width / 2, 20, title, "middle", "#222")]
    for share in (0, 0.25, 0.5, 0.75, 1):
        body.append(
            f'<line x1="{margin}" x2="{width - margin}" y1="{y(share)}" y2="{y(share)}" '
            'stroke="#ddd"/>'
        )
        body.append(_text(margin - 6, y(share) + 4, f"{share:g}", "end", "#555"))
    lines: dict[str, list[CurvePoint]] = {}
    for point in points:
        lines.setdefault(point.method, []).append(point)
    for (method, line), colour in zip(lines.items(), _COLOURS * len(lines), strict=False):
        line.sort(key=lambda p: p.bytes)
        path_text = " ".join(f"{x(p.bytes):.1f},{y(p.recall.value):.1f}" for p in line)
        body.append(f'<polyline fill="none" stroke="{colour}" points="{path_text}"/>')
        for p in line:
            body.append(
                f'<circle cx="{x(p.bytes):.1f}" cy="{y(p.recall.value):.1f}" r="3" '
                f'fill="{colour}"><title>{escape(method)} {p.dim}: {p.recall.value:.3f}</title>'
                "</circle>"
            )
        last = line[0]
        body.append(_text(x(last.bytes) + 5, y(last.recall.value) + 14, method, "start", colour))
    for size in sorted(set(sizes)):
        body.append(_text(x(size), height - margin + 16, str(size), "middle", "#555"))
    body.append(_text(width / 2, height - 12, "bytes a vector", "middle", "#555"))
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>'
        f"{''.join(body)}</svg>\n",
        "utf-8",
    )


_COLOURS = ["#2c5d8f", "#c2571a", "#3c7a3a", "#7d3f8c", "#8a6d1b", "#444444"]


def _text(x: float, y: float, words: str, anchor: str, colour: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
        f"{escape(words)}</text>"
    )


def curve_lines(points: Sequence[CurvePoint]) -> list[str]:
    """A line for each point, for people."""
    return [
        f"  {p.method:<12} {p.dim:>5} numbers {p.bytes:>6} bytes   recall@{K} "
        f"{p.recall.value:.3f} ({p.recall.low:.3f} to {p.recall.high:.3f})"
        for p in points
    ]


def curve_figures(points: Sequence[CurvePoint]) -> Mapping[str, object]:
    """What a card says of it."""
    return {
        f"{p.method} {p.dim}": {
            "bytes": p.bytes,
            f"recall@{K}": {
                "value": round(p.recall.value, 4),
                "low": round(p.recall.low, 4),
                "high": round(p.recall.high, 4),
                "n": p.recall.n,
            },
        }
        for p in points
    }
