"""Pictures: the whole of one, the pages of a scan, moments of an animation; with what the file says
about itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from polysense.errors import Unreadable
from polysense.protocols import Parser
from polysense.read.image import decode, exif, svg
from polysense.types import Asset, Chunk, Link, Part, Span

_KINDS = "jpeg png gif webp tiff bmp x-icon vnd.microsoft.icon icns heic heif avif jp2 vnd.adobe.photoshop x-portable-anymap svg+xml"
_WHOLE = (0.0, 0.0, 1.0, 1.0)
_ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")
_FRAMES = 200
"""Frames of an animation that are looked at: to show the hundredth, the ninety-nine before are
decoded.
"""

_MAX_WORDS = 2000


class ImageParser(Parser):
    """Reads pictures. At most `pages` of a many-page TIFF, and `moments` of an animation, spread
    over it.
    """

    accepts: ClassVar[frozenset[str]] = frozenset(f"image/{kind}" for kind in _KINDS.split())

    def __init__(self, *, pages: int = 200, moments: int = 4) -> None:
        self._pages, self._moments = pages, moments

    def parse(self, asset: Asset) -> Iterator[Chunk | Link]:
        """One chunk a picture, once it is sure that it can be decoded."""
        if asset.path is None:
            raise Unreadable(f"{asset.name} is not at hand")
        if asset.mime == "image/svg+xml":
            yield _drawing(asset, asset.path)
            return
        decode.pixels(Part("image", asset.path, asset.mime, asset.name), 64)
        with decode.opened(asset.path, asset.name) as opened:
            about = exif.facts(opened)
            numbers = self._numbers(opened)
        width, height = decode.size(Part("image", asset.path, asset.mime, asset.name))
        meta = about | {"width": width, "height": height}
        for number in numbers:
            part = Part("image", asset.path, asset.mime, span=Span(page=number))
            yield Chunk(
                asset,
                Span(page=number, box=_WHOLE),
                "image",
                part,
                context=exif.said(about),
                meta=meta,
            )

    def _numbers(self, opened: Any) -> list[int | None]:
        """The pages to show; None for a picture that has no pages."""
        try:
            count = int(getattr(opened, "n_frames", 1))
        except Exception:  # noqa: BLE001 - counting frames reads a broken file to its end
            count = 1
        if count > 1 and opened.format == "TIFF":
            return [n for n in range(1, min(count, self._pages) + 1) if _full_size(opened, n)] or [
                None
            ]
        if count > 1 and opened.format in _ANIMATED:
            count = min(count, _FRAMES)
            shown = min(count, self._moments)
            return [1 + i * count // shown for i in range(shown)]
        return [None]


def _full_size(opened: Any, page: int) -> bool:
    """Whether a page is no smaller copy of another; a broken one is passed over."""
    try:
        opened.seek(page - 1)
        return not int(opened.tag_v2.get(254, 0)) & 1
    except Exception:  # noqa: BLE001 - one broken page must not lose the others
        return False


def _drawing(asset: Asset, path: Path) -> Chunk:
    """Its letters as text; its title and descriptions as context."""
    with path.open("rb") as f:
        raw = f.read(svg.MAX_BYTES + 1)
    svg.render(raw, 64, asset.name)
    about, words = svg.words(raw, asset.name)
    part = Part("image", path, asset.mime)
    return Chunk(
        asset, Span(box=_WHOLE), "image", part, " ".join(words.split(" ")[:_MAX_WORDS]), about
    )
