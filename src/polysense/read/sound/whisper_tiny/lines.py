"""Tokens of a window to words with their times, and words to lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from polysense.read.sound.whisper_tiny.decoding import Decoded
from polysense.read.sound.whisper_tiny.vocabulary import (
    END,
    FIRST_TIME,
    SECONDS_PER_TIME,
    Vocabulary,
)

Times: TypeAlias = NDArray[np.float64]

PAUSE_SECONDS, MAX_WORDS = 0.7, 24
"""Seconds without a word, or words, after which a new line begins, if no sentence ends before.
Judged, not measured.
"""

LONGEST_WORD, MAX_TYPICAL_SECONDS = 2.0, 0.7
"""What the first and the last word of a line last at most, in typical words (the median, and no
more than so many seconds): Whisper's own bounds.
"""

_SENTENCE_ENDS = (".", "!", "?", '."', '!"', '?"')


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it is written, its seconds in the window, and the geometric mean of its tokens'
    probabilities.
    """

    text: str
    start: float
    end: float
    confidence: float


def line_bounds(tokens: Sequence[int]) -> tuple[list[tuple[int, int]], float | None]:
    """(first, end) of the tokens between times, and the seconds at which the next window begins:
    None where nothing was cut off.

    >>> line_bounds([FIRST_TIME, 5, 6, FIRST_TIME + 100, FIRST_TIME + 110, 7])
    ([(0, 4)], 2.2)
    >>> line_bounds([FIRST_TIME, 5, FIRST_TIME + 50])
    ([(0, 3)], None)
    """
    cuts = [
        i for i in range(1, len(tokens)) if tokens[i - 1] >= FIRST_TIME and tokens[i] >= FIRST_TIME
    ]
    is_closed = len(tokens) > 1 and tokens[-2] < FIRST_TIME <= tokens[-1]
    if not cuts or is_closed:
        ends = [*cuts, len(tokens)]
        return list(zip([0, *cuts], ends, strict=True)), None
    resume = (tokens[cuts[-1]] - FIRST_TIME) * SECONDS_PER_TIME
    return list(zip([0, *cuts], cuts, strict=False)), round(resume, 2)


def words_of(
    decoded: Decoded, bounds: tuple[int, int], times: Times, seconds: float, v: Vocabulary
) -> list[Word]:
    """The words of the tokens first..end of a window with `seconds` of sound. times: where its
    tokens begin (`token_times`).
    """
    first, end = bounds
    low, high = 0.0, seconds
    if decoded.tokens[first] >= FIRST_TIME:
        low = (decoded.tokens[first] - FIRST_TIME) * SECONDS_PER_TIME
    if decoded.tokens[end - 1] >= FIRST_TIME:
        high = min(seconds, (decoded.tokens[end - 1] - FIRST_TIME) * SECONDS_PER_TIME)
    # where the sound ends before the time that was written
    low, high = min(low, seconds), max(low, high)
    words = []
    for group in _word_groups(decoded.tokens, range(first, end), v):
        text = b"".join(v.letters(decoded.tokens[i]) for i in group).decode("utf-8", "replace")
        start, stop = np.clip([times[group[0]], times[group[-1] + 1]], low, high).tolist()
        confidence = _geometric_mean(decoded.probabilities[i] for i in group)
        words.append(Word(text.strip(), round(start, 2), round(stop, 2), confidence))
    return _without_pauses(words)


def _without_pauses(words: list[Word]) -> list[Word]:
    """The first and the last without the silence around them, which attention gives to them."""
    if not words:
        return words
    typical = float(np.median([word.end - word.start for word in words]))
    longest = LONGEST_WORD * min(typical, MAX_TYPICAL_SECONDS)
    first, last = words[0], words[-1]
    words[0] = replace(first, start=round(max(first.start, first.end - longest), 2))
    if len(words) > 1:
        words[-1] = replace(last, end=round(min(last.end, last.start + longest), 2))
    return words


def _word_groups(tokens: Sequence[int], places: Iterable[int], v: Vocabulary) -> list[list[int]]:
    """The places of each word's tokens: one begins at a space, and a sign belongs to the word
    before it.
    """
    groups: list[list[int]] = []
    for i in places:
        letters = v.letters(tokens[i])
        if tokens[i] >= END or not letters:
            continue
        if groups and (not letters.startswith(b" ") or not _has_letters(letters)):
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _has_letters(letters: bytes) -> bool:
    # a byte above 127 is a piece of a letter
    return any(byte > 127 or chr(byte).isalnum() for byte in letters)


def sentences(words: Iterable[Word]) -> Iterator[list[Word]]:
    """Words in lines: to the end of a sentence, or to a pause."""
    line: list[Word] = []
    for word in words:
        if line and (
            word.start - line[-1].end > PAUSE_SECONDS
            or len(line) >= MAX_WORDS
            or line[-1].text.endswith(_SENTENCE_ENDS)
        ):
            yield line
            line = []
        line.append(word)
    if line:
        yield line


def confidence_of(words: Sequence[Word]) -> float:
    """The geometric mean of the words' own; 0 without words."""
    return _geometric_mean(word.confidence for word in words)


def _geometric_mean(values: Iterable[float]) -> float:
    logs = [math.log(max(value, 1e-9)) for value in values]
    return math.exp(sum(logs) / len(logs)) if logs else 0.0
