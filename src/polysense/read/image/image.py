"""Pictures: the whole of one, the pages of a scan, moments of an animation; with its metadata."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.image import decode, exif, raster, svg
from polysense.types import Asset, Chunk, Link, Part, Span

_SUBTYPES = (
    "jpeg png gif webp tiff bmp x-icon vnd.microsoft.icon icns heic heif avif jp2 "
    "vnd.adobe.photoshop x-portable-anymap vnd.ms-dds x-tga svg+xml"
)
_FULL_BOX = (0.0, 0.0, 1.0, 1.0)
_ANIMATED_FORMATS = ("GIF", "PNG", "WEBP", "AVIF")
_MAX_FRAMES = 200
"""Frames of an animation that are looked at: to show the hundredth, the 99 before are decoded."""

_MAX_WORDS = 2000
"""Words of a drawing that are indexed."""


class ImageParser(Parser):
    """Reads pictures.

    At most `pages` of a TIFF with many, and `moments` of an animation, spread over it.
    """

    accepts: ClassVar[frozenset[str]] = frozenset(
        f"image/{subtype}" for subtype in _SUBTYPES.split()
    )

    def __init__(self, *, pages: int = 200, moments: int = 4) -> None:
        self._pages, self._moments = pages, moments

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """One chunk a picture, once it is sure that it can be decoded.

        What is missing of one that is cut short is named at the end.
        """
        if asset.path is None:
            raise Unreadable(f"{asset.name} is not at hand")
        if asset.mime == "image/svg+xml":
            yield _svg_chunk(asset, asset.path)
            return
        damage = decode.damage(Part("image", asset.path, asset.mime, asset.name))
        with raster.open_image(asset.path, asset.name) as image:
            metadata = exif.read_metadata(image)
            numbers = self._page_numbers(image)
        width, height = decode.size(Part("image", asset.path, asset.mime, asset.name))
        meta = metadata | {"width": width, "height": height}
        for number in numbers:
            part = Part("image", asset.path, asset.mime, span=Span(page=number))
            yield Chunk(
                asset,
                Span(page=number, box=_FULL_BOX),
                "image",
                part,
                context=exif.metadata_text(metadata),
                meta=meta,
            )
        if damage:
            raise Unreadable(f"{asset.name} is {damage}", "Export or copy the picture again.")

    def _page_numbers(self, image: Any) -> list[int | None]:
        """The pages to show; None for a picture that has no pages."""
        try:
            count = int(getattr(image, "n_frames", 1))
        except Exception:  # noqa: BLE001 - counting frames reads a broken file to its end
            count = 1
        if count > 1 and image.format == "TIFF":
            return [
                n for n in range(1, min(count, self._pages) + 1) if _is_full_size(image, n)
            ] or [None]
        if count > 1 and image.format in _ANIMATED_FORMATS:
            count = min(count, _MAX_FRAMES)
            samples = min(count, self._moments)
            return [1 + i * count // samples for i in range(samples)]
        return [None]


def _is_full_size(image: Any, page: int) -> bool:
    """Whether a page of a TIFF is no smaller copy of another; False for a broken one."""
    try:
        image.seek(page - 1)
        return not int(image.tag_v2.get(254, 0)) & 1
    except Exception:  # noqa: BLE001 - one broken page must not lose the others
        return False


def _svg_chunk(asset: Asset, path: Path) -> Chunk:
    """A drawing: its letters as text, its title and descriptions as context."""
    with path.open("rb") as f:
        raw = f.read(svg.MAX_BYTES + 1)
    svg.render(raw, 64, asset.name)
    context, text = svg.title_and_text(raw, asset.name)
    part = Part("image", path, asset.mime)
    return Chunk(
        asset, Span(box=_FULL_BOX), "image", part, " ".join(text.split(" ")[:_MAX_WORDS]), context
    )
