"""Videos as chunks."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import av
import numpy as np
import pytest

from polysense.errors import Unreadable
from polysense.read.film.video import VideoParser
from polysense.read.image.decode import pixels
from polysense.read.sound.decode import samples
from polysense.types import Asset, Chunk, Span


def write_film(path: Path, seconds: int, sound: bool = True, **tags: str) -> Path:
    """The second half is another scene."""
    with av.open(str(path), "w") as out:
        out.metadata.update(tags)
        picture = out.add_stream("libx264", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        sound_track = out.add_stream("aac", rate=16000, layout="mono") if sound else None
        for i in range(seconds * 10):
            pixels_in = np.full(
                (48, 64, 3), (200, 40, 40) if i < seconds * 5 else (40, 160, 40), np.uint8
            )
            out.mux(picture.encode(av.VideoFrame.from_ndarray(pixels_in, format="rgb24")))
        out.mux(picture.encode(None))
        if sound_track is not None:
            for i in range(seconds * 16000 // 1024):
                frame = av.AudioFrame.from_ndarray(
                    np.sin(np.arange(1024, dtype=np.float32) / 5)[None],
                    format="fltp",
                    layout="mono",
                )
                frame.sample_rate, frame.pts = 16000, i * 1024
                out.mux(sound_track.encode(frame))
            out.mux(sound_track.encode(None))
    return path


def read_chunks(path: Path) -> list[Chunk]:
    asset = Asset(
        id="0" * 32,
        uri=str(path),
        mime="video/mp4",
        modality="video",
        size=path.stat().st_size,
        path=path,
    )
    chunks = [c for c in VideoParser().parse(asset) if isinstance(c, Chunk)]
    assert len({c.id for c in chunks}) == len(chunks)
    assert {c.modality for c in chunks} == {"video"}
    return chunks


def test_sound_and_scenes(tmp_path: Path) -> None:
    """A picture of each scene from its middle, and the sound track; title in context."""
    sound_chunk, first, second = read_chunks(write_film(tmp_path / "a.mp4", 6, title="The pier"))
    assert sound_chunk.part is not None
    assert (sound_chunk.part.modality, sound_chunk.context) == ("audio", "The pier")
    assert abs(len(samples(sound_chunk.part)) / 16000 - 6) < 0.1
    for chunk, colour in ((first, 0), (second, 1)):
        assert chunk.part is not None
        assert (chunk.part.modality, chunk.text) == ("image", "")
        assert pixels(chunk.part)[20, 20].argmax() == colour
    assert first.span.seconds is not None
    assert abs(first.span.seconds[1] - 3.0) < 0.13


def test_subtitles_are_the_words_of_the_sound_track(tmp_path: Path) -> None:
    """They stand there once, each cue at its seconds; a translation is kept beside them."""
    path = write_film(tmp_path / "talk.mp4", 6)
    cues = "00:01.000 --> 00:02.000\nGood evening.\n\n00:03.000 --> 00:05.000\nThe light is out.\n"
    (tmp_path / "talk.en.vtt").write_text(f"WEBVTT\n\n{cues}")
    (tmp_path / "talk.fr.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nBonsoir.\n")
    chunks = read_chunks(path)
    (sound_chunk,) = [c for c in chunks if "evening" in c.text]
    assert sound_chunk.part is not None
    assert (sound_chunk.part.modality, sound_chunk.span, sound_chunk.text) == (
        "audio",
        Span(seconds=(0.0, 6.0)),
        "Good evening. The light is out.",
    )
    at = sound_chunk.text.index("light")
    assert sound_chunk.place(at, at + 5) == Span(seconds=(3.0, 5.0))
    assert [(c.text, c.part) for c in chunks if c.span.node == "talk.fr.srt"] == [
        ("Bonsoir.", None)
    ]
    assert [p.name for p in VideoParser().sidecars(path)] == ["talk.en.vtt", "talk.fr.srt"]


def test_silent_video_with_subtitles(tmp_path: Path) -> None:
    """Words without a sound track are words alone."""
    path = write_film(tmp_path / "a.mp4", 2, sound=False)
    (tmp_path / "a.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nA lighthouse.\n")
    assert [(c.text, c.part) for c in read_chunks(path) if c.text] == [("A lighthouse.", None)]


def test_a_sidecar_that_cannot_be_read(tmp_path: Path) -> None:
    """It is named, and the video is there all the same."""
    path = write_film(tmp_path / "a.mp4", 2)
    (tmp_path / "a.vtt").mkdir()
    asset = Asset(id="0" * 32, uri=str(path), mime="video/mp4", modality="video", size=1, path=path)
    chunks = VideoParser().parse(asset)
    assert len(list(islice(chunks, 3))) == 3
    with pytest.raises(Unreadable, match=r"a\.vtt"):
        next(chunks)


def test_no_video(tmp_path: Path) -> None:
    """Something else under that name."""
    (tmp_path / "a.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + b"\0" * 500)
    with pytest.raises(Unreadable, match=r"a\.mp4"):
        read_chunks(tmp_path / "a.mp4")


def test_friday(data: Path) -> None:
    """A real clip: its subtitles' words lead to their seconds."""
    chunks = read_chunks(data / "video-clips" / "friday.mp4")
    sound_chunk = next(c for c in chunks if c.text)
    at = sound_chunk.text.index("crown jewels")
    assert sound_chunk.place(at, at + 12) == Span(seconds=(4.3, 6.0))
