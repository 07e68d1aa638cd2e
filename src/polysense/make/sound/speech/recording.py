"""Sentences that were spoken, one after the other, as one recording with the time of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from polysense.make.sound.speech.sentences import Sentence
from polysense.read.sound import decode
from polysense.types import Part

_HEAD_SECONDS, _TAIL_SECONDS = 0.1, 0.25
"""Silence before and after all of it, so that players cut off nothing."""

_PEAK = 0.85
"""The loudest sample, of 1: nothing is clipped when the sound is encoded again."""


class Recording:
    """Grows by sentences of sound, mono at `rate` samples a second."""

    def __init__(self, rate: int) -> None:
        self.rate, self.seconds = rate, 0.0
        self._sounds: list[decode.Samples] = []
        self._cues: list[list[Any]] = []
        self._languages: set[str] = set()

    def add(self, sentence: Sentence, sound: decode.Samples, language: str) -> None:
        """Append a sentence, and the pause after it."""
        start = self.seconds + _HEAD_SECONDS
        end = start + len(sound) / self.rate
        self._cues.append([round(start, 3), round(end, 3), sentence.words])
        self._sounds += [sound, np.zeros(int(sentence.pause * self.rate), np.float32)]
        self._languages.add(language)
        self.seconds += len(sound) / self.rate + sentence.pause

    def part(self, title: str, more: Mapping[str, Any] | None = None) -> Part | None:
        """A WAV of 16 bits; None where nothing was said. meta has `cues`: [start, end, words] of
        each sentence, `languages`, `seconds` and what `more` has.
        """
        if not self._cues:
            return None
        sound = np.concatenate(self._sounds[:-1])
        around = (int(_HEAD_SECONDS * self.rate), int(_TAIL_SECONDS * self.rate))
        sound = np.pad(sound, around) * (_PEAK / max(float(np.abs(sound).max()), 1e-3))
        meta = {
            "cues": self._cues,
            "languages": sorted(self._languages),
            "seconds": round(len(sound) / self.rate, 3),
            **(more or {}),
        }
        stem = re.sub(r"[^\w.-]+", "-", title.rsplit(".", 1)[0]).strip("-")[:60] or "answer"
        data = decode.wav(sound, self.rate)
        return Part("audio", data, mime="audio/wav", name=f"{stem}.wav", meta=meta)
