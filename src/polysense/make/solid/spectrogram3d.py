"""A sound as a landscape to print: time to the right, pitch to the back, loudness upwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from polysense.make.solid.gltf import Solid, glb, landscape
from polysense.protocols import Converter
from polysense.read.sound import decode, spectrum
from polysense.types import Modality, Part, Span

Floats = NDArray[np.float64]

_MM = 0.001  # metres
_RATE, _HOP = 16_000, 160  # samples a second, and from one frame to the next
_MIN_HERTZ = 40.0
_SIGMA, _TAPS = 0.6, 5
"""The blur (cells) that takes the steps off, and its width: four sigma on either side."""

_SILENCE_DB = -65.0
"""Decibels below full scale: what is nowhere louder is silence. Judged, not measured."""

_DYNAMIC_RANGE_DB = 55.0
"""Decibels from the ground to the highest peak."""

_MAX_COLUMN_SECONDS = 3.0
"""Seconds heard of a column that stands for more: a recording of hours is not heard through."""

_COLOR_RAMP = np.array(
    [(27, 20, 54), (62, 43, 120), (34, 102, 160), (24, 150, 139), (116, 196, 90), (250, 228, 100)],
    np.float64,
)


class Spectrogram3d(Converter):
    """The mel spectrogram of a sound as a closed block `width` x `depth` mm, coloured by height.

    It has at most `columns` steps of time. What is longer is pooled: a column is the mean of its
    time, or of its first seconds where it stands for more than three. Nothing of silence.
    """

    source: Modality = "audio"
    targets: frozenset[Modality] = frozenset({"3d"})
    cost = 0.5

    def __init__(
        self,
        *,
        width: float = 120.0,
        depth: float = 60.0,
        raised: float = 22.0,
        base: float = 3.0,
        columns: int = 200,
        bands: int = 64,
    ) -> None:
        self.width, self.depth, self.raised, self.base, self.columns, self.bands = (
            width,
            depth,
            raised,
            base,
            columns,
            bands,
        )

    def convert(self, part: Part) -> Iterator[Part]:
        """One model; meta tells seconds, the ranges of pitch and loudness, its millimetres."""
        import cv2

        power, seconds, is_complete = self._power_spectrum(part)
        if not len(power):
            return
        decibels = spectrum.log_mel(
            power.astype(np.float32), self.bands, _RATE, low=_MIN_HERTZ
        ).astype(np.float64)
        peak = float(decibels.max())
        if not np.isfinite(peak) or peak < _SILENCE_DB:
            return
        loudness = np.clip((decibels - peak + _DYNAMIC_RANGE_DB) / _DYNAMIC_RANGE_DB, 0, 1)
        heights = cv2.GaussianBlur(
            loudness, (_TAPS, _TAPS), _SIGMA, borderType=cv2.BORDER_REPLICATE
        ).T[::-1]
        rows, columns = heights.shape
        size = self.width, self.raised, self.depth
        vertices, faces, normals = landscape(
            heights * self.raised * _MM, self.width * _MM, self.depth * _MM, self.base * _MM
        )
        hidden_colors = np.broadcast_to(
            _COLOR_RAMP[0].astype(np.uint8), (len(vertices) - rows * columns, 3)
        )
        colors = np.concatenate([_ramp_colors(heights.reshape(-1)), hidden_colors])
        title = str(
            part.meta.get("title")
            or part.name
            or (part.data.name if isinstance(part.data, Path) else "")
        )
        stem = re.sub(r"[^\w-]+", "-", title.rsplit(".", 1)[0]).strip("-")[:60] or "sound"
        meta = {
            "seconds": round(seconds, 3),
            "pooled": not is_complete,
            "hertz": [40, 8000],
            "decibels": [round(peak - _DYNAMIC_RANGE_DB, 1), round(peak, 1)],
            "size_mm": [size[0], round(self.base + self.raised * float(heights.max()), 1), size[2]],
            "cells": [columns, rows],
        }
        solid = Solid(f"sound of {stem}", vertices, faces, colors, normals)
        yield Part(
            "3d", glb([solid], stem), "model/gltf-binary", f"{stem}-landscape.glb", meta=meta
        )

    def _power_spectrum(self, part: Part) -> tuple[Floats, float, bool]:
        """The power spectrum (columns, frequencies), its seconds, and whether all were heard."""
        start, end = part.span.seconds or (0.0, float("inf"))
        if isinstance(part.data, Path | bytes):
            end = min(end, max(start, decode.duration(part.data)))
        if not np.isfinite(end) or end - start <= _MAX_COLUMN_SECONDS * self.columns:
            samples = np.nan_to_num(decode.samples(part, _RATE))[
                : int(_MAX_COLUMN_SECONDS * self.columns * _RATE)
            ]
            return self._pool_frames(samples), len(samples) / _RATE, True
        step = (end - start) / self.columns
        rows = []
        for i in range(self.columns):
            second = start + i * step
            samples = np.nan_to_num(
                decode.samples(
                    replace(
                        part, span=Span(seconds=(second, second + min(step, _MAX_COLUMN_SECONDS)))
                    ),
                    _RATE,
                )
            )
            rows.append(spectrum.stft(samples, hop=_HOP).mean(0) if len(samples) else np.zeros(257))
        return np.array(rows, np.float64), end - start, False

    def _pool_frames(self, samples: NDArray[np.float32]) -> Floats:
        """At most `columns` frames, at least 32, of a sound heard whole."""
        if len(samples) < _RATE // 50:
            return np.zeros((0, 257))
        power = spectrum.stft(samples, hop=min(_HOP, max(1, len(samples) // 32))).astype(np.float64)
        edges = np.linspace(0, len(power), min(self.columns, len(power)) + 1).round().astype(int)
        return np.add.reduceat(power, edges[:-1]) / np.diff(edges)[:, None]


def _ramp_colors(heights: Floats) -> NDArray[np.uint8]:
    """From night blue in the valleys to yellow on the peaks."""
    at = np.clip(heights, 0, 1) * (len(_COLOR_RAMP) - 1)
    return (
        np.stack([np.interp(at, np.arange(len(_COLOR_RAMP)), c) for c in _COLOR_RAMP.T], axis=1)
        .round()
        .astype(np.uint8)
    )
