"""Schemas: which tokens may come next, told from what has come."""

from __future__ import annotations

import json
from typing import Any

import pytest

from polysense.errors import BadQuery
from polysense.llm.transformers.json_schema import SchemaConstraint, grammar_tokenizer

from .tiny import tokenizer

torch = pytest.importorskip("torch", reason="needs the extra models")
pytest.importorskip("llguidance", reason="needs the extra models")


def text(schema: dict[str, Any], wish: str, size: int = 0) -> str:
    """What is written by one that wants to say `wish`, however often, and never ends of itself."""
    own = tokenizer()
    constraint = SchemaConstraint(grammar_tokenizer(own, [own.eos_token_id]), schema)
    tokens = torch.tensor([[own.bos_token_id]])
    scores = torch.zeros(1, size or len(own))
    for n, token in enumerate(dict.fromkeys(own(wish).input_ids)):
        scores[0, token] = 100 - n
    for _ in range(60):
        token = constraint(tokens, scores.clone()).argmax(-1, keepdim=True)
        if token.item() == own.eos_token_id:
            break
        tokens = torch.cat([tokens, token], 1)
    return str(own.decode(tokens[0, 1:]))


@pytest.mark.parametrize(
    ("schema", "wish", "value"),
    [
        ({"enum": ["high", "low"]}, "low", "low"),
        ({"type": "string", "maxLength": 3}, "aaa", "aaa"),
        ({"type": "integer", "minimum": 5, "maximum": 7}, "9876", 7),
        ({"type": "array", "items": {"const": 1}, "minItems": 2, "maxItems": 2}, "x", [1, 1]),
    ],
)
def test_what_is_written_follows_the_schema(
    schema: dict[str, Any], wish: str, value: object
) -> None:
    """Whatever the model wants to say."""
    assert json.loads(text(schema, wish)) == value


def test_a_model_with_more_scores_than_tokens() -> None:
    """Vocabularies are filled up to round sizes: what stands for nothing is not chosen."""
    assert json.loads(text({"enum": ["high", "low"]}, "low", size=400)) == "low"


@pytest.mark.parametrize("schema", [{"type": "no such type"}, {"pattern": object()}])
def test_what_is_no_schema(schema: dict[str, Any]) -> None:
    """It is told before anything is written."""
    own = tokenizer()
    with pytest.raises(BadQuery, match="schema"):
        SchemaConstraint(grammar_tokenizer(own, [own.eos_token_id]), schema)
