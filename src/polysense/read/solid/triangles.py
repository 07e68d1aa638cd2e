"""The triangles of a 3D model, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from polysense.read.solid.colours import DEFAULT_GREY, Pixels

SMOOTH_AGREEMENT = 0.93
"""From this length of the mean of unit normals around a corner the surface is smooth there: the
faces differ by some 40 degrees then.
"""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Piece(NamedTuple):
    """A named part of a model. Pieces that are one shape at several places share `shape_name`."""

    name: str
    shape_name: str
    material: str = ""


@dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles of a whole model, Y up, each with the piece that it belongs to and its colours."""

    vertices: Floats
    faces: Ints
    piece_index: NDArray[np.int32]
    """(faces,), an index into pieces."""
    corner_colours: Pixels
    """(faces, 3, 3): the RGB of each corner, which multiplies its texture's."""
    texture_index: NDArray[np.int32]
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
    has_colours: bool = False
    is_point_cloud: bool = False
    """It was a cloud of points, each of which is three small triangles now."""

    @classmethod
    def plain(cls, vertices: Floats, faces: Ints) -> Mesh:
        """Triangles without names or colours."""
        count = len(faces)
        grey, no_texture = np.full((count, 3, 3), DEFAULT_GREY, np.uint8), np.full(count, -1)
        return cls(
            vertices,
            faces,
            np.zeros(count, np.int32),
            grey,
            no_texture.astype(np.int32),
            pieces=(Piece("", ""),),
        )

    @cached_property
    def triangles(self) -> Floats:
        """(faces, 3, 3): the corners of each face."""
        return self.vertices[self.faces]

    @cached_property
    def cross_products(self) -> Floats:
        """(faces, 3): each face's normal, twice its area long."""
        a, b, c = self.triangles.swapaxes(0, 1)
        return np.cross(b - a, c - a)

    @cached_property
    def areas(self) -> Floats:
        """(faces,)"""
        return np.asarray(np.linalg.norm(self.cross_products, axis=1) / 2)

    @cached_property
    def welded_faces(self) -> Ints:
        """(faces, 3): ids of places: corners at one place share one, whatever seams there are."""
        low = self.vertices.min(0)
        step = max(float(np.ptp(self.vertices, axis=0).max()), 1e-30) / (1 << 20)
        x, y, z = np.rint((self.vertices - low) / step).astype(np.int64).T
        ids = np.unique(x << 42 | y << 21 | z, return_inverse=True)[1]
        return np.asarray(ids.reshape(-1)[self.faces])

    @cached_property
    def normals(self) -> Floats:
        """(faces, 3, 3): the normal at each corner, smooth where the faces around nearly agree."""
        face_normals = self.cross_products / np.maximum(2 * self.areas, 1e-300)[:, None]
        sides = np.roll(self.triangles, -1, 1) - self.triangles
        sides /= np.maximum(np.linalg.norm(sides, axis=2, keepdims=True), 1e-300)
        angles = np.arccos(np.clip(-np.einsum("fkd,fkd->fk", sides, np.roll(sides, 1, 1)), -1, 1))
        ids, weights = self.welded_faces.ravel(), angles.ravel()
        sums = np.stack(
            [np.bincount(ids, weights * np.repeat(axis, 3)) for axis in face_normals.T], axis=1
        )
        lengths = np.linalg.norm(sums, axis=1)
        is_smooth = lengths > SMOOTH_AGREEMENT * np.bincount(ids, weights)
        smooth_normals = (sums / np.maximum(lengths, 1e-300)[:, None])[self.welded_faces]
        return np.where(
            is_smooth[self.welded_faces][..., None], smooth_normals, face_normals[:, None]
        )

    @cached_property
    def watertight(self) -> bool:
        """Whether every edge has a face on either side."""
        ids = self.welded_faces
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
        """Width, height and depth; of a cloud, those of its points, which lie amid triangles."""
        places = self.triangles.mean(axis=1) if self.is_point_cloud else self.vertices
        return np.asarray(np.ptp(places, axis=0))

    def select_faces(self, selection: NDArray[np.bool_]) -> Mesh:
        """The faces where `selection`, and the vertices that they need."""
        vertex_ids, faces = np.unique(self.faces[selection], return_inverse=True)
        subset = replace(
            self,
            vertices=self.vertices[vertex_ids],
            faces=faces.reshape(-1, 3),
            piece_index=self.piece_index[selection],
        )
        return replace(
            subset,
            corner_colours=self.corner_colours[selection],
            texture_index=self.texture_index[selection],
            uv=None if self.uv is None else self.uv[selection],
        )
