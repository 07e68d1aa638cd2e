"""Which files are there: walks folders, honours .polysenseignore, tells what it passed over and why."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polysense.errors import NotFound
from polysense.types import Failure, Skip

IGNORE = ".polysenseignore"
"""A file of patterns, written as in .gitignore."""

_CACHES = frozenset({"__pycache__", "node_modules", "__MACOSX"})
"""Folders that programs fill and can fill again. A tag inside marks the others: https://bford.info/cachedir/, and PEP 405 for environments."""

_TAGS = frozenset({"CACHEDIR.TAG", "pyvenv.cfg"})

_LATEST = 2**63 - 1  # what a database holds; the year 2262


@dataclass(frozen=True, slots=True)
class File:
    """A file as one stat call sees it."""

    uri: str
    path: Path
    size: int
    mtime_ns: int


def roots(paths: Iterable[str | Path]) -> list[Path]:
    """Absolute paths. Raises NotFound for the first that does not exist."""
    found = []
    for p in paths:
        path = Path(os.path.abspath(os.path.expanduser(p)))
        if not os.path.lexists(path):
            raise NotFound(f"there is no file or folder {p}", "Check the path. If it was deleted, `polysense remove PATH` forgets it.")
        found.append(path)
    return found


def scan(root: Path, library: Path | None = None) -> Iterator[File | Skip | Failure]:
    """Every file under root (or root itself), in order of name. Symbolic links to folders are not followed; `library` is left out."""
    if not os.path.isdir(root):
        yield _look(root, os.fspath(root))
        return
    yield from _walk(root, (), library)


def _walk(folder: Path, ignores: tuple[tuple[Path, Any], ...], library: Path | None) -> Iterator[File | Skip | Failure]:
    try:
        entries = sorted(os.scandir(folder), key=lambda e: e.name)
    except OSError as e:
        yield Failure(os.fspath(folder), f"cannot list the folder: {e.strerror}", "Check its permissions.")
        return
    if any(e.name == IGNORE for e in entries):
        from pathspec import GitIgnoreSpec

        try:
            lines = (folder / IGNORE).read_text("utf-8", "replace").splitlines()
            ignores = (*ignores, (folder, GitIgnoreSpec.from_lines(lines)))
        except (OSError, ValueError) as e:  # what it keeps out must not come in
            hint = "Mend or remove that file, then run the same command again."
            yield Failure(os.fspath(folder), f"its {IGNORE} cannot be read: {e}", hint)
            return
    for entry in entries:
        path = Path(entry.path)
        is_folder = entry.is_dir(follow_symlinks=False)
        if library is not None and path == library:
            continue
        if entry.name == IGNORE:
            continue
        if reason := passed_over(entry.name):
            yield Skip(entry.path, reason)
        elif any(spec.match_file(os.path.relpath(path, base) + ("/" if is_folder else "")) for base, spec in ignores):
            yield Skip(entry.path, f"excluded by {IGNORE}")
        elif is_folder:
            if os.path.isfile(path / "manifest.json") and os.path.isfile(path / "catalogue.db"):
                yield Skip(entry.path, "a polysense library")
            elif any(os.path.isfile(path / tag) for tag in _TAGS):
                yield Skip(entry.path, "a cache")
            else:
                yield from _walk(path, ignores, library)
        elif entry.is_symlink() and os.path.isdir(path):
            yield Skip(entry.path, "a link to a folder")
        else:
            yield _look(path, entry.path)


def passed_over(name: str) -> str:
    """Why a file or folder of that name is not looked into; empty if it is.

    >>> passed_over(".git"), passed_over("__pycache__"), passed_over("notes.txt")
    ('hidden', 'a cache', '')
    """
    if name.startswith("."):
        return "hidden"
    return "a cache" if name in _CACHES else ""


def _look(path: Path, uri: str) -> File | Skip | Failure:
    try:
        st = path.stat()
    except OSError as e:
        return Failure(uri, f"cannot open the file: {e.strerror}", "Check that it exists and that you may read it.")
    if not stat.S_ISREG(st.st_mode):
        return Skip(uri, "not a regular file")
    if st.st_size == 0:
        return Skip(uri, "empty")
    if not os.access(path, os.R_OK):
        return Failure(uri, "no permission to read the file", "Change its permissions, then run the same command again.")
    try:
        uri.encode()
    except UnicodeEncodeError:
        said = os.fsencode(uri).decode("utf-8", "replace")
        return Failure(said, "its name, or a folder's above it, is not UTF-8", "Rename it, then run the same command again.")
    return File(uri, path, st.st_size, min(st.st_mtime_ns, _LATEST))
