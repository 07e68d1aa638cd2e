"""Pictures of a 3D model from all around: what an encoder of pictures can compare with photographs."""

from __future__ import annotations

from collections.abc import Iterator

from polysense.errors import BadConfig
from polysense.protocols import Converter
from polysense.read.solid import decode
from polysense.types import Modality, Part


class Views(Converter):
    """Draws `count` views of `size` pixels, 30 degrees above the horizon, the three-quarter view
    first.
    """

    source: Modality = "3d"
    targets: frozenset[Modality] = frozenset({"image"})
    cost = 0.4
    reads = True

    def __init__(self, *, count: int = 4, size: int = 224) -> None:
        if not (1 <= count <= 64 and 16 <= size <= 2048):
            raise BadConfig(
                f"views: {count} of {size} pixels", "Ask for 1 to 64 views of 16 to 2048 pixels."
            )
        self._count, self._size = count, size

    def convert(self, part: Part) -> Iterator[Part]:
        """The views, as arrays; meta tells azimuth and elevation in degrees. Raises Unreadable
        where the part is no model.
        """
        shown = decode.load(part)
        for azimuth, picture in zip(
            decode.azimuths(self._count), decode.views(shown, self._count, self._size), strict=True
        ):
            meta = {
                "azimuth": azimuth,
                "elevation": decode.ELEVATION,
                "node": part.span.node or shown.root,
            }
            yield Part("image", picture, name=f"{meta['node']} from {azimuth:.0f}°", meta=meta)
