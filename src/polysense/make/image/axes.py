"""Axes drawn by matplotlib for a card: no global state, the typefaces of `canvas`, fine lines."""

from __future__ import annotations

from threading import Lock
from typing import Any

from polysense.make.image import canvas

POINTS = 0.72
"""Points of one pixel: figures have 100 pixels to the inch, an inch has 72 points."""

_LOCK = Lock()
_families: list[str] = []
"""The typefaces that matplotlib knows by now, in the order in which a character is looked for."""


def new_figure(size: tuple[int, int]) -> Any:
    """A figure of this many pixels, on paper, outside of pyplot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(size[0] / 100, size[1] / 100), dpi=100, facecolor=canvas.PAPER)
    FigureCanvasAgg(figure)
    return figure


def font_properties(size: float) -> Any:
    """The typefaces for words in axes; each character is drawn in the first that has it."""
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    with _LOCK:
        if not _families:
            for path in canvas.typeface_paths("sans"):
                name = str(get_font(str(path)).family_name)
                if name not in {f.name for f in fontManager.ttflist}:
                    fontManager.addfont(str(path))
                _families.append(name)
    return FontProperties(family=list(_families) or ["sans-serif"], size=size * POINTS)


def style_axes(axes: Any, grid: str = "y", size: float = 19) -> None:
    """Give axes a fine grid one way, no box, and words in our typefaces.

    None of the words is read as mathematics.
    """
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(
            side == ("bottom" if grid == "y" else "left")
            or (grid == "both" and side in ("left", "bottom"))
        )
        axes.spines[side].set_color("#b6bfcc")
    axes.set_axisbelow(True)
    if grid:
        axes.grid(True, axis=grid, color="#e6eaf0", linewidth=1.0)
    axes.tick_params(length=0, pad=8, colors=canvas.MUTED)
    style_labels(axes, size)


def style_labels(axes: Any, size: float) -> None:
    """Set the tick labels and axis names in our typefaces."""
    font = font_properties(size)
    for label in (
        *axes.get_xticklabels(),
        *axes.get_yticklabels(),
        axes.xaxis.label,
        axes.yaxis.label,
    ):
        label.set_fontproperties(font)
        label.set_parse_math(False)
        label.set_color(canvas.MUTED)


def to_image(figure: Any) -> Any:
    """The figure as a PIL image."""
    import numpy as np
    from PIL import Image

    with _LOCK:  # matplotlib's caches of glyphs are shared
        figure.canvas.draw()
        return Image.fromarray(np.asarray(figure.canvas.buffer_rgba())[..., :3].copy())
