"""What a training is measured over where nothing else was there: a shuffled pool, as it really is."""

from __future__ import annotations

import numpy as np

from polysense.train.align.figures import ranks_by_chance
from polysense.train.retrieval import judged_depth, rank_scores


def test_chance_counts_all_that_is_right() -> None:
    """Where five of each kind are right, ten draws of forty find one more often than one in four."""
    kinds = [f"{i % 8}" for i in range(40)]
    draw = np.random.default_rng(0)
    shuffled = [rank_scores(draw.random((40, 40)), kinds) for _ in range(50)]
    for k in (1, 10):
        real = float(np.mean([r.recall(k).value for r in shuffled]))
        assert abs(ranks_by_chance(kinds).recall(k).value - real) < 0.06
    assert judged_depth(ranks_by_chance(kinds)) == 1
    alone = ranks_by_chance([""] * 40)
    assert sorted(alone.ranks.tolist()) == list(range(1, 41))
    assert judged_depth(alone) == 10
