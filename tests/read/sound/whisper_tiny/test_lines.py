"""Tokens to words, words to lines."""

from __future__ import annotations

import numpy as np
import pytest

from polysense.read.sound.whisper_tiny.decoding import Decoded
from polysense.read.sound.whisper_tiny.lines import (
    Word,
    confidence_of,
    line_bounds,
    sentences,
    words_of,
)
from polysense.read.sound.whisper_tiny.vocabulary import END, FIRST_TIME, Vocabulary
from polysense.weights.packaged import WHISPER_TINY_VOCABULARY


def time(seconds: float) -> int:
    return FIRST_TIME + round(seconds / 0.02)


def decoded(vocabulary: Vocabulary, *pieces: str | float) -> Decoded:
    """Letters and times as tokens, all of them of probability .5."""
    tokens = {vocabulary.letters(token).decode("latin-1"): token for token in range(END)}
    ids = tuple(tokens[p] if isinstance(p, str) else time(p) for p in pieces)
    return Decoded(ids, (0.5,) * len(ids), np.zeros((len(ids), 8, 1500), np.float32), -0.7, 0.0)


def test_words_are_joined_from_their_tokens() -> None:
    """A sign belongs to the word before it, and times are no words."""
    vocabulary = Vocabulary(WHISPER_TINY_VOCABULARY.verified())
    result = decoded(vocabulary, 0.0, " High", " water", ",", " not", "ed", ".", 3.0)
    times = np.array([0, 0, 0.3, 0.8, 0.9, 1.2, 1.4, 1.5, 5])
    words = words_of(result, (0, 8), times, 3.5, vocabulary)
    assert [w.text for w in words] == ["High", "water,", "noted."]
    assert [(w.start, w.end) for w in words] == [(0.0, 0.3), (0.3, 0.9), (0.9, 1.5)]
    assert confidence_of(words) == pytest.approx(0.5)


def test_silence_around_a_line_is_no_part_of_its_words() -> None:
    """Attention gives the pause before the first word to it, and the one after to the last."""
    vocabulary = Vocabulary(WHISPER_TINY_VOCABULARY.verified())
    result = decoded(vocabulary, 0.0, " High", " water", " now", 9.0)
    words = words_of(result, (0, 5), np.array([0, 0, 4.0, 4.4, 9.0, 9.0]), 9.0, vocabulary)
    assert words[0].start == pytest.approx(2.6)
    assert words[-1].end == pytest.approx(5.8)


def test_windows_end_where_a_line_was_cut() -> None:
    """What is complete is kept; the next window begins with what is not."""
    cut = [time(0), 5, time(2), time(2.5), 6, time(28), time(29), 7]
    assert line_bounds(cut) == ([(0, 3), (3, 6)], 29.0)
    assert line_bounds(cut[:6]) == ([(0, 3), (3, 6)], None)
    assert line_bounds([time(0), 5]) == ([(0, 2)], None)


def test_lines_end_with_sentences_pauses_and_when_they_are_long() -> None:
    """Each is short enough to be quoted."""

    def words(*starts: float, text: str = "so") -> list[Word]:
        return [Word(text, s, s + 0.2, 0.5) for s in starts]

    assert [len(line) for line in sentences(words(0, 0.3, 2, 2.3))] == [2, 2]
    assert [len(line) for line in sentences(words(0, text="So.") + words(0.3, 0.6))] == [1, 2]
    assert max(len(line) for line in sentences(words(*(i / 4 for i in range(60))))) == 24
    assert list(sentences([])) == []
    assert confidence_of([]) == 0
