"""Pictures of places: the answer in images to just that place, kept in the library's cache."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from polysense.errors import NotFound
from polysense.generate.routes import candidate_routes
from polysense.generate.run_route import run_route
from polysense.generate.whole_evidence import whole_chunk_evidence
from polysense.ingest.cache import with_local_file
from polysense.read.file.archive import local_path
from polysense.read.image import decode
from polysense.serve.library_pool import PoolEntry
from polysense.types import Asset, Chunk, Hit, Modality, Part, Span

WAVEFORM_BARS = 240
"""Stretches of a waveform: about one for every three pixels of the player."""

MOST_FACES = 150_000
"""Faces of a model that a browser is sent; judged, not measured."""

_PEAK_RATE = 8000  # samples a second are enough for a picture of a sound

PICTURE_VERSION = 1
"""Counts up when pictures come out otherwise."""


def cached_file(entry: PoolEntry, key: str, ending: str, make_bytes: Callable[[], bytes]) -> Path:
    """A file of the cache, made when it is not there."""
    name = hashlib.sha256(f"{PICTURE_VERSION} {key}".encode()).hexdigest()[:32] + ending
    path = entry.library.cache / "pictures" / name[:2] / name
    if not path.is_file():
        data = make_bytes()
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{name}.{os.getpid()}.{id(data)}")
        temporary.write_bytes(data)
        os.replace(temporary, path)
    return path


def asset_file(entry: PoolEntry, asset: Asset) -> Path:
    """Where the bytes of a file of the library are, unpacked from its archive. Raises NotFound."""
    is_there = asset.path is not None and asset.path.is_file()
    if is_there and asset.path is not None and asset.path.stat().st_size != asset.size:
        raise NotFound(
            f"{asset.name} is another file than the one that was indexed", "Index its folder again."
        )
    path = (
        asset.path
        if is_there and asset.path is not None
        else local_path(asset.uri, entry.library.cache)
    )
    if not path.is_file():
        raise NotFound(f"{asset.name} is no longer where it was", "Index its folder again.")
    return path


def get_asset(entry: PoolEntry, id: str) -> Asset:
    """Raises NotFound."""
    asset = entry.library.catalogue.asset(id) if entry.library.exists else None
    if asset is None:
        raise NotFound(
            f"the library does not hold {id}",
            f"List what it holds: GET /api/libraries/{entry.name}/assets",
        )
    return asset


def picture(entry: PoolEntry, chunk: Chunk, longest: int) -> Path:
    """A chunk as a picture (PNG), by the best way there is. Raises NotFound where there is none."""

    def render_png() -> bytes:
        for part in _image_parts(entry, with_local_file(chunk, entry.library.cache)):
            if part.data is not None:
                return decode.png(decode.pixels(replace(part, span=part.span or Span()), longest))
        raise NotFound(
            f"there is no picture of {chunk.asset.name}, {chunk.span}", "Ask for its content."
        )

    return cached_file(entry, f"chunk {chunk.id} {longest}", ".png", render_png)


def glb(path: Path, mime: str) -> bytes:
    """A model as GLB: its parts are nodes of their names, its textures colours of corners."""
    import numpy as np

    from polysense.make.solid import gltf
    from polysense.read.solid import decode as mesh_decode

    if mime == "model/gltf-binary":
        return path.read_bytes()
    model = mesh_decode.simplify(mesh_decode.load(Part("3d", path, mime, path.name)), MOST_FACES)
    solids = []
    for n, piece in enumerate(model.pieces):
        faces = np.flatnonzero(model.piece_index == n)
        if len(faces):
            colors = mesh_decode.colours_at(
                model, np.repeat(faces, 3), np.tile(np.eye(3), (len(faces), 1))
            )
            corners = model.triangles[faces].reshape(-1, 3)
            solids.append(
                gltf.Solid(
                    piece.name or path.name,
                    corners,
                    np.arange(len(corners)).reshape(-1, 3),
                    colors.astype(np.uint8),
                )
            )
    return gltf.glb(solids, path.name)


def peaks(path: Path) -> dict[str, float | list[float]]:
    """How loud a recording is: its seconds, and the peak of each of WAVEFORM_BARS stretches.

    Peaks are shares of the loudest.
    """
    import numpy as np

    from polysense.read.sound import decode as audio

    seconds = max(audio.duration(path), 1e-3)
    stretch = max(seconds / WAVEFORM_BARS, 1e-3)
    loudness = [
        float(np.abs(samples).max())
        for _, samples in audio.windows(path, stretch, stretch, _PEAK_RATE)
        if len(samples)
    ]
    loudest = max(loudness, default=0.0) or 1.0
    return {
        "seconds": round(seconds, 3),
        "peaks": [round(h / loudest, 3) for h in loudness[: WAVEFORM_BARS + 1]],
    }


def _image_parts(entry: PoolEntry, chunk: Chunk) -> list[Part]:
    target: Modality = "image"
    if chunk.part is not None and chunk.part.modality == target:
        return [chunk.part]
    evidence = whole_chunk_evidence(Hit(chunk, 1.0), 1)
    for way in candidate_routes(entry.library.kit, chunk.modality, target):
        if result := next(run_route(way, entry.library.kit, (), [evidence], lambda _: None), None):
            return [result.part]
    return []
