"""Answers about places: what a page or a file says, which file it is, how many pages there are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from polysense import Library
from polysense.generate.place import tell_contents, with_place
from polysense.ingest.workers import Limits
from polysense.question import Scope
from polysense.registry import Kit
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

from ..read.document.pdf.test_parser import make, words


@pytest.fixture
def kb(tmp_path: Path, bare: Kit) -> Iterator[Library]:
    """A handbook of four pages, the last without a word, and a guide."""
    files = tmp_path / "in"
    files.mkdir()
    lines = ("The gate opens at seven.", "A boat costs nine crowns a day.", "Puffins nest in May.")
    make(files / "handbook.pdf", *(words(line, 60, 400) for line in lines), "")
    (files / "guide.md").write_text(
        "# Guide\n\nThis guide is about birds of the coast.\n\n## Puffins\n\nPuffins nest in burrows "
        "on the north cliff.\n\n## Terns\n\nTerns dive for fish all summer long.\n"
    )
    with Library(tmp_path / "kb", kit=bare, limits=Limits(workers=1)) as library:
        library.index(files)
        yield library


@pytest.mark.parametrize(
    "question",
    [
        "What is on page 2 of handbook.pdf?",
        "handbook.pdf第2页讲什么？",
        "Que dit la page 2 de handbook.pdf ?",
    ],
)
def test_the_contents_of_a_page_are_said(kb: Library, question: str) -> None:
    """And cited."""
    answer = kb.ask(question)
    assert answer.text == "A boat costs nine crowns a day. [1]"
    assert answer.evidence[0].span.page == 2


def test_something_on_a_page_is_found_there_or_nowhere(kb: Library) -> None:
    """The price stands on page 2: not on page 1, and no page 1 is given for it."""
    assert "nine crowns" in kb.ask("What does a boat cost on page 2 of handbook.pdf?").text
    assert not kb.ask("What does a boat cost on page 1 of handbook.pdf?").answered


def test_a_page_that_is_not_there_is_missing(kb: Library) -> None:
    """By its name."""
    answer = kb.ask("What is on page 40 of handbook.pdf?")
    assert not answer.answered
    assert "page 40 of handbook.pdf" in answer.text


def test_a_file_is_told_by_its_sections(kb: Library) -> None:
    """Each with its heading, from the first to the last."""
    answer = kb.ask("What is guide.md about?")
    assert answer.text.splitlines() == [
        "This guide is about birds of the coast. [1]",
        "Puffins nest in burrows on the north cliff. [2]",
        "Terns dive for fish all summer long. [3]",
    ]


def test_which_file_is_named(kb: Library) -> None:
    """Each file once, with what it says."""
    answer = kb.ask("Which files mention puffins?")
    assert {line.split(":")[0] for line in answer.text.splitlines()} == {"handbook.pdf", "guide.md"}
    assert "handbook.pdf, p. 3" in kb.ask("On which page of handbook.pdf do puffins nest?").text


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many pages has handbook.pdf?", "handbook.pdf has 4 pages. [1]"),
        ("handbook.pdf有多少页？", "handbook.pdf有4页。 [1]"),
        ("Wie viele Seiten hat handbook.pdf?", "handbook.pdf hat 4 Seiten. [1]"),
    ],
)
def test_pages_are_counted(kb: Library, question: str, words: str) -> None:
    """The empty one too."""
    answer = kb.ask(question)
    assert answer.answered
    assert answer.text == words


def test_a_file_that_is_not_named_is_asked_for(kb: Library) -> None:
    """Where there are several; in the question's language, with those that it may be."""
    answer = kb.ask("What is this document about?")
    assert not answer.answered
    assert "guide.md, handbook.pdf" in answer.text
    assert "哪个文件" in kb.ask("这份文件讲什么？").text


def test_files_of_one_name_are_two_files() -> None:
    """Told apart by their folders; a member of a mail by the mail."""
    evidence = [
        Evidence(n, hit(name, "x", Span()), Part("text", "x"), Span())
        for n, name in enumerate(["north/readme.md", "south/readme.md", "a/mail.eml!/lease.md"], 1)
    ]
    files = with_place(evidence, Scope("file", "which"))
    assert [e.about for e in files] == [
        "north/readme.md",
        "south/readme.md",
        "mail.eml > lease.md",
    ]


def hit(name: str, text: str, span: Span, context: str = "") -> Hit:
    chunk = Chunk(Asset(name, f"/{name}", "", "text", 1), span, "text", text=text, context=context)
    return Hit(chunk, 1.0)


def test_a_label_is_no_lead() -> None:
    """Of a section a sentence is told, with the heading above it."""
    text = "Safety\n\nBefore use.\n\nSwitch the pump off before you open it."
    lead = tell_contents([hit("a", text, Span(page=1), "Manual > Safety")], Scope("file"))[0]
    assert str(lead.part.data) == "Switch the pump off before you open it."
    assert lead.about == "Safety"


def test_evidence_of_one_place_is_told_once() -> None:
    """Numbered anew; of other questions it stays as it is."""
    evidence = [
        Evidence(n, hit(name, "x", span), Part("text", "x"), span)
        for n, (name, span) in enumerate(
            [("a", Span(page=1)), ("a", Span(page=2)), ("b", Span(page=1))], 1
        )
    ]
    files = with_place(evidence, Scope("file", "which"))
    assert [(e.n, e.about) for e in files] == [(1, "a"), (2, "b")]
    pages = with_place(evidence, Scope("page", "which"))
    assert [e.about for e in pages] == ["a, p. 1", "a, p. 2", "b, p. 1"]
    assert with_place(evidence, Scope()) == tuple(evidence)
