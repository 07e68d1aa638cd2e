"""Words and cells as they are compared."""

from __future__ import annotations

import datetime as dt

import pytest

from polysense.make.table.question.normalise import (
    SUM,
    TOTAL,
    Token,
    carries_meaning,
    changes_question,
    clean_cell,
    han_numeral,
    month_number,
    parse_day,
    split_compounds,
    tokenize,
)


def stems(words: str) -> list[str]:
    return [t.stem for t in tokenize(words)]


def test_forms_of_a_word_are_one() -> None:
    """Plurals, irregular verbs, possessives; Chinese a character each; numbers stay whole."""
    assert stems("Which countries' women won?") == stems("which country woman win")
    assert stems("Bob's 1,234.5 medals") == ["bob", "1,234.5", "medal"]
    assert stems("每月收入") == ["每", "月", "收", "入"]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-03-05", dt.date(2024, 3, 5)),
        ("5th March 2024", dt.date(2024, 3, 5)),
        ("Mar 5, 2024", dt.date(2024, 3, 5)),
        ("5.3.2024", dt.date(2024, 3, 5)),
        ("2024年3月5日", dt.date(2024, 3, 5)),
        ("05/03/2024", None),
        ("31.2.2024", None),
        ("March", None),
    ],
)
def test_days_without_doubt(cell: str, day: dt.date | None) -> None:
    """Two orders of day and month are doubt; days that there are not are none."""
    assert parse_day(cell) == day


def test_cells_without_marks() -> None:
    """Dashes for nothing, notes, misplaced brackets; names that look like nothing stay."""
    assert [clean_cell(x) for x in ("—", "n/a", "nil", "1,234[a]", "$(9.8)")] == [
        "",
        "",
        "",
        "1,234",
        "($9.8)",
    ]
    assert [clean_cell(x) for x in ("Nile", "None of these", "")] == ["Nile", "None of these", ""]


def test_words_that_may_not_be_passed_over() -> None:
    """They change what is asked; fillers do not."""
    assert all(changes_question(t) for t in tokenize("before except second fastest median"))
    assert not any(changes_question(t) for t in tokenize("the listed tea please"))
    assert not any(carries_meaning(t) for t in tokenize("please show the list"))
    assert carries_meaning(Token("total", "total"), strict=True)
    assert carries_meaning(Token("tea", "tea"))


def test_numbers_in_ideographs() -> None:
    """Before a counter they are numbers; in "一共" or "三号" they are none."""
    assert han_numeral(tokenize("超过十五元"), 2) == range(2, 4)
    assert han_numeral(tokenize("一共多少"), 0) is None
    assert han_numeral(tokenize("三号水泵"), 0) is None


def test_months() -> None:
    """In four languages; "may" only behind a preposition."""
    assert month_number(tokenize("spent in May"), 2) == 5
    assert month_number(tokenize("how deep may divers go"), 2) == 0
    assert month_number(tokenize("im Dezember"), 1) == 12


@pytest.mark.parametrize(
    ("cell", "is_total", "is_sum"),
    [
        ("Total", True, True),
        ("subtotals", True, False),
        ("Total Recall, directed by Paul Verhoeven", False, False),
        ("Tea", False, False),
        ("Grand total", True, True),
        ("Subtotal", True, False),
        ("Summe", True, True),
        ("Zwischensumme", True, False),
        ("Gesamtbetrag", True, True),
        ("合计", True, True),
        ("平均", True, False),
        ("Average", True, False),
        ("Sommer", False, False),
        ("Gesamtschule", False, False),
    ],
)
def test_rows_that_sum_up_others(cell: str, is_total: bool, is_sum: bool) -> None:
    """The sum of all is told from a mean and from the sum of a part."""
    assert bool(TOTAL.fullmatch(cell)) == is_total
    assert bool(SUM.fullmatch(cell)) == is_sum


def test_german_compounds_of_the_whole() -> None:
    """Save where a column is called so, and in short words that are none."""
    assert split_compounds("Wie hoch ist der Gesamtbetrag?", ["Betrag"]) == (
        "Wie hoch ist der Gesamt betrag?"
    )
    assert split_compounds("der Gesamtbetrag", ["Gesamtbetrag (€)"]) == "der Gesamtbetrag"
    assert split_compounds("insgesamt", []) == "insgesamt"


def test_what_cells_say_is_no_compound_of_the_whole() -> None:
    """In all its forms; nor is a thing that is neither an amount nor a column."""
    question = "Welche Schulen sind Gesamtschulen?"
    assert split_compounds(question, ["Schule", "Art"], ["Gesamtschule", "Gymnasium"]) == question
    assert split_compounds("Wie viele Gesamtschulen?", ["Name", "Kosten"]) == (
        "Wie viele Gesamtschulen?"
    )
    assert split_compounds("Gesamtkosten der Gesamtschulen", ["Kosten"], ["Gesamtschule"]) == (
        "Gesamt kosten der Gesamtschulen"
    )
    assert split_compounds("die Gesamtmengen", ["Ort"]) == "die Gesamt mengen"
