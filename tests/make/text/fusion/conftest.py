"""Folders of weights, made once a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import tiny_fusion


@pytest.fixture(scope="session")
def t5(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A T5 that says the place that a passage names."""
    return tiny_fusion.t5(tmp_path_factory.mktemp("weights") / "tiny-t5")


@pytest.fixture(scope="session")
def bart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BART that does."""
    return tiny_fusion.bart(tmp_path_factory.mktemp("weights") / "tiny-bart")
