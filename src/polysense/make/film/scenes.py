"""The frames of a scene: still pictures that drift, clips, turning models, words over them.

Frames are luma and chroma planes (`make.file.encode.planes`): half as many values as RGB to zoom,
to blend and to encode.
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
FrameSource = Callable[[int], Iterator[Pixels]]
"""Gives as many frames as a scene has, as planes; fewer where the pictures end before."""

DRIFT_SHARE = 0.07
"""The share of a still picture's width by which the camera moves in, or out."""

MODEL_VIEWS = 64
"""Pictures drawn of a turning model, over SWING_DEGREES."""

SWING_DEGREES, TURN_SECONDS = 110.0, 10.0
"""Degrees, and seconds there and back."""

_DRIFT_ROOM = 1.2
"""How much larger than the screen a still picture is, so that the camera can move in it."""

_RENDER_SIDE, _MODEL_FACES = 288, 20_000
"""Pixels of a rendered view's side, and faces of the model at most: a view takes milliseconds."""

_MIN_FIT = 0.8
"""A picture fills the screen where its shape is this near to it: of one of 4:3 a quarter would be
cut off, and what it shows with it. Judged, not measured.
"""

_PLAIN_LEVELS, _PLAIN_SHARE = 12, 0.8
"""A picture has a border of one colour where this share of its edge is within so many of 255 levels
of the median. Judged, not measured.
"""


def split_planes(planes: Pixels, size: Size) -> tuple[Pixels, Pixels, Pixels]:
    """Luma, and the two chroma planes of half its width and height."""
    width, height = size
    flat, area = planes.reshape(-1), width * height
    half = (height // 2, width // 2)
    return (
        flat[:area].reshape(height, width),
        flat[area : area * 5 // 4].reshape(half),
        flat[area * 5 // 4 :].reshape(half),
    )


def still_frames(picture: Pixels, size: Size, inward: bool) -> FrameSource:
    """A picture over which the camera slowly moves in, or out (Ken Burns)."""
    from PIL import Image

    room = (2 * round(_DRIFT_ROOM * size[0] / 2), 2 * round(_DRIFT_ROOM * size[1] / 2))

    def frames_of(count: int) -> Iterator[Pixels]:
        stage_planes = [
            Image.fromarray(p) for p in split_planes(encode.planes(picture, room), room)
        ]
        for i in range(count):
            progress = i / max(1, count - 1)
            progress = progress * progress * (3 - 2 * progress)
            crop = DRIFT_SHARE * (progress if inward else 1 - progress)
            planes = []
            for plane, subsampling in zip(stage_planes, (1, 2, 2), strict=True):
                w, h = plane.size
                box = (w * crop / 2, h * crop * 0.4, w * (1 - crop / 2), h * (1 - crop * 0.6))
                planes.append(
                    np.asarray(
                        plane.resize(
                            (size[0] // subsampling, size[1] // subsampling),
                            Image.Resampling.BILINEAR,
                            box=box,
                        )
                    ).reshape(-1)
                )
            yield np.concatenate(planes).reshape(size[1] * 3 // 2, size[0])

    return frames_of


def video_frames(cut: Cut, size: Size, fps: Fraction) -> FrameSource | None:
    """The seconds of a film; None where nothing of them can be decoded."""

    def frames_of(count: int) -> Iterator[Pixels]:
        return (encode.planes(frame, size) for frame in islice(frames(cut, size, fps), count))

    try:
        return frames_of if next(frames_of(1), None) is not None else None
    except PolysenseError:
        return None


def model_frames(model: decode.Mesh, size: Size, views: int = MODEL_VIEWS) -> FrameSource:
    """A model that turns slowly to and fro, on the light ground on which models are drawn."""
    simple = decode.simplify(model, _MODEL_FACES)
    side = 2 * round(0.76 * size[1] / 2)
    left, top = (size[0] - side) // 4 * 2, 0

    def render_view(k: int) -> Pixels:
        from PIL import Image

        ground = np.full((size[1], size[0], 3), decode.BACKGROUND, np.uint8)
        azimuth = 30.0 - SWING_DEGREES / 2 + SWING_DEGREES * k / max(1, views - 1)
        view = Image.fromarray(decode.render(simple, azimuth, 22.0, _RENDER_SIDE)).resize(
            (side, side), Image.Resampling.LANCZOS
        )
        ground[top : top + side, left : left + side] = np.asarray(view)
        return encode.planes(ground, size)

    def frames_of(count: int) -> Iterator[Pixels]:
        rendered_views: dict[int, Pixels] = {}
        for i in range(count):
            position = (1 - np.cos(2 * np.pi * (i / 25) / TURN_SECONDS)) / 2 * (views - 1)
            first, second = int(position), min(int(position) + 1, views - 1)
            for k in {first, second} - rendered_views.keys():
                rendered_views[k] = render_view(k)
            yield blend(rendered_views[first], rendered_views[second], float(position % 1))

    return frames_of


def compose_stage(picture: Pixels, size: Size) -> Pixels:
    """A picture set for the screen: one that nearly fits fills it.

    Any other stands whole on a dark ground, above where captions lie.
    """
    from PIL import Image, ImageFilter

    width, height = (2 * round(_DRIFT_ROOM * v / 2) for v in size)
    image = Image.fromarray(picture)
    fits = min(width / image.width, height / image.height) / max(
        width / image.width, height / image.height
    )
    if fits > _MIN_FIT and not _has_plain_border(picture):
        scale = max(width / image.width, height / image.height)
        image = image.resize(
            (max(width, round(image.width * scale)), max(height, round(image.height * scale))),
            Image.Resampling.LANCZOS,
        )
        left, top = (image.width - width) // 2, (image.height - height) // 2
        return np.asarray(image.crop((left, top, left + width, top + height)))
    room = (0.86 * width, (0.94 - caption.BAR_SHARE) * height)
    scale = min(room[0] / image.width, room[1] / image.height, 4.0)
    inner = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    ground = Image.fromarray(caption.backdrop((width, height)))
    at = ((width - inner[0]) // 2, round(0.05 * height + (room[1] - inner[1]) / 2))
    shadow = Image.new("L", (width, height), 0)
    shadow.paste(150, (at[0], at[1] + 6, at[0] + inner[0], at[1] + inner[1] + 6))
    ground.paste((0, 0, 0), mask=shadow.filter(ImageFilter.GaussianBlur(12)))
    ground.paste(image.resize(inner, Image.Resampling.LANCZOS), at)
    return np.asarray(ground)


def _has_plain_border(picture: Pixels) -> bool:
    """Whether its edges are of one colour: a chart or a page, of which nothing may be cut off."""
    edges = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]]).astype(
        np.int16
    )
    return (
        float(np.mean(np.abs(edges - np.median(edges, axis=0)).max(axis=1) < _PLAIN_LEVELS))
        > _PLAIN_SHARE
    )


def loudness_bars(sound: NDArray[np.float32], size: Size) -> Pixels:
    """The loudness of a sound as bars on a dark ground."""
    ground = caption.backdrop(size).copy()
    bars, (width, height) = 72, size
    parts = np.array_split(np.abs(sound), bars) if len(sound) >= bars else [np.zeros(1)] * bars
    levels = np.array([float(np.sqrt(np.mean(p.astype(np.float64) ** 2))) for p in parts])
    levels = levels / max(float(levels.max()), 1e-6)
    step, middle = 0.8 * width / bars, round(0.4 * height)
    for i, share in enumerate(levels):
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
        y, u, v = split_planes(
            encode.planes(np.ascontiguousarray(rgba[..., :3]), (size[0], rows)), (size[0], rows)
        )
        alpha = rgba[..., 3].astype(np.uint16)
        chroma_alpha = alpha.reshape(rows // 2, 2, size[0] // 2, 2).mean((1, 3)).astype(np.uint16)
        self._size = size
        self._layers = [
            (p.astype(np.uint16) * a, 255 - a)
            for p, a in ((y, alpha), (u, chroma_alpha), (v, chroma_alpha))
        ]

    def apply(self, planes: Pixels) -> Pixels:
        """The picture below the words, as new planes."""
        result = planes.copy()
        for plane, (add, keep) in zip(split_planes(result, self._size), self._layers, strict=True):
            part = plane[-len(add) :]
            part[...] = (part * keep + add + 127) // 255
        return result


def blend(before: Pixels, now: Pixels, share: float) -> Pixels:
    """`share` of the one, the rest of the other."""
    w = round(256 * share)
    return ((before.astype(np.uint16) * (256 - w) + now.astype(np.uint16) * w) >> 8).astype(
        np.uint8
    )


def dark_frame(size: Size) -> Pixels:
    """A frame of the ground alone."""
    return encode.planes(
        np.broadcast_to(np.array([11, 16, 24], np.uint8), (size[1], size[0], 3)), size
    )
