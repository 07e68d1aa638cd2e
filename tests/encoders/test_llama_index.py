"""Embeddings of LlamaIndex as an encoder."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("llama_index.core", reason="needs the extra llama-index")

from polysense.encoders.llama_index import LlamaIndex
from polysense.errors import BadConfig

from .framework_checks import check_contract, check_library

SPEC = "llama_index:embedding=framework_embeddings:llama_index"
pytestmark = pytest.mark.usefixtures("embeddings_module")


def test_it_keeps_the_contract() -> None:
    """Of encoders, on a real model."""
    check_contract(SPEC)


def test_a_library_is_searched_by_it(notes: Path, tmp_path: Path) -> None:
    """By one line of configuration."""
    check_library(SPEC, notes, tmp_path / "kb")


def test_the_wrong_kind_is_refused() -> None:
    """A class of something else."""
    with pytest.raises(BadConfig, match="made a MiniLM, no embeddings of LlamaIndex"):
        LlamaIndex(embedding="polysense.encoders.minilm:MiniLM").check()
