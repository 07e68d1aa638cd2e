"""polysense in LlamaIndex: the retriever's interface, in the framework's own engines."""

from __future__ import annotations

import asyncio
import json
from importlib import import_module
from pathlib import Path

import pytest

pytest.importorskip("llama_index.core", reason="needs the extra llama-index")

from llama_index.core.callbacks import CallbackManager, CBEventType, EventPayload, LlamaDebugHandler
from llama_index.core.llms import MockLLM
from llama_index.core.postprocessor import SimilarityPostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import ImageNode, MetadataMode, QueryBundle, TextNode

from polysense import Library
from polysense.connect.llama_index import PolysenseRetriever
from polysense.errors import BadFilter

EXAMPLES = Path(__file__).parents[2] / "examples" / "frameworks"
pytestmark = pytest.mark.filterwarnings("ignore:.*utcnow:DeprecationWarning")


def test_nodes_are_the_hits(library: Library) -> None:
    """Words, score, id, place: what `search` gives, in its order."""
    retriever = PolysenseRetriever(library, k=5)
    assert isinstance(retriever, BaseRetriever)
    nodes = retriever.retrieve("How is the wheel repaired?")
    hits = library.search("How is the wheel repaired?", k=5)
    assert [n.node.node_id for n in nodes] == [h.chunk.id for h in hits]
    assert [n.score for n in nodes] == [h.score for h in hits]
    assert [n.node.get_content(MetadataMode.NONE) for n in nodes] == [h.chunk.words for h in hits]
    assert [n.node.metadata["place"] for n in nodes] == [str(h.place) for h in hits]
    assert nodes[0].node.ref_doc_id == hits[0].chunk.asset.id
    assert json.loads(json.dumps(nodes[0].node.metadata)) == nodes[0].node.metadata


def test_asynchronously_they_are_the_same(library: Library) -> None:
    """And the loop goes on meanwhile: something else gets its turn while the search runs."""
    retriever = PolysenseRetriever(library, k=3)
    turns: list[int] = []

    async def count() -> None:
        while True:
            turns.append(1)
            await asyncio.sleep(0)

    async def both() -> list[str]:
        other = asyncio.create_task(count())
        nodes = await retriever.aretrieve("When does the ferry leave?")
        other.cancel()
        return [n.node.node_id for n in nodes]

    now = [n.node.node_id for n in retriever.retrieve("When does the ferry leave?")]
    assert asyncio.run(both()) == now
    assert len(turns) > 10


def test_a_picture_is_an_image_node(library: Library, place: Path) -> None:
    """So that the framework's multimodal engines show it to a model; and it is a question too."""
    photo = place.parent / "files" / "pictures" / "red-bicycle-rack.jpg"
    retriever = PolysenseRetriever(library, k=1, modality="image")
    (by_words,) = retriever.retrieve("a red bicycle")
    (by_photo,) = retriever.retrieve(QueryBundle("", image_path=str(photo)))
    for node in (by_words.node, by_photo.node):
        assert isinstance(node, ImageNode)
        assert node.image_path == str(photo)
        assert node.image_mimetype == "image/jpeg"
    (words,) = PolysenseRetriever(library, k=1, modality="text").retrieve("wheel")
    assert type(words.node) is TextNode


def test_a_model_reads_name_and_place_alone(library: Library) -> None:
    """Ids and scores of a space would be noise in a prompt."""
    (node,) = PolysenseRetriever(library, k=1).retrieve("How is the wheel repaired?")
    read = node.node.get_content(MetadataMode.LLM)
    assert read.startswith(f"name: {node.node.metadata['name']}\nplace: ")
    assert node.node.metadata["chunk"] not in read


def test_in_a_query_engine(library: Library) -> None:
    """The usual way to ask: retriever, postprocessor, model; sources come with the answer."""
    engine = RetrieverQueryEngine.from_args(
        PolysenseRetriever(library, k=2),
        llm=MockLLM(),
        node_postprocessors=[SimilarityPostprocessor(similarity_cutoff=0.0)],
    )
    response = engine.query("How many paddles has the wheel?")
    assert len(response.source_nodes) == 2
    assert response.source_nodes[0].node.get_content(MetadataMode.NONE) in str(response)
    assert str(asyncio.run(engine.aquery("How many paddles has the wheel?"))) == str(response)


def test_callbacks_hear_of_it(library: Library) -> None:
    """What watches a pipeline sees the question and the nodes."""
    handler = LlamaDebugHandler(print_trace_on_end=False)
    retriever = PolysenseRetriever(library, k=2, callback_manager=CallbackManager([handler]))
    nodes = retriever.retrieve("wheel")
    ((start, end),) = handler.get_event_pairs(CBEventType.RETRIEVE)
    assert start.payload[EventPayload.QUERY_STR] == "wheel"
    assert end.payload[EventPayload.NODES] == nodes


def test_filters_and_algebra_are_ours(library: Library) -> None:
    """As in `search`, errors included."""
    retriever = PolysenseRetriever(library, where="name = 'guide.md'", using="bm25 % 20")
    assert {n.node.metadata["name"] for n in retriever.retrieve("ferry")} == {"guide.md"}
    with pytest.raises(BadFilter):
        PolysenseRetriever(library, where="colour = 'red'").retrieve("ferry")


def test_a_library_by_its_place(place: Path) -> None:
    """Opened on first use, closed by `close`, usable again."""
    retriever = PolysenseRetriever(place, k=1)
    for _ in range(2):
        assert retriever.retrieve("wheel")
        retriever.close()


@pytest.mark.slow
def test_the_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a reader copies from examples/frameworks works, and prints what it says."""
    monkeypatch.syspath_prepend(EXAMPLES)
    import_module("with_llama_index").main(tmp_path)
    printed = capsys.readouterr().out
    for words in ["handbook.pdf, p. 2", "place: p. 2", "23 metres tall", "2 sources"]:
        assert words in printed
