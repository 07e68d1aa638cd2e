"""One analysis of words for indexing and comparing."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polysense.read.language.analysis import (
    analyse,
    analyse_query,
    contains_phrase,
    split_identifiers,
    terms,
)
from polysense.read.language.folding import fold


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


FORMS = [
    ("churches", "en", "church"),
    ("ferries", "en", "ferry"),
    ("planning", "en", "planned"),
    ("shelves", "en", "shelf"),
    ("geese", "en", "goose"),
    ("fishermen", "en", "fisherman"),
    ("written", "en", "writes"),
    ("organising", "en", "organized"),
    ("Brücken", "de", "Brücke"),
    ("Gläser", "de", "Glas"),
    ("bateaux", "fr", "bateau"),
    ("vallées", "fr", "vallée"),
    ("llaves", "es", "llave"),
    ("kyrkor", "sv", "kyrka"),
    ("łodzie", "pl", "łodzi"),
    ("мельницы", "ru", "мельница"),
]


@pytest.mark.parametrize(("word", "language", "other"), FORMS)
def test_forms_of_a_word_find_each_other(word: str, language: str, other: str) -> None:
    """In an index, asked in one word of which nobody knows the language, and in comparing."""
    indexed = set(analyse(f"x {word} y", language).split())
    assert indexed & set(analyse_query(other).split())
    assert terms(word, language) == terms(other, language)


OTHER_WORDS = [("organisation", "organ"), ("plane", "plan"), ("university", "universe")]
OTHER_WORDS += [("new", "news"), ("arm", "army"), ("leaves", "leaf"), ("10⁶", "106")]


@pytest.mark.parametrize(("word", "other"), OTHER_WORDS)
def test_other_words_do_not(word: str, other: str) -> None:
    """Not in English text, even where another language has one stem for both."""
    assert not set(analyse(f"The {word} is old.", "en").split()) & set(analyse_query(other).split())


WRITINGS = [
    ("fermé", unicodedata.normalize("NFD", "fermé")),
    ("ferme", "fermé"),
    ("アンカー", "ｱﾝｶｰ"),
    ("φαρος", "φάρος"),
    ("Gasse", "Gaße"),
    ("елка", "ёлка"),
    ("ISTANBUL", "İstanbul"),
    ("ｆｕｌｌ", "full"),
    ("學校", "学校"),
    ("開門時間", "开门时间"),
    ("Łódź", "lodz"),
    ("كِتَاب", "كتاب"),
]


@pytest.mark.parametrize(("word", "other"), WRITINGS)
def test_one_word_in_two_writings(word: str, other: str) -> None:
    """Unicode forms, case, accents, traditional characters: one word for index and comparison."""
    assert terms(word) == terms(other)
    assert analyse(word) == analyse(other)


def test_letters_that_are_no_accents_stay() -> None:
    """й is a letter of its own, and so are the vowels of Devanagari and the marks of kana."""
    assert fold("край") == "край"
    assert terms("की") != terms("का")
    assert terms("が") != terms("か")


def test_a_question_in_a_known_language_asks_in_it_alone() -> None:
    """Where the words tell the language, no stems of other languages are asked."""
    query_words = analyse_query("wo steht die alte Brücke über den Bach").split()
    assert "de0bruck" in query_words
    assert not [w for w in query_words if w.startswith(("fr0", "es0", "nl0"))]


def test_words_are_compared_in_order_and_number() -> None:
    """Phrases are sought in them."""
    assert terms("The two ferries, the ferry") == ["the", "two", "ferri", "the", "ferri"]
    assert terms("snake_case 收据 2.5") == ["snake", "case", "收", "据", "2.5"]


def test_phrases_are_found_in_any_writing() -> None:
    assert contains_phrase("die alte Straße", "Hier ist DIE ALTE STRASSE.")
    assert contains_phrase("圖書館關門", "图书馆关门时间")
    assert not contains_phrase("old bridge", "an older bridge")


@given(st.text())
def test_anything_can_be_analysed(text: str) -> None:
    """Never an error, always the same; every word of a text is in its analysis."""
    assert analyse(text) == analyse(text)
    query_words = {t for w in terms(text) for t in w.replace(".", " ").split() if w.isalpha()}
    assert query_words <= set(analyse(text).split())
