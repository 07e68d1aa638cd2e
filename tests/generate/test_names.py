"""Names in passages."""

from __future__ import annotations

import pytest

from polysense.generate.names import candidate_names, is_named, matching_terms


@pytest.mark.parametrize(
    ("text", "question", "names"),
    [
        ("The Tern was built by Lund Yard in 1950.", "the yard that built the Tern", ["Lund Yard", "1950"]),
        ("Since 1990 it belongs to the City of Moss.", "the owner of it", ["1990", "City of Moss"]),
        ("It was made by hand.", "the maker of it", []),
        ("灯塔是由沈书远设计的。", "设计灯塔的人", ["沈书远"]),
    ],
)  # fmt: skip
def test_names_that_the_question_has_not(text: str, question: str, names: list[str]) -> None:
    """What a hop leads to is new; articles at the head of a sentence are no names."""
    assert candidate_names(text, question) == names


def test_a_thing_is_named_by_all_of_its_words_together() -> None:
    """ "Dune" of one thing and "Mill" of another do not name Dune Mill."""
    assert is_named("Dune Mill", "They call it Dune Mill.")
    assert not is_named("Dune Mill", "The dune hides a mill.")
    assert is_named("松林站", "松林站海拔820米")


def test_words_of_one_family_match() -> None:
    """Who built is the builder; other words that begin alike are not."""
    assert matching_terms(["builder", "founder"], {"build", "found"}) == ["builder", "founder"]
    assert matching_terms(["cast"], {"castle"}) == []
    assert matching_terms(["lead", "make"], {"led", "buy"}) == ["lead", "make"]
    assert matching_terms(["leitet"], {"leitung"}) == ["leitet"]
    assert matching_terms(["leitet", "bell"], {"leiter", "belt"}) == ["leitet"]
