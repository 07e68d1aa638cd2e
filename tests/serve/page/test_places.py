"""Which viewer shows which file; what each draws is in places/, and seen in test_page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from polysense.serve.page.places import (
    VIEWERS,
    model,
    one_page,
    pages,
    player,
    prose,
)
from polysense.serve.page.places.place import Place
from polysense.types import Asset

ASSET = Asset("a" * 32, "/files/a", "", "text", 1)


def place(mime: str, path: Path | None = None, **more: Any) -> Place:
    entry: Any = type("Entry", (), {"name": "main"})()
    return Place(entry, str, "a", mime, "/content", path, asset=ASSET, **more)


@pytest.mark.parametrize(
    ("mime", "viewer"),
    [
        ("application/pdf", pages),
        ("image/jpeg", one_page),
        ("image/tiff", one_page),
        ("audio/flac", player),
        ("video/mp4", player),
        ("model/stl", model),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", prose),
        ("application/zip", prose),
    ],
)
def test_the_first_viewer_that_fits(mime: str, viewer: Any) -> None:
    """Every file can be seen, if only by its words."""
    assert next(w for w in VIEWERS if w.fits(place(mime))) is viewer
