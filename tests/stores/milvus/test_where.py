"""Conditions in Milvus's words, without a server."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.errors import BadFilter
from polysense.retrieve.filters import compile_where
from polysense.stores.milvus.rows import ABSENT
from polysense.stores.milvus.where import any_of, expression, quote


@pytest.mark.parametrize(
    ("where", "milvus"),
    [
        ("", ""),
        ("modality = 'image'", 'modality == "image"'),
        ("NOT (page > 3 OR name = 'a')", f'((page > {ABSENT} and page <= 3) and name != "a")'),
        ("page IS NULL", f"not (page > {ABSENT})"),
        ("start >= 12", f"(begins > {ABSENT} and begins >= 12.0)"),
        ("3 < page", f"(page > {ABSENT} and page > 3)"),
        ("meta.iso > 200", '((meta["iso"] > -1.7e308) and meta["iso"] > 200)'),
        ("meta.a <> 'x'", '((meta["a"] >= "") and meta["a"] != "x")'),
        ("meta.a IN (1, 2)", '((meta["a"] > -1.7e308) and (meta["a"] == 1 or meta["a"] == 2))'),
        ("meta.a IS NULL", 'not ((exists meta["a"]))'),
        ("meta.a IS NOT TRUE", '(not (exists meta["a"]) or not (meta["a"] == true))'),
        ("page NOT IN (1, NULL)", 'id == ""'),
        ("name NOT LIKE 'a%'", 'not (name like "a%")'),
        ("uri = 'C:\\it''s \"x\"'", 'uri == "C:\\\\it\'s \\"x\\""'),
        ("TRUE", 'id != ""'),
    ],
)
def test_conditions_in_its_words(where: str, milvus: str) -> None:
    """What is sent, to the letter: every comparison of what may be missing says that it is there,
    in brackets of its own.
    """
    assert expression(compile_where(where)) == milvus


@pytest.mark.parametrize(
    "where",
    ["page = 'x'", "name > 3", "page > 1.5", "page AND TRUE", "1 = 1", "name = page", "meta.a = meta.b", "name LIKE 'a\\%'",
     "page > 99999999999999999999", "meta.\"a]b\" = 'x'", "page IS TRUE", "'a' IN ('a')", "name IN (page)"],
)  # fmt: skip
def test_what_it_cannot_compare_is_said(where: str) -> None:
    """A condition that Milvus would refuse, or would take otherwise, is a BadFilter that says what
    to write.
    """
    with pytest.raises(BadFilter) as e:
        expression(compile_where(where))
    assert e.value.hint


def test_a_long_condition_is_one_flat_one() -> None:
    """Hundreds of conditions joined do not nest: servers bound the depth of what they parse."""
    where = compile_where(" OR ".join(f"page = {n}" for n in range(600)))
    condition = expression(where)
    assert condition.count("((") == 1
    assert condition.count(" or ") == 599


@given(st.text(max_size=40))
def test_strings_stay_strings(value: str) -> None:
    """No text ends its quotes: an escape stands before each quote and backslash, and no line
    breaks.
    """
    inside = quote(value)[1:-1]
    assert not re.search(r'(?<!\\)(?:\\\\)*"', inside)
    assert not {"\n", "\r"} & set(inside)


def test_a_list_of_values_is_quoted() -> None:
    """Each of them."""
    assert any_of("id", ["a", 'b"c']) == 'id in ["a", "b\\"c"]'
