"""A search within the file, the page or the section that its question names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

import pytest

from polysense import Library, registry
from polysense.ingest.workers import Limits
from polysense.question import Scope
from polysense.retrieve.narrow import is_section, named_assets

from ..read.document.pdf.test_parser import make, words


def manual(path: Path, house: str, pages: int) -> None:
    """A PDF with a line on each page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (f"The {house} pump on sheet {n} makes {n}00 turns." for n in range(1, pages + 1))
    make(path, *(words(line, 60, 400) for line in lines))


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """Manuals, a guide with numbered sections, a note in Chinese; words alone."""
    folder = tmp_path_factory.mktemp("scope")
    files = folder / "in"
    manual(files / "north-manual.pdf", "north", 3)
    manual(files / "a" / "south.pdf", "south", 2)
    manual(files / "b" / "south.pdf", "other", 1)
    (files / "boat-guide.md").write_text(
        "# Care of boats\n\n## 3 Care\n\nCare in general.\n\n### 3.2 Oil\n\nThe oil is changed in "
        "May.\n\n## 30 Days\n\nThe oil lasts thirty days.\n"
    )
    (files / "law.txt").write_text("Under chapter 3 the harbour bank charges forty crowns.\n")
    overview = normalize("NFD", "Übersicht der Boote.md")  # as some file systems keep it
    (files / overview).write_text("# Boote\n\nDrei Kutter und eine Fähre.\n", "utf-8")
    (files / "船员手册.md").write_text("# 船员手册\n\n## 钟\n\n铜钟重八百公斤。\n", "utf-8")
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        converters=[f"-{c}" for c in registry.OFFLINE.converters],
    )
    with Library(folder / "kb", kit=kit, limits=Limits(workers=1)) as library:
        library.index(files)
        yield library


def places(kb: Library, question: str, **options: int) -> list[tuple[str, int | None]]:
    return [(h.chunk.asset.name, h.chunk.span.page) for h in kb.search(question, **options)]


@pytest.mark.parametrize(
    "question",
    [
        "What is on page 2 of north-manual.pdf?",
        "What does page 2 of the north manual say?",
        "north-manual.pdf第2页讲什么？",
        "Was steht auf Seite 2 von north-manual.pdf?",
        "How many turns does the pump make on page 2 of north-manual.pdf?",
    ],
)
def test_a_page_of_a_named_file(kb: Library, question: str) -> None:
    """That page of that file and nothing else, whatever is asked of it."""
    assert places(kb, question) == [("north-manual.pdf", 2)]


def test_the_last_page(kb: Library) -> None:
    """Counted from the end of the file."""
    assert places(kb, "What is on the last page of north-manual.pdf?") == [("north-manual.pdf", 3)]


def test_a_page_that_is_not_there(kb: Library) -> None:
    """Nothing is found, and no other page stands in for it."""
    assert places(kb, "What is on page 40 of north-manual.pdf?") == []


def test_a_file_that_is_not_there(kb: Library) -> None:
    """The question is asked as if it named no place, and the reader is notes."""
    ranking = kb.search("What is on page 2 of lost.pdf?")
    assert any("lost.pdf" in w for w in ranking.warnings)
    assert len({h.chunk.asset.id for h in ranking}) > 1


@pytest.mark.parametrize(
    ("question", "warning"),
    [
        ("How do I read a line in Node.js?", ""),
        ("What is ASP.NET about?", ""),
        ("What does history.teach say about pumps?", ""),
        ("What does lost.pdf say about pumps?", "no file 'lost.pdf'"),
        ("How many turns does the pump make on page 70?", "no file here has page 70"),
        ("What is the meaning of section 230?", ""),
        ("What is in section 230?", "no section 230"),
        ("How many turns on page 9 of north-manual.pdf?", "north-manual.pdf has no page 9"),
    ],
)
def test_what_is_not_there_is_told_where_it_was_surely_meant(
    kb: Library, question: str, warning: str
) -> None:
    """Everything is searched, or all of the file that is named; a name with a dot is no file."""
    ranking = kb.search(question)
    notes = [w for w in ranking.warnings if "searched" in w]
    assert len(notes) == bool(warning)
    assert all(warning in w for w in notes)


def test_several_pages(kb: Library) -> None:
    """Those that are named, and none between."""
    question = "What is on pages 1 and 3 of north-manual.pdf?"
    assert places(kb, question) == [("north-manual.pdf", 1), ("north-manual.pdf", 3)]


def test_what_a_doubtful_place_does_not_answer_everything_may(kb: Library) -> None:
    """Where the words may be no place, or another one is meant; never where a file is named."""
    answer = kb.ask("What does the harbour bank charge under chapter 3?")
    assert "forty crowns" in answer.text
    assert any("section 3" in w for w in answer.warnings)
    answer = kb.ask("When is the oil changed, by section 3.2?")
    assert answer.answered
    assert not answer.warnings
    assert not kb.ask("What does north-manual.pdf say about the oil?").answered


def test_a_section_by_its_heading(kb: Library) -> None:
    """With its subsections, and not another whose number begins alike."""
    texts = [h.chunk.text for h in kb.search("What is in section 3 of boat-guide.md?")]
    assert texts == ["Care in general.", "The oil is changed in May."]
    texts = [h.chunk.text for h in kb.search("When is the oil changed, by section 3.2?")]
    assert texts == ["The oil is changed in May."]


def test_a_whole_file_in_reading_order(kb: Library) -> None:
    """The passages that begin its sections, of that file alone."""
    ranking = kb.search("Summarise boat-guide.md")
    assert [h.chunk.asset.name for h in ranking] == ["boat-guide.md"] * len(ranking)
    lines = [h.chunk.span.lines or (0, 0) for h in ranking]
    assert len(lines) == 3
    assert lines == sorted(lines)


def test_which_file_gives_each_file_once(kb: Library) -> None:
    """Its best place."""
    ranking = kb.search("Which file mentions the pump?")
    assert len({h.chunk.asset.id for h in ranking}) == len(ranking)
    names = [h.chunk.asset.name for h in ranking]
    assert sorted(names[:3]) == ["north-manual.pdf", "south.pdf", "south.pdf"]


def test_the_scope_is_notes(kb: Library) -> None:
    """With the words that it was read from; most questions have none."""
    explanations = kb.search("What is on page 2 of north-manual.pdf?").rewrites
    assert explanations[0].startswith("scope: the contents of page 2 of north-manual.pdf")
    assert "on page 2" in explanations[0]
    assert kb.search("How many turns does the pump make?").rewrites == ()


def test_a_filter_holds_as_well(kb: Library) -> None:
    """A question never reaches outside of what whoever asks may see."""
    question = "What is on page 2 of north-manual.pdf?"
    names = {h.chunk.asset.name for h in kb.search(question, where="name = 'boat-guide.md'")}
    assert names <= {"boat-guide.md"}


def test_names_of_files(kb: Library) -> None:
    """With and without an ending, a folder before it, words of the name, a title, Chinese beside
    it; with spaces, in any case and Unicode form.
    """
    overview = normalize("NFD", "Übersicht der Boote.md")
    names = {
        name: sorted(a.name for a in named_assets(name, kb.store, kb.catalogue))
        for name in (
            "NORTH-MANUAL.pdf", "north manual", "a/south.pdf", "south.pdf", "south",
            "care of boats", "请看north-manual.pdf", "手册", "manual.txt", "lighthouse",
            "übersicht.md", "ÜBERSICHT der Boote.md", "siehe übersicht der boote.md",
        )
    }  # fmt: skip
    assert names == {
        "NORTH-MANUAL.pdf": ["north-manual.pdf"],
        "north manual": ["north-manual.pdf"],
        "a/south.pdf": ["south.pdf"],
        "south.pdf": ["south.pdf", "south.pdf"],
        "south": ["south.pdf", "south.pdf"],
        "care of boats": ["boat-guide.md"],
        "请看north-manual.pdf": ["north-manual.pdf"],
        "手册": ["船员手册.md"],
        "manual.txt": [],
        "lighthouse": [],
        "übersicht.md": [],
        "ÜBERSICHT der Boote.md": [overview],
        "siehe übersicht der boote.md": [overview],
    }


@pytest.mark.parametrize(
    ("heading", "section", "is_it"),
    [
        ("3.2 Noise", "3.2", True),
        ("3.2.1 Noise at night", "3.2", True),
        ("3.25 Noise", "3.2", False),
        ("Chapter 3: Oil", "3", True),
        ("30 days", "3", False),
        ("第三章 安全", "3", True),
        ("Appendix B", "B", True),
        ("Lamp oil", "lamp oil", True),
        ("Noise", "3.2", False),
    ],
)
def test_headings_of_sections(heading: str, section: str, is_it: bool) -> None:
    """By number or by title."""
    assert is_section(heading, section) == is_it


def test_an_unclear_place_is_no_place(kb: Library) -> None:
    """A page that several files have narrows the search, and names no file."""
    search = kb._search(["What is on page 1?"], (), "")
    assert search.question.scope.file == ""
    assert search.question.scope.pages == ((1, 1),)
    assert kb._search(["the pump"], (), "").question.scope == Scope()
