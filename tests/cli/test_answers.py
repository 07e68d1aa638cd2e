"""What a terminal shows of an answer in the making."""

from __future__ import annotations

import pytest

from polysense.cli.answers import answer_listener
from polysense.events import GenerationStep
from polysense.types import Part


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
