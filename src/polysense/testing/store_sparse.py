"""The check of a store's sparse vectors, where it declares "sparse"."""

from __future__ import annotations

from collections.abc import Sequence

from polysense.errors import PolysenseError
from polysense.protocols import Store, Vectors
from polysense.testing.rules import ContractError, require
from polysense.testing.store_samples import SPARSE_SPACE
from polysense.testing.store_vectors import require_scores
from polysense.types import Chunk
from polysense.vectors.sparse import MAX_DIM, sparse_rows, sparse_scores

RULE = "The sum, over the dimensions that both have, of the product of their weights."


def check_sparse(store: Store, chunks: Sequence[Chunk], plugin: str) -> None:
    """Dimensions and weights, compared by their dot product; refused by a store that does not
    declare it.
    """
    vectors = [
        sparse_rows([0, 7, MAX_DIM - 1], [1.0, 0.5, 2.0]),
        sparse_rows([7], [3.0]),
        sparse_rows([MAX_DIM - 2], [1.0]),
        sparse_rows([], []),
    ]
    if "sparse" not in store.capabilities:
        _check_refusal(store, chunks, vectors, plugin)
        return
    for _ in range(2):
        store.add_vectors(SPARSE_SPACE, chunks[:4], vectors)
    ids = [c.id for c in chunks]
    require(
        store.holds(SPARSE_SPACE) and store.missing(SPARSE_SPACE) == [ids[4]],
        f"{plugin}.missing names chunks that have a sparse vector, or none to have",
    )
    stored = store.vectors(SPARSE_SPACE, ids)
    is_unchanged = set(stored) == set(ids[:3]) and all(
        dict(stored[i].tolist()) == dict(v.tolist()) for i, v in zip(ids, vectors[:3], strict=False)
    )
    require(is_unchanged, f"{plugin}.vectors does not give back the sparse vectors that were added")
    query = sparse_rows([7, MAX_DIM - 1], [1.0, 0.5])
    expected = [(ids[1], 3.0), (ids[0], 1.5)]
    for _ in range(3):  # what is kept in memory after the first question must say the same
        matches = [(m.id, m.score) for m in store.nearest(SPARSE_SPACE, query, 5)]
        require_scores(matches, expected, f"{plugin}.nearest", RULE)
        is_sorted = [i for i, _ in matches] == [i for i, _ in expected]
        require(is_sorted, f"{plugin}.nearest gives sparse vectors in another order than by score")
        filtered = store.nearest(SPARSE_SPACE, query, 5, "modality = 'code'")
        require(
            [m.id for m in filtered] == ids[1:2],
            f"{plugin}.nearest does not filter sparse vectors",
        )
    require(
        [m.modality for m in store.nearest(SPARSE_SPACE, query, 1)] == [chunks[1].modality],
        f"{plugin}.nearest does not give k sparse vectors, or what the evidence is",
    )
    scores = sparse_scores(query, store.vectors(SPARSE_SPACE, ids[:2]))
    require_scores(list(scores.items()), expected, f"the dot product over {plugin}", RULE)
    _check_changes(store, chunks, query, plugin)


def _check_refusal(
    store: Store, chunks: Sequence[Chunk], vectors: Sequence[Vectors], plugin: str
) -> None:
    try:
        store.add_vectors(SPARSE_SPACE, chunks[:4], vectors)
    except PolysenseError:
        return
    raise ContractError(
        f"{plugin}.add_vectors takes sparse vectors, and does not declare it",
        'Add "sparse" to its capabilities, or raise MissingDependency.',
    )


def _check_changes(store: Store, chunks: Sequence[Chunk], query: Vectors, plugin: str) -> None:
    ids = [c.id for c in chunks]
    store.add(chunks[:1])
    store.add_vectors(SPARSE_SPACE, chunks[1:2], [sparse_rows([0, 7], [1.0, 1.0])])
    require_scores(
        [(m.id, m.score) for m in store.nearest(SPARSE_SPACE, query, 5)],
        [(ids[0], 1.5), (ids[1], 1.0)],
        f"{plugin}.nearest after a sparse vector was replaced",
        RULE,
    )
    store.forget(SPARSE_SPACE.name, ids[:1])
    require(
        ids[0] in store.missing(SPARSE_SPACE), f"{plugin}.forget leaves a chunk's sparse vector"
    )
    store.optimize()
    store.drop(SPARSE_SPACE.name)
    require(
        store.nearest(SPARSE_SPACE, query, 5) == []
        and len(store.missing(SPARSE_SPACE)) == len(ids),
        f"{plugin}.drop leaves a space of sparse vectors",
    )
