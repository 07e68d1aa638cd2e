"""Pictures of places, made once, of what is still what was indexed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from polysense.errors import NotFound
from polysense.serve.context import Context
from polysense.serve.pictures import asset_file, cached_file, get_asset, picture


def test_what_was_made_is_made_once(context: Context) -> None:
    """By what it is of; a failure leaves nothing."""
    entry, times = context.pool.get("main"), []

    def make_bytes() -> bytes:
        times.append(1)
        return b"picture"

    path = cached_file(entry, "key", ".png", make_bytes)
    assert cached_file(entry, "key", ".png", make_bytes) == path
    assert (path.read_bytes(), len(times)) == (b"picture", 1)
    assert cached_file(entry, "other", ".png", make_bytes) != path
    with pytest.raises(ZeroDivisionError):
        cached_file(entry, "third", ".png", lambda: bytes(1 // 0))
    assert len([p for p in (entry.library.cache / "pictures").rglob("*") if p.is_file()]) == 2


def test_files_of_the_library(context: Context, files: Path) -> None:
    """By id; what is gone, or another file now, is not there."""
    entry = context.pool.get("main")
    assets = {a.name: a for a in entry.library.assets()}
    assert asset_file(entry, get_asset(entry, assets["red.png"].id)) == files / "red.png"
    with pytest.raises(NotFound):
        get_asset(entry, "nonesuch")
    with pytest.raises(NotFound):
        get_asset(context.pool.create("empty"), assets["red.png"].id)
    kept_words = (files / "page.html").read_bytes()
    try:
        (files / "page.html").write_text("another")
        with pytest.raises(NotFound, match="another file"):
            asset_file(entry, assets["page.html"])
        (files / "page.html").unlink()
        with pytest.raises(NotFound, match="no longer"):
            asset_file(entry, assets["page.html"])
    finally:
        (files / "page.html").write_bytes(kept_words)


@pytest.mark.parametrize(("name", "longest"), [("red.png", 32), ("drawing.svg", 100)])
def test_a_picture_of_a_place(context: Context, name: str, longest: int) -> None:
    """As large as it was asked for, never larger."""
    library = context.pool.get("main").library
    asset = next(a for a in library.assets() if a.name == name)
    with Image.open(
        picture(context.pool.get("main"), library.chunks(asset.id)[0], longest)
    ) as image:
        assert image.format == "PNG"
        assert max(image.size) <= longest


def test_a_recording_is_drawn(context: Context) -> None:
    """What is no picture gets one by the best way there is."""
    entry = context.pool.get("main")
    asset = next(a for a in entry.library.assets() if a.modality == "audio")
    with Image.open(picture(entry, entry.library.chunks(asset.id)[0], 200)) as image:
        assert max(image.size) <= 200
