"""A sound as one sees it: its waveform and mel spectrogram over time, the cited seconds marked,
what is said there beneath.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.make.image import axes as plots
from polysense.make.image import canvas as ink
from polysense.make.image.canvas import Face
from polysense.protocols import Generator
from polysense.read.sound import decode, spectrum
from polysense.types import Evidence, Modality, Origin, Part, Query, Span

MOST_SECONDS = 600.0
"""Of a longer recording the ten minutes around the cited seconds are shown."""

_RATE = 16_000
_WIDTH, _INSET, _PAD = 1280, 26, 56
_WAVE, _MEL, _AXIS = 220, 260, 44
_SILENT = 1e-4


class Waveform(Generator):
    """The waveform and spectrogram of a recording with the cited seconds marked and the words
    beneath.
    """

    accepts: frozenset[Modality] = frozenset({"audio"})
    emits: Modality = "image"
    cost = 0.25
    origin: Origin = "composed"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """Nothing of a silent recording."""
        if not evidence or (heard := _heard(evidence[0])) is None:
            return
        e, (start, samples) = evidence[0], heard
        if len(samples) < 160 or float(np.abs(samples).max(initial=0.0)) < _SILENT:
            return
        same = [
            o
            for o in ink.beside(evidence)
            if o.hit.chunk.asset.id == e.hit.chunk.asset.id and o.span.seconds
        ]
        end = start + len(samples) / _RATE
        cited = [(o.n, *s) for o in same if (s := _clipped(o.span.seconds, start, end))]
        picture = _drawn(e, (start, end), samples, cited)
        meta = {
            "seconds": [round(start, 3), round(end, 3)],
            "marked": [list(c[1:]) for c in cited],
            "evidence": [o.n for o in same] or [e.n],
        }
        yield Part(
            "image",
            ink.png(picture),
            "image/png",
            ink.filename(e.hit.chunk.asset.name.rsplit(".", 1)[0], ".png"),
            meta=meta,
        )


def _heard(e: Evidence) -> tuple[float, decode.Samples] | None:
    """(second at which it begins, samples) of the recording, or of the minutes around what is
    cited.
    """
    part = e.hit.chunk.part
    if part is None or isinstance(part.data, str):
        return None
    if not isinstance(part.data, (Path, bytes)):
        return 0.0, decode.samples(part)[: int(MOST_SECONDS * _RATE)]
    at = e.span.seconds or part.span.seconds or (0.0, 0.0)
    start = (
        max(0.0, sum(at) / 2 - MOST_SECONDS / 2)
        if decode.duration(part.data) > MOST_SECONDS
        else 0.0
    )
    return start, decode.samples(
        replace(part, span=Span(seconds=(start, start + MOST_SECONDS))), _RATE
    )


def _clipped(
    seconds: tuple[float, float] | None, start: float, end: float
) -> tuple[float, float] | None:
    """What of the cited seconds is shown, where that is not all."""
    if seconds is None:
        return None
    a, b = max(start, seconds[0]), min(end, max(seconds[1], seconds[0] + 0.05))
    return (round(a, 3), round(b, 3)) if a < b and b - a < 0.97 * (end - start) else None


def _drawn(
    e: Evidence,
    time: tuple[float, float],
    samples: decode.Samples,
    cited: Sequence[tuple[int, float, float]],
) -> Any:
    from PIL import ImageDraw

    inner = _WIDTH - 2 * (_INSET + _PAD)
    letters = Face("serif", 28)
    said = " ".join(
        ink.clean(str(e.part.data) if e.part.modality == "text" else e.hit.chunk.text).split()
    )[:1200]
    said = said if ink.drawable(said) >= 0.9 else ""
    rows = ink.lines(said, letters, inner)[:6] if said else []
    top = _INSET + 36 + 58 + 26
    high = top + _WAVE + _MEL + _AXIS + (34 + 46 * len(rows) if rows else 0) + 34 + _INSET
    image = ink.card((_WIDTH, high), _INSET)
    left = _INSET + _PAD
    place = str(Span(seconds=e.span.seconds)) if e.span.seconds else str(Span(seconds=time))
    ink.head(image, (left, _INSET + 36, _WIDTH - left), e.hit.chunk.asset.name, place)
    image.paste(_axes(time, samples, cited, (inner, _WAVE + _MEL + _AXIS)), (left, top))
    draw = ImageDraw.Draw(image)
    y = top + _WAVE + _MEL + _AXIS + 34
    for n, (a, b) in enumerate(rows):
        line = said[a:b]
        more = n == len(rows) - 1 and b < len(said.rstrip())
        line = ink.cut(line + " …", letters, inner) if more else line
        ink.write(
            draw,
            (_WIDTH - left - ink.width(line, letters) if ink.leftwards(said) else left, y + 30),
            line,
            letters,
            ink.INK,
        )
        y += 46
    return image


def _axes(
    time: tuple[float, float],
    samples: decode.Samples,
    cited: Sequence[tuple[int, float, float]],
    size: tuple[int, int],
) -> Any:
    made = plots.figure(size)
    above = made.add_axes((0, 1 - (_WAVE - 14) / size[1], 1, (_WAVE - 14) / size[1]))
    below = made.add_axes((0, _AXIS / size[1], 1, _MEL / size[1]))
    start, end = time
    low, high = envelope(samples, size[0])
    xs = np.linspace(start, end, len(low))
    above.fill_between(xs, low, high, color="#8aa4d6" if cited else ink.SERIES[0], linewidth=0)
    for _, a, b in cited:
        inside = (xs >= a) & (xs <= b)
        above.fill_between(xs, low, high, where=inside, color=ink.ACCENT, linewidth=0)
        above.axvspan(a, b, color=ink.MARKER, alpha=0.45, linewidth=0, zorder=0)
    above.axhline(0, color="#c5cedd", linewidth=1)
    limit = max(float(np.abs(low).max()), float(np.abs(high).max()), 1e-6) * 1.08
    above.set_ylim(-limit, limit)
    below.imshow(
        mels(samples, size[0]),
        origin="lower",
        aspect="auto",
        extent=(start, end, 0, 1),
        cmap="magma",
        interpolation="bilinear",
    )
    for _, a, b in cited:
        for x in (a, b):
            below.axvline(x, color="#ffd43b", linewidth=2.2)
    for axes in (above, below):
        axes.set_xlim(start, end)
        axes.set_yticks([])
        plots.quiet(axes, "", 18)
        axes.spines["left"].set_visible(False)
    above.set_xticks([])
    at, said = clock(start, end)
    below.set_xticks(at, said)
    plots.words(below, 18)
    below.get_xticklabels()[0].set_ha("left")
    if at[-1] > end - 0.04 * (end - start):
        below.get_xticklabels()[-1].set_ha("right")
    return plots.pixels(made)


def envelope(
    samples: decode.Samples, columns: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The least and the greatest sample in each of so many columns."""
    edges = np.linspace(0, len(samples), min(columns, len(samples)) + 1).astype(np.int64)[:-1]
    return np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges)


def mels(samples: decode.Samples, columns: int) -> NDArray[np.float32]:
    """Decibels in 80 mel bands, (80, columns at most), from 70 below the loudest."""
    hop = max(160, len(samples) // columns)
    found = spectrum.log_mel(spectrum.stft(np.asarray(samples, np.float32), 1024, hop), 80, _RATE).T
    return np.asarray(np.maximum(found, found.max() - 70), np.float32)


def clock(start: float, end: float) -> tuple[list[float], list[str]]:
    """Whole seconds or minutes to write along the axis, ten at most.

    >>> clock(0, 28)[1]
    ['0:00', '0:05', '0:10', '0:15', '0:20', '0:25']
    """
    steps = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600)
    step = next((s for s in steps if (end - start) / s <= 9), 600)
    at = [n * step for n in range(int(np.ceil(start / step - 1e-9)), int(end / step + 1e-9) + 1)]
    hours = end >= 3600

    def said(t: float) -> str:
        seconds = f"{t % 60:04.1f}" if step < 1 else f"{round(t) % 60:02d}"
        minutes = int(t + 1e-6) // 60
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds}" if hours else f"{minutes}:{seconds}"

    return [float(t) for t in at], [said(t) for t in at]
