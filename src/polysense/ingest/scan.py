"""Which files are there: walks folders, honours .polysenseignore, says what it skips and why."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from polysense.errors import NotFound
from polysense.ingest.uris import printable_path
from polysense.results import Failure, Skip

IGNORE_FILE = ".polysenseignore"
"""A file of patterns, written as in .gitignore."""

_CACHE_FOLDERS = frozenset({"__pycache__", "node_modules", "__MACOSX"})
"""Folders that programs fill and can fill again; tags inside mark the others
(https://bford.info/cachedir/, PEP 405).
"""

_CACHE_TAGS = frozenset({"CACHEDIR.TAG", "pyvenv.cfg"})

_SYSTEM_FILES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"})
"""What systems write into folders for themselves, in small letters."""

_OWNER_MARK = "~$"
"""Begins the name of what an office program writes beside a document while somebody has it open."""

_MAX_MTIME_NS = 2**63 - 1  # what a database holds; the year 2262


@dataclass(frozen=True, slots=True)
class File:
    """A file as one stat call sees it."""

    uri: str
    path: Path
    size: int
    mtime_ns: int


def absolute_paths(paths: Iterable[str | Path]) -> list[Path]:
    """Absolute paths. Raises NotFound for the first that does not exist."""
    absolute = []
    for p in paths:
        path = Path(os.path.abspath(os.path.expanduser(p)))
        if not os.path.lexists(path):
            raise NotFound(
                f"there is no file or folder {p}",
                "Check the path. If it was deleted, `polysense remove PATH` forgets it.",
            )
        absolute.append(path)
    return absolute


class _Folder(NamedTuple):
    """A folder to look into, with the ignore patterns that hold there.

    Each with the folder that it is relative to.
    """

    path: Path
    ignores: tuple[tuple[Path, Any], ...] = ()


def scan(root: Path, library: Path | None = None) -> Iterator[File | Skip | Failure]:
    """Every file under root (or root itself), in order of name.

    Symbolic links to folders are not followed; `library` is left out.
    """
    if not os.path.isdir(root):
        yield _examine(root)
        return
    # not by recursion: folders can be deeper than Python's stack
    levels = [_entries(_Folder(root), library)]
    while levels:
        item = next(levels[-1], None)
        if item is None:
            levels.pop()
        elif isinstance(item, _Folder):
            levels.append(_entries(item, library))
        else:
            yield item


def _entries(folder: _Folder, library: Path | None) -> Iterator[File | Skip | Failure | _Folder]:
    try:
        entries = sorted(os.scandir(folder.path), key=lambda e: e.name)
    except OSError as e:
        yield Failure(
            printable_path(folder.path),
            f"cannot list the folder: {e.strerror}",
            "Check its permissions.",
        )
        return
    if any(e.name == IGNORE_FILE for e in entries):
        from pathspec import GitIgnoreSpec

        try:
            lines = (folder.path / IGNORE_FILE).read_text("utf-8", "replace").splitlines()
            folder = _Folder(
                folder.path, (*folder.ignores, (folder.path, GitIgnoreSpec.from_lines(lines)))
            )
        except (OSError, ValueError) as e:  # what it keeps out must not come in
            hint = "Mend or remove that file, then run the same command again."
            yield Failure(
                printable_path(folder.path), f"its {IGNORE_FILE} cannot be read: {e}", hint
            )
            return
    for entry in entries:
        path = Path(entry.path)
        if path == library or entry.name == IGNORE_FILE:
            continue
        is_folder = entry.is_dir(follow_symlinks=False)
        if reason := skip_reason(entry.name) or _exclusion_reason(path, is_folder, folder.ignores):
            yield Skip(printable_path(path), reason)
        elif is_folder:
            yield _Folder(path, folder.ignores)
        elif entry.is_symlink() and os.path.isdir(path):
            yield Skip(printable_path(path), "a link to a folder")
        else:
            yield _examine(path)


def _exclusion_reason(path: Path, is_folder: bool, ignores: tuple[tuple[Path, Any], ...]) -> str:
    """Why its user or its program wants a file or folder left out; "" where they do not."""
    if any(
        spec.match_file(os.path.relpath(path, base) + ("/" if is_folder else ""))
        for base, spec in ignores
    ):
        return f"excluded by {IGNORE_FILE}"
    if not is_folder:
        return ""
    if os.path.isfile(path / "manifest.json") and os.path.isfile(path / "catalogue.db"):
        return "a polysense library"
    return "a cache" if any(os.path.isfile(path / tag) for tag in _CACHE_TAGS) else ""


def skip_reason(name: str) -> str:
    """Why a file or folder of that name is not looked into; empty if it is.

    >>> skip_reason(".git"), skip_reason("__pycache__"), skip_reason("notes.txt")
    ('hidden', 'a cache', '')
    >>> skip_reason("~$plan.docx"), skip_reason("Thumbs.db"), skip_reason("Plan.lnk")
    ("an open document's mark", "the system's own", 'a shortcut')
    """
    if name.startswith("."):
        return "hidden"
    if name.startswith(_OWNER_MARK):
        return "an open document's mark"
    if name.lower() in _SYSTEM_FILES:
        return "the system's own"
    if name.lower().endswith(".lnk"):
        return "a shortcut"
    return "a cache" if name in _CACHE_FOLDERS else ""


def _examine(path: Path) -> File | Skip | Failure:
    uri, name = os.fspath(path), printable_path(path)
    try:
        st = path.stat()
    except OSError as e:
        return Failure(
            name,
            f"cannot open the file: {e.strerror}",
            "Check that it exists and that you may read it.",
        )
    if not stat.S_ISREG(st.st_mode):
        return Skip(name, "not a regular file")
    if st.st_size == 0:
        return Skip(name, "empty")
    if not os.access(path, os.R_OK):
        return Failure(
            name,
            "no permission to read the file",
            "Change its permissions, then run the same command again.",
        )
    if name != uri:
        return Failure(
            name,
            "its name, or a folder's above it, is not UTF-8",
            "Rename it, then run the same command again.",
        )
    return File(uri, path, st.st_size, min(st.st_mtime_ns, _MAX_MTIME_NS))
