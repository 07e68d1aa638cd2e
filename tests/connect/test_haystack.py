"""polysense in Haystack: the component's contract, alone and in a pipeline."""

from __future__ import annotations

import asyncio
import json
from importlib import import_module
from pathlib import Path

import pytest

pytest.importorskip("haystack", reason="needs the extra haystack")

from haystack import Document, Pipeline
from haystack.components.builders import PromptBuilder
from haystack.components.converters.image import DocumentToImageContent
from haystack.components.joiners import DocumentJoiner
from haystack.core.component import Component
from haystack.core.errors import DeserializationError

from polysense import Library
from polysense.connect.haystack import PolysenseRetriever
from polysense.errors import BadConfig, BadFilter

EXAMPLES = Path(__file__).parents[2] / "examples" / "frameworks"
TEMPLATE = (
    "{% for d in documents %}[{{ d.meta.place }}] {{ d.content }}\n{% endfor %}{{ question }}"
)


def pipeline(retriever: PolysenseRetriever) -> Pipeline:
    """Retriever and prompt."""
    flow = Pipeline()
    flow.add_component("retriever", retriever)
    flow.add_component("prompt", PromptBuilder(TEMPLATE, required_variables="*"))
    flow.connect("retriever.documents", "prompt.documents")
    return flow


def test_documents_are_the_hits(library: Library) -> None:
    """Words, score, id, place: what `search` gives, in its order."""
    retriever = PolysenseRetriever(library, top_k=5)
    assert isinstance(retriever, Component)
    documents = retriever.run(query="How is the wheel repaired?")["documents"]
    hits = library.search("How is the wheel repaired?", k=5)
    assert all(isinstance(d, Document) for d in documents)
    assert [d.id for d in documents] == [h.chunk.id for h in hits]
    assert [d.score for d in documents] == [h.score for h in hits]
    assert [d.content for d in documents] == [h.chunk.words for h in hits]
    for document in documents:
        assert json.loads(json.dumps(document.meta)) == document.meta
        assert Document.from_dict(document.to_dict()) == document


def test_sockets() -> None:
    """What can be connected: one question in, documents out, the rest optional."""
    retriever = PolysenseRetriever("kb")
    inputs = retriever.__haystack_input__._sockets_dict
    outputs = retriever.__haystack_output__._sockets_dict
    assert {n for n, s in inputs.items() if s.is_mandatory} == {"query"}
    assert set(inputs) == {"query", "top_k", "where", "modality", "files"}
    assert {n: s.type for n, s in outputs.items()} == {"documents": list[Document]}


def test_in_a_pipeline(library: Library) -> None:
    """Run, with options for one run, and asynchronously."""
    flow = pipeline(PolysenseRetriever(library, top_k=3))
    question = "How many paddles has the wheel?"
    data = {
        "retriever": {"query": question, "top_k": 1, "where": "name = 'wheel-repair.docx'"},
        "prompt": {"question": question},
    }
    prompt = flow.run(data)["prompt"]["prompt"]
    assert prompt.startswith("[paragraph")
    assert prompt.endswith(question)
    assert prompt.count("\n[") == 0
    later = Pipeline()
    later.add_component("retriever", PolysenseRetriever(library, top_k=3))
    answer = asyncio.run(later.run_async({"retriever": data["retriever"]}))
    assert [d.meta["name"] for d in answer["retriever"]["documents"]] == ["wheel-repair.docx"]


def test_two_are_joined(library: Library) -> None:
    """Documents of one chunk have one id, so that Haystack's joiner sees that they are one."""
    flow = Pipeline()
    for name, using in (("words", "bm25 % 20"), ("meaning", "minilm % 20")):
        flow.add_component(name, PolysenseRetriever(library, top_k=5, using=using))
    flow.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
    flow.connect("words.documents", "joiner.documents")
    flow.connect("meaning.documents", "joiner.documents")
    question = {"query": "water wheel repair"}
    joint = flow.run({"words": question, "meaning": question})["joiner"]["documents"]
    assert 5 <= len(joint) < 10
    assert len({d.id for d in joint}) == len(joint)


def test_written_and_read_again(place: Path, tmp_path: Path) -> None:
    """A pipeline's file holds where the library is and how it is asked; Haystack imports our
    component only for those who allow it.
    """
    (tmp_path / "polysense.toml").write_text('encoders = ["minilm:threads=1"]\n')
    retriever = PolysenseRetriever(
        place,
        top_k=2,
        where="name = 'handbook.pdf'",
        modality="text",
        using="bm25 % 9",
        settings=str(tmp_path),
    )
    raw = retriever.to_dict()
    assert raw["type"] == "polysense.connect.haystack.PolysenseRetriever"
    assert PolysenseRetriever.from_dict(raw).to_dict() == raw
    text = pipeline(retriever).dumps()
    again = Pipeline.loads(text, allowed_modules=["polysense.connect.haystack"])
    assert again.dumps() == text
    again.warm_up()
    answer = again.run({"retriever": {"query": "mill"}, "prompt": {"question": "?"}})
    assert answer["prompt"]["prompt"].startswith("[p. ")
    with pytest.raises(DeserializationError):
        Pipeline.loads(text)


def test_an_open_library_is_written_by_its_place(library: Library) -> None:
    """One in memory is nowhere to be answer again, and that is said."""
    assert PolysenseRetriever(library).to_dict()["init_parameters"]["library"] == library.location
    with Library("memory://") as kb, pytest.raises(BadConfig, match="in memory"):
        PolysenseRetriever(kb).to_dict()


def test_pictures_reach_haystacks_own_components(library: Library, place: Path) -> None:
    """By file_path and page_number, as they read them: a photo, a page of a PDF."""
    pytest.importorskip("pypdfium2")
    retriever = PolysenseRetriever(library, top_k=1)
    photo = retriever.run("a red bicycle", modality=["image"], where="mime = 'image/jpeg'")
    page = retriever.run("How high is the lighthouse?", where="name = 'handbook.pdf'")
    documents = [*photo["documents"], *page["documents"]]
    assert documents[0].meta["file_path"] == str(
        place.parent / "files/pictures/red-bicycle-rack.jpg"
    )
    assert documents[1].meta["page_number"] == documents[1].meta["span"]["page"]
    contents = DocumentToImageContent().run(documents)["image_contents"]
    assert [bool(c and c.base64_image) for c in contents] == [True, True]


def test_a_photo_can_be_asked_with(library: Library, place: Path) -> None:
    """A picture is a question like words are."""
    photo = str(place.parent / "files" / "pictures" / "puffin.png")
    (first,) = PolysenseRetriever(library, top_k=1).run(query="", files=[photo])["documents"]
    assert first.meta["name"] == "puffin.png"


def test_what_cannot_be_asked_is_refused(library: Library) -> None:
    """As everywhere, with the hint."""
    with pytest.raises(BadFilter):
        PolysenseRetriever(library, where="colour = 'red'").run(query="ferry")
    with pytest.raises(BadConfig, match="not above 0"):
        PolysenseRetriever(library, top_k=0)


def test_a_library_by_its_place(place: Path) -> None:
    """Opened by `warm_up` or on first use, closed by `close`, usable again."""
    retriever = PolysenseRetriever(str(place), top_k=1)
    for _ in range(2):
        retriever.warm_up()
        assert retriever.run(query="wheel")["documents"]
        retriever.close()


@pytest.mark.slow
def test_the_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a reader copies from examples/frameworks works, and prints what it says."""
    monkeypatch.syspath_prepend(EXAMPLES)
    import_module("with_haystack").main(tmp_path)
    printed = capsys.readouterr().out
    for words in ["[handbook.pdf, p. 2]", "23 metres tall", "Question: How tall"]:
        assert words in printed
