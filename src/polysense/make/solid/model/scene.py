"""Models as trimesh geometry that keeps materials and textures.

They are read safely, scaled, tinted, set side by side, written as GLB.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.make.solid.gltf import srgb_to_linear
from polysense.read.solid import decode as mesh_decode
from polysense.types import Part

Floats = NDArray[np.float64]

_MAX_TEXTURE = 2048
"""Pixels along a texture's side where it is tinted."""

_ROW_LENGTH, _GAP_SHARE = 6, 0.12
"""Models of a row, and the air between them as a share of their width."""

_PRINT_SIZE = 5
"""An STL is larger than this only in millimetres: nobody prints five metres."""

_UNIT_METRES = {
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
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True, eq=False)
class SceneObject:
    """A model's pieces (trimesh.Trimesh, each at its place), by name; +Y up.

    note says what reading it changed.
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
    return _file_format(part) == "glb"


def _file_format(part: Part) -> str:
    name = part.data.name if isinstance(part.data, Path) else part.name
    return mesh_decode.FORMATS.get(part.mime) or name.rsplit(".", 1)[-1].lower()


def load_object(part: Part, name: str) -> SceneObject:
    """The model, or the node that the part's span names. Raises what `mesh_decode.load` does."""
    # refuses what is broken or too large before trimesh reads it again
    mesh = mesh_decode.load(part)
    if is_glb(part):
        pieces = _glb_pieces(part, mesh)
        if sum(len(p.faces) for _, p in pieces) == len(mesh.faces):
            return SceneObject(name, tuple(pieces))
    scene_object = SceneObject(name, tuple(_triangle_pieces(mesh)))
    if is_glb(part):
        return scene_object
    note = "converted to glTF" + ("" if mesh.up == "y" else ", turned Y up")
    unit = _UNIT_METRES.get(mesh.units.lower(), 0.0) or (
        0.001 if _file_format(part) == "stl" and mesh.extents.max() > _PRINT_SIZE else 1.0
    )
    if unit != 1.0:
        matrix = np.diag([unit, unit, unit, 1.0])
        scene_object, note = (
            transform(scene_object, matrix),
            f"{note}, its numbers taken as {'millimetres' if unit == 0.001 else mesh.units}",
        )
    return replace(scene_object, note=note)


def _glb_pieces(part: Part, mesh: mesh_decode.Mesh) -> list[tuple[str, Any]]:
    """The file's geometry with its own materials."""
    import trimesh

    raw = part.data.read_bytes() if isinstance(part.data, Path) else part.data
    scene = trimesh.load(io.BytesIO(raw), file_type="glb", force="scene", process=False)
    node_name = (
        part.span.node if part.span.node not in (None, mesh.root, mesh_decode.WHOLE_NODE) else None
    )
    parents = {child: parent for parent, child in scene.graph.transforms.edge_data}
    pieces = []
    for node in scene.graph.nodes_geometry:
        matrix, geometry = scene.graph[node]
        if node_name is not None and node_name not in (
            str(node),
            str(geometry),
            str(parents.get(node)),
        ):
            continue
        piece = scene.geometry[geometry].copy()
        if len(getattr(piece, "faces", ())):
            piece.apply_transform(matrix)
            pieces.append((str(node), piece))
    return pieces


def _triangle_pieces(mesh: mesh_decode.Mesh) -> list[tuple[str, Any]]:
    """Geometry made anew of triangles, colours and textures, of formats other than GLB."""
    pieces = []
    for i, piece in enumerate(mesh.pieces):
        for k in np.unique(mesh.texture_index[mesh.piece_index == i]):
            surface = mesh.select_faces((mesh.piece_index == i) & (mesh.texture_index == k))
            if len(surface.faces):
                pieces.append(
                    (piece.name or mesh.root, _textured_piece(surface, int(k), piece.material))
                )
    return pieces


def _textured_piece(surface: mesh_decode.Mesh, texture_index: int, material: str) -> Any:
    import trimesh
    from PIL import Image
    from trimesh.visual import TextureVisuals
    from trimesh.visual.material import PBRMaterial

    corners = surface.corner_colours.reshape(-1, 3)
    is_one_color = bool((corners == corners[0]).all())
    separate_faces = trimesh.Trimesh(
        surface.triangles.reshape(-1, 3), np.arange(len(corners)).reshape(-1, 3), process=False
    )
    if texture_index >= 0 and surface.uv is not None:
        texture = Image.fromarray(surface.textures[texture_index])
        factor = [*srgb_to_linear(corners[0]), 1.0]
        pbr = PBRMaterial(
            name=material or None,
            baseColorTexture=texture,
            baseColorFactor=factor,
            metallicFactor=0.0,
            roughnessFactor=0.8,
        )
        separate_faces.visual = TextureVisuals(uv=surface.uv.reshape(-1, 2), material=pbr)
        return separate_faces
    if is_one_color:
        mesh = trimesh.Trimesh(surface.vertices, surface.faces, process=False)
        mesh.merge_vertices()
        pbr = PBRMaterial(
            name=material or None,
            baseColorFactor=[*srgb_to_linear(corners[0]), 1.0],
            metallicFactor=0.0,
            roughnessFactor=0.8,
        )
        mesh.visual = TextureVisuals(material=pbr)
        return mesh
    separate_faces.visual.vertex_colors = np.rint(
        255 * np.concatenate([srgb_to_linear(corners), np.ones((len(corners), 1))], 1)
    ).astype(np.uint8)
    return separate_faces


def scale(scene_object: SceneObject, factor: float) -> SceneObject:
    """Larger or smaller about the middle of its foot."""
    low, high = scene_object.bounds
    foot = np.array([(low[0] + high[0]) / 2, low[1], (low[2] + high[2]) / 2])
    matrix = np.eye(4)
    matrix[:3, :3] *= factor
    matrix[:3, 3] = foot * (1 - factor)
    return transform(scene_object, matrix)


def transform(scene_object: SceneObject, matrix: Floats) -> SceneObject:
    """Under a transformation (4, 4)."""
    return replace(
        scene_object,
        pieces=tuple((n, p.copy().apply_transform(matrix)) for n, p in scene_object.pieces),
    )


def tint(scene_object: SceneObject, rgb: tuple[int, int, int]) -> SceneObject:
    """In one colour (sRGB).

    What was darker than the rest stays darker, so that parts and drawing can be told.
    """
    brightest = max((_brightness(p) for _, p in scene_object.pieces), default=1.0) or 1.0
    return replace(
        scene_object,
        pieces=tuple(
            (n, _tint_piece(p.copy(), np.array(rgb, float), brightest))
            for n, p in scene_object.pieces
        ),
    )


def _shade_factor(light: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(0.5 + 0.5 * np.clip(light, 0, 1))


def _base_color(material: Any) -> Floats:
    """A material's colour, linear, 0..1, with alpha."""
    factor = getattr(material, "baseColorFactor", None)
    if factor is None:
        return np.ones(4)
    values = np.asarray(factor, np.float64)
    values = values / 255 if np.asarray(factor).dtype.kind in "ui" else values
    return np.append(values, 1.0)[:4] if len(values) == 3 else values


def _brightness(piece: Any) -> float:
    material = getattr(piece.visual, "material", None)
    if material is None:
        return float(
            (np.asarray(piece.visual.vertex_colors)[:, :3] / 255 @ _LUMINANCE).max(initial=0)
        )
    return (
        1.0
        if getattr(material, "baseColorTexture", None) is not None
        else float(_base_color(material)[:3] @ _LUMINANCE)
    )


def _tint_piece(piece: Any, rgb: Floats, brightest: float) -> Any:
    from trimesh.visual.material import PBRMaterial

    material = getattr(piece.visual, "material", None)
    if material is None:
        light = np.asarray(piece.visual.vertex_colors)[:, :3] / 255 @ _LUMINANCE
        colors = srgb_to_linear(rgb)[None] * _shade_factor(light / brightest)[:, None]
        alpha = np.asarray(piece.visual.vertex_colors)[:, 3:]
        piece.visual.vertex_colors = np.concatenate(
            [np.rint(255 * colors).astype(np.uint8), alpha], axis=1
        )
        return piece
    pbr = material.copy() if isinstance(material, PBRMaterial) else material.to_pbr()
    texture, alpha_factor = getattr(pbr, "baseColorTexture", None), float(_base_color(pbr)[3])
    if texture is not None:
        pbr.baseColorTexture = _tint_texture(texture, rgb)
        pbr.baseColorFactor = [1.0, 1.0, 1.0, alpha_factor]
    else:
        luminance = np.asarray(_base_color(pbr)[:3] @ _LUMINANCE / brightest)
        pbr.baseColorFactor = [*(srgb_to_linear(rgb) * _shade_factor(luminance)), alpha_factor]
    piece.visual.material = pbr
    attributes = getattr(piece.visual, "vertex_attributes", {})
    if "color" in attributes:
        del attributes["color"]
    return piece


def _tint_texture(texture: Any, rgb: Floats) -> Any:
    from PIL import Image

    picture = texture.convert("RGBA")
    picture.thumbnail((_MAX_TEXTURE, _MAX_TEXTURE))
    pixels = np.asarray(picture).astype(np.float64)
    light = pixels[..., :3] @ _LUMINANCE
    light /= max(float(np.percentile(light, 98)), 1.0)
    pixels[..., :3] = rgb * _shade_factor(light)[..., None]
    return Image.fromarray(np.rint(pixels).clip(0, 255).astype(np.uint8), "RGBA")


def arrange_side_by_side(objects: Sequence[SceneObject]) -> list[SceneObject]:
    """On the ground, side by side in their order, in rows with air between, about the origin."""
    widths = [float(np.ptp(t.bounds, axis=0)[0]) for t in objects]
    gap = _GAP_SHARE * max(
        float(np.median(widths)),
        max(float(np.ptp(t.bounds, axis=0).max()) for t in objects) / 4,
        1e-9,
    )
    arrangement, back = [], 0.0
    for start in range(0, len(objects), _ROW_LENGTH):
        row, x = objects[start : start + _ROW_LENGTH], 0.0
        depth = max(float(np.ptp(t.bounds, axis=0)[2]) for t in row)
        total = sum(widths[start : start + _ROW_LENGTH]) + gap * (len(row) - 1)
        for t, width in zip(row, widths[start:], strict=False):
            low, high = t.bounds
            matrix = np.eye(4)
            matrix[:3, 3] = (
                x - total / 2 - low[0],
                -low[1],
                back - depth / 2 - (low[2] + high[2]) / 2,
            )
            arrangement.append(transform(t, matrix))
            x += width + gap
        back -= depth + 2 * gap
    middle = np.eye(4)
    middle[2, 3] = -(back + 2 * gap) / 2
    return [transform(t, middle) for t in arrangement]


def to_glb(objects: Sequence[SceneObject], title: str) -> bytes:
    """As one GLB, a node for each piece under a node for each object."""
    import trimesh

    scene = trimesh.Scene(base_frame=title)
    used_names: set[str] = set()

    def unique_name(name: str) -> str:
        n, candidate = 1, name
        while candidate in used_names:
            n += 1
            candidate = f"{name} {n}"
        used_names.add(candidate)
        return candidate

    unique_name(title)
    for scene_object in objects:
        parent = title
        if len(objects) > 1:
            parent = unique_name(scene_object.name)
            scene.graph.update(frame_to=parent, frame_from=title)
        for name, piece in scene_object.pieces:
            node_name = unique_name(name if name != title else f"{name} surface")
            scene.add_geometry(
                piece, node_name=node_name, geom_name=node_name, parent_node_name=parent
            )
    return bytes(scene.export(file_type="glb"))
