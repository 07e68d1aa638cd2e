"""The folder of what can be made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.weights import onnx_model
from polysense.weights.cache_folder import cache_folder


def test_the_setting_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it is the user's, of ours alone; models are kept there too."""
    monkeypatch.setenv("POLYSENSE_CACHE", str(tmp_path))
    assert cache_folder() == onnx_model.folder() == tmp_path
    monkeypatch.delenv("POLYSENSE_CACHE")
    assert "polysense" in str(cache_folder())
