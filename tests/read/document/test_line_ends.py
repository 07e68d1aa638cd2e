"""Printed lines as running text."""

from __future__ import annotations

import pytest

from polysense.read.document.layout import Line
from polysense.read.document.line_ends import join_lines


def lines(*texts: str) -> list[Line]:
    return [Line(text, (0, n, 1, n + 1)) for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("the refriger-", "ation hall", "the refrigeration hall"),
        ("a well-", "known firm", "a well-known firm"),
        ("for twenty-", "five boats", "for twenty-five boats"),
        ("a new con-", "tract with", "a new contract with"),
        ("das Schiff-", "fahrtsamt", "das Schifffahrtsamt"),
        ("the Anglo-", "Saxon hall", "the Anglo-Saxon hall"),
        ("from 1980-", "1990", "from 1980-1990"),
        ("long-", "and short-term", "long- and short-term"),
        ("Ein-", "und Ausgang", "Ein- und Ausgang"),
        ("an up-", "to-date list", "an up-to-date list"),
        ("die neue Aus-", "gabe der Zeitung", "die neue Ausgabe der Zeitung"),
        ("Ver-", "sand", "Versand"),
        ("das Bundes-", "land ist", "das Bundesland ist"),
        ("le mo-", "ment de la fin", "le moment de la fin"),
        ("soft\xad", "ware", "software"),
        ("a well\xad", "known firm", "a well-known firm"),
        ("a dash -", "and more", "a dash - and more"),
        ("一八八七年に建", "設された", "一八八七年に建設された"),
        ("灯塔建于", "1887年", "灯塔建于 1887年"),
        ("등대는 높이가", "삼십", "등대는 높이가 삼십"),
    ],
)
def test_how_two_lines_join(first: str, second: str, text: str) -> None:
    """A broken word is whole again, a real hyphen stays, ideographs have no space between them."""
    assert join_lines(lines(first, second))[0] == text


def test_each_line_is_found_in_the_text() -> None:
    """Without the hyphen that is gone."""
    text, places = join_lines(lines("soft-", "ware runs", "here-"))
    assert text == "software runs here-"
    assert [text[a:b] for a, b, _ in places] == ["soft", "ware runs", "here-"]
