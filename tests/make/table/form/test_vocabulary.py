"""Phrases of many languages as one pattern."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from polysense.make.table.form import vocabulary
from polysense.make.table.form.vocabulary import VOCABULARY, Words, alternatives, phrase_pattern


@pytest.mark.parametrize(
    ("phrase", "text", "matches"),
    [
        ("total", "TOTAL:", True),
        ("total", "Totals", False),
        ("total", "subtotal", False),
        ("incl*", "inclusive", True),
        ("*straße", "Hauptstraße 5", True),
        ("*straße", "Straßenbahn", False),
        ("sdn bhd", "SDN.BHD.", True),
        ("sdn bhd", "sdn-bhd", False),
        ("total … tax", "total with all tax", True),
        ("合 計", "合計770円", True),
        ("合 計", "合　計", True),
        ("item(s)", "3 item(s)", True),
        ("limited", "L1M|TED", True),
        ("no", "N0", True),
        ("sum", "5um", False),
    ],
)
def test_phrases(phrase: str, text: str, matches: bool) -> None:
    """Whole words unless a star says otherwise; spaces, points, look-alikes as print has them."""
    assert bool(re.search(phrase_pattern(phrase), text, re.I)) == matches


def test_the_longest_phrase_is_tried_first() -> None:
    """Else what goes on would be left over."""
    m = re.match(alternatives("firm"), "Sdn. Bhd.", re.I)
    assert m is not None
    assert m[0] == "Sdn. Bhd"


def test_a_language_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its words are known as soon as it stands in the list."""
    assert "razem" not in vocabulary.phrases("total")
    monkeypatch.setattr(vocabulary, "VOCABULARY", (*VOCABULARY, Words(total="razem, suma")))
    assert vocabulary.phrases("total")[-2:] == ("razem", "suma")


def test_every_field_has_words() -> None:
    """An empty group would match everything; so would a phrase of nothing but stars and spaces."""
    for field in fields(Words):
        assert vocabulary.phrases(field.name)
        for phrase in vocabulary.phrases(field.name):
            assert phrase.strip("* …")
            assert re.search(phrase_pattern(phrase), "") is None
