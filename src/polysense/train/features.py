"""What frozen encoders give for the parts of pairs: computed once, kept in a file, resumed."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from polysense.errors import BadConfig, PolysenseError
from polysense.ingest.progress import Progress
from polysense.protocols import Encoder, Vectors
from polysense.types import Part, Role, Space

BATCH = 32
"""Parts that are encoded between two writes: a run that is killed loses so many. Judged."""


def encode_features(
    encoder: Encoder, parts: Sequence[Part], role: Role, store: Path, progress: Progress
) -> Vectors:
    """(n, dim): what an encoder gives for each part; NaN where it finds nothing or cannot read one,
    which is told. Raises BadConfig for a space in which a part has several vectors.
    """
    space = encoder.space
    if space.metric not in ("cosine", "dot"):
        raise BadConfig(
            f"{space.name} has several vectors a thing, and a head takes one",
            "Name an encoder with one vector a thing.",
        )
    with closing(sqlite3.connect(store)) as database:
        database.execute("CREATE TABLE IF NOT EXISTS features (key TEXT PRIMARY KEY, vector BLOB)")
        keys = [_key(space, role, p) for p in parts]
        stored = _read(database, keys)
        missing = [i for i, key in enumerate(keys) if key not in stored]
        stage = f"{space.name} vectors"
        for at in range(0, len(missing), BATCH):
            batch = missing[at : at + BATCH]
            rows = _encode(encoder, [parts[i] for i in batch], role, progress)
            values = [(keys[i], r.tobytes()) for i, r in zip(batch, rows, strict=True)]
            with database:
                database.executemany("INSERT OR REPLACE INTO features VALUES (?, ?)", values)
            stored |= {keys[i]: row for i, row in zip(batch, rows, strict=True)}
            progress.step(stage, at + len(batch), len(missing))
    if not keys:
        return np.empty((0, space.dim), np.float32)
    return np.stack([stored[key] for key in keys])


def _key(space: Space, role: Role, part: Part) -> str:
    return f"{space.name} {space.revision} {role} {part.id}"


def _read(database: sqlite3.Connection, keys: Sequence[str]) -> dict[str, Vectors]:
    stored: dict[str, Vectors] = {}
    for at in range(0, len(keys), 500):
        batch = keys[at : at + 500]
        marks = ",".join("?" * len(batch))
        rows = database.execute(f"SELECT key, vector FROM features WHERE key IN ({marks})", batch)
        stored |= {key: np.frombuffer(vector, np.float32) for key, vector in rows}
    return stored


def _encode(encoder: Encoder, parts: Sequence[Part], role: Role, progress: Progress) -> Vectors:
    """A batch; where a part breaks it, each by itself."""
    try:
        return np.ascontiguousarray(encoder.encode(parts, role), np.float32)
    except PolysenseError as e:
        if isinstance(e, BadConfig) or len(parts) == 0:
            raise
        if len(parts) == 1:
            progress.note(f"{parts[0].name or 'a part'}: {e}")
            return np.full((1, encoder.space.dim), np.nan, np.float32)
    return np.concatenate([_encode(encoder, [p], role, progress) for p in parts])
