"""A picture as a heightmap that can be printed: what is light stands high."""

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

_MM = 0.001  # metres
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # ITU-R BT.709
_BLANK_RANGE = 6.0
"""A picture whose middle ninety-eight hundredths lie within so many of 255 levels is blank.

Unless, with noise taken off, it spans four times as many: a thin drawing. Judged on pictures made
for the tests (noise of a camera, a small mark), not measured.
"""

_MIN_SIDE, _MAX_ASPECT = 8, 12
"""Pixels of the shorter side, and times that the longer one is as long: else there is no shape."""

_SIGMA, _TAPS = 0.7, 7
"""The blur (cells) that takes the steps off, and its width: four sigma on either side."""


class Heightmap(Converter):
    """Makes a plate of a picture, as high as it is light, in its colours, with a flat back.

    `width` mm wide, at most `cells` a side. It stands and faces the reader; where z is up, as in
    programs that print, it lies on its back. Nothing of a blank picture, or of one of a few pixels.
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
        picture = _downscale(pixels(part, 4 * self.cells), self.cells)
        heights = luminance_heights(picture) if picture is not None else None
        if picture is None or heights is None:
            return
        rows, columns = heights.shape
        depth_mm = self.width * rows / columns
        width_mm, depth_mm = (
            (self.width, depth_mm)
            if depth_mm <= 2 * self.width
            else (2 * self.width * columns / rows, 2 * self.width)
        )
        vertices, faces, normals = landscape(
            heights * self.raised * _MM, width_mm * _MM, depth_mm * _MM, self.base * _MM
        )
        vertices, normals = _stand_upright(vertices, depth_mm * _MM), _stand_upright(normals)
        hidden_colors = np.broadcast_to(
            np.array([232, 228, 220], np.uint8), (len(vertices) - rows * columns, 3)
        )
        colors = np.concatenate([picture.reshape(-1, 3), hidden_colors])
        title = str(
            part.meta.get("title")
            or part.name
            or (part.data.name if isinstance(part.data, PurePath) else "")
        )
        stem = re.sub(r"[^\w-]+", "-", title.rsplit(".", 1)[0]).strip("-")[:60] or "picture"
        meta = {
            "form": "relief",
            "size_mm": [round(width_mm, 1), round(depth_mm, 1), round(self.base + self.raised, 1)],
            "cells": [columns, rows],
        }
        yield Part(
            "3d",
            glb([Solid(f"relief of {stem}", vertices, faces, colors, normals)], stem),
            "model/gltf-binary",
            f"{stem}-relief.glb",
            meta=meta,
        )


def _stand_upright(points: NDArray[np.float64], depth: float = 0.0) -> NDArray[np.float64]:
    return np.stack([points[:, 0], depth / 2 - points[:, 2], points[:, 1]], axis=1)


def _downscale(picture: NDArray[np.uint8], cells: int) -> NDArray[np.uint8] | None:
    """At most `cells` a side; None where too little is left for a shape."""
    from PIL import Image

    rows, columns = picture.shape[:2]
    if min(rows, columns) < _MIN_SIDE or max(rows, columns) > _MAX_ASPECT * min(rows, columns):
        return None
    scale = min(1.0, cells / max(rows, columns))
    size = max(_MIN_SIDE, round(columns * scale)), max(_MIN_SIDE, round(rows * scale))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX))


def luminance_heights(picture: NDArray[Any]) -> NDArray[np.float64] | None:
    """Heights 0..1 of a picture (rows, columns, 3); None where it is blank."""
    import cv2

    luminance = picture.astype(np.float64) @ _LUMINANCE
    low, high = np.percentile(luminance, (1, 99))
    median = cv2.medianBlur(luminance.astype(np.float32), 3)
    if high - low < _BLANK_RANGE and float(np.ptp(median)) < 4 * _BLANK_RANGE:
        return None
    low, high = (
        (low, high)
        if high - low >= _BLANK_RANGE
        else (float(luminance.min()), float(luminance.max()))
    )
    smooth = cv2.GaussianBlur(
        median.astype(np.float64), (_TAPS, _TAPS), _SIGMA, borderType=cv2.BORDER_REPLICATE
    )
    return np.asarray(np.clip((smooth - low) / (high - low), 0, 1))
