"""What lies in a mail, a box of mails, a PDF or a web archive as files of their own."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from polysense.read.file.iwork import IWORK_PROGRAMS, preview
from polysense.read.file.mail import (
    mail_attachments,
    mails,
    unquote_envelopes,
    unused_name,
)
from polysense.read.file.mime import MAILBOX, WARC
from polysense.read.file.pdf_attachments import pdf_attachments
from polysense.read.file.warc import web_files


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file in a mail, a box of mails, a PDF or a web archive: its name, its bytes, how to open
    it. reason says why it cannot be opened, "" where it may be.
    """

    name: str
    size: int
    open: Callable[[], IO[bytes]]
    reason: str = ""


def attached_files(path: Path, mime: str, max_files: int, max_bytes: int) -> Iterator[AttachedFile]:
    """Each file in one of this type; no name comes twice. Of a PDF no more than max_files and one
    come, and as many can be opened as have max_bytes together.

    Raises TooLarge, Unreadable.
    """
    used = dict[str, int]()
    if mime == MAILBOX:
        for name, start, end in mails(path):
            yield AttachedFile(name, end - start, partial(_open_mail, path, start, end))
    elif mime == WARC:
        for page in web_files(path):
            yield AttachedFile(unused_name(page.name, used), page.size, page.open)
    elif mime in IWORK_PROGRAMS:
        if (picture := preview(path)) is not None:
            yield AttachedFile(picture.name, picture.size, picture.open)
    elif mime == "application/pdf":
        for file in pdf_attachments(path, max_files, max_bytes):
            name = file.name.replace("\\", "/").rsplit("/", 1)[-1] or "file"
            yield AttachedFile(unused_name(name, used), file.size, file.open, file.reason)
    else:
        for name, part in mail_attachments(path):
            data = part.get_payload(decode=True)
            raw = data if isinstance(data, bytes) else b""
            yield AttachedFile(name, len(raw), partial(io.BytesIO, raw))


def _open_mail(path: Path, start: int, end: int) -> IO[bytes]:
    with path.open("rb") as f:
        f.seek(start)
        return io.BytesIO(unquote_envelopes(f.read(end - start)))
