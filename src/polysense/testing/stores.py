"""The check of stores: what one keeps, finds, filters and forgets, told on five chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from polysense.protocols import Store, Vectors
from polysense.retrieve.filters import compile_where
from polysense.testing.rules import has_all, name_of, need
from polysense.types import Asset, Chunk, Mark, Part, Space, Span


def check_store(store: Store) -> None:
    """Check a store that is empty and may be written to; it is empty again afterwards. What it does
    not declare is not asked of it.
    """
    who = name_of(store)
    has_all(store, Store)
    known = {"bm25", "filters", "multivector", "persistent"}
    strange = set(store.capabilities) - known
    need(
        not strange,
        f"{who}.capabilities has {', '.join(sorted(strange))}; known are {', '.join(sorted(known))}",
    )
    need(store.count() == 0, f"{who} is not empty", "Give the check a new store.")
    chunks = _samples()
    _keeps(store, chunks, who)
    if "bm25" in store.capabilities:
        _reads(store, chunks, who)
    _compares(store, chunks, who)
    if "filters" in store.capabilities:
        _filters(store, chunks, who)
    _at_once(store, chunks, who)
    _forgets(store, chunks, who)


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
    marks = (Mark(0, 9, Span(seconds=(12.0, 14.5))), Mark(10, 15, Span(seconds=(14.5, 18.0))))
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


def _keeps(store: Store, chunks: Sequence[Chunk], who: str) -> None:
    store.add([])
    store.add(chunks)
    store.add(chunks)
    need(
        store.count() == len(chunks),
        f"{who}: adding the same chunks twice leaves {store.count()} of them, not {len(chunks)}",
    )
    held = store.get([c.id for c in chunks] + ["nobody's", "it's"])
    need(
        set(held) == {c.id for c in chunks},
        f"{who}.get gives {len(held)} of {len(chunks)} chunks",
        "Unknown ids are left out.",
    )
    for c in chunks:
        for name, kept, given in _fields(held[c.id], c):
            need(kept == given, f"{who}.get gives {name} as {kept!r}; it was {given!r}")
    changed = chunks[3].with_(text="ring bells softly")
    store.add([changed])
    need(
        store.get([changed.id])[changed.id].text == changed.text,
        f"{who}.add does not replace a chunk of the same id",
    )
    store.add([chunks[3]])
    need(store.count() == len(chunks), f"{who}.add of a chunk that is there changes the count")
    by_id = sorted(store.scan("", ["id", "modality"]), key=lambda r: r["id"])
    wanted = sorted(({"id": c.id, "modality": c.modality} for c in chunks), key=lambda r: r["id"])
    need(by_id == wanted, f"{who}.scan does not give every row's columns, and only those asked for")
    need(store.get([]) == {}, f"{who}.get of no ids gives something")


def _fields(kept: Chunk, given: Chunk) -> Iterator[tuple[str, Any, Any]]:
    for name in ("id", "span", "modality", "text", "context", "marks"):
        yield name, getattr(kept, name), getattr(given, name)
    yield "meta", dict(kept.meta), dict(given.meta)
    for name in ("id", "uri", "mime", "size"):
        yield f"asset.{name}", getattr(kept.asset, name), getattr(given.asset, name)
    yield "asset's created", kept.asset.meta.get("created"), given.asset.meta.get("created")
    for name in ("modality", "data", "mime", "span"):
        yield f"part.{name}", getattr(kept.part, name, None), getattr(given.part, name, None)


def _reads(store: Store, chunks: Sequence[Chunk], who: str) -> None:
    moon, code, receipt, bells, _ = (c.id for c in chunks)
    asked = {
        "moon water": moon,
        "getHTTPResponse": code,
        "response": code,
        "client": code,
        "收据": receipt,
        "bell": bells,
    }
    for words, wanted in asked.items():
        found = store.lexical(words, 5)
        need(
            bool(found) and found[0].id == wanted,
            f"{who}.lexical does not find {words!r} first where it is written",
        )
    found = store.lexical("moon", 5)
    need(
        len(found) == 2 and found[0].score >= found[1].score,
        f"{who}.lexical does not give what matches, best first",
    )
    need(
        all(m.modality == store.get([m.id])[m.id].modality for m in found),
        f"{who}.lexical does not tell what the evidence is",
    )
    need(len(store.lexical("moon", 1)) == 1, f"{who}.lexical gives more than k")
    for words in ("xyzzy", "", "  ", '"', "AND OR NOT", "* ( ) : ^ ' --", "\\"):
        need(
            store.lexical(words, 5) == [],
            f"{who}.lexical finds {words!r}, which is written nowhere",
        )
    need(
        bool(store.lexical('what\'s the "moon" (AND) tide:*?', 5)),
        f"{who}.lexical takes punctuation in a question for syntax",
    )


def _compares(store: Store, chunks: Sequence[Chunk], who: str) -> None:
    need(
        store.nearest(_SPACE, _axis(0), 5) == [],
        f"{who}.nearest finds something in a space that nobody filled",
    )
    need(not store.holds(_SPACE), f"{who}.holds says that a space has vectors that nobody filled")
    need(
        set(store.missing(_SPACE)) == {c.id for c in chunks},
        f"{who}.missing does not name the chunks without a vector",
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
    need(store.holds(_SPACE), f"{who}.holds says that a space is empty that has vectors")
    found = store.nearest(_SPACE, _axis(0), 5)
    nearest_first = [m.id for m in found] == [c.id for c in chunks[:3]]
    need(
        nearest_first,
        f"{who}.nearest gives {len(found)} matches of 3, or not the nearest first",
        "A row of NaN is never near.",
    )
    scores = [m.score for m in found]
    need(
        bool(np.allclose(scores, [1, 0.5**0.5, 0], atol=1e-3)),
        f"{who}.nearest gives scores {scores} that are no cosines",
    )
    need(
        [m.modality for m in found] == [c.modality for c in chunks[:3]],
        f"{who}.nearest does not tell what the evidence is",
    )
    need(len(store.nearest(_SPACE, _axis(0), 2)) == 2, f"{who}.nearest does not give k")
    need(
        store.missing(_SPACE) == [chunks[4].id],
        f"{who}.missing names chunks that have a vector, or a row of NaN",
    )
    held = store.vectors(_SPACE, [c.id for c in chunks])
    same = set(held) == {c.id for c in chunks[:3]} and all(
        np.allclose(held[c.id], v) for c, v in zip(chunks[:3], vectors, strict=False)
    )
    need(same, f"{who}.vectors does not give back what was added")
    store.add_vectors(_SPACE, chunks[2:3], _axis(0)[None])
    need(
        bool(np.allclose(store.vectors(_SPACE, [chunks[2].id])[chunks[2].id], _axis(0))),
        f"{who}.add_vectors does not replace a vector",
    )
    store.add_vectors(_SPACE, chunks[2:3], _axis(1)[None])


def _filters(store: Store, chunks: Sequence[Chunk], who: str) -> None:
    moon, code, receipt, bells, again = (c.id for c in chunks)
    for where, wanted in (
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
        need(
            rows == wanted,
            f"{who} does not filter by {where!r}: it gives {len(rows)} rows where {len(wanted)} are wanted",
        )
        need(store.count(condition) == len(wanted), f"{who}.count does not filter by {where!r}")
        lacking = set(store.missing(_SPACE, condition))
        need(lacking == wanted & {again}, f"{who}.missing does not filter by {where!r}")
        near = {m.id for m in store.nearest(_SPACE, _axis(0), 5, condition)}
        need(near == wanted & {moon, code, receipt}, f"{who}.nearest does not filter by {where!r}")
        if "bm25" in store.capabilities:
            read = {m.id for m in store.lexical("moon", 5, condition)}
            need(read == wanted & {moon, again}, f"{who}.lexical does not filter by {where!r}")


def _at_once(store: Store, chunks: Sequence[Chunk], who: str) -> None:
    def read(_: int) -> tuple[int, int]:
        return len(store.get([c.id for c in chunks])), len(store.nearest(_SPACE, _axis(0), 5))

    with ThreadPoolExecutor(4) as pool:
        late = _chunk(7, "text", "written meanwhile", Span(page=1))
        writing = pool.submit(store.add, [late])
        answers = set(pool.map(read, range(12)))
        writing.result()
    need(answers == {(len(chunks), 3)}, f"{who} answers otherwise when several threads ask at once")
    store.delete([late.asset.id])


def _forgets(store: Store, chunks: Sequence[Chunk], who: str) -> None:
    first = chunks[0]
    store.forget(_SPACE.name, [first.id, "nobody's"])
    need(first.id in store.missing(_SPACE), f"{who}.forget leaves a chunk's vector")
    need(first.id in store.get([first.id]), f"{who}.forget takes the chunk with its vector")
    store.add_vectors(_SPACE, [first], _axis(0)[None])
    need(first.id not in store.missing(_SPACE), f"{who}: a forgotten vector cannot be added again")
    for _ in range(2):
        store.delete([first.asset.id, "nobody's"])
    gone = first.id not in store.get([first.id]) and store.count() == len(chunks) - 1
    need(gone, f"{who}.delete leaves chunks of the asset, or takes others")
    store.add([first])
    need(
        first.id in store.missing(_SPACE),
        f"{who}.delete leaves vectors: a chunk added anew already has one",
    )
    for _ in range(2):
        store.drop(_SPACE.name)
    need(
        store.nearest(_SPACE, _axis(0), 5) == [] and not store.holds(_SPACE),
        f"{who}.drop leaves vectors",
    )
    need(len(store.missing(_SPACE)) == len(chunks), f"{who}.drop leaves entries without vectors")
    store.optimize()
    need(store.count() == len(chunks), f"{who}.optimize loses chunks")
    store.delete([c.asset.id for c in chunks])
    need(store.count() == 0, f"{who}.delete of every asset leaves {store.count()} chunks")
