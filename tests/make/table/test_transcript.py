"""Transcript: cues around the evidence, or loud and quiet stretches; read back with the csv module,
compared with the subtitles.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from polysense.errors import PolysenseError
from polysense.make.table.transcript import Transcript
from polysense.read.sound import decode
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span, TextSpan

RATE = decode.RATE


def recording(path: Path, *loud: tuple[float, float], seconds: float = 10.0) -> Path:
    """A tone in each of the spans `loud`, silence elsewhere."""
    t = np.arange(int(seconds * RATE)) / RATE
    sound = np.zeros(len(t), np.float32)
    for a, b in loud:
        on = (t >= a) & (t < b)
        sound[on] = 0.3 * np.sin(2 * np.pi * 440 * t[on])
    path.write_bytes(decode.wav(sound))
    return path


def evidence(
    path: Path | None, span: Span | None = None, n: int = 1, chunk: Chunk | None = None
) -> Evidence:
    asset = Asset("a", str(path or "/kb/gone.wav"), "audio/wav", "audio", 1, path=path)
    own_chunk = chunk or Chunk(
        asset,
        Span(seconds=(0.0, 10.0)),
        "audio",
        Part("audio", path, "audio/wav") if path else None,
    )
    return Evidence(n, Hit(own_chunk, 1.0), Part("text", "words"), span or own_chunk.span)


def rows(*evidence_list: Evidence) -> list[dict[str, str]]:
    (part,) = Transcript().generate((), evidence_list)
    return list(csv.DictReader(io.StringIO(part.data.decode())))


def test_subtitles_around_the_evidence(tmp_path: Path) -> None:
    """Who speaks is a column of its own; what is cited is marked; what is far away is left out."""
    path = recording(tmp_path / "talk.wav", (0, 9))
    (tmp_path / "talk.vtt").write_text(
        "WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ines>Good evening.\n\n"
        "00:04.500 --> 00:06.000\nMax: Is the bell cracked?\n\n"
        "03:00.000 --> 03:02.000\nMuch later.\n"
    )
    cues = rows(evidence(path, Span(seconds=(4.5, 6.0)), 3))
    assert [(r["start (s)"], r["end (s)"], r["speaker"], r["words"], r["cited"]) for r in cues] == [
        ("1", "3", "Ines", "Good evening.", ""),
        ("4.5", "6", "Max", "Is the bell cracked?", "[3]"),
    ]
    assert cues[1]["place"] == "00:04-00:06"
    assert cues[0]["source"] == "talk.wav (talk.vtt)"


def test_recognised_words_where_there_are_no_subtitles() -> None:
    """The chunk's marks tell when each piece is said, even if the file is gone; and that a
    recogniser heard it.
    """
    text = "ring the bell\nat noon"
    marks = (TextSpan(0, 13, Span(seconds=(2.0, 3.5))), TextSpan(14, 21, Span(seconds=(3.5, 4.0))))
    asset = Asset("a", "/kb/gone.wav", "audio/wav", "audio", 1)
    chunk = Chunk(
        asset,
        Span(seconds=(0.0, 9.0)),
        "audio",
        None,
        text,
        marks=marks,
        meta={"derived": "whisper"},
    )
    (part,) = Transcript().generate((), [evidence(None, chunk=chunk)])
    cues = list(csv.DictReader(io.StringIO(part.data.decode())))
    assert [(r["start (s)"], r["words"]) for r in cues] == [
        ("2", "ring the bell"),
        ("3.5", "at noon"),
    ]
    assert "whisper" in part.meta["note"]


def test_a_sound_without_words(tmp_path: Path) -> None:
    """Loud where the tone is, quiet elsewhere, to a few tenths of a second; 0.3 of a sine is -13.5
    dBFS.
    """
    cues = rows(evidence(recording(tmp_path / "tone.wav", (2, 4), (7, 8))))
    assert [r["kind"] for r in cues] == ["quiet", "loud", "quiet", "loud", "quiet"]
    edges = [float(r["start (s)"]) for r in cues[1:]]
    assert edges == pytest.approx([2, 4, 7, 8], abs=0.3)
    assert float(cues[1]["loudness (dBFS)"]) == pytest.approx(-13.5, abs=1)


def test_the_questions_own_sound(tmp_path: Path) -> None:
    """Bytes without a place, as the question gives them."""
    raw = recording(tmp_path / "own.wav", (1, 2), seconds=3).read_bytes()
    asset = Asset("q", "own.wav", "audio/wav", "audio", 1)
    part = Part("audio", raw, "audio/wav")
    cues = rows(Evidence(1, Hit(Chunk(asset, Span(), "audio", part), 1.0), part, Span()))
    assert [r["kind"] for r in cues] == ["quiet", "loud", "quiet"]


def test_hostile_sounds(tmp_path: Path) -> None:
    """Silence is quiet; a moment, ten hours and a broken file end soon."""
    (row,) = rows(evidence(recording(tmp_path / "silent.wav")))
    assert (row["kind"], row["loudness (dBFS)"]) == ("quiet", "silent")
    tiny = evidence(recording(tmp_path / "tiny.wav", seconds=0.01), Span(seconds=(0.0, 0.01)))
    assert list(Transcript().generate((), [tiny])) == []
    assert len(rows(evidence(tmp_path / "silent.wav", Span(seconds=(0.0, 36_000.0))))) == 1
    (tmp_path / "broken.wav").write_bytes(b"RIFF" + b"\0" * 40)
    with pytest.raises(PolysenseError):
        list(Transcript().generate((), [evidence(tmp_path / "broken.wav")]))


def test_a_real_clip(data: Path) -> None:
    """Every cue of the subtitles is told, with its own seconds."""
    path = data / "video-clips" / "friday.mp4"
    asset = Asset("v", str(path), "video/mp4", "video", 1, path=path)
    chunk = Chunk(
        asset,
        Span(seconds=(0.0, 6.0)),
        "video",
        Part("audio", path, "video/mp4", span=Span(seconds=(0.0, 6.0))),
    )
    cues = rows(Evidence(1, Hit(chunk, 1.0), Part("text", ""), chunk.span))
    assert cues[2]["words"] == "Tell me, is the lord of the universe in?"
    assert (cues[2]["start (s)"], cues[2]["end (s)"]) == ("1.5", "2.999")


def test_contract(tmp_path: Path) -> None:
    """The public check."""
    check_generator(Transcript(), [evidence(recording(tmp_path / "a.wav", (1, 2)))])
