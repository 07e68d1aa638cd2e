"""Feedback: what a question finds first moves it, and how far."""

from __future__ import annotations

import numpy as np

from polysense.question import Question
from polysense.registry import Kit
from polysense.retrieve.context import Search
from polysense.retrieve.feedback import expanded, moved_towards
from polysense.stores.memory import Memory

from .recordings import Ear, recording


def ranking(own_voice: float, *voices: float) -> list[str]:
    """Recordings by how they sound (an angle), best first for one that sounds otherwise."""
    ear = Ear("voice")
    ear.min_score, ear.confident_score = 0.2, float(np.cos(0.45))
    store, own = Memory(), recording("own", "", 0.0, own_voice)
    chunks = [recording(f"{voice:g}", "", 0.0, voice) for voice in voices]
    assert own.part
    store.add(chunks)
    store.add_vectors(ear.space, chunks, ear.encode([c.part for c in chunks if c.part]))
    search = Search(
        store, Kit({}, {}, {"voice": ear}, {}, {}, {}), Question((own.part,), ((own.part,),))
    )
    candidates = search.feedback("voice", 20)
    chunks_by_id = search.chunks(candidates)
    return [chunks_by_id[c.id].asset.id for c in candidates]


def test_a_recording_finds_what_those_like_it_are_like() -> None:
    """The other is nearer to the recording, but not to the voice that it is one of."""
    alike = [0.4 + n / 1000 for n in range(8)]
    names = ranking(0.0, *alike, 1.0, -0.5)
    assert names.index("1") < names.index("-0.5")


def test_a_recording_is_moved_by_what_is_surely_alike_alone() -> None:
    """Where nothing is, it stays; words are moved by what comes first, however far."""
    names = ranking(0.0, 0.7, 0.71, 0.72, -0.75, 1.5)
    assert names[:3] == ["0.7", "0.71", "0.72"]
    assert names[3:] == ["-0.75", "1.5"]


def test_voices_that_are_nearly_alike_move_nothing() -> None:
    """Eight of another are surely alike too, but farther than the one that is asked for."""
    others = [-0.4 - n / 1000 for n in range(8)]
    names = ranking(0.0, 0.05, *others, 0.38)
    assert names[:2] == ["0.05", "0.38"]


def test_the_recording_itself_is_no_example() -> None:
    """Beside it all others are far; those like it move it as if it were not there."""
    alike = [0.4 + n / 1000 for n in range(8)]
    names = ranking(0.0, 0.0, *alike, 1.0, -0.5)
    assert names.index("1") < names.index("-0.5")


def test_how_far() -> None:
    """A mean gives a recording no more weight than each of its likes; words keep two thirds."""
    question, first = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    np.testing.assert_allclose(
        expanded(question, [first] * 8)[1] / expanded(question, [first] * 8)[0], 8
    )
    moved = moved_towards(question, [first] * 8)
    np.testing.assert_allclose(moved[1] / moved[0], 0.5)
