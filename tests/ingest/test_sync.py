"""Syncing files: what is new is found, what is gone is not, what is as it was costs nothing."""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from polysense import registry
from polysense.ingest import sync, workers
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.sync import Ingestion, replace_mentions, sweep
from polysense.library import Library
from polysense.registry import Kit
from polysense.stores.memory import Memory
from polysense.types import Asset, Chunk, Part, Span


@pytest.fixture
def kb(tmp_path: Path, bare: Kit) -> Iterator[Library]:
    with Library(tmp_path / "kb", kit=bare, limits=workers.Limits(workers=1)) as library:
        yield library


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows by one for each worker process that is started, and works as ever."""
    processes: list[object] = []
    start = workers._Process.__init__

    def spy(self: workers._Process, *args: object) -> None:
        processes.append(self)
        start(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(workers._Process, "__init__", spy)
    return processes


def names_found(kb: Library, words: str) -> list[str]:
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
    assert names_found(kb, "moon") == ["moon.txt"]


def test_new_changed_and_deleted(kb: Library, notes: Path) -> None:
    """The library follows the folder."""
    kb.index(notes)
    (notes / "star.txt").write_text("The evening star.")
    (notes / "moon.txt").write_text("Now about granite.")
    (notes / "mill.txt").unlink()
    assert counts(kb.index(notes)) == (2, 1, 1)
    assert names_found(kb, "star") == ["star.txt"]
    assert names_found(kb, "granite") == ["moon.txt"]
    assert names_found(kb, "tides moon water") == ["moon.txt"]
    assert [h.chunk.text for h in kb.search("moon")] == ["Now about granite."], (
        "found by its name alone"
    )
    assert names_found(kb, "paddles") == []
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
    assert names_found(kb, "luna") == ["luna.txt"], "also by its new name"
    assert kb.search("moon", where="folder = 'notes'")[0].uri == str(notes / "luna.txt")
    assert {a.uri for a in kb.assets()} == {
        str(notes / n) for n in ("deeper/bell.txt", "luna.txt", "mill.txt")
    }


def test_a_root_that_was_renamed_is_where_it_is_now(
    kb: Library, notes: Path, started: list[object]
) -> None:
    """Nothing is parsed again; answers cite, and remove knows, the places of now."""
    kb.index(notes)
    total = len(kb.assets())
    started.clear()
    renamed = notes.rename(notes.with_name("renamed"))
    next(p for p in sorted(renamed.iterdir()) if p.is_file()).unlink()
    report = kb.index(renamed)
    assert (report.indexed, report.removed, started) == (0, 1, [])
    uris = [a.uri for a in kb.assets()]
    assert len(uris) == total - 1
    assert all(Path(uri).is_file() for uri in uris)
    assert kb.remove(uris[0]) == 1


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
    assert names_found(kb, "moon") == []


def test_a_failure_is_told_again_but_not_tried_again(
    kb: Library, notes: Path, started: list[object]
) -> None:
    """Until the file changes; a second place of the same broken content too."""
    for name in ("bad.pdf", "deep/bad-too.pdf"):
        (notes / name).write_bytes(b"%PDF-1.7\nthis is no pdf")
    first = kb.index(notes)
    assert {Path(f.uri).name for f in first.failed} == {"bad.pdf", "bad-too.pdf"}
    assert all(f.error and f.hint for f in first.failed)
    process_count = len(started)
    again = kb.index(notes)
    assert again.failed == first.failed == tuple(kb.failures())
    assert len(started) == process_count
    (notes / "bad.pdf").write_bytes(b"%PDF-1.7\nthis is no pdf either, but longer")
    assert len(kb.index(notes).failed) == 2
    assert len(started) == process_count + 1
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
        converters=["-ocr", "-whisper_tiny", "-views"],
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
    assert names_found(kb, "granite") == []
    (notes / "doc.html").write_bytes(b"<p>" + good + b"</p>")
    assert kb.index(notes).failed == ()
    assert set(names_found(kb, "moon")) == {"moon.txt", "doc.html"}


def test_half_read_files_keep_what_was_read_and_tell_the_rest(
    notes: Path, thermal_kit: Kit, tmp_path: Path
) -> None:
    """What was yielded before an error is found; the loss is told in every run."""
    (notes / "x.thermal").write_text("half of a glacier")
    with Library(tmp_path / "kb", kit=thermal_kit, limits=workers.Limits(workers=1)) as kb:
        for _ in range(2):
            report = kb.index(notes)
            assert [f.error for f in report.failed] == ["the second half is missing"]
            assert names_found(kb, "glacier") == ["x.thermal"]
        assert kb.failures()[0].hint == "Bring it."


CUES = "WEBVTT\n\n00:00.000 --> 00:02.000\n{}\n"


def test_subtitles_are_read_with_their_recording(
    kb: Library, notes: Path, write_silence: Callable[[Path], None]
) -> None:
    """Written, changed, deleted: the recording's words follow; the .vtt itself is skipped with the
    reason.
    """
    write_silence(notes / "talk.wav")
    (notes / "talk.vtt").write_text(CUES.format("about granite"))
    report = kb.index(notes)
    assert [(Path(s.uri).name, s.reason) for s in report.skipped] == [
        ("talk.vtt", "subtitles of talk.wav")
    ]
    assert names_found(kb, "granite") == ["talk.wav"]
    assert counts(kb.index(notes)) == (0, 4, 0)
    (notes / "talk.vtt").write_text(CUES.format("about basalt"))
    assert counts(kb.index(notes)) == (1, 3, 0)
    assert (names_found(kb, "granite"), names_found(kb, "basalt")) == ([], ["talk.wav"])
    (notes / "talk.vtt").unlink()
    assert counts(kb.index(notes)) == (1, 3, 0)
    assert names_found(kb, "basalt") == []


def test_of_two_copies_the_one_with_subtitles_is_read(
    kb: Library, notes: Path, started: list[object], write_silence: Callable[[Path], None]
) -> None:
    """And a second run knows both."""
    write_silence(notes / "a.wav")
    write_silence(notes / "b.wav")
    (notes / "b.vtt").write_text(CUES.format("about granite"))
    kb.index(notes)
    assert names_found(kb, "granite") == ["b.wav"]
    process_count = len(started)
    assert counts(kb.index(notes)) == (0, 4, 0)
    assert len(started) == process_count


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
    process_count = len(started)
    again = kb.index(notes)
    assert counts(again) == (0, 5, 0)
    assert again.failed == first.failed
    assert len(first.failed) == 1
    assert len(started) == process_count
    with zipfile.ZipFile(archive, "w") as z:
        z.writestr("in/granite.txt", "A granite quarry, flooded.")
    report = kb.index(notes)
    assert (report.indexed, report.failed) == (1, ())
    assert names_found(kb, "basalt") == []
    assert [h.chunk.text for h in kb.search("quarry")] == ["A granite quarry, flooded."]
    archive.unlink()
    kb.index(notes)
    assert names_found(kb, "quarry") == []
    assert kb.status()["places"] == 3


def mail_with(words: str, name: str, content: str) -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Papers", "a@x.org", "b@x.org"
    mail.set_content(words)
    mail.add_attachment(content, filename=name)
    return mail.as_bytes()


def test_files_attached_to_a_mail_lie_in_it(
    kb: Library, notes: Path, started: list[object]
) -> None:
    """They have places in the mail, are as unchanged as it, change and go with it."""
    path = notes / "mail.eml"
    path.write_bytes(mail_with("See about the quay.", "a.txt", "The zebra lease ends in autumn."))
    kb.index(notes)
    assert [h.uri for h in kb.search("zebra lease", k=1)] == [f"{path}!/a.txt"]
    assert names_found(kb, "see about the quay")[0] == "mail.eml"
    started.clear()
    report = kb.index(notes)
    assert (report.indexed, started) == (0, [])
    assert report.unchanged == len(list(notes.iterdir())) + 1
    path.write_bytes(mail_with("See about the pier.", "b.txt", "The walrus lease ends in spring."))
    kb.index(notes)
    assert [h.uri for h in kb.search("walrus lease", k=1)] == [f"{path}!/b.txt"]
    assert names_found(kb, "zebra") == []
    path.unlink()
    assert kb.index(notes).removed == 2
    assert names_found(kb, "walrus") == []


def test_a_mail_counts_when_what_is_attached_does(
    kb: Library, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is cut off between the two reads the mail again."""
    path = notes / "mail.eml"
    path.write_bytes(mail_with("See the papers.", "a.txt", "The zebra lease ends in autumn."))

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as m:
        m.setattr(Ingestion, "_finish", stop)
        with pytest.raises(KeyboardInterrupt):
            kb.index(path)
    assert kb.index(path).indexed >= 1
    assert kb.index(path).indexed == 0


def test_an_archive_that_breaks_takes_its_members_along(kb: Library, notes: Path) -> None:
    """What it held cannot be opened any more."""
    with tarfile.open(notes / "old.tar", "w") as tar:
        tar.add(notes / "moon.txt", "granite.txt")
    (notes / "moon.txt").write_text("something else")
    kb.index(notes)
    assert names_found(kb, "granite") == ["granite.txt"]
    (notes / "old.tar").write_bytes((notes / "old.tar").read_bytes()[:300])
    assert len(kb.index(notes).failed) == 1
    assert names_found(kb, "granite") == []


def test_a_notebook_with_impossible_letters_does_not_stop_the_run(kb: Library, notes: Path) -> None:
    """JSON can spell characters that no database holds: in words, in alt texts, in names of
    pictures.
    """
    source = '["granite \\ud800 ![alt \\udfff](p\\udc00.png)"]'
    cell = f'{{"cell_type": "markdown", "metadata": {{}}, "source": {source}}}'
    (notes / "odd.ipynb").write_text(
        '{"cells": [' + cell + '], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    report = kb.index(notes)
    assert report.indexed == 4
    assert names_found(kb, "granite") == ["odd.ipynb"]


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


def test_a_shared_store_is_swept_of_its_own_only(tmp_path: Path) -> None:
    """What another machine wrote stays, though this catalogue does not know it; what this one began
    to write, and was cut off at, goes. A store of one machine is swept of everything unknown.
    """
    store, catalogue = Memory(), Catalogue(tmp_path / "c.db")
    mine, theirs = (
        Chunk(Asset(id, f"/{id}.txt", "text/plain", "text", 1), Span(page=1), "text", text="moon")
        for id in ("mine", "theirs")
    )
    catalogue.begin_writing(["mine"])
    store.add([mine, theirs])
    sweep(store, catalogue, is_shared=True)
    assert list(store.get([mine.id, theirs.id])) == [theirs.id]
    assert catalogue.pending() == set()
    sweep(store, catalogue, is_shared=True)
    assert store.count() == 1
    sweep(store, catalogue)
    assert store.count() == 0
