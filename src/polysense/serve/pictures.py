"""Pictures of places: what the library answers in images when asked for just that place, kept in
its cache.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from polysense.errors import NotFound
from polysense.generate.evidence import whole
from polysense.generate.routes import ways
from polysense.generate.run_route import make
from polysense.ingest.cache import readable
from polysense.read.file.archive import local
from polysense.read.image import decode
from polysense.serve.library_pool import Held
from polysense.types import Asset, Chunk, Hit, Modality, Part, Span

BARS = 240
"""Stretches of a waveform."""

FACES = 150_000
"""Faces that a browser is sent."""

_COARSE = 8000  # samples a second are enough for a picture of a sound

VERSION = 1
"""Counts up when pictures come out otherwise."""


def kept(held: Held, key: str, ending: str, made: Callable[[], bytes]) -> Path:
    """A file of the cache, made when it is not there."""
    name = hashlib.sha256(f"{VERSION} {key}".encode()).hexdigest()[:32] + ending
    path = held.library.cache / "pictures" / name[:2] / name
    if not path.is_file():
        data = made()
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f".{name}.{os.getpid()}.{id(data)}")
        new.write_bytes(data)
        os.replace(new, path)
    return path


def file(held: Held, asset: Asset) -> Path:
    """Where the bytes of a file of the library are; a member of an archive is unpacked. Raises
    NotFound.
    """
    there = asset.path is not None and asset.path.is_file()
    if there and asset.path is not None and asset.path.stat().st_size != asset.size:
        raise NotFound(
            f"{asset.name} is another file than the one that was indexed", "Index its folder again."
        )
    found = asset.path if there and asset.path is not None else local(asset.uri, held.library.cache)
    if not found.is_file():
        raise NotFound(f"{asset.name} is no longer where it was", "Index its folder again.")
    return found


def held_asset(held: Held, id: str) -> Asset:
    """Raises NotFound."""
    found = held.library.catalogue.asset(id) if held.library.exists else None
    if found is None:
        raise NotFound(
            f"the library does not hold {id}",
            f"List what it holds: GET /api/libraries/{held.name}/assets",
        )
    return found


def picture(held: Held, chunk: Chunk, longest: int) -> Path:
    """A chunk as a picture (PNG), by the best way there is. Raises NotFound where there is none."""

    def made() -> bytes:
        for part in _ways(held, readable(chunk, held.library.cache)):
            if part.data is not None:
                return decode.png(decode.pixels(replace(part, span=part.span or Span()), longest))
        raise NotFound(
            f"there is no picture of {chunk.asset.name}, {chunk.span}", "Ask for its content."
        )

    return kept(held, f"chunk {chunk.id} {longest}", ".png", made)


def glb(path: Path, mime: str) -> bytes:
    """A model as GLB; one that is GLB as it is. Its parts are nodes of their names, its textures
    become colours of corners.
    """
    import numpy as np

    from polysense.make.solid import gltf
    from polysense.read.solid import decode as mesh

    if mime == "model/gltf-binary":
        return path.read_bytes()
    found = mesh.simplified(mesh.load(Part("3d", path, mime, path.name)), FACES)
    solids = []
    for n, piece in enumerate(found.pieces):
        faces = np.flatnonzero(found.owner == n)
        if len(faces):
            paint = mesh.colors(found, np.repeat(faces, 3), np.tile(np.eye(3), (len(faces), 1)))
            corners = found.triangles[faces].reshape(-1, 3)
            solids.append(
                gltf.Solid(
                    piece.name or path.name,
                    corners,
                    np.arange(len(corners)).reshape(-1, 3),
                    paint.astype(np.uint8),
                )
            )
    return gltf.glb(solids, path.name)


def peaks(path: Path) -> dict[str, float | list[float]]:
    """How loud a recording is: its seconds, and the loudest sample of each of BARS stretches, as
    shares of the loudest of all.
    """
    import numpy as np

    from polysense.read.sound import decode as audio

    seconds = max(audio.duration(path), 1e-3)
    stretch = max(seconds / BARS, 1e-3)
    heard = [
        float(np.abs(samples).max())
        for _, samples in audio.windows(path, stretch, stretch, _COARSE)
        if len(samples)
    ]
    loudest = max(heard, default=0.0) or 1.0
    return {
        "seconds": round(seconds, 3),
        "peaks": [round(h / loudest, 3) for h in heard[: BARS + 1]],
    }


def _ways(held: Held, chunk: Chunk) -> list[Part]:
    wanted: Modality = "image"
    if chunk.part is not None and chunk.part.modality == wanted:
        return [chunk.part]
    evidence = whole(Hit(chunk, 1.0), 1)
    for way in ways(held.library.kit, chunk.modality, wanted):
        if found := next(make(way, held.library.kit, (), [evidence], lambda _: None), None):
            return [found.part]
    return []
