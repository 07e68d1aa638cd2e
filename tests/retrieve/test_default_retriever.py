"""Which arms a question gets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from polysense.errors import BadQuery
from polysense.query.understand import understand
from polysense.retrieve.algebra import parse
from polysense.retrieve.default_retriever import GIVEN, MEANING, asks, recipe, trust, typed
from polysense.types import Part


def made(shop: Any, *query: Any) -> str:
    return repr(recipe(understand(query, shop.kit), shop.kit))


def test_words(shop: Any) -> None:
    """BM25 and meaning; no looks."""
    assert (
        made(shop, "a bell")
        == f"blend(bm25 % 200 + {MEANING:g} * feedback('bags') % 200) >> verbatim"
    )


def test_words_in_a_language_that_no_model_reads(shop: Any) -> None:
    """BM25 reads every language."""
    assert made(shop, "钟在哪里") == "bm25 % 200 >> verbatim"


def test_a_picture(shop: Any) -> None:
    """Looks alone, and weighing more than words where both are given."""
    red = shop.paint((255, 0, 0))
    assert parse(made(shop, red)).spaces == ("tints",)
    assert f"{GIVEN:g} * tints % 200" in made(shop, red, "a bell")


def test_words_read_in_a_file_are_not_looked_for_word_for_word(shop: Any) -> None:
    """Only what somebody typed is a phrase."""
    question = understand(["a bell"], shop.kit)
    read = replace(question, parts=(Part("text", "a bell", meta={"from": "image"}),))
    assert (typed(question), typed(read)) == ("a bell", "")
    assert typed(understand(['"a bell"'], shop.kit)).strip() == "a bell"
    assert "verbatim" not in repr(recipe(read, shop.kit))


def test_each_arm_goes_as_deep_as_asked(shop: Any) -> None:
    """Who wants 500 results is not cut to 200."""
    assert (
        repr(recipe(understand(["钟在哪里"], shop.kit), shop.kit, 500)) == "bm25 % 500 >> verbatim"
    )


def test_nothing_reached_is_refused(shop: Any) -> None:
    """The asker hears what can be asked."""
    deaf = replace(shop.kit, encoders={})
    with pytest.raises(BadQuery) as caught:
        recipe(understand([shop.paint((255, 0, 0))], deaf), deaf)
    assert "words" in caught.value.hint


def test_an_encoder_takes_its_parts(shop: Any) -> None:
    """By place in the question."""
    question = understand(["a bell", shop.paint((255, 0, 0))], shop.kit)
    assert (asks(shop.bags, question, shop.kit), asks(shop.tints, question, shop.kit)) == ([0], [1])


def test_trust_is_by_pair_then_by_query(shop: Any) -> None:
    """Of several parts the most trusted; 1 where nothing is said."""
    assert trust(shop.bags, {"text"}, "image") == 0.5
    assert trust(shop.bags, {"text", "image"}, "image") == 1.0
    assert trust(shop.tints, set(), "image") == 1.0


def test_every_recipe_can_be_written_down(shop: Any) -> None:
    """What `--explain` shows, `--using` takes."""
    for query in (["a bell"], [shop.paint((1, 2, 3))], ["a bell", shop.paint((1, 2, 3))]):
        retriever = recipe(understand(query, shop.kit), shop.kit)
        assert parse(repr(retriever)) == retriever
