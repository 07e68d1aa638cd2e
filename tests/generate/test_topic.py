"""A bare topic is answered by what is written of it, before what looks or sounds like it."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense import Library, registry

ENCODERS = ["-photo", "-conse", "-shape", "-speaker", "-formula"]


@pytest.mark.parametrize("words", ["rain", "the rain gauge"])
def test_a_passage_that_has_all_words_comes_first(words: str, tmp_path: Path, data: Path) -> None:
    """The clip of rain is the answer only where nobody wrote of it, or a recording is asked for."""
    folder = tmp_path / "files"
    folder.mkdir()
    clip = sorted((data / "audio-esc10" / "002 - Rain").glob("*.ogg"))[0]
    (folder / "rec1.ogg").write_bytes(clip.read_bytes())
    kit = registry.kit(encoders=ENCODERS, converters=["-whisper_tiny"])
    with Library(tmp_path / "kb", kit=kit) as kb:
        kb.index(folder)
        assert kb.ask("rain").evidence[0].hit.chunk.asset.name == "rec1.ogg"
        (folder / "rules.md").write_text("The rain gauge stands behind the shed.\n")
        kb.index(folder)
        assert kb.ask(words).evidence[0].hit.chunk.asset.name == "rules.md"
        answer = kb.ask("Is there a recording of rain?")
        assert answer.evidence[0].hit.chunk.asset.name == "rec1.ogg"
