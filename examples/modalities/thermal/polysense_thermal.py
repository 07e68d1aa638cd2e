"""Infrared pictures for polysense: a modality, its parser, and an encoder that sees them with the
eyes that polysense has for photos. No weights, nothing trained: `polysense train modality` teaches.

A file is "THERMAL 1 WIDTH HEIGHT", a line end, and apparent temperatures in hundredths of a kelvin,
unsigned 16-bit little-endian, row by row.

    python polysense_thermal.py PHOTOS FOLDER     renders every photo below PHOTOS, and writes the
                                                  pairs: words.csv (with labels.tsv), photos.csv
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import Unreadable
from polysense.modalities import ModalityDescription
from polysense.protocols import Encoder, LoadEncoder, Parser, Signal, Vectors
from polysense.types import Asset, Chunk, Part, Role, Space, Span

THERMAL = ModalityDescription(
    "thermal", title_zh="热像", endings=(".thermal",), is_encoded_whole=True, is_shown=True
)

SENSOR = 320
"""Pixels of the longer side, as cameras of the middle class have."""
AMBIENT = 293.0
"""Kelvin around the scene, give or take 2."""
SUNLIT, COLOURED = 14.0, 6.0
"""Kelvin that white things, and strongly coloured ones, are warmer. A photo does not tell what is
warm: that light surfaces lie in the light is an assumption, and all that a picture gives.
"""
SKY = 283.0
"""Kelvin of what surfaces reflect where they do not radiate."""
SPREAD = 0.8
"""Standard deviation of the optics' point spread, in pixels."""
NOISE, COLUMN_NOISE = 0.08, 0.04
"""Kelvin of noise, of each pixel and of each column's amplifier."""
LEAST_CONTRAST = 0.5
"""Kelvin that are spread over all greys at least: noise alone is no picture."""

Kelvin = NDArray[np.float64]


def render(photo: NDArray[np.uint8], random: np.random.Generator) -> Kelvin:
    """What a camera measures of a scene that looks like an RGB photo, (height, width, 3).

    Light and saturation give a temperature; emissivity falls for what is bright and grey, as metal
    and glass are; emitted and reflected radiation add up as fourth powers (Stefan and Boltzmann);
    the optics blur, the sensor adds noise of pixels and of columns.
    """
    from scipy.ndimage import gaussian_filter

    rgb = photo.astype(np.float64) / 255
    light = (rgb**2.2) @ (0.2126, 0.7152, 0.0722)
    largest, smallest = rgb.max(axis=2), rgb.min(axis=2)
    saturation = (largest - smallest) / np.maximum(largest, 1e-6)
    ambient = AMBIENT + random.normal(0, 2)
    temperature = ambient - 4 + SUNLIT * np.sqrt(light) + COLOURED * saturation
    emissivity = 0.97 - 0.12 * (1 - saturation) * light
    radiation = emissivity * temperature**4 + (1 - emissivity) * SKY**4
    apparent = gaussian_filter(radiation**0.25, SPREAD)
    apparent += random.normal(0, NOISE, apparent.shape)
    return np.asarray(apparent + random.normal(0, COLUMN_NOISE, (1, apparent.shape[1])))


def write(path: Path, apparent: Kelvin) -> None:
    """A .thermal file."""
    height, width = apparent.shape
    pixels = np.clip(np.round(apparent * 100), 0, 65535).astype("<u2")
    path.write_bytes(f"THERMAL 1 {width} {height}\n".encode() + pixels.tobytes())


def read(data: Any) -> Kelvin:
    """(height, width) of a file's path or bytes. Raises Unreadable."""
    content = data if isinstance(data, bytes) else Path(data).read_bytes()
    head, _, pixels = content.partition(b"\n")
    try:
        mark, version, width, height = head.decode("ascii").split()
        if (mark, version) != ("THERMAL", "1"):
            raise ValueError("another format")
        values = np.frombuffer(pixels, "<u2").reshape(int(height), int(width))
    except ValueError as e:
        raise Unreadable(f"this is no thermal picture: {e}", "Take it out of the folder.") from e
    return values / 100


def palette(apparent: Kelvin) -> NDArray[np.uint8]:
    """(height, width, 3): white is hot; the hundredth coldest and hottest are black and white."""
    low, high = np.percentile(apparent, (1, 99))
    grey = np.clip((apparent - low) / max(high - low, LEAST_CONTRAST), 0, 1) * 255
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)


class ThermalParser(Parser):
    """Reads .thermal files: one picture, and its temperatures in words."""

    accepts = frozenset({".thermal"})

    def parse(self, asset: Asset) -> Iterator[Chunk]:
        """One chunk. Raises Unreadable."""
        apparent = read(asset.path)
        words = (
            f"thermal picture, {apparent.min() - 273.15:.1f} to {apparent.max() - 273.15:.1f} °C"
        )
        part = Part("thermal", asset.path, name=asset.name)
        yield Chunk(asset, Span(box=(0.0, 0.0, 1.0, 1.0)), "thermal", part, text=words)


class ThermalEncoder(Encoder):
    """What `photo` sees in a thermal picture's greys, and beside it what `conse` names in it."""

    accepts = frozenset({"thermal"})
    signal: Signal = "perceptual"
    min_score = 0.5
    confident_score = 0.8

    def __init__(self, *, load_encoder: LoadEncoder) -> None:
        self._load_encoder = load_encoder

    @cached_property
    def _eyes(self) -> tuple[Encoder, ...]:
        return self._load_encoder("photo"), self._load_encoder("conse")

    @cached_property
    def space(self) -> Space:  # type: ignore[override]
        """As wide as both together."""
        spaces = [e.space for e in self._eyes]
        revision = "-".join(["1", *(s.revision[:8] for s in spaces)])
        return Space("thermal", revision, sum(s.dim for s in spaces))

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Unit vectors; NaN where nothing is to be seen. Raises Unreadable."""
        pictures = [Part("image", palette(read(p.data)), mime="image/raw") for p in parts]
        if not pictures:
            return np.empty((0, self.space.dim), np.float32)
        features, names = (np.asarray(e.encode(pictures), np.float32) for e in self._eyes)
        rows = np.concatenate([features, np.nan_to_num(names)], axis=1)  # NaN: it names nothing
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def render_folder(photos: Path, folder: Path, seed: int = 0) -> int:
    """Render every photo, and write the pairs: with its photo, and with its name by labels.tsv."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    labels_file = photos / "labels.tsv"
    rows = labels_file.read_text("utf-8").splitlines() if labels_file.is_file() else []
    labels = dict(row.split("\t", 1) for row in rows if "\t" in row)
    endings = (".jpg", ".jpeg", ".png")
    paths = sorted(p.resolve() for p in photos.rglob("*") if p.suffix.lower() in endings)
    with (
        (folder / "photos.csv").open("w", newline="") as a,
        (folder / "words.csv").open("w", newline="") as b,
    ):
        with_photos, with_words = csv.writer(a), csv.writer(b)
        with_photos.writerow(["thermal", "image", "source"])
        with_words.writerow(["thermal", "text", "source"])
        for number, path in enumerate(paths):
            name = f"{number:04}.thermal"
            with Image.open(path) as photo:
                picture = photo.convert("RGB")
                picture.thumbnail((SENSOR, SENSOR))
            random = np.random.default_rng((seed, number))
            write(folder / name, render(np.asarray(picture), random))
            with_photos.writerow([name, path, path.name])
            if path.name in labels:
                with_words.writerow([name, labels[path.name], path.name])
    return len(paths)


if __name__ == "__main__":
    count = render_folder(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"{count} photos rendered into {sys.argv[2]}")
