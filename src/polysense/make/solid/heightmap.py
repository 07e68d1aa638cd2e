"""A picture as a relief that can be printed: what is light stands high."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.make.solid.gltf import Solid, glb, landscape
from polysense.protocols import Converter
from polysense.read.image.decode import pixels
from polysense.types import Modality, Part

_MM = 0.001
_LIGHT = np.array([0.2126, 0.7152, 0.0722])  # ITU-R BT.709
_FLAT = 6.0
"""A picture whose middle ninety-eight hundredths lie within so many of 255 levels is blank."""
_LEAST = 8
_SLIMMEST = 12


class Heightmap(Converter):
    """Heights from smoothed, stretched luminance; flat back, walls, the picture's colours; `width`
    mm wide, at most `cells` a side.

    It stands and faces the reader; where z is up, as in programs that print, it lies on its back.
    Nothing of a blank picture, or of one of a few pixels.
    """

    source: Modality = "image"
    targets: frozenset[Modality] = frozenset({"3d"})
    cost = 0.5

    def __init__(
        self, *, width: float = 100.0, raised: float = 6.0, base: float = 2.0, cells: int = 200
    ) -> None:
        self.width, self.raised, self.base, self.cells = width, raised, base, cells

    def convert(self, part: Part) -> Iterator[Part]:
        """One model; meta tells its size in millimetres and its cells."""
        seen = _small(pixels(part, 4 * self.cells), self.cells)
        heights = relief(seen) if seen is not None else None
        if seen is None or heights is None:
            return
        rows, columns = heights.shape
        deep = self.width * rows / columns
        wide, deep = (
            (self.width, deep)
            if deep <= 2 * self.width
            else (2 * self.width * columns / rows, 2 * self.width)
        )
        vertices, faces, normals = landscape(
            heights * self.raised * _MM, wide * _MM, deep * _MM, self.base * _MM
        )
        vertices, normals = _standing(vertices, deep * _MM), _standing(normals)
        rest = np.broadcast_to(
            np.array([232, 228, 220], np.uint8), (len(vertices) - rows * columns, 3)
        )
        colors = np.concatenate([seen.reshape(-1, 3), rest])
        title = str(
            part.meta.get("title")
            or part.name
            or (part.data.name if isinstance(part.data, PurePath) else "")
        )
        stem = re.sub(r"[^\w-]+", "-", title.rsplit(".", 1)[0]).strip("-")[:60] or "picture"
        meta = {
            "size_mm": [round(wide, 1), round(deep, 1), round(self.base + self.raised, 1)],
            "cells": [columns, rows],
        }
        yield Part(
            "3d",
            glb([Solid(f"relief of {stem}", vertices, faces, colors, normals)], stem),
            "model/gltf-binary",
            f"{stem}-relief.glb",
            meta=meta,
        )


def _standing(lying: NDArray[np.float64], deep: float = 0.0) -> NDArray[np.float64]:
    return np.stack([lying[:, 0], deep / 2 - lying[:, 2], lying[:, 1]], axis=1)


def _small(seen: NDArray[np.uint8], cells: int) -> NDArray[np.uint8] | None:
    """At most `cells` a side; None where too little is left for a shape."""
    from PIL import Image

    rows, columns = seen.shape[:2]
    if min(rows, columns) < _LEAST or max(rows, columns) > _SLIMMEST * min(rows, columns):
        return None
    scale = min(1.0, cells / max(rows, columns))
    size = max(_LEAST, round(columns * scale)), max(_LEAST, round(rows * scale))
    return np.asarray(Image.fromarray(seen).resize(size, Image.Resampling.BOX))


def relief(seen: NDArray[Any]) -> NDArray[np.float64] | None:
    """Heights 0..1 of a picture (rows, columns, 3); None where it is blank."""
    from scipy.ndimage import gaussian_filter, median_filter

    light = seen.astype(np.float64) @ _LIGHT
    low, high = np.percentile(light, (1, 99))
    if high - low < _FLAT and float(np.ptp(median_filter(light, 3))) < 4 * _FLAT:
        return None
    low, high = (low, high) if high - low >= _FLAT else (float(light.min()), float(light.max()))
    fine = gaussian_filter(median_filter(light, 3), 0.7, mode="nearest")
    return np.asarray(np.clip((fine - low) / (high - low), 0, 1))
