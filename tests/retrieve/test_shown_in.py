"""The passages that show a file, by its mentions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from polysense import Library, part
from polysense.registry import kit
from polysense.retrieve.shown_in import shown_in

LIGHT = ["-minilm", "-use", "-conse", "-colour", "-shape", "-sound", "-speaker", "-formula"]


def test_own_passage_of_one_of_many(tmp_path: Path) -> None:
    """The answer about a thing is in the passage that shows it, not in others of its kind."""
    files = tmp_path / "files"
    files.mkdir()
    for n in (1, 2, 3):
        rng = np.random.default_rng(n)
        Image.fromarray(rng.integers(0, 255, (64, 64, 3), np.uint8)).save(files / f"p{n}.png")
    (files / "list.md").write_text(
        "\n\n".join(
            f"## Kettle {name}\n\n![the kettle {name}](p{n}.png)\n\nIt costs {price} euros."
            for n, name, price in ((1, "Alma", 31), (2, "Berta", 18), (3, "Clea", 25))
        ),
        "utf-8",
    )
    with Library(tmp_path / "kb", kit=kit(encoders=LIGHT, converters=["-ocr"])) as kb:
        kb.index(files)
        (own,) = [a.id for a in kb.assets() if a.name == "p2.png"]
        depiction = shown_in(kb.catalogue, kb.store, own)
        assert depiction is not None
        assert depiction.title == "the kettle Berta"
        assert ["18 euros" in c.text for c in depiction.passages] == [True]
        answer = kb.ask("What does this cost?", part(files / "p2.png"))
        assert "18" in answer.text
        assert "31" not in answer.text
