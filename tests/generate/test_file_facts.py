"""Answers about files themselves: what one has, what is in a cell, how many mention a thing."""

from __future__ import annotations

import mailbox
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from polysense import Library
from polysense.ingest.workers import Limits
from polysense.registry import Kit


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory, bare: Kit) -> Iterator[Library]:
    """Words, a sheet, a table, a box of mails and pages that are none."""
    from openpyxl import Workbook

    folder = tmp_path_factory.mktemp("facts")
    files = folder / "in"
    files.mkdir()
    (files / "log.txt").write_text("".join(f"a puffin came at {n}\n" for n in range(9)))
    (files / "birds.md").write_text("# Birds\n\nPuffins nest here.\n")
    (files / "cities.csv").write_text("City,People\nLund,3\nRiga,4\nTurku,5\n")
    (files / "paper.rtf").write_text(r"{\rtf1\ansi Oats. \page Rye.\par}")
    book = Workbook()
    book.active.title = "Budget"
    for row in (["Post", "May"], ["Rent", 900], ["Power", 65]):
        book.active.append(row)
    book.create_sheet("Notes").append(["Ask the landlord"])
    book.save(files / "Haushaltsplan.xlsx")
    box = mailbox.mbox(files / "inbox.mbox")
    for n in range(3):
        mail = EmailMessage()
        mail["Subject"], mail["From"] = f"Topic {n}", "a@x.org"
        mail.set_content(f"Number {n}.")
        box.add(mail)
    box.close()
    with Library(folder / "kb", kit=bare, limits=Limits(workers=1)) as library:
        library.index(files)
        yield library


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many lines has log.txt?", "log.txt has 9 lines. [1]"),
        ("How many rows does cities.csv have?", "cities.csv has 3 rows below its header. [1]"),
        ("Wie viele Spalten hat cities.csv?", "cities.csv hat 2 Spalten. [1]"),
        (
            "How many sheets does Haushaltsplan.xlsx have?",
            "Haushaltsplan.xlsx has 2 sheets: Budget, Notes. [1]",
        ),
        ("What is in cell B3 of Haushaltsplan.xlsx?", "Haushaltsplan.xlsx, Budget!B3: 65 [1]"),
        ("Was steht in Zelle B2 des Haushaltsplans?", "Haushaltsplan.xlsx, Budget!B2: 900 [1]"),
        ("What is in cell B2 of cities.csv?", "cities.csv, B2: 3 [1]"),
        ("What is in cell C9 of cities.csv?", "cities.csv, C9: the cell is empty. [1]"),
        ("How many mails are in inbox.mbox?", "inbox.mbox has 3 mails. [1]"),
        ("How many files mention puffins?", "2 files mention puffins: birds.md [1], log.txt [2]."),
        ("How many files are in the library?", "The library has 8 files."),
    ],
)
def test_it_is_counted(kb: Library, question: str, text: str) -> None:
    """And cited, without a word on files that are not there."""
    answer = kb.ask(question)
    assert answer.text == text
    assert answer.warnings == ()


def test_pages_that_a_file_has_not(kb: Library) -> None:
    """Are not answered from another place."""
    answer = kb.ask("What is on page 2 of paper.rtf?")
    assert not answer.answered
    assert answer.warnings == ("paper.rtf has no pages",)


def test_a_file_that_is_not_here_has_no_lines(kb: Library) -> None:
    """Said in the question's language; a name of an ending that no file here has may be anything."""
    answer = kb.ask("How many rows are in nothing.csv?")
    assert not answer.answered
    assert answer.text == "There is no file called nothing.csv here."
    assert "gibt es hier nicht" in kb.ask("Wie viele Zeilen hat nichts.csv?").text
    assert "no file called" not in kb.ask("How many lines does Node.js have?").text


def test_what_the_filter_hides_is_not_counted(kb: Library) -> None:
    """Neither lines of a file nor mails of a box."""
    for question in ("How many lines has log.txt?", "How many mails are in inbox.mbox?"):
        assert "has" not in kb.ask(question, where="name = 'birds.md'").text
