"""Sounds as pictures, opened by Pillow."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from polysense.make.image.waveform import MAX_SECONDS, Waveform
from polysense.read.sound import decode
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

ASK = (Part("text", "when does it ring?"),)
ACCENT = np.array([0xE8, 0x59, 0x0C])

WHOLE = Span()


def evidence(path: Path, samples: np.ndarray, span: Span = WHOLE, words: str = "") -> Evidence:
    path.write_bytes(decode.wav(samples.astype(np.float32)))
    part = Part("audio", path, "audio/wav", path.name)
    chunk = Chunk(
        Asset("0", str(path), "audio/wav", "audio", 1, path=path),
        Span(seconds=(0, 1)),
        "audio",
        part,
        words,
    )
    return Evidence(1, Hit(chunk, 1.0), Part("text", words) if words else part, span)


def tone(seconds: float) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * 16_000)) / 16_000)


def open_png(part: Part) -> np.ndarray:
    with Image.open(io.BytesIO(part.data)) as image:
        assert image.format == "PNG"
        assert 900 <= image.width <= 1600
        return np.asarray(image.convert("RGB")).astype(int)


def test_contract(tmp_path: Path) -> None:
    """Streams PNG parts, the same each time."""
    check_generator(Waveform(), [evidence(tmp_path / "a.wav", tone(2))])


def test_the_cited_seconds_are_marked_where_they_are(tmp_path: Path) -> None:
    """Colour stands over that part of the time axis, and nowhere else."""
    [part] = Waveform().generate(
        ASK, [evidence(tmp_path / "a.wav", tone(8), Span(seconds=(4, 6)), "it rings")]
    )
    assert part.meta["marked"] == [[4, 6]]
    picture = open_png(part)
    wave = picture[130:340, 82:-82]  # between the head and the spectrogram
    columns = np.flatnonzero((np.abs(wave - ACCENT).max(2) < 12).sum(0) > 20) / wave.shape[1] * 8
    assert columns.min() == pytest.approx(4, abs=0.1)
    assert columns.max() == pytest.approx(6, abs=0.1)


def test_a_long_recording_is_bounded(tmp_path: Path) -> None:
    """Of fifteen minutes the ten around the cited seconds are shown."""
    [part] = Waveform().generate(
        ASK, [evidence(tmp_path / "a.wav", tone(900), Span(seconds=(800, 803)))]
    )
    start, end = part.meta["seconds"]
    assert end - start <= MAX_SECONDS
    assert start < 800 < end


def test_silence_and_nothing(tmp_path: Path) -> None:
    """Make no picture; an array and a click do."""
    assert list(Waveform().generate(ASK, [evidence(tmp_path / "a.wav", np.zeros(16_000))])) == []
    assert list(Waveform().generate(ASK, [evidence(tmp_path / "a.wav", np.zeros(10))])) == []
    assert list(Waveform().generate(ASK, [])) == []
    click = np.zeros(400)
    click[200] = 1
    assert open_png(*Waveform().generate(ASK, [evidence(tmp_path / "a.wav", click)])).any()
    own = Part("audio", tone(1).astype(np.float32), "audio/pcm;rate=16000")
    chunk = Chunk(Asset("0", "a", "audio/pcm", "audio", 1), Span(), "audio", own)
    assert open_png(*Waveform().generate(ASK, [Evidence(1, Hit(chunk, 1.0), own, Span())])).any()
