"""A passage that might answer, made up by a model behind a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polysense.errors import BadConfig, ModelFailed
from polysense.llm.openai import OpenAI
from polysense.messages import Usage
from polysense.question import Question
from polysense.rewriters.hyde import Hyde
from polysense.stores.memory import Memory
from polysense.testing import check_rewriter
from polysense.types import Part

from ..llm.server import Server

PASSAGE = "The ferry moors at the old wharf, below the tide mill."


def test_it_keeps_the_contract(
    ask: Callable[[str], Question], server: Server, model: OpenAI
) -> None:
    server.say = lambda words: PASSAGE
    check_rewriter(Hyde(language_model=model), ask("Where is the ferry?"), (), Memory())


def test_the_passage_is_searched_as_one(
    ask: Callable[[str], Question], server: Server, model: OpenAI
) -> None:
    """On one line, as a document; the question's words stay, and what it cost is told."""
    server.say = lambda words: f"{PASSAGE}\n\nIt leaves at noon."
    rewrite = Hyde(language_model=model).rewrite(ask("Where is the ferry?"), (), Memory())
    assert rewrite is not None
    (text,) = rewrite.search_texts
    assert (text.words, text.role) == (f"{PASSAGE} It leaves at noon.", "document")
    assert (rewrite.words, rewrite.usage) == ("", Usage(11, 7))
    assert "Question: Where is the ferry?" in server.last_words
    assert PASSAGE in str(rewrite)


def test_an_endless_passage_is_cut(
    ask: Callable[[str], Question], server: Server, model: OpenAI
) -> None:
    server.say = lambda words: "and on " * 300
    rewrite = Hyde(language_model=model).rewrite(ask("Where is the ferry?"), (), Memory())
    assert rewrite is not None
    assert len(rewrite.search_texts[0].words) == 1000


def test_another_prompt_is_read_from_its_file(
    ask: Callable[[str], Question], server: Server, model: OpenAI, tmp_path: Path
) -> None:
    server.say = lambda words: PASSAGE
    (tmp_path / "mine.txt").write_text("Write like a harbour master.", "utf-8")
    own = Hyde(language_model=model, prompt=str(tmp_path / "mine.txt"))
    own.rewrite(ask("Where is the ferry?"), (), Memory())
    assert "Write like a harbour master." in server.last_words
    with pytest.raises(BadConfig, match=r"none.txt cannot be read"):
        Hyde(language_model=model, prompt=str(tmp_path / "none.txt")).rewrite(
            ask("Where is the ferry?"), (), Memory()
        )


def test_a_model_that_fails_says_so(server: Server, ask: Callable[[str], Question]) -> None:
    """Whoever runs it leaves the question as it is (tests/query/test_rewrite.py)."""
    failing = OpenAI(model="broken", base_url=server.url, retries=0)
    with pytest.raises(ModelFailed, match="HTTP 500"):
        Hyde(language_model=failing).rewrite(ask("Where is the ferry?"), (), Memory())


def test_beside_a_file_it_is_not_asked(server: Server, model: OpenAI) -> None:
    """ "This" is the file, which the model is not shown."""
    query = (Part("text", "Where is this?"), Part("image", b"...", "image/png"))
    assert Hyde(language_model=model).rewrite(Question(query, ()), (), Memory()) is None
    assert not server.requests
