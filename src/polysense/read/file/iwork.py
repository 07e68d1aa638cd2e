"""Documents of Apple's Pages, Numbers and Keynote: zips in a format of its own, with a preview."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from polysense.errors import Unreadable

IWORK_PROGRAMS = {
    "application/vnd.apple.pages": "Pages",
    "application/vnd.apple.numbers": "Numbers",
    "application/vnd.apple.keynote": "Keynote",
}
"""By mime type, the program that writes it."""

_PREVIEWS = ("QuickLook/Preview.pdf", "preview.jpg", "QuickLook/Thumbnail.jpg")
"""The whole as a PDF, as older programs keep it; else the first page as a picture."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a document looks like: the file in it that shows that."""

    path: Path
    member: str
    size: int

    @property
    def name(self) -> str:
        """Its name without the folder in the document."""
        return self.member.rpartition("/")[2]

    @property
    def is_whole(self) -> bool:
        """Whether it shows all pages."""
        return self.member.endswith(".pdf")

    def open(self) -> IO[bytes]:
        """Its bytes. Raises what a damaged zip does to its reader."""
        with zipfile.ZipFile(self.path) as container:
            return container.open(self.member)


def preview(path: Path) -> Preview | None:
    """The best preview in a document; None without any. Raises Unreadable."""
    try:
        with zipfile.ZipFile(path) as container:
            sizes = {i.filename: i.file_size for i in container.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as e:
        raise Unreadable(f"{path.name} is damaged: {e}") from e
    name = next((n for n in _PREVIEWS if sizes.get(n)), "")
    return Preview(path, name, sizes[name]) if name else None
