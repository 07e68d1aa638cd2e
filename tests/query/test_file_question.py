"""Questions about files themselves, told from questions about what is in them."""

from __future__ import annotations

import pytest

from polysense.query.file_question import file_question


@pytest.mark.parametrize(
    ("question", "fact", "file", "detail"),
    [
        ("How many rows does cities.csv have?", "rows", "cities.csv", ""),
        ("Wie viele Spalten hat cities.csv?", "columns", "cities.csv", ""),
        ("Combien de feuilles a budget.xlsx ?", "sheets", "budget.xlsx", ""),
        ("cities.csv有多少行？", "rows", "cities.csv", ""),
        ("How many mails are in inbox.mbox?", "mails", "inbox.mbox", ""),
        ("How many files are there?", "files", "", ""),
        ("What is the value of cell B2 in sheet Notes of book.xlsx?", "cell", "book.xlsx", "B2"),
        ("In how many files is the puffin mentioned?", "mentions", "", "puffin"),
    ],
)
def test_what_is_asked_of_which_file(question: str, fact: str, file: str, detail: str) -> None:
    """In each language of the tables."""
    request = file_question(question)
    assert request is not None
    assert (request.fact, request.file, request.detail) == (fact, file, detail)


@pytest.mark.parametrize(
    "question",
    [
        "How many columns support the roof of the temple?",
        "How many messages did Ann send?",
        "How many rows of oars has the boat?",
        "How tall is the tower?",
    ],
)
def test_questions_about_things_are_none(question: str) -> None:
    """Columns of a temple are not those of a file."""
    assert file_question(question) is None
