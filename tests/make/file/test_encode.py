"""Films and sounds written here, read back by PyAV and `wave`."""

from __future__ import annotations

import io
import wave
from fractions import Fraction

import av
import numpy as np
import pytest

from polysense.make.file import encode
from polysense.make.file.provenance import Source, stamp
from polysense.read.film.decode import embedded_subtitles
from polysense.types import Part


def film(channels: int = 1, language: str = "en", rate: int = 48_000) -> bytes:
    with encode.Movie(
        encode.MovieFormat((160, 90), Fraction(25), rate, channels, language, "A day")
    ) as movie:
        t = np.arange(3 * rate, dtype=np.float32) / rate
        if channels:
            movie.add_sound(np.tile(0.5 * np.sin(2 * np.pi * 440 * t), (channels, 1)))
        if language:
            movie.add_subtitle(0.5, 1.5, "高潮 High water [1]")
            movie.add_subtitle(1.5, 2.5, "🌊 " + "x" * 100_000)
        for i in range(75):
            movie.add_frame(np.full((90, 160, 3), (i * 3, 100, 50), np.uint8))
    return movie.data


def test_a_film_any_player_opens() -> None:
    """H.264 in yuv420p, AAC, words, all as long as they should be, the index in front; the same
    bytes each time.
    """
    data = film()
    assert 0 < data.find(b"moov") < data.find(b"mdat")
    with av.open(io.BytesIO(data)) as file:
        assert file.metadata["title"] == "A day"
        assert float(file.duration) / 1e6 == pytest.approx(3.0, abs=0.05)
        assert [s.codec_context.name for s in file.streams] == ["h264", "aac", "mov_text"]
        assert file.streams.video[0].codec_context.profile in ("High", "Main")
        frames = list(file.decode(video=0))
        assert len(frames) == 75
        red = frames[60].to_ndarray(format="rgb24")[45, 80]
        assert np.abs(red.astype(int) - (180, 100, 50)).max() < 12
    with av.open(io.BytesIO(data)) as file:
        samples = np.concatenate([f.to_ndarray()[0] for f in file.decode(audio=0)])
        assert len(samples) == pytest.approx(3 * 48_000, abs=2100)
        assert np.abs(samples[20_000:100_000]).max() == pytest.approx(0.5, abs=0.1)
    assert data == film()


def test_words_lie_in_a_track_of_their_own() -> None:
    """Any script, at their seconds; what is too long is cut, not refused."""
    ((language, cues),) = embedded_subtitles(film(language="zh"))
    assert language == "zho"
    assert cues[0].text == "高潮 High water [1]"
    assert (cues[0].start, cues[0].end) == (pytest.approx(0.5), pytest.approx(1.5))
    assert len(cues) == 2


@pytest.mark.parametrize(("channels", "rate"), [(0, 48_000), (2, 44_100)])
def test_without_sound_or_in_stereo(channels: int, rate: int) -> None:
    """What is not there is no empty track."""
    with av.open(io.BytesIO(film(channels, "", rate))) as file:
        assert [s.type for s in file.streams] == ["video", *(["audio"] if channels else [])]
        assert not channels or file.streams.audio[0].channels == channels


def test_provenance_can_be_written_into_it() -> None:
    """The note about where it came from keeps all tracks."""
    part = stamp(
        Part("video", film(), "video/mp4"),
        "composed",
        "text -> video (film)",
        (Source("/kb/a.txt", "p. 1", "0"),),
    )
    with av.open(io.BytesIO(part.data)) as file:
        assert [s.type for s in file.streams] == ["video", "audio", "subtitle"]


def test_what_breaks_inside_leaves_nothing_behind() -> None:
    """An error while frames are made is the error that is seen."""
    movie = encode.Movie(encode.MovieFormat((64, 64)))

    def fail_inside() -> None:
        with movie:
            movie.add_frame(np.zeros((64, 64, 3), np.uint8))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_inside()
    assert movie.data == b""
    assert not movie._path.exists()


def test_wav_and_fades() -> None:
    """Both channels in their places; too loud is cut, NaN is silence; ends are quiet."""
    sound = np.stack([np.full(800, 0.5), np.full(800, 2.0)]).astype(np.float32)
    sound[0, 3] = np.nan
    with wave.open(io.BytesIO(encode.wav(sound, 8000))) as file:
        raw = np.frombuffer(file.readframes(800), "<i2").reshape(-1, 2)
    assert raw[3].tolist() == [0, 32767]
    assert raw[5].tolist() == [16384, 32767]
    with_fades = encode.with_fades(sound[1:], 8000, 0.01)
    assert with_fades[0, 0] == 0
    assert with_fades[0, 400] == 2.0
    assert encode.with_fades(np.zeros((1, 0), np.float32), 8000).shape == (1, 0)
