"""Pictures inside other files: in Word and slide files, EPUBs, notebooks and mails."""

from __future__ import annotations

from pathlib import Path

from polysense.errors import Encrypted, TooLarge, Unreadable
from polysense.read.document.email.message import attachment
from polysense.read.document.notebook.cells import picture
from polysense.read.file.archive import archive_errors, open_zip
from polysense.read.file.magic import MSG, TNEF
from polysense.read.file.mime import sniff


def member_bytes(path: Path, node: str, limit: int = 256 << 20) -> bytes:
    """One member of a container: a picture in a docx, pptx, epub, notebook or mail.

    Raises TooLarge above `limit` bytes, Unreadable, Encrypted.
    """
    mime = sniff(path)
    if mime == "application/x-ipynb+json":
        return picture(path, node, limit)
    if mime in ("message/rfc822", MSG, TNEF):
        return attachment(path, node, limit)
    with open_zip(path) as container:
        try:
            info = container.getinfo(node)
        except KeyError:
            raise Unreadable(f"{path.name} holds no {node}") from None
        if info.flag_bits & 1:
            raise Encrypted(f"{node} in {path.name} needs a password")
        if info.file_size > limit:
            raise TooLarge(
                f"{node} in {path.name} holds {info.file_size:,} bytes; the limit is {limit:,}"
            )
        with archive_errors(path, node), container.open(info) as f:
            return f.read(limit)
