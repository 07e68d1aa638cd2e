"""The check of stores: what one keeps, finds, filters and forgets, on five chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from polysense.protocols import Store, Vectors
from polysense.retrieve.filters import compile_where
from polysense.testing.rules import check_members, class_name, require
from polysense.types import Asset, Chunk, Part, Space, Span, TextSpan


def check_store(store: Store) -> None:
    """Check a store that is empty and may be written to; it is empty again afterwards.

    What it does not declare is not asked of it.
    """
    plugin = class_name(store)
    check_members(store, Store)
    capabilities = {"bm25", "filters", "multivector", "persistent"}
    foreign = set(store.capabilities) - capabilities
    require(
        not foreign,
        f"{plugin}.capabilities has {', '.join(sorted(foreign))}; "
        f"known are {', '.join(sorted(capabilities))}",
    )
    require(store.count() == 0, f"{plugin} is not empty", "Give the check a new store.")
    chunks = _samples()
    _check_writing(store, chunks, plugin)
    if "bm25" in store.capabilities:
        _check_lexical(store, chunks, plugin)
    _check_nearest(store, chunks, plugin)
    if "filters" in store.capabilities:
        _check_filters(store, chunks, plugin)
    _check_threads(store, chunks, plugin)
    _check_removal(store, chunks, plugin)


_SPACE = Space("contract-check", "1", 4)


def _chunk(n: int, modality: str, text: str, span: Span, **more: Any) -> Chunk:
    asset = Asset(
        f"{n:032x}",
        f"/contract/it's {n}/file-{n}.txt",
        "text/plain",
        modality,
        10 * n,
        {"created": f"2026-01-0{n}"},
    )
    return Chunk(asset, span, modality, text=text, **more)


def _samples() -> list[Chunk]:
    picture = Part(
        "image",
        Path("/contract/it's 3/file-3.txt"),
        "application/pdf",
        span=Span(page=3, box=(0.0, 0.5, 0.5, 1.0)),
    )
    marks = (
        TextSpan(0, 9, Span(seconds=(12.0, 14.5))),
        TextSpan(10, 15, Span(seconds=(14.5, 18.0))),
    )
    return [
        _chunk(
            1,
            "text",
            "High water follows the moon",
            Span(page=1),
            meta={"camera": "Nikon", "iso": 400, "night": True},
        ),
        _chunk(
            2,
            "code",
            "def getHTTPResponse(url): pass",
            Span(lines=(10, 24)),
            context="fetch > client",
            meta={"camera": "O'Brien"},
        ),
        _chunk(
            3,
            "image",
            "1953年的收据在抽屉里",
            Span(page=3, box=(0.0, 0.5, 0.5, 1.0)),
            part=picture,
            meta={"lang": "zh"},
        ),
        _chunk(
            4,
            "audio",
            "ring bells aloud",
            Span(seconds=(12.0, 18.0)),
            marks=marks,
            meta={"iso": 100, "night": False},
        ),
        _chunk(4, "audio", "the moon is mentioned again", Span(seconds=(18.0, 24.0))),
    ]


def _axis(i: int) -> Vectors:
    unit = np.zeros(_SPACE.dim, np.float32)
    unit[i] = 1
    return unit


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


def _check_nearest(store: Store, chunks: Sequence[Chunk], plugin: str) -> None:
    require(
        store.nearest(_SPACE, _axis(0), 5) == [],
        f"{plugin}.nearest finds something in a space that nobody filled",
    )
    require(
        not store.holds(_SPACE), f"{plugin}.holds says that a space has vectors that nobody filled"
    )
    require(
        set(store.missing(_SPACE)) == {c.id for c in chunks},
        f"{plugin}.missing does not name the chunks without a vector",
    )
    vectors = np.stack(
        [
            _axis(0),
            (_axis(0) + _axis(1)) / np.float32(2**0.5),
            _axis(1),
            np.full(4, np.nan, np.float32),
        ]
    )
    for _ in range(2):
        store.add_vectors(_SPACE, chunks[:4], vectors)
    require(store.holds(_SPACE), f"{plugin}.holds says that a space is empty that has vectors")
    matches = store.nearest(_SPACE, _axis(0), 5)
    nearest_first = [m.id for m in matches] == [c.id for c in chunks[:3]]
    require(
        nearest_first,
        f"{plugin}.nearest gives {len(matches)} matches of 3, or not the nearest first",
        "A row of NaN is never near.",
    )
    scores = [m.score for m in matches]
    require(
        bool(np.allclose(scores, [1, 0.5**0.5, 0], atol=1e-3)),
        f"{plugin}.nearest gives scores {scores} that are no cosines",
    )
    require(
        [m.modality for m in matches] == [c.modality for c in chunks[:3]],
        f"{plugin}.nearest does not tell what the evidence is",
    )
    require(len(store.nearest(_SPACE, _axis(0), 2)) == 2, f"{plugin}.nearest does not give k")
    require(
        store.missing(_SPACE) == [chunks[4].id],
        f"{plugin}.missing names chunks that have a vector, or a row of NaN",
    )
    vectors_by_id = store.vectors(_SPACE, [c.id for c in chunks])
    is_unchanged = set(vectors_by_id) == {c.id for c in chunks[:3]} and all(
        np.allclose(vectors_by_id[c.id], v) for c, v in zip(chunks[:3], vectors, strict=False)
    )
    require(is_unchanged, f"{plugin}.vectors does not give back what was added")
    store.add_vectors(_SPACE, chunks[2:3], _axis(0)[None])
    require(
        bool(np.allclose(store.vectors(_SPACE, [chunks[2].id])[chunks[2].id], _axis(0))),
        f"{plugin}.add_vectors does not replace a vector",
    )
    store.add_vectors(_SPACE, chunks[2:3], _axis(1)[None])


def _check_filters(store: Store, chunks: Sequence[Chunk], plugin: str) -> None:
    moon, code, receipt, bells, again = (c.id for c in chunks)
    for where, expected in (
        ("modality = 'audio'", {bells, again}),
        ("modality IN ('code', 'image')", {code, receipt}),
        ("modality <> 'audio' AND NOT page > 1", {moon}),
        ("page IS NULL", {code, bells, again}),
        ("page BETWEEN 1 AND 2 OR line = 10", {moon, code}),
        ("start >= 12 AND end <= 18", {bells}),
        ("size > 30", {bells, again}),
        ("name LIKE 'file-1%'", {moon}),
        ("folder = 'it''s 2'", {code}),
        ("lang = 'zh'", {receipt}),
        ("created >= '2026-01-03'", {receipt, bells, again}),
        ("meta.camera = 'Nikon'", {moon}),
        ("meta.camera = 'O''Brien'", {code}),
        ("meta.iso > 200", {moon}),
        ("meta.night = true", {moon}),
        ("modality = 'nothing'", set[str]()),
    ):
        condition = compile_where(where)
        rows = {r["id"] for r in store.scan(condition, ["id"])}
        require(
            rows == expected,
            f"{plugin} does not filter by {where!r}: it gives {len(rows)} rows, "
            f"not {len(expected)}",
        )
        require(
            store.count(condition) == len(expected), f"{plugin}.count does not filter by {where!r}"
        )
        missing = set(store.missing(_SPACE, condition))
        require(missing == expected & {again}, f"{plugin}.missing does not filter by {where!r}")
        near = {m.id for m in store.nearest(_SPACE, _axis(0), 5, condition)}
        require(
            near == expected & {moon, code, receipt},
            f"{plugin}.nearest does not filter by {where!r}",
        )
        if "bm25" in store.capabilities:
            lexical = {m.id for m in store.lexical("moon", 5, condition)}
            require(
                lexical == expected & {moon, again},
                f"{plugin}.lexical does not filter by {where!r}",
            )


def _check_threads(store: Store, chunks: Sequence[Chunk], plugin: str) -> None:
    def read(_: int) -> tuple[int, int]:
        return len(store.get([c.id for c in chunks])), len(store.nearest(_SPACE, _axis(0), 5))

    with ThreadPoolExecutor(4) as pool:
        late = _chunk(7, "text", "written meanwhile", Span(page=1))
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
    store.forget(_SPACE.name, [first.id, "nobody's"])
    require(first.id in store.missing(_SPACE), f"{plugin}.forget leaves a chunk's vector")
    require(first.id in store.get([first.id]), f"{plugin}.forget takes the chunk with its vector")
    store.add_vectors(_SPACE, [first], _axis(0)[None])
    require(
        first.id not in store.missing(_SPACE), f"{plugin}: a forgotten vector cannot be added again"
    )
    for _ in range(2):
        store.delete([first.asset.id, "nobody's"])
    is_deleted = first.id not in store.get([first.id]) and store.count() == len(chunks) - 1
    require(is_deleted, f"{plugin}.delete leaves chunks of the asset, or takes others")
    store.add([first])
    require(
        first.id in store.missing(_SPACE),
        f"{plugin}.delete leaves vectors: a chunk added anew already has one",
    )
    for _ in range(2):
        store.drop(_SPACE.name)
    require(
        store.nearest(_SPACE, _axis(0), 5) == [] and not store.holds(_SPACE),
        f"{plugin}.drop leaves vectors",
    )
    require(
        len(store.missing(_SPACE)) == len(chunks), f"{plugin}.drop leaves entries without vectors"
    )
    store.optimize()
    require(store.count() == len(chunks), f"{plugin}.optimize loses chunks")
    store.delete([c.asset.id for c in chunks])
    require(store.count() == 0, f"{plugin}.delete of every asset leaves {store.count()} chunks")
