"""Several libraries by name, isolated: each with its own folder, uploads and jobs. Models are
loaded once for all.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polysense.errors import BadQuery, LibraryError, LibraryLocked, NotFound, Taken
from polysense.ingest.progress import Progress
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit
from polysense.render import report_json
from polysense.serve.jobs import Job, Jobs, Told, pending
from polysense.serve.uploads import sweep

MAIN = "main"
"""The name of the library that the server was started with."""

JOBS, FILES = "jobs.db", "files"
NAME = r"[a-z0-9][a-z0-9_-]{0,63}"
_NAME = re.compile(NAME)


@dataclass(frozen=True, slots=True)
class Held:
    """A library on the shelf."""

    name: str
    library: Library
    jobs: Jobs
    uploads: Path
    """Files that came over HTTP, in the folders that they came with."""


class Shelf:
    """The library given, as "main", and those made in `home`. Each is opened when it is first used."""

    def __init__(self, main: str, home: Path, kit: Kit, limits: Limits = Limits()) -> None:
        self._main, self._home, self.kit, self._limits = main, home, kit, limits
        self._held: dict[str, Held] = {}
        self._leaving: set[str] = set()
        self._lock = threading.RLock()

    def names(self) -> list[str]:
        """Those there are, the main one first."""
        made = (
            [p.name for p in self._home.iterdir() if _NAME.fullmatch(p.name) and p.is_dir()]
            if self._home.is_dir()
            else []
        )
        return [MAIN, *sorted(n for n in made if n != MAIN and n not in self._leaving)]

    def get(self, name: str) -> Held:
        """Raises NotFound."""
        with self._lock:
            if name not in self._held:
                if name not in self.names():
                    raise NotFound(f"there is no library {name!r}", "List them: GET /api/libraries")
                self._held[name] = self._open(name)
            return self._held[name]

    def create(self, name: str) -> Held:
        """A new, empty one. Raises BadQuery, Taken."""
        if not _NAME.fullmatch(name):
            raise BadQuery(
                f"{name!r} cannot be a library's name",
                "Use small letters, digits, - and _; 64 at most, a letter or digit first.",
            )
        with self._lock:
            if name == MAIN or (self._home / name).exists():
                raise Taken(f"there is a library {name!r}")
            (self._home / name).mkdir(parents=True)
            return self.get(name)

    def delete(self, name: str) -> None:
        """Forget a library made here, and its uploads. The main one stays. Raises NotFound,
        LibraryError.
        """
        if name == MAIN:
            raise LibraryError(
                "the main library is not deleted over HTTP",
                "Stop the server and delete its folder.",
            )
        with self._lock:
            if name not in self.names():
                raise NotFound(f"there is no library {name!r}", "List them: GET /api/libraries")
            self._leaving.add(name)
            held = self._held.pop(name, None)
        try:  # its jobs may take a while to end: nobody else waits for that
            if held is not None:
                _close([held])
            # a name that is no library's, should deleting be cut off
            gone = self._home / f".{name}-{time.time_ns()}"
            (self._home / name).rename(gone)
        finally:
            self._leaving.discard(name)
        shutil.rmtree(gone, ignore_errors=True)

    def close(self) -> None:
        """Stop jobs, to go on at the next start; release files."""
        with self._lock:
            _close(self._held.values())
            self._held.clear()

    def resume(self) -> None:
        """Open the libraries with jobs that a restart cut off, which go on; sweep away what was cut
        off in coming and in going.
        """
        for name in self.names():
            beside = _beside(self._location(name))
            sweep(beside / FILES)
            if pending(beside / JOBS):
                self.get(name)
        for gone in self._home.glob(".*") if self._home.is_dir() else ():
            shutil.rmtree(gone, ignore_errors=True)

    def _location(self, name: str) -> str:
        return self._main if name == MAIN else str(self._home / name / "kb")

    def _open(self, name: str) -> Held:
        location = self._location(name)
        library, beside = Library(location, kit=self.kit, limits=self._limits), _beside(location)

        def writing(progress: Progress) -> Library:
            return Library(location, kit=self.kit, limits=self._limits, progress=progress)

        try:
            jobs = Jobs(beside / JOBS, _worker(writing))
        except (OSError, sqlite3.Error) as e:
            raise LibraryError(
                f"{beside} cannot be written: {e}",
                "The server keeps jobs and uploads there: let it write.",
            ) from e
        return Held(name, library, jobs, beside / FILES)


def _beside(location: str) -> Path:
    """What serving a library keeps is next to it, since a library's folder is its own."""
    folder = Library(location).folder
    return folder.with_name(f"{folder.name}-served")


def _worker(writing: Callable[[Progress], Library]) -> Callable[[Job, Told], dict[str, Any]]:
    """How the jobs of a library are done."""

    def work(job: Job, told: Told) -> dict[str, Any]:
        with writing(told) as kb:
            while True:
                told.step("waiting", 0, 0)
                try:
                    return _done(kb, job)
                except LibraryLocked:  # by another process: its turn first
                    time.sleep(0.5)

    return work


def _done(kb: Library, job: Job) -> dict[str, Any]:
    if job.kind == "index":
        return report_json(kb.index(*job.arguments))
    if job.kind == "remove":
        # gone already where a restart cut the job off
        held = [a for a in job.arguments if kb.exists and kb.catalogue.asset(a)]
        return {"removed": kb.remove(*held) if held else 0}
    kb.reindex(*job.arguments)
    return {"reindexed": list(job.arguments)}


def _close(those: Iterable[Held]) -> None:
    """All end at once, so that together they take no longer than the slowest."""
    those = list(those)
    for held in those:
        held.jobs.end()
    for held in those:
        held.jobs.close()
        held.library.close()
