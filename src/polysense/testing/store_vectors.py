"""The check of a store's vectors: one a chunk, or several where it declares "multivector"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polysense.errors import PolysenseError
from polysense.protocols import Store, Vectors
from polysense.testing.rules import ContractError, require
from polysense.testing.store_samples import SPACE, TOKEN_SPACE, axis
from polysense.types import Chunk
from polysense.vectors.late_interaction import maxsim

MAXSIM_RULE = "The sum, over the query's tokens, of the largest cosine with one of the chunk's."


def check_nearest(store: Store, chunks: Sequence[Chunk], plugin: str) -> None:
    """One vector a chunk: kept, replaced, and found by its cosine."""
    require(
        store.nearest(SPACE, axis(0), 5) == [],
        f"{plugin}.nearest finds something in a space that nobody filled",
    )
    require(
        not store.holds(SPACE), f"{plugin}.holds says that a space has vectors that nobody filled"
    )
    require(
        set(store.missing(SPACE)) == {c.id for c in chunks},
        f"{plugin}.missing does not name the chunks without a vector",
    )
    vectors = np.stack(
        [
            axis(0),
            (axis(0) + axis(1)) / np.float32(2**0.5),
            axis(1),
            np.full(4, np.nan, np.float32),
        ]
    )
    for _ in range(2):
        store.add_vectors(SPACE, chunks[:4], vectors)
    require(store.holds(SPACE), f"{plugin}.holds says that a space is empty that has vectors")
    matches = store.nearest(SPACE, axis(0), 5)
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
    require(len(store.nearest(SPACE, axis(0), 2)) == 2, f"{plugin}.nearest does not give k")
    require(
        store.missing(SPACE) == [chunks[4].id],
        f"{plugin}.missing names chunks that have a vector, or a row of NaN",
    )
    vectors_by_id = store.vectors(SPACE, [c.id for c in chunks])
    is_unchanged = set(vectors_by_id) == {c.id for c in chunks[:3]} and all(
        np.allclose(vectors_by_id[c.id], v) for c, v in zip(chunks[:3], vectors, strict=False)
    )
    require(is_unchanged, f"{plugin}.vectors does not give back what was added")
    store.add_vectors(SPACE, chunks[2:3], axis(0)[None])
    require(
        bool(np.allclose(store.vectors(SPACE, [chunks[2].id])[chunks[2].id], axis(0))),
        f"{plugin}.add_vectors does not replace a vector",
    )
    store.add_vectors(SPACE, chunks[2:3], axis(1)[None])


def _tokens(*axes: int) -> Vectors:
    return np.stack([axis(i) for i in axes]) if axes else np.empty((0, TOKEN_SPACE.dim), np.float32)


def check_multivector(store: Store, chunks: Sequence[Chunk], plugin: str) -> None:
    """Several vectors a chunk, compared by MaxSim; refused by a store that does not declare it."""
    vectors = [_tokens(0, 1), 3 * _tokens(1), _tokens(2, 2, 3), _tokens()]
    if "multivector" not in store.capabilities:
        try:
            store.add_vectors(TOKEN_SPACE, chunks[:4], vectors)
        except PolysenseError:
            return
        raise ContractError(
            f"{plugin}.add_vectors takes several vectors a chunk, and does not declare it",
            'Add "multivector" to its capabilities, or raise MissingDependency.',
        )
    for _ in range(2):
        store.add_vectors(TOKEN_SPACE, chunks[:4], vectors)
    require(store.holds(TOKEN_SPACE), f"{plugin}.holds says that a space of tokens is empty")
    require(
        store.missing(TOKEN_SPACE) == [chunks[4].id],
        f"{plugin}.missing names chunks that have tokens, or none to have",
    )
    ids = [c.id for c in chunks]
    stored = store.vectors(TOKEN_SPACE, ids)
    is_unchanged = set(stored) == set(ids[:3]) and all(
        stored[i].shape == v.shape and np.allclose(stored[i], v)
        for i, v in zip(ids, vectors, strict=False)
        if len(v)
    )
    require(is_unchanged, f"{plugin}.vectors does not give back the tokens that were added")
    query = _tokens(0, 1)
    expected = [(ids[0], 2.0), (ids[1], 1.0), (ids[2], 0.0)]
    matches = store.nearest(TOKEN_SPACE, query, 5)
    require_scores([(m.id, m.score) for m in matches], expected, f"{plugin}.nearest")
    require_scores(
        [(m.id, m.score) for m in store.nearest(TOKEN_SPACE, query[:1], 1)],
        [(ids[0], 1.0)],
        f"{plugin}.nearest with one token",
    )
    require_scores(
        list(maxsim(store, TOKEN_SPACE, query, ids).items()), expected, f"MaxSim over {plugin}"
    )
    filtered = store.nearest(TOKEN_SPACE, query, 5, "modality = 'code'")
    require(
        [m.id for m in filtered] == ids[1:2], f"{plugin}.nearest does not filter a space of tokens"
    )
    store.add(chunks[:1])
    store.add_vectors(TOKEN_SPACE, chunks[1:2], [_tokens(0, 1, 2)])
    stored = store.vectors(TOKEN_SPACE, ids)
    require(
        len(stored[ids[0]]) == 2 and len(stored[ids[1]]) == 3,
        f"{plugin}.add takes the tokens of a chunk, or add_vectors does not replace them",
    )
    store.forget(TOKEN_SPACE.name, ids[:1])
    require(ids[0] in store.missing(TOKEN_SPACE), f"{plugin}.forget leaves a chunk's tokens")
    store.optimize()
    store.drop(TOKEN_SPACE.name)
    require(
        store.nearest(TOKEN_SPACE, query, 5) == [] and len(store.missing(TOKEN_SPACE)) == len(ids),
        f"{plugin}.drop leaves a space of tokens",
    )


def require_scores(
    scores: Sequence[tuple[str, float]],
    expected: Sequence[tuple[str, float]],
    what: str,
    rule: str = MAXSIM_RULE,
) -> None:
    """Raises ContractError where scores by id are not those expected, with the rule of them."""
    by_id = dict(scores)
    is_right = len(scores) == len(expected) and all(
        abs(by_id.get(i, -1.0) - score) < 1e-3 for i, score in expected
    )
    require(
        is_right,
        f"{what} gives {[score for _, score in scores]}, not {[s for _, s in expected]}",
        rule,
    )
