"""English speech to words by CMU PocketSphinx, whose model lies inside the wheel.

Hints, not a transcript: a fifth of the words of clear read speech are wrong (with `whisper_tiny`,
which is the default, one in twenty). It needs half of the memory.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polysense.errors import MissingDependency
from polysense.protocols import Converter
from polysense.read.sound import spectrum
from polysense.read.sound.decode import RATE, samples
from polysense.read.sound.recognition import line_meta
from polysense.types import Part, Span

FRAME_SECONDS = 0.01
"""Seconds of the recogniser's frames."""

MAX_UTTERANCE_SECONDS = 15.0
"""Seconds an utterance may have; longer ones are cut in a pause. Judged, not measured."""

SEARCH_BOUNDS = {"maxhmmpf": 3000, "maxwpf": 10}
"""Bounds of the search, measured: 0.6 of the time, and noise takes no more than speech; word error
rate 0.228 instead of 0.216.
"""

PAUSE_SECONDS = 0.7
"""Seconds without speech that end an utterance; judged, not measured."""

MIN_UTTERANCE_SECONDS = 0.5
"""Seconds an utterance must have to be recognised; judged, not measured."""

MIN_WORDS = 3
"""Words an utterance must have: in shorter ones hardly any is right, and barks give one or two."""

MAX_SECONDS_PER_WORD = 0.65
"""Seconds a word may last on average: noise is heard as few long words."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word, its seconds and its posterior probability."""

    text: str
    start: float
    end: float
    confidence: float


class PocketSphinx(Converter):
    """Sound -> one text part an utterance, with its seconds.

    meta has `confidence` and `words`: [word, start, end, confidence]. What does not look like
    speech (`Voicing.has_speech`) is never recognised. confidence: utterances below it (the
    geometric mean of the words' posteriors) are dropped. limit: seconds of a part that are listened
    to.
    """

    extra = "pocketsphinx"
    source = "audio"
    targets = frozenset({"text"})
    cost = 0.8
    is_extractor = True

    def __init__(self, *, confidence: float = 0.12, limit: float = 900.0) -> None:
        self.confidence, self.limit = confidence, limit
        self._lock = Lock()
        self._decoder: Any = None

    def convert(self, part: Part) -> Iterator[Part]:
        """The utterances; nothing for noise, music and silence."""
        start, end = part.span.seconds or (0.0, self.limit)
        excerpt = replace(
            part, span=replace(part.span, seconds=(start, min(end, start + self.limit)))
        )
        sound = samples(excerpt, rate=RATE)
        if not len(sound):
            return
        self._load()
        for first, last in _utterances(sound):
            words = self._recognise(sound[first:last], first / RATE)
            confidence = _confidence(words)
            if confidence >= self.confidence and _is_plausible(words):
                yield Part(
                    "text",
                    " ".join(word.text for word in words),
                    mime="text/plain",
                    span=Span(seconds=(words[0].start, words[-1].end)),
                    meta={
                        **line_meta(confidence),
                        "words": [
                            [word.text, word.start, word.end, round(word.confidence, 3)]
                            for word in words
                        ],
                    },
                )

    def _recognise(self, sound: NDArray[np.float32], offset: float) -> list[Word]:
        with self._lock:
            decoder = self._decoder
            # forgets the mean of what came before, so that the same sound gives the same words
            decoder.reinit_feat()
            decoder.start_utt()
            decoder.process_raw(_pcm(sound), full_utt=True)
            decoder.end_utt()
            segments = [(s.word, s.start_frame, s.end_frame, s.prob) for s in decoder.seg() or ()]
        words = []
        for text, first, last, probability in segments:
            if text[0] not in "<[":
                start, end = (
                    round(offset + first * FRAME_SECONDS, 2),
                    round(offset + (last + 1) * FRAME_SECONDS, 2),
                )
                words.append(Word(re.sub(r"\(\d+\)$", "", text), start, end, min(1.0, probability)))
        return words

    def _load(self) -> None:
        with self._lock:
            if self._decoder is None:
                try:
                    from pocketsphinx import Decoder
                except ImportError as e:
                    raise MissingDependency(
                        "recognising speech needs the package pocketsphinx",
                        "Install it: pip install 'polysense[pocketsphinx]'",
                    ) from e
                self._decoder = Decoder(samprate=RATE, loglevel="FATAL", **SEARCH_BOUNDS)


def _pcm(sound: NDArray[np.float32]) -> bytes:
    return (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()


def _utterances(sound: NDArray[np.float32]) -> Iterator[tuple[int, int]]:
    """(first, last) sample of the stretches between pauses in which someone speaks."""
    from pocketsphinx import Vad

    detector = Vad(mode=2, sample_rate=RATE, frame_length=0.03)
    size = detector.frame_bytes // 2
    pcm = _pcm(sound)
    is_speech = [
        detector.is_speech(pcm[i : i + 2 * size])
        for i in range(0, len(pcm) - 2 * size + 1, 2 * size)
    ]
    stretches = list(
        _speech_stretches(
            np.asarray(is_speech, bool),
            round(PAUSE_SECONDS * RATE / size),
            round(MAX_UTTERANCE_SECONDS * RATE / size),
        )
    )
    ends, starts = (
        [0, *(last for _, last in stretches)],
        [*(first for first, _ in stretches[1:]), len(is_speech) + 5],
    )
    # a margin, which must not be heard twice at a cut
    for (first, last), before, after in zip(stretches, ends, starts, strict=False):
        start, end = max(before, first - 5) * size, min(len(sound), min(after, last + 5) * size)
        if (
            end - start > MIN_UTTERANCE_SECONDS * RATE
            and spectrum.voicing(sound[start:end], RATE).has_speech
        ):
            yield start, end


def _speech_stretches(
    flags: NDArray[np.bool_], pause: int, longest: int
) -> Iterator[tuple[int, int]]:
    """(first, end) of runs of True over gaps shorter than `pause`, none longer than `longest`.

    >>> list(_speech_stretches(np.array([0, 1, 1, 0, 1, 0, 0, 0, 1], bool), pause=2, longest=10))
    [(1, 5), (8, 9)]
    """
    positions = np.flatnonzero(flags)
    for run in np.split(positions, np.flatnonzero(np.diff(positions) > pause) + 1):
        if len(run):
            first, end = int(run[0]), int(run[-1]) + 1
            while end - first > longest:
                cut = _pause_between(flags, first + longest // 2, first + longest)
                yield first, cut
                first = cut
            yield first, end


def _pause_between(flags: NDArray[np.bool_], low: int, high: int) -> int:
    """The middle of the longest gap between `low` and `high`; `high` where there is none.

    >>> _pause_between(np.array([1, 1, 0, 1, 0, 0, 0, 1], bool), 1, 8)
    5
    """
    quiet = low + np.flatnonzero(~flags[low:high])
    if not len(quiet):
        return high
    gap = max(np.split(quiet, np.flatnonzero(np.diff(quiet) > 1) + 1), key=len)
    return int(gap[len(gap) // 2])


def _confidence(words: list[Word]) -> float:
    """The geometric mean of the words' posteriors, weighted by how long they last."""
    seconds = sum(word.end - word.start for word in words)
    if not seconds:
        return 0.0
    return math.exp(
        sum((word.end - word.start) * math.log(max(word.confidence, 1e-9)) for word in words)
        / seconds
    )


def _is_plausible(words: list[Word]) -> bool:
    mean_seconds = sum(word.end - word.start for word in words) / max(1, len(words))
    return (
        len(words) >= MIN_WORDS
        and mean_seconds <= MAX_SECONDS_PER_WORD
        and 2 * len({word.text for word in words}) > len(words)
    )
