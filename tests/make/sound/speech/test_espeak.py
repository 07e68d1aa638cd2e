"""The engine in its own process: what ends it costs one sentence, and no more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from polysense.errors import MissingDependency
from polysense.make.sound.speech import espeak

pytest.importorskip("espeakng_loader")


def test_the_same_words_sound_the_same_and_begin_at_once() -> None:
    """Without the engine's silence before them."""
    sounds = []
    for _ in range(2):
        with espeak.Engine() as engine:
            sounds.append(engine.say("high water", "en-us", 150, 45, 10))
    first, second = sounds
    assert (first == second).all()
    assert first.dtype == np.float32
    assert np.abs(first).max() <= 1
    assert np.flatnonzero(np.abs(first) > 0.004)[0] <= 200


def test_speed_shortens_it() -> None:
    with espeak.Engine() as engine:
        slow, fast = (len(engine.say("high water at noon", "en-us", s, 45, 10)) for s in (90, 300))
    assert fast < 0.6 * slow


def test_a_crash_costs_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The helper is started again."""
    with espeak.Engine() as engine:
        assert len(engine.say("one two three", "en-us", 150, 45, 10)) > 10_000
        assert engine._process is not None
        engine._process.kill()
        assert len(engine.say("one two three", "en-us", 150, 45, 10)) == 0
        assert len(engine.say("one two three", "en-us", 150, 45, 10)) > 10_000
        assert len(engine.say("one", "no-such-voice", 150, 45, 10)) == 0
        assert (
            len(engine.say("one two three four five", "en-us", 150, 45, 0.5)) <= 0.5 * espeak.RATE
        )
    assert engine._process is None
    monkeypatch.setattr(espeak, "_HELPER_SCRIPT", Path("/nowhere/helper.py"))
    with pytest.raises(MissingDependency), espeak.Engine():
        pass
