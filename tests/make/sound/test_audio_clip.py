"""Recording: the exact seconds, as they are in the file; read back with `wave`."""

from __future__ import annotations

import io
import wave
from pathlib import Path

import numpy as np
import pytest

from polysense.errors import NotFound, Unreadable
from polysense.make.file import encode
from polysense.make.sound.audio_clip import AudioClip
from polysense.read.sound import decode
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

RATE = 44_100


def make_evidence(
    path: Path, seconds: tuple[float, float] | None, n: int = 1, modality: str = "audio"
) -> Evidence:
    span = Span(seconds=seconds)
    asset = Asset(path.name, str(path), f"{modality}/x", modality, 1, path=path)
    chunk = Chunk(asset, span, modality, Part(modality, path, span=span))
    return Evidence(n, Hit(chunk, 1.0), Part("text", "what is said"), span)


def read_wav(part: Part) -> tuple[np.ndarray, int]:
    with wave.open(io.BytesIO(part.data)) as file:
        raw = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(
            -1, file.getnchannels()
        )
        return raw.T / 32767, file.getframerate()


def write_tones(path: Path, pauses: bool = False) -> Path:
    """Ten seconds of stereo: at second s a tone of 200 + 100 s Hz on the left, twice that on the
    right; with gaps where `pauses`.
    """
    t = np.arange(10 * RATE) / RATE
    pitch = 200 + 100 * np.floor(t)
    both = 0.4 * np.stack([np.sin(2 * np.pi * pitch * t), np.sin(4 * np.pi * pitch * t)])
    if pauses:
        both[:, (t % 1) > 0.85] = 0
    path.write_bytes(encode.wav(both.astype(np.float32), RATE))
    return path


def measure_pitch(sound: np.ndarray, rate: int) -> float:
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(power) * rate / len(sound))


def test_the_exact_seconds_at_the_files_own_quality(tmp_path: Path) -> None:
    """Both channels, its own rate, the right second, no click at either end."""
    (part,) = AudioClip().generate(
        (), [make_evidence(write_tones(tmp_path / "a.wav", pauses=True), (3.0, 4.9))]
    )
    sound, rate = read_wav(part)
    assert (len(sound), rate) == (2, RATE)
    start, end = part.meta["cuts"][0]["seconds"]
    assert 2.75 <= start <= 3.0
    assert 4.84 <= end <= 5.15
    assert sound.shape[1] / rate == pytest.approx(end - start, abs=0.01)
    at = round((3.4 - start) * rate)
    assert measure_pitch(sound[0, at - 4000 : at + 4000], rate) == pytest.approx(500, abs=6)
    assert measure_pitch(sound[1, at - 4000 : at + 4000], rate) == pytest.approx(1000, abs=6)
    assert np.abs(sound[:, [0, -1]]).max() < 0.01


def test_it_never_goes_beyond_the_file(tmp_path: Path) -> None:
    """Widening ends where the file does, and a place beyond its end is no error."""
    path = write_tones(tmp_path / "a.wav")
    (part,) = AudioClip().generate((), [make_evidence(path, (8.0, 99.0))])
    assert part.meta["cuts"][0]["seconds"][1] <= 10.0
    (whole,) = AudioClip().generate((), [make_evidence(path, None)])
    assert read_wav(whole)[0].shape[1] == pytest.approx(10 * RATE, abs=RATE // 50)
    (short,) = AudioClip(longest=2).generate((), [make_evidence(path, None)])
    assert read_wav(short)[0].shape[1] < 2.6 * RATE


def test_a_moment_is_heard_with_what_is_around_it(tmp_path: Path) -> None:
    """A place without a length gives a second at least."""
    (part,) = AudioClip().generate((), [make_evidence(write_tones(tmp_path / "a.wav"), (5.0, 5.0))])
    assert 0.9 < part.meta["seconds"] < 1.6


def test_silence_makes_nothing(tmp_path: Path, data: Path) -> None:
    """Nor does a film without a sound track; the planner then goes another way."""
    path = tmp_path / "silent.wav"
    path.write_bytes(decode.wav(np.zeros(80_000, np.float32)))
    assert list(AudioClip().generate((), [make_evidence(path, (1.0, 3.0))])) == []
    assert (
        list(
            AudioClip().generate(
                (),
                [make_evidence(data / "video-clips" / "counter.mp4", (0.0, 2.0), modality="video")],
            )
        )
        == []
    )
    assert list(AudioClip().generate((), [])) == []


def test_a_montage_has_them_all(tmp_path: Path) -> None:
    """Several files of differing rate and channels, with gaps, when the question asks for several;
    each place is told.
    """
    mono = tmp_path / "b.wav"
    mono.write_bytes(decode.wav((0.3 * np.sin(np.arange(32_000) / 8)).astype(np.float32)))
    all_evidence = [
        make_evidence(write_tones(tmp_path / "a.wav"), (1.0, 2.0)),
        make_evidence(mono, None, 2),
        make_evidence(tmp_path / "a.wav", (1.5, 2.5), 3),
    ]
    (part,) = AudioClip().generate((Part("text", "all the sounds of the harbour"),), all_evidence)
    assert part.meta["evidence"] == [1, 2]
    sound, rate = read_wav(part)
    first, second = part.meta["cuts"]
    assert (len(sound), rate, first["at"]) == (2, RATE, 0.0)
    gap = sound[:, round((second["at"] - 0.28) * rate) : round((second["at"] - 0.02) * rate)]
    assert np.abs(gap).max() == 0
    assert second["at"] == pytest.approx(first["seconds"][1] - first["seconds"][0] + 0.3, abs=0.01)
    (one,) = AudioClip().generate((Part("text", "the harbour at noon"),), all_evidence)
    assert one.meta["evidence"] == [1]


def test_a_film_has_its_sound_cut_out(data: Path) -> None:
    """A film's sound track is a recording too."""
    (part,) = check_generator(
        AudioClip(),
        [make_evidence(data / "video-clips" / "friday.mp4", (1.0, 3.0), modality="video")],
    )
    assert 1.9 < part.meta["seconds"] < 2.6
    assert np.abs(read_wav(part)[0]).max() > 0.02


def test_files_that_are_gone_or_broken_are_told_of(tmp_path: Path) -> None:
    """An error with a hint, never a crash."""
    with pytest.raises(NotFound):
        list(AudioClip().generate((), [make_evidence(tmp_path / "gone.wav", (0.0, 1.0))]))
    damaged = tmp_path / "broken.mp3"
    damaged.write_bytes(b"ID3" + bytes(range(256)) * 10)
    with pytest.raises(Unreadable):
        list(AudioClip().generate((), [make_evidence(damaged, (0.0, 1.0))]))


def test_the_questions_own_file_may_be_bytes() -> None:
    """Nothing was indexed: the whole of it is heard."""
    raw = decode.wav((0.3 * np.sin(np.arange(32_000) / 8)).astype(np.float32))
    chunk = Chunk(
        Asset("q", "question.wav", "audio/wav", "audio", len(raw)),
        Span(),
        "audio",
        Part("audio", raw),
    )
    (part,) = AudioClip().generate((), [Evidence(1, Hit(chunk, 1.0), chunk.part, Span())])
    assert part.meta["seconds"] == pytest.approx(2.0, abs=0.05)
