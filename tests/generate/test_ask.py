"""A question, from the search to the answer, in a library that was indexed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from polysense.generate.ask import Asking
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.llm.openai import OpenAI
from polysense.query.understand import understand
from polysense.registry import Kit
from polysense.retrieve.context import Search
from polysense.rewriters.translation import Translation
from polysense.types import Evidence, Modality, Part

from ..llm.server import running


@pytest.fixture
def kb(tmp_path: Path, notes: Path, bare: Kit) -> Iterator[Library]:
    with Library(tmp_path / "kb", kit=bare, limits=Limits(workers=1)) as library:
        library.index(notes)
        yield library


def asking(kb: Library, *query: str | Part) -> Asking:
    def search_for(items: Sequence[str | Part], modalities: Sequence[Modality] = ()) -> Search:
        assert not modalities, "no generator drafts an answer to words"
        return Search(kb.store, kb.kit, understand(items, kb.kit))

    return Asking(search_for(query), search_for, kb.catalogue, kb.cache, 5)


def test_the_best_place_is_cited(kb: Library) -> None:
    """Evidence is told before the words that cite it; the file can be opened."""
    events: list[Evidence | Part] = []
    answer = asking(kb, "How many paddles has the mill wheel?").answer(("text",), events.append)
    assert answer.answered
    assert "thirty-two paddles" in answer.text
    assert answer.evidence[0].hit.chunk.asset.name == "mill.txt"
    assert answer.evidence[0].hit.chunk.asset.path is not None
    assert isinstance(events[0], Evidence)
    assert isinstance(events[-1], Part)


def test_no_section_of_a_long_file_hides_another(tmp_path: Path, bare: Kit) -> None:
    """A manual whose chapter of faults has the words of the question on every line, and what is
    asked for once, under another heading.
    """
    words = "Weigh the float of the bilge pump of the ferry, then start the bilge pump."
    faults = "\n\n".join(f"{n}. {words * 12}" for n in range(1, 40))
    data = "The bilge pump of the ferry weighs 14 kg. " + "Its casing is of bronze and steel. " * 12
    manual = tmp_path / "in" / "manual.md"
    manual.parent.mkdir()
    manual.write_text(f"# Manual\n\n## Faults\n\n{faults}\n\n## Technical data\n\n{data}\n")
    (manual.parent / "ferry.md").write_text("# Ferry\n\nThe ferry has a pump in its bilge.\n")
    with Library(tmp_path / "kb", kit=bare, limits=Limits(workers=1)) as library:
        library.index(manual.parent)
        answer = asking(library, "How much does the bilge pump of the ferry weigh?")
        assert "14 kg" in answer.answer().text


def test_a_file_of_the_library_does_not_answer_itself(kb: Library, notes: Path) -> None:
    """Asked with one of its own files, what it cites first is another."""
    copy = Part("text", notes / "mill.txt", name="mill.txt")
    answer = asking(kb, "What follows the moon?", copy).answer()
    assert answer.evidence[0].hit.chunk.asset.name == "moon.txt"


def test_a_question_in_another_language_is_judged_by_its_translation(
    tmp_path: Path, notes: Path, bare: Kit
) -> None:
    """A German question to English notes, without a model of meaning: the translator is a server's,
    the evidence is quoted as it stands.
    """
    pytest.importorskip("openai", reason="needs the extra llm")
    words = "Wie viele Schaufeln hat das Mühlrad?"
    with running() as server, Library(tmp_path / "kb", kit=bare) as library:
        library.index(notes)
        assert not library.ask(words).answered
        server.say = lambda _: json.dumps(
            {"questions": [{"language": "en", "words": "How many paddles has the mill wheel?"}]}
        )
        model = OpenAI(model="scripted", base_url=server.url, retries=0)
        kit = replace(bare, rewriters={"translation": Translation(language_model=model)})
        with Library(tmp_path / "kb", kit=kit) as translating:
            answer = translating.ask(words)
    assert answer.answered
    assert "thirty-two paddles" in answer.text
    assert answer.rewrites == (
        "translation: searches also in en: How many paddles has the mill wheel?",
    )
