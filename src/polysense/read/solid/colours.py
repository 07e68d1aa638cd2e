"""The colours of a scene's geometries, corner by corner, whatever they are given for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_TEXTURE_SIDE = 1024
"""Pixels along the longer side to which a texture is reduced."""

DEFAULT_GREY = 205
"""The grey of what has no colour."""

_MAX_TEXTURES, _MAX_PIXELS = 64, 100_000_000
"""Textures of a model, and pixels of one; further and larger ones are left out."""

Pixels = NDArray[np.uint8]


class ColourCollector:
    """Collects the colours of one geometry after another.

    linear: colours that are no texture are linear light, as in glTF.
    """

    def __init__(self, linear: bool) -> None:
        self.has_colours = self._has_uv = False
        self._is_linear = linear
        self._corner_colours: list[Pixels] = []
        self._texture_indices: list[NDArray[np.int32]] = []
        self._uv: list[NDArray[np.float32]] = []
        self._textures: list[Pixels] = []
        # holds the picture too, or another could get its id
        self._index_by_picture_id: dict[int, tuple[Any, int]] = {}

    def add(self, geometry: Any, is_valid: NDArray[np.bool_]) -> None:
        """The colours of a trimesh geometry's faces where `is_valid`."""
        faces, visual = np.asarray(geometry.faces)[is_valid], geometry.visual
        is_textured = visual.kind == "texture"
        corners = (
            self._material_colours(visual, faces)
            if is_textured
            else self._direct_colours(visual, faces, is_valid)
        )
        has_uv = is_textured and _fits_faces(visual.uv, faces)
        uv = (
            np.asarray(visual.uv, np.float32)[faces][..., :2]
            if has_uv
            else np.zeros((len(faces), 3, 2), np.float32)
        )
        self._has_uv |= has_uv
        self._uv.append(np.nan_to_num(uv, posinf=0.0, neginf=0.0))
        self._corner_colours.append(corners)
        self._texture_indices.append(
            np.full(len(faces), self._texture_index(visual.material) if has_uv else -1, np.int32)
        )

    def result(
        self,
    ) -> tuple[Pixels, NDArray[np.int32], NDArray[np.float32] | None, tuple[Pixels, ...]]:
        """The corner_colours, texture_index, uv and textures of a Mesh."""
        uv = np.concatenate(self._uv) if self._has_uv else None
        corners = np.concatenate(self._corner_colours)
        return corners, np.concatenate(self._texture_indices), uv, tuple(self._textures)

    def _direct_colours(
        self, visual: Any, faces: NDArray[Any], is_valid: NDArray[np.bool_]
    ) -> Pixels:
        """The colours of vertices or faces; grey where there are none."""
        if visual.kind == "vertex":
            self.has_colours = True
            return self._to_srgb(np.asarray(visual.vertex_colors)[:, :3][faces])
        if visual.kind == "face":
            self.has_colours = True
            return self._to_srgb(
                np.repeat(np.asarray(visual.face_colors)[is_valid][:, None, :3], 3, axis=1)
            )
        return np.full((len(faces), 3, 3), DEFAULT_GREY, np.uint8)

    def _material_colours(self, visual: Any, faces: NDArray[Any]) -> Pixels:
        """The material's colour, times the vertices' where a glTF has both."""
        from trimesh.visual.color import DEFAULT_COLOR, to_rgba

        material, color = visual.material, np.array([DEFAULT_GREY] * 3, np.uint8)
        factor = getattr(material, "baseColorFactor", None)
        picture = _texture_image(material)
        vertex = getattr(visual, "vertex_attributes", {}).get("color")
        if factor is not None:
            color = self._to_srgb(to_rgba(factor)[:3])
        elif picture is not None or vertex is not None:
            color = np.array([255] * 3, np.uint8)
        elif not hasattr(material, "baseColorTexture") and tuple(material.main_color) != tuple(
            DEFAULT_COLOR
        ):
            color = np.asarray(material.main_color[:3], np.uint8)
        self.has_colours |= bool(
            factor is not None
            or picture is not None
            or vertex is not None
            or (color != DEFAULT_GREY).any()
        )
        corners = np.broadcast_to(color, (len(faces), 3, 3))
        if vertex is not None and len(vertex) > faces.max(initial=-1):
            tint = self._to_srgb(to_rgba(np.array(vertex))[:, :3])[faces].astype(np.uint16)
            corners = (tint * corners // 255).astype(np.uint8)
        return np.array(corners)

    def _to_srgb(self, color: Any) -> Pixels:
        """sRGB, as textures and screens have it."""
        rgb = np.asarray(color, np.uint8)
        return _SRGB[rgb] if self._is_linear else rgb

    def _texture_index(self, material: Any) -> int:
        picture = _texture_image(material)
        if picture is None:
            return -1
        if id(picture) not in self._index_by_picture_id:
            pixels = _decode_texture(picture) if len(self._textures) < _MAX_TEXTURES else None
            if pixels is not None:
                self._textures.append(pixels)
            self._index_by_picture_id[id(picture)] = (
                picture,
                len(self._textures) - 1 if pixels is not None else -1,
            )
        return self._index_by_picture_id[id(picture)][1]


def cloud_colours(cloud: Any, points: NDArray[np.int64]) -> Pixels | None:
    """The RGB of some points (indices) of a trimesh point cloud; None where it has no colours."""
    colors = getattr(cloud, "colors", None)
    if colors is None or len(np.shape(colors)) != 2 or len(colors) != len(cloud.vertices):
        return None
    return np.asarray(colors, np.uint8)[points, :3]


def _texture_image(material: Any) -> Any:
    """The PIL image of a material's texture; None where it has none."""
    picture = getattr(material, "baseColorTexture", None) or getattr(material, "image", None)
    # trimesh puts a picture of its own, of no format, where there is none
    return picture if getattr(picture, "format", None) else None


def _fits_faces(uv: Any, faces: NDArray[Any]) -> bool:
    """Whether texture coordinates are there for all vertices of the faces."""
    return (
        uv is not None
        and len(np.shape(uv)) == 2
        and np.shape(uv)[1] >= 2
        and len(uv) > faces.max(initial=-1)
    )


def _decode_texture(picture: Any) -> Pixels | None:
    """A texture's pixels, reduced; None where it is too large or broken."""
    if picture.width * picture.height > _MAX_PIXELS:
        return None
    try:
        picture.draft("RGB", (MAX_TEXTURE_SIDE, MAX_TEXTURE_SIDE))
        picture = picture.convert("RGB")
        picture.thumbnail((MAX_TEXTURE_SIDE, MAX_TEXTURE_SIDE))
        return np.asarray(picture)
    except Exception:  # noqa: BLE001 - a broken picture must not lose the shape it is painted on
        return None


_LIGHT = np.linspace(0, 1, 256)
_SRGB = np.rint(
    255 * np.where(_LIGHT <= 0.0031308, 12.92 * _LIGHT, 1.055 * _LIGHT ** (1 / 2.4) - 0.055)
).astype(np.uint8)
