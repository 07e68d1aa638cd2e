"""What is checked of the embeddings of each framework."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from polysense import Library, kit, registry
from polysense.encoders.minilm import MiniLM
from polysense.testing import check_encoder
from polysense.types import Part

PARTS = [Part("text", "High water follows the moon."), Part("text", "A bell"), Part("text", " ")]


def check_contract(spec: str) -> Any:
    """Unit vectors of words, NaN of none, usable from two threads; the model's own numbers."""
    encoder = registry.load("encoders", spec)
    encoder.check()
    vectors = check_encoder(encoder, PARTS)
    expected = MiniLM(threads=1).encode(PARTS)
    assert np.allclose(vectors, expected, atol=1e-5, equal_nan=True)
    assert np.allclose(encoder.encode(PARTS[:1], "query"), expected[:1], atol=1e-5)
    assert encoder.space.name == f"{encoder.framework}-local-mini"
    assert encoder.space.dim == 384
    return encoder


def check_library(spec: str, files: Path, place: Path) -> None:
    """One line of configuration: indexed, stored, the right neighbour, with its place and why."""
    left_out = [f"-{e}" for e in registry.OFFLINE.encoders]
    models = kit(encoders=[*left_out, spec])
    with Library(place, kit=models) as kb:
        assert kb.index(files).indexed == 3
        hit = kb.search("lunar influence on the sea")[0]
    assert hit.chunk.asset.name == "moon.txt"
    assert str(hit.place) == "L1"
    assert f"{spec.partition(':')[0]}-local-mini" in [w.space for w in hit.why]
