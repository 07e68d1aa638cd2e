"""A file to read, and a plug-in that races at its first use."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from polysense.types import Asset


@pytest.fixture
def asset(tmp_path: Path) -> Asset:
    path = tmp_path / "a.txt"
    path.write_text("High water is at noon.")
    return Asset("0" * 32, str(path), "text/plain", "text", 22, path=path)


class Racing:
    """Loads at first use: what comes meanwhile finds it half loaded."""

    def __init__(self) -> None:
        self.loaded: list[str] = []

    def load(self) -> int:
        """0, or 1 where another thread is still loading."""
        if not self.loaded:
            self.loaded.append("half")
            time.sleep(0.2)
            self.loaded.append("whole")
        return 2 - len(self.loaded)


@pytest.fixture
def racing() -> Racing:
    return Racing()
