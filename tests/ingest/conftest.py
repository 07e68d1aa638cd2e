"""Files that several tests of ingestion write."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def write_silence() -> Callable[[Path], None]:
    """Writes ten seconds of silence as a .wav."""

    def write(path: Path) -> None:
        with wave.open(str(path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(8000)
            out.writeframes(bytes(160_000))

    return write
