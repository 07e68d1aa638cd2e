"""Which of the columns of a question are denied."""

from __future__ import annotations

import pytest

from polysense.make.table.question.negations import negations
from polysense.make.table.question.reading import Reading
from polysense.read.table.frame import Frame

ROOMS = Frame(
    ("Room", "projector", "ramp"),
    (("North", "yes", "no"), ("South", "no", "yes"), ("East", "yes", "yes")),
)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Which rooms don't have a projector but a ramp?", ["projector"]),
        ("Which rooms have a projector but not a ramp?", ["ramp"]),
        ("Which rooms don't have a projector, a ramp?", ["projector"]),
        ("Which rooms don't have a projector or a ramp?", ["projector", "ramp"]),
        ("Which rooms have a projector and not a ramp?", ["ramp"]),
        ("Which room has the projector not?", ["projector"]),
        ("Which rooms have a projector and a ramp?", []),
        ("Which of the rooms that are not far and dark have a projector, a ramp?", []),
    ],
)
def test_a_negation_reaches_to_the_end_of_its_part(question: str, words: list[str]) -> None:
    """Over "or", and over no other word that joins, nor a comma."""
    reading = Reading(ROOMS, question)
    assert [reading.tokens[i].raw for i in sorted(negations(reading, (1, 2)))] == words
