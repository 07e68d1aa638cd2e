"""Cues of WebVTT and SubRip, and passages of them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polysense.read.sound.subtitles.cues import Cue, cue_passages, parse_cues
from polysense.types import Span

VTT = """WEBVTT - A talk
Kind: captions

STYLE
::cue { color: red }

NOTE not said

intro
00:01.000 --> 00:02.500 line:80% align:start
<v Mary Ann>Hello &amp; <i>welcome</i>

2
01:00:00.000 --> 01:00:01.000
<00:00.500><c.yellow>Bye</c>
"""


def test_vtt_without_its_notes_styles_and_tags() -> None:
    assert parse_cues(VTT) == [
        Cue(1.0, 2.5, "Mary Ann: Hello & welcome", (11, 11)),
        Cue(3600.0, 3601.0, "Bye", (15, 15)),
    ]


def test_srt_with_commas_and_windows_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    subtitles = "1\n00:00:01,5 --> 00:00:02,25\n{\\an8}Grüße\naus Köln\n\n2\n00:00:03,000 --> 00:00:04,000\nTschüs\n"
    path.write_bytes(subtitles.replace("\n", "\r\n").encode("cp1252"))
    assert parse_cues(path) == [
        Cue(1.5, 2.25, "Grüße\naus Köln", (3, 4)),
        Cue(3.0, 4.0, "Tschüs", (8, 8)),
    ]


def test_a_cue_does_not_swallow_the_number_of_the_next() -> None:
    assert [
        c.text
        for c in parse_cues("1\n00:00:01,0 --> 00:00:02,0\nOne\n2\n00:00:03,0 --> 00:00:04,0\nTwo")
    ] == ["One", "Two"]


def test_captions_that_roll_up_are_said_once() -> None:
    captions = "00:00.0 --> 00:02.0\nfirst\n\n00:02.0 --> 00:04.0\nfirst\nsecond\n\n00:04.0 --> 00:06.0\nsecond\nthird\n"
    assert [(c.start, c.text) for c in parse_cues(captions)] == [
        (0.0, "first"),
        (2.0, "second"),
        (4.0, "third"),
    ]


def test_cues_come_in_order_of_time_and_never_end_before_they_begin() -> None:
    parsed_cues = parse_cues("00:05.0 --> 00:01.0\nlate\n\n00:01.0 --> 00:02.0\nearly\n")
    assert [(c.start, c.end, c.text) for c in parsed_cues] == [
        (1.0, 2.0, "early"),
        (5.0, 5.0, "late"),
    ]


def test_hostile_cues_cost_little() -> None:
    """Voices that never close, and captions of many lines."""
    began = time.process_time()
    assert parse_cues("00:01.0 --> 00:02.0\n" + "<v." * 50_000 + "x")
    assert (
        len(
            parse_cues(
                "00:01.0 --> 00:02.0\n"
                + "a\n" * 100_000
                + "\n00:02.0 --> 00:03.0\n"
                + "b\n" * 100_000
            )
        )
        == 2
    )
    assert time.process_time() - began < 10


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="01:.,-> \n<>v{}\\ab", max_size=200))
def test_nothing_makes_it_fail(text: str) -> None:
    assert all(c.text and c.start <= c.end for c in parse_cues("00:01.0 --> 00:02.0\n" + text))


def test_passages_end_at_pauses_at_the_limit_and_after_a_minute() -> None:
    subtitles = [Cue(n * 10.0, n * 10.0 + 10, f"cue {n}") for n in range(12)]
    assert [p.span.seconds for p in cue_passages(subtitles)] == [(0.0, 60.0), (60.0, 120.0)]
    assert [p.text for p in cue_passages(subtitles[:3], limit_words=4)] == ["cue 0\ncue 1", "cue 2"]
    assert len(list(cue_passages([Cue(0, 1, "a"), Cue(20, 21, "b")]))) == 2


def test_each_cue_of_a_passage_has_its_seconds() -> None:
    (passage,) = cue_passages([Cue(0, 1, "One.", (3, 3)), Cue(1, 2.5, "Two.", (6, 6))], lines=True)
    assert [passage.text[m.start : m.end] for m in passage.marks] == ["One.", "Two."]
    assert passage.marks[1].span == Span(seconds=(1, 2.5), lines=(6, 6))
    assert passage.span == Span(seconds=(0, 2.5), lines=(3, 6))


@pytest.mark.parametrize("empty", ["", "WEBVTT\n", "words without times"])
def test_without_cues_there_are_none(empty: str) -> None:
    assert parse_cues(empty) == []


def test_real_subtitles(data: Path) -> None:
    parsed_cues = parse_cues(data / "video-clips" / "friday.vtt")
    assert [(c.start, c.text) for c in parsed_cues][:2] == [(0.0, "Hildy!"), (1.0, "How are you?")]
