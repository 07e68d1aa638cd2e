"""Archives as folders: their members are listed and unpacked within limits, never outside a place.

A uri is an absolute path, or "/a/b.zip!/inner/name.txt" for a member; "!/" again for an archive
within an archive.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Literal

from polysense.errors import Encrypted, NotFound, PolysenseError, TooLarge, Unreadable, Unsupported
from polysense.read.file.attachments import attached_files
from polysense.read.file.magic import zip_directory
from polysense.read.file.mime import ARCHIVE_TYPES, CONTAINER_TYPES, MAILBOX, WARC, sniff
from polysense.read.file.zip_names import named_members
from polysense.types import Asset

# The limits here and in `Limits` are judged, not measured.
_BLOCK_BYTES = 1 << 20
# A bomb is harmless below this; so is unpacking a whole archive for one member.
_SMALL_BYTES = 64 << 20
# A zip's list of members: about half a million of them.
_MAX_DIRECTORY_BYTES = 64 << 20
# Bytes of a member's name that no file system takes.
_MAX_NAME_BYTES = 1000
_SEQUENTIAL_TYPES = frozenset({"application/x-tar", MAILBOX, WARC, *CONTAINER_TYPES})
_DECOMPRESSORS: dict[bytes, Callable[..., Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZ": bz2.open,
    b"\xfd7": lzma.open,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold.

    members: how many files. member and total: bytes unpacked, of one file and of all. ratio: times
    its own size. depth: archives within archives.
    """

    members: int = 20_000
    member: int = 2 << 30
    total: int = 8 << 30
    ratio: int = 200
    depth: int = 3


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive, of the size that the archive claims.

    reason says why it is left there; "" where it may be unpacked.
    """

    name: str
    size: int
    reason: str = ""


ArchiveEntry = tuple[Member, Callable[[], IO[bytes] | None]]


def local_file(asset: Asset) -> Path:
    """The file with the asset's bytes. Raises Unreadable where it is not on this machine."""
    if asset.path is None:
        raise Unreadable(
            f"{asset.name} is not here to be read", "Index it on a machine that has it."
        )
    return asset.path


def is_archive(mime: str) -> bool:
    """Whether files of this type are opened like folders.

    >>> is_archive("application/zip"), is_archive("application/epub+zip")
    (True, False)
    """
    return mime in ARCHIVE_TYPES


def members(path: Path, limits: Limits = Limits()) -> Iterator[Member]:
    """The files in an archive, without folders; the unsafe ones with the reason.

    Raises Unreadable, Unsupported for what is no archive, TooLarge where there are more members or
    bytes than allowed.
    """
    for member, _ in _entries(path, limits):
        yield member


def extract(archive: Path, member: str, destination: Path, limits: Limits = Limits()) -> None:
    """Write one member to the file `destination`, whole or not at all.

    Raises Encrypted, TooLarge, Unreadable, NotFound.
    """
    for entry, open_member in _entries(archive, limits):
        if entry.name == member:
            if "password" in entry.reason:
                raise Encrypted(f"{member} in {archive.name} {entry.reason}")
            if entry.reason:
                raise Unreadable(
                    f"{member} in {archive.name} {entry.reason}",
                    "Unpack it yourself if you trust it, and index the folder.",
                )
            return _write_member(archive, entry, open_member, destination, limits)
    raise NotFound(f"{archive.name} holds no {member}")


def local_path(uri: str, cache: Path, limits: Limits = Limits()) -> Path:
    """The file with the content of any uri.

    Members are unpacked to `cache`, where a changed archive gets new places.
    """
    path = Path(uri)
    if "!/" not in uri or path.exists():
        return path
    steps = uri.split("!/")
    # a folder may be called "a!"
    depth = next(
        (n for n in range(len(steps) - 1, 0, -1) if os.path.isfile("!/".join(steps[:n]))), 1
    )
    archive_uri, inner_names = "!/".join(steps[:depth]), steps[depth:]
    path = Path(archive_uri)
    if len(inner_names) > limits.depth:
        raise TooLarge(
            f"{uri}: archives within archives, {len(inner_names)} deep; the limit is {limits.depth}"
        )
    if not path.is_file():
        raise NotFound(f"{archive_uri} is not there")
    for member in inner_names:
        path = _unpack_to_cache(path, member, cache, limits)
    return path


def open_zip(path: Path, limits: Limits = Limits()) -> zipfile.ZipFile:
    """A zip container (docx, xlsx, pptx, epub, ...), after a look at how much it would unpack to.

    Raises Encrypted for Office files with a password, TooLarge for bombs, Unreadable.
    """
    with path.open("rb") as f:
        if f.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise Encrypted(f"{path.name} needs a password")
        if zip_directory(f, path.stat().st_size)[0] > _MAX_DIRECTORY_BYTES:
            raise TooLarge(f"{path.name} claims to hold millions of members")
    with archive_errors(path):
        container = zipfile.ZipFile(path)
    try:
        infos = container.infolist()
        size = path.stat().st_size
        total = sum(i.file_size for i in infos)
        if total > limits.total or total > max(_SMALL_BYTES, limits.ratio * size):
            raise TooLarge(f"{path.name}, {size:,} bytes, would unpack to {total:,} bytes")
    except PolysenseError:
        container.close()
        raise
    return container


@contextmanager
def archive_errors(path: Path, member: str = "") -> Iterator[None]:
    """What archive readers raise, as errors that name the file."""
    name = f"{member} in {path.name}" if member else path.name
    try:
        yield
    except RuntimeError as e:
        if isinstance(e, NotImplementedError):
            raise Unsupported(
                f"{name} is packed in a way that is not read here: {e}",
                "Pack it again as an ordinary zip or tar.gz.",
            ) from e
        raise Encrypted(f"{name} needs a password") from e
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        OSError,
        ValueError,
        OverflowError,
    ) as e:
        raise Unreadable(
            f"{name} is damaged: {e}",
            "Pack or download it again, then run `polysense index` on it.",
        ) from e


def _entries(path: Path, limits: Limits) -> Iterator[ArchiveEntry]:
    mime = sniff(path)
    if mime == "application/x-tar":
        entries = _tar_entries(path, limits)
    elif mime in (MAILBOX, WARC) or mime in CONTAINER_TYPES:
        entries = _attached_entries(path, mime, limits)
    elif mime == "application/zip" or zipfile.is_zipfile(path):
        entries = _zip_entries(path, limits)
    elif mime in ARCHIVE_TYPES:
        entries = _single_entry(path)
    else:
        raise Unsupported(f"{path.name} is no archive that is read here ({mime})")
    total = 0
    for count, (member, open_member) in enumerate(entries, 1):
        total += member.size
        if count > limits.members:
            raise TooLarge(f"{path.name} holds more than {limits.members} files")
        if total > limits.total:
            raise TooLarge(f"{path.name} would unpack to more than {limits.total:,} bytes")
        yield member, open_member


def _unsafe_reason(name: str, size: int, limits: Limits) -> str:
    if not name:
        return "has no name"
    parts = name.replace("\\", "/").split("/")
    if not parts[0] or re.match(r"[A-Za-z]:", name):
        return "has an absolute path"
    if ".." in parts:
        return "points outside the archive"
    if (
        len(name.encode("utf-8", "surrogatepass")) > _MAX_NAME_BYTES
        or "!/" in name
        or "\0" in name
        or not parts[-1]
    ):
        return "has a name that no file can have"
    return f"holds {size:,} bytes; the limit is {limits.member:,}" if size > limits.member else ""


def _zip_entries(path: Path, limits: Limits) -> Iterator[ArchiveEntry]:
    with open_zip(path, limits) as container:
        for name, info in named_members(container.infolist()).items():
            reason = _unsafe_reason(name, info.file_size, limits)
            if info.flag_bits & 1:
                reason = "needs a password"
            elif stat.S_ISLNK(info.external_attr >> 16):
                reason = "is a link"
            elif info.file_size > max(_SMALL_BYTES, limits.ratio * info.compress_size):
                reason = f"unpacks to {info.file_size // max(1, info.compress_size)} times its size"
            yield Member(name, info.file_size, reason), partial(container.open, info)


def _tar_entries(path: Path, limits: Limits) -> Iterator[ArchiveEntry]:
    with path.open("rb") as raw:
        unpack = _DECOMPRESSORS.get(raw.read(2))
        raw.seek(0)
        stream: Any = _BoundedStream(unpack(raw), path, limits) if unpack else raw
        with archive_errors(path):
            mode: Literal["r|", "r:"] = "r|" if unpack else "r:"
            container = tarfile.open(fileobj=stream, mode=mode)  # noqa: SIM115 - closed below
        with container:
            infos = iter(container)
            while True:
                with archive_errors(path):
                    info = next(infos, None)
                if info is None:
                    return
                if info.isdir():
                    continue
                if info.issym() or info.islnk():
                    reason = "is a link"
                elif not info.isfile():
                    reason = "is no file"
                else:
                    reason = _unsafe_reason(info.name, info.size, limits)
                member = Member(info.name.removeprefix("./"), info.size, reason)
                yield member, partial(container.extractfile, info)


class _BoundedStream:
    """An unpacked stream that ends in TooLarge rather than going on for ever."""

    def __init__(self, stream: Any, path: Path, limits: Limits) -> None:
        self._stream, self._name = stream, path.name
        self._left = min(limits.total, max(_SMALL_BYTES, limits.ratio * path.stat().st_size))

    def read(self, size: int = -1) -> bytes:
        """As a file's."""
        raw: bytes = self._stream.read(size)
        self._left -= len(raw)
        if self._left < 0:
            raise TooLarge(f"{self._name} unpacks to far more than its size")
        return raw


def _single_entry(path: Path) -> Iterator[ArchiveEntry]:
    with path.open("rb") as f:
        unpack = _DECOMPRESSORS[f.read(2)]
    yield Member(path.stem or path.name, 0), partial(unpack, path)


def _attached_entries(path: Path, mime: str, limits: Limits) -> Iterator[ArchiveEntry]:
    max_bytes = min(limits.total, max(_SMALL_BYTES, limits.ratio * path.stat().st_size))
    for file in attached_files(path, mime, limits.members, max_bytes):
        reason = file.reason or _unsafe_reason(file.name, file.size, limits)
        yield Member(file.name, file.size, reason), file.open


def _write_member(
    archive: Path,
    member: Member,
    open_member: Callable[[], IO[bytes] | None],
    destination: Path,
    limits: Limits,
) -> None:
    bytes_left = min(limits.member, max(_SMALL_BYTES, limits.ratio * archive.stat().st_size))
    destination.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=destination.parent, prefix=".unpacking-")
    try:
        with (
            os.fdopen(handle, "wb") as out,
            archive_errors(archive, member.name),
            open_member() or io.BytesIO() as source,
        ):
            while block := source.read(_BLOCK_BYTES):
                bytes_left -= len(block)
                if bytes_left < 0:
                    raise TooLarge(
                        f"{member.name} in {archive.name} unpacks to far more than it should"
                    )
                out.write(block)
        modified = archive.stat().st_mtime_ns
        os.utime(temporary, ns=(modified, modified))
        os.replace(temporary, destination)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _cache_path(archive: Path, member: str, cache: Path) -> Path:
    status = archive.stat()
    key = sha256(
        f"{archive.absolute()}\0{status.st_size}\0{status.st_mtime_ns}\0{member}".encode(
            "utf-8", "surrogatepass"
        )
    ).hexdigest()
    name = re.sub(r"[^\w.() -]", "_", member.replace("\\", "/").rsplit("/", 1)[-1])[-100:]
    return cache / key[:2] / key[2:34] / (name.lstrip(".") or "member")


def _unpack_to_cache(archive: Path, member: str, cache: Path, limits: Limits) -> Path:
    """The member's place in the cache.

    What is read from the front, and what is small, is unpacked whole at the first miss: one pass
    instead of one a member.
    """
    target = _cache_path(archive, member, cache)
    if target.exists():
        return target
    if sniff(archive) in _SEQUENTIAL_TYPES or archive.stat().st_size < _SMALL_BYTES // 8:
        with suppress(Unreadable):  # reported of the archive; what stands before is there
            for entry, open_member in _entries(archive, limits):
                entry_path = _cache_path(archive, entry.name, cache)
                if not entry.reason and not entry_path.exists():
                    with suppress(Unreadable):  # reported when that member is asked for
                        _write_member(archive, entry, open_member, entry_path, limits)
    if not target.exists():
        extract(archive, member, target, limits)
    return target
