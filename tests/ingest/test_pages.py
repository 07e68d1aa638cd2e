"""Pages as they look: added for encoders that accept them, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from polysense import Library
from polysense.demo import FILES
from polysense.ingest.pages import add_pages
from polysense.ingest.workers import JobResult, Limits, Workers
from polysense.protocols import Encoder, Vectors
from polysense.registry import Kit
from polysense.types import PAGE, Chunk, Part, Role, Space

HANDBOOK = FILES / "documents" / "handbook.pdf"


class Pages(Encoder):
    """Takes pages; what it makes of them is of no matter here."""

    accepts = frozenset({PAGE})
    signal = "perceptual"
    space = Space("pages", "1", 2)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        return np.ones((len(parts), 2), np.float32) / np.sqrt(np.float32(2))


def test_pages_are_for_those_who_take_them(tmp_path: Path, bare: Kit) -> None:
    """Nothing without such an encoder; then a chunk a page, once, drawn by nobody yet."""
    with Library(tmp_path / "kb", kit=bare, limits=Limits(workers=1)) as kb:
        kb.index(HANDBOOK)
        words = kb.store.count()
        workers = Workers(bare.specs, Limits(workers=1))
        own = replace(bare, encoders={"pages": Pages()})

        def resolve(chunk: Chunk) -> Chunk:
            return chunk

        assert list(add_pages(kb.store, kb.catalogue, bare, workers, resolve)) == []
        assert kb.store.count() == words
        for _ in range(2):
            assert list(add_pages(kb.store, kb.catalogue, own, workers, resolve)) == []
        workers.close()
        rows = kb.store.scan(f"native = '{PAGE}'", ["id"])
        pages = list(kb.store.get([r["id"] for r in rows]).values())
        numbers = sorted(c.span.page or 0 for c in pages)
    assert len(numbers) > 1
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(c.is_page and not c.words and c.modality == "image" for c in pages)


def test_scans_are_opened_once(tmp_path: Path, bare: Kit) -> None:
    """Every page of a scan is a picture already: that is remembered, not seen anew at each run."""
    from PIL import Image

    scan = tmp_path / "scan.pdf"
    sheets = [Image.effect_noise((300, 400), 60 + n).convert("RGB") for n in range(2)]
    sheets[0].save(scan, save_all=True, append_images=sheets[1:])
    own = replace(bare, encoders={"pages": Pages()})
    with Library(tmp_path / "kb", kit=bare, limits=Limits(workers=1)) as kb:
        kb.index(scan, HANDBOOK)
        opened: list[str] = []

        class Recording(Workers):
            def map(self, jobs: Iterable[Any]) -> Iterator[tuple[Any, JobResult]]:
                jobs = list(jobs)
                opened.extend(j.asset.name for j in jobs)
                return super().map(jobs)

        workers = Recording(bare.specs, Limits(workers=1))
        for names in (["handbook.pdf", "scan.pdf"], []):
            opened.clear()
            assert list(add_pages(kb.store, kb.catalogue, own, workers, lambda c: c)) == []
            assert sorted(opened) == names
        asset = next(a.id for a in kb.assets() if a.name == "scan.pdf")
        rows = kb.store.scan(f"asset = '{asset}'", ["native"])
        assert {r["native"] for r in rows} == {"image"}
        kb.store.delete([asset])  # as where it is read in another way now
        assert list(add_pages(kb.store, kb.catalogue, own, workers, lambda c: c)) == []
        workers.close()
        assert opened == ["scan.pdf"]


def test_a_file_that_is_gone_waits(tmp_path: Path, bare: Kit) -> None:
    """A file that has been broken since is told of, and the others go on."""
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(HANDBOOK.read_bytes())
    with Library(tmp_path / "kb", kit=bare, limits=Limits(workers=1)) as kb:
        kb.index(copy)
        copy.write_bytes(b"%PDF-1.4 no more")
        workers = Workers(bare.specs, Limits(workers=1))
        own = replace(bare, encoders={"pages": Pages()})
        notes = list(add_pages(kb.store, kb.catalogue, own, workers, lambda c: c))
        workers.close()
    assert len(notes) == 1
    assert "copy.pdf" in notes[0]
