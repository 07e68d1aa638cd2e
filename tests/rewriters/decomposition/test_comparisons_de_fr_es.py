"""Comparisons in German, French and Spanish are asked of each thing."""

from __future__ import annotations

import pytest

from polysense.rewriters.decomposition.comparisons_de_fr_es import compare_de_fr_es


@pytest.mark.parametrize(
    ("words", "questions"),
    [
        (
            "Welcher Hof hat den tieferen Brunnen, Lindhof oder Erlhof?",
            ["Wie tief ist der Brunnen von Lindhof?", "Wie tief ist der Brunnen von Erlhof?"],
        ),
        ("Wer ist älter, Mira oder Tom?", ["Wie alt ist Mira?", "Wie alt ist Tom?"]),
        ("Was ist am teuersten: Tee, Saft oder Milch?", ["Wie teuer ist Tee?", "Wie teuer ist Saft?", "Wie teuer ist Milch?"]),
        ("Wiegt der Sack mehr als die Kiste?", ["Wie viel wiegt der Sack?", "Wie viel wiegt die Kiste?"]),
        ("Vergleiche den Preis von Tee und Saft", ["Wie ist der Preis von Tee?", "Wie ist der Preis von Saft?"]),
        (
            "Laquelle est la plus haute, la tour ou l'église ?",
            ["Quel est la hauteur : la tour ?", "Quel est la hauteur : l'église ?"],
        ),
        ("Quel plat coûte le moins, la soupe ou la tarte ?", ["Combien coûte la soupe ?", "Combien coûte la tarte ?"]),
        ("Comparez le prix du thé et du café", ["Quel est le prix de thé ?", "Quel est le prix de café ?"]),
        ("¿Cuál es más ancho, el Duero o el Tajo?", ["¿Cuál es la anchura de el Duero?", "¿Cuál es la anchura de el Tajo?"]),
        ("¿Pesa la caja más que el saco?", ["¿Cuánto pesa la caja?", "¿Cuánto pesa el saco?"]),
    ],
)  # fmt: skip
def test_each_thing_is_asked_by_itself(words: str, questions: list[str]) -> None:
    """As in English: one search for both finds the one that more is said of."""
    assert [q.words for q in compare_de_fr_es(words)] == questions


@pytest.mark.parametrize(
    "words",
    [
        "Wer ist der Bürgermeister von Lund?",
        "Ist das Bad am Montag oder Dienstag offen?",
        "Welche Farbe hat der Turm?",
        "Quelle est la hauteur de la tour ?",
        "¿Qué hora es?",
        "Which is heavier, the sack or the crate?",
        "",
    ],
)
def test_other_questions_are_left_alone(words: str) -> None:
    """They compare nothing."""
    assert compare_de_fr_es(words) == ()
