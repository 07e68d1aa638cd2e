"""DICOM: pictures of medicine, with what the header tells of the picture and of nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from polysense.errors import Unreadable, Unsupported
from polysense.protocols import Parser
from polysense.read.file.archive import local_file
from polysense.read.file.magic import DICOM
from polysense.read.image.dicom import header, pixels
from polysense.types import Asset, Chunk, Link, Part, Span

_FULL_BOX = (0.0, 0.0, 1.0, 1.0)
_HINT_BURNT = (
    "Words are burnt into the picture, or may be, as in ultrasound, endoscopy, photographs and "
    'captures of a screen that do not say otherwise. `parsers = ["dicom:identity=true"]` in '
    "polysense.toml reads it, and what the header tells of people."
)


class DicomParser(Parser):
    """Pictures of medicine as a screen shows them, with kind, body part, view and device; at most
    `frames` of one with many, spread over it.

    identity also tells who it is of and by (patient, birth date, institution, physicians, dates)
    and what was written freely (study, series, protocol, contrast agent), and reads pictures that
    may have names burnt in; else all that is left out, and of the date all but the year.
    """

    extra = "dicom"
    accepts: ClassVar[frozenset[str]] = frozenset({DICOM})

    def __init__(self, *, frames: int = 8, identity: bool = False) -> None:
        self.frames, self.identity = frames, identity

    def check(self) -> None:
        """Raises MissingDependency."""
        header.library()

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """A chunk a picture; of a file without any its header. Raises Unreadable, Unsupported,
        TooLarge, MissingDependency.
        """
        path = local_file(asset)
        dataset = header.read_header(path, asset.name)
        fields: dict[str, str | int] = dict(header.fields(dataset, is_personal=self.identity))
        text = "\n".join(f"{label}: {value}" for label, value in fields.items())
        frames = header.count_frames(dataset)
        if not frames:
            if not text:
                raise Unsupported(f"{asset.name} holds no picture, and its header tells nothing")
            yield Chunk(asset, Span(node="header"), "text", text=text, meta=fields)
            return
        if header.may_show_names(dataset) and not self.identity:
            raise Unreadable(
                f"{asset.name} was not read: its picture may name somebody", _HINT_BURNT
            )
        width, height = header.size(dataset)
        meta = fields | {"width": width, "height": height, "frames": frames}
        for page in self._pages(frames):
            _check(path, asset.name, page)
            part = Part("image", path, DICOM, span=Span(page=page))
            place = Span(page=page, box=_FULL_BOX)
            yield Chunk(asset, place, "image", part, context=text, meta=meta)

    def _pages(self, frames: int) -> list[int | None]:
        """The numbers of the pictures to show; None for the one that is alone."""
        if frames == 1:
            return [None]
        count = max(1, min(frames, self.frames))
        return [1 + n * frames // count for n in range(count)]


def _check(path: Path, name: str, page: int | None) -> None:
    """Raise what keeps a picture from being shown."""
    with path.open("rb") as file:
        pixels.decode(file, name, page)
