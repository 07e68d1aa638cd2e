"""The colours of a scene's geometries: of vertices, faces, materials and textures, gathered corner
by corner.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

TEXTURE = 1024
"""Pixels along the longer side that are kept of a texture."""
PLAIN = 205
"""The grey of what has no colour."""

_MAX_TEXTURES = 64
_MAX_PIXELS = 100_000_000

Pixels = NDArray[np.uint8]


class Paint:
    """Collects the colours of one geometry after another. linear: colours that are no texture are
    linear light, as in glTF.
    """

    def __init__(self, linear: bool) -> None:
        self.painted = self._laid = False
        self._linear = linear
        self._corners: list[Pixels] = []
        self._skin: list[NDArray[np.int32]] = []
        self._uv: list[NDArray[np.float32]] = []
        self._textures: list[Pixels] = []
        # the picture is held, or another could get its id
        self._known: dict[int, tuple[Any, int]] = {}

    def add(self, thing: Any, valid: NDArray[np.bool_]) -> None:
        """The colours of a trimesh geometry's faces where `valid`."""
        faces, visual = np.asarray(thing.faces)[valid], thing.visual
        textured = visual.kind == "texture"
        corners = self._material(visual, faces) if textured else self._plain(visual, faces, valid)
        laid = textured and _fits(visual.uv, faces)
        uv = (
            np.asarray(visual.uv, np.float32)[faces][..., :2]
            if laid
            else np.zeros((len(faces), 3, 2), np.float32)
        )
        self._laid |= laid
        self._uv.append(np.nan_to_num(uv, posinf=0.0, neginf=0.0))
        self._corners.append(corners)
        self._skin.append(
            np.full(len(faces), self._texture(visual.material) if laid else -1, np.int32)
        )

    def done(
        self,
    ) -> tuple[Pixels, NDArray[np.int32], NDArray[np.float32] | None, tuple[Pixels, ...]]:
        """The corners, skin, uv and textures of a Mesh."""
        uv = np.concatenate(self._uv) if self._laid else None
        return np.concatenate(self._corners), np.concatenate(self._skin), uv, tuple(self._textures)

    def _plain(self, visual: Any, faces: NDArray[Any], valid: NDArray[np.bool_]) -> Pixels:
        if visual.kind == "vertex":
            self.painted = True
            return self._shown(np.asarray(visual.vertex_colors)[:, :3][faces])
        if visual.kind == "face":
            self.painted = True
            return self._shown(
                np.repeat(np.asarray(visual.face_colors)[valid][:, None, :3], 3, axis=1)
            )
        return np.full((len(faces), 3, 3), PLAIN, np.uint8)

    def _material(self, visual: Any, faces: NDArray[Any]) -> Pixels:
        """The material's colour, times the vertices' where a glTF has both."""
        from trimesh.visual.color import DEFAULT_COLOR, to_rgba

        material, color = visual.material, np.array([PLAIN] * 3, np.uint8)
        factor = getattr(material, "baseColorFactor", None)
        picture = _picture(material)
        vertex = getattr(visual, "vertex_attributes", {}).get("color")
        if factor is not None:
            color = self._shown(to_rgba(factor)[:3])
        elif picture is not None or vertex is not None:
            color = np.array([255] * 3, np.uint8)
        elif not hasattr(material, "baseColorTexture") and tuple(material.main_color) != tuple(
            DEFAULT_COLOR
        ):
            color = np.asarray(material.main_color[:3], np.uint8)
        self.painted |= bool(
            factor is not None
            or picture is not None
            or vertex is not None
            or (color != PLAIN).any()
        )
        corners = np.broadcast_to(color, (len(faces), 3, 3))
        if vertex is not None and len(vertex) > faces.max(initial=-1):
            tint = self._shown(to_rgba(np.array(vertex))[:, :3])[faces].astype(np.uint16)
            corners = (tint * corners // 255).astype(np.uint8)
        return np.array(corners)

    def _shown(self, color: Any) -> Pixels:
        """sRGB, as textures and screens have it."""
        rgb = np.asarray(color, np.uint8)
        return _SRGB[rgb] if self._linear else rgb

    def _texture(self, material: Any) -> int:
        picture = _picture(material)
        if picture is None:
            return -1
        if id(picture) not in self._known:
            pixels = _decode(picture) if len(self._textures) < _MAX_TEXTURES else None
            if pixels is not None:
                self._textures.append(pixels)
            self._known[id(picture)] = (
                picture,
                len(self._textures) - 1 if pixels is not None else -1,
            )
        return self._known[id(picture)][1]


def cloud_colors(cloud: Any, keep: NDArray[np.int64]) -> Pixels | None:
    """The RGB of the points `keep` of a trimesh point cloud, None where it has no colours."""
    colors = getattr(cloud, "colors", None)
    if colors is None or len(np.shape(colors)) != 2 or len(colors) != len(cloud.vertices):
        return None
    return np.asarray(colors, np.uint8)[keep, :3]


def _picture(material: Any) -> Any:
    picture = getattr(material, "baseColorTexture", None) or getattr(material, "image", None)
    # trimesh stands in a picture of its own, of no format, for none
    return picture if getattr(picture, "format", None) else None


def _fits(uv: Any, faces: NDArray[Any]) -> bool:
    return (
        uv is not None
        and len(np.shape(uv)) == 2
        and np.shape(uv)[1] >= 2
        and len(uv) > faces.max(initial=-1)
    )


def _decode(picture: Any) -> Pixels | None:
    """A texture's pixels, made smaller; None for what is too large or broken: the model is shown
    without it.
    """
    if picture.width * picture.height > _MAX_PIXELS:
        return None
    try:
        picture.draft("RGB", (TEXTURE, TEXTURE))
        picture = picture.convert("RGB")
        picture.thumbnail((TEXTURE, TEXTURE))
        return np.asarray(picture)
    except Exception:  # noqa: BLE001 - a broken picture must not lose the shape it is painted on
        return None


_LIGHT = np.linspace(0, 1, 256)
_SRGB = np.rint(
    255 * np.where(_LIGHT <= 0.0031308, 12.92 * _LIGHT, 1.055 * _LIGHT ** (1 / 2.4) - 0.055)
).astype(np.uint8)
_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = np.array([0.9505, 1.0, 1.089])


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIE L*a*b* of sRGB colours (n, 3), 0..255: distances there are about as large as they look.

    >>> lab(np.array([[255.0, 255, 255], [0, 0, 0]])).round().astype(int).tolist()
    [[100, 0, 0], [0, 0, 0]]
    """
    v = np.clip(rgb, 0, 255) / 255
    xyz = np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4) @ _TO_XYZ.T / _WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1
    )
