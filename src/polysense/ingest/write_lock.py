"""One writer at a time: the lock on a library's folder, and what its disk refuses as our errors."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from polysense.errors import ForeignLibrary, LibraryError, LibraryLocked, ReadOnly, StorageFull

FILE = "lock"


@contextmanager
def write_lock(folder: Path, name: str, exists: bool) -> Iterator[None]:
    """Hold the folder of a library to write in it; it is made where there is none.

    Raises ForeignLibrary for a folder with other things in it, LibraryLocked while another process
    holds it, and what the disk refuses in the meantime as ReadOnly, StorageFull or LibraryError.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not exists and any(folder.iterdir()) and not (folder / FILE).exists():
            raise ForeignLibrary(f"{folder} is not empty and is no polysense library")
        with FileLock(folder / FILE, timeout=0):
            yield
    except Timeout as e:
        raise LibraryLocked(f"another process is writing to {name}") from e
    except PermissionError as e:
        raise ReadOnly(f"not allowed to write in {folder}") from e
    except OSError as e:
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(f"no room left in {folder}") from e
        if e.errno == errno.EROFS:
            raise ReadOnly(f"not allowed to write in {folder}") from e
        raise LibraryError(
            f"cannot write in {folder}: {e}",
            "Check the folder and its disk, then try again.",
        ) from e
