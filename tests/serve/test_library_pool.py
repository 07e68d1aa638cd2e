"""Several libraries: apart from each other, made, deleted, and going on."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import BadQuery, LibraryError, NotFound, Taken
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit
from polysense.serve.jobs import Job
from polysense.serve.library_pool import MAIN, Held, Shelf

ONE = Limits(workers=1)


@pytest.fixture
def shelf(tmp_path: Path, bare: Kit) -> Any:
    made = Shelf(str(tmp_path / "kb"), tmp_path / "home", bare, ONE)
    yield made
    made.close()


def over(held: Held, job: Job) -> Job:
    until = time.monotonic() + 60
    while not (now := held.jobs.get(job.id)).over:
        assert time.monotonic() < until, now
        time.sleep(0.02)
    return now


def upload(held: Held, name: str, words: str) -> Job:
    (held.uploads / name).parent.mkdir(parents=True, exist_ok=True)
    (held.uploads / name).write_text(words)
    return over(held, held.jobs.add("index", [str(held.uploads)]))


def test_libraries_are_apart(shelf: Shelf, tmp_path: Path) -> None:
    """Each has its own files, uploads and jobs: what one holds the other does not find."""
    one, two = shelf.create("one"), shelf.create("two")
    assert shelf.names() == [MAIN, "one", "two"]
    done = upload(one, "a.txt", "herons stand in the reeds")
    assert (done.state, done.result["indexed"]) == ("done", 1)
    upload(two, "b.txt", "otters swim")
    assert len(one.library.search("herons")) == 1
    assert len(two.library.search("herons")) == 0
    assert one.jobs.list() != two.jobs.list()
    assert len({one.uploads, two.uploads, shelf.get(MAIN).uploads}) == 3
    assert not shelf.get(MAIN).library.exists


@pytest.mark.parametrize(
    "name", ["", "A", "-a", "a b", "../x", "a/b", ".hidden", "x" * 65, "a\n", "\u6f6e"]
)
def test_names(shelf: Shelf, name: str, tmp_path: Path) -> None:
    """A name is a folder's: it stays one."""
    with pytest.raises(BadQuery):
        shelf.create(name)
    with pytest.raises(NotFound):
        shelf.get(name)
    with pytest.raises(NotFound):
        shelf.delete(name)
    assert not (tmp_path / "home").exists()


def test_a_name_is_used_once(shelf: Shelf) -> None:
    """Also the main library's."""
    shelf.create("one")
    for name in ("one", MAIN):
        with pytest.raises(Taken):
            shelf.create(name)


def test_what_is_deleted_is_gone(shelf: Shelf, tmp_path: Path) -> None:
    """With its uploads; its name is free again; the main library stays."""
    upload(shelf.create("one"), "a.txt", "herons")
    shelf.delete("one")
    assert shelf.names() == [MAIN]
    assert list((tmp_path / "home").iterdir()) == []
    with pytest.raises(NotFound):
        shelf.get("one")
    assert not shelf.create("one").library.exists
    with pytest.raises(LibraryError):
        shelf.delete(MAIN)


def test_deleting_holds_nobody_up(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the jobs of one come to their end, others are served, and nobody gets it again."""
    held, ending, go = shelf.create("one"), threading.Event(), threading.Event()
    close = held.jobs.close

    def slowly() -> None:
        ending.set()
        go.wait(10)
        close()

    monkeypatch.setattr(type(held.jobs), "close", lambda self, seconds=30.0: slowly())
    deleting = threading.Thread(target=shelf.delete, args=["one"])
    deleting.start()
    ending.wait(10)
    try:
        assert shelf.names() == [MAIN]
        assert shelf.get(MAIN)
        with pytest.raises(NotFound):
            shelf.get("one")
        with pytest.raises(Taken):
            shelf.create("one")
    finally:
        go.set()
        deleting.join()
        monkeypatch.undo()
    shelf.create("one")


def test_jobs_go_on_at_the_next_start(tmp_path: Path, bare: Kit) -> None:
    """Those of every library; a library without any is not even opened, and what was being deleted
    is swept away.
    """
    first = Shelf(str(tmp_path / "kb"), tmp_path / "home", bare, ONE)
    held, idle = first.create("one"), first.create("idle")
    held.uploads.mkdir(parents=True)
    (held.uploads / "a.txt").write_text("herons stand in the reeds")
    job = held.jobs.add("index", [str(held.uploads)])
    first.close()
    assert idle.jobs.list  # closed, not broken
    (tmp_path / "home" / ".gone-1" / "kb").mkdir(parents=True)
    again = Shelf(str(tmp_path / "kb"), tmp_path / "home", bare, ONE)
    again.resume()
    assert set(again._held) == {"one"}
    assert over(again.get("one"), job).state == "done"
    assert len(again.get("one").library.search("herons")) == 1
    assert not (tmp_path / "home" / ".gone-1").exists()
    again.close()


def test_a_job_waits_for_another_process(shelf: Shelf, tmp_path: Path, bare: Kit) -> None:
    """While the command line indexes, a job of the server waits its turn; it does not fail."""
    held = shelf.get(MAIN)
    upload(held, "a.txt", "herons")
    other = Library(tmp_path / "kb", kit=bare)
    with other._writing():
        (held.uploads / "b.txt").write_text("otters")
        job = held.jobs.add("index", [str(held.uploads)])
        until = time.monotonic() + 20
        while held.jobs.get(job.id).stage != "waiting":
            assert time.monotonic() < until
            time.sleep(0.01)
        time.sleep(0.2)
        assert held.jobs.get(job.id).state == "running"
    assert over(held, job).state == "done"
    other.close()


def test_removing_twice_is_no_failure(shelf: Shelf) -> None:
    """A removal that a restart cut off after it was done is done again, and finds nothing."""
    held = shelf.get(MAIN)
    upload(held, "a.txt", "herons")
    (asset,) = held.library.assets()
    assert over(held, held.jobs.add("remove", [asset.id])).result == {"removed": 1}
    assert over(held, held.jobs.add("remove", [asset.id])).result == {"removed": 0}
    done = over(held, held.jobs.add("reindex", []))
    assert (done.state, done.result) == ("done", {"reindexed": []})


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, bare: Kit) -> None:
    """Not a traceback: where, and what to do."""
    (tmp_path / "kb-served").write_text("a file in the way")
    shelf = Shelf(str(tmp_path / "kb"), tmp_path / "home", bare, ONE)
    with pytest.raises(LibraryError, match="kb-served"):
        shelf.get(MAIN)
