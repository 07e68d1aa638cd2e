"""Names in a sentence beside evidence in another language."""

from __future__ import annotations

import pytest

from polysense.generate.citations.check import faults
from polysense.generate.citations.foreign_names import conflicting_names

SOURCE = (
    "Tamsin Orrock drew the map of London for King Henry of England in 1871, and Colonel Ines Falk "
    "paid for it in Germany."
)


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Tamsin Orrock dibujó el mapa de Londres para el rey Enrique de Inglaterra.", "es"),
        ("Das bezahlte Oberst Ines Falk in Deutschland.", "de"),
        ("La Alemania de Ines Falk y los Estados Unidos.", "es"),
    ],
)
def test_names_may_have_another_form(sentence: str, language: str) -> None:
    """Of places, rulers and ranks; alone they tell nothing."""
    assert not list(conflicting_names(sentence, SOURCE, language))


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Tamsin Vell dibujó el mapa de Londres.", "Vell"),
        ("Zeichnerin der Karte war Jonas Orrock.", "Jonas"),
    ],
)
def test_a_name_beside_one_that_the_evidence_has(sentence: str, name: str) -> None:
    """Is somebody else's."""
    (fault,) = conflicting_names(sentence, SOURCE)
    assert fault.startswith(f"{name} is not in the evidence, which has Tamsin Orrock")


def test_true_sentences_in_another_language_stand() -> None:
    """Also where most of their words look alike, and with a word in a code: oxygen-18."""
    english = (
        "In the 1970s Tamsin Orrock of the National Institute analysed oxygen-18 in Germany, France "
        "and Austria, and published a final report."
    )
    spanish = (
        "En la Alemania, Francia y Austria de los 1970, Tamsin Orrock del Instituto Nacional "
        "analizó el oxígeno-18 y publicó un informe final."
    )
    assert faults(spanish, english, "", "en") == ()
    assert faults(spanish.replace("Orrock", "Vell"), english, "", "en") == (
        "Vell is not in the evidence, which has Tamsin Orrock",
    )
