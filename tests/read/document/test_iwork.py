"""Documents of Apple's programs, as their zips are laid out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from polysense.errors import Unreadable, Unsupported
from polysense.read.document.iwork import IWorkParser
from polysense.read.file.archive import local_path, members
from polysense.read.file.mime import modality_of, sniff
from polysense.types import Asset, Chunk


def document(path: Path, **files: bytes) -> Asset:
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("Index/Document.iwa", b"\0\1\2")
        for name, raw in files.items():
            z.writestr(name.replace("__", "/").replace("_", "."), raw)
    mime = sniff(path)
    return Asset("0" * 32, str(path), mime, modality_of(mime), path.stat().st_size, path=path)


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "JPEG")
    return file.getvalue()


def test_the_preview_is_a_file_within(tmp_path: Path) -> None:
    """All that is read of it, and it is told that this is so."""
    asset = document(
        tmp_path / "plan.pages", QuickLook__Preview_pdf=b"%PDF-1.4", preview_jpg=picture()
    )
    assert asset.mime == "application/vnd.apple.pages"
    (record,) = IWorkParser().parse(asset)
    assert isinstance(record, Chunk)
    assert record.text == (
        "plan.pages is a document of Apple Pages. Only its preview was read, a PDF of it."
    )
    assert [m.name for m in members(tmp_path / "plan.pages")] == ["Preview.pdf"]
    place = local_path(f"{asset.uri}!/Preview.pdf", tmp_path / "cache")
    assert place.read_bytes() == b"%PDF-1.4"


def test_of_a_picture_it_is_told_that_pages_are_missing(tmp_path: Path) -> None:
    """As of every file that could be read in part only."""
    asset = document(tmp_path / "fees.numbers", preview_jpg=picture())
    items = IWorkParser().parse(asset)
    assert "a picture of its first page" in getattr(next(items), "text", "")
    with pytest.raises(Unreadable, match="first page"):
        next(items)
    assert [m.name for m in members(tmp_path / "fees.numbers")] == ["preview.jpg"]


def test_without_a_preview_it_is_not_read(tmp_path: Path) -> None:
    """With what to do about it."""
    with pytest.raises(Unsupported, match="Keynote"):
        list(IWorkParser().parse(document(tmp_path / "talk.key")))
