"""Several libraries: apart from each other, made, deleted, and going on."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import AlreadyExists, BadQuery, LibraryError, NotFound
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit
from polysense.serve.jobs import Job
from polysense.serve.library_pool import MAIN, LibraryPool, PoolEntry

ONE = Limits(workers=1)


@pytest.fixture
def pool(tmp_path: Path, bare: Kit) -> Any:
    pool = LibraryPool(str(tmp_path / "kb"), tmp_path / "home", bare, ONE)
    yield pool
    pool.close()


def over(entry: PoolEntry, job: Job) -> Job:
    until = time.monotonic() + 60
    while not (now := entry.jobs.get(job.id)).is_over:
        assert time.monotonic() < until, now
        time.sleep(0.02)
    return now


def upload(entry: PoolEntry, name: str, words: str) -> Job:
    (entry.uploads / name).parent.mkdir(parents=True, exist_ok=True)
    (entry.uploads / name).write_text(words)
    return over(entry, entry.jobs.add("index", [str(entry.uploads)]))


def test_libraries_are_apart(pool: LibraryPool, tmp_path: Path) -> None:
    """Each has its own files, uploads and jobs: what one holds the other does not find."""
    one, two = pool.create("one"), pool.create("two")
    assert pool.names() == [MAIN, "one", "two"]
    job = upload(one, "a.txt", "herons stand in the reeds")
    assert (job.state, job.result["indexed"]) == ("done", 1)
    upload(two, "b.txt", "otters swim")
    assert len(one.library.search("herons")) == 1
    assert len(two.library.search("herons")) == 0
    assert one.jobs.list() != two.jobs.list()
    assert len({one.uploads, two.uploads, pool.get(MAIN).uploads}) == 3
    assert not pool.get(MAIN).library.exists


@pytest.mark.parametrize(
    "name", ["", "A", "-a", "a b", "../x", "a/b", ".hidden", "x" * 65, "a\n", "\u6f6e"]
)
def test_names(pool: LibraryPool, name: str, tmp_path: Path) -> None:
    """A name is a folder's: it stays one."""
    with pytest.raises(BadQuery):
        pool.create(name)
    with pytest.raises(NotFound):
        pool.get(name)
    with pytest.raises(NotFound):
        pool.delete(name)
    assert not (tmp_path / "home").exists()


def test_a_name_is_used_once(pool: LibraryPool) -> None:
    """Also the main library's."""
    pool.create("one")
    for name in ("one", MAIN):
        with pytest.raises(AlreadyExists):
            pool.create(name)


def test_what_is_deleted_is_gone(pool: LibraryPool, tmp_path: Path) -> None:
    """With its uploads; its name is free again; the main library stays."""
    upload(pool.create("one"), "a.txt", "herons")
    pool.delete("one")
    assert pool.names() == [MAIN]
    assert list((tmp_path / "home").iterdir()) == []
    with pytest.raises(NotFound):
        pool.get("one")
    assert not pool.create("one").library.exists
    with pytest.raises(LibraryError):
        pool.delete(MAIN)


def test_deleting_holds_nobody_up(pool: LibraryPool, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the jobs of one come to their end, others are served, and nobody gets it again."""
    entry, ending, go = pool.create("one"), threading.Event(), threading.Event()
    close = entry.jobs.close

    def slowly() -> None:
        ending.set()
        go.wait(10)
        close()

    monkeypatch.setattr(type(entry.jobs), "close", lambda self, seconds=30.0: slowly())
    deleting = threading.Thread(target=pool.delete, args=["one"])
    deleting.start()
    ending.wait(10)
    try:
        assert pool.names() == [MAIN]
        assert pool.get(MAIN)
        with pytest.raises(NotFound):
            pool.get("one")
        with pytest.raises(AlreadyExists):
            pool.create("one")
    finally:
        go.set()
        deleting.join()
        monkeypatch.undo()
    pool.create("one")


def test_jobs_go_on_at_the_next_start(tmp_path: Path, bare: Kit) -> None:
    """Those of every library; a library without any is not even opened, and what was being deleted
    is swept away.
    """
    first = LibraryPool(str(tmp_path / "kb"), tmp_path / "home", bare, ONE)
    entry, idle = first.create("one"), first.create("idle")
    entry.uploads.mkdir(parents=True)
    (entry.uploads / "a.txt").write_text("herons stand in the reeds")
    job = entry.jobs.add("index", [str(entry.uploads)])
    first.close()
    assert idle.jobs.list  # closed, not broken
    (tmp_path / "home" / ".gone-1" / "kb").mkdir(parents=True)
    again = LibraryPool(str(tmp_path / "kb"), tmp_path / "home", bare, ONE)
    again.resume()
    assert set(again._entries) == {"one"}
    assert over(again.get("one"), job).state == "done"
    assert len(again.get("one").library.search("herons")) == 1
    assert not (tmp_path / "home" / ".gone-1").exists()
    again.close()


def test_a_job_waits_for_another_process(pool: LibraryPool, tmp_path: Path, bare: Kit) -> None:
    """While the command line indexes, a job of the server waits its turn; it does not fail."""
    entry = pool.get(MAIN)
    upload(entry, "a.txt", "herons")
    other = Library(tmp_path / "kb", kit=bare)
    with other._writing():
        (entry.uploads / "b.txt").write_text("otters")
        job = entry.jobs.add("index", [str(entry.uploads)])
        until = time.monotonic() + 20
        while entry.jobs.get(job.id).stage != "waiting":
            assert time.monotonic() < until
            time.sleep(0.01)
        time.sleep(0.2)
        assert entry.jobs.get(job.id).state == "running"
    assert over(entry, job).state == "done"
    other.close()


def test_removing_twice_is_no_failure(pool: LibraryPool) -> None:
    """A removal that a restart cut off after it was done is done again, and finds nothing."""
    entry = pool.get(MAIN)
    upload(entry, "a.txt", "herons")
    (asset,) = entry.library.assets()
    assert over(entry, entry.jobs.add("remove", [asset.id])).result == {"removed": 1}
    assert over(entry, entry.jobs.add("remove", [asset.id])).result == {"removed": 0}
    job = over(entry, entry.jobs.add("reindex", []))
    assert (job.state, job.result) == ("done", {"reindexed": []})


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, bare: Kit) -> None:
    """Not a traceback: where, and what to do."""
    (tmp_path / "kb-served").write_text("a file in the way")
    pool = LibraryPool(str(tmp_path / "kb"), tmp_path / "home", bare, ONE)
    with pytest.raises(LibraryError, match="kb-served"):
        pool.get(MAIN)
