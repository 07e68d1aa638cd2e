"""What a library holds: assets and places by name, an asset's chunks in order of place, counts."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from polysense.errors import NotFound
from polysense.ingest.catalogue import Catalogue
from polysense.protocols import Store
from polysense.registry import Kit
from polysense.types import Chunk


def chunks_of_asset(store: Store, asset: str) -> list[Chunk]:
    """The chunks of an asset, by its id, in order of place."""
    ids = [r["id"] for r in store.scan(f"asset = '{asset}'", ["id"])]
    return sorted(store.get(ids).values(), key=reading_order)


def count_contents(store: Store, catalogue: Catalogue, kit: Kit) -> dict[str, object]:
    """Counts: assets, places, failures, chunks by modality, how far each space is.

    unread are the assets that have not been read for words yet.
    """
    by_modality: dict[str, int] = {}
    for row in store.scan("", ["modality"]):
        by_modality[row["modality"]] = by_modality.get(row["modality"], 0) + 1
    total = sum(by_modality.values())
    return {
        **catalogue.counts(),
        "chunks": by_modality,
        "spaces": {
            e.space.name: {"done": total - len(store.missing(e.space)), "of": total}
            for e in kit.encoders.values()
        },
        "unread": len(catalogue.assets_to_extract(kit.extractors)),
    }


def no_contents() -> dict[str, object]:
    """The counts of a library in which nothing was ever indexed."""
    counts: dict[str, object] = dict.fromkeys(("assets", "places", "failures"), 0)
    return {**counts, "chunks": {}, "spaces": {}, "unread": 0}


def reading_order(chunk: Chunk) -> tuple[Any, ...]:
    """What chunks of one file are sorted by, to stand as they are read.

    A file of several tells in meta["order"] which of them comes first: a book its chapters.

    >>> from polysense.types import Asset, Span
    >>> asset = Asset("0", "/a.pdf", "application/pdf", "text", 1)
    >>> spans = Span(page=2, chars=(0, 5)), Span(page=1, chars=(90, 99)), Span(page=1, chars=(0, 9))
    >>> chunks = sorted((Chunk(asset, s, "text") for s in spans), key=reading_order)
    >>> [(c.span.page, c.span.chars) for c in chunks]
    [(1, (0, 9)), (1, (90, 99)), (2, (0, 5))]
    """
    order = str(chunk.meta.get("order", ""))
    return (int(order) if order.isdecimal() else 0, *chunk.span.order)


def asset_id(catalogue: Catalogue, what: str | Path) -> str:
    """The id of an asset that is named by its id or by a path. Raises NotFound."""
    if catalogue.asset(str(what)):
        return str(what)
    asset = catalogue.asset_at(os.path.abspath(what)) or catalogue.asset_at(str(what))
    if not asset:
        raise NotFound(
            f"the library does not hold {what}",
            "`polysense list` shows what it holds; index the file first.",
        )
    return asset


def places_of(catalogue: Catalogue, names: Iterable[str]) -> list[str]:
    """Where the files are that are named by asset ids, paths or folders. Raises NotFound."""
    uris: list[str] = []
    for name in names:
        places = catalogue.places([name]).get(name, [])
        places = places or catalogue.uris_under(os.path.abspath(name))
        if not places:
            raise NotFound(f"the library does not hold {name}")
        uris += places
    return uris
