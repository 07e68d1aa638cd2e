"""What a model may write as its next step."""

from __future__ import annotations

import json

import pytest

from polysense.errors import BadQuery
from polysense.generate.agent.actions import MAX_WORDS, Action, action_schema, read_action
from polysense.json_schema import JsonSchema


def test_an_action_is_read_with_or_without_a_fence() -> None:
    """What is left out is empty; words are on one line, and of a bounded length."""
    text = '{"action": "search", "words": "a\\n\\u001b[2J b", "modality": "image", "where": "page > 3"}'
    action = Action("search", "a [2J b", "image", "page > 3")
    assert read_action(text) == read_action(f"```json\n{text}\n```") == action
    long = json.dumps({"action": "search", "words": "a" * 9999, "evidence": None})
    assert len(read_action(long).words) == MAX_WORDS


def test_the_same_step_in_other_letters_is_the_same() -> None:
    """Unless it looks elsewhere."""
    assert Action("search", "The  Gate").key == Action("search", "the gate").key
    assert Action("search", "gate").key != Action("search", "gate", where="page > 3").key
    assert Action("look", evidence=1).key != Action("look", evidence=2).key


def test_the_schema_takes_what_is_read() -> None:
    """All of it is required, as strict servers want it."""
    schema = JsonSchema(action_schema())
    whole = {"action": "look", "words": "", "modality": "", "where": "", "evidence": 3}
    assert not schema.faults(whole)
    assert read_action(json.dumps(whole)) == Action("look", evidence=3)
    assert schema.faults({**whole, "action": "delete"})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("search for it", "no JSON was written"),
        ('"search"', "no JSON object"),
        ('{"action": "rm"}', "there is no action 'rm'"),
        ('{"action": ["search"]}', "there is no action"),
        ('{"action": "search"}', "search needs words"),
        ('{"action": "compute", "words": "\\u0000"}', "compute needs words"),
        ('{"action": "look"}', "look needs the number"),
        ('{"action": "look", "evidence": 1.5}', "no whole number"),
        ('{"action": "search", "words": "a", "modality": "smell"}', "no modality 'smell'"),
        ('{"action": "search", "words": {}}', "words is no text"),
    ],
)
def test_what_is_no_action_is_told(text: str, reason: str) -> None:
    """In words that the model can mend it by."""
    with pytest.raises(BadQuery, match=reason) as raises:
        read_action(text)
    assert raises.value.hint.startswith("Actions: ")
