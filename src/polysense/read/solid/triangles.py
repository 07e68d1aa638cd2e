"""The triangles of a 3D model, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polysense.read.solid.colours import PLAIN, Pixels

# the mean of unit normals is this long where the faces around a corner differ by some 40 degrees
_AGREE = 0.93

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Piece(NamedTuple):
    """A named part of a model. Pieces that are one shape at several places share `shape`."""

    name: str
    shape: str
    material: str = ""


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles of a whole model, Y up, each with the piece that it belongs to and its colours."""

    vertices: Floats
    faces: Ints
    owner: NDArray[np.int32]
    """(faces,), an index into pieces."""
    corners: Pixels
    """(faces, 3, 3): the RGB of each corner, which multiplies its texture's."""
    skin: NDArray[np.int32]
    """(faces,), an index into textures; -1 for none."""
    uv: NDArray[np.float32] | None = None
    """(faces, 3, 2): where in its texture each corner lies, from the lower left, repeating beyond
    0..1; known even if that is lost.
    """
    textures: tuple[Pixels, ...] = ()
    pieces: tuple[Piece, ...] = ()
    root: str = "model"
    up: str = "y"
    """The axis that is up in the file."""
    units: str = ""
    notes: str = ""
    """Who made it, with what, and what they wrote inside."""
    painted: bool = False
    points: bool = False
    """It was a cloud of points, each of which is three small triangles now."""

    @classmethod
    def plain(cls, vertices: Floats, faces: Ints) -> Mesh:
        """Triangles without names or colours."""
        grey, none = np.full((len(faces), 3, 3), PLAIN, np.uint8), np.full(len(faces), -1, np.int32)
        return cls(
            vertices, faces, np.zeros(len(faces), np.int32), grey, none, pieces=(Piece("", ""),)
        )

    @cached_property
    def triangles(self) -> Floats:
        """(faces, 3, 3): the corners of each face."""
        return self.vertices[self.faces]

    @cached_property
    def crosses(self) -> Floats:
        """(faces, 3): each face's normal, twice its area long."""
        a, b, c = self.triangles.swapaxes(0, 1)
        return np.cross(b - a, c - a)

    @cached_property
    def areas(self) -> Floats:
        """(faces,)"""
        return np.asarray(np.linalg.norm(self.crosses, axis=1) / 2)

    @cached_property
    def welded(self) -> Ints:
        """(faces, 3): ids of places, so that corners at one place share one, whatever seams the
        file has.
        """
        low = self.vertices.min(0)
        step = max(float(np.ptp(self.vertices, axis=0).max()), 1e-30) / (1 << 20)
        x, y, z = np.rint((self.vertices - low) / step).astype(np.int64).T
        ids = np.unique(x << 42 | y << 21 | z, return_inverse=True)[1]
        return np.asarray(ids.reshape(-1)[self.faces])

    @cached_property
    def normals(self) -> Floats:
        """(faces, 3, 3): the direction that the surface has at each corner, smooth where the faces
        around it nearly agree.
        """
        flat = self.crosses / np.maximum(2 * self.areas, 1e-300)[:, None]
        sides = np.roll(self.triangles, -1, 1) - self.triangles
        sides /= np.maximum(np.linalg.norm(sides, axis=2, keepdims=True), 1e-300)
        angles = np.arccos(np.clip(-np.einsum("fkd,fkd->fk", sides, np.roll(sides, 1, 1)), -1, 1))
        ids, weights = self.welded.ravel(), angles.ravel()
        around = np.stack(
            [np.bincount(ids, weights * np.repeat(axis, 3)) for axis in flat.T], axis=1
        )
        long = np.linalg.norm(around, axis=1)
        agree = long > _AGREE * np.bincount(ids, weights)
        smooth = (around / np.maximum(long, 1e-300)[:, None])[self.welded]
        return np.where(agree[self.welded][..., None], smooth, flat[:, None])

    @cached_property
    def watertight(self) -> bool:
        """Whether every edge has a face on either side."""
        ids = self.welded
        ids = ids[(ids != np.roll(ids, 1, 1)).all(1)]
        a, b = np.sort(np.stack([ids, np.roll(ids, -1, 1)]).reshape(2, -1), axis=0)
        counts = np.unique(a << 32 | b, return_counts=True)[1]
        return bool(len(counts)) and not (counts % 2).any()

    @property
    def volume(self) -> float:
        """What a watertight surface encloses: the sum of signed tetrahedra."""
        a, b, c = (self.triangles - self.vertices.mean(0)).swapaxes(0, 1)
        return float(abs(np.einsum("fk,fk->f", a, np.cross(b, c)).sum()) / 6)

    @property
    def extents(self) -> Floats:
        """Width, height and depth."""
        return np.asarray(np.ptp(self.vertices, axis=0))

    def only(self, keep: NDArray[np.bool_]) -> Mesh:
        """The faces in `keep`, and the vertices that they need."""
        used, faces = np.unique(self.faces[keep], return_inverse=True)
        cut = replace(
            self, vertices=self.vertices[used], faces=faces.reshape(-1, 3), owner=self.owner[keep]
        )
        return replace(
            cut,
            corners=self.corners[keep],
            skin=self.skin[keep],
            uv=None if self.uv is None else self.uv[keep],
        )
