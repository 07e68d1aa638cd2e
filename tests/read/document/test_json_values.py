"""Records of JSON texts, and their places."""

from __future__ import annotations

import itertools
import json

import pytest

from polysense.read.document.json_values import json_records, record_spans


def texts(source: str) -> dict[str, str]:
    return {r.path: source[r.start : r.end] for r in json_records(source)}


def test_lists_by_their_elements_objects_by_their_fields() -> None:
    """Lists inside a record stay in it; what lies around a list is taken apart down to it."""
    assert texts('{"data": {"n": 2, "all": [{"id": 7, "tags": [{"x": 1}]}, {"id": 8}]}}') == {
        "data.n": '"n": 2',
        "data.all[0]": '{"id": 7, "tags": [{"x": 1}]}',
        "data.all[1]": '{"id": 8}',
    }
    assert texts('[1, "b", [2]]') == {"[0]": "1", "[1]": '"b"', "[2]": "[2]"}
    assert texts('{"ann lee": {"a": {}}}') == {'["ann lee"].a': '"a": {}'}


def test_a_long_record_is_taken_apart() -> None:
    """By its own fields."""
    source = json.dumps([{"name": "Ida", "notes": ["a word " * 150, "b word " * 150]}, 1])
    assert list(texts(source)) == ["[0].name", "[0].notes[0]", "[0].notes[1]", "[1]"]


def test_every_value_is_in_one_record() -> None:
    """Whatever its shape: all leaves are there, in order."""
    value = {"a": [{"b": n, "c": [n] * 3} for n in range(300)], "d": {"e": {"f": [[1], [2]]}}}
    source = json.dumps(value)
    whole = "".join(texts(source).values())
    assert all(f'"b": {n}, "c": [{n}, {n}, {n}]' in whole for n in range(300))
    records = json_records(source)
    assert all(a.end <= b.start for a, b in itertools.pairwise(records))


def test_places() -> None:
    """Lines where those tell records apart; else paths and characters too."""
    on_one = '[{"a": 1}, {"a": 2}]'
    assert [str(s) for s in record_spans(on_one, json_records(on_one))] == ["L1, [0]", "L1, [1]"]
    on_many = '[\n{"a": 1},\n{"a":\n 2}]'
    assert [str(s) for s in record_spans(on_many, json_records(on_many))] == ["L2", "L3-4"]


@pytest.mark.parametrize("source", ["", "{", '[{"a"', '{"a" 1}', "[1 2]", "nothing", "[" * 9000])
def test_what_is_no_json(source: str) -> None:
    """Is told by an error of two kinds, never another."""
    with pytest.raises((ValueError, RecursionError)):
        json_records(source)
