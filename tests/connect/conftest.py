"""A small library for the retrievers of all frameworks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from polysense import Library, kit
from polysense.demo import FILES

os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")  # a test sends nothing to anybody

SOME = (
    "guide.md",
    "documents/handbook.pdf",
    "documents/wheel-repair.docx",
    "documents/accounts.xlsx",
    "pictures/ferry.jpg",
    "pictures/red-bicycle-rack.jpg",
    "pictures/puffin.png",
    "sounds/keeper-remembers.mp3",
    "sounds/keeper-remembers.vtt",
)
"""Files of the demo collection: words with lines, pages, cells, seconds, and pictures."""


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a library of them is."""
    folder = tmp_path_factory.mktemp("connect")
    for name in SOME:
        (folder / "files" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(FILES / name, folder / "files" / name)
    # nothing is recognised: what is read of words and subtitles is enough
    quick = kit(converters=["-ocr", "-whisper_tiny"])
    with Library(folder / "kb", kit=quick) as kb:
        report = kb.index(folder / "files")
    assert not report.failed
    return folder / "kb"


@pytest.fixture(scope="session")
def library(place: Path) -> Iterator[Library]:
    """It, open."""
    with Library(place) as kb:
        yield kb
