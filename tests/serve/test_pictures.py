"""Pictures of places, made once, of what is still what was indexed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from polysense.errors import NotFound
from polysense.serve.context import Context
from polysense.serve.pictures import file, held_asset, kept, picture


def test_what_was_made_is_made_once(context: Context) -> None:
    """By what it is of; a failure leaves nothing."""
    held, times = context.shelf.get("main"), []

    def made() -> bytes:
        times.append(1)
        return b"picture"

    path = kept(held, "key", ".png", made)
    assert kept(held, "key", ".png", made) == path
    assert (path.read_bytes(), len(times)) == (b"picture", 1)
    assert kept(held, "other", ".png", made) != path
    with pytest.raises(ZeroDivisionError):
        kept(held, "third", ".png", lambda: bytes(1 // 0))
    assert len([p for p in (held.library.cache / "pictures").rglob("*") if p.is_file()]) == 2


def test_files_of_the_library(context: Context, files: Path) -> None:
    """By id; what is gone, or another file now, is not there."""
    held = context.shelf.get("main")
    assets = {a.name: a for a in held.library.assets()}
    assert file(held, held_asset(held, assets["red.png"].id)) == files / "red.png"
    with pytest.raises(NotFound):
        held_asset(held, "nonesuch")
    with pytest.raises(NotFound):
        held_asset(context.shelf.create("empty"), assets["red.png"].id)
    kept_words = (files / "page.html").read_bytes()
    try:
        (files / "page.html").write_text("another")
        with pytest.raises(NotFound, match="another file"):
            file(held, assets["page.html"])
        (files / "page.html").unlink()
        with pytest.raises(NotFound, match="no longer"):
            file(held, assets["page.html"])
    finally:
        (files / "page.html").write_bytes(kept_words)


@pytest.mark.parametrize(("name", "longest"), [("red.png", 32), ("drawing.svg", 100)])
def test_a_picture_of_a_place(context: Context, name: str, longest: int) -> None:
    """As large as it was asked for, never larger."""
    library = context.shelf.get("main").library
    asset = next(a for a in library.assets() if a.name == name)
    with Image.open(
        picture(context.shelf.get("main"), library.chunks(asset.id)[0], longest)
    ) as made:
        assert made.format == "PNG"
        assert max(made.size) <= longest


def test_a_recording_is_drawn(context: Context) -> None:
    """What is no picture gets one by the best way there is."""
    held = context.shelf.get("main")
    asset = next(a for a in held.library.assets() if a.modality == "audio")
    with Image.open(picture(held, held.library.chunks(asset.id)[0], 200)) as made:
        assert max(made.size) <= 200
