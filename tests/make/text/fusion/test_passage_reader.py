"""What such models are refused for, before anything is loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polysense.errors import BadConfig
from polysense.make.text.fusion.fusion_in_decoder import FusionInDecoder
from polysense.types import Part

from .tiny_fusion import evidence


def test_a_folder_of_something_else_is_told(tmp_path: Path) -> None:
    """With the line that takes it."""
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}))
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(BadConfig, match="is a llama, which has no encoder") as raises:
        FusionInDecoder(model=str(tmp_path)).check()
    assert "language_models" in raises.value.hint
    with pytest.raises(BadConfig, match="names no model"):
        FusionInDecoder().check()
    with pytest.raises(BadConfig, match="not so many passages"):
        FusionInDecoder(model="t5", passages=0)
    with pytest.raises(BadConfig, match="nothing could be written"):
        FusionInDecoder(model="t5", most=0)


def test_nothing_is_loaded_for_nothing() -> None:
    """Without a question in words, or words in the evidence, it says nothing."""
    model = FusionInDecoder(model="/nowhere")
    assert list(model.generate((Part("image", b"..."),), evidence("Oslo"))) == []
    assert list(model.generate((Part("text", "Where?"),), [])) == []
