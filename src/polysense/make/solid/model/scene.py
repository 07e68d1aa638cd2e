"""Models as trimesh geometry that keeps materials and textures: read safely, made larger, tinted,
set side by side, written as GLB.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.make.solid.gltf import linear
from polysense.read.solid import decode as media
from polysense.types import Part

Floats = NDArray[np.float64]

_TEXTURE = 2048
"""Pixels along a texture's side where it is tinted."""
_ROW = 6
_METRES = {
    "millimeters": 0.001,
    "millimeter": 0.001,
    "mm": 0.001,
    "centimeters": 0.01,
    "centimeter": 0.01,
    "cm": 0.01,
    "inches": 0.0254,
    "inch": 0.0254,
    "in": 0.0254,
    "feet": 0.3048,
    "foot": 0.3048,
}
_LIGHT = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True, eq=False)
class Thing:
    """A model's pieces (trimesh.Trimesh, each at its place), by name; +Y up. note says what reading
    it changed.
    """

    name: str
    pieces: tuple[tuple[str, Any], ...]
    note: str = ""

    @property
    def faces(self) -> int:
        """Of all pieces."""
        return sum(len(p.faces) for _, p in self.pieces)

    @property
    def bounds(self) -> Floats:
        """The lower and the upper corner."""
        corners = np.array([p.bounds for _, p in self.pieces])
        return np.stack([corners[:, 0].min(0), corners[:, 1].max(0)])


def is_glb(part: Part) -> bool:
    """Whether its bytes are binary glTF already."""
    return _kind(part) == "glb"


def _kind(part: Part) -> str:
    name = part.data.name if isinstance(part.data, Path) else part.name
    return media.KINDS.get(part.mime) or name.rsplit(".", 1)[-1].lower()


def opened(part: Part, name: str) -> Thing:
    """The model, or the node that the part's span names. Raises what `media.mesh.load` does."""
    seen = media.load(part)  # refuses what is broken or too large before trimesh reads it again
    if is_glb(part):
        pieces = _own(part, seen)
        if sum(len(p.faces) for _, p in pieces) == len(seen.faces):
            return Thing(name, tuple(pieces))
    thing = Thing(name, tuple(_plain(seen)))
    if is_glb(part):
        return thing
    note = "converted to glTF" + ("" if seen.up == "y" else ", turned Y up")
    unit = _METRES.get(seen.units.lower(), 0.0) or (
        0.001 if _kind(part) == "stl" and seen.extents.max() > 5 else 1.0
    )
    if unit != 1.0:
        matrix = np.diag([unit, unit, unit, 1.0])
        thing, note = (
            moved(thing, matrix),
            f"{note}, its numbers taken as {'millimetres' if unit == 0.001 else seen.units}",
        )
    return replace(thing, note=note)


def _own(part: Part, seen: media.Mesh) -> list[tuple[str, Any]]:
    """The file's geometry with its own materials."""
    import trimesh

    raw = part.data.read_bytes() if isinstance(part.data, Path) else part.data
    scene = trimesh.load(io.BytesIO(raw), file_type="glb", force="scene", process=False)
    wanted = part.span.node if part.span.node not in (None, seen.root, media.WHOLE) else None
    parents = {child: above for above, child in scene.graph.transforms.edge_data}
    pieces = []
    for node in scene.graph.nodes_geometry:
        matrix, geometry = scene.graph[node]
        if wanted is not None and wanted not in (str(node), str(geometry), str(parents.get(node))):
            continue
        made = scene.geometry[geometry].copy()
        if len(getattr(made, "faces", ())):
            made.apply_transform(matrix)
            pieces.append((str(node), made))
    return pieces


def _plain(seen: media.Mesh) -> list[tuple[str, Any]]:
    """Geometry made anew of triangles, colours and textures, as formats other than GLB have them."""
    pieces = []
    for i, piece in enumerate(seen.pieces):
        for k in np.unique(seen.skin[seen.owner == i]):
            own = seen.only((seen.owner == i) & (seen.skin == k))
            if len(own.faces):
                pieces.append((piece.name or seen.root, _skinned(own, int(k), piece.material)))
    return pieces


def _skinned(own: media.Mesh, skin: int, material: str) -> Any:
    import trimesh
    from PIL import Image
    from trimesh.visual import TextureVisuals
    from trimesh.visual.material import PBRMaterial

    corners = own.corners.reshape(-1, 3)
    one = bool((corners == corners[0]).all())
    loose = trimesh.Trimesh(
        own.triangles.reshape(-1, 3), np.arange(len(corners)).reshape(-1, 3), process=False
    )
    if skin >= 0 and own.uv is not None:
        texture = Image.fromarray(own.textures[skin])
        factor = [*linear(corners[0]), 1.0]
        held = PBRMaterial(
            name=material or None,
            baseColorTexture=texture,
            baseColorFactor=factor,
            metallicFactor=0.0,
            roughnessFactor=0.8,
        )
        loose.visual = TextureVisuals(uv=own.uv.reshape(-1, 2), material=held)
        return loose
    if one:
        whole = trimesh.Trimesh(own.vertices, own.faces, process=False)
        whole.merge_vertices()
        held = PBRMaterial(
            name=material or None,
            baseColorFactor=[*linear(corners[0]), 1.0],
            metallicFactor=0.0,
            roughnessFactor=0.8,
        )
        whole.visual = TextureVisuals(material=held)
        return whole
    loose.visual.vertex_colors = np.rint(
        255 * np.concatenate([linear(corners), np.ones((len(corners), 1))], 1)
    ).astype(np.uint8)
    return loose


def scaled(thing: Thing, factor: float) -> Thing:
    """Larger or smaller about the middle of its foot."""
    low, high = thing.bounds
    foot = np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])
    matrix = np.eye(4)
    matrix[:3, :3] *= factor
    matrix[:3, 3] = foot * (1 - factor)
    return moved(thing, matrix)


def moved(thing: Thing, matrix: Floats) -> Thing:
    """Under a transformation (4, 4)."""
    return replace(
        thing, pieces=tuple((n, p.copy().apply_transform(matrix)) for n, p in thing.pieces)
    )


def tinted(thing: Thing, rgb: tuple[int, int, int]) -> Thing:
    """In one colour (sRGB); what was darker than the rest stays darker, so that its parts and its
    drawing can be told.
    """
    brightest = max((_brightness(p) for _, p in thing.pieces), default=1.0) or 1.0
    return replace(
        thing,
        pieces=tuple(
            (n, _tint(p.copy(), np.array(rgb, float), brightest)) for n, p in thing.pieces
        ),
    )


def _shade(light: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(0.5 + 0.5 * np.clip(light, 0, 1))


def _factor(material: Any) -> Floats:
    """A material's colour, linear, 0..1, with alpha."""
    held = getattr(material, "baseColorFactor", None)
    if held is None:
        return np.ones(4)
    values = np.asarray(held, np.float64)
    values = values / 255 if np.asarray(held).dtype.kind in "ui" else values
    return np.append(values, 1.0)[:4] if len(values) == 3 else values


def _brightness(piece: Any) -> float:
    material = getattr(piece.visual, "material", None)
    if material is None:
        return float((np.asarray(piece.visual.vertex_colors)[:, :3] / 255 @ _LIGHT).max(initial=0))
    return (
        1.0
        if getattr(material, "baseColorTexture", None) is not None
        else float(_factor(material)[:3] @ _LIGHT)
    )


def _tint(piece: Any, rgb: Floats, brightest: float) -> Any:
    from trimesh.visual.material import PBRMaterial

    material = getattr(piece.visual, "material", None)
    if material is None:
        light = np.asarray(piece.visual.vertex_colors)[:, :3] / 255 @ _LIGHT
        shown = linear(rgb)[None] * _shade(light / brightest)[:, None]
        alpha = np.asarray(piece.visual.vertex_colors)[:, 3:]
        piece.visual.vertex_colors = np.concatenate(
            [np.rint(255 * shown).astype(np.uint8), alpha], axis=1
        )
        return piece
    held = material.copy() if isinstance(material, PBRMaterial) else material.to_pbr()
    texture, clear = getattr(held, "baseColorTexture", None), float(_factor(held)[3])
    if texture is not None:
        held.baseColorTexture = _tinted_picture(texture, rgb)
        held.baseColorFactor = [1.0, 1.0, 1.0, clear]
    else:
        own = np.asarray(_factor(held)[:3] @ _LIGHT / brightest)
        held.baseColorFactor = [*(linear(rgb) * _shade(own)), clear]
    piece.visual.material = held
    attributes = getattr(piece.visual, "vertex_attributes", {})
    if "color" in attributes:
        del attributes["color"]
    return piece


def _tinted_picture(texture: Any, rgb: Floats) -> Any:
    from PIL import Image

    picture = texture.convert("RGBA")
    picture.thumbnail((_TEXTURE, _TEXTURE))
    seen = np.asarray(picture).astype(np.float64)
    light = seen[..., :3] @ _LIGHT
    light /= max(float(np.percentile(light, 98)), 1.0)
    seen[..., :3] = rgb * _shade(light)[..., None]
    return Image.fromarray(np.rint(seen).clip(0, 255).astype(np.uint8), "RGBA")


def beside(things: Sequence[Thing]) -> list[Thing]:
    """On the ground, side by side in their order, in rows of six with air between; centred on the
    origin.
    """
    widths = [float(np.ptp(t.bounds, axis=0)[0]) for t in things]
    air = 0.12 * max(
        float(np.median(widths)),
        max(float(np.ptp(t.bounds, axis=0).max()) for t in things) / 4,
        1e-9,
    )
    placed, back = [], 0.0
    for start in range(0, len(things), _ROW):
        row, x = things[start : start + _ROW], 0.0
        depth = max(float(np.ptp(t.bounds, axis=0)[2]) for t in row)
        total = sum(widths[start : start + _ROW]) + air * (len(row) - 1)
        for t, wide in zip(row, widths[start:], strict=False):
            low, high = t.bounds
            matrix = np.eye(4)
            matrix[:3, 3] = (
                x - total / 2 - low[0],
                -low[1],
                back - depth / 2 - (low[2] + high[2]) / 2,
            )
            placed.append(moved(t, matrix))
            x += wide + air
        back -= depth + 2 * air
    middle = np.eye(4)
    middle[2, 3] = -(back + 2 * air) / 2
    return [moved(t, middle) for t in placed]


def written(things: Sequence[Thing], title: str) -> bytes:
    """As one GLB, a node for each piece under a node for each thing."""
    import trimesh

    scene = trimesh.Scene(base_frame=title)
    taken: set[str] = set()

    def free(name: str) -> str:
        n, said = 1, name
        while said in taken:
            n += 1
            said = f"{name} {n}"
        taken.add(said)
        return said

    free(title)
    for thing in things:
        above = title
        if len(things) > 1:
            above = free(thing.name)
            scene.graph.update(frame_to=above, frame_from=title)
        for name, piece in thing.pieces:
            called = free(name if name != title else f"{name} surface")
            scene.add_geometry(piece, node_name=called, geom_name=called, parent_node_name=above)
    return bytes(scene.export(file_type="glb"))
