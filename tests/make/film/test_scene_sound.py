"""What is heard in a scene, and the captions of what is said."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from polysense.make.film import scene_sound
from polysense.make.film.scene_sound import LEAD, MAX_SCENE, RATE, SceneSound
from polysense.read.sound import decode
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span, TextSpan

SIZE = (256, 144)


def evidence(samples: np.ndarray, cues: list[list[object]] | None = None) -> Evidence:
    """A passage with its narration."""
    meta = {"cues": cues, "languages": ["en"]} if cues else {}
    form = Part("audio", decode.wav(samples.astype(np.float32), RATE), "audio/wav", meta=meta)
    marks = (TextSpan(0, 3, Span(seconds=(10.5, 11.0))), TextSpan(4, 8, Span(seconds=(30.0, 31.0))))
    chunk = Chunk(
        Asset("0", "a", "text/plain", "text", 1), Span(), "text", None, "One two.", "", marks
    )
    return Evidence(1, Hit(chunk, 1.0), Part("text", "One two."), Span(), forms=(form,))


def tone(seconds: float, peak: float = 0.1) -> np.ndarray:
    return peak * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)


def test_a_narration_is_as_loud_as_others_and_bounded() -> None:
    """A quiet one is raised, by four times at most; a long one is cut."""
    sound = scene_sound.narration(evidence(tone(30.0), [[0.0, 2.0, "One"], [25.0, 26.0, "late"]]))
    assert sound is not None
    assert sound.seconds == pytest.approx(MAX_SCENE)
    assert np.abs(sound.samples).max() == pytest.approx(0.4, abs=0.01)
    assert sound.cues == ((LEAD, LEAD + 2.0, "One"),)
    assert sound.language == "en"


def test_silence_is_no_narration() -> None:
    assert scene_sound.narration(evidence(np.zeros(RATE))) is None
    assert scene_sound.narration(evidence(tone(1.0, 0.001))) is None


def test_pages_share_the_time_by_their_letters() -> None:
    """Together they last as long as what is said; without sound, as long as the scene."""
    words = "The keeper climbed ninety-six steps with the oil can in her left hand. " * 3
    silent = SceneSound(np.zeros(0, np.float32))
    pages = list(scene_sound.caption_pages(silent, (), words, 6.0, SIZE))
    assert len(pages) > 1
    assert (pages[0][0], pages[-1][1]) == (0.2, pytest.approx(6.0))
    assert all(a[1] == pytest.approx(b[0]) for a, b in pairwise(pages))
    assert list(scene_sound.caption_pages(silent, (), "", 6.0, SIZE)) == []


def test_a_transcript_says_when() -> None:
    """Of a cut that begins at ten seconds the first mark is heard, the second is not."""
    e = evidence(tone(3.0))
    form = Part("audio", b"", "audio/wav", meta={"cuts": [{"seconds": [10.0, 13.0]}]})
    e = Evidence(1, e.hit, e.part, e.span, forms=(form,))
    sound = SceneSound(tone(3.0).astype(np.float32))
    [(start, end, words)] = scene_sound.timed_cues(e, None, sound)
    assert (start, end) == (pytest.approx(0.5 + LEAD), pytest.approx(1.0 + LEAD))
    assert words == "One"
    assert scene_sound.is_recording(e) is False
