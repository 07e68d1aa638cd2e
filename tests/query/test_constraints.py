"""What a question names and its answer must be about."""

from __future__ import annotations

import pytest

from polysense.query.constraints import constraints


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does error E15 mean?", ["code E15"]),
        ("Which crane jammed at 10:40?", ["number 10:40"]),
        ("What does error 512 mean?", ["number 512"]),
        ("How is the heating in cabin 143 turned off?", ["number 143"]),
        ("What was the net income of Birch Mill in 2023?", ["year 2023", "name Birch Mill"]),
        ("Who has plot 5?", ["number 5"]),
        ("Who has 5 plots?", []),
        ("Is it below 5?", []),
        ("What happened on June 5?", []),
        ("What was on March 3?", []),
        ("Was geschah im Juni 5?", []),
        ("Who ate 3?", []),
        ("How many children ate 3?", []),
        ("Did she eat 3?", []),
        ("Which shop opens around 9?", []),
        ("Which crop grows in plot 5?", ["number 5"]),
        ("Who mends plot 5?", ["number 5"]),
        ("Which dog guards plot 5?", ["number 5"]),
        ("Wer hat das Feld 5?", ["number 5", "name Feld"]),
        ("What is in room 2023?", ["number 2023"]),
        ("How many people does the U.S. Sales Office employ?", ["name U.S. Sales Office"]),
        ("Where is find_path defined?", ["code find_path"]),
        ('Which page says "no water"?', ["quote no water"]),
        ("哪一页写着“没有水”？", ["quote 没有水"]),
        ("73号仓库的钥匙由谁保管？", ["number 73"]),
        ("2022年的票价是多少？", ["year 2022"]),
        ("20世纪70年代的桥叫什么名字？", []),
        ("第 50 届大会在哪里举行？", []),
        ("What happened on the 21st of May in the 1980s?", []),
        ("Which products cost more than 1000 euros?", []),
        ("Who started after 2020?", []),
        ("超过15元的有哪些？", []),
        ("Is 12g of spice enough?", []),
        ("Who are the 3 sisters?", []),
        ("Birch Mill income", ["name Birch Mill"]),
        ("What Is The Income Of Birch Mill", []),
        ("How tall is the tower?", []),
        ("What radius have the wells of a 96-well plate?", ["name 96-well"]),
        ("Wie breit ist ein 24-Zoll-Rad?", ["name 24-Zoll"]),
        ("What is a 3-way valve?", []),
    ],
)
def test_the_constraints_of_a_question(question: str, expected: list[str]) -> None:
    """Codes, numbers of two digits, years, quoted words, names; not ordinals, not amounts."""
    assert [f"{c.kind} {c}" for c in constraints(question)] == expected


def test_german_nouns_are_no_names() -> None:
    """They all have capitals."""
    assert constraints("Wie hoch ist der Wasserturm?", "de") == ()
