"""Embeddings of other frameworks as encoders: the contract, a whole library, and what goes wrong."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from polysense import Library, kit, registry
from polysense.encoders.haystack import Haystack
from polysense.encoders.langchain import LangChain
from polysense.encoders.llama_index import LlamaIndex
from polysense.errors import BadConfig, MissingDependency, ModelFailed

from .framework_checks import PARTS

HERE = Path(__file__).parent
PACKAGES = {
    "langchain": "langchain_core",
    "llama_index": "llama_index.core",
    "haystack": "haystack",
}
pytestmark = pytest.mark.usefixtures("embeddings_module")


def test_in_python_the_object_itself_is_given(notes: Path, tmp_path: Path) -> None:
    """Put into a kit by hand, where no text can name it."""
    pytest.importorskip("langchain_core", reason="needs the extra langchain")
    import framework_embeddings

    mine = LangChain(embeddings=framework_embeddings.langchain(), batch=2)
    small = kit(encoders=[f"-{e}" for e in registry.OFFLINE.encoders])
    with Library(tmp_path / "kb", kit=replace(small, encoders={"mine": mine})) as kb:
        kb.index(notes)
        assert kb.search("a wheel with paddles")[0].chunk.asset.name == "mill.txt"


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
    other = LangChain(embeddings="framework_embeddings:langchain", dim=384)
    assert other.space.revision != first.space.revision


def test_a_width_that_is_told_is_not_asked_for() -> None:
    """Opening a library costs no call to a server; one that is wrong is refused."""
    pytest.importorskip("langchain_core", reason="needs the extra langchain")
    assert LangChain(embeddings="framework_embeddings:failing", dim=8).space.dim == 8
    with pytest.raises(BadConfig, match="gave 1 x 384 numbers for 1 x 100"):
        LangChain(embeddings="framework_embeddings:langchain", dim=100).encode(PARTS[:1])


def test_a_model_that_fails_says_so_without_its_key() -> None:
    """And `index` can go on later."""
    pytest.importorskip("langchain_core", reason="needs the extra langchain")
    with pytest.raises(ModelFailed, match="Away of langchain failed: ConnectionError") as raises:
        LangChain(embeddings="framework_embeddings:failing").space  # noqa: B018 - asked for its width
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


@pytest.mark.parametrize("kind", [LangChain, LlamaIndex, Haystack])
def test_without_the_framework_it_says_what_to_install(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line that installs it; `doctor` knows the extra."""
    package = PACKAGES[kind.framework].partition(".")[0]
    for module in [m for m in sys.modules if m.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingDependency) as raises:
        kind().check()
    assert raises.value.hint == f"python -m pip install 'polysense[{kind.extra}]'"
