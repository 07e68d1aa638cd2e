"""Axes drawn by matplotlib for a card: no global state, the typefaces of `_ink`, quiet lines."""

from __future__ import annotations

from threading import Lock
from typing import Any

from polysense.make.image import canvas as ink

_LOCK = Lock()
_known: list[str] = []


def figure(size: tuple[int, int]) -> Any:
    """A figure of this many pixels, on paper, outside of pyplot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    made = Figure(figsize=(size[0] / 100, size[1] / 100), dpi=100, facecolor=ink.PAPER)
    FigureCanvasAgg(made)
    return made


def letters(size: float) -> Any:
    """The typefaces for words in axes; each character is drawn in the first that has it."""
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    with _LOCK:
        if not _known:
            for path in ink.faces("sans"):
                name = str(get_font(str(path)).family_name)
                if name not in {f.name for f in fontManager.ttflist}:
                    fontManager.addfont(str(path))
                _known.append(name)
    return FontProperties(family=list(_known) or ["sans-serif"], size=size * 0.72)


def quiet(axes: Any, grid: str = "y", size: float = 19) -> None:
    """Axes with a fine grid one way, no box, and words in our typefaces, none of which is read as
    mathematics.
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
    axes.tick_params(length=0, pad=8, colors=ink.MUTED)
    words(axes, size)


def words(axes: Any, size: float) -> None:
    """The tick labels and axis names in our typefaces."""
    shape = letters(size)
    for label in (
        *axes.get_xticklabels(),
        *axes.get_yticklabels(),
        axes.xaxis.label,
        axes.yaxis.label,
    ):
        label.set_fontproperties(shape)
        label.set_parse_math(False)
        label.set_color(ink.MUTED)


def pixels(made: Any) -> Any:
    """The figure as a PIL image."""
    import numpy as np
    from PIL import Image

    with _LOCK:  # matplotlib's caches of glyphs are shared
        made.canvas.draw()
        return Image.fromarray(np.asarray(made.canvas.buffer_rgba())[..., :3].copy())
