"""A sound as one sees it: waveform and mel spectrogram, the cited seconds marked, its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.make.image import canvas
from polysense.make.image.axes import (
    new_figure,
    style_axes,
    style_labels,
    to_image,
)
from polysense.make.image.canvas import Face
from polysense.protocols import Generator
from polysense.read.sound import decode, spectrum
from polysense.types import Evidence, Modality, Origin, Part, Query, Span

MAX_SECONDS = 600.0
"""Of a longer recording the ten minutes around the cited seconds are shown."""

_RATE = 16_000  # samples a second
_WIDTH, _INSET, _PAD = 1280, 26, 56
_WAVE_HEIGHT, _MEL_HEIGHT, _AXIS_HEIGHT = 220, 260, 44
_SILENCE_PEAK = 1e-4
"""A recording whose loudest sample (of 1) is below this, 80 dB, is silent. Judged, not measured."""

_MIN_DRAWABLE = 0.9
"""Share of the letters that must have a typeface, else the words are left out."""

_WHOLE_SHARE = 0.97
"""Cited seconds that are this share of what is shown are not marked: all would be."""

_BANDS, _DECIBELS = 80, 70
"""Mel bands of the spectrogram, and its range below the loudest."""

_TICK_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600)
_MAX_TICKS = 9


class Waveform(Generator):
    """Draws the waveform and spectrogram of a recording, the cited seconds marked."""

    accepts: frozenset[Modality] = frozenset({"audio"})
    emits: Modality = "image"
    cost = 0.25
    origin: Origin = "composed"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        """Nothing of a silent recording."""
        if not evidence or (recording := _load_recording(evidence[0])) is None:
            return
        e, (start, samples) = evidence[0], recording
        if len(samples) < 160 or float(np.abs(samples).max(initial=0.0)) < _SILENCE_PEAK:
            return
        related = [
            o
            for o in canvas.leading_evidence(evidence)
            if o.hit.chunk.asset.id == e.hit.chunk.asset.id and o.span.seconds
        ]
        end = start + len(samples) / _RATE
        cited_spans = [(o.n, *s) for o in related if (s := _clip_span(o.span.seconds, start, end))]
        picture = _draw_card(e, (start, end), samples, cited_spans)
        meta = {
            "seconds": [round(start, 3), round(end, 3)],
            "marked": [list(c[1:]) for c in cited_spans],
            "evidence": [o.n for o in related] or [e.n],
        }
        yield canvas.picture_part(picture, canvas.asset_title(e), meta)


def _load_recording(e: Evidence) -> tuple[float, decode.Samples] | None:
    """(first second, samples) of the recording, or of the minutes around what is cited."""
    part = e.hit.chunk.part
    if part is None or isinstance(part.data, str):
        return None
    if not isinstance(part.data, (Path, bytes)):
        return 0.0, decode.samples(part)[: int(MAX_SECONDS * _RATE)]
    seconds = e.span.seconds or part.span.seconds or (0.0, 0.0)
    start = (
        max(0.0, sum(seconds) / 2 - MAX_SECONDS / 2)
        if decode.duration(part.data) > MAX_SECONDS
        else 0.0
    )
    return start, decode.samples(
        replace(part, span=Span(seconds=(start, start + MAX_SECONDS))), _RATE
    )


def _clip_span(
    seconds: tuple[float, float] | None, start: float, end: float
) -> tuple[float, float] | None:
    """What of the cited seconds is shown, where that is not all."""
    if seconds is None:
        return None
    a, b = max(start, seconds[0]), min(end, max(seconds[1], seconds[0] + 0.05))
    return (round(a, 3), round(b, 3)) if a < b and b - a < _WHOLE_SHARE * (end - start) else None


def _draw_card(
    e: Evidence,
    time: tuple[float, float],
    samples: decode.Samples,
    cited_spans: Sequence[tuple[int, float, float]],
) -> Any:
    from PIL import ImageDraw

    inner = _WIDTH - 2 * (_INSET + _PAD)
    face = Face("serif", 28)
    text = " ".join(
        canvas.clean(str(e.part.data) if e.part.modality == "text" else e.hit.chunk.text).split()
    )[:1200]
    text = text if canvas.drawable_share(text) >= _MIN_DRAWABLE else ""
    rows = canvas.line_spans(text, face, inner)[:6] if text else []
    top = _INSET + 36 + 58 + 26
    height = (
        top
        + _WAVE_HEIGHT
        + _MEL_HEIGHT
        + _AXIS_HEIGHT
        + (34 + 46 * len(rows) if rows else 0)
        + 34
        + _INSET
    )
    image = canvas.card((_WIDTH, height), _INSET)
    left = _INSET + _PAD
    place = str(Span(seconds=e.span.seconds)) if e.span.seconds else str(Span(seconds=time))
    canvas.draw_header(image, (left, _INSET + 36, _WIDTH - left), e.hit.chunk.asset.name, place)
    image.paste(
        _draw_axes(time, samples, cited_spans, (inner, _WAVE_HEIGHT + _MEL_HEIGHT + _AXIS_HEIGHT)),
        (left, top),
    )
    draw = ImageDraw.Draw(image)
    y = top + _WAVE_HEIGHT + _MEL_HEIGHT + _AXIS_HEIGHT + 34
    for n, (a, b) in enumerate(rows):
        line = text[a:b]
        is_cut = n == len(rows) - 1 and b < len(text.rstrip())
        line = canvas.truncate(line + " …", face, inner) if is_cut else line
        canvas.write(
            draw,
            (
                _WIDTH - left - canvas.text_width(line, face)
                if canvas.is_right_to_left(text)
                else left,
                y + 30,
            ),
            line,
            face,
            canvas.INK,
        )
        y += 46
    return image


def _draw_axes(
    time: tuple[float, float],
    samples: decode.Samples,
    cited_spans: Sequence[tuple[int, float, float]],
    size: tuple[int, int],
) -> Any:
    figure = new_figure(size)
    wave_axes = figure.add_axes(
        (0, 1 - (_WAVE_HEIGHT - 14) / size[1], 1, (_WAVE_HEIGHT - 14) / size[1])
    )
    mel_axes = figure.add_axes((0, _AXIS_HEIGHT / size[1], 1, _MEL_HEIGHT / size[1]))
    start, end = time
    low, high = envelope(samples, size[0])
    xs = np.linspace(start, end, len(low))
    wave_axes.fill_between(
        xs, low, high, color="#8aa4d6" if cited_spans else canvas.SERIES_COLOURS[0], linewidth=0
    )
    for _, a, b in cited_spans:
        inside = (xs >= a) & (xs <= b)
        wave_axes.fill_between(xs, low, high, where=inside, color=canvas.ACCENT, linewidth=0)
        wave_axes.axvspan(a, b, color=canvas.MARKER, alpha=0.45, linewidth=0, zorder=0)
    wave_axes.axhline(0, color="#c5cedd", linewidth=1)
    limit = max(float(np.abs(low).max()), float(np.abs(high).max()), 1e-6) * 1.08
    wave_axes.set_ylim(-limit, limit)
    mel_axes.imshow(
        mel_decibels(samples, size[0]),
        origin="lower",
        aspect="auto",
        extent=(start, end, 0, 1),
        cmap="magma",
        interpolation="bilinear",
    )
    for _, a, b in cited_spans:
        for x in (a, b):
            mel_axes.axvline(x, color="#ffd43b", linewidth=2.2)
    for axes in (wave_axes, mel_axes):
        axes.set_xlim(start, end)
        axes.set_yticks([])
        style_axes(axes, "", 18)
        axes.spines["left"].set_visible(False)
    wave_axes.set_xticks([])
    ticks, labels = clock_ticks(start, end)
    mel_axes.set_xticks(ticks, labels)
    style_labels(mel_axes, 18)
    mel_axes.get_xticklabels()[0].set_ha("left")
    if ticks[-1] > end - 0.04 * (end - start):
        mel_axes.get_xticklabels()[-1].set_ha("right")
    return to_image(figure)


def envelope(
    samples: decode.Samples, columns: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The least and the greatest sample in each of so many columns."""
    edges = np.linspace(0, len(samples), min(columns, len(samples)) + 1).astype(np.int64)[:-1]
    return np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges)


def mel_decibels(samples: decode.Samples, columns: int) -> NDArray[np.float32]:
    """Decibels (_BANDS, columns at most) in mel bands, from _DECIBELS below the loudest."""
    hop = max(160, len(samples) // columns)
    decibels = spectrum.log_mel(
        spectrum.stft(np.asarray(samples, np.float32), 1024, hop), _BANDS, _RATE
    ).T
    return np.asarray(np.maximum(decibels, decibels.max() - _DECIBELS), np.float32)


def clock_ticks(start: float, end: float) -> tuple[list[float], list[str]]:
    """Whole seconds or minutes to write along the axis, ten at most.

    >>> clock_ticks(0, 28)[1]
    ['0:00', '0:05', '0:10', '0:15', '0:20', '0:25']
    """
    step = next((s for s in _TICK_STEPS if (end - start) / s <= _MAX_TICKS), 600)
    ticks = [n * step for n in range(int(np.ceil(start / step - 1e-9)), int(end / step + 1e-9) + 1)]
    shows_hours = end >= 3600

    def clock_label(t: float) -> str:
        seconds = f"{t % 60:04.1f}" if step < 1 else f"{round(t) % 60:02d}"
        minutes = int(t + 1e-6) // 60
        return (
            f"{minutes // 60}:{minutes % 60:02d}:{seconds}"
            if shows_hours
            else f"{minutes}:{seconds}"
        )

    return [float(t) for t in ticks], [clock_label(t) for t in ticks]
