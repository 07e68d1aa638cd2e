"""Bring a library that an earlier polysense made up to date: rows are made anew from their chunks.

Nothing is parsed or encoded again. Each row says with which SCHEMA it was written, and it is the
last thing written of its chunk, so a run that is cut off at any moment goes on where it was.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from polysense.ingest import manifest as manifests
from polysense.ingest.progress import Progress
from polysense.protocols import Store
from polysense.stores.rows import SCHEMA

BATCH_CHUNKS = 2000
"""Chunks that are written again at once: a run that is killed does so many anew. Judged."""


def migrate_library(folder: Path, store: Store, progress: Progress) -> None:
    """Migrate a library that is locked for writing, where its manifest is of an older schema."""
    manifest = manifests.load(folder)
    if manifest is not None and manifest.schema < SCHEMA:
        migrate(store, progress)
        manifests.save(folder, replace(manifest, schema=SCHEMA))


def migrate(store: Store, progress: Progress) -> int:
    """Write the rows of older schemas again, of chunks and beside vectors; how many there were."""
    stale = [
        row["id"]
        for row in store.scan("", ["id", "schema"])
        if (row.get("schema") or 1) < SCHEMA
    ]  # fmt: skip
    for start in range(0, len(stale), BATCH_CHUNKS):
        progress.step("updating rows", start, len(stale))
        store.add(list(store.get(stale[start : start + BATCH_CHUNKS]).values()))
    if stale:
        progress.step("updating rows", len(stale), len(stale))
        store.optimize()
    return len(stale)
