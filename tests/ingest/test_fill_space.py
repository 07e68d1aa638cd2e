"""Filling a space: what is stored, what waits, and what stops it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from polysense.errors import (
    BadConfig,
    ModelFailed,
    NotFound,
    PolysenseError,
    Unreadable,
    Unsupported,
)
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.enrich import Enrichment
from polysense.ingest.jobs import EncodeParts
from polysense.ingest.progress import SilentProgress
from polysense.ingest.workers import JobResult, Workers
from polysense.protocols import Encoder
from polysense.registry import Kit
from polysense.stores.lancedb.store import LanceDB
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Part, Space, Span


def picture(path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (64, 48), "red").save(path)


class RecordingProgress(SilentProgress):
    """Keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


class Patches(Encoder):
    """Late interaction: a token a word, and a token a corner of a picture; no blank has any."""

    accepts = frozenset({"text", "image"})
    space = Space("patches", "1", 2, "maxsim")

    def encode(self, parts: Sequence[Part], role: str = "document") -> list[np.ndarray]:
        counts = [4 if p.modality == "image" else len(str(p.data).split()) for p in parts]
        return [np.tile(np.array([[0.6, 0.8]], np.float32), (n, 1)) for n in counts]


class InThisProcess(Workers):
    """Runs jobs at once; a part called broken.png cannot be read."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit

    def map(self, jobs: Iterable[EncodeParts]) -> Iterator[tuple[EncodeParts, JobResult]]:  # type: ignore[override]
        for job in jobs:
            results = list(job.run(self.kit))
            failure = Unreadable("broken")
            yield (
                job,
                JobResult(
                    tuple(
                        failure if "broken" in str(p.data) else v
                        for p, v in zip(job.parts, results, strict=True)
                    )
                ),
            )


def test_a_space_of_tokens_is_filled(tmp_path: Path, bare: Kit) -> None:
    """Words and pictures have as many vectors as they have tokens. What is blank, or cannot be read,
    has none, and is not asked for again.
    """
    kit = replace(bare, encoders={"patches": Patches()})
    chunks = [Chunk(Asset(n, f"/{n}.txt", "text/plain", "text", 1), Span(), "text", text=text)
              for n, text in (("words", "seven bells"), ("blank", "- -"))]  # fmt: skip
    for name in ("one.png", "broken.png"):
        picture(tmp_path / name)
        part = Part("image", tmp_path / name)
        asset = Asset(name, str(tmp_path / name), "image/png", "image", 1)
        chunks.append(Chunk(asset, Span(), "image", part))
    store = LanceDB(path=str(tmp_path / "store"))
    store.add(chunks)
    progress = RecordingProgress()
    steps = Enrichment(store, Catalogue(":memory:"), kit, InThisProcess(kit), progress)
    steps.fill_space("patches", kit.encoders["patches"])
    vectors = store.vectors(Patches.space, [c.id for c in chunks])
    assert {i: len(v) for i, v in vectors.items()} == {chunks[0].id: 2, chunks[2].id: 4}
    assert store.missing(Patches.space) == []
    assert progress.notes == []


def test_a_store_without_tokens_says_so(bare: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, before anything is encoded; the other spaces go on."""
    kit, progress = replace(bare, encoders={"patches": Patches()}), RecordingProgress()
    monkeypatch.setattr(Memory, "capabilities", frozenset({"bm25", "filters"}))
    steps = Enrichment(Memory(), Catalogue(":memory:"), kit, InThisProcess(kit), progress)
    steps.fill_space("patches", kit.encoders["patches"])
    assert len(progress.notes) == 1
    assert "patches" in progress.notes[0]


class Faulty(Encoder):
    """Takes pictures, and fails on those that it is told to."""

    accepts = frozenset({"image"})
    signal = "perceptual"
    space = Space("faulty", "1", 2)

    def __init__(self, error: PolysenseError, names: Sequence[str]) -> None:
        self.error, self.names = error, names

    def encode(self, parts: Sequence[Part], role: str = "document") -> np.ndarray:
        if any(str(p.data) in self.names for p in parts):
            raise self.error
        return np.tile(np.array([[0.6, 0.8]], np.float32), (len(parts), 1))


def fill(bare: Kit, encoder: Faulty) -> tuple[set[str], set[str], list[str]]:
    """Of twenty pictures, those that have a vector, those that wait for one, and the notes."""
    kit, store, progress = (
        replace(bare, encoders={"faulty": encoder}),
        Memory(),
        RecordingProgress(),
    )
    for n in range(20):
        asset = Asset(f"{n}", f"/{n}.png", "image/png", "image", 1)
        store.add([Chunk(asset, Span(), "image", Part("image", Path(f"/{n}.png")))])
    steps = Enrichment(store, Catalogue(":memory:"), kit, InThisProcess(kit), progress)
    try:
        steps.fill_space("faulty", encoder)
    finally:
        missing = store.missing(encoder.space)
        ids = [r["id"] for r in store.scan("", ["id"])]
        vectors = store.vectors(encoder.space, ids)
        done = {c.asset.name for c in store.get(list(vectors)).values()}
        waiting = {c.asset.name for c in store.get(missing).values()}
        encoder.outcome = (done, waiting)  # type: ignore[attr-defined]
    return done, waiting, progress.notes


@pytest.mark.parametrize("error", [Unreadable("x"), Unsupported("x"), NotFound("x")])
def test_a_part_that_cannot_be_read_stops_nobody(bare: Kit, error: PolysenseError) -> None:
    """It has no vector, and is not asked for again; the others have theirs."""
    done, waiting, _ = fill(bare, Faulty(error, ["/3.png"]))
    assert (len(done), waiting) == (19, set())


def test_an_encoder_that_cannot_load_leaves_nothing_behind(bare: Kit) -> None:
    """Its chunks wait, rather than being taken for such as hold nothing; whoever indexes is told."""
    encoder = Faulty(BadConfig("weights are cut off"), [f"/{n}.png" for n in range(20)])
    with pytest.raises(BadConfig, match="cut off"):
        fill(bare, encoder)
    assert encoder.outcome == (set(), {f"{n}.png" for n in range(20)})  # type: ignore[attr-defined]


def test_parts_that_a_model_failed_on_wait(bare: Kit) -> None:
    """One of them stops nobody; a model that goes on failing is left alone until the next run."""
    done, waiting, notes = fill(bare, Faulty(ModelFailed("no answer"), ["/3.png"]))
    assert (len(done), waiting, len(notes)) == (19, {"3.png"}, 1)
    done, waiting, notes = fill(
        bare, Faulty(ModelFailed("no answer"), [f"/{n}.png" for n in range(20)])
    )
    assert (done, len(waiting)) == (set(), 20)
    assert "next run" in notes[-1]
