"""Syncing files: what is new is found, what is gone is not, what is as it was costs nothing."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from polysense import registry
from polysense.errors import PolysenseError
from polysense.ingest import sync, workers
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.sync import replace_mentions
from polysense.library import Library
from polysense.registry import Kit
from polysense.types import Asset, Chunk, Part, Span


@pytest.fixture
def kb(tmp_path: Path, bare: Kit) -> Iterator[Library]:
    with Library(tmp_path / "kb", kit=bare, limits=workers.Limits(workers=1)) as made:
        yield made


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows by one for each worker process that is started, and works as ever."""
    begun: list[object] = []
    start = workers._Process.__init__

    def spy(self: workers._Process, *args: object) -> None:
        begun.append(self)
        start(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(workers._Process, "__init__", spy)
    return begun


def found(kb: Library, words: str) -> list[str]:
    """Names of the files that hold these words, and no others."""
    return [h.chunk.asset.name for h in kb.search(words, k=20)]


def counts(report: object) -> tuple[int, ...]:
    return tuple(int(getattr(report, n)) for n in ("indexed", "unchanged", "removed"))


def test_first_and_second_run(kb: Library, notes: Path, started: list[object]) -> None:
    """A second run over the same files starts no process and parses nothing."""
    assert counts(kb.index(notes)) == (3, 0, 0)
    assert len(started) == 1
    again = kb.index(notes)
    assert counts(again) == (0, 3, 0)
    assert (again.chunks, len(started)) == ({}, 1)
    assert found(kb, "moon") == ["moon.txt"]


def test_new_changed_and_deleted(kb: Library, notes: Path) -> None:
    """The library follows the folder."""
    kb.index(notes)
    (notes / "star.txt").write_text("The evening star.")
    (notes / "moon.txt").write_text("Now about granite.")
    (notes / "mill.txt").unlink()
    assert counts(kb.index(notes)) == (2, 1, 1)
    assert found(kb, "star") == ["star.txt"]
    assert found(kb, "granite") == ["moon.txt"]
    assert found(kb, "tides moon water") == ["moon.txt"]
    assert [h.chunk.text for h in kb.search("moon")] == ["Now about granite."], (
        "found by its name alone"
    )
    assert found(kb, "paddles") == []
    assert kb.status()["chunks"] == {"text": 3}


def test_a_touched_file_is_read_but_not_parsed(
    kb: Library, notes: Path, started: list[object]
) -> None:
    """A new time with the same bytes is the same content."""
    kb.index(notes)
    os.utime(notes / "moon.txt", (1, 1))
    assert counts(kb.index(notes)) == (0, 3, 0)
    assert len(started) == 1
    assert counts(kb.index(notes)) == (0, 3, 0)


def test_moved_and_renamed_files_are_not_parsed_again(
    kb: Library, notes: Path, started: list[object]
) -> None:
    """A folder of photos given another name must not be encoded anew; hits show the new place."""
    kb.index(notes)
    (notes / "deep").rename(notes / "deeper")
    (notes / "moon.txt").rename(notes / "luna.txt")
    report = kb.index(notes)
    assert counts(report) == (0, 3, 0)
    assert len(started) == 1
    assert [h.uri for h in kb.search("bell")] == [str(notes / "deeper" / "bell.txt")]
    assert found(kb, "luna") == ["luna.txt"], "also by its new name"
    assert kb.search("moon", where="folder = 'notes'")[0].uri == str(notes / "luna.txt")
    assert {a.uri for a in kb.assets()} == {
        str(notes / n) for n in ("deeper/bell.txt", "luna.txt", "mill.txt")
    }


def test_a_file_renamed_to_another_type_is_parsed_again(kb: Library, notes: Path) -> None:
    """What was a table is not one under a name that says code."""
    (notes / "x.txt").write_text("def moon():\n    return 1\n")
    kb.index(notes)
    (notes / "x.txt").rename(notes / "x.py")
    assert counts(kb.index(notes)) == (1, 3, 0)
    assert kb.search("moon", modality="code")[0].uri == str(notes / "x.py")


def test_the_same_content_twice_is_one_asset_with_two_places(kb: Library, notes: Path) -> None:
    """A hit shows one place and lists the other; when the first is deleted the hit moves."""
    shutil.copy(notes / "moon.txt", notes / "zz-copy.txt")
    assert counts(kb.index(notes)) == (3, 0, 0)
    (hit,) = kb.search("moon")
    assert (hit.uri, hit.also) == (str(notes / "moon.txt"), (str(notes / "zz-copy.txt"),))
    (notes / "moon.txt").unlink()
    assert counts(kb.index(notes)) == (0, 3, 0)
    (hit,) = kb.search("moon")
    assert (hit.uri, hit.also) == (str(notes / "zz-copy.txt"), ())
    (notes / "zz-copy.txt").unlink()
    assert counts(kb.index(notes)) == (0, 2, 1)
    assert found(kb, "moon") == []


def test_a_failure_is_told_again_but_not_tried_again(
    kb: Library, notes: Path, started: list[object]
) -> None:
    """Until the file changes; a second place of the same broken content too."""
    for name in ("bad.pdf", "deep/bad-too.pdf"):
        (notes / name).write_bytes(b"%PDF-1.7\nthis is no pdf")
    first = kb.index(notes)
    assert {Path(f.uri).name for f in first.failed} == {"bad.pdf", "bad-too.pdf"}
    assert all(f.error and f.hint for f in first.failed)
    begun = len(started)
    again = kb.index(notes)
    assert again.failed == first.failed == tuple(kb.failures())
    assert len(started) == begun
    (notes / "bad.pdf").write_bytes(b"%PDF-1.7\nthis is no pdf either, but longer")
    assert len(kb.index(notes).failed) == 2
    assert len(started) == begun + 1
    for name in ("bad.pdf", "deep/bad-too.pdf"):
        (notes / name).unlink()
    assert kb.index(notes).failed == ()
    assert kb.failures() == []


def test_other_limits_try_failures_again(tmp_path: Path, notes: Path, thermal: Path) -> None:
    """The hint says to raise them: then the same command must read the file again, whole; so must a
    plug-in that was installed.
    """
    (notes / "x.thermal").write_text("half of a glacier")
    none = registry.kit(
        encoders=[f"-{e}" for e in (*registry.OFFLINE.encoders, "thermal")],
        converters=["-ocr", "-pocketsphinx", "-views"],
    )
    with Library(tmp_path / "kb", kit=none, limits=workers.Limits(workers=1)) as kb:
        assert len(kb.index(notes).failed) == 1
        assert kb.index(notes).indexed == 0
    with Library(tmp_path / "kb", kit=none, limits=workers.Limits(seconds=200, workers=1)) as kb:
        report = kb.index(notes)
        assert (report.indexed, report.unchanged, len(report.failed)) == (1, 3, 1)
        assert kb.index(notes).indexed == 0


def test_a_file_that_breaks_is_not_found_as_it_was(kb: Library, notes: Path, data: Path) -> None:
    """A citation must lead to what is there; mended, it is found again."""
    good = (notes / "moon.txt").read_bytes()
    (notes / "doc.html").write_bytes(b"<html><body><p>Granite quarry.</p></body></html>")
    kb.index(notes)
    (notes / "doc.html").write_bytes(b"%PDF-1.4 broken")
    report = kb.index(notes)
    assert [Path(f.uri).name for f in report.failed] == ["doc.html"]
    assert found(kb, "granite") == []
    (notes / "doc.html").write_bytes(b"<p>" + good + b"</p>")
    assert kb.index(notes).failed == ()
    assert set(found(kb, "moon")) == {"moon.txt", "doc.html"}


def test_half_read_files_keep_what_was_read_and_tell_the_rest(
    kb: Library, notes: Path, thermal: Path, tmp_path: Path
) -> None:
    """What was yielded before an error is found; the loss is told in every run."""
    (notes / "x.thermal").write_text("half of a glacier")
    for _ in range(2):
        report = kb.index(notes)
        assert [f.error for f in report.failed] == ["the second half is missing"]
        assert found(kb, "glacier") == ["x.thermal"]
    assert kb.failures()[0].hint == "Bring it."


def sound(path: Path) -> None:
    """A second of silence."""
    import wave

    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(bytes(160_000))


CUES = "WEBVTT\n\n00:00.000 --> 00:02.000\n{}\n"


def test_subtitles_are_read_with_their_recording(kb: Library, notes: Path) -> None:
    """Written, changed, deleted: the recording's words follow; the .vtt itself is skipped with the
    reason.
    """
    sound(notes / "talk.wav")
    (notes / "talk.vtt").write_text(CUES.format("about granite"))
    report = kb.index(notes)
    assert [(Path(s.uri).name, s.reason) for s in report.skipped] == [
        ("talk.vtt", "subtitles of talk.wav")
    ]
    assert found(kb, "granite") == ["talk.wav"]
    assert counts(kb.index(notes)) == (0, 4, 0)
    (notes / "talk.vtt").write_text(CUES.format("about basalt"))
    assert counts(kb.index(notes)) == (1, 3, 0)
    assert (found(kb, "granite"), found(kb, "basalt")) == ([], ["talk.wav"])
    (notes / "talk.vtt").unlink()
    assert counts(kb.index(notes)) == (1, 3, 0)
    assert found(kb, "basalt") == []


def test_of_two_copies_the_one_with_subtitles_is_read(
    kb: Library, notes: Path, started: list[object]
) -> None:
    """And a second run knows both."""
    sound(notes / "a.wav")
    sound(notes / "b.wav")
    (notes / "b.vtt").write_text(CUES.format("about granite"))
    kb.index(notes)
    assert found(kb, "granite") == ["b.wav"]
    begun = len(started)
    assert counts(kb.index(notes)) == (0, 4, 0)
    assert len(started) == begun


def test_an_archive_is_a_folder(kb: Library, notes: Path, started: list[object]) -> None:
    """Its members come, change and go with it; the second run does not open it."""
    archive = notes / "old.zip"
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("in/granite.txt", "A granite quarry.")
        z.writestr("basalt.txt", "A basalt column.")
        z.writestr("bad.pdf", "%PDF-1.4 broken", zipfile.ZIP_DEFLATED)
    first = kb.index(notes)
    assert counts(first) == (5, 0, 0)
    assert [h.uri for h in kb.search("quarry")] == [f"{archive}!/in/granite.txt"]
    begun = len(started)
    again = kb.index(notes)
    assert counts(again) == (0, 5, 0)
    assert again.failed == first.failed
    assert len(first.failed) == 1
    assert len(started) == begun
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("in/granite.txt", "A granite quarry, flooded.")
    report = kb.index(notes)
    assert (report.indexed, report.failed) == (1, ())
    assert found(kb, "basalt") == []
    assert [h.chunk.text for h in kb.search("quarry")] == ["A granite quarry, flooded."]
    archive.unlink()
    kb.index(notes)
    assert found(kb, "quarry") == []
    assert kb.status()["places"] == 3


def test_an_archive_that_breaks_takes_its_members_along(kb: Library, notes: Path) -> None:
    """What it held cannot be opened any more."""
    with tarfile.open(notes / "old.tar", "w") as tar:
        tar.add(notes / "moon.txt", "granite.txt")
    (notes / "moon.txt").write_text("something else")
    kb.index(notes)
    assert found(kb, "granite") == ["granite.txt"]
    (notes / "old.tar").write_bytes((notes / "old.tar").read_bytes()[:300])
    assert len(kb.index(notes).failed) == 1
    assert found(kb, "granite") == []


def test_a_notebook_with_impossible_letters_does_not_stop_the_run(kb: Library, notes: Path) -> None:
    """JSON can spell characters that no database holds: in words, in alt texts, in names of
    pictures.
    """
    cell = '{"cell_type": "markdown", "metadata": {}, "source": ["granite \\ud800 ![alt \\udfff](p\\udc00.png)"]}'
    (notes / "odd.ipynb").write_text(
        '{"cells": [' + cell + '], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    report = kb.index(notes)
    assert report.indexed == 4
    assert found(kb, "granite") == ["odd.ipynb"]


def test_words_are_in_the_store_before_the_catalogue_says_so(
    kb: Library, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between the two, nothing is lost, nothing comes twice, and nothing is left over."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Catalogue, "record_indexed", stop)
        patch.setattr(sync, "FLUSH_SECONDS", 600.0)  # one write, however slow the machine
        with pytest.raises(KeyboardInterrupt):
            kb.index(notes)
    assert kb.store.count() == 3
    assert kb.catalogue.was_interrupted
    (notes / "moon.txt").unlink()
    assert counts(kb.index(notes)) == (2, 0, 0)
    assert kb.store.count() == 2, "what the dead run left over is swept away"


def here(kit: Kit, jobs: Iterable[Any]) -> Iterator[tuple[Any, workers.JobResult]]:
    """In the place of the worker processes: reads in this one, and the later of two files comes out
    first.
    """
    waiting: list[tuple[Any, workers.JobResult]] = []
    for job in jobs:
        items: list[Any] = []
        error = None
        try:
            items.extend(job.run(kit))
        except PolysenseError as e:
            error = e
        waiting.append((job, workers.JobResult(tuple(items), error)))
        if len(waiting) == 3:
            yield waiting.pop()
    yield from waiting


class Bomb:
    """Ends the run, as a kill would, before the nth write to the store or the catalogue."""

    def __init__(self, patch: pytest.MonkeyPatch, kb: Library, nth: int) -> None:
        self.left = nth
        for held, names in (
            (kb.store, "add delete forget"),
            (kb.catalogue, "done also failed unplace distrust forget move relink running"),
        ):
            for name in names.split():
                patch.setattr(held, name, partial(self._write, getattr(held, name)))

    def _write(self, write: Callable[..., object], *args: object) -> object:
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt
        return write(*args)


def before(root: Path) -> None:
    """Words, two copies, a page with its picture, an archive, a recording with subtitles, something
    broken.
    """
    root.mkdir()
    for name in ("moon", "mill", "bell", "left", "right"):
        (root / f"{name}.txt").write_text(f"What is said of {name}.")
    (root / "twin.txt").write_text("What is said of moon.")
    (root / "code.txt").write_text("def moon():\n    return 1\n")
    (root / "bad.pdf").write_bytes(b"%PDF-1.4 broken")
    site(root / "site")
    packed(
        root / "old.zip",
        granite="A granite quarry.",
        basalt="A basalt column.",
        again="What is said of mill.",
    )
    sound(root / "talk.wav")
    (root / "talk.vtt").write_text(CUES.format("about granite"))


def after(root: Path) -> None:
    """Each thing that can happen to a file."""
    (root / "moon.txt").unlink()  # its twin stays
    (root / "mill.txt").rename(root / "wheel.txt")
    (root / "code.txt").rename(root / "code.py")
    (root / "left.txt").rename(root / "was-left.txt")
    (root / "right.txt").rename(root / "left.txt")
    (root / "was-left.txt").rename(root / "right.txt")
    (root / "bell.txt").unlink()  # only in the archive now
    (root / "bad.pdf").rename(root / "worse.pdf")
    (root / "site").rename(root / "place")
    packed(
        root / "old.zip",
        granite="A granite quarry, flooded.",
        slate="A slate roof.",
        bell="What is said of bell.",
        again="Mill no more.",
    )
    (root / "talk.vtt").write_text(CUES.format("about slate and more"))


def site(folder: Path) -> None:
    folder.mkdir()
    Image.new("RGB", (40, 40), "red").save(folder / "p.png")
    (folder / "page.html").write_text('<h1>Birds</h1><p>Seen <img src="p.png" alt="a puffin"></p>')


def packed(archive: Path, **members: str) -> None:
    with zipfile.ZipFile(archive, "w") as z:
        for name, words in members.items():
            z.writestr(f"{name}.txt", words)


def held(kb: Library) -> tuple[object, ...]:
    """Everything that a library says, but for which of several places comes first."""
    ids = [r["id"] for r in kb.store.scan("", ["id"])]
    chunks = {i: (c.text, c.context, c.marks, c.modality) for i, c in kb.store.get(ids).items()}
    places = {uri: asset for uri, (_, _, asset, _) in kb.catalogue.place_states().items()}
    assert {c.asset.uri for c in kb.store.get(ids).values()} <= places.keys()
    return chunks, places, sorted(f.uri for f in kb.failures()), {a.id for a in kb.assets()}


@pytest.mark.parametrize("then", ["the same", "all as before"])
def test_a_kill_before_any_write_loses_nothing(
    tmp_path: Path, bare: Kit, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    """Whichever write is the last one, the next run ends with what a first run would find, also if
    the files were put back meanwhile.
    """
    monkeypatch.setattr(workers.Workers, "map", lambda _, jobs: here(bare, jobs))
    monkeypatch.setattr(sync, "FLUSH_SECONDS", 0.0)
    root, aside, clean = tmp_path / "files", tmp_path / "aside", None
    before(aside)
    for nth in itertools.count(1):
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(aside, root)
        with Library("memory://", kit=bare) as kb:
            kb.index(root)
            after(root)
            with monkeypatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
                bomb = Bomb(patch, kb, nth)
                kb.index(root)
            if then == "all as before":
                shutil.rmtree(root)
                shutil.copytree(aside, root)
            kb.index(root)
            clean = clean or first_run(root, bare)
            for a, b in zip(held(kb), clean, strict=True):
                assert a == b, f"after a kill before write {nth}"
            assert counts(kb.index(root))[0] == 0
        if bomb.left > 0:
            assert nth > 20, "there were writes"
            return


def first_run(root: Path, kit: Kit) -> tuple[object, ...]:
    with Library("memory://", kit=kit) as kb:
        kb.index(root)
        return held(kb)


def picture_chunk(context: str) -> Chunk:
    asset = Asset("a" * 32, "/p.png", "image/png", "image", 1, path=Path("/p.png"))
    return Chunk(asset, Span(), "image", Part("image", Path("/p.png")), context=context)


def test_linked_words_are_put_on_and_taken_off_again() -> None:
    """Any number of times, whatever the chunk says itself."""
    for own in ("", "Lighthouse", "A puffin"):
        chunk = picture_chunk(own)
        once = replace_mentions(chunk, "A puffin")
        assert once.context == f"{own}\nA puffin".strip()
        assert replace_mentions(once, "A puffin") is once
        assert replace_mentions(once, "Two\nlines").context == f"{own}\nTwo\nlines".strip()
        assert replace_mentions(once, "").context == own
    words = Chunk(chunk.asset, Span(), "text", text="x")
    assert replace_mentions(words, "A puffin") is words
