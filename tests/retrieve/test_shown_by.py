"""The picture that a passage shows is the one that stands with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from polysense import Library
from polysense.registry import kit
from polysense.retrieve.shown_by import shown_by

LIGHT = ["-minilm", "-use", "-conse", "-colour", "-shape", "-sound", "-speaker", "-formula"]
STORY = """# The keeper's night

## The lighthouse

Old Marten kept the lighthouse on Gull Rock.

![The striped lighthouse](lighthouse.png)

## The storm

In October a storm came from the north.

![Lightning in a dark sky](storm.png)

## The end

Nothing is drawn here, and the crew went home.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("story")
    files = folder / "files"
    files.mkdir()
    for name, colour in (("lighthouse", "white"), ("storm", "black")):
        Image.new("RGB", (64, 48), colour).save(files / f"{name}.png")
    (files / "keeper.md").write_text(STORY, "utf-8")
    kb = Library(folder / "kb", kit=kit(encoders=LIGHT, converters=["-ocr"]))
    kb.index(files)
    return kb


@pytest.mark.parametrize(
    ("passage", "names"),
    [
        ("Old Marten kept the lighthouse on Gull Rock.", ["lighthouse.png"]),
        ("In October a storm came from the north.", ["storm.png"]),
        ("Nothing is drawn here, and the crew went home.", []),
    ],
)
def test_own_picture_of_a_section(library: Library, passage: str, names: list[str]) -> None:
    """Not another of the same document, and none where none stands."""
    (chunk,) = [h.chunk for h in library.search(passage, k=9) if passage in h.chunk.text][:1]
    files = shown_by(library.catalogue, library.store, chunk, passage)
    assert [c.asset.name for c in files] == names
    assert all(c.part is not None and c.modality == "image" for c in files)


def test_nearest_of_one_chunk_first(tmp_path: Path) -> None:
    """Where one chunk holds several, the picture below the passage comes before the others."""
    files = tmp_path / "files"
    files.mkdir()
    for name in ("first", "second", "third"):
        colour = {"first": "red", "second": "green", "third": "blue"}[name]
        Image.new("RGB", (32, 32), colour).save(files / f"{name}.png")
    (files / "list.md").write_text(
        "# Knots\n\nTie the bowline.\n\n![A bowline](first.png)\n\nTie the reef knot.\n\n"
        "![A reef knot](second.png)\n\nTie the sheet bend.\n\n![A sheet bend](third.png)\n",
        "utf-8",
    )
    with Library(tmp_path / "kb", kit=kit(encoders=LIGHT, converters=["-ocr"])) as kb:
        kb.index(files)
        hits = kb.search("sheet bend", modality="text")
        nearest = shown_by(kb.catalogue, kb.store, hits[0].chunk, "Tie the sheet bend.")
        assert nearest[0].asset.name == "third.png"
        answer = kb.ask("How do I tie the sheet bend?", to="image")
        assert answer.parts[0].origin == "retrieved"
        assert "third.png" in answer.text


def test_list_of_links_shows_nothing(tmp_path: Path) -> None:
    """What names a picture in passing, under the same headings, does not show it."""
    files = tmp_path / "files"
    files.mkdir()
    Image.new("RGB", (32, 32), "blue").save(files / "whale.png")
    (files / "guide.md").write_text(
        "# Guide\n\n## Task\n\nThe list should look like this:\n\n"
        "```html\n<li><a href='whale.png'>Link me to the narwhal image</a></li>\n```\n",
        "utf-8",
    )
    with Library(tmp_path / "kb", kit=kit(encoders=LIGHT, converters=["-ocr"])) as kb:
        kb.index(files)
        hits = [h for h in kb.search("narwhal image", k=9) if "narwhal" in h.chunk.text]
        passage = "Link me to the narwhal image"
        assert not shown_by(kb.catalogue, kb.store, hits[0].chunk, passage)
