"""A module of the user's own, importable: what the language models over frameworks name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def models_module(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Its name: `framework_models` lies on the path, as a user's own module can."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    sys.modules.pop("framework_models", None)
    yield "framework_models"
    sys.modules.pop("framework_models", None)
