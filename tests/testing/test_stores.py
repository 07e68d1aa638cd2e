"""The check of stores: one that keeps the rules passes, and each broken rule is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from polysense.protocols import Match
from polysense.stores.memory import Memory
from polysense.testing import ContractError, check_store
from polysense.types import Asset, Chunk, Space, Span


def test_a_good_store_passes_and_is_left_empty() -> None:
    store = Memory()
    check_store(store)
    assert (store.count(), list(store.scan())) == (0, [])


def test_a_store_with_something_in_it_is_left_alone(asset: Asset) -> None:
    store = Memory()
    store.add([Chunk(asset, Span(lines=(1, 1)), "text", text="High water")])
    with pytest.raises(ContractError, match="not empty"):
        check_store(store)
    assert store.count() == 1


def worst_first(store: Memory, *arguments: Any) -> list[Match]:
    return Memory.nearest(store, *arguments)[::-1]


def unfiltered(store: Memory, text: str, k: int, where: str = "") -> list[Match]:
    return Memory.lexical(store, text, k)


def only_new(store: Memory, chunks: Sequence[Chunk]) -> None:
    present = store.get([c.id for c in chunks])
    Memory.add(store, [c for c in chunks if c.id not in present])


def no_marks(store: Memory, ids: Sequence[str]) -> dict[str, Chunk]:
    return {i: c.with_(marks=()) for i, c in Memory.get(store, ids).items()}


def only_numbers(store: Memory, space: Space, chunks: Sequence[Chunk], vectors: Any) -> None:
    real = [i for i, v in enumerate(vectors) if np.isfinite(v).all()]
    Memory.add_vectors(store, space, [chunks[i] for i in real], vectors[real])


def all_of_it(store: Memory, where: str = "") -> int:
    return Memory.count(store)


def all_missing(store: Memory, space: Space, where: str = "") -> list[str]:
    return Memory.missing(store, space)


def whole_rows(
    store: Memory, where: str = "", columns: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    return Memory.scan(store, where)


def one_of_them(store: Memory, space: Space, chunks: Sequence[Chunk], vectors: Any) -> None:
    is_many = space.metric == "maxsim"
    Memory.add_vectors(store, space, chunks, [v[:1] for v in vectors] if is_many else vectors)


def first_token(store: Memory, space: Space, vector: Any, k: int, where: str = "") -> list[Match]:
    return Memory.nearest(store, space, vector[:1] if vector.ndim > 1 else vector, k, where)


def strict(store: Memory, where: str = "") -> int:
    if where == "page = 'three'":
        raise ValueError("cannot compare")
    return Memory.count(store, where)


def nothing(store: Memory, *arguments: Any) -> None:
    """Does not do it."""


@pytest.mark.parametrize(
    ("method", "replacement", "message"),
    [
        ("nearest", worst_first, "nearest"),
        ("lexical", unfiltered, "lexical does not filter"),
        ("count", all_of_it, "count does not filter"),
        ("add", only_new, "replace"),
        ("get", no_marks, "marks"),
        ("add_vectors", only_numbers, "missing"),
        ("forget", nothing, "forget"),
        ("delete", nothing, "delete leaves chunks"),
        ("drop", nothing, "drop"),
        ("holds", lambda store, space: True, "holds"),
        ("holds", lambda store, space: False, "holds"),
        ("missing", all_missing, "missing does not filter"),
        ("scan", whole_rows, "scan"),
        ("add_vectors", one_of_them, "tokens"),
        ("nearest", first_token, "MaxSim|nearest gives"),
        ("count", strict, "count with the filter .* raises ValueError"),
    ],
)
def test_a_broken_store_is_caught(
    method: str, replacement: Callable[..., Any], message: str
) -> None:
    """Memory with one method spoilt."""
    with pytest.raises(ContractError, match=message):
        check_store(type("Spoilt", (Memory,), {method: replacement})())


def test_several_vectors_are_declared_or_refused() -> None:
    """A store that takes them without a word, and never finds them, is caught."""
    spoilt = type("Silent", (Memory,), {"capabilities": frozenset({"bm25", "filters"})})
    with pytest.raises(ContractError, match="does not declare it"):
        check_store(spoilt())


def dense_only(store: Memory, space: Space, chunks: Sequence[Chunk], vectors: Any) -> None:
    if space.metric == "sparse":
        vectors = [v[:1] for v in vectors]
    Memory.add_vectors(store, space, chunks, vectors)


def unsorted(store: Memory, space: Space, vector: Any, k: int, where: str = "") -> list[Match]:
    matches = Memory.nearest(store, space, vector, k, where)
    return matches[::-1] if space.metric == "sparse" else matches


@pytest.mark.parametrize(
    ("method", "replacement"), [("add_vectors", dense_only), ("nearest", unsorted)]
)
def test_sparse_vectors_are_checked(method: str, replacement: Callable[..., Any]) -> None:
    """One that keeps a part of them, and one that gives them in another order."""
    with pytest.raises(ContractError, match="sparse vectors"):
        check_store(type("Spoilt", (Memory,), {method: replacement})())


def test_sparse_vectors_are_declared_or_refused() -> None:
    """A store that takes them without a word is caught."""
    spoilt = type(
        "Silent", (Memory,), {"capabilities": frozenset({"bm25", "filters", "multivector"})}
    )
    with pytest.raises(ContractError, match="takes sparse vectors, and does not declare it"):
        check_store(spoilt())
