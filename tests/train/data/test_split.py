"""Nothing nearly the same on two sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.train.tiny import ENCODERS, colour_pairs, picture

from polysense.errors import BadQuery
from polysense.train.data.split import split_pairs

HISTOGRAM = ENCODERS["histogram"]


def test_sources_and_near_copies_stay_together() -> None:
    """Every second picture is of the one before it: by source, or saved anew with other noise."""
    pairs = colour_pairs()
    draw = np.random.default_rng(0)
    vectors = draw.normal(size=(len(pairs), 24)).astype(np.float32)
    same_source = [
        replace(p, source=f"roll {i // 2}") if i < 40 else p for i, p in enumerate(pairs)
    ]
    vectors[41:80:2] = vectors[40:80:2] * 2 + 0.01
    split = split_pairs(same_source, vectors, seed=3)
    side = {int(i): n for n, s in enumerate((split.train, split.validation, split.test)) for i in s}
    assert sorted(side) == list(range(len(pairs)))
    assert all(side[i] == side[i + 1] for i in range(0, 80, 2))


def test_the_same_picture_twice_is_on_one_side() -> None:
    """Whatever the vectors say."""
    pairs = colour_pairs()
    twin = picture("red", "top", 1)
    pairs[0], pairs[100] = replace(pairs[0], first=twin), replace(pairs[100], first=twin)
    noise = np.random.default_rng(1).normal(size=(len(pairs), 24)).astype(np.float32)
    for seed in range(5):
        split = split_pairs(pairs, noise, seed)
        assert any({0, 100} <= set(s.tolist()) for s in (split.train, split.validation, split.test))


def test_the_same_seed_gives_the_same_split() -> None:
    """And another one another."""
    pairs = colour_pairs()
    noise = np.random.default_rng(1).normal(size=(len(pairs), 24)).astype(np.float32)
    a, b, c = (split_pairs(pairs, noise, seed).test.tolist() for seed in (1, 1, 2))
    assert a == b != c


def test_too_few_sources_are_told() -> None:
    """All of one source cannot be divided."""
    pairs = [replace(p, source="one") for p in colour_pairs(1)]
    with pytest.raises(BadQuery, match="1 sources cannot be divided"):
        split_pairs(pairs, HISTOGRAM.encode([p.first for p in pairs]), 0)
