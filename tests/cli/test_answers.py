"""What a terminal shows of an answer in the making."""

from __future__ import annotations

import sys

import pytest

from polysense.cli.answers import answer_listener
from polysense.events import GenerationStep
from polysense.types import Part


def test_a_bar_that_was_given_up_is_left_on_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is said next is not glued to it; while a model is loaded no line is drawn at all."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    hear = answer_listener(True)
    hear(GenerationStep(0, 0))
    hear(Part("text", "High water is at noon."))
    assert capsys.readouterr().err == ""
    hear(GenerationStep(1, 30))
    hear(Part("text", "The moon pulls the sea."))
    output = capsys.readouterr().err
    assert "1/30" in output
    assert output.count("\n") == 1
    hear(GenerationStep(30, 30))
    hear(Part("image", b"x"))
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("streams", [True, False])
def test_sentences_and_steps(streams: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Sentences where they are asked for; steps never among them, for they may be read by a
    program.
    """
    hear = answer_listener(streams)
    hear(GenerationStep(1, 2))
    hear(Part("text", "High water is at noon."))
    hear(Part("image", b"x"))
    assert capsys.readouterr().out == ("High water is at noon.\n" if streams else "")
