"""A route tells what was read and which space found the evidence."""

from __future__ import annotations

from polysense.generate.steps import reading_steps, retrieval_steps
from polysense.question import Question
from polysense.registry import kit
from polysense.types import Asset, Chunk, Evidence, Hit, Part, ScoreExplanation, Span

WORDS = Part("text", "tides")


def test_words_read_in_a_picture() -> None:
    question = Question((WORDS,), ((replace_from(WORDS, "image"),),))
    assert [(s.source, s.target, s.kind) for s in reading_steps(question)] == [
        ("image", "text", "bridged")
    ]


def test_best_space_found_it() -> None:
    chunk = Chunk(Asset("0", "/a.txt", "text/plain", "text", 1), Span(), "text", text="Tides turn.")
    why = (ScoreExplanation("minilm", 3, 0.2), ScoreExplanation("bm25", 1, 4.0))
    e = Evidence(1, Hit(chunk, 1.0, why), Part("text", "Tides turn."), chunk.span)
    (step,) = retrieval_steps(e, Question((WORDS,), ((WORDS,),)), kit(encoders=["-minilm"]))
    assert (step.source, step.target, step.plugin, step.kind) == ("text", "text", "bm25", "native")


def replace_from(part: Part, modality: str) -> Part:
    return Part(part.modality, part.data, meta={"from": modality})
