"""Lines of N-Triples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.read.graph.ntriples import parse

ANN = "<http://e/a> <http://e/name> "


@pytest.mark.parametrize(
    ("line", "value", "is_literal"),
    [
        (f"{ANN}<http://e/b> .", "http://e/b", False),
        (f"{ANN}_:b1 .", "_:b1", False),
        (f'{ANN}"Ann" .', "Ann", True),
        (f'{ANN}"Zo\\u00EB"@en .', "Zoë", True),
        (f'{ANN}"\\U0001F300" .', "🌀", True),
        (f'{ANN}"a \\"b\\" \\\\ c\\n" . # said twice', 'a "b" \\ c\n', True),
        (f'{ANN}"5"^^<http://www.w3.org/2001/XMLSchema#int> .', "5", True),
        (f'{ANN}"<not a name> ." .', "<not a name> .", True),
    ],
)
def test_statements(line: str, value: str, is_literal: bool) -> None:
    """Objects of every kind, with their escapes."""
    assert parse(line) == ("http://e/a", "http://e/name", value, is_literal)


@pytest.mark.parametrize(
    "line", ["", "# a remark", ANN, f"{ANN}<http://e/b>", f'"Ann" {ANN}.', '<a> "b" <c> .']
)
def test_what_is_no_statement(line: str) -> None:
    """A literal has nothing to say, and a line without its stop is cut."""
    assert parse(line) is None


@given(st.text('<>"\\u .#_:@^ab', max_size=80))
def test_any_line_is_read_at_once(line: str) -> None:
    """Never an error."""
    parse(line)


def test_impossible_characters_become_a_mark() -> None:
    """U+110000 and above are none."""
    assert parse(f'{ANN}"\\UFFFFFFFF" .') == ("http://e/a", "http://e/name", "\ufffd", True)
