"""Conditions in OData, without a server: to the letter, and what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.errors import BadFilter
from polysense.retrieve.filters import compile_where
from polysense.stores.azure.schema import index_definition
from polysense.stores.azure.where import Filter, all_of, any_of, odata, quote

from .odata import Refusal, predicate

FIELDS = {f["name"]: f for f in index_definition("kb-chunks", None)["fields"]}


@pytest.mark.parametrize(
    ("where", "text", "is_exact"),
    [
        ("", "", True),
        ("modality = 'image'", "modality eq 'image'", True),
        ("NOT (page > 3 OR name = 'a')", "(page le 3 and name ne 'a')", True),
        ("page != 1", "(page ne null and page ne 1)", True),
        ("page IS NULL", "page eq null", True),
        ("name IS NULL", "false", True),
        ("start >= 12", "begins ge 12.0", True),
        ("3 < page", "page gt 3", True),
        ("modality IN ('audio', 'code')", "search.in(modality, 'audio|code', '|')", True),
        ("name NOT IN ('a', 'b|c')", "not ((search.in(name, 'a', '|') or name eq 'b|c'))", True),
        ("page NOT IN (1, NULL)", "false", True),
        ("page NOT BETWEEN 1 AND 2", "(page lt 1 or page gt 2)", True),
        ("created >= '2026-01-03'", "created ge '2026-01-03'", True),
        ("meta.a = 'x'", "own/any(t: t eq 'a=string=x')", True),
        ("meta.a <> 1", "(own/any(t: t eq 'a=float') and not (own/any(t: t eq 'a=float=1')))", True),
        ("meta.a IS NULL", "not (own/any(t: t eq 'a'))", True),
        ("meta.a IS NOT TRUE", "not (own/any(t: t eq 'a=bool=true'))", True),
        ("name LIKE 'a'", "name eq 'a'", True),
        ("uri = 'C:\\it''s'", "uri eq 'C:\\it''s'", True),
        ("TRUE", "", True),
        ("FALSE", "false", True),
        # wider than is meant: the rest is evaluated over the rows
        ("name LIKE 'a%'", "", False),
        ("name LIKE 'a%' AND page = 1", "page eq 1", False),
        ("name LIKE 'a%' OR page = 1", "", False),
        ("name > 'a'", "", False),
        ("start < end", "(begins ne null and ends ne null)", False),
        ("meta.a > 1", "own/any(t: t eq 'a=float')", False),
        ("NOT meta.a LIKE 'x_'", "own/any(t: t eq 'a=string')", False),
    ],
)  # fmt: skip
def test_conditions_in_odata(where: str, text: str, is_exact: bool) -> None:
    """What is sent, to the letter, and whether it says all."""
    condition = odata(compile_where(where))
    assert condition == Filter(text, is_exact)
    if text:
        predicate(text, FIELDS)


@pytest.mark.parametrize(
    "where",
    ["page = 'x'", "name > 3", "page > 1.5", "page AND TRUE", "1 = 1", "name = page", "page IS TRUE",
     "'a' IN ('a')", "name IN (page)", "page > 99999999999999999999", "'a' BETWEEN 'a' AND 'b'"],
)  # fmt: skip
def test_what_no_column_compares_to_is_said(where: str) -> None:
    """A BadFilter that says what to write."""
    with pytest.raises(BadFilter) as e:
        odata(compile_where(where))
    assert e.value.hint


def test_a_long_condition_is_one_flat_one() -> None:
    """Hundreds of conditions joined do not nest."""
    condition = odata(compile_where(" OR ".join(f"page = {n}" for n in range(600))))
    assert condition.text.count("(") == 1
    assert condition.text.count(" or ") == 599
    assert predicate(condition.text, FIELDS)({"page": 599})


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5), st.text(max_size=20))
def test_any_text_is_one_value(values: list[str], other: str) -> None:
    """Whatever the values, a list of them holds for each, and for nothing else."""
    holds = predicate(any_of("name", values), FIELDS)
    assert all(holds({"name": v}) for v in values)
    assert holds({"name": other}) == (other in values)
    assert predicate(f"name eq {quote(other)}", FIELDS)({"name": other})


def test_conditions_are_joined_in_brackets() -> None:
    """`or` on one side does not swallow the other."""
    holds = predicate(all_of("page eq 1 or page eq 2", "size gt 2"), FIELDS)
    assert not holds({"page": 1, "size": 1})
    assert all_of("", "page eq 1") == "page eq 1"


@pytest.mark.parametrize(
    "text",
    ["page gt null", "page eq 'x'", "colour eq 'x'", "text eq 'x'", "begins lt ends", "1 eq 1", "not page eq 1",
     "own eq 'x'", "own/any(t: t gt 'x')", "own/any(t: t eq 'x' and t eq 'y')", "search.in(page, '1')", "page eq", "(page eq 1",
     "name like 'x'", "page in (1)", " or ".join(["page eq 1"] * 3001)],
)  # fmt: skip
def test_the_service_of_the_tests_refuses_what_the_service_refuses(text: str) -> None:
    """Its grammar is no wider than the documents': what passes here is OData there."""
    with pytest.raises(Refusal):
        predicate(text, FIELDS)


def test_the_service_of_the_tests_has_two_truths() -> None:
    """null is unequal to every value, and neither more nor less than one."""
    for text, expected in {
        "page eq 1": False, "page ne 1": True, "page gt 1": False, "page le 1": False, "page eq null": True,
        "not (page gt 1)": True, "search.in(name, 'a b,c')": False, "is_present": False, "true": True,
    }.items():  # fmt: skip
        fields = FIELDS | {"is_present": {"type": "Edm.Boolean", "filterable": True}}
        assert predicate(text, fields)({"page": None, "name": "a b"}) is expected
