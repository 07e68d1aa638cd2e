"""A 3D model as one sees it on a table: lit, with the shadow that it throws; the part that is meant
in its colours, the others faded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.make.image import canvas as ink
from polysense.protocols import Generator
from polysense.read.solid import decode
from polysense.read.solid.decode import Mesh
from polysense.read.solid.raster import Seen, draw
from polysense.types import Evidence, Modality, Origin, Part, Query, Span

SIZE = 1100
"""Pixels of a side of the picture."""

_AZIMUTH, _ELEVATION = 35.0, 22.0
_SUN = np.array([-0.42, 0.8, 0.55])  # from the viewer's left, above and before
_FADED, _PALE = 0.78, np.array([226.0, 231.0, 239.0])
_MODEL = 0.74  # of the picture's side
_SHADOWS = 60_000  # faces above which the shadow is thrown by every n-th

Floats = NDArray[np.float64]


class Render(Generator):
    """A large view of a model with light and shadow; where a part of it is meant, that part stands
    out.
    """

    accepts: frozenset[Modality] = frozenset({"3d"})
    emits: Modality = "image"
    cost = 0.1
    origin: Origin = "composed"

    def generate(self, query: Query, evidence: Sequence[Evidence]) -> Iterator[Part]:
        part = evidence[0].hit.chunk.part if evidence else None
        if part is None or isinstance(part.data, str):
            return
        e = evidence[0]
        node = e.span.node or part.span.node
        whole = decode.simplified(decode.load(replace(part, span=Span())))
        if not len(whole.faces) or not float(whole.extents.max()) > 0:
            return
        lit = _meant(whole, node)
        azimuth = _AZIMUTH if lit is None else _facing(whole, lit)
        name = ink.filename(
            f"{e.hit.chunk.asset.name.rsplit('.', 1)[0]} {node if lit is not None else ''}", ".png"
        )
        meta = {
            "azimuth": azimuth,
            "elevation": _ELEVATION,
            "node": node or whole.root,
            "highlighted": lit is not None,
        }
        yield Part("image", ink.png(drawn(whole, azimuth, lit)), "image/png", name, meta=meta)


def _meant(whole: Mesh, node: str | None) -> NDArray[np.bool_] | None:
    """Which faces are the part that is meant; None where it is the whole."""
    lit = np.isin(whole.owner, [i for i, piece in enumerate(whole.pieces) if piece.name == node])
    return (
        lit
        if node not in (None, whole.root, decode.WHOLE) and lit.any() and not lit.all()
        else None
    )


def _facing(whole: Mesh, lit: NDArray[np.bool_]) -> float:
    """Degrees from which most of the part that is meant is seen, of eight; the three-quarter view
    where several are as good.
    """
    angles = [(_AZIMUTH + turn) % 360 for turn in (0, -70, 45, 90, 180, -135, 135, -45)]
    shares = []
    for azimuth in angles:
        seen = draw(_placed(whole.vertices, azimuth, 200, 190)[0][whole.faces], 200)
        shares.append(int(lit[seen.faces].sum()))
    return next(a for a, n in zip(angles, shares, strict=True) if n >= 0.9 * max(shares))


def _axes(azimuth: float, elevation: float = _ELEVATION) -> Floats:
    """The viewer's right, up and towards, as rows."""
    a, e = np.radians(azimuth), np.radians(elevation)
    towards = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
    right = np.array([np.cos(a), 0.0, -np.sin(a)])
    return np.stack([right, np.cross(towards, right), towards])


def _placed(
    vertices: Floats, azimuth: float, size: int, wide: float, like: Floats | None = None
) -> tuple[Floats, float]:
    """Where vertices stand on a screen of `size` pixels, depth last, so that those of `like` fill
    `wide`; and the scale.
    """
    right, up, towards = _axes(azimuth)
    camera = np.stack([right, -up, towards], axis=1)
    at, frame = vertices @ camera, (vertices if like is None else like) @ camera
    low, high = frame[:, :2].min(0), frame[:, :2].max(0)
    scale = wide / max(float((high - low).max()), 1e-30)
    at[:, :2] = (at[:, :2] - (low + high) / 2) * scale + size / 2
    at[:, 2] *= scale
    return at, scale


def drawn(whole: Mesh, azimuth: float, lit: NDArray[np.bool_] | None = None) -> Any:
    """The model on a soft ground with its shadow, SIZE pixels wide and high, as a PIL image."""
    from PIL import Image

    fine = 2 * SIZE
    at, _ = _placed(whole.vertices, azimuth, fine, _MODEL * fine)
    at[:, 1] -= 0.02 * fine
    seen = draw(at[whole.faces], fine)
    layer = np.zeros((fine * fine, 4), np.float32)
    layer[seen.pixels, :3] = _lit(whole, seen, _axes(azimuth), lit)
    layer[seen.pixels, 3] = 255
    picture = layer.reshape(SIZE, 2, SIZE, 2, 4)
    share = picture[..., 3:].mean((1, 3)) / 255
    colour = (picture[..., :3] * (picture[..., 3:] > 0)).sum((1, 3)) / np.maximum(
        (picture[..., 3:] > 0).sum((1, 3)), 1
    )
    ground = np.asarray(_shadowed(_ground(), whole, azimuth), np.float32)
    made = Image.fromarray(
        (colour * share + ground * (1 - share)).round().clip(0, 255).astype(np.uint8)
    )
    return made if lit is None else _outlined(made, seen.pixels[lit[seen.faces]])


def _outlined(picture: Any, pixels: NDArray[np.int64]) -> Any:
    """The picture with a line around these of its (fine) pixels: a grey part among grey ones would
    not stand out.
    """
    from PIL import Image, ImageFilter

    fine = np.zeros(4 * SIZE * SIZE, np.uint8)
    fine[pixels] = 255
    own = Image.fromarray(fine.reshape(2 * SIZE, 2 * SIZE))
    wide = own.filter(ImageFilter.MaxFilter(11))
    edge = (
        np.minimum(np.asarray(wide), 255 - np.asarray(own))
        .reshape(SIZE, 2, SIZE, 2)
        .mean((1, 3))
        .round()
        .astype(np.uint8)
    )
    picture.paste(Image.new("RGB", picture.size, ink.ACCENT), (0, 0), Image.fromarray(edge))
    return picture


def _lit(
    whole: Mesh, seen: Seen, axes: Floats, lit: NDArray[np.bool_] | None
) -> NDArray[np.float32]:
    """Lambert's law under a sun and a bright sky, with a little gloss (Blinn 1977); both sides of a
    face are its front.
    """
    faces, weights = seen.faces, seen.weights
    normals = np.einsum("nk,nkd->nd", weights, whole.normals[faces]) @ axes.T
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    normals *= np.where(whole.crosses[faces] @ axes[2] < 0, -1.0, 1.0)[:, None]
    sun = _SUN / np.linalg.norm(_SUN)
    half = sun + np.array([0.0, 0.0, 1.0])
    half /= np.linalg.norm(half)
    light = 0.5 + 0.14 * normals[:, 1] + 0.08 * normals[:, 2] + 0.42 * np.maximum(normals @ sun, 0)
    gloss = 34 * np.maximum(normals @ half, 0) ** 28
    colour = decode.colors(whole, faces, weights)
    if lit is not None:
        others = ~lit[faces]
        colour[others] = _PALE * _FADED + colour[others].mean(1, keepdims=True) * (1 - _FADED)
        light[others] = 0.55 + 0.45 * light[others]
        gloss[others] = 0
    return np.asarray((colour * light[:, None] + gloss[:, None]).clip(0, 255), np.float32)


def _shadowed(ground: Any, whole: Mesh, azimuth: float) -> Any:
    """The ground with the shadow that the model throws on it: its vertices moved along the light
    down to its foot.
    """
    from PIL import Image, ImageFilter

    small = SIZE // 2
    down = -(_SUN @ _axes(azimuth, 0.0))
    down = down / max(-down[1], 0.35)
    foot = whole.vertices[:, 1].min()
    high = np.minimum(whole.vertices[:, 1] - foot, 0.9 * float(whole.extents.max()))
    thrown = whole.vertices + down * np.stack([high, np.zeros_like(high), high], axis=1)
    thrown[:, 1] = foot
    at, _ = _placed(thrown, azimuth, small, _MODEL * small, whole.vertices)
    at[:, 1] -= 0.02 * small
    step = max(1, len(whole.faces) // _SHADOWS)
    mask = np.zeros(small * small, np.uint8)
    kept = at[whole.faces[::step]]
    kept = kept[((kept[..., :2] > 0) & (kept[..., :2] < small - 1)).all((1, 2))]
    if len(kept):
        mask[draw(kept, small).pixels] = 255
    shade = Image.fromarray(mask.reshape(small, small)).resize(
        (SIZE, SIZE), Image.Resampling.BICUBIC
    )
    for blur, strength in ((26, 0.2), (7, 0.26)):
        soft = shade.filter(ImageFilter.GaussianBlur(blur)).point(
            [round(v * strength) for v in range(256)]
        )
        ground.paste(Image.new("RGB", ground.size, "#1c2940"), (0, 0), soft)
    return ground


def _ground() -> Any:
    """A soft light from above that falls off towards the corners."""
    from PIL import Image

    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) / SIZE
    far = np.clip(np.hypot(x - 0.5, (y - 0.42) * 0.9) / 0.75, 0, 1)[..., None] ** 1.6
    colour = (
        np.array([250, 251, 253], np.float32) * (1 - far)
        + np.array([206, 214, 226], np.float32) * far
    )
    return Image.fromarray(colour.round().astype(np.uint8))
