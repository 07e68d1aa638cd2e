"""Pictures inside other files are read one by one, within limits."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from polysense.errors import Encrypted, TooLarge, Unreadable
from polysense.read.image.embedded import member_bytes


def write_zip(path: Path, content: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, raw in content.items():
            z.writestr(name, raw)
    return path


def test_member_bytes_reads_one_picture(tmp_path: Path) -> None:
    """A container's member, within a limit."""
    path = write_zip(tmp_path / "x.docx", {"word/media/image1.png": b"png!"})
    assert member_bytes(path, "word/media/image1.png") == b"png!"
    with pytest.raises(TooLarge):
        member_bytes(path, "word/media/image1.png", limit=3)
    with pytest.raises(Unreadable):
        member_bytes(path, "word/media/image2.png")
    locked = tmp_path / "locked.docx"
    locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(Encrypted):
        member_bytes(locked, "word/media/image1.png")


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    """A member of zeros that would fill the memory."""
    with pytest.raises(TooLarge):
        member_bytes(write_zip(tmp_path / "bomb.zip", {"zeros": bytes(80 << 20)}), "zeros")
