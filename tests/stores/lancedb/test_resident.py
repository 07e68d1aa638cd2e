"""What a store keeps in memory between queries: against the store itself, and against its version."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense.stores.lancedb.resident import FlatIndex, Rows, VersionedValue
from polysense.stores.lancedb.store import LanceDB
from polysense.stores.rows import CHUNK_COLUMNS
from polysense.types import Asset, Chunk, Space, Span

SPACE = Space("s", "1", 3)
CHUNKS = [
    Chunk(Asset(f"{n:032x}", f"/a/{n}.txt", "", "text", 1), Span(page=1), "text", text=f"page {n}")
    for n in range(60)
]


@pytest.fixture
def store(tmp_path: Path) -> LanceDB:
    lance = LanceDB(path=str(tmp_path))
    lance.add(CHUNKS)
    vectors = np.random.default_rng(1).standard_normal((60, 3)).astype(np.float32)
    vectors[10:20] = vectors[10]  # equals
    lance.add_vectors(SPACE, CHUNKS, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    return lance


def test_flat_search_is_exact_and_keeps_one_order(store: LanceDB) -> None:
    """As sorting everything by score, then by id."""
    flat = FlatIndex.read(store._open_table("vectors_s"), 3)
    vector = store.vectors(SPACE, [CHUNKS[10].id])[CHUNKS[10].id]
    scores = {i: float(v @ vector) for i, v in zip(flat.ids, flat.matrix, strict=True)}
    expected = sorted(scores, key=lambda i: (-round(scores[i], 5), i))
    assert (
        [m.id for m in flat.nearest(vector, 60)]
        == [m.id for m in flat.nearest(vector, 99)]
        == expected
    )
    assert {m.id for m in flat.nearest(vector, 10)} == {c.id for c in CHUNKS[10:20]}
    assert [m.id for m in flat.nearest(vector, 25)] == expected[:25]
    assert flat.nearest(vector, 10)[0].score == pytest.approx(1.0)
    assert all(
        np.array_equal(flat.vectors([i])[i], v) for i, v in store.vectors(SPACE, expected).items()
    )


def test_an_empty_space_is_read(store: LanceDB) -> None:
    """Nothing is near."""
    store.delete([c.asset.id for c in CHUNKS])
    assert (
        FlatIndex.read(store._open_table("vectors_s"), 3).nearest(np.ones(3, np.float32), 5) == []
    )


def test_rows_by_id_and_by_the_engines_number(store: LanceDB) -> None:
    """What is unknown is left out: it may have come since."""
    rows = Rows.read(store._open_table("chunks"), CHUNK_COLUMNS)
    ids = [CHUNKS[5].id, "nobody's", CHUNKS[3].id, CHUNKS[5].id]
    assert [r["text"] for r in rows.get(ids)] == ["page 5", "page 3"]
    number = next(number for number, n in rows.by_row.items() if rows.ids[n] == CHUNKS[7].id)
    assert rows.matches([number, 10**15], [2.0, 1.0]) == [(CHUNKS[7].id, 2.0, "text")]


def test_a_version_is_read_when_it_is_asked_for_again() -> None:
    """Once; and not at all where every question brings a new version."""
    read: list[str] = []
    value = VersionedValue[str](lambda table: read.append(table) or table)  # type: ignore[func-returns-value]
    assert [value.at_version("a", 1), value.at_version("b", 2), value.at_version("c", 3)] == [
        None,
        None,
        None,
    ]
    assert not read
    assert [
        value.at_version("c", 3),
        value.at_version("c", 3),
        value.at_version("d", 4),
        value.at_version("d", 4),
    ] == [
        "c",
        "c",
        None,
        "d",
    ]
    assert read == ["c", "d"]
