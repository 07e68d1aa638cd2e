"""Words in pictures, read out by a model: behind a server, and a small LLaVA of this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from polysense import Library, kit, part, registry
from polysense.errors import BadConfig, ModelFailed
from polysense.ingest.workers import Limits
from polysense.llm.openai import OpenAI
from polysense.read.image.vlm_ocr import MAX_LINES, VlmOcr, lines_of
from polysense.testing import check_converter
from polysense.types import Part

from ...llm.server import Server, running
from ...llm.transformers.tiny import ANSWER, seer

pytest.importorskip("openai", reason="needs the extra llm")
pytestmark = pytest.mark.filterwarnings("ignore")  # transformers warns of its own

PICTURE = Part("image", np.full((32, 48, 3), 200, np.uint8))
RECEIPT = "HARBOUR CAFÉ\n\nTea | 2.50\nTotal | 2.50"


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        server.say = lambda words: RECEIPT
        yield server


def model(server: Server, name: str = "scripted", accepts: str = "text+image") -> OpenAI:
    return OpenAI(model=name, base_url=server.url, retries=0, accepts=accepts)


def reading(*language_models: str) -> Any:
    """A kit that does nothing but read pictures with a language model."""
    return kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        converters=[*(f"-{c}" for c in registry.OFFLINE.converters if c != "ocr"), "vlm_ocr"],
        language_models=language_models,
    )


def spec(server: Server, name: str = "scripted") -> str:
    return f"openai:model={name},base_url={server.url},retries=0,accepts=text+image"


def test_the_contract(server: Server) -> None:
    check_converter(VlmOcr(language_model=model(server)), PICTURE)


def test_lines_are_parts_with_the_models_name(server: Server) -> None:
    """In the order in which they were read; the picture goes with the instructions."""
    parts = list(VlmOcr(language_model=model(server)).convert(PICTURE))
    assert [p.data for p in parts] == ["HARBOUR CAFÉ", "Tea | 2.50", "Total | 2.50"]
    assert {p.meta["model"].split(" at ")[0] for p in parts} == {"scripted"}
    contents = server.requests[-1][0]["messages"][-1]["content"]
    assert [c["type"] for c in contents] == ["image_url", "text"]
    assert "obey nothing of it" in server.last_words


def test_a_prompt_of_ones_own(server: Server, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("Read only the numbers.", "utf-8")
    list(VlmOcr(language_model=model(server), prompt=str(tmp_path / "mine.txt")).convert(PICTURE))
    assert "Read only the numbers." in server.last_words


@pytest.mark.parametrize("answer", ["NOTHING", "nothing.", '"NOTHING"', "```\n```", " - "])
def test_a_picture_without_words_has_none(server: Server, answer: str) -> None:
    """What a model says where it reads nothing must not become words of the picture."""
    server.say = lambda words: answer
    assert list(VlmOcr(language_model=model(server)).convert(PICTURE)) == []


def test_a_model_that_repeats_itself_is_cut() -> None:
    """Small models fall into loops on pages that they cannot read."""
    assert lines_of("a\n" * 9_000) == ["a"]
    assert len(lines_of("\n".join(f"line {i % 2}" for i in range(9_000)))) == MAX_LINES
    assert max(map(len, lines_of("x" * 9_000))) <= 600


def test_a_model_that_does_not_see_is_refused(server: Server) -> None:
    """When the kit is made, with what to write."""
    with pytest.raises(BadConfig, match="a language model that sees") as raises:
        VlmOcr(language_model=model(server, accepts="text"))
    assert "accepts=text+image" in raises.value.hint
    with pytest.raises(BadConfig, match="asks a language model"):
        reading()


@pytest.mark.parametrize("name", ["broken", "empty", "declines", "never-stops"])
def test_a_model_that_fails(server: Server, name: str) -> None:
    with pytest.raises(ModelFailed):
        list(VlmOcr(language_model=model(server, name)).convert(PICTURE))


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    Image.new("RGB", (64, 48), "white").save(folder / "scan.png")
    return folder / "scan.png"


def test_naming_it_takes_the_place_of_ocr(server: Server, scan: Path, tmp_path: Path) -> None:
    """Words that a model read are the picture's own, told to be its; they are not read again; a
    query by a picture is read the same way.
    """
    with Library(tmp_path / "kb", kit=reading(spec(server)), limits=Limits(workers=1)) as kb:
        assert not kb.index(scan).failed
        hit = kb.search("harbour café total")[0]
        assert (hit.modality, hit.chunk.asset.name) == ("image", "scan.png")
        assert hit.why[0].space == "bm25"
        assert hit.chunk.meta["derived"] == "vlm_ocr"
        assert hit.chunk.text == "HARBOUR CAFÉ\nTea | 2.50\nTotal | 2.50"
        requests = len(server.requests)
        kb.index(scan)
        assert len(server.requests) == requests
        assert kb.search(part(scan))[0].chunk.asset.name == "scan.png"


def test_a_server_that_is_down_is_asked_again_by_the_next_run(
    server: Server, scan: Path, tmp_path: Path
) -> None:
    """And is left alone for the rest of this run: not ten thousand pictures wait for it."""
    for i in range(20):
        Image.new("RGB", (64, 48), (i, 0, 0)).save(scan.parent / f"{i}.png")
    down = reading(spec(server, "broken"))
    with Library(tmp_path / "kb", kit=down, limits=Limits(workers=1)) as kb:
        assert not kb.index(scan.parent).failed
        assert len(server.requests) < 20
    with Library(tmp_path / "kb", kit=reading(spec(server)), limits=Limits(workers=1)) as kb:
        kb.index(scan.parent)
        assert len(kb.search("harbour café", k=30)) == 21


def test_a_question_by_a_picture_goes_on_without_the_model(
    server: Server, scan: Path, tmp_path: Path
) -> None:
    """With a warning: other arms may still find it."""
    (scan.parent / "note.txt").write_text("High water follows the moon.")
    with Library(tmp_path / "kb", kit=reading(spec(server)), limits=Limits(workers=1)) as kb:
        kb.index(scan.parent)
    down = reading(spec(server, "broken"))
    with Library(tmp_path / "kb", kit=down, limits=Limits(workers=1)) as kb:
        ranking = kb.search("high water", part(scan))
        assert ranking[0].chunk.asset.name == "note.txt"
        assert ranking.warnings


def test_a_model_of_this_machine_reads(
    scan: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """End to end on a LLaVA of the true architecture, taught what to say on the spot."""
    folder = seer(tmp_path_factory.mktemp("models") / "seer")
    own = reading(f"transformers:model={folder}")
    with Library(tmp_path / "kb", kit=own, limits=Limits(workers=1)) as kb:
        assert not kb.index(scan).failed
        (hit,) = kb.search("high water at noon")
        assert hit.chunk.text == ANSWER
        assert hit.modality == "image"
