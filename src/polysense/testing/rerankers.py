"""The check of rerankers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from polysense.protocols import Reranker
from polysense.testing.rules import (
    LOCK_HINT,
    TOLERANCE,
    check_members,
    check_names,
    class_name,
    require,
    run_twice,
)
from polysense.types import Chunk, Query


def check_reranker(reranker: Reranker, query: Query, chunks: Sequence[Chunk]) -> None:
    """Check a reranker on a query and two chunks at least."""
    plugin = class_name(reranker)
    check_members(reranker, Reranker)
    check_names(reranker.accepts, f"{plugin}.accepts")
    require(
        len(chunks) > 1,
        f"{plugin} was given {len(chunks)} chunks to score",
        "Check it on two at least.",
    )
    scores, again = run_twice(lambda: [float(s) for s in reranker.score(query, chunks)])
    require(
        len(scores) == len(chunks),
        f"{plugin}.score gave {len(scores)} scores for {len(chunks)} chunks",
    )
    require(
        all(map(math.isfinite, scores)), f"{plugin}.score gave a score that is no finite number"
    )
    require(
        np.allclose(scores, again, atol=TOLERANCE),
        f"{plugin}: scoring twice, in two threads at once, gives different scores",
        LOCK_HINT,
    )
    backwards = [float(s) for s in reranker.score(query, chunks[::-1])][::-1]
    require(
        np.allclose(scores, backwards, atol=TOLERANCE),
        f"{plugin}: a chunk's score depends on the order in which chunks are given",
    )
    require(not len(reranker.score(query, [])), f"{plugin}.score gave scores for no chunks")
