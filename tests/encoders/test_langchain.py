"""Embeddings of LangChain as an encoder."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("langchain_core", reason="needs the extra langchain")

from polysense.encoders.langchain import LangChain
from polysense.errors import BadConfig

from .framework_checks import check_contract, check_library

SPEC = "langchain:embeddings=framework_embeddings:langchain"
pytestmark = pytest.mark.usefixtures("embeddings_module")


def test_it_keeps_the_contract() -> None:
    """Of encoders, on a real model."""
    check_contract(SPEC)


def test_a_library_is_searched_by_it(notes: Path, tmp_path: Path) -> None:
    """By one line of configuration."""
    check_library(SPEC, notes, tmp_path / "kb")


def test_the_wrong_kind_is_refused() -> None:
    """A class of something else, and one that cannot be made of nothing."""
    with pytest.raises(BadConfig, match="made a MiniLM, no embeddings of LangChain"):
        LangChain(embeddings="polysense.encoders.minilm:MiniLM").check()
    path = "langchain_core.embeddings:DeterministicFakeEmbedding"
    with pytest.raises(BadConfig, match="failed when it was called: ValidationError"):
        LangChain(embeddings=path).check()


def test_a_class_is_called_with_the_model(embeddings_module: str) -> None:
    """So that a provider's own class is named by one line."""
    encoder = LangChain(embeddings=f"{embeddings_module}:langchain_class", model="any/large")
    assert encoder.space.name == "langchain-any-large"
