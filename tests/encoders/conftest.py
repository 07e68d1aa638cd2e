"""A module of the user's own, importable: what the encoders over frameworks name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def embeddings_module(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Its name: `framework_embeddings` lies on the path, as a user's own module can."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    sys.modules.pop("framework_embeddings", None)
    yield "framework_embeddings"
    sys.modules.pop("framework_embeddings", None)
