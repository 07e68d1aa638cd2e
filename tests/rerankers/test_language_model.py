"""Passages and pictures in the order of a language model's grades."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polysense import Library, registry
from polysense.errors import ModelFailed, Unreadable
from polysense.ingest.workers import Limits
from polysense.messages import Chat, Usage
from polysense.protocols import LanguageModel
from polysense.rerankers.language_model import LanguageModelReranker
from polysense.testing import check_reranker
from polysense.types import Asset, Chunk, Part, Span

from ..llm.server import running

QUESTION = (Part("text", "Who keeps the lighthouse?"),)
PICTURE = Part("image", np.full((8, 8, 3), 90, np.uint8))


class Grader(LanguageModel):
    """Likes what is official, in words, and every picture."""

    name = "grader"
    context = 8000

    def __init__(self, *accepts: str, says: str = "", is_blind: bool = False) -> None:
        self.accepts = frozenset({"text", *accepts})
        self.says, self.is_blind, self.chats = says, is_blind, list[Chat]()

    def chat(
        self, messages: Chat, *, schema: Mapping[str, Any] | None = None, most: int = 1024
    ) -> Iterator[str | Usage]:
        self.chats.append(messages)
        pictures = [p for p in messages[-1].parts if p.modality == "image"]
        if pictures and self.is_blind:
            raise Unreadable("it cannot be drawn")
        grade = 9 if pictures else 7 if "official" in messages[-1].text else 2
        yield self.says or f'{{"grade": {grade}}}'
        yield Usage(100, 7)


def chunk(n: int, text: str, part: Part | None = None) -> Chunk:
    asset = Asset(f"{n:032x}", f"/{n}.txt", "", "text", 1)
    return Chunk(asset, Span(page=1), "image" if part else "text", part, text=text)


CHUNKS = [chunk(1, "the keeper is Anna"), chunk(2, "official: it is Maria"), chunk(3, "", PICTURE)]


def test_the_contract() -> None:
    """Each by itself, whatever the others are; pictures by their looks where the model sees."""
    reranker = LanguageModelReranker(language_model=Grader("image", "audio"))
    check_reranker(reranker, QUESTION, CHUNKS)
    assert reranker.accepts == {"text", "image"}
    assert list(reranker.score(QUESTION, CHUNKS)) == [2, 7, 9]
    assert LanguageModelReranker(language_model=Grader()).accepts == {"text"}


def test_what_is_asked() -> None:
    """The rules, the passage as data, the picture, the question."""
    model = Grader("image")
    LanguageModelReranker(language_model=model).score(QUESTION, [chunk(1, "a tower", PICTURE)])
    ((rules, request),) = model.chats
    assert '{"grade": 7}' in rules.text
    document, picture, _, question = request.parts
    assert str(document.data).startswith("<document-")
    assert (picture, question) == (PICTURE, QUESTION[0])


def test_only_the_first_are_graded() -> None:
    """Each is a request; the others stay behind, in their order."""
    model = Grader()
    scores = LanguageModelReranker(language_model=model, most=1).score(QUESTION, CHUNKS[:2] * 2)
    assert len(model.chats) == 1
    assert sorted(scores, reverse=True) == list(scores)


def test_what_cannot_be_seen_is_graded_by_its_words() -> None:
    """Without any it is nothing; a question that is a sound asks nothing of it."""
    reranker = LanguageModelReranker(language_model=Grader("image", is_blind=True))
    official = chunk(4, "official", PICTURE)
    assert list(reranker.score(QUESTION, [official, CHUNKS[2]])) == [7, 0]
    assert list(reranker.score((Part("audio", b"x"),), CHUNKS)) == []


def test_what_is_no_grade_is_told() -> None:
    """In one line, with what to do."""
    for words in ("very good", '{"grade": 99}'):
        reranker = LanguageModelReranker(language_model=Grader(says=words))
        with pytest.raises(ModelFailed, match="grader gave") as raises:
            reranker.score(QUESTION, CHUNKS[:1])
        assert raises.value.hint


@pytest.mark.slow
def test_a_library_is_searched_with_it(tmp_path: Path) -> None:
    """One line of settings; a model that fails leaves the order as it is, and is told once."""
    pytest.importorskip("openai", reason="needs the extra llm")
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "a.txt").write_text("The keeper of the lighthouse is Anna Berg.")
    (notes / "b.txt").write_text("Official: in a long letter, the lighthouse has Maria as keeper.")
    first = {}
    with running() as server:
        server.say = lambda words: f'{{"grade": {9 if "Official" in words else 1}}}'
        for name in ("scripted", "broken"):
            kit = registry.kit(
                encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
                rerankers=["language_model"],
                language_models=[f"openai:model={name},base_url={server.url},retries=0"],
            )
            with Library(tmp_path / name, kit=kit, limits=Limits(workers=1)) as kb:
                kb.index(notes)
                hits = kb.search("keeper of the lighthouse")
                first[name] = hits[0].chunk.asset.name
                warnings = [w for w in hits.warnings if "ordered nothing" in w]
                assert len(warnings) == (name == "broken")
    assert first == {"scripted": "b.txt", "broken": "a.txt"}
