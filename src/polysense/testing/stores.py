"""The check of stores: what one keeps, finds, filters and forgets, on five chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from polysense.protocols import Store
from polysense.testing.rules import check_members, class_name, require
from polysense.testing.store_filters import check_filters, check_refusals
from polysense.testing.store_samples import SPACE, axis, sample_chunk, sample_chunks
from polysense.testing.store_sparse import check_sparse
from polysense.testing.store_vectors import check_multivector, check_nearest
from polysense.types import Chunk, Span


def check_store(store: Store) -> None:
    """Check a store that is empty and may be written to; it is empty again afterwards.

    What it does not declare is not asked of it.
    """
    plugin = class_name(store)
    check_members(store, Store)
    capabilities = {"bm25", "filters", "multivector", "sparse", "persistent"}
    foreign = set(store.capabilities) - capabilities
    require(
        not foreign,
        f"{plugin}.capabilities has {', '.join(sorted(foreign))}; "
        f"known are {', '.join(sorted(capabilities))}",
    )
    require(store.count() == 0, f"{plugin} is not empty", "Give the check a new store.")
    chunks = sample_chunks()
    _check_writing(store, chunks, plugin)
    if "bm25" in store.capabilities:
        _check_lexical(store, chunks, plugin)
    check_nearest(store, chunks, plugin)
    check_multivector(store, chunks, plugin)
    check_sparse(store, chunks, plugin)
    if "filters" in store.capabilities:
        check_filters(store, chunks, plugin)
        check_refusals(store, plugin)
    _check_threads(store, chunks, plugin)
    _check_removal(store, chunks, plugin)


def _check_writing(store: Store, chunks: Sequence[Chunk], plugin: str) -> None:
    store.add([])
    store.add(chunks)
    store.add(chunks)
    require(
        store.count() == len(chunks),
        f"{plugin}: adding the same chunks twice leaves {store.count()} of them, not {len(chunks)}",
    )
    chunks_by_id = store.get([c.id for c in chunks] + ["nobody's", "it's"])
    require(
        set(chunks_by_id) == {c.id for c in chunks},
        f"{plugin}.get gives {len(chunks_by_id)} of {len(chunks)} chunks",
        "Unknown ids are left out.",
    )
    for c in chunks:
        for name, actual, expected in _field_pairs(chunks_by_id[c.id], c):
            require(
                actual == expected, f"{plugin}.get gives {name} as {actual!r}; it was {expected!r}"
            )
    changed = chunks[3].with_(text="ring bells softly")
    store.add([changed])
    require(
        store.get([changed.id])[changed.id].text == changed.text,
        f"{plugin}.add does not replace a chunk of the same id",
    )
    store.add([chunks[3]])
    require(
        store.count() == len(chunks), f"{plugin}.add of a chunk that is there changes the count"
    )
    by_id = sorted(store.scan("", ["id", "modality"]), key=lambda r: r["id"])
    expected_rows = sorted(
        ({"id": c.id, "modality": c.modality} for c in chunks), key=lambda r: r["id"]
    )
    require(
        by_id == expected_rows,
        f"{plugin}.scan does not give every row's columns, and only those asked for",
    )
    require(store.get([]) == {}, f"{plugin}.get of no ids gives something")


def _field_pairs(copy: Chunk, original: Chunk) -> Iterator[tuple[str, Any, Any]]:
    for name in ("id", "span", "modality", "text", "context", "marks"):
        yield name, getattr(copy, name), getattr(original, name)
    yield "meta", dict(copy.meta), dict(original.meta)
    for name in ("id", "uri", "mime", "size"):
        yield f"asset.{name}", getattr(copy.asset, name), getattr(original.asset, name)
    yield "asset's created", copy.asset.meta.get("created"), original.asset.meta.get("created")
    for name in ("modality", "data", "mime", "span"):
        yield f"part.{name}", getattr(copy.part, name, None), getattr(original.part, name, None)


def _check_lexical(store: Store, chunks: Sequence[Chunk], plugin: str) -> None:
    moon, code, receipt, bells, _ = (c.id for c in chunks)
    queries = {
        "moon water": moon,
        "getHTTPResponse": code,
        "response": code,
        "client": code,
        "收据": receipt,
        "bell": bells,
    }
    for words, expected in queries.items():
        matches = store.lexical(words, 5)
        require(
            bool(matches) and matches[0].id == expected,
            f"{plugin}.lexical does not find {words!r} first where it is written",
        )
    matches = store.lexical("moon", 5)
    require(
        len(matches) == 2 and matches[0].score >= matches[1].score,
        f"{plugin}.lexical does not give what matches, best first",
    )
    require(
        all(m.modality == store.get([m.id])[m.id].modality for m in matches),
        f"{plugin}.lexical does not tell what the evidence is",
    )
    require(len(store.lexical("moon", 1)) == 1, f"{plugin}.lexical gives more than k")
    for words in ("xyzzy", "", "  ", '"', "AND OR NOT", "* ( ) : ^ ' --", "\\"):
        require(
            store.lexical(words, 5) == [],
            f"{plugin}.lexical finds {words!r}, which is written nowhere",
        )
    require(
        bool(store.lexical('what\'s the "moon" (AND) tide:*?', 5)),
        f"{plugin}.lexical takes punctuation in a question for syntax",
    )


def _check_threads(store: Store, chunks: Sequence[Chunk], plugin: str) -> None:
    def read(_: int) -> tuple[int, int]:
        return len(store.get([c.id for c in chunks])), len(store.nearest(SPACE, axis(0), 5))

    with ThreadPoolExecutor(4) as pool:
        late = sample_chunk(7, "text", "written meanwhile", Span(page=1))
        writing = pool.submit(store.add, [late])
        answers = set(pool.map(read, range(12)))
        writing.result()
    require(
        answers == {(len(chunks), 3)},
        f"{plugin} answers otherwise when several threads ask at once",
    )
    store.delete([late.asset.id])


def _check_removal(store: Store, chunks: Sequence[Chunk], plugin: str) -> None:
    first = chunks[0]
    store.forget(SPACE.name, [first.id, "nobody's"])
    require(first.id in store.missing(SPACE), f"{plugin}.forget leaves a chunk's vector")
    require(first.id in store.get([first.id]), f"{plugin}.forget takes the chunk with its vector")
    store.add_vectors(SPACE, [first], axis(0)[None])
    require(
        first.id not in store.missing(SPACE), f"{plugin}: a forgotten vector cannot be added again"
    )
    for _ in range(2):
        store.delete([first.asset.id, "nobody's"])
    is_deleted = first.id not in store.get([first.id]) and store.count() == len(chunks) - 1
    require(is_deleted, f"{plugin}.delete leaves chunks of the asset, or takes others")
    store.add([first])
    require(
        first.id in store.missing(SPACE),
        f"{plugin}.delete leaves vectors: a chunk added anew already has one",
    )
    for _ in range(2):
        store.drop(SPACE.name)
    require(
        store.nearest(SPACE, axis(0), 5) == [] and not store.holds(SPACE),
        f"{plugin}.drop leaves vectors",
    )
    require(
        len(store.missing(SPACE)) == len(chunks), f"{plugin}.drop leaves entries without vectors"
    )
    store.optimize()
    require(store.count() == len(chunks), f"{plugin}.optimize loses chunks")
    store.delete([c.asset.id for c in chunks])
    require(store.count() == 0, f"{plugin}.delete of every asset leaves {store.count()} chunks")
