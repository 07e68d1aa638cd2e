"""How much of a sound is heard, and in which pieces."""

from __future__ import annotations

import numpy as np

from polysense.encoders.audio_window import equal_windows, is_silent, listen
from polysense.types import Part, Span

from .tiny_media import RATE, tone


def test_pieces_are_of_one_length_and_leave_out_next_to_nothing() -> None:
    """So that no window is padded to another's length, nor counts more than it says."""
    for count in (1, 9, 10, 11, 99, 101):
        pieces = equal_windows(np.arange(count, dtype=np.float32), 10)
        assert len({len(p) for p in pieces}) == 1
        assert max(map(len, pieces)) <= 10
        assert count - sum(map(len, pieces)) < len(pieces)
        assert np.concatenate(pieces).tolist() == list(range(sum(map(len, pieces))))


def test_silence_is_what_has_no_power() -> None:
    assert is_silent(np.zeros(100, np.float32))
    assert is_silent(np.zeros(0, np.float32))
    assert not is_silent(tone(0.1, 100))


def test_the_rate_and_the_limit_are_the_models() -> None:
    """Of a span, its beginning."""
    part = Part("audio", tone(3, 100), f"audio/pcm;rate={RATE}", span=Span(seconds=(1.0, 3.0)))
    assert len(listen(part, 9.0)) == 2 * RATE
    assert len(listen(part, 0.5, 48_000)) == 24_000
