"""Answers in the evidence's own sentences."""

from __future__ import annotations

import pytest

from polysense.make.text.extractive import Extractive
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span, TextSpan

ASK = (Part("text", "when?"),)


def evidence(n: int, text: str, modality: str = "text", form: str = "text") -> Evidence:
    chunk = Chunk(
        Asset(str(n), f"/a/file-{n}.py", "", modality, 1), Span(lines=(n, n)), modality, text=text
    )
    return Evidence(n, Hit(chunk, 1.0), Part(form, text), chunk.span)


def test_contract() -> None:
    """Streams parts of what it emits, and cites only what there is."""
    assert [p.data for p in check_generator(Extractive())][0] == "High water is at noon. [1]"


def test_prose_on_one_line_code_as_it_is() -> None:
    """Spaces mean nothing in prose and everything in code."""
    pieces = [evidence(1, "Noon,\n  or so."), evidence(2, "if noon:\n    ring()", "code")]
    assert [p.data for p in Extractive().generate(ASK, pieces)] == [
        "Noon, or so. [1]",
        "if noon:\n    ring() [2]",
    ]


def test_long_evidence_is_cut_at_a_word() -> None:
    """And still cited."""
    [part] = Extractive().generate(ASK, [evidence(1, "word " * 200)])
    assert part.data.endswith("word … [1]")
    assert len(part.data) < 420


def test_evidence_without_words_is_named() -> None:
    """A picture is told by its file and place."""
    [part] = Extractive().generate(ASK, [evidence(3, "", "image", "image")])
    assert part.data == "file-3.py, L3 [3]"


@pytest.mark.parametrize(
    ("span", "answer"),
    [
        ((0.0, 2.0), "heard: High water. [1]"),
        ((2.0, 4.0), "talk.wav, 00:02-00:04, heard unclearly [1]"),
    ],
)
def test_words_that_were_heard_are_told_to_be(span: tuple[float, float], answer: str) -> None:
    """A line is quoted where its own confidence allows it, whatever the others have."""
    marks = (
        TextSpan(0, 11, Span(seconds=(0.0, 2.0))),
        TextSpan(12, 20, Span(seconds=(2.0, 4.0))),
    )
    meta = {"derived": "whisper_tiny", "manner": "heard", "uncertain": [1]}
    chunk = Chunk(
        Asset("1", "/a/talk.wav", "audio/wav", "audio", 1),
        Span(seconds=(0.0, 15.0)),
        "audio",
        text="High water.\nUr lazed",
        marks=marks,
        meta=meta,
    )
    words = "High water." if span[0] == 0 else "Ur lazed"
    e = Evidence(1, Hit(chunk, 1.0), Part("text", words), Span(seconds=span))
    assert [p.data for p in Extractive().generate(ASK, [e])] == [answer]


def test_subtitles_are_quoted_as_they_are() -> None:
    """Somebody has written them."""
    [part] = Extractive().generate(ASK, [evidence(1, "High water.", "audio")])
    assert part.data == "High water. [1]"
