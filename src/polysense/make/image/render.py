"""A 3D model as one sees it on a table: lit, with its shadow; the part that is meant stands out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.make.image import canvas
from polysense.protocols import Generator
from polysense.read.solid import decode
from polysense.read.solid.decode import Mesh
from polysense.read.solid.raster import VisiblePixels, rasterise
from polysense.types import Evidence, Modality, Origin, Part, Query, Span

SIZE = 1100
"""Pixels of a side of the picture."""

_AZIMUTH, _ELEVATION = 35.0, 22.0  # degrees: the three-quarter view
_SUN = np.array([-0.42, 0.8, 0.55])  # from the viewer's left, above and before
_FADE_SHARE, _FADE_COLOUR = 0.78, np.array([226.0, 231.0, 239.0])
"""How much of its colour a part that is not meant loses, and to which."""

_MODEL_SHARE = 0.74  # of the picture's side
_MAX_SHADOW_FACES = 60_000  # faces above which the shadow is thrown by every n-th
_NEARLY_BEST = 0.9
"""A view is taken before those after it where it shows this share of the best one's pixels."""


Floats = NDArray[np.float64]


class Render(Generator):
    """A large view of a model with light and shadow; a part of it that is meant stands out."""

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
        mesh = decode.simplify(decode.load(replace(part, span=Span())))
        if not len(mesh.faces) or not float(mesh.extents.max()) > 0:
            return
        highlight = _highlight_mask(mesh, node)
        azimuth = _AZIMUTH if highlight is None else _best_azimuth(mesh, highlight)
        title = f"{canvas.asset_title(e)} {node if highlight is not None else ''}"
        meta = {
            "azimuth": azimuth,
            "elevation": _ELEVATION,
            "node": node or mesh.root,
            "highlighted": highlight is not None,
        }
        yield canvas.picture_part(draw_model(mesh, azimuth, highlight), title, meta)


def _highlight_mask(mesh: Mesh, node: str | None) -> NDArray[np.bool_] | None:
    """Which faces are the part that is meant; None where it is the whole."""
    mask = np.isin(
        mesh.piece_index, [i for i, piece in enumerate(mesh.pieces) if piece.name == node]
    )
    return (
        mask
        if node not in (None, mesh.root, decode.WHOLE_NODE) and mask.any() and not mask.all()
        else None
    )


def _best_azimuth(mesh: Mesh, highlight: NDArray[np.bool_]) -> float:
    """Degrees from which most of the part that is meant is seen, of eight.

    The three-quarter view where several are as good.
    """
    angles = [(_AZIMUTH + turn) % 360 for turn in (0, -70, 45, 90, 180, -135, 135, -45)]
    pixel_counts = []
    for azimuth in angles:
        visible = rasterise(_project(mesh.vertices, azimuth, 200, 190)[0][mesh.faces], 200)
        pixel_counts.append(int(highlight[visible.faces].sum()))
    return next(
        a
        for a, n in zip(angles, pixel_counts, strict=True)
        if n >= _NEARLY_BEST * max(pixel_counts)
    )


def _view_axes(azimuth: float, elevation: float = _ELEVATION) -> Floats:
    """The viewer's right, up and towards, as rows."""
    a, e = np.radians(azimuth), np.radians(elevation)
    towards = np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])
    right = np.array([np.cos(a), 0.0, -np.sin(a)])
    return np.stack([right, np.cross(towards, right), towards])


def _project(
    vertices: Floats, azimuth: float, size: int, extent: float, reference: Floats | None = None
) -> tuple[Floats, float]:
    """Where vertices stand on a screen of `size` pixels, depth last; and the scale.

    Those of `reference`, else the vertices themselves, fill `extent` pixels.
    """
    right, up, towards = _view_axes(azimuth)
    camera = np.stack([right, -up, towards], axis=1)
    positions, frame = vertices @ camera, (vertices if reference is None else reference) @ camera
    low, high = frame[:, :2].min(0), frame[:, :2].max(0)
    scale = extent / max(float((high - low).max()), 1e-30)
    positions[:, :2] = (positions[:, :2] - (low + high) / 2) * scale + size / 2
    positions[:, 2] *= scale
    return positions, scale


def draw_model(mesh: Mesh, azimuth: float, highlight: NDArray[np.bool_] | None = None) -> Any:
    """The model on a soft ground with its shadow, SIZE pixels wide and high, as a PIL image."""
    from PIL import Image

    large_side = 2 * SIZE
    positions, _ = _project(mesh.vertices, azimuth, large_side, _MODEL_SHARE * large_side)
    positions[:, 1] -= 0.02 * large_side
    visible = rasterise(positions[mesh.faces], large_side)
    layer = np.zeros((large_side * large_side, 4), np.float32)
    layer[visible.pixels, :3] = _shade(mesh, visible, _view_axes(azimuth), highlight)
    layer[visible.pixels, 3] = 255
    blocks = layer.reshape(SIZE, 2, SIZE, 2, 4)
    coverage = blocks[..., 3:].mean((1, 3)) / 255
    colour = (blocks[..., :3] * (blocks[..., 3:] > 0)).sum((1, 3)) / np.maximum(
        (blocks[..., 3:] > 0).sum((1, 3)), 1
    )
    ground = np.asarray(_draw_shadow(_ground_picture(), mesh, azimuth), np.float32)
    image = Image.fromarray(
        (colour * coverage + ground * (1 - coverage)).round().clip(0, 255).astype(np.uint8)
    )
    return (
        image
        if highlight is None
        else _draw_outline(image, visible.pixels[highlight[visible.faces]])
    )


def _draw_outline(picture: Any, pixels: NDArray[np.int64]) -> Any:
    """The picture with a line around these of its pixels, at twice its size.

    A grey part among grey ones would not stand out.
    """
    from PIL import Image, ImageFilter

    flat_mask = np.zeros(4 * SIZE * SIZE, np.uint8)
    flat_mask[pixels] = 255
    mask = Image.fromarray(flat_mask.reshape(2 * SIZE, 2 * SIZE))
    dilated = mask.filter(ImageFilter.MaxFilter(11))
    edge = (
        np.minimum(np.asarray(dilated), 255 - np.asarray(mask))
        .reshape(SIZE, 2, SIZE, 2)
        .mean((1, 3))
        .round()
        .astype(np.uint8)
    )
    picture.paste(Image.new("RGB", picture.size, canvas.ACCENT), (0, 0), Image.fromarray(edge))
    return picture


def _shade(
    mesh: Mesh, visible: VisiblePixels, axes: Floats, highlight: NDArray[np.bool_] | None
) -> NDArray[np.float32]:
    """Lambert's law under a sun and a bright sky, with a little gloss (Blinn 1977).

    Both sides of a face are its front.
    """
    faces, weights = visible.faces, visible.weights
    normals = np.einsum("nk,nkd->nd", weights, mesh.normals[faces]) @ axes.T
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    normals *= np.where(mesh.cross_products[faces] @ axes[2] < 0, -1.0, 1.0)[:, None]
    sun = _SUN / np.linalg.norm(_SUN)
    half = sun + np.array([0.0, 0.0, 1.0])
    half /= np.linalg.norm(half)
    light = 0.5 + 0.14 * normals[:, 1] + 0.08 * normals[:, 2] + 0.42 * np.maximum(normals @ sun, 0)
    gloss = 34 * np.maximum(normals @ half, 0) ** 28
    colour = decode.colours_at(mesh, faces, weights)
    if highlight is not None:
        others = ~highlight[faces]
        colour[others] = _FADE_COLOUR * _FADE_SHARE + colour[others].mean(1, keepdims=True) * (
            1 - _FADE_SHARE
        )
        light[others] = 0.55 + 0.45 * light[others]
        gloss[others] = 0
    return np.asarray((colour * light[:, None] + gloss[:, None]).clip(0, 255), np.float32)


def _draw_shadow(ground: Any, mesh: Mesh, azimuth: float) -> Any:
    """The ground with the model's shadow: its vertices moved along the light down to its foot."""
    from PIL import Image, ImageFilter

    shadow_side = SIZE // 2
    down = -(_SUN @ _view_axes(azimuth, 0.0))
    down = down / max(-down[1], 0.35)
    foot_height = mesh.vertices[:, 1].min()
    heights = np.minimum(mesh.vertices[:, 1] - foot_height, 0.9 * float(mesh.extents.max()))
    shadow_vertices = mesh.vertices + down * np.stack(
        [heights, np.zeros_like(heights), heights], axis=1
    )
    shadow_vertices[:, 1] = foot_height
    positions, _ = _project(
        shadow_vertices, azimuth, shadow_side, _MODEL_SHARE * shadow_side, mesh.vertices
    )
    positions[:, 1] -= 0.02 * shadow_side
    step = max(1, len(mesh.faces) // _MAX_SHADOW_FACES)
    mask = np.zeros(shadow_side * shadow_side, np.uint8)
    triangles = positions[mesh.faces[::step]]
    triangles = triangles[
        ((triangles[..., :2] > 0) & (triangles[..., :2] < shadow_side - 1)).all((1, 2))
    ]
    if len(triangles):
        mask[rasterise(triangles, shadow_side).pixels] = 255
    shade = Image.fromarray(mask.reshape(shadow_side, shadow_side)).resize(
        (SIZE, SIZE), Image.Resampling.BICUBIC
    )
    for blur, strength in ((26, 0.2), (7, 0.26)):
        soft = shade.filter(ImageFilter.GaussianBlur(blur)).point(
            [round(v * strength) for v in range(256)]
        )
        ground.paste(Image.new("RGB", ground.size, "#1c2940"), (0, 0), soft)
    return ground


def _ground_picture() -> Any:
    """A soft light from above that falls off towards the corners."""
    from PIL import Image

    y, x = np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) / SIZE
    distance = np.clip(np.hypot(x - 0.5, (y - 0.42) * 0.9) / 0.75, 0, 1)[..., None] ** 1.6
    colour = (
        np.array([250, 251, 253], np.float32) * (1 - distance)
        + np.array([206, 214, 226], np.float32) * distance
    )
    return Image.fromarray(colour.round().astype(np.uint8))
