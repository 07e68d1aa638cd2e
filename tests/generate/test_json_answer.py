"""Answers as JSON: each value stands in the evidence, or is not said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from polysense.errors import BadQuery, ModelFailed
from polysense.generate.answer_builder import ignore_event
from polysense.generate.evidence import gather
from polysense.generate.json_answer import check_json_question, json_answer
from polysense.messages import Usage
from polysense.results import Answer
from polysense.types import Ranking

from .scripted import Scripted
from .test_answer import KIT, hit, understand

TOWER = "The tower is 23 metres tall. It was built of granite by Tamsin Orrock in 1887."
NULLABLE = {"anyOf": [{"type": "string"}, {"type": "null"}]}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "height": {"type": "number"},
        "builder": NULLABLE,
        "stones": {"type": "array", "items": {"type": "string"}},
        "is_tall": {"type": ["boolean", "null"]},
    },
    "required": ["height", "builder"],
    "additionalProperties": False,
}


def ask(
    reply: object,
    schema: dict[str, Any] = SCHEMA,
    question: str = "How tall is the tower?",
    texts: Sequence[str] = (TOWER, "Bells ring at seven."),
) -> tuple[Answer, Scripted]:
    model = Scripted(reply if isinstance(reply, str) else json.dumps(reply))
    kit = replace(KIT, language_models={"scripted": model})
    read = replace(understand([question], kit), instructions="Be brief.")
    hits = [hit(n, text) for n, text in enumerate(texts, 1)]
    support = gather(read, hits, kit)
    return json_answer(read, Ranking(tuple(hits)), kit, schema, support, ignore_event), model


def test_each_value_has_its_evidence() -> None:
    """By its place in the JSON; the numbers lead to the sentence that says it."""
    value = {"height": 23, "builder": "Tamsin Orrock", "stones": ["granite"], "is_tall": None}
    answer, model = ask(value)
    assert answer.answered
    (part,) = answer.parts
    assert json.loads(part.data) == value
    assert (part.part.mime, part.origin) == ("application/json", "generated")
    values = part.part.meta["values"]
    assert values.keys() == {"/height", "/builder", "/stones/0"}
    quotes = {p: str(answer.evidence[n - 1].part.data) for p, (n,) in values.items()}
    assert "23 metres" in quotes["/height"]
    assert "Tamsin Orrock" in quotes["/builder"]
    assert answer.usage == Usage(100, 20)
    system, user = model.messages
    assert "Be brief." in system.text
    assert json.dumps(SCHEMA) in user.text


def test_what_is_not_there_is_null_where_it_may_be() -> None:
    """Invented names and what is true or false; the reader is told."""
    answer, _ = ask({"height": 23, "builder": "Josef Lund", "is_tall": True})
    assert json.loads(answer.text) == {"height": 23, "builder": None, "is_tall": None}
    builder, tall = answer.warnings
    assert "Lund is not in the evidence" in builder
    assert "cannot be checked" in tall


@pytest.mark.parametrize(
    "value",
    [
        {"height": 32, "builder": None},
        {"height": 1, "builder": None},
        {"height": 23, "builder": None, "stones": ["marble from Carrara"]},
        {"height": 23, "builder": None, "stones": ["granite, marble"]},
    ],
)
def test_without_a_value_that_must_be_there_is_no_answer(value: dict[str, Any]) -> None:
    """Neither a wrong number, nor JSON that does not follow."""
    answer, _ = ask(value)
    assert not answer.answered
    assert answer.parts[0].origin == "composed"
    assert any("not there" in w for w in answer.warnings)


def test_the_questions_own_words_bear_nothing_out() -> None:
    """A name that only the question has is not of the files."""
    reply = {"height": 23, "builder": "Josef Lund"}
    answer, _ = ask(reply, question="How tall is the tower that Josef Lund built?")
    assert "Lund" not in "".join(str(p.data) for p in answer.parts if p.origin == "generated")


def test_nothing_filled_in_is_no_answer() -> None:
    """Nulls and empty words say nothing."""
    schema = {"type": "object", "properties": {"builder": NULLABLE}, "required": ["builder"]}
    for value in ({"builder": None}, {"builder": ""}):
        assert not ask(value, schema)[0].answered


def test_a_model_is_not_asked_without_evidence() -> None:
    """As for words."""
    answer, model = ask({"height": 23}, question="What is the capital over there?")
    assert not answer.answered
    assert not model.messages


def test_without_a_schema_the_names_are_the_models() -> None:
    """`json_object`; in a fence of markdown too."""
    answer, _ = ask('```json\n{"tower": {"metres": 23}}\n```', {"type": "object"})
    assert json.loads(answer.text) == {"tower": {"metres": 23}}


@pytest.mark.parametrize(
    ("reply", "what"),
    [
        ("It is 23 metres tall.", "wrote no JSON"),
        ("[23]", "wrote no object"),
        ('{"height": NaN, "builder": null}', "wrote no JSON"),
        ({"height": "23", "builder": None}, "/height is no number"),
        ("[" * 100_000, "wrote no JSON"),
    ],
)
def test_a_model_that_does_not_keep_to_the_schema(reply: object, what: str) -> None:
    """Is told of as one that failed."""
    with pytest.raises(ModelFailed, match=what):
        ask(reply)


def test_what_cannot_be_asked_is_refused_before_any_work() -> None:
    """Without a model, and beside pictures."""
    with pytest.raises(BadQuery, match="needs a language model"):
        check_json_question(("text",), KIT, SCHEMA)
    kit = replace(KIT, language_models={"scripted": Scripted("")})
    with pytest.raises(BadQuery, match="JSON is text"):
        check_json_question(("text", "image"), kit, SCHEMA)
    with pytest.raises(BadQuery, match="must be of an object"):
        check_json_question(("text",), kit, {"type": "string"})
    assert check_json_question(("text",), kit, SCHEMA).name == "scripted"
