"""Subtitles in formats of all kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.read.sound.subtitles.cues import Cue
from polysense.read.sound.subtitles.formats import read_cues

SCRIPT = r"""[Script Info]
Title: t

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,never shown
Dialogue: 0,0:00:06.00,0:00:07.50,Default,,0,0,0,,{\p1}m 0 0 l 9 9{\p0}
Dialogue: 0,0:00:01.00,0:00:03.50,Default,Kim,0,0,0,,{\i1}The vault, sadly,{\i0} is\Nempty
"""
TTML = """<?xml version="1.0" encoding="utf-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:p="http://www.w3.org/ns/ttml#parameter" p:tickRate="10">
<body><div><p begin="00:00:01.000" end="00:00:02.5">One<br/>two <span>&amp; three</span></p>
<p begin="30t" dur="1.5s">Four</p></div></body></tt>
"""


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        (SCRIPT, [Cue(1.0, 3.5, "Kim: The vault, sadly, is\nempty", (8, 8))]),
        (
            "[ti:Rain]\n[00:12.00]On the roof\n[00:17.20][01:17.20]Home\n[00:20.00]\n",
            [
                Cue(12.0, 17.2, "On the roof", (2, 2)),
                Cue(17.2, 20.0, "Home", (3, 3)),
                Cue(77.2, 82.2, "Home", (3, 3)),
            ],
        ),
        (
            "0:00:01.000,0:00:03.000\nHello\nthere\n\n0:00:04.000,0:00:05.000\nBye\n",
            [Cue(1.0, 3.0, "Hello\nthere", (2, 3)), Cue(4.0, 5.0, "Bye", (6, 6))],
        ),
        ("0:00:00,500,0:00:01,500\nHi\n", [Cue(0.5, 1.5, "Hi", (2, 2))]),
        ("0:00:01,0:00:03\nHi\n", [Cue(1.0, 3.0, "Hi", (2, 2))]),
        (TTML, [Cue(1.0, 2.5, "One\ntwo & three", (3, 3)), Cue(3.0, 4.5, "Four", (4, 4))]),
        (
            "WEBVTT\n\n00:01.0 --> 00:02.0\n[00:09] no lyric\n",
            [Cue(1, 2, "[00:09] no lyric", (4, 4))],
        ),
    ],
)
def test_each_format(text: str, cues: list[Cue]) -> None:
    """Words without styling, in order of time, at their lines."""
    assert read_cues(text) == cues


@pytest.mark.parametrize("text", ["", "no cue at all", "<tt", "[Events]\nDialogue: 1,2,3\n"])
def test_what_has_none(text: str) -> None:
    """Is empty, and no error."""
    assert read_cues(text) == []


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_markup_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    """The letters are read already, whatever the declaration says."""
    path = tmp_path / "a.ttml"
    path.write_bytes(TTML.replace("utf-8", encoding).replace("Four", "Größe").encode(encoding))
    assert read_cues(path)[1] == Cue(3.0, 4.5, "Größe", (4, 4))
