"""Several libraries by name, each with its own folder, uploads and jobs; models are loaded once."""

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

from polysense.errors import (
    AlreadyExists,
    BadFilter,
    BadQuery,
    LibraryError,
    LibraryLocked,
    NotFound,
    PolysenseError,
)
from polysense.ingest.progress import Progress
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit
from polysense.render import report_json
from polysense.retrieve.filters import asks_for_uri
from polysense.serve.bin import Bin
from polysense.serve.explain import without_commands
from polysense.serve.file_names import FileNames
from polysense.serve.jobs import Job, JobProgress, Jobs, has_pending
from polysense.serve.uploads import sweep_partial

MAIN = "main"
"""The name of the library that the server was started with."""

JOBS_FILE, FILES_FOLDER, BIN_FOLDER = "jobs.db", "files", "bin"

LOCK_RETRY_SECONDS = 0.5
"""Between two tries at a library that another process is writing."""

NAME = r"[a-z0-9][a-z0-9_-]{0,63}"
_NAME = re.compile(NAME)


@dataclass(frozen=True, slots=True)
class PoolEntry:
    """A library of the pool, with its jobs and uploads."""

    name: str
    library: Library
    jobs: Jobs
    uploads: Path
    """Files that came over HTTP, in the folders that they came with."""
    bin: Bin
    names: FileNames
    hides_folders: bool = False
    """Whether it is shown to someone who is not to learn where the server keeps files."""

    def uri(self, uri: str) -> str:
        """A file's place, or what it is called where folders are hidden."""
        return self.names.name(uri) if self.hides_folders else uri

    def message(self, text: str) -> str:
        """A sentence, without the places of the server where folders are hidden."""
        return self.names.hide(text) if self.hides_folders else text

    def hint(self, text: str, error: PolysenseError | None = None) -> str:
        """What to do next; for those from whom folders are hidden, no command for the server."""
        return self.message(without_commands(text, error)) if self.hides_folders else text

    def require_content(self) -> None:
        """Raises NotFound where nothing was ever added."""
        if not self.library.exists:
            raise NotFound(
                f"the library {self.name!r} is empty",
                f"Add files: PUT /api/libraries/{self.name}/files/NAME, or on the page.",
            )

    def check_filter(self, where: str) -> None:
        """Raises BadFilter where a filter would tell of folders that are hidden."""
        if self.hides_folders and asks_for_uri(where):
            raise BadFilter(
                "uri is not told to those who may only read, nor can they filter by it",
                "Filter by name or folder.",
            )


class LibraryPool:
    """The library given, as "main", and those made in `home`; each is opened at its first use."""

    def __init__(self, main: str, home: Path, kit: Kit, limits: Limits = Limits()) -> None:
        self._main, self._home, self.kit, self._limits = main, home, kit, limits
        self._entries: dict[str, PoolEntry] = {}
        self._deleting: set[str] = set()
        self._lock = threading.RLock()

    def names(self) -> list[str]:
        """Those there are, the main one first."""
        names = (
            [p.name for p in self._home.iterdir() if _NAME.fullmatch(p.name) and p.is_dir()]
            if self._home.is_dir()
            else []
        )
        return [MAIN, *sorted(n for n in names if n != MAIN and n not in self._deleting)]

    def get(self, name: str) -> PoolEntry:
        """Raises NotFound."""
        with self._lock:
            if name not in self._entries:
                if name not in self.names():
                    raise NotFound(f"there is no library {name!r}", "List them: GET /api/libraries")
                self._entries[name] = self._open(name)
            return self._entries[name]

    def hide_folders(self, text: str) -> str:
        """A sentence in which places of the server are called by their own names."""
        with self._lock:
            entries = list(self._entries.values())
        for entry in entries:
            text = entry.names.hide(text)
        return text

    def create(self, name: str) -> PoolEntry:
        """A new, empty one. Raises BadQuery, Taken."""
        if not _NAME.fullmatch(name):
            raise BadQuery(
                f"{name!r} cannot be a library's name",
                "Use small letters, digits, - and _; 64 at most, a letter or digit first.",
            )
        with self._lock:
            if name == MAIN or (self._home / name).exists():
                raise AlreadyExists(f"there is a library {name!r}")
            (self._home / name).mkdir(parents=True)
            return self.get(name)

    def delete(self, name: str) -> None:
        """Forget a library made here, and its uploads; the main one stays.

        Raises NotFound, LibraryError.
        """
        if name == MAIN:
            raise LibraryError(
                "the main library is not deleted over HTTP",
                "Stop the server and delete its folder.",
            )
        with self._lock:
            if name not in self.names():
                raise NotFound(f"there is no library {name!r}", "List them: GET /api/libraries")
            self._deleting.add(name)
            entry = self._entries.pop(name, None)
        try:  # its jobs may take a while to end: nobody else waits for that
            if entry is not None:
                _close_entries([entry])
            # a name that is no library's, should deleting be cut off
            trash = self._home / f".{name}-{time.time_ns()}"
            (self._home / name).rename(trash)
        finally:
            self._deleting.discard(name)
        shutil.rmtree(trash, ignore_errors=True)

    def close(self) -> None:
        """Stop jobs, to go on at the next start; release files."""
        with self._lock:
            _close_entries(self._entries.values())
            self._entries.clear()

    def resume(self) -> None:
        """Go on with jobs that a restart cut off; delete what was half received or half deleted."""
        for name in self.names():
            folder = _served_folder(self._location(name))
            sweep_partial(folder / FILES_FOLDER)
            Bin(folder / BIN_FOLDER, folder / FILES_FOLDER).sweep()
            if has_pending(folder / JOBS_FILE):
                self.get(name)
        for trash in self._home.glob(".*") if self._home.is_dir() else ():
            shutil.rmtree(trash, ignore_errors=True)

    def _location(self, name: str) -> str:
        return self._main if name == MAIN else str(self._home / name / "kb")

    def _open(self, name: str) -> PoolEntry:
        location = self._location(name)
        library, folder = (
            Library(location, kit=self.kit, limits=self._limits),
            _served_folder(location),
        )

        def open_writable(progress: Progress) -> Library:
            return Library(location, kit=self.kit, limits=self._limits, progress=progress)

        try:
            jobs = Jobs(folder / JOBS_FILE, _build_worker(open_writable))
        except (OSError, sqlite3.Error) as e:
            raise LibraryError(
                f"{folder} cannot be written: {e}",
                "The server keeps jobs and uploads there: let it write.",
            ) from e
        uploads = folder / FILES_FOLDER
        trash = Bin(folder / BIN_FOLDER, uploads)
        return PoolEntry(name, library, jobs, uploads, trash, FileNames(library, uploads))


def _served_folder(location: str) -> Path:
    """What serving a library keeps is next to it, since a library's folder is its own."""
    folder = Library(location).folder
    return folder.with_name(f"{folder.name}-served")


def _build_worker(
    open_writable: Callable[[Progress], Library],
) -> Callable[[Job, JobProgress], dict[str, Any]]:
    """How the jobs of a library are done."""

    def work(job: Job, progress: JobProgress) -> dict[str, Any]:
        with open_writable(progress) as kb:
            while True:
                progress.step("waiting", 0, 0)
                try:
                    return _do_job(kb, job)
                except LibraryLocked:  # by another process: its turn first
                    time.sleep(LOCK_RETRY_SECONDS)

    return work


def _do_job(kb: Library, job: Job) -> dict[str, Any]:
    if job.kind == "index":
        return report_json(kb.index(*job.arguments))
    if job.kind == "remove":
        # gone already where a restart cut the job off
        assets = [a for a in job.arguments if kb.exists and kb.catalogue.asset(a)]
        return {"removed": kb.remove(*assets) if assets else 0}
    kb.reindex(*job.arguments)
    return {"reindexed": list(job.arguments)}


def _close_entries(entries: Iterable[PoolEntry]) -> None:
    """All end at once, so that together they take no longer than the slowest."""
    entries = list(entries)
    for entry in entries:
        entry.jobs.end()
    for entry in entries:
        entry.jobs.close()
        entry.library.close()
