"""Varied parts are other ones of the same meaning, and the same by the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from tests.train.tiny import ENCODERS, picture

from polysense.read.image.decode import pixels
from polysense.read.sound.decode import samples, wav
from polysense.train.data.augment.augment import augment_pairs
from polysense.train.data.pairs import Pair
from polysense.types import Part

TONE = np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000).astype(np.float32) * 0.5
SOUND = Part("audio", wav(TONE), mime="audio/wav")


def test_a_picture_stays_what_it_is() -> None:
    """Of the same colour, and not the same bytes."""
    pair = Pair(picture("red", "middle", 0), Part("text", "red"), "a")
    copies = augment_pairs([pair], 3, seed=5)
    histogram = ENCODERS["histogram"]
    rows = histogram.encode([pair.first, *(c.first for c in copies)])
    blue = histogram.encode([picture("blue", "middle", 0)])
    assert all(rows[0] @ r > rows[0] @ blue[0] for r in rows[1:])
    assert len({c.first.id for c in copies} | {pair.first.id}) == 4
    assert {c.source for c in copies} == {"a"}
    assert {c.right for c in copies} == {pair.right}
    assert [c.first.id for c in augment_pairs([pair], 3, seed=5)] == [c.first.id for c in copies]
    assert pixels(copies[0].first).dtype == np.uint8


def test_a_sound_keeps_its_pitch() -> None:
    """Of the same loudest frequency, within 6 dB, and of the same length."""
    (copy,) = augment_pairs([Pair(SOUND, Part("text", "tone"), "a")], 1, seed=1)
    sound = samples(copy.first)
    assert len(sound) == len(TONE)
    assert abs(int(np.abs(np.fft.rfft(sound)).argmax()) - 440) <= 1
    assert 0.4 < np.sqrt(np.mean(sound**2)) / np.sqrt(np.mean(TONE**2)) < 2.2


def test_words_take_synonyms_of_the_library() -> None:
    """Where there are any; else they stay as they are."""
    pair = Pair(SOUND, Part("text", "the old mill by the river"), "a")
    plain = augment_pairs([pair], 1, seed=2)
    assert plain[0].second.data == pair.second.data
    varied = augment_pairs([pair], 8, seed=2, synonyms={"mill": ["watermill"], "river": ["stream"]})
    texts = {c.second.data for c in varied}
    assert len(texts) > 1
    assert all(("stream" in t) or ("river" in t) for t in texts)


def test_what_cannot_be_read_is_left_out() -> None:
    """A broken picture gives no copies, and no error."""
    damaged = Pair(Part("image", b"\x89PNG\r\n\x1a\n"), Part("text", "x"), "a")
    assert augment_pairs([damaged], 2, seed=0) == []


@pytest.mark.parametrize("size", [0, 100])
def test_sounds_of_next_to_nothing(size: int) -> None:
    """Shorter than a window, or empty."""
    part = Part("audio", np.zeros(size, np.float32), mime="audio/pcm;rate=16000")
    assert len(augment_pairs([Pair(part, Part("text", "x"), "a")], 1, seed=0)) == 1
