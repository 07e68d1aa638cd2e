"""Pairs out of a library: captions, cues, names, docstrings."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.train.tiny import picture

from polysense import Library, kit
from polysense.errors import BadQuery
from polysense.train.data.mine.library import mine_pairs

NO_ENCODERS = ["-minilm", "-photo", "-conse", "-sound", "-speaker", "-shape", "-use"]


def test_what_files_say_of_one_another(tmp_path: Path) -> None:
    """A picture with its caption in a page, one with nothing but its name, a function with its
    docstring.
    """
    folder = tmp_path / "files"
    folder.mkdir()
    for i, name in enumerate(("fig1", "old_mill-03")):
        (folder / f"{name}.png").write_bytes(bytes(picture("red", "top", i).data))
    (folder / "page.md").write_text("# Harbour\n\n![A red sail over grey water](fig1.png)\n")
    (folder / "area.py").write_text(
        'def area(radius):\n    """The surface of a disc.\n\n    Exact."""\n    return 3 * radius\n'
    )
    with Library(tmp_path / "kb", kit=kit(encoders=NO_ENCODERS, converters=["-ocr"])) as kb:
        kb.index(folder)
        pictures = {p.first.name: p.second.data for p in mine_pairs(kb, "image")}
        (code,) = mine_pairs(kb, "code")
        with pytest.raises(BadQuery, match="nothing of audio"):
            mine_pairs(kb, "audio")
    assert "red sail over grey water" in pictures["fig1.png"]
    assert pictures["old_mill-03.png"] == "old mill"
    assert code.second.data == "The surface of a disc."
    assert "disc" not in code.first.data
    assert "return 3 * radius" in code.first.data
