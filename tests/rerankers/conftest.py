"""Small rerankers, made once a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..encoders import tiny_text
from ..encoders.conftest import library_of as library_of


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """cross_encoder prefers what is official; labels3 has three labels; bert is none."""
    home = tmp_path_factory.mktemp("models")
    tiny_text.cross_encoder(home / "cross_encoder")
    tiny_text.cross_encoder(home / "labels2", labels=2)
    tiny_text.cross_encoder(home / "labels3", labels=3)
    tiny_text.bert(home / "bert")
    tiny_text.colbert(home / "colbert")
    return home
