"""Small frozen encoders and pairs for them: pictures by their colours, words by their letters."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image as Picture

from polysense.ingest.progress import SilentProgress
from polysense.protocols import Encoder, Vectors
from polysense.read.image.decode import pixels
from polysense.train.align.settings import Side
from polysense.train.data.pairs import Pair
from polysense.types import Part, Role, Space

COLOURS = {
    "red": (220, 40, 40), "green": (40, 180, 60), "blue": (40, 60, 210), "yellow": (230, 220, 50),
    "purple": (140, 50, 160), "orange": (240, 140, 30), "grey": (128, 128, 128), "pink": (250, 150, 190),
}  # fmt: skip
PLACES = ("top", "bottom", "left", "right")


class Histogram(Encoder):
    """Pictures by the colours of their quarters: 48 numbers."""

    accepts = frozenset({"image"})
    space = Space("histogram", "1", 48)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        rows = []
        for part in parts:
            small = Picture.fromarray(pixels(part)).resize((4, 4))
            row = np.asarray(small, np.float32).ravel() / 255 - 0.45
            rows.append(row / np.linalg.norm(row) if row.any() else np.full(48, np.nan))
        return np.array(rows, np.float32).reshape(-1, 48)


class Letters(Encoder):
    """Words by hashes of themselves: 32 numbers; nothing for blank ones."""

    accepts = frozenset({"text"})
    space = Space("letters", "1", 32)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        rows = np.zeros((len(parts), 32), np.float32)
        for row, part in zip(rows, parts, strict=True):
            for word in str(part.data).lower().split():
                seed = zlib.crc32(word.encode())
                row += np.random.default_rng(seed).normal(size=32).astype(np.float32)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows / np.where(lengths > 0, lengths, np.nan), np.float32)


ENCODERS = {"histogram": Histogram(), "letters": Letters()}
SOURCE, ANCHOR = Side("histogram", ENCODERS["histogram"]), Side("letters", ENCODERS["letters"])
SILENT = SilentProgress()


def load_encoder(spec: str) -> Encoder:
    """The encoder of a spec, as the registry would give it."""
    return ENCODERS[spec]


def picture(colour: str, place: str, seed: int) -> Part:
    """A field of a colour at a place, on a ground of any grey, with noise: no two are near copies."""
    draw = np.random.default_rng(seed)
    field = np.full((16, 16, 3), draw.uniform(0, 255))
    rows = {"top": slice(0, 8), "bottom": slice(8, 16)}.get(place, slice(0, 16))
    columns = {"left": slice(0, 8), "right": slice(8, 16)}.get(place, slice(0, 16))
    field[rows, columns] = COLOURS[colour]
    noisy = np.clip(field + draw.normal(0, 14, field.shape), 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Picture.fromarray(noisy).save(buffer, "PNG")
    return Part("image", buffer.getvalue(), mime="image/png")


def colour_pairs(each: int = 4) -> list[Pair]:
    """Pictures with what they show in words, `each` of every colour and place: of one kind all are
    right.
    """
    kinds = [(c, p) for c in COLOURS for p in PLACES]
    return [
        Pair(
            picture(colour, place, 100 * k + i),
            Part("text", f"{colour} {place}"),
            source=f"{k}-{i}",
        )
        for k, (colour, place) in enumerate(kinds)
        for i in range(each)
    ]
