"""polysense in LangChain: the framework's own standard tests, and what they do not ask."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("langchain_core", reason="needs the extra langchain")
pytest.importorskip("langchain_tests", reason="needs langchain-tests, of the extra test")

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnablePassthrough
from langchain_tests.integration_tests import EmbeddingsIntegrationTests, RetrieversIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from polysense import Library
from polysense.connect.langchain import PolysenseEmbeddings, PolysenseRetriever
from polysense.encoders.minilm import MiniLM
from polysense.errors import BadConfig, BadFilter
from polysense.protocols import Encoder, Encoding
from polysense.types import Metric, Part, Role, Space

EXAMPLES = Path(__file__).parents[2] / "examples" / "frameworks"
# of the standard tests only some are coroutines, and their class is marked
coroutines = pytest.mark.filterwarnings("ignore:.*is marked with '@pytest.mark.asyncio'")


@coroutines
@pytest.mark.asyncio
class TestRetriever(RetrieversIntegrationTests):
    """LangChain's own tests of retrievers."""

    @pytest.fixture(autouse=True)
    def _library(self, library: Library) -> None:
        self.library = library

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return PolysenseRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"library": self.library}

    @property
    def retriever_query_example(self) -> str:
        return "How is the wheel repaired?"


class TestEmbeddingsUnit(EmbeddingsUnitTests):
    """LangChain's own tests of embeddings, without a call."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return PolysenseEmbeddings


@coroutines
@pytest.mark.asyncio
class TestEmbeddingsIntegration(EmbeddingsIntegrationTests):
    """LangChain's own tests of embeddings."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return PolysenseEmbeddings


def test_a_document_is_the_words_and_the_exact_place(library: Library) -> None:
    """The page of a PDF with the box on it, the seconds of a recording; and as JSON."""
    (handbook,) = PolysenseRetriever(library=library, k=1, where="name = 'handbook.pdf'").invoke(
        "How high is the lighthouse?"
    )
    assert handbook.page_content
    assert handbook.metadata["source"] == handbook.metadata["uri"]
    assert handbook.metadata["span"]["page"] >= 1
    assert len(handbook.metadata["span"]["box"]) == 4
    assert handbook.id == handbook.metadata["chunk"]
    (sound,) = PolysenseRetriever(library=library, k=1, modality="audio").invoke("the biscuit tin")
    assert sound.metadata["modality"] == "audio"
    assert len(sound.metadata["span"]["seconds"]) == 2
    assert json.loads(json.dumps(sound.metadata)) == sound.metadata


def test_options_of_a_call_reach_the_search_sync_and_async(library: Library) -> None:
    """The framework's own asynchronous way forgets them."""
    retriever = PolysenseRetriever(library=library)
    options = {"k": 2, "modality": "image", "where": "mime = 'image/jpeg'"}
    now = retriever.invoke("a red bicycle", **options)
    later = asyncio.run(retriever.ainvoke("a red bicycle", **options))
    assert [d.id for d in now] == [d.id for d in later]
    assert {d.metadata["modality"] for d in now} == {"image"}
    assert now[0].metadata["name"] == "red-bicycle-rack.jpg"
    lexical = retriever.invoke("wheel", using="bm25 % 20")
    assert {w["space"] for d in lexical for w in d.metadata["why"]} == {"bm25"}


def test_a_photo_can_be_asked_with(library: Library, place: Path) -> None:
    """A picture is a question like words are."""
    photo = str(place.parent / "files" / "pictures" / "puffin.png")
    first = PolysenseRetriever(library=library, k=1).invoke("", files=[photo])[0]
    assert first.metadata["name"] == "puffin.png"


def test_what_cannot_be_asked_is_refused_as_everywhere(library: Library) -> None:
    """Our errors pass through the framework, hint and all, and its handlers hear of them."""

    class Listener(BaseCallbackHandler):
        errors: list[BaseException]

        def __init__(self) -> None:
            self.errors = []

        def on_retriever_error(self, error: BaseException, **kwargs: Any) -> None:
            self.errors.append(error)

    listener = Listener()
    with pytest.raises(BadFilter) as raises:
        PolysenseRetriever(library=library, where="colour = 'red'").invoke(
            "wheel", {"callbacks": [listener]}
        )
    assert raises.value.hint
    assert listener.errors == [raises.value]
    with pytest.raises(ValueError, match="greater than 0"):
        PolysenseRetriever(library=library, k=0)
    with pytest.raises(BadConfig):
        PolysenseRetriever(library=library, settings="nowhere")


def test_a_library_by_its_place(place: Path) -> None:
    """Opened on first use, closed by `close`, usable again."""
    retriever = PolysenseRetriever(library=str(place), k=1)
    for _ in range(2):
        assert retriever.invoke("wheel")
        retriever.close()


def test_in_a_chain(library: Library) -> None:
    """The usual way to ask: retriever, prompt, model, words."""
    retriever = PolysenseRetriever(library=library, k=2)
    prompt = ChatPromptTemplate.from_template("{context}\n\n{question}")

    def join(documents: list[Any]) -> str:
        return "\n\n".join(f"{d.page_content} ({d.metadata['place']})" for d in documents)

    chain = (
        {"context": retriever | join, "question": RunnablePassthrough()}
        | prompt
        | FakeListChatModel(responses=["It has thirty-two."])
        | StrOutputParser()
    )
    assert chain.invoke("How many paddles has the wheel?") == "It has thirty-two."
    batches = retriever.batch(["wheel", "ferry"])
    assert [len(b) for b in batches] == [2, 2]


def test_embeddings_are_the_encoders_own() -> None:
    """Row by row; a text without words has a vector of zeros, which every store takes."""
    texts = ["High water follows the moon.", " ", "A red bicycle"]
    rows = PolysenseEmbeddings("minilm").embed_documents(texts)
    encoder = MiniLM()
    expected = encoder.encode([Part("text", t) for t in texts])
    assert np.allclose(rows[0], expected[0])
    assert np.allclose(rows[2], expected[2])
    assert not any(rows[1])
    query = encoder.encode([Part("text", texts[2])], "query")[0]
    assert np.allclose(PolysenseEmbeddings(encoder).embed_query(texts[2]), query)
    assert PolysenseEmbeddings().embed_documents([]) == []


def test_an_encoder_of_no_words_is_refused() -> None:
    """At once, not when the first text comes."""
    with pytest.raises(BadConfig, match="sound takes no words"):
        PolysenseEmbeddings("sound")


@pytest.mark.parametrize(("metric", "words"), [("maxsim", "several"), ("sparse", "sparse")])
def test_an_encoder_of_other_vectors_is_refused(metric: Metric, words: str) -> None:
    """Late interaction and sparse vectors are no list of one length: said at once."""

    class Other(Encoder):
        accepts = frozenset({"text"})
        space = Space("other", "1", 8, metric)

        def encode(self, parts: Sequence[Part], role: Role = "document") -> Encoding:
            return [np.ones((n + 1, 2), np.float32) for n in range(len(parts))]

    with pytest.raises(BadConfig, match=f"other gives .*{words}"):
        PolysenseEmbeddings(Other())


@pytest.mark.slow
def test_the_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a reader copies from examples/frameworks works, and prints what it says."""
    monkeypatch.syspath_prepend(EXAMPLES)
    import_module("with_langchain").main(tmp_path)
    printed = capsys.readouterr().out
    for words in [
        "[handbook.pdf, p. 2]",
        "23 metres tall",
        "Question: How tall",
        "like ferry.jpg: ferry.jpg",
    ]:
        assert words in printed
