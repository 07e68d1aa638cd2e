"""WAV files that say of themselves how long they are."""

from __future__ import annotations

import io
import wave

import numpy as np

from polysense.make.file import provenance
from polysense.make.sound.streamed_wav import with_true_sizes
from polysense.read.sound.decode import wav

SOUND = wav(np.sin(np.arange(4001) / 10).astype(np.float32), 8000)
SENT = SOUND[:4] + b"\xff" * 4 + SOUND[8:40] + b"\xff" * 4 + SOUND[44:]


def test_a_length_that_was_not_known_is_written_down() -> None:
    """So that a note behind the samples is a note, and no noise."""
    assert with_true_sizes(SENT) == SOUND
    noted = provenance.write_wav(with_true_sizes(SENT), "made of tides.md")
    with wave.open(io.BytesIO(noted)) as file:
        assert file.getnframes() == 4001
    assert provenance.read_wav(noted) == "made of tides.md"


def test_others_stay_as_they_are() -> None:
    """A whole file, one with chunks before and behind the samples, what is no WAV, what is cut."""
    noted = provenance.write_wav(SOUND, "a note")
    for data in (SOUND, noted, b"", b"RIFF", b"OggS" + b"\xff" * 40):
        assert with_true_sizes(data) == data
