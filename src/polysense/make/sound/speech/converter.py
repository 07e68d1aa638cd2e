"""Words spoken aloud by espeak-ng, whose voices lie inside the wheel espeakng-loader."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from polysense.errors import BadConfig
from polysense.make.sound.speech.espeak import RATE, Engine
from polysense.make.sound.speech.languages import (
    VOICES,
    ideograph_language,
    latin_language,
    script_runs,
)
from polysense.make.sound.speech.recording import Recording
from polysense.make.sound.speech.sentences import Sentence, chunks, plain_text, sentences
from polysense.protocols import Converter
from polysense.read.sound import decode
from polysense.types import Modality, Part

_VOICE_PAUSE = 0.06
"""Seconds of silence where the voice changes; judged by ear."""

_PACE_FACTORS = {"cmn": 1.3}
"""How much faster a voice must speak: the engine's Mandarin has three syllables a second, people
have four.
"""


class Speech(Converter):
    """Speaks words, each run of a script in the voice of its language.

    "[1]" is said as the name that meta["sources"] gives it, else not at all. meta["spoken"] of the
    words, where they have it, is said in their place: what is written for the eye is not always for
    the ear. meta has `cues`: [start, end, words] of each sentence, and `languages`. speed in words
    a minute (80 to 450), pitch 0 to 99, voice one of espeak-ng's variants ("f2"; "" for none),
    limit the seconds that are spoken at most.
    """

    source: Modality = "text"
    targets: frozenset[Modality] = frozenset({"audio"})
    cost = 0.25

    def __init__(
        self, *, speed: int = 150, pitch: int = 45, voice: str = "f2", limit: float = 300.0
    ) -> None:
        if not (
            80 <= speed <= 450
            and 0 <= pitch <= 99
            and 0 < limit <= 3600
            and re.fullmatch(r"\w*", voice)
        ):
            raise BadConfig(
                f"speech: speed {speed}, pitch {pitch}, voice {voice!r}, limit {limit}",
                "See `Speech` for what they may be.",
            )
        self._speed, self._pitch, self._voice, self._limit = speed, pitch, voice, limit

    def convert(self, part: Part) -> Iterator[Part]:
        """One WAV of 16 bits, mono, 22.05 kHz; nothing where there is nothing to say.

        Raises MissingDependency without the engine.
        """
        text = plain_text(part)
        recording = Recording(RATE)
        with Engine() as engine:
            for sentence in sentences(text, part.meta.get("sources") or {}):
                sound, language = self._speak_sentence(
                    engine, sentence, text, self._limit - recording.seconds
                )
                if not len(sound):
                    continue
                recording.add(sentence, sound, language)
                if recording.seconds >= self._limit - 0.5:
                    break
        if (whole := recording.part(str(part.meta.get("title", "")))) is not None:
            yield whole

    def _speak_sentence(
        self, engine: Engine, sentence: Sentence, full_text: str, max_seconds: float
    ) -> tuple[decode.Samples, str]:
        """The sentence, run by run, and the language of most of it."""
        default_language = latin_language(sentence.words, latin_language(full_text))
        sounds: list[decode.Samples] = []
        weights: dict[str, int] = {}
        for language, words in script_runs(
            sentence.spoken_words, default_language, ideograph_language(full_text)
        ):
            if language not in VOICES:
                continue
            for chunk in chunks(words):
                sound = self._speak(
                    engine,
                    chunk,
                    VOICES[language],
                    max_seconds - sum(p.size for p in sounds) / RATE,
                )
                if len(sound):
                    sounds += [sound, np.zeros(int(_VOICE_PAUSE * RATE), np.float32)]
                    weights[language] = weights.get(language, 0) + len(sound)
        if not weights:
            return np.zeros(0, np.float32), ""
        return np.concatenate(sounds[:-1]), max(weights, key=lambda k: weights[k])

    def _speak(self, engine: Engine, words: str, voice: str, max_seconds: float) -> decode.Samples:
        if max_seconds <= 0.05 or not re.search(r"\w", words):
            return np.zeros(0, np.float32)
        variant = f"{voice}+{self._voice}" if self._voice else voice
        speed = min(450, round(self._speed * _PACE_FACTORS.get(voice, 1.0)))
        return engine.say(words, variant, speed, self._pitch, max_seconds)
