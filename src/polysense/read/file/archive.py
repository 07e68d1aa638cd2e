"""Archives as folders, guarded: what they hold is listed and unpacked only within limits, and never
outside the place given.

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
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from polysense.errors import Encrypted, NotFound, PolysenseError, TooLarge, Unreadable, Unsupported
from polysense.read.file.magic import zip_directory
from polysense.read.file.mime import ARCHIVES, sniff
from polysense.types import Asset

_BLOCK = 1 << 20
_SMALL = 64 << 20  # a bomb is harmless below this; so is unpacking a whole archive for one member
_DIRECTORY = 64 << 20  # bytes of a zip's list of members: about half a million
_PACKED: dict[bytes, Callable[..., Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZ": bz2.open,
    b"\xfd7": lzma.open,
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may do: how many members, bytes unpacked (one member, all), times its own
    size, archives within archives.
    """

    members: int = 20_000
    member: int = 2 << 30
    total: int = 8 << 30
    ratio: int = 200
    depth: int = 3


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive; reason says why it is left there, and is "" where it may be unpacked.
    size is what the archive claims.
    """

    name: str
    size: int
    reason: str = ""


Entry = tuple[Member, Callable[[], IO[bytes] | None]]


def here(asset: Asset) -> Path:
    """Where the asset's bytes can be read. Raises Unreadable where they are not on this machine."""
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
    return mime in ARCHIVES


def members(path: Path, limits: Limits = Limits()) -> Iterator[Member]:
    """The files in an archive, without folders; the unsafe ones with the reason.

    Raises Unreadable, Unsupported for what is no archive, TooLarge where there are more members or
    bytes than allowed.
    """
    for member, _ in _entries(path, limits):
        yield member


def extract(archive: Path, member: str, to: Path, limits: Limits = Limits()) -> None:
    """Write one member to the file `to`, whole or not at all. Raises Encrypted, TooLarge,
    Unreadable, NotFound.
    """
    for found, opened in _entries(archive, limits):
        if found.name == member:
            if "password" in found.reason:
                raise Encrypted(f"{member} in {archive.name} {found.reason}")
            if found.reason:
                raise Unreadable(
                    f"{member} in {archive.name} {found.reason}",
                    "Unpack it yourself if you trust it, and index the folder.",
                )
            return _write(archive, found, opened, to, limits)
    raise NotFound(f"{archive.name} holds no {member}")


def local(uri: str, cache: Path, limits: Limits = Limits()) -> Path:
    """The file with the content of any uri. Members are unpacked to `cache`, where a changed
    archive gets new places.
    """
    path = Path(uri)
    if "!/" not in uri or path.exists():
        return path
    pieces = uri.split("!/")
    # a folder may be called "a!"
    depth = next(
        (n for n in range(len(pieces) - 1, 0, -1) if os.path.isfile("!/".join(pieces[:n]))), 1
    )
    outer, inner = "!/".join(pieces[:depth]), pieces[depth:]
    path = Path(outer)
    if len(inner) > limits.depth:
        raise TooLarge(
            f"{uri}: archives within archives, {len(inner)} deep; the limit is {limits.depth}"
        )
    if not path.is_file():
        raise NotFound(f"{outer} is not there")
    for member in inner:
        path = _cached(path, member, cache, limits)
    return path


def open_zip(path: Path, limits: Limits = Limits()) -> zipfile.ZipFile:
    """A zip container (docx, xlsx, pptx, epub, ...), after a look at how much it would unpack to.

    Raises Encrypted for Office files with a password, TooLarge for bombs, Unreadable.
    """
    with path.open("rb") as f:
        if f.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise Encrypted(f"{path.name} needs a password")
        if zip_directory(f, path.stat().st_size)[0] > _DIRECTORY:
            raise TooLarge(f"{path.name} claims to hold millions of members")
    with archive_errors(path):
        opened = zipfile.ZipFile(path)
    try:
        infos = opened.infolist()
        size = path.stat().st_size
        total = sum(i.file_size for i in infos)
        if total > limits.total or total > max(_SMALL, limits.ratio * size):
            raise TooLarge(f"{path.name}, {size:,} bytes, would unpack to {total:,} bytes")
    except PolysenseError:
        opened.close()
        raise
    return opened


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


def _entries(path: Path, limits: Limits) -> Iterator[Entry]:
    mime = sniff(path)
    if mime == "application/x-tar":
        found = _tar(path, limits)
    elif mime == "application/zip" or zipfile.is_zipfile(path):
        found = _zip(path, limits)
    elif mime in ARCHIVES:
        found = _single(path)
    else:
        raise Unsupported(f"{path.name} is no archive that is read here ({mime})")
    total = 0
    for count, (member, opened) in enumerate(found, 1):
        total += member.size
        if count > limits.members:
            raise TooLarge(f"{path.name} holds more than {limits.members} files")
        if total > limits.total:
            raise TooLarge(f"{path.name} would unpack to more than {limits.total:,} bytes")
        yield member, opened


def _unsafe(name: str, size: int, limits: Limits) -> str:
    parts = name.replace("\\", "/").split("/")
    if not parts[0] or re.match(r"[A-Za-z]:", name):
        return "has an absolute path"
    if ".." in parts:
        return "points outside the archive"
    if (
        len(name.encode("utf-8", "surrogatepass")) > 1000
        or "!/" in name
        or "\0" in name
        or not parts[-1]
    ):
        return "has a name that no file can have"
    return f"holds {size:,} bytes; the limit is {limits.member:,}" if size > limits.member else ""


def _zip(path: Path, limits: Limits) -> Iterator[Entry]:
    with open_zip(path, limits) as opened:
        # of the same name, the last counts
        infos = {info.filename: info for info in opened.infolist() if not info.is_dir()}
        for name, info in infos.items():
            reason = _unsafe(name, info.file_size, limits)
            if info.flag_bits & 1:
                reason = "needs a password"
            elif stat.S_ISLNK(info.external_attr >> 16):
                reason = "is a link"
            elif info.file_size > max(_SMALL, limits.ratio * info.compress_size):
                reason = f"unpacks to {info.file_size // max(1, info.compress_size)} times its size"
            yield Member(name, info.file_size, reason), partial(opened.open, info)


def _tar(path: Path, limits: Limits) -> Iterator[Entry]:
    with path.open("rb") as raw:
        unpack = _PACKED.get(raw.read(2))
        raw.seek(0)
        stream: Any = _Bounded(unpack(raw), path, limits) if unpack else raw
        with archive_errors(path):
            opened = tarfile.open(fileobj=stream, mode="r|" if unpack else "r:")  # noqa: SIM115 - closed two lines on
        with opened:
            infos = iter(opened)
            while True:
                with archive_errors(path):
                    info = next(infos, None)
                if info is None:
                    return
                if info.isdir():
                    continue
                kind = (
                    "is a link"
                    if info.issym() or info.islnk()
                    else ""
                    if info.isfile()
                    else "is no file"
                )
                member = Member(
                    info.name.removeprefix("./"),
                    info.size,
                    kind or _unsafe(info.name, info.size, limits),
                )
                yield member, partial(opened.extractfile, info)


class _Bounded:
    """An unpacked stream that ends in TooLarge rather than going on for ever."""

    def __init__(self, stream: Any, path: Path, limits: Limits) -> None:
        self._stream, self._name = stream, path.name
        self._left = min(limits.total, max(_SMALL, limits.ratio * path.stat().st_size))

    def read(self, size: int = -1) -> bytes:
        """As a file's."""
        raw: bytes = self._stream.read(size)
        self._left -= len(raw)
        if self._left < 0:
            raise TooLarge(f"{self._name} unpacks to far more than its size")
        return raw


def _single(path: Path) -> Iterator[Entry]:
    with path.open("rb") as f:
        unpack = _PACKED[f.read(2)]
    yield Member(path.stem or path.name, 0), partial(unpack, path)


def _write(
    archive: Path, member: Member, opened: Callable[[], IO[bytes] | None], to: Path, limits: Limits
) -> None:
    left = min(limits.member, max(_SMALL, limits.ratio * archive.stat().st_size))
    to.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=to.parent, prefix=".unpacking-")
    try:
        with (
            os.fdopen(handle, "wb") as out,
            archive_errors(archive, member.name),
            opened() or io.BytesIO() as source,
        ):
            while block := source.read(_BLOCK):
                left -= len(block)
                if left < 0:
                    raise TooLarge(
                        f"{member.name} in {archive.name} unpacks to far more than it should"
                    )
                out.write(block)
        changed = archive.stat().st_mtime_ns
        os.utime(temporary, ns=(changed, changed))
        os.replace(temporary, to)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _slot(archive: Path, member: str, cache: Path) -> Path:
    about = archive.stat()
    key = sha256(
        f"{archive.absolute()}\0{about.st_size}\0{about.st_mtime_ns}\0{member}".encode(
            "utf-8", "surrogatepass"
        )
    ).hexdigest()
    name = re.sub(r"[^\w.() -]", "_", member.replace("\\", "/").rsplit("/", 1)[-1])[-100:]
    return cache / key[:2] / key[2:34] / (name.lstrip(".") or "member")


def _cached(archive: Path, member: str, cache: Path, limits: Limits) -> Path:
    """The member's place in the cache. A tar, and a small zip, is unpacked whole at the first miss:
    one pass instead of one a member.
    """
    slot = _slot(archive, member, cache)
    if slot.exists():
        return slot
    if sniff(archive) == "application/x-tar" or archive.stat().st_size < _SMALL // 8:
        for found, opened in _entries(archive, limits):
            place = _slot(archive, found.name, cache)
            if not found.reason and not place.exists():
                try:
                    _write(archive, found, opened, place, limits)
                except Unreadable:
                    continue  # told when it is asked for
    if not slot.exists():
        extract(archive, member, slot, limits)
    return slot
