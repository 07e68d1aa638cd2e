"""What lies in a mail, a box of mails or a PDF as files of their own."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO

from polysense.read.file.mail import mail_attachments, mails, unused_name
from polysense.read.file.mime import MAILBOX
from polysense.read.file.pdf_attachments import pdf_attachments

AttachedFile = tuple[str, int, Callable[[], IO[bytes]]]


def attached_files(path: Path, mime: str) -> Iterator[AttachedFile]:
    """(name, bytes, how to open it) of each file in one of this type; no name comes twice.

    Raises TooLarge, Unreadable.
    """
    if mime == MAILBOX:
        for name, start, end in mails(path):
            yield name, end - start, partial(_open_range, path, start, end)
    elif mime == "application/pdf":
        used = set[str]()
        for full_name, read in pdf_attachments(path):
            name = full_name.replace("\\", "/").rsplit("/", 1)[-1] or "file"
            raw = read()
            yield unused_name(name, used), len(raw), partial(io.BytesIO, raw)
    else:
        for name, part in mail_attachments(path):
            data = part.get_payload(decode=True)
            raw = data if isinstance(data, bytes) else b""
            yield name, len(raw), partial(io.BytesIO, raw)


def _open_range(path: Path, start: int, end: int) -> IO[bytes]:
    with path.open("rb") as f:
        f.seek(start)
        return io.BytesIO(f.read(end - start))
