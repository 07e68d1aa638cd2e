"""Pages found by their looks, and read by a model that sees."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from polysense import Library, registry
from polysense.generate.page_reading import pages_to_look_at
from polysense.ingest.workers import Limits
from polysense.types import Asset, Chunk, Hit, Part, ScoreExplanation, Span

from ..encoders import tiny_pages, tiny_vision
from ..llm.transformers import tiny

pytest.importorskip("sentence_transformers", reason="ColPali needs sentence-transformers")
pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own

PAGES = (
    {"R": (1, 2, 3, 5), "G": (5, 6, 7, 8)},
    {"B": (4, 1, 7, 3)},
    {"G": (0, 0, 2, 2)},
)
"""What is on the pages of a document, in patches of which a page has 8 x 8."""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A ColPali that sees colours, a LLaVA that says one thing."""
    home = tmp_path_factory.mktemp("models")
    pages = tiny_vision.save(tiny_pages.colpali, home / "tiny-pages")
    return pages, tiny.seer(home / "tiny-seer")


def kit_of(models: tuple[Path, Path], *, sees: bool = True) -> registry.Kit:
    pages, seer = models
    line = f"transformers:model={seer},device=cpu" + ("" if sees else ",accepts=text")
    return registry.kit(
        encoders=[
            f"colpali:model={pages},device=cpu",
            *[f"-{e}" for e in registry.OFFLINE.encoders],
        ],
        converters=["-ocr", "-whisper_tiny"],
        language_models=[line],
    )


@pytest.mark.parametrize("has_words", [True, False])
def test_the_page_and_the_region_that_answer_are_cited(
    models: tuple[Path, Path], tmp_path: Path, has_words: bool
) -> None:
    """ColPali finds the page of a document, scanned or not, and the region; LLaVA is shown the page
    and answers; the answer cites both, has the page beside it, and says whose reading it is. A
    model that does not see is not asked.
    """
    path = tiny_pages.pdf(tmp_path / "plans.pdf", PAGES, has_words=has_words)
    with Library(tmp_path / "kb", kit=kit_of(models), limits=Limits(workers=1)) as kb:
        kb.index(path)
        answer = kb.ask("where is B")
    assert answer.parts[0].data == "High water is at noon. [1]"
    assert answer.parts[0].origin == "generated"
    span = answer.evidence[0].span
    assert span.page == 2
    assert span.box == tuple(v / tiny_pages.GRID for v in PAGES[1]["B"])
    assert [p.modality for p in answer.parts[1:]] == ["image"]
    assert "own reading" in answer.warnings[0]

    blind = kit_of(models, sees=False)
    with Library(tmp_path / "kb", kit=blind, limits=Limits(workers=1)) as kb:
        assert not kb.ask("where is B").answered


def test_what_the_model_does_not_say_is_refused(
    models: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it says that it cannot, says what is struck, or is not asked because no words are
    wanted: nothing is answered, and no rule reads the page out in its place.
    """
    path = tiny_pages.pdf(tmp_path / "plans.pdf", PAGES)
    replies = iter(["NO ANSWER", "The pump makes 31 turns, says plan 77 [9].", ""])
    with Library(tmp_path / "kb", kit=kit_of(models), limits=Limits(workers=1)) as kb:
        kb.index(path)
        model = kb.kit.language_model
        assert model is not None
        for _ in range(3):
            reply = next(replies)
            monkeypatch.setattr(model, "chat", lambda *_, reply=reply, **__: iter([reply]))
            answer = kb.ask("where is B")
            assert not answer.answered, reply
            assert [p.origin for p in answer.parts] == ["composed"]
        assert not kb.ask("where is B", to="image").answered


def test_only_what_such_a_space_finds_first(models: tuple[Path, Path]) -> None:
    """In its order, and so many; none where a passage comes first, or nothing sees."""
    asset = Asset("a", "/plans.pdf", "application/pdf", "text", 1)

    def page(number: int, rank: int, space: str = "colpali-tiny-pages") -> Hit:
        part = Part("image", b"", span=Span(page=number))
        why = (ScoreExplanation(space, rank, 0.5),)
        return Hit(Chunk(asset, Span(page=number), "image", part), 1 / rank, why)

    kit = kit_of(models)
    hits = [page(4, 1), page(2, 3), page(3, 2), page(1, 4)]
    assert [h.chunk.span.page for h in pages_to_look_at(hits, kit)] == [4, 3, 2]
    words = Hit(Chunk(asset, Span(page=9), "text", text="words"), 2.0)
    assert pages_to_look_at([words, *hits], kit) == []
    assert pages_to_look_at([page(1, 1, "photo"), *hits], kit) == []
    assert pages_to_look_at([], kit) == []
    assert pages_to_look_at(hits, replace(kit, language_models={})) == []
