"""What is heard of an answer in the making."""

from __future__ import annotations

from polysense.events import AgentStep, GenerationStep


def test_a_step_reads_as_people_repeat_it() -> None:
    """Its number and the command."""
    assert str(AgentStep(2, "polysense search tower: nothing new")) == (
        "step 2: polysense search tower: nothing new"
    )


def test_steps_are_values() -> None:
    """The same step is the same."""
    assert GenerationStep(3, 30) == GenerationStep(3, 30) != GenerationStep(4, 30)
