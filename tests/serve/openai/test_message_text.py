"""Messages out of answers: what counts as a citation, and what a sound says."""

from __future__ import annotations

import base64

import numpy as np

from polysense.read.sound import decode
from polysense.results import Answer, AnswerPart
from polysense.serve.openai.message_text import MessageText, audio_output
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Route, Span, TextSpan


def test_citations_in_code_are_none() -> None:
    """row[1] in a program is no citation, and neither is a number beyond the evidence."""
    saying = MessageText()
    saying.add("Two of them [3].")
    saying.add("```python\nrow[1]\n```", is_prose=False)
    assert saying.citations([], None, "") == []  # type: ignore[arg-type]
    assert saying.text.endswith("row[1]\n```")


def test_the_transcript_of_a_cut_is_what_is_said_in_it() -> None:
    """Not the words of the whole recording."""
    asset = Asset("1", "/talk.wav", "audio/wav", "audio", 1)
    marks = (TextSpan(0, 9, Span(seconds=(0.0, 1.0))), TextSpan(10, 21, Span(seconds=(1.5, 3.0))))
    chunk = Chunk(
        asset, Span(seconds=(0.0, 3.0)), "audio", text="The moon. High water.", marks=marks
    )
    evidence = Evidence(1, Hit(chunk, 1.0), Part("text", chunk.text), chunk.span)
    cut = Part(
        "audio",
        decode.wav(np.zeros(16_000, np.float32)),
        "audio/wav",
        meta={"evidence": [1], "cuts": [{"evidence": 1, "seconds": [1.4, 3.1]}]},
    )
    answer_part = AnswerPart(cut, "retrieved")
    output = audio_output(
        answer_part, Answer((answer_part,), (evidence,), True, Route(("text",), "audio")), "wav"
    )
    assert output.transcript == "High water."
    assert base64.b64decode(output.data) == cut.data
