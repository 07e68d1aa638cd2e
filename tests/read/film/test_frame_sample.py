"""Which frames of a film are looked at."""

from __future__ import annotations

from pathlib import Path

from polysense.read.film.frame_sample import clip_seconds, sample_frames
from polysense.types import Part, Span

from ...encoders.tiny_media import write_film


def test_frames_are_of_the_span(tmp_path: Path) -> None:
    """Those in the middle of equal stretches; of a whole file where there is no span."""
    film = write_film(tmp_path / "film.mp4")
    scene = Part("video", film, "video/mp4", span=Span(seconds=(2.0, 4.0)))
    frames = sample_frames(scene, 4, 48)
    assert {f.shape for f in frames} == {(32, 48, 3)}
    assert all(f[0, 0].argmax() == 1 for f in frames), "the second scene is green"
    whole = sample_frames(Part("video", film.read_bytes(), "video/mp4"), 2, 512)
    assert [int(f[0, 0].argmax()) for f in whole] == [0, 1]
    assert whole[0].shape == (64, 96, 3)


def test_how_long_a_clip_is(tmp_path: Path) -> None:
    """Its span, else the file."""
    film = write_film(tmp_path / "film.mp4")
    assert clip_seconds(Part("video", film, "video/mp4", span=Span(seconds=(2.0, 3.5)))) == 1.5
    assert clip_seconds(Part("video", film, "video/mp4")) > 3
