"""The files attached to a PDF (ISO 32000-1, 7.11.4), by PDFium, in a process of its own.

Archives are opened where a library is written, and a hostile PDF that crashes PDFium, or unpacks to
far more than it is, must not take that down: `python -m polysense.read.file.pdf_attachments`.
"""

from __future__ import annotations

import json
import mmap
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from polysense.errors import TooLarge, Unreadable

MAX_SECONDS, MAX_MEMORY = 120, 4 << 30
"""What reading the attached files of one PDF may take by the clock, and in bytes of address space;
judged.
"""

_SIGN = b"/EmbeddedFile"
"""What stands in the clear in a PDF that has files: their streams lie in no compressed part."""

_CANNOT_BE_READ = "cannot be read"


@dataclass(frozen=True, slots=True)
class PdfAttachment:
    """A file attached to a PDF, and its bytes; `open` unpacks it. reason says why it cannot be."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]
    reason: str = ""


def has_attachments(path: Path) -> bool:
    """Whether files may be attached, told without opening the PDF."""
    with path.open("rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        return raw.find(_SIGN) >= 0


def pdf_attachments(path: Path, max_files: int, max_bytes: int) -> Iterator[PdfAttachment]:
    """Each attached file; unpacked when the first of them is opened, as many as have max_bytes
    together. No more than max_files and one.

    Raises TooLarge where that takes too long or too much memory, Unreadable.
    """
    if not has_attachments(path):
        return
    with tempfile.TemporaryDirectory(prefix="polysense-") as folder:
        files = _Unpacked(path, Path(folder), max_files, max_bytes)
        for n, (name, size) in enumerate(_in_process(path, max_files + 1)):
            reason = _CANNOT_BE_READ if size < 0 else ""
            yield PdfAttachment(name, max(size, 0), partial(files.open, n), reason)


@dataclass(slots=True)
class _Unpacked:
    """The attached files in a folder, put there at the first that is opened."""

    path: Path
    folder: Path
    max_files: int
    max_bytes: int
    is_filled: bool = False

    def open(self, n: int) -> IO[bytes]:
        if not self.is_filled:
            _in_process(self.path, self.max_files, self.max_bytes, str(self.folder))
            self.is_filled = True
        try:
            return (self.folder / str(n)).open("rb")
        except FileNotFoundError as e:
            message = f"the files attached to {self.path.name} unpack to far more than its size"
            raise TooLarge(message) from e


def _in_process(
    path: Path, count: int, max_bytes: int = 0, folder: str = ""
) -> list[tuple[str, int]]:
    """What `main` says of a PDF. Raises Unreadable, TooLarge."""
    command = [sys.executable, "-P", "-m", "polysense.read.file.pdf_attachments"]
    arguments = [str(path), str(count), str(max_bytes), folder]
    try:
        process = subprocess.run(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=MAX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as e:
        message = f"the files attached to {path.name} took longer than {MAX_SECONDS} s to unpack"
        raise TooLarge(message) from e
    if process.returncode:
        message = f"the files attached to {path.name} crashed their reader"
        raise TooLarge(f"{message} (exit {process.returncode})")
    reply: dict[str, Any] = json.loads(process.stdout.splitlines()[-1])
    if reply["error"]:
        raise Unreadable(f"{path.name} is no readable PDF: {reply['error']}")
    return [(name, size) for name, size in reply["files"]]


def main(path: str, count: str, max_bytes: str, folder: str) -> None:
    """Print the name and the bytes of each of the first attached files, -1 for what cannot be read,
    as JSON; with a folder, write as many as have max_bytes together into it, each by its number.
    """
    import pypdfium2

    _limit_memory()
    sizes, error, bytes_left = [], "", int(max_bytes)
    try:
        document = pypdfium2.PdfDocument(path)
        for n in range(min(document.count_attachments(), int(count))):
            attachment = document.get_attachment(n)
            size = -1
            with suppress(pypdfium2.PdfiumError):
                size = _size_of(attachment)
                if folder and 0 <= size <= bytes_left:
                    (Path(folder) / str(n)).write_bytes(bytes(attachment.get_data()))
                    bytes_left -= size
            sizes.append((attachment.get_name(), size))
    except (pypdfium2.PdfiumError, FileNotFoundError) as e:
        error = str(e)
    sys.stdout.write(json.dumps({"files": sizes, "error": error}))


def _size_of(attachment: Any) -> int:
    """The bytes of an attached file, none of which are taken; -1 where it has none to give."""
    import ctypes

    from pypdfium2 import raw

    size = ctypes.c_ulong()
    is_readable = raw.FPDFAttachment_GetFile(attachment, None, 0, size)
    return int(size.value) if is_readable else -1


def _limit_memory() -> None:
    with suppress(ImportError, ValueError, OSError):  # no such limit there, or a lower one
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


if __name__ == "__main__":
    main(*sys.argv[1:])
