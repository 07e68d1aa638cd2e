"""How much is asked for, and of which place: in English, Chinese, German, French and Spanish."""

from __future__ import annotations

import pytest

from polysense.query.scope import scope
from polysense.question import Pages, Scope

PAGES = [
    ("What is on page 12 of manual.pdf?", "manual.pdf", ((12, 12),)),
    ("What's on page 7?", "", ((7, 7),)),
    ("What does page 12 of the handbook say?", "handbook", ((12, 12),)),
    ("Show me pages 3-5 of report.pdf", "report.pdf", ((3, 5),)),
    ("Summarise page 4 of the harbour handbook", "harbour handbook", ((4, 4),)),
    ("What does the last page of handbook.pdf say?", "handbook.pdf", ((-1, -1),)),
    ("第12页讲什么", "", ((12, 12),)),
    ("手册的第十二页讲什么？", "手册", ((12, 12),)),
    ("请问handbook.pdf第3页说了什么？", "handbook.pdf", ((3, 3),)),
    ("Was steht auf Seite 3 von handbuch.pdf?", "handbuch.pdf", ((3, 3),)),
    ("Que dit la page 3 de guide.pdf ?", "guide.pdf", ((3, 3),)),
    ("¿Qué dice la página 3 de guia.pdf?", "guia.pdf", ((3, 3),)),
]


@pytest.mark.parametrize(("words", "file", "pages"), PAGES)
def test_the_contents_of_a_page(words: str, file: str, pages: Pages) -> None:
    """The page, and the file where it is named, by its file name or as one speaks of it."""
    read = scope(words)
    assert (read.granularity, read.aim) == ("page", "contents")
    assert (read.file, read.pages, read.rest) == (file, pages, "")


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        ("What is the torque on page 12 of manual.pdf?", "What is the torque ?"),
        ("《守则》第3页的费用是多少？", "的费用是多少？"),
        ("Wie hoch ist die Gebühr auf Seite 3 von handbuch.pdf?", "Wie hoch ist die Gebühr ?"),
    ],
)
def test_something_on_a_page(words: str, rest: str) -> None:
    """What is asked of it is what the place is searched for: its name stands on no page."""
    read = scope(words)
    assert (read.granularity, read.aim, read.rest) == ("page", "passage", rest)


@pytest.mark.parametrize(
    ("words", "section", "aim"),
    [
        ("What is in section 3.2?", "3.2", "contents"),
        ("What does section 3.2 say about noise?", "3.2", "passage"),
        ('What does the section "Lamp oil" say?', "Lamp oil", "contents"),
        ("第3.2节讲了什么", "3.2", "contents"),
        ("第三章的主要内容是什么", "3", "contents"),
        ("Was steht in Kapitel 2?", "2", "contents"),
        ("Que contient le chapitre 2 ?", "2", "contents"),
        ("¿Qué dice el capítulo 2?", "2", "contents"),
    ],
)
def test_a_section(words: str, section: str, aim: str) -> None:
    """By its number or its title."""
    read = scope(words)
    assert (read.granularity, read.section, read.aim) == ("section", section, aim)


@pytest.mark.parametrize(
    ("words", "file"),
    [
        ("Summarise handbook.pdf", "handbook.pdf"),
        ("Give me an overview of the handbook", "handbook"),
        ("What is handbook.pdf about?", "handbook.pdf"),
        ("What is this document about?", ""),
        ("总结一下handbook.pdf", "handbook.pdf"),
        ("手册主要讲什么？", "手册"),
        ("这份文件讲什么？", ""),
        ("Worum geht es in handbuch.pdf?", "handbuch.pdf"),
        ("De quoi parle guide.pdf ?", "guide.pdf"),
        ("¿De qué trata guia.pdf?", "guia.pdf"),
    ],
)
def test_a_whole_file(words: str, file: str) -> None:
    """One that is named, or pointed at."""
    read = scope(words)
    assert (read.granularity, read.aim, read.file) == ("file", "contents", file)


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        ("Which file talks about puffins?", "puffins?"),
        ("Which documents mention the bell?", "the bell?"),
        ("哪个文件提到了海鹦？", "海鹦？"),
        ("In welcher Datei steht etwas über Fähren?", "steht etwas über Fähren?"),
        ("Quel fichier parle des macareux ?", "des macareux ?"),
        ("¿Qué archivo habla de frailecillos?", "¿ frailecillos?"),
    ],
)
def test_which_file(words: str, rest: str) -> None:
    """What it says is asked for, and not a file that speaks of files."""
    read = scope(words)
    assert (read.granularity, read.aim, read.rest) == ("file", "which", rest)


@pytest.mark.parametrize(
    "words", ["On which page is the bell?", "第几页讲到了钟？", "Auf welcher Seite steht es?"]
)
def test_which_page(words: str) -> None:
    """Not a count of pages."""
    assert (scope(words).granularity, scope(words).aim) == ("page", "which")


@pytest.mark.parametrize(
    ("words", "file"),
    [
        ("How many pages has handbook.pdf?", "handbook.pdf"),
        ("How many pages does the handbook have?", "handbook"),
        ("手册一共有几页？", "手册"),
        ("Wie viele Seiten hat handbuch.pdf?", "handbuch.pdf"),
        ("Combien de pages a guide.pdf ?", "guide.pdf"),
        ("¿Cuántas páginas tiene guia.pdf?", "guia.pdf"),
    ],
)
def test_how_many_pages(words: str, file: str) -> None:
    """Of the file that is named."""
    assert (scope(words).aim, scope(words).file) == ("length", file)


@pytest.mark.parametrize(
    ("words", "file"),
    [
        ("Summarise tide tables 2031.pdf", "tide tables 2031.pdf"),
        ("What is on page 2 of the tide tables 2031.pdf?", "tide tables 2031.pdf"),
        ("What does harbour rules.md say about dogs?", "harbour rules.md"),
        ("Was steht in der Datei neue Preise.docx?", "neue Preise.docx"),
    ],
)
def test_file_names_with_spaces(words: str, file: str) -> None:
    """As far back as a word that belongs to no name."""
    assert scope(words).file == file


def test_a_passage_of_a_file() -> None:
    """Where the question says that it is to be looked for there."""
    read = scope("What does handbook.pdf say about puffins?")
    assert (read.granularity, read.aim, read.file) == ("passage", "passage", "handbook.pdf")
    assert "puffins" in read.rest
    assert "handbook" not in read.rest


@pytest.mark.parametrize(
    "words",
    [
        "How tall is the tower?",
        "Where is config.toml read?",  # somewhere else
        "Who wrote setup.py?",
        "Which file is this?",  # asked of what is given
        "Which book did Lin write?",
        "What is the crane about to lift?",
        "渡船讲什么语言？",
        "What does error E15 mean?",
        "Tell me about ferries",
        "What does the guarantee cover?",  # things that hold other things than words
        "What does the stew contain?",
        "¿Qué contiene la caja?",
        "Which page layout does the booklet have?",
        "What page numbers are bold?",
    ],
)
def test_most_ask_for_any_passage(words: str) -> None:
    """Words about files, pages and what is about something that name no place."""
    assert scope(words) == Scope()
