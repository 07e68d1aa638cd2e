"""Captions at indexing, by worker processes that ask a model behind a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from polysense import registry
from polysense.ingest.captions import MAX_FAILURES, with_caption
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit
from polysense.types import Asset, Chunk, Part, Span

from ..llm.server import Server, running

pytest.importorskip("openai", reason="needs the extra llm")
CAPTION = "A red boat lies on a pebble beach under a grey sky."


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        server.say = lambda words: CAPTION
        yield server


def captioning(server: Server, model: str = "scripted") -> Kit:
    spec = f"openai:model={model},base_url={server.url},retries=0,accepts=text+image"
    return registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        converters=[*(f"-{c}" for c in registry.OFFLINE.converters), "caption"],
        language_models=[spec],
    )


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    Image.new("RGB", (64, 48), "red").save(folder / "IMG_0001.png")
    (folder / "notes.txt").write_text("High water follows the moon.")
    return folder


Open = Callable[[Kit], Library]


@pytest.fixture
def kb(tmp_path: Path) -> Iterator[Open]:
    """One library, opened with this kit or that."""
    libraries: list[Library] = []

    def open_library(kit: Kit) -> Library:
        libraries.append(Library(tmp_path / "kb", kit=kit, limits=Limits(workers=1)))
        return libraries[-1]

    yield open_library
    for library in libraries:
        library.close()


def photo(library: Library) -> Chunk:
    (chunk,) = [c for a in library.assets() if a.modality == "image" for c in library.chunks(a.id)]
    return chunk


def test_words_find_a_picture_by_its_caption(server: Server, photos: Path, kb: Open) -> None:
    """Its chunk says which model wrote it; it is not asked again; what is quoted is told to be a
    description.
    """
    library = kb(captioning(server))
    library.index(photos)
    assert len(server.requests) == 1
    assert library.search("boat on a beach")[0].chunk.asset.name == "IMG_0001.png"
    chunk = photo(library)
    assert (chunk.text, chunk.context) == ("", CAPTION)
    assert chunk.meta["caption_model"].startswith("scripted at")
    assert chunk.meta["captioner"] == "caption"
    library.index(photos)
    assert len(server.requests) == 1
    before = len(server.requests)
    answer = library.ask("What lies on a pebble beach?")
    assert answer.evidence[0].hit.chunk.asset.name == "IMG_0001.png"
    assert any("is a description by scripted at" in w for w in answer.warnings)
    assert len(server.requests) > before, "the answer is the model's own"


def test_off_by_default_and_added_later(server: Server, photos: Path, kb: Open, bare: Kit) -> None:
    """A library without captions gets them on the next run once the settings name the captioner."""
    kb(bare).index(photos)
    library = kb(captioning(server))
    assert photo(library).context == ""
    library.index(photos)
    assert photo(library).context == CAPTION


def test_a_model_that_fails_is_asked_again_by_the_next_run(
    server: Server, photos: Path, kb: Open
) -> None:
    """Not about every picture; the files are indexed all the same."""
    for n in range(20):
        Image.new("RGB", (64, 48), (10 * n, 0, 0)).save(photos / f"p{n}.png")
    library = kb(captioning(server, "broken"))
    report = library.index(photos)
    assert report.indexed == 22
    assert MAX_FAILURES <= len(server.requests) <= 8
    assert library.search("moon")[0].chunk.asset.name == "notes.txt"
    repaired = kb(captioning(server))
    repaired.index(photos)
    contexts = [c.context for a in repaired.assets() for c in repaired.chunks(a.id)]
    assert contexts.count(CAPTION) == 21


def test_a_caption_stands_before_other_words_and_replaces_an_earlier_one() -> None:
    asset = Asset("0" * 32, "/a.png", "image/png", "image", 1)
    picture = Part("image", b"...", "image/png")
    chunk = Chunk(asset, Span(), "image", picture, context="Shot in Eldby", text="SHIP CO.")
    once = with_caption(chunk, Part("text", "A boat.", meta={"model": "one"}), "caption")
    assert (once.context, once.text) == ("A boat.\nShot in Eldby", "SHIP CO.")
    twice = with_caption(once, Part("text", "A red boat.", meta={"model": "two"}), "caption")
    assert twice.context == "A red boat.\nShot in Eldby"
    assert (twice.meta["caption"], twice.meta["caption_model"]) == ("A red boat.", "two")
