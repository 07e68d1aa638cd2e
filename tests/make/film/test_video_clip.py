"""Clips: the exact seconds of a film, read back frame by frame with PyAV."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from polysense.errors import NotFound
from polysense.make.file import encode
from polysense.make.film.video_clip import VideoClip
from polysense.read.film import decode
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span


def evidence(path: Path, seconds: tuple[float, float] | None, n: int = 1) -> Evidence:
    span = Span(seconds=seconds)
    chunk = Chunk(
        Asset(path.name, str(path), "video/mp4", "video", 1, path=path),
        span,
        "video",
        Part("video", path, span=span),
    )
    return Evidence(n, Hit(chunk, 1.0), chunk.part, span)


def small(picture: np.ndarray) -> np.ndarray:
    return np.asarray(
        Image.fromarray(picture).convert("L").resize((64, 48), Image.Resampling.BOX)
    ).astype(int)


def shape(data: bytes) -> tuple[int, int, str, int]:
    """Width, height, pixel format, frames; and its index lies in front."""
    assert 0 < data.find(b"moov") < data.find(b"mdat")
    with av.open(io.BytesIO(data)) as file:
        stream = file.streams.video[0]
        assert stream.codec_context.name == "h264"
        return stream.width, stream.height, stream.pix_fmt, sum(1 for _ in file.decode(video=0))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["friday.mp4", "elf.mp4", "issue-134-rotate.mp4"])
def test_the_exact_frames_upright(data: Path, name: str) -> None:
    """The same pictures at the same seconds, as long as asked, turned as the camera was held."""
    path = data / "video-clips" / name
    (part,) = check_generator(VideoClip(), [evidence(path, (2.0, 4.5))])
    info = decode.probe(path)
    width, height, pixels, frames = shape(part.data)
    assert pixels == "yuv420p"
    assert (width, height) == info.size
    assert frames == pytest.approx(2.5 * info.fps, abs=1)
    for t in (0.0, 1.0, 2.4):
        apart = np.abs(
            small(decode.frame(path, 2.0 + t)) - small(decode.frame(part.data, t))
        ).mean()
        assert apart < 6
    assert part.meta["cuts"][0]["seconds"] == [2.0, 4.5]


def test_its_sound_is_in_step(tmp_path: Path) -> None:
    """A flash and a click at second 3 come together at second 1 of the cut."""
    path = tmp_path / "flash.mp4"
    with encode.Movie(encode.MovieFormat((160, 90), rate=48_000)) as movie:
        for i in range(125):
            sound = np.zeros((1, 1920), np.float32)
            sound[:, :] = 0.8 * np.sin(np.arange(1920) / 5) if i == 75 else 0
            movie.add_sound(sound)
            movie.add_frame(np.full((90, 160, 3), 255 if i == 75 else 20, np.uint8))
    path.write_bytes(movie.data)
    (part,) = VideoClip().generate((), [evidence(path, (2.0, 4.0))])
    with av.open(io.BytesIO(part.data)) as file:
        bright = [f.time for f in file.decode(video=0) if f.to_ndarray(format="gray").mean() > 150]
    with av.open(io.BytesIO(part.data)) as file:
        loud = [
            f.time + int(np.argmax(np.abs(f.to_ndarray()[0]))) / 48_000
            for f in file.decode(audio=0)
            if np.abs(f.to_ndarray()).max() > 0.3
        ]
    assert bright == [pytest.approx(1.0, abs=0.001)]
    assert loud[0] == pytest.approx(1.0, abs=0.05)


def test_several_are_joined_at_one_size(data: Path) -> None:
    """The first one's size; the others stand on black, each where meta says."""
    clips = data / "video-clips"
    pieces = [
        evidence(clips / "friday.mp4", (1.0, 2.0)),
        evidence(clips / "issue-134-rotate.mp4", (2.0, 3.0), 2),
        evidence(clips / "counter.mp4", (0.0, 1.0), 3),
    ]
    (part,) = VideoClip().generate((Part("text", "every scene"),), pieces)
    assert part.meta["evidence"] == [1, 2, 3]
    assert shape(part.data)[:2] == (640, 480)
    middle = decode.frame(part.data, part.meta["cuts"][1]["at"] + 0.5)
    assert middle[:, :100].mean() < 8 < middle[:, 280:360].mean()


def test_it_is_bounded(data: Path) -> None:
    """Seconds and pixels."""
    (part,) = VideoClip(longest=1.5, size=320).generate(
        (), [evidence(data / "video-clips" / "counter.mp4", None)]
    )
    width, height, _, frames = shape(part.data)
    assert (width, height, frames) == (320, 180, 15)


def test_what_has_no_pictures_makes_nothing(tmp_path: Path, data: Path) -> None:
    """A recording that calls itself a film; a file that is gone is told of."""
    sound = next((data / "speech-ljspeech" / "wavs").iterdir())
    assert list(VideoClip().generate((), [evidence(sound, (0.0, 1.0))])) == []
    assert list(VideoClip().generate((), [])) == []
    with pytest.raises(NotFound):
        list(VideoClip().generate((), [evidence(tmp_path / "gone.mp4", (0.0, 1.0))]))
