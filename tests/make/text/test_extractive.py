"""Answers in the evidence's own sentences."""

from __future__ import annotations

from polysense.make.text.extractive import Extractive
from polysense.testing import check_generator
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

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
