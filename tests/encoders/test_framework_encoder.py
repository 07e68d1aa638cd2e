"""Embeddings of other frameworks as encoders: the contract, a whole library, and what goes wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from polysense import Library, kit, registry
from polysense.encoders.haystack import Haystack
from polysense.encoders.langchain import LangChain
from polysense.encoders.llama_index import LlamaIndex
from polysense.encoders.minilm import MiniLM
from polysense.errors import BadConfig, ModelFailed
from polysense.testing import check_encoder
from polysense.types import Part

HERE = Path(__file__).parent
SPECS = {
    "langchain": "langchain:embeddings=frameworks:langchain",
    "llama_index": "llama_index:embedding=frameworks:llama_index",
    "haystack": (
        "haystack:document_embedder=frameworks:haystack_document_embedder,"
        "text_embedder=frameworks:haystack_text_embedder"
    ),
}
PACKAGES = {
    "langchain": "langchain_core",
    "llama_index": "llama_index.core",
    "haystack": "haystack",
}
PARTS = [Part("text", "High water follows the moon."), Part("text", "A bell"), Part("text", " ")]


@pytest.fixture(autouse=True)
def module(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`frameworks` can be imported, as a user's own module can."""
    monkeypatch.syspath_prepend(HERE)
    yield
    sys.modules.pop("frameworks", None)


@pytest.mark.parametrize("name", SPECS)
def test_it_keeps_the_contract(name: str) -> None:
    """Unit vectors of words, NaN of none, usable from two threads; the model's own numbers."""
    pytest.importorskip(PACKAGES[name], reason=f"needs the extra {name}")
    encoder = registry.load("encoders", SPECS[name])
    vectors = check_encoder(encoder, PARTS)
    expected = MiniLM(threads=1).encode(PARTS)
    assert np.allclose(vectors, expected, atol=1e-5, equal_nan=True)
    asked = encoder.encode(PARTS[:1], "query")
    assert np.allclose(asked, expected[:1], atol=1e-5)
    assert encoder.space.name == f"{name}-local-mini"
    assert encoder.space.dim == 384


@pytest.mark.parametrize("name", SPECS)
def test_a_library_is_searched_by_it(name: str, notes: Path, tmp_path: Path) -> None:
    """One line of configuration: indexed, stored, the right neighbour, with its place and why."""
    pytest.importorskip(PACKAGES[name], reason=f"needs the extra {name}")
    left_out = [f"-{e}" for e in registry.OFFLINE.encoders]
    models = kit(encoders=[*left_out, SPECS[name]])
    with Library(tmp_path / "kb", kit=models) as kb:
        assert kb.index(notes).indexed == 3
        hit = kb.search("lunar influence on the sea")[0]
    assert hit.chunk.asset.name == "moon.txt"
    assert str(hit.place) == "L1"
    assert f"{name}-local-mini" in [w.space for w in hit.why]


def test_in_python_the_object_itself_is_given(notes: Path, tmp_path: Path) -> None:
    """Put into a kit by hand, where no text can name it."""
    pytest.importorskip("langchain_core", reason="needs the extra langchain")
    import frameworks

    mine = LangChain(embeddings=frameworks.langchain(), batch=2)
    small = kit(encoders=[f"-{e}" for e in registry.OFFLINE.encoders])
    with Library(tmp_path / "kb", kit=replace(small, encoders={"mine": mine})) as kb:
        kb.index(notes)
        assert kb.search("a wheel with paddles")[0].chunk.asset.name == "mill.txt"


def test_the_document_embedder_alone_does_both() -> None:
    """Where a model has one way for what is indexed and what is asked."""
    pytest.importorskip("haystack", reason="needs the extra haystack")
    encoder = Haystack(document_embedder="frameworks:haystack_document_embedder")
    assert np.allclose(encoder.encode(PARTS[:2], "query"), encoder.encode(PARTS[:2]))


def test_a_revision_names_a_space_of_its_own() -> None:
    """Vectors of a model that has changed behind its name do not mix with the old ones; another
    model of the same class has another space without being told.
    """
    pytest.importorskip("langchain_core", reason="needs the extra langchain")
    from langchain_core.embeddings import DeterministicFakeEmbedding

    first, second = (
        LangChain(embeddings=DeterministicFakeEmbedding(size=8), revision=r) for r in ("", "2")
    )
    assert first.space.name == second.space.name == "langchain-DeterministicFakeEmbedding"
    assert first.space.revision != second.space.revision == "2"
    other = LangChain(embeddings="frameworks:langchain", dim=384)
    assert other.space.revision != first.space.revision


def test_a_width_that_is_told_is_not_asked_for() -> None:
    """Opening a library costs no call to a server; one that is wrong is refused."""
    pytest.importorskip("langchain_core", reason="needs the extra langchain")
    assert LangChain(embeddings="frameworks:failing", dim=8).space.dim == 8
    with pytest.raises(BadConfig, match="gave 1 x 384 numbers for 1 x 100"):
        LangChain(embeddings="frameworks:langchain", dim=100).encode(PARTS[:1])


def test_a_model_that_fails_says_so_without_its_key() -> None:
    """And `index` can go on later."""
    pytest.importorskip("langchain_core", reason="needs the extra langchain")
    with pytest.raises(ModelFailed, match="Away of langchain failed: ConnectionError") as raises:
        LangChain(embeddings="frameworks:failing").space  # noqa: B018 - asked for its width
    assert "0123456789" not in str(raises.value)
    assert raises.value.__suppress_context__


@pytest.mark.parametrize(
    ("encoder", "option"),
    [
        (LangChain(), "langchain:embeddings="),
        (LlamaIndex(), "llama_index:embedding="),
        (Haystack(), "haystack:document_embedder="),
    ],
)
def test_without_a_model_it_says_what_to_write(
    encoder: LangChain | LlamaIndex | Haystack, option: str
) -> None:
    """The option, and its form."""
    pytest.importorskip(PACKAGES[encoder.framework], reason="needs the framework")
    with pytest.raises(BadConfig, match=option) as raises:
        encoder.encode(PARTS[:1])
    assert f"{option}package.module:name" in raises.value.hint


def test_the_wrong_kind_is_refused() -> None:
    """A chat model is no embeddings."""
    pytest.importorskip("langchain_core", reason="needs the extra langchain")
    path = "langchain_core.language_models:FakeListChatModel"
    with pytest.raises(BadConfig, match=r"failed when it was called|no embeddings"):
        LangChain(embeddings=path).encode(PARTS[:1])
    with pytest.raises(BadConfig, match="made a MiniLM, no embeddings of LangChain"):
        LangChain(embeddings="polysense.encoders.minilm:MiniLM").encode(PARTS[:1])
