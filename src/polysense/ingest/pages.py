"""Pages of documents as they look, for encoders that accept them: added to a library once one is
configured, without reading its files again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from polysense.errors import PolysenseError
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.jobs import ShowPages, parser_for
from polysense.ingest.workers import Workers
from polysense.protocols import PageReader, Store
from polysense.registry import Kit
from polysense.types import PAGE, Asset, Chunk, Part, Span


def add_pages(
    store: Store,
    catalogue: Catalogue,
    kit: Kit,
    workers: Workers,
    resolve: Callable[[Chunk], Chunk],
) -> Iterator[str]:
    """Store the pages that are missing, where an encoder accepts them; what could not be read.

    A page that is a chunk already, because it is a scan, is not added again; a document of nothing
    else is not opened again until it has other pictures.
    """
    if not any(PAGE in e.accepts for e in kit.encoders.values()):
        return
    has_pages = {r["asset"] for r in store.scan(f"native = '{PAGE}'", ["asset"])}
    pictures = Counter(r["asset"] for r in store.scan("native = 'image'", ["asset"]))
    old_scans = catalogue.assets_of_scans()
    scans = {a: n for a, n in old_scans.items() if n == pictures[a] and a not in has_pages}
    jobs: list[ShowPages] = []
    for asset in catalogue.assets():
        if (
            asset.id in has_pages
            or asset.id in scans
            or not isinstance(parser_for(kit, asset), PageReader)
        ):
            continue
        try:
            jobs.append(ShowPages(_local_asset(asset, resolve)))
        except PolysenseError:
            continue  # it waits for a run that finds its file, as its vectors do
    for job, result in workers.map(jobs):
        pages = [c for c in result.items if isinstance(c, Chunk)]
        existing = _whole_pages(store, job.asset.id)
        new = [c for c in pages if c.span not in existing]
        store.add(new)
        if result.error:
            yield f"pages of {job.asset.name}: {result.error}"
        elif not new:
            scans[job.asset.id] = pictures[job.asset.id]
    if scans != old_scans:
        catalogue.record_scans(scans)


def _local_asset(asset: Asset, resolve: Callable[[Chunk], Chunk]) -> Asset:
    """The asset with the path at which it can be read here. Raises NotFound, Unreadable."""
    whole = Part(PAGE, asset.path or Path(asset.uri), mime=asset.mime)
    part = resolve(Chunk(asset, Span(), asset.modality, whole)).part
    return replace(asset, path=part.data) if part and isinstance(part.data, Path) else asset


def _whole_pages(store: Store, asset: str) -> set[Span]:
    ids = [r["id"] for r in store.scan(f"asset = '{asset}' AND native = 'image'", ["id"])]
    return {c.span for c in store.get(ids).values()}
