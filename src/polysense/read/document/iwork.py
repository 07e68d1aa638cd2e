"""Documents of Apple's Pages, Numbers and Keynote: by the preview in them, which is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from polysense.errors import Unreadable, Unsupported
from polysense.protocols import Parser
from polysense.read.file.archive import local_file
from polysense.read.file.iwork import IWORK_PROGRAMS, preview
from polysense.types import Asset, Chunk, Link, Span

_HINT = "Export it as PDF, or as .docx, .xlsx or .pptx, and index that."


class IWorkParser(Parser):
    """Tells of a document of Apple's that only its preview was read, which is a file within it."""

    accepts: ClassVar[frozenset[str]] = frozenset(IWORK_PROGRAMS)

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """One record. Raises Unsupported where there is no preview, Unreadable behind the record
        where that shows the first page alone.
        """
        program, file = IWORK_PROGRAMS[asset.mime], preview(local_file(asset))
        if file is None:
            message = f"{asset.name} holds no preview, and the format of {program} is not read here"
            raise Unsupported(message, _HINT)
        look = "a PDF of it" if file.is_whole else "a picture of its first page"
        text = f"{asset.name} is a document of Apple {program}. Only its preview was read, {look}."
        yield Chunk(asset, Span(node=file.member), "text", text=text, meta={"role": "description"})
        if not file.is_whole:
            raise Unreadable(f"{asset.name}: only a picture of its first page was read", _HINT)
