"""Names and codes are known in the forms in which they are written, and no others."""

from __future__ import annotations

import pytest

from polysense.generate.citations.names import unknown_codes, unknown_names

SOURCE = (
    "Tamsin Orrock of the United States drew it for the World Health Organization (WHO). It lies in "
    "Norway, and has an Astra 2A; error E-17 came with release 2.4.2."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "It was Orrock's.",
        "It is of the US, the USA, the U.S.",
        "It was for the WHO.",
        "It is a Norwegian one.",
        "It uses Astra 2A.",
        "It shows E17 and E-17 in 2.4.2 on the 3rd, in the 1880s, at 5 kg.",
    ],
)
def test_forms_of_names_and_codes(sentence: str) -> None:
    """Possessives, initials, inhabitants; amounts and ordinals are no codes."""
    assert [*unknown_names(sentence, SOURCE), *unknown_codes(sentence, SOURCE)] == []


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("It was Jonas Orrock's.", "Jonas"),
        ("It was for the FBI.", "FBI"),
        ("It lies in Normandy.", "Normandy"),
        ("It shows E-19.", "E-19"),
        ("It came with 2.4.1.", "2.4.1"),
    ],
)
def test_what_is_not_there(sentence: str, name: str) -> None:
    """Another name that begins alike is another."""
    faults = [*unknown_names(sentence, SOURCE), *unknown_codes(sentence, SOURCE)]
    assert faults == [f"{name} is not in the evidence"]


def test_german_nouns_are_no_names() -> None:
    """What has an article, an adjective or an ending of nouns is none."""
    sentence = "Im Bauwerk wohnte mit großer Begeisterung ein alter Mann und dann Peter Hansson."
    assert list(unknown_names(sentence, "Der Turm", "de")) == [
        "Peter is not in the evidence", "Hansson is not in the evidence",
    ]  # fmt: skip
