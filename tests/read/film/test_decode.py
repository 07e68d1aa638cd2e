"""Frames at their second, cuts where they are, subtitles from inside."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from polysense.errors import NotFound, PolysenseError, TooLarge, Unreadable
from polysense.read.film import decode

FPS = 10


def write_film(
    path: Path,
    colours: list[tuple[int, int, int]],
    gop: int = 250,
    codec: str = "libx264",
    rotate: int = 0,
) -> Path:
    """A tenth of a second of each colour; a white bar moves from left to right."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=FPS, options={"g": str(gop)})
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        stream.codec_context.gop_size = gop
        if rotate:
            stream.set_display_rotation(rotate)
        for i, colour in enumerate(colours):
            picture = np.zeros((96, 160, 3), np.uint8) + np.array(colour, np.uint8)
            picture[80:, 4 * (i % 40) : 4 * (i % 40) + 8] = 255
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    return path


def frame_number(picture: np.ndarray) -> int:
    """Which frame it is."""
    return int(picture[88].astype(int).sum(1)[: 8 * 20].argmax() + 2) // 4


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", "libx264"),
        ("a.mkv", "libx264"),
        ("a.webm", "libvpx"),
        ("a.avi", "mpeg4"),
        ("a.ts", "mpeg2video"),
    ],
)
def test_the_exact_frame(name: str, codec: str, tmp_path: Path) -> None:
    """The frame that is shown at that second, with one key frame far behind and B frames between;
    the last one beyond the end.
    """
    colours = [(90, 90, 90)] * 40
    path = (
        write_film(tmp_path / name, colours, codec=codec)
        if codec != "mpeg2video"
        else write_transport_stream(tmp_path / name)
    )
    rate = 25 if codec == "mpeg2video" else FPS
    for n in (0, 1, 13, 27, 38):
        assert abs(frame_number(decode.frame(path, (n + 0.5) / rate)) - n) <= 1, n
        assert frame_number(decode.frame(path, n / rate)) == frame_number(
            decode.frame(path, (n + 0.9) / rate)
        )
    assert abs(frame_number(decode.frame(path, 100.0)) - 39) <= 1
    assert decode.frame(path, 0.0).shape == (96, 160, 3)


def write_transport_stream(path: Path) -> Path:
    """MPEG-2 knows no ten frames a second, and its transport stream does not begin at zero."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg2video", rate=25)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 160, 96, "yuv420p", 2_000_000
        for i in range(40):
            picture = np.full((96, 160, 3), 90, np.uint8)
            picture[80:, 4 * i : 4 * i + 8] = 255
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    return path


def test_rotated(tmp_path: Path) -> None:
    """A clip filmed upright is shown upright; its size is that of what is shown."""
    path = write_film(tmp_path / "r.mp4", [(90, 90, 90)] * 5, rotate=-90)
    probe = decode.probe(path)
    assert (probe.size, probe.rotation) == ((96, 160), 90)
    picture = decode.frame(path, 0.0)
    assert picture.shape == (160, 96, 3)
    # the bar at the bottom left is at the top left after a clockwise turn
    assert picture[4, 8].min() > 200


def test_probe(tmp_path: Path) -> None:
    """Length, size, frames a second."""
    probe = decode.probe(write_film(tmp_path / "a.mp4", [(90, 90, 90)] * 20))
    assert (probe.duration, probe.size, probe.fps, probe.sound, probe.subtitles) == (
        2.0,
        (160, 96),
        10.0,
        False,
        (),
    )


def test_cuts(tmp_path: Path) -> None:
    """Scenes change where the colour does, to an eighth of a second; together they cover the video."""
    path = write_film(
        tmp_path / "a.mp4", [(200, 40, 40)] * 20 + [(40, 160, 40)] * 30 + [(40, 40, 90)] * 15
    )
    scenes = decode.scenes(path)
    assert len(scenes) == 3
    assert abs(scenes[0][1] - 2.0) <= 0.13
    assert abs(scenes[1][1] - 5.0) <= 0.13
    assert (scenes[0][0], scenes[-1][1]) == (0.0, 6.5)
    assert all(a[1] == b[0] for a, b in pairwise(scenes))


@pytest.mark.parametrize("start", [0, 5, 60])
@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.mov"])
def test_no_place_lies_after_the_end_of_a_late_film(name: str, start: int, tmp_path: Path) -> None:
    """The clock of a recording may begin anywhere; Matroska's header counts from its zero."""
    with av.open(str(tmp_path / name), "w") as out:
        stream = out.add_stream("mpeg4", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for i in range(30):
            picture = np.full((96, 160, 3), (200, 30, 30) if i < 15 else (30, 30, 200), np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = FPS * start + i, Fraction(1, FPS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    assert decode.probe(tmp_path / name).duration == pytest.approx(3, abs=0.2)
    (begin, cut), (_, end) = decode.scenes(tmp_path / name)
    assert (begin, cut, end) == (0, pytest.approx(1.5, abs=0.2), pytest.approx(3, abs=0.2))
    assert decode.frame(tmp_path / name, 2.5)[48, 80].argmax() == 2


def test_long_scenes_are_cut(tmp_path: Path) -> None:
    """Nothing changes, but no stretch is longer than asked."""
    scenes = decode.scenes(write_film(tmp_path / "a.mp4", [(90, 90, 90)] * 70), longest=3.0)
    assert len(scenes) == 3
    assert max(b - a for a, b in scenes) <= 3.0


def test_long_videos_are_sampled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the budget only key frames are decoded, and cuts are still found."""
    path = write_film(tmp_path / "a.mp4", [(200, 40, 40)] * 30 + [(40, 160, 40)] * 30, gop=10)
    monkeypatch.setattr(decode, "_PIXEL_BUDGET", 1.0)
    scenes = decode.scenes(path)
    assert len(scenes) == 2
    assert abs(scenes[0][1] - 3.0) <= 1.0


def write_subtitled(path: Path) -> Path:
    """Two tracks of words."""
    srt = path.with_suffix(".srt")
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        tracks = []
        for language, words in (("eng", "Hello <i>there</i>"), ("deu", "Guten Tag")):
            srt.write_text(f"1\n00:00:01,000 --> 00:00:02,500\n{words}\n\n")
            source = av.open(str(srt))
            track = out.add_stream_from_template(source.streams.subtitles[0])
            track.metadata["language"] = language
            tracks.append((source, track))
        for _ in range(30):
            for packet in stream.encode(
                av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            ):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
        for source, track in tracks:
            for packet in source.demux():
                if packet.size:
                    packet.stream = track
                    out.mux(packet)
            source.close()
    return path


def test_embedded_subtitles(tmp_path: Path) -> None:
    """Each track's language, seconds and words, without mark-up."""
    tracks = decode.embedded_subtitles(write_subtitled(tmp_path / "a.mkv"))
    assert [language for language, _ in tracks] == ["eng", "deu"]
    all_cues = [(round(c.start, 2), round(c.end, 2), c.text) for _, cues in tracks for c in cues]
    assert all_cues == [(1.0, 2.5, "Hello there"), (1.0, 2.5, "Guten Tag")]


def test_odd_pixels_are_made_square(tmp_path: Path) -> None:
    """Anamorphic video is shown at its real width."""
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(2, 1)
        for packet in (
            *stream.encode(
                av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            ),
            *stream.encode(None),
        ):
            out.mux(packet)
    assert decode.probe(path).size == (128, 64)
    assert decode.frame(path, 0.0).shape == (64, 128, 3)


def test_what_is_no_video(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its own error; damage raises nothing but our errors."""
    with pytest.raises(NotFound, match=r"gone\.mp4"):
        decode.frame(Path("/nowhere/gone.mp4"), 0.0)
    with pytest.raises(Unreadable):
        decode.frame(b"hello", 0.0)
    path = write_film(tmp_path / "a.mp4", [(90, 90, 90)] * 20)
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    rng = np.random.default_rng(0)
    for _ in range(25):
        damaged = whole.copy()
        damaged[rng.integers(0, len(damaged), 20)] = rng.integers(0, 256, 20)
        for read in (
            decode.probe,
            decode.scenes,
            decode.embedded_subtitles,
            lambda raw: decode.frame(raw, 1.0),
        ):
            try:
                read(damaged.tobytes())
            except PolysenseError:
                pass
    monkeypatch.setattr(decode, "MAX_PIXELS", 1000)
    with pytest.raises(TooLarge):
        decode.frame(path, 0.0)


def test_real_clips(data: Path) -> None:
    """The number burned into each frame changes with the colour at whole seconds; the rotated clip
    stands upright and has two cuts.
    """
    clips = data / "video-clips"
    assert [(round(a, 2), round(b, 2)) for a, b in decode.scenes(clips / "counter.mp4")] == [
        (0, 1),
        (1, 2),
        (2, 3),
    ]
    assert decode.probe(clips / "issue-134-rotate.mp4").size == (544, 1280)
    assert len(decode.scenes(clips / "issue-134-rotate.mp4")) == 3
    assert len(decode.scenes(clips / "elf.mp4")) == 1
