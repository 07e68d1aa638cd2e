"""What is new, changed, gone, or as it was, since the library was last synced with these paths."""

from __future__ import annotations

import errno
import hashlib
import mimetypes
import os
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import takewhile
from pathlib import Path

from polysense.errors import (
    MissingDependency,
    PolysenseError,
    StorageFull,
    TooLarge,
    Unreadable,
)
from polysense.ingest.catalogue import Catalogue
from polysense.ingest.scan import File, scan, skip_reason
from polysense.ingest.uris import enclosing_uris, members_by_archive, printable_path
from polysense.read.file.archive import Limits, local_path, members
from polysense.read.file.endings import modality_of_file
from polysense.read.file.mime import ARCHIVE_TYPES, CONTAINER_TYPES, sniff
from polysense.read.sound.subtitles import formats
from polysense.results import Failure, Skip
from polysense.types import Asset

SUBTITLE_SUFFIXES = formats.ENDINGS


@dataclass(slots=True)
class Changes:
    """Filled by `compare`."""

    new: list[File] = field(default_factory=list)
    unchanged: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    skipped: list[Skip] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)


def compare(roots: Iterable[Path], catalogue: Catalogue, library: Path | None) -> Changes:
    """One stat a file; nothing is opened."""
    changes, present, previous = Changes(), set[str](), _PreviousState(catalogue)
    root_uris = {os.fspath(root) for root in roots}
    for root in roots:
        for item in scan(root, library):
            if isinstance(item, Skip):
                changes.skipped.append(item)
            elif isinstance(item, Failure):
                changes.failed.append(item)
                # it is there, only not readable now: what is known of it, or lies in it, stays
                present.add(item.uri)
            elif owner := _subtitles_owner(item.path):
                changes.skipped.append(Skip(item.uri, f"subtitles of {owner}"))
            elif item.uri not in present:
                present.add(item.uri)
                previous.sort(item, changes)
    for uri in previous.uris:
        enclosing = set(enclosing_uris(uri))
        if enclosing & root_uris and not enclosing & present:
            changes.missing.append(uri)
    return changes


class _PreviousState:
    """What the catalogue knew: places, failures, and what each archive held."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._places, self._failures = catalogue.place_states(), catalogue.failures()
        self.uris = sorted({*self._places, *self._failures})
        self._members = members_by_archive(self.uris)

    def sort(self, file: File, changes: Changes) -> None:
        """One file, into what is new and what is as it was."""
        now = (file.size, file.mtime_ns)
        size, time, asset, state = self._places.get(file.uri, (-1, 0, "", ""))
        if (size, time) == now and state == sidecar_state(file.path):
            if asset:
                changes.unchanged.add(asset)
        elif file.uri in self._failures and self._failures[file.uri][:2] == now:
            changes.failed.append(self._failures[file.uri][2])
        else:
            changes.new.append(file)
            return
        for uri in self._members.get(file.uri, ()):  # of an archive or a mail: as they were
            if uri in self._failures:
                changes.failed.append(self._failures[uri][2])
            elif member := self._places[uri][2]:
                changes.unchanged.add(member)


@lru_cache(maxsize=64)
def _folder_names(folder: Path, _mtime: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = tuple(sorted(os.listdir(folder)))
    return names, tuple(n for n in names if n.lower().endswith(SUBTITLE_SUFFIXES))


def _names_with_stem(path: Path, stem: str, subtitles: bool) -> Iterator[str]:
    """Names beside `path` that go on after the stem with a dot."""
    try:
        names = _folder_names(path.parent, path.parent.stat().st_mtime_ns)[subtitles]
    except OSError:
        return
    start = bisect_left(names, stem + ".")
    yield from takewhile(lambda n: n.startswith(stem + "."), names[start:])


def sidecar_state(path: Path) -> str:
    """The state of a file's subtitle files: they change what is known of it.

    "" where there are none.
    """
    if path.suffix.lower() in SUBTITLE_SUFFIXES:
        return ""
    states = []
    for name in _names_with_stem(path, path.stem, subtitles=True):
        try:
            st = (path.parent / name).stat()
        except OSError:  # a link to nowhere
            continue
        states.append(f"{name},{st.st_size},{st.st_mtime_ns}")
    return ";".join(states)


def _subtitles_owner(path: Path) -> str:
    """The clip or recording beside a subtitle file, whose words it holds."""
    if path.suffix.lower() not in SUBTITLE_SUFFIXES:
        return ""
    for stem in (path.stem, path.stem.rsplit(".", 1)[0]):
        for name in _names_with_stem(path, stem, subtitles=False):
            if name.lower().endswith(SUBTITLE_SUFFIXES):
                continue  # .ass is a sound to the table of the system
            mime = mimetypes.guess_type(name)[0] or ""
            if name.rpartition(".")[0] == stem and mime.startswith(("video/", "audio/")):
                return name
    return ""


@dataclass(frozen=True, slots=True)
class IdentifiedFile:
    """A file whose content is known by its hash and type.

    has_members: other files lie in it, which came before.
    """

    file: File
    asset: Asset
    has_members: bool = False


SkipReason = Callable[[Asset], str]
"""Why a file of that name and type is not read though it could be; "" where it is."""


def never_skip(asset: Asset) -> str:  # noqa: ARG001 - a SkipReason
    """A SkipReason for where everything is read."""
    return ""


def identify_files(
    files: Iterable[File], cache: Path, skip: SkipReason = never_skip
) -> Iterator[IdentifiedFile | tuple[File, Failure | Skip]]:
    """Hash and type of each file, or why it is skipped.

    Archives as folders: first their members, then the archive with an empty asset id. Mails and
    PDFs after the files that are attached to them.
    """
    for file in files:
        yield from _identify(file, cache, skip, depth=0)


def _identify(
    file: File, cache: Path, skip: SkipReason, depth: int
) -> Iterator[IdentifiedFile | tuple[File, Failure | Skip]]:
    try:
        mime = sniff(file.path, file.uri)
        if mime not in ARCHIVE_TYPES:
            # before it is hashed: what is left out may be large
            if reason := skip(Asset("", file.uri, mime, "", file.size)):
                yield file, Skip(file.uri, reason)
                return
            attachments = list(_attachments(file, cache, skip, depth, mime))
            yield from attachments
            yield IdentifiedFile(file, _asset(file, mime), bool(attachments))
            return
        if depth > Limits().depth:
            raise TooLarge(
                f"{file.uri} is an archive within {depth} archives",
                "Unpack it and index the folder.",
            )
        yield from _members(file, cache, skip, depth)
        yield IdentifiedFile(file, Asset("", file.uri, mime, "", file.size))
    except StorageFull:
        raise
    except Exception as e:  # noqa: BLE001 - whatever a hostile archive does to its reader; one bad file never stops the run
        yield file, _failure(file.uri, e)


def _members(
    file: File, cache: Path, skip: SkipReason, depth: int
) -> Iterator[IdentifiedFile | tuple[File, Failure | Skip]]:
    """What lies in a file. Raises what a hostile archive does to its reader."""
    for member in members(file.path):
        name = printable_path(member.name)
        inside = File(f"{file.uri}!/{name}", file.path, member.size, file.mtime_ns)
        if reason := member.reason or (
            "" if name == member.name else "has a name that is not UTF-8"
        ):
            hint = "Unpack the archive by hand if you trust it, and index the folder."
            yield inside, Failure(inside.uri, f"{name} {reason}", hint)
        elif reason := next(filter(None, map(skip_reason, name.split("/"))), ""):
            yield inside, Skip(inside.uri, reason)
        else:
            yield from _identify_member(inside, cache, skip, depth)


def _attachments(
    file: File, cache: Path, skip: SkipReason, depth: int, mime: str
) -> Iterator[IdentifiedFile | tuple[File, Failure | Skip]]:
    """What is attached to a mail or a PDF; nothing where it cannot be opened, which its own reader
    tells, but that it is too large.
    """
    if mime not in CONTAINER_TYPES:
        return
    try:
        yield from _members(file, cache, skip, depth)
    except StorageFull:
        raise
    except Exception as e:  # noqa: BLE001 - whatever a hostile file does to its reader; its words are read all the same
        if isinstance(e, Unreadable | MissingDependency) and not isinstance(e, TooLarge):
            return
        uri = f"{file.uri}!/attached files"
        yield File(uri, file.path, file.size, file.mtime_ns), _failure(uri, e)


def _identify_member(
    file: File, cache: Path, skip: SkipReason, depth: int
) -> Iterator[IdentifiedFile | tuple[File, Failure | Skip]]:
    try:
        path = local_path(file.uri, cache)
        size = path.stat().st_size
    except (PolysenseError, OSError) as e:
        if isinstance(e.__cause__, OSError) and e.__cause__.errno == errno.ENOSPC:
            raise StorageFull(f"no room left to unpack {file.uri} in {cache}") from e
        yield file, _failure(file.uri, e)
        return
    if not size:
        yield file, Skip(file.uri, "empty")
        return
    yield from _identify(File(file.uri, path, size, file.mtime_ns), cache, skip, depth + 1)


def _failure(uri: str, error: Exception) -> Failure:
    if isinstance(error, PolysenseError):
        return Failure(uri, str(error), error.hint)
    what = (
        error.strerror if isinstance(error, OSError) else ""
    ) or f"{type(error).__name__}: {str(error)[:300]}"
    return Failure(
        uri,
        f"cannot be read: {what}",
        "Check the file and its disk, then run the same command again.",
    )


def _asset(file: File, mime: str) -> Asset:
    digest = hashlib.sha256()
    with file.path.open("rb") as f:
        while block := f.read(1 << 20):
            digest.update(block)
    stat = file.path.stat()
    born = getattr(stat, "st_birthtime", stat.st_mtime)
    modified = file.mtime_ns / 1e9
    meta = {"created": _iso(min(born, modified)), "modified": _iso(modified)}
    return Asset(
        digest.hexdigest()[:32],
        file.uri,
        mime,
        modality_of_file(file.uri, mime),
        file.size,
        meta,
        file.path,
    )


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
