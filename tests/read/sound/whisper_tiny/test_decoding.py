"""The rules of Whisper's transcripts: what may follow what."""

from __future__ import annotations

import numpy as np

from polysense.read.sound.whisper_tiny.decoding import _allowed, compression_ratio
from polysense.read.sound.whisper_tiny.vocabulary import (
    END,
    FIRST_TIME,
    NO_TIMES,
    SIZE,
    START,
    Settings,
)
from polysense.weights.packaged import WHISPER_TINY_CONFIG

SETTINGS = Settings.read(WHISPER_TINY_CONFIG.verified())
WORD = 1660


def allowed(*tokens: int, favour: int = WORD) -> set[int]:
    logits = np.zeros(SIZE, np.float32)
    logits[favour] = 12  # words are more probable than all of the times together
    return set(np.flatnonzero(np.isfinite(_allowed(logits, list(tokens), SETTINGS))).tolist())


def test_a_transcript_begins_with_a_time_of_the_first_second() -> None:
    """Nothing else, and no later one."""
    assert allowed() == set(range(FIRST_TIME, FIRST_TIME + 51))


def test_a_word_follows_the_first_time() -> None:
    """No second time, no command, nothing that is no speech."""
    following = allowed(FIRST_TIME)
    assert WORD in following
    assert max(following) < START
    assert not following & {START, NO_TIMES, *SETTINGS.suppressed}


def test_times_come_in_pairs_and_never_go_back() -> None:
    """After a line's end: its own time or a later one, or the end of all. Within a line: a later
    time than its start.
    """
    after_end = allowed(FIRST_TIME, WORD, FIRST_TIME + 100, favour=END)
    assert END in after_end
    assert WORD not in after_end
    assert min(after_end - {END}) >= FIRST_TIME + 100
    within = allowed(FIRST_TIME + 40, WORD)
    assert FIRST_TIME + 40 not in within
    assert FIRST_TIME + 41 in within


def test_a_time_where_times_are_more_probable_than_any_word() -> None:
    """Each by itself may be improbable."""
    logits = np.zeros(SIZE, np.float32)
    logits[WORD] = 2
    scores = _allowed(logits, [FIRST_TIME, WORD], SETTINGS)
    assert int(scores.argmax()) > FIRST_TIME


def test_what_repeats_itself_compresses() -> None:
    assert compression_ratio("I kept the spare key in a biscuit tin under the third stair.") < 1.5
    assert compression_ratio("AH" * 100) > 10
    assert compression_ratio("") < 1
