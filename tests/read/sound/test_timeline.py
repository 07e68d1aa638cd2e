"""Stretches of a recording, along its words."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.read.sound import timeline
from polysense.read.sound.subtitles import formats
from polysense.read.sound.subtitles.cues import Cue

words = st.sampled_from(["One.", "two", "三。", " "])
cues = st.lists(
    st.builds(lambda s, d, w: Cue(s, s + d, w), st.floats(0, 500), st.floats(0, 60), words),
    max_size=30,
)


@given(cues, st.floats(1, 600))
def test_all_of_a_recording_is_covered_once(cue_list: list[Cue], duration: float) -> None:
    """No second is lost or told twice, and no word is lost, whatever the cues; so no two chunks
    share a place.
    """
    stretches = timeline.all_stretches(cue_list, duration)
    edges = [s.start for s in stretches] + [stretches[-1].end]
    assert edges[0] == 0
    assert abs(edges[-1] - duration) < 0.002
    assert all(a.end == b.start for a, b in pairwise(stretches))
    assert all(s.end > s.start for s in stretches)
    marked = [(s.text[m.start : m.end], m.span.seconds) for s in stretches for m in s.marks]
    assert all(
        (c.text, (round(c.start, 3), round(c.end, 3))) in marked
        for c in cue_list
        if c.text.strip() and c.start < duration - 0.002
    )


@given(cues)
def test_every_word_is_kept_and_marked(cue_list: list[Cue]) -> None:
    """Marks give each cue's words and seconds back."""
    stretches = list(timeline.speech_stretches(cue_list))
    marked = [(s.text[m.start : m.end], m.span.seconds) for s in stretches for m in s.marks]
    in_order = sorted((c for c in cue_list if c.text.strip()), key=lambda c: (c.start, c.end))
    assert marked == [(c.text, (round(c.start, 3), round(c.end, 3))) for c in in_order]


def test_cut_at_pauses_and_sentences() -> None:
    """A stretch ends with a sentence where it can."""
    cue_list = [Cue(i * 3.0, i * 3.0 + 3, "word" if i % 4 else "end.") for i in range(20)]
    stretches = list(timeline.speech_stretches(cue_list))
    assert all(s.end - s.start <= 30 for s in stretches)
    assert all(s.text.endswith("end.") for s in stretches[:-1])
    assert [s.text for s in timeline.speech_stretches([Cue(0, 1, "a"), Cue(20, 21, "b")])] == [
        "a",
        "b",
    ]
    assert [
        s.text for s in timeline.speech_stretches([Cue(0, 21, "好吗？"), Cue(21, 22, "好")])
    ] == [
        "好吗？",
        "好",
    ]


def test_sidecars(tmp_path: Path) -> None:
    """Subtitles of this recording, not of its neighbour; the one without a language first."""
    for name in (
        "talk.mp4",
        "talk.en.vtt",
        "talk.srt",
        "talk2.vtt",
        "talk.txt",
        "other.srt",
        "talk.two.mp4",
        "talk.two.vtt",
        "talk.two.de.vtt",
    ):
        (tmp_path / name).write_text("")
    paths = timeline.sidecars(tmp_path / "talk.mp4")
    assert [p.name for p in paths] == ["talk.srt", "talk.en.vtt"]
    assert [timeline.sidecar_language(p, tmp_path / "talk.mp4") for p in paths] == ["", "en"]
    assert [p.name for p in timeline.sidecars(tmp_path / "talk.two.mp4")] == [
        "talk.two.vtt",
        "talk.two.de.vtt",
    ]


def test_a_sidecar_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is told, and takes no recording with it, whatever is wrong with it."""

    def fail(path: Path) -> list[Cue]:
        raise ValueError(f"{path.name} is broken")

    (tmp_path / "talk.vtt").write_text("WEBVTT")
    monkeypatch.setattr(formats, "read_cues", fail)
    assert timeline.sidecar_tracks(tmp_path / "talk.wav") == ([], ["talk.vtt is broken"])
