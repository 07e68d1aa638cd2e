"""A sound as a landscape that can be printed: time to the right, pitch to the back, loudness
upwards.
"""

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

_MM = 0.001
_RATE, _HOP = 16_000, 160
_SILENT = -65.0
"""Decibels below full scale: what is nowhere louder is silence."""
_RANGE = 55.0
"""Decibels from the ground to the highest peak."""
_LISTEN = 3.0
"""Seconds heard of a column that stands for more: a recording of hours is not heard through."""
_RAMP = np.array(
    [(27, 20, 54), (62, 43, 120), (34, 102, 160), (24, 150, 139), (116, 196, 90), (250, 228, 100)],
    np.float64,
)


class Spectrogram3d(Converter):
    """The mel spectrogram of a sound as a closed block `width` x `depth` mm, coloured by height; at
    most `columns` steps of time.

    What is longer is pooled: a column is the mean of its time, or of the first seconds of it where
    it stands for more than three. Nothing of silence.
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
        """One model; meta tells seconds, the range of pitch and of loudness, and its size in
        millimetres.
        """
        from scipy.ndimage import gaussian_filter

        power, seconds, whole = self._heard(part)
        if not len(power):
            return
        loud = spectrum.log_mel(power.astype(np.float32), self.bands, _RATE, low=40.0).astype(
            np.float64
        )
        top = float(loud.max())
        if not np.isfinite(top) or top < _SILENT:
            return
        heights = gaussian_filter(
            np.clip((loud - top + _RANGE) / _RANGE, 0, 1), 0.6, mode="nearest"
        ).T[::-1]
        rows, columns = heights.shape
        size = self.width, self.raised, self.depth
        vertices, faces, normals = landscape(
            heights * self.raised * _MM, self.width * _MM, self.depth * _MM, self.base * _MM
        )
        rest = np.broadcast_to(_RAMP[0].astype(np.uint8), (len(vertices) - rows * columns, 3))
        colors = np.concatenate([_painted(heights.reshape(-1)), rest])
        title = str(
            part.meta.get("title")
            or part.name
            or (part.data.name if isinstance(part.data, Path) else "")
        )
        stem = re.sub(r"[^\w-]+", "-", title.rsplit(".", 1)[0]).strip("-")[:60] or "sound"
        meta = {
            "seconds": round(seconds, 3), "pooled": not whole, "hertz": [40, 8000], "decibels": [round(top - _RANGE, 1), round(top, 1)],
            "size_mm": [size[0], round(self.base + self.raised * float(heights.max()), 1), size[2]], "cells": [columns, rows],
        }  # fmt: skip
        solid = Solid(f"sound of {stem}", vertices, faces, colors, normals)
        yield Part(
            "3d", glb([solid], stem), "model/gltf-binary", f"{stem}-landscape.glb", meta=meta
        )

    def _heard(self, part: Part) -> tuple[Floats, float, bool]:
        """The power spectrum (columns, frequencies), the seconds it stands for, and whether all of
        them were heard.
        """
        start, end = part.span.seconds or (0.0, float("inf"))
        if isinstance(part.data, Path | bytes):
            end = min(end, max(start, decode.duration(part.data)))
        if not np.isfinite(end) or end - start <= _LISTEN * self.columns:
            heard = np.nan_to_num(decode.samples(part, _RATE))[
                : int(_LISTEN * self.columns * _RATE)
            ]
            return self._pooled(heard), len(heard) / _RATE, True
        step = (end - start) / self.columns
        rows = []
        for i in range(self.columns):
            at = start + i * step
            heard = np.nan_to_num(
                decode.samples(
                    replace(part, span=Span(seconds=(at, at + min(step, _LISTEN)))), _RATE
                )
            )
            rows.append(spectrum.stft(heard, hop=_HOP).mean(0) if len(heard) else np.zeros(257))
        return np.array(rows, np.float64), end - start, False

    def _pooled(self, heard: NDArray[np.float32]) -> Floats:
        """At most `columns` frames, at least 32, of a sound heard whole."""
        if len(heard) < _RATE // 50:
            return np.zeros((0, 257))
        power = spectrum.stft(heard, hop=min(_HOP, max(1, len(heard) // 32))).astype(np.float64)
        edges = np.linspace(0, len(power), min(self.columns, len(power)) + 1).round().astype(int)
        return np.add.reduceat(power, edges[:-1]) / np.diff(edges)[:, None]


def _painted(heights: Floats) -> NDArray[np.uint8]:
    """From night blue in the valleys to yellow on the peaks."""
    at = np.clip(heights, 0, 1) * (len(_RAMP) - 1)
    return (
        np.stack([np.interp(at, np.arange(len(_RAMP)), c) for c in _RAMP.T], axis=1)
        .round()
        .astype(np.uint8)
    )
