"""Examples made of a library."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense import Library
from polysense.errors import BadQuery
from polysense.ingest.progress import SilentProgress
from polysense.registry import Kit
from polysense.train.generator.examples.retrieved import examples_of_library


@pytest.fixture
def kb(notes: Path, tmp_path: Path, bare: Kit) -> Library:
    """Three notes."""
    library = Library(tmp_path / "kb", kit=bare)
    library.index(notes)
    return library


def test_what_is_found_now_is_marked_by_what_is_relevant(kb: Library, tmp_path: Path) -> None:
    """Else by whether it holds the answer; the source is the file that is asked about."""
    path = tmp_path / "questions.jsonl"
    path.write_text(
        '{"query": "the old mill wheel", "answer": "thirty-two", '
        '"relevant": [{"file": "mill.txt", "place": "L1"}]}\n'
        '{"question": "Is the old bell cracked?", "answers": ["flat"]}\n'
        '{"question": "zzzz", "answer": "nothing"}\n'
    )
    with kb:
        mill, bell = examples_of_library(kb, path, 3, SilentProgress())
    assert [c.name for c in mill.right] == ["mill.txt"]
    assert "bell.txt" in {c.name for c in mill.wrong}
    assert (mill.source, mill.answer) == ("mill.txt", "thirty-two")
    assert [c.name for c in bell.right] == ["bell.txt"]
    assert all(c.score > 0 for e in (mill, bell) for c in e.contexts)


def test_a_question_without_an_answer_is_told(kb: Library, tmp_path: Path) -> None:
    """As what there is to learn."""
    path = tmp_path / "questions.jsonl"
    path.write_text('{"query": "the mill", "relevant": ["mill.txt"]}\n')
    with kb, pytest.raises(BadQuery, match="no answer"):
        examples_of_library(kb, path, 3, SilentProgress())
