"""One analysis of words for indexing and comparing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.read.language.analysis import (
    STOP_WORDS,
    analyse,
    content_terms,
    keywords,
    split_identifiers,
    terms,
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("getHTTPResponse", "get HTTP Response"),
        ("parseXML2Json", "parse XML Json"),
        ("M8x20", ""),
        ("plain words here", ""),
        ("Sentence start", ""),
        ("2024", ""),
        ("snake_case_name", ""),
    ],
)
def test_identifiers_by_their_parts(text: str, parts: str) -> None:
    """camelCase is found by its words; plain words are left."""
    assert split_identifiers(text) == parts


def test_a_long_number_costs_little() -> None:
    began = time.process_time()
    assert analyse("1" * 100_000 + " 7.5").endswith(" n7x5")
    assert time.process_time() - began < 5


def test_scripts_without_spaces_by_characters_and_pairs() -> None:
    """So that 收据 is found within 年的收据."""
    assert analyse("年的收据").split() == ["年", "的", "收", "据", "年的", "的收", "收据"]
    assert analyse("plain words") == "plain words"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("where is the receipt?", "receipt"),
        ("who are you", "who are you"),
        ("什么时候下雨", "下雨"),
        ("为什么", "为什么"),
        ("", ""),
    ],
)
def test_keywords_leave_out_words_that_ask(question: str, expected: str) -> None:
    """All of it where nothing else is left."""
    assert keywords(question) == expected


def test_terms_ignore_case_and_endings() -> None:
    """Not those of short words."""
    assert terms("Paddles paddle PADDLED") == ["paddl"] * 3
    assert terms("bed bus") == ["bed", "bus"]
    assert terms("snake_case") == ["snak", "case"]
    assert terms("收据 2") == ["收", "据", "2"]


def test_content_is_what_carries_a_question() -> None:
    """Once each, in order."""
    assert content_terms("What is the wheel of the wheel?") == ["wheel"]
    assert content_terms("who are you") == terms("who are you")


@given(st.text())
def test_anything_can_be_analysed(text: str) -> None:
    """No word of a text is lost; all functions agree on what there is."""
    assert set(terms(text)) <= set(terms(analyse(text))) | set(terms(text.lower()))
    assert set(content_terms(text)) <= set(terms(text))
    assert keywords(text) or not text
    assert all(t == t.lower() for t in STOP_WORDS)
