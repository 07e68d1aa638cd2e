"""Samples: exact places, any format, any length."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from polysense.errors import NotFound, PolysenseError, TooLarge, Unreadable, Unsupported
from polysense.read.sound import decode
from polysense.types import Part, Span

RATE = 16_000


def ramp(seconds: float, rate: int = RATE) -> np.ndarray:
    """Each second louder than the one before, so that a place can be told from the level."""
    t = np.arange(round(seconds * rate)) / rate
    return (np.sin(2 * np.pi * 440 * t) * (np.floor(t) + 1) / (seconds + 1)).astype(np.float32)


def write_sound(sound: np.ndarray, path: Path, codec: str, rate: int = RATE, **tags: str) -> Path:
    with av.open(str(path), "w") as out:
        out.metadata.update(tags)
        stream = out.add_stream(codec, rate=rate, layout="mono")
        context = stream.codec_context
        resampler = av.AudioResampler(
            format=context.format, layout="mono", rate=rate, frame_size=context.frame_size or 1024
        )
        frame = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
        frame.sample_rate = rate
        for part in (*resampler.resample(frame), *resampler.resample(None), None):
            for packet in stream.encode(part):
                out.mux(packet)
    return path


def level(sound: np.ndarray) -> float:
    return float(np.sqrt(2 * np.mean(np.square(sound))))


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [("a.wav", "pcm_s16le", 44100), ("a.flac", "flac", 22050), ("a.mp3", "libmp3lame", 44100),
     ("a.opus", "libopus", 48000), ("a.m4a", "aac", 44100), ("a.aiff", "pcm_s16be", 8000), ("a.ts", "mp2", 44100)],
)  # fmt: skip
def test_formats_and_places(name: str, codec: str, rate: int, tmp_path: Path) -> None:
    """The whole at the rate asked for; a stretch is the same as that stretch of the whole."""
    path = write_sound(ramp(6, rate), tmp_path / name, codec, rate)
    whole = decode.samples(Part("audio", path))
    assert whole.dtype == np.float32
    assert abs(len(whole) - 6 * RATE) < 0.1 * RATE
    assert abs(decode.duration(path) - 6) < 0.1
    piece = decode.samples(Part("audio", path, span=Span(seconds=(4.25, 4.75))))
    assert len(piece) == RATE // 2
    assert abs(level(piece) - 5 / 7) < 0.05
    assert np.abs(piece - whole[round(4.25 * RATE) : round(4.75 * RATE)]).max() < 0.1
    assert (decode.samples(Part("audio", path.read_bytes())) == whole).all()


def test_stretch_at_the_ends(tmp_path: Path) -> None:
    """Shorter where the sound ends, nothing beyond it."""
    path = write_sound(ramp(2), tmp_path / "a.wav", "pcm_s16le")
    assert len(decode.samples(Part("audio", path, span=Span(seconds=(1.5, 9))))) == RATE // 2
    assert len(decode.samples(Part("audio", path, span=Span(seconds=(5, 9))))) == 0
    assert len(decode.samples(Part("audio", path, span=Span(seconds=(0, 0.001))))) == 16


@pytest.mark.parametrize(("seconds", "hop"), [(2.0, 2.0), (2.0, 0.5), (30.0, 30.0)])
def test_windows(seconds: float, hop: float, tmp_path: Path) -> None:
    """One pass gives the same stretches as asking for each, and every sample is in one of them."""
    path = write_sound(ramp(7.3), tmp_path / "a.wav", "pcm_s16le")
    whole = decode.samples(Part("audio", path))
    windows = list(decode.windows(path, seconds, hop))
    for start, sound in windows:
        assert (sound == whole[round(start * RATE) :][: len(sound)]).all()
    assert [round(s, 6) for s, _ in windows] == [round(i * hop, 6) for i in range(len(windows))]
    assert windows[-1][0] + len(windows[-1][1]) / RATE == len(whole) / RATE
    assert all(len(h) == round(seconds * RATE) for _, h in windows[:-1])


def test_windows_decode_only_what_is_taken(tmp_path: Path) -> None:
    """A long file is not decoded for its first window."""
    import time

    path = write_sound(np.zeros(600 * 8000, np.float32), tmp_path / "long.flac", "flac", 8000)
    start = time.process_time()
    first = next(decode.windows(path, 5, 5))
    first_seconds = time.process_time() - start
    assert len(first[1]) == 5 * RATE
    start = time.process_time()
    assert len(list(decode.windows(path, 30, 30))) == 20
    assert first_seconds < (time.process_time() - start) / 3


def test_too_long_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A recording of hours is refused as a whole, and a piece of it is not."""
    monkeypatch.setattr(decode, "MAX_SECONDS", 2.0)
    path = write_sound(ramp(5), tmp_path / "a.wav", "pcm_s16le")
    with pytest.raises(TooLarge, match=r"a\.wav"):
        decode.samples(Part("audio", path))
    assert len(decode.samples(Part("audio", path, span=Span(seconds=(3, 4))))) == RATE


def test_arrays_and_rates() -> None:
    """An array's own rate is in its mime."""
    sound = ramp(1, 8000)
    excerpt = decode.samples(
        Part("audio", sound, "audio/pcm;rate=8000", span=Span(seconds=(0.25, 0.75)))
    )
    assert abs(len(excerpt) - RATE // 2) <= 1
    assert abs(level(excerpt[500:-500]) - level(sound)) < 0.02
    with pytest.raises(Unreadable, match="rate"):
        decode.samples(Part("audio", sound, "audio/pcm;rate=3"))


def test_length_where_the_header_says_none(tmp_path: Path) -> None:
    """Browsers record WebM without a length: the last packet tells it."""
    path = tmp_path / "a.webm"
    with av.open(str(path), "w", container_options={"live": "1"}) as out:
        stream = out.add_stream("libopus", rate=48000, layout="mono")
        for i in range(150):
            frame = av.AudioFrame.from_ndarray(
                np.zeros((1, 960), np.float32), format="flt", layout="mono"
            )
            frame.sample_rate, frame.pts = 48000, i * 960
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    assert abs(decode.duration(path) - 3.0) < 0.05


def test_stereo_is_mixed(tmp_path: Path) -> None:
    """Both channels are heard."""
    path = tmp_path / "s.wav"
    with wave.open(str(path), "wb") as out:
        out.setparams((2, 2, RATE, 0, "NONE", ""))
        out.writeframes(np.stack([np.full(RATE, 8000), np.zeros(RATE)], 1).astype("<i2").tobytes())
    assert abs(float(decode.samples(Part("audio", path)).mean()) - 8000 / 32768 / 2) < 0.01


def test_tags_and_wav(tmp_path: Path) -> None:
    """Title and artist are found; `wav` is read back as it was."""
    path = write_sound(
        ramp(1, 44100),
        tmp_path / "a.mp3",
        "libmp3lame",
        44100,
        title="Horned Viper",
        artist="Conquest",
    )
    assert {k: v for k, v in decode.tags(path).items() if k in ("title", "artist")} == {
        "title": "Horned Viper",
        "artist": "Conquest",
    }
    sound = ramp(1)
    assert np.abs(decode.samples(Part("audio", decode.wav(sound))) - sound).max() < 1e-4
    with wave.open(io.BytesIO(decode.wav(sound, 8000))) as file:
        assert file.getframerate() == 8000


def test_what_is_no_sound(tmp_path: Path) -> None:
    """Each with its own error, naming the file; playlists that name other files are refused."""
    with pytest.raises(NotFound, match=r"gone\.mp3"):
        decode.samples(Part("audio", Path("/nowhere/gone.mp3")))
    with pytest.raises(Unsupported):
        decode.samples(Part("text", "words"))
    inner = write_sound(ramp(1), tmp_path / "inner.wav", "pcm_s16le")
    playlist, concat = (
        f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{inner}\n",
        f"ffconcat version 1.0\nfile {inner}\n",
    )
    for name, words in (("a.m3u8", playlist), ("a.txt", concat)):
        (tmp_path / name).write_text(words)
        with pytest.raises(Unreadable, match=name.replace(".", r"\.")):
            decode.samples(Part("audio", tmp_path / name))


def test_damaged_files(tmp_path: Path) -> None:
    """A cut-off file gives what is there; flipped bytes raise nothing but our errors."""
    path = write_sound(ramp(4, 44100), tmp_path / "a.mp3", "libmp3lame", 44100)
    raw = path.read_bytes()
    assert abs(len(decode.samples(Part("audio", raw[: len(raw) // 2]))) / RATE - 2) < 0.3
    rng = np.random.default_rng(0)
    for name, codec in (("b.mka", "libmp3lame"), ("b.m4a", "aac"), ("b.flac", "flac")):
        whole = np.frombuffer(
            write_sound(ramp(2, 44100), tmp_path / name, codec, 44100).read_bytes(), np.uint8
        )
        for _ in range(20):
            damaged = whole.copy()
            damaged[rng.integers(0, len(damaged), 30)] = rng.integers(0, 256, 30)
            try:
                sound = decode.samples(Part("audio", damaged.tobytes()))
            except PolysenseError:
                continue
            assert np.isfinite(sound).all()
            assert np.abs(sound).max(initial=0) <= 1


def test_real_recordings(data: Path) -> None:
    """Sphere, AIFF, FLAC, Ogg, MP3, and a video's sound track."""
    for name in (
        "speech-multilingual/jfk.flac",
        "speech-multilingual/examples/french.aiff",
        "video-clips/friday.mp4",
    ):
        sound = decode.samples(Part("audio", data / name))
        assert abs(len(sound) / RATE - decode.duration(data / name)) < 0.1
        assert level(sound) > 0.005
