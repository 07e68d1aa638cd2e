"""Weights in CTranslate2's format: read to the last byte, and refused where anything is amiss."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from polysense.errors import Unreadable
from polysense.read.sound.whisper_tiny.weights import read_weights


def text(value: str) -> bytes:
    return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"


def model(version: int = 6, kind: int = 4, size: int = 12) -> bytes:
    """A file of one array, 2 x 3 numbers of 16 bits, that has a second name."""
    numbers = np.arange(6, dtype="<f2").tobytes()
    head = struct.pack("<I", version) + text("WhisperSpec") + struct.pack("<II", 3, 1)
    array = text("a") + struct.pack("<BIIBI", 2, 2, 3, kind, size) + numbers
    return head + array + struct.pack("<I", 1) + text("b") + text("a")


def test_arrays_and_their_other_names(tmp_path: Path) -> None:
    """In their shape and type, under both names."""
    file = tmp_path / "model.bin"
    file.write_bytes(model())
    arrays = read_weights(file)
    assert arrays["a"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert arrays["a"].dtype == np.float16
    assert arrays["b"] is arrays["a"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        model()[:40],
        model()[:-1],
        model() + b"\0",
        model(version=5),
        model(kind=9),
        model(size=2**32 - 1),
        model().replace(b"WhisperSpec", b"ElseAnySpec"),
    ],
    ids=["empty", "cut", "cut at its end", "longer", "version", "type", "size", "model"],
)
def test_other_content_is_refused(tmp_path: Path, content: bytes) -> None:
    """A broken file is told as such, and nothing is read outside of it."""
    file = tmp_path / "model.bin"
    file.write_bytes(content)
    with pytest.raises(Unreadable, match=r"model\.bin is no model of Whisper"):
        read_weights(file)
