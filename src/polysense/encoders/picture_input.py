"""What the encoders of pictures share: a picture as models take it, and what tells their vectors
apart.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from polysense.read.image.decode import pixels
from polysense.types import Part
from polysense.weights.pretrained import image_backend, revision_of

LONGEST = 1024
"""Pixels along the longer side that pictures are decoded at most; most models look at 224 to 448.
"""


def picture(part: Part, longest: int = LONGEST) -> Any:
    """What a part shows, as a PIL image in RGB. Raises as `polysense.read.image.decode.pixels`."""
    from PIL import Image

    return Image.fromarray(pixels(part, longest=longest))


def picture_revision(folder: Path) -> str:
    """A model's revision, and what prepares its pictures where that is not Pillow."""
    backend = image_backend()
    return revision_of(folder) + (f"-{backend}" if backend != "pil" else "")
