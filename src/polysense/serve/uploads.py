"""Files that come in: by body, by form, by address. Each lands whole or not at all, under a name
that cannot leave its folder.
"""

from __future__ import annotations

import errno
import os
import re
import time
import unicodedata
import uuid
from collections.abc import AsyncIterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from starlette.concurrency import run_in_threadpool

from polysense.errors import BadQuery, Forbidden, LibraryError, NotFound, StorageFull, TooLarge

LONGEST_NAME = 180
"""Bytes of one piece of a path."""
LONGEST_PATH = 1000
DEEPEST = 24
INCOMING = ".incoming"
FORGOTTEN = 6 * 3600.0
"""Seconds after which nobody sends the rest of a file any more."""
BLOCK = 1 << 20
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.I)


def safe(name: str) -> str:
    """A relative path out of what a client calls a file: no way up, nothing hidden, nothing that a
    system or a header could misread.

    >>> safe("../../etc/passwd"), safe("C:\\\\fakepath\\\\a b.png"), safe("notes/../.ssh/x\\r\\n.txt")
    ('etc/passwd', 'fakepath/a b.png', 'notes/ssh/x.txt')
    """
    pieces = []
    for piece in re.split(r"[/\\]+", unicodedata.normalize("NFC", name))[-DEEPEST:]:
        said = "".join(c for c in piece if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
        said = said.strip().lstrip(".").rstrip(". ")
        if not said or re.fullmatch(r"[A-Za-z]:", piece):
            continue
        stem, dot, ending = said.rpartition(".")
        while len(said.encode()) > LONGEST_NAME:
            stem, said = (
                (stem[:-1], f"{stem[:-1]}{dot}{ending}")
                if len(stem) > 1
                else ("", said[: len(said) // 2])
            )
        pieces.append(f"_{said}" if _RESERVED.fullmatch(said) else said)
    if not pieces:
        raise BadQuery(
            "the file has no name",
            "Send one: PUT .../files/FOLDER/NAME, or a file name in the form.",
        )
    if len("/".join(pieces).encode()) > LONGEST_PATH:
        raise BadQuery(
            f"a file's path is longer than {LONGEST_PATH} bytes", "Send it under a shorter name."
        )
    return "/".join(pieces)


@contextmanager
def landing(folder: Path, name: str) -> Iterator[tuple[IO[bytes], Path]]:
    """A file to write to, which is at its place when the block ends well, and nowhere when it does
    not. Raises BadQuery, LibraryError.
    """
    target = folder / safe(name)
    if not target.resolve().is_relative_to(folder.resolve()):  # by a link that someone put there
        raise BadQuery(f"{name!r} lies outside the library's files", "Send a plain relative name.")
    new = folder / INCOMING / uuid.uuid4().hex
    try:
        new.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as file:
            yield file, target
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(new, target)
    except (IsADirectoryError, FileExistsError, NotADirectoryError) as e:
        raise BadQuery(
            f"{name!r}: a file and a folder of one name", "Send it under another name."
        ) from e
    except OSError as e:
        full = e.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        raise (StorageFull if full else LibraryError)(
            f"cannot keep {name!r}: {e.strerror}", "" if full else "Let the server write there."
        ) from e
    finally:
        with suppress(OSError):
            new.unlink()


async def receive(body: AsyncIterable[bytes], folder: Path, name: str, most: int) -> Path:
    """Write a body as it comes, `most` bytes at the most. Raises as `landing`, and TooLarge."""
    size, block = 0, bytearray()
    with landing(folder, name) as (file, target):
        async for piece in body:
            size += len(piece)
            if size > most:
                raise TooLarge(
                    f"{name!r} is larger than {most >> 20} MB",
                    "Split it, or raise [serve] upload_mb.",
                )
            block += piece
            if len(block) >= BLOCK:  # a slow disk holds up nobody else
                await run_in_threadpool(file.write, bytes(block))
                block.clear()
        await run_in_threadpool(file.write, bytes(block))
        if not size:
            raise BadQuery(f"{name!r} is empty", "Send its content as the body.")
    return target


def sweep(folder: Path) -> None:
    """Delete what a server that was killed had received in part, unless another one may still be
    receiving it.
    """
    for part in (folder / INCOMING).glob("*"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > FORGOTTEN:
                part.unlink()


def reachable(said: str, folders: Sequence[Path] | None) -> Path:
    """A file or folder of this machine that may be read: one below these folders, links resolved;
    None: any. Raises Forbidden, NotFound.
    """
    path = (Path(said) if folders is not None else Path(said).expanduser()).resolve()
    if folders is not None and not any(path.is_relative_to(folder) for folder in folders):
        raise Forbidden(
            f"{said!r} is in no folder that may be read here",
            "Allow it: polysense serve --allow FOLDER.",
        )
    try:
        found = path.exists()
    except OSError:  # a name too long, or in a folder that is closed
        found = False
    if not found:
        raise NotFound(f"there is no file or folder {said}", "Check the path; it is absolute.")
    return path
