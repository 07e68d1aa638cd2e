"""What is seen in a scene of a film: still pictures that drift, moving seconds, turning models; and
what lies over it.

Frames are luma and chroma planes (`media.encode.planes`): half as many values as RGB to zoom, to
blend and to encode.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from polysense.errors import PolysenseError
from polysense.make.file import encode
from polysense.make.film import caption
from polysense.make.sound.excerpt import Cut, frames
from polysense.read.image.decode import Pixels
from polysense.read.solid import decode

Size = tuple[int, int]
Shown = Callable[[int], Iterator[Pixels]]
"""Gives as many frames as a scene has, as planes; fewer where the pictures end before."""

DRIFT = 0.07
"""The share of a still picture's width by which the camera moves in, or out."""

VIEWS = 64
"""Pictures drawn of a turning model, over SWING degrees."""

SWING, TURN = 110.0, 10.0
"""Degrees, and seconds there and back."""

_ROOM = 1.2
_SIDE = 288


def split(planes: Pixels, size: Size) -> tuple[Pixels, Pixels, Pixels]:
    """Luma, and the two chroma planes of half its width and height."""
    width, height = size
    flat, area = planes.reshape(-1), width * height
    half = (height // 2, width // 2)
    return (
        flat[:area].reshape(height, width),
        flat[area : area * 5 // 4].reshape(half),
        flat[area * 5 // 4 :].reshape(half),
    )


def still(stage: Pixels, size: Size, inward: bool) -> Shown:
    """A picture over which the camera slowly moves in, or out (Ken Burns)."""
    from PIL import Image

    room = (2 * round(_ROOM * size[0] / 2), 2 * round(_ROOM * size[1] / 2))

    def shown(count: int) -> Iterator[Pixels]:
        whole = [Image.fromarray(p) for p in split(encode.planes(stage, room), room)]
        for i in range(count):
            way = i / max(1, count - 1)
            way = way * way * (3 - 2 * way)
            crop = DRIFT * (way if inward else 1 - way)
            made = []
            for plane, half in zip(whole, (1, 2, 2), strict=True):
                w, h = plane.size
                box = (w * crop / 2, h * crop * 0.4, w * (1 - crop / 2), h * (1 - crop * 0.6))
                made.append(
                    np.asarray(
                        plane.resize(
                            (size[0] // half, size[1] // half), Image.Resampling.BILINEAR, box=box
                        )
                    ).reshape(-1)
                )
            yield np.concatenate(made).reshape(size[1] * 3 // 2, size[0])

    return shown


def moving(cut: Cut, size: Size, fps: Fraction) -> Shown | None:
    """The seconds of a film; None where nothing of them can be decoded."""

    def shown(count: int) -> Iterator[Pixels]:
        return (encode.planes(frame, size) for frame in islice(frames(cut, size, fps), count))

    try:
        return shown if next(shown(1), None) is not None else None
    except PolysenseError:
        return None


def turning(model: decode.Mesh, size: Size, views: int = VIEWS) -> Shown:
    """A model that turns slowly to and fro, on the light ground on which models are drawn."""
    simple = decode.simplified(model, 20_000)
    side = 2 * round(0.76 * size[1] / 2)
    left, top = (size[0] - side) // 4 * 2, 0

    def seen(k: int) -> Pixels:
        from PIL import Image

        ground = np.full((size[1], size[0], 3), decode.BACKGROUND, np.uint8)
        azimuth = 30.0 - SWING / 2 + SWING * k / max(1, views - 1)
        drawn = Image.fromarray(decode.render(simple, azimuth, 22.0, _SIDE)).resize(
            (side, side), Image.Resampling.LANCZOS
        )
        ground[top : top + side, left : left + side] = np.asarray(drawn)
        return encode.planes(ground, size)

    def shown(count: int) -> Iterator[Pixels]:
        drawn: dict[int, Pixels] = {}
        for i in range(count):
            swung = (1 - np.cos(2 * np.pi * (i / 25) / TURN)) / 2 * (views - 1)
            for k in {int(swung), min(int(swung) + 1, views - 1)} - drawn.keys():
                drawn[k] = seen(k)
            yield blended(
                drawn[int(swung)], drawn[min(int(swung) + 1, views - 1)], float(swung % 1)
            )

    return shown


def stage(picture: Pixels, size: Size) -> Pixels:
    """A picture set for the screen: one that nearly fits fills it, any other stands whole on a dark
    ground, above where captions lie.
    """
    from PIL import Image, ImageFilter

    width, height = (2 * round(_ROOM * v / 2) for v in size)
    image = Image.fromarray(picture)
    fits = min(width / image.width, height / image.height) / max(
        width / image.width, height / image.height
    )
    if fits > 0.74 and not _drawn(picture):
        scale = max(width / image.width, height / image.height)
        image = image.resize(
            (max(width, round(image.width * scale)), max(height, round(image.height * scale))),
            Image.Resampling.LANCZOS,
        )
        left, top = (image.width - width) // 2, (image.height - height) // 2
        return np.asarray(image.crop((left, top, left + width, top + height)))
    room = (0.86 * width, (0.94 - caption.BAR) * height)
    scale = min(room[0] / image.width, room[1] / image.height, 4.0)
    inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    ground = Image.fromarray(caption.backdrop((width, height)))
    at = ((width - inner[0]) // 2, round(0.05 * height + (room[1] - inner[1]) / 2))
    shadow = Image.new("L", (width, height), 0)
    shadow.paste(150, (at[0], at[1] + 6, at[0] + inner[0], at[1] + inner[1] + 6))
    ground.paste((0, 0, 0), mask=shadow.filter(ImageFilter.GaussianBlur(12)))
    ground.paste(image.resize(inner, Image.Resampling.LANCZOS), at)
    return np.asarray(ground)


def _drawn(picture: Pixels) -> bool:
    """Whether its edges are of one colour: a chart, a page, a diagram, of which nothing may be cut
    off.
    """
    edges = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]]).astype(
        np.int16
    )
    return float(np.mean(np.abs(edges - np.median(edges, axis=0)).max(axis=1) < 12)) > 0.8


def waves(sound: NDArray[np.float32], size: Size) -> Pixels:
    """The loudness of a sound as bars on a dark ground."""
    ground = caption.backdrop(size).copy()
    bars, (width, height) = 72, size
    parts = np.array_split(np.abs(sound), bars) if len(sound) >= bars else [np.zeros(1)] * bars
    loud = np.array([float(np.sqrt(np.mean(p.astype(np.float64) ** 2))) for p in parts])
    loud = loud / max(float(loud.max()), 1e-6)
    step, middle = 0.8 * width / bars, round(0.4 * height)
    for i, share in enumerate(loud):
        half = round(3 + 0.24 * height * share**0.7)
        left = round(0.1 * width + i * step)
        ground[middle - half : middle + half, left : left + max(2, round(0.55 * step))] = (
            255,
            179,
            71,
        )
    return ground


class Overlay:
    """Words over the lower edge, ready to be laid over planes."""

    def __init__(self, rgba: NDArray[np.uint8], size: Size) -> None:
        rows = len(rgba)
        y, u, v = split(
            encode.planes(np.ascontiguousarray(rgba[..., :3]), (size[0], rows)), (size[0], rows)
        )
        alpha = rgba[..., 3].astype(np.uint16)
        rough = alpha.reshape(rows // 2, 2, size[0] // 2, 2).mean((1, 3)).astype(np.uint16)
        self._size = size
        self._laid = [
            (p.astype(np.uint16) * a, 255 - a) for p, a in ((y, alpha), (u, rough), (v, rough))
        ]

    def over(self, planes: Pixels) -> Pixels:
        """The picture below the words, as new planes."""
        made = planes.copy()
        for plane, (add, keep) in zip(split(made, self._size), self._laid, strict=True):
            part = plane[-len(add) :]
            part[...] = (part * keep + add + 127) // 255
        return made


def blended(before: Pixels, now: Pixels, share: float) -> Pixels:
    """`share` of the one, the rest of the other."""
    w = round(256 * share)
    return ((before.astype(np.uint16) * (256 - w) + now.astype(np.uint16) * w) >> 8).astype(
        np.uint8
    )


def dark(size: Size) -> Pixels:
    """A frame of the ground alone."""
    return encode.planes(
        np.broadcast_to(np.array([11, 16, 24], np.uint8), (size[1], size[0], 3)), size
    )
