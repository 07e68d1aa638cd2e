"""Files of pixels, by their first bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from polysense.read.file.mime import sniff
from polysense.read.image import decode
from polysense.types import Part


@pytest.mark.parametrize(
    ("name", "mime", "options"),
    [
        ("a.dds", "image/vnd.ms-dds", {}),
        ("a.tga", "image/x-tga", {}),
        ("a.bin", "image/x-tga", {"format": "TGA", "compression": "tga_rle"}),
    ],
)
def test_pictures_of_games(name: str, mime: str, options: dict[str, str], tmp_path: Path) -> None:
    """As Pillow writes them; a TGA tells what it is at its end, or by its name."""
    Image.new("RGB", (64, 48), (200, 30, 40)).save(tmp_path / name, **options)
    assert sniff(tmp_path / name) == mime
    part = Part("image", tmp_path / name, mime)
    assert decode.size(part) == (64, 48)
    assert decode.damage(part) == ""
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-40])
    assert sniff(tmp_path / name) == (mime if name != "a.bin" else "application/octet-stream")
