"""Files that come in: each lands whole or not at all, under a name that stays in its folder."""

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
"""Bytes of one piece of a path: file systems take 255, and temporary names are longer by some."""
LONGEST_PATH = 1000
"""Bytes of a path within the uploads: Linux and macOS take 1024 or more, with the folder above."""
MOST_FOLDERS = 24
"""Pieces of a path, the last ones; judged, not measured."""
INCOMING_FOLDER = ".incoming"
STALE_SECONDS = 6 * 3600.0
"""After which nobody sends the rest of a file any more; judged, not measured."""
BLOCK_BYTES = 1 << 20
"""Written to disk at a time."""
_RESERVED_NAME = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.I)


def safe_path(name: str) -> str:
    """A relative path out of what a client calls a file.

    No way up, nothing hidden, nothing that a system or a header could misread.

    >>> safe_path("../../etc/passwd"), safe_path("C:\\\\fakepath\\\\a b.png")
    ('etc/passwd', 'fakepath/a b.png')
    >>> safe_path("notes/../.ssh/x\\r\\n.txt")
    'notes/ssh/x.txt'
    """
    pieces = []
    for piece in re.split(r"[/\\]+", unicodedata.normalize("NFC", name))[-MOST_FOLDERS:]:
        name_part = "".join(
            c for c in piece if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*'
        )
        name_part = name_part.strip().strip(". ")
        if not name_part or re.fullmatch(r"[A-Za-z]:", piece):
            continue
        stem, dot, ending = name_part.rpartition(".")
        while len(name_part.encode()) > LONGEST_NAME:
            stem, name_part = (
                (stem[:-1], f"{stem[:-1]}{dot}{ending}")
                if len(stem) > 1
                else ("", name_part[: len(name_part) // 2])
            )
        pieces.append(f"_{name_part}" if _RESERVED_NAME.fullmatch(name_part) else name_part)
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
def atomic_write(folder: Path, name: str) -> Iterator[tuple[IO[bytes], Path]]:
    """A file to write to, which is at its place when the block ends well, else nowhere.

    Raises BadQuery, LibraryError.
    """
    target = folder / safe_path(name)
    if not target.resolve().is_relative_to(folder.resolve()):  # by a link that someone put there
        raise BadQuery(f"{name!r} lies outside the library's files", "Send a plain relative name.")
    temporary = folder / INCOMING_FOLDER / uuid.uuid4().hex
    try:
        temporary.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            yield file, target
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(temporary, target)
    except (IsADirectoryError, FileExistsError, NotADirectoryError) as e:
        raise BadQuery(
            f"{name!r}: a file and a folder of one name", "Send it under another name."
        ) from e
    except OSError as e:
        is_full = e.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        raise (StorageFull if is_full else LibraryError)(
            f"cannot keep {name!r}: {e.strerror}", "" if is_full else "Let the server write there."
        ) from e
    finally:
        with suppress(OSError):
            temporary.unlink()


async def receive(body: AsyncIterable[bytes], folder: Path, name: str, max_bytes: int) -> Path:
    """Write a body as it comes. Raises as `atomic_write`, and TooLarge."""
    size, block = 0, bytearray()
    with atomic_write(folder, name) as (file, target):
        async for piece in body:
            size += len(piece)
            if size > max_bytes:
                raise TooLarge(
                    f"{name!r} is larger than {max_bytes >> 20} MB",
                    "Split it, or raise [serve] upload_mb.",
                )
            block += piece
            if len(block) >= BLOCK_BYTES:  # a slow disk holds up nobody else
                await run_in_threadpool(file.write, bytes(block))
                block.clear()
        await run_in_threadpool(file.write, bytes(block))
        if not size:
            raise BadQuery(f"{name!r} is empty", "Send its content as the body.")
    return target


def sweep_partial(folder: Path) -> None:
    """Delete what a killed server had half received, unless another may still be receiving it."""
    for part in (folder / INCOMING_FOLDER).glob("*"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > STALE_SECONDS:
                part.unlink()


def allowed_path(text: str, folders: Sequence[Path] | None) -> Path:
    """A file or folder of this machine that may be read: below these folders, or anywhere (None).

    Links are resolved. Raises Forbidden, NotFound.
    """
    path = (Path(text) if folders is not None else Path(text).expanduser()).resolve()
    if folders is not None and not any(path.is_relative_to(folder) for folder in folders):
        raise Forbidden(
            f"{text!r} is in no folder that may be read here",
            f"Allowed: {', '.join(map(str, folders)) or 'none'}. "
            "More: polysense serve --allow FOLDER.",
        )
    try:
        exists = path.exists()
    except OSError:  # a name too long, or in a folder that is closed
        exists = False
    if not exists:
        raise NotFound(f"there is no file or folder {text}", "Check the path; it is absolute.")
    return path
