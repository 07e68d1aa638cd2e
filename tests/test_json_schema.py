"""Values against JSON schemas, hostile ones too."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.errors import BadQuery
from polysense.json_schema import JsonSchema, leaves, pointer, with_value

TOWER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "height": {"type": ["number", "null"]},
        "stone": {"type": "string", "enum": ["granite", "slate"]},
        "keepers": {"type": "array", "items": {"$ref": "#/$defs/keeper"}},
        "storeys": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
    },
    "required": ["height", "stone"],
    "additionalProperties": False,
    "$defs": {
        "keeper": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "next": {"$ref": "#/$defs/keeper"}},
            "required": ["name"],
        }
    },
}


@pytest.mark.parametrize(
    ("value", "faults"),
    [
        ({"height": 23, "stone": "granite"}, ()),
        ({"height": None, "stone": "slate", "storeys": 4}, ()),
        ({"height": 1.5, "stone": "slate", "keepers": [{"name": "Ann", "next": {"name": "Bo"}}]}, ()),
        ({"height": "tall", "stone": "granite"}, ("/height is no number or null",)),
        ({"height": True, "stone": "granite"}, ("/height is no number or null",)),
        ({"stone": "granite"}, ("/height is missing",)),
        ({"height": 1, "stone": "brick"}, ("/stone is none of granite, slate",)),
        ({"height": 1, "stone": "slate", "age": 3}, ("/age is not in the schema",)),
        ({"height": 1, "stone": "slate", "storeys": "x"}, ("/storeys is none of what it may be",)),
        ({"height": 1, "stone": "slate", "keepers": [{}]}, ("/keepers/0/name is missing",)),
        ([], ("/ is no object",)),
    ],
)  # fmt: skip
def test_what_does_not_follow_is_told_with_its_place(value: Any, faults: tuple[str, ...]) -> None:
    """Nothing of what follows is."""
    assert JsonSchema(TOWER).faults(value) == faults


def test_where_null_may_stand() -> None:
    """Said by a list of types, or by an alternative."""
    schema, value = JsonSchema(TOWER), {"height": 1, "stone": "slate", "storeys": 4}
    assert schema.allows_null(value, ("height",))
    assert schema.allows_null(value, ("storeys",))
    assert not schema.allows_null(value, ("stone",))


def test_schemas_that_are_none_or_never_end_are_refused() -> None:
    """They come from whoever asks."""
    for schema in ({"type": "array"}, {"type": "object", "title": "x" * 30_000}):
        with pytest.raises(BadQuery):
            JsonSchema(schema)
    doubling: dict[str, Any] = {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}
    with pytest.raises(BadQuery, match="intricate"):
        JsonSchema(doubling).faults({})
    with pytest.raises(BadQuery, match="no '#/x'"):
        JsonSchema({"$ref": "#/x"}).faults({})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_every_leaf_can_be_exchanged(value: Any) -> None:
    """At its place, and nowhere else."""
    for path, leaf in leaves(value):
        new = dict(leaves(with_value(value, path, "new")))
        assert new == {**dict(leaves(value)), path: "new"}, (path, leaf)
    assert pointer(("a/b", 0)) == "/a~1b/0"


KEYWORDS = st.sampled_from(
    [
        "type",
        "enum",
        "const",
        "anyOf",
        "oneOf",
        "allOf",
        "$ref",
        "properties",
        "required",
        "additionalProperties",
        "items",
    ]
)


@given(st.dictionaries(KEYWORDS, JSON, max_size=6), JSON)
def test_whatever_a_schema_is_it_is_answered(schema: dict[str, Any], value: Any) -> None:
    """With faults, or with what is wrong with it."""
    with suppress(BadQuery):
        assert isinstance(JsonSchema(schema).faults(value), tuple)


@pytest.mark.parametrize(
    "part",
    [
        {"type": "strng"}, {"anyOf": 3}, {"enum": 5}, {"$ref": "#/$defs/none"}, {"items": "text"},
        {"properties": []},
    ],
)  # fmt: skip
def test_a_part_that_is_no_schema_is_told_before_any_work(part: dict[str, object]) -> None:
    """However deep it stands."""
    with pytest.raises(BadQuery):
        JsonSchema({"type": "object", "properties": {"a": {"type": "array", "items": part}}})


def test_true_is_not_one() -> None:
    """As in JSON."""
    schema = JsonSchema({"type": "object", "properties": {"n": {"enum": [1]}}})
    assert schema.faults({"n": True})
    assert not schema.faults({"n": 1})
