"""Embeddings of Haystack as an encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("haystack", reason="needs the extra haystack")

from polysense.encoders.haystack import Haystack
from polysense.errors import BadConfig

from .framework_checks import PARTS, check_contract, check_library

SPEC = (
    "haystack:document_embedder=framework_embeddings:haystack_document_embedder,"
    "text_embedder=framework_embeddings:haystack_text_embedder"
)
pytestmark = pytest.mark.usefixtures("embeddings_module")


def test_it_keeps_the_contract() -> None:
    """Of encoders, on a real model."""
    check_contract(SPEC)


def test_a_library_is_searched_by_it(notes: Path, tmp_path: Path) -> None:
    """By one line of configuration."""
    check_library(SPEC, notes, tmp_path / "kb")


def test_the_document_embedder_alone_does_both(embeddings_module: str) -> None:
    """Where a model has one way for what is indexed and what is asked."""
    encoder = Haystack(document_embedder=f"{embeddings_module}:haystack_document_embedder")
    assert np.allclose(encoder.encode(PARTS[:2], "query"), encoder.encode(PARTS[:2]))


def test_the_same_words_twice(embeddings_module: str) -> None:
    """Haystack takes documents of one content for one; here each has its row."""
    encoder = Haystack(document_embedder=f"{embeddings_module}:haystack_document_embedder")
    first, _, third = encoder.encode([PARTS[0], PARTS[1], PARTS[0]])
    assert np.array_equal(first, third)


def test_the_wrong_kind_is_refused() -> None:
    """A class of something else."""
    with pytest.raises(BadConfig, match="made a MiniLM, no embedder of Haystack"):
        Haystack(document_embedder="polysense.encoders.minilm:MiniLM").check()
