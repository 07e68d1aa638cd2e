"""Pictures of a 3D model from all around, for encoders of pictures."""

from __future__ import annotations

from collections.abc import Iterator

from polysense.errors import BadConfig
from polysense.protocols import Converter
from polysense.read.solid import decode
from polysense.types import Modality, Part


class Views(Converter):
    """Draws `count` views of `size` pixels, a little above the horizon.

    The three-quarter view comes first.
    """

    source: Modality = "3d"
    targets: frozenset[Modality] = frozenset({"image"})
    cost = 0.4
    is_extractor = True

    def __init__(self, *, count: int = 4, size: int = 224) -> None:
        if not (1 <= count <= 64 and 16 <= size <= 2048):
            raise BadConfig(
                f"views: {count} of {size} pixels", "Ask for 1 to 64 views of 16 to 2048 pixels."
            )
        self._count, self._size = count, size

    def convert(self, part: Part) -> Iterator[Part]:
        """The views, as arrays, with azimuth and elevation in degrees in their meta.

        Raises Unreadable where the part is no model.
        """
        mesh = decode.load(part)
        pictures = decode.render_views(mesh, self._count, self._size)
        for azimuth, picture in zip(decode.azimuths(self._count), pictures, strict=True):
            meta = {
                "azimuth": azimuth,
                "elevation": decode.VIEW_ELEVATION,
                "node": part.span.node or mesh.root,
            }
            yield Part("image", picture, name=f"{meta['node']} from {azimuth:.0f}°", meta=meta)
