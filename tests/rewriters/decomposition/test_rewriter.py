"""The plug-in that takes questions apart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from polysense.question import Question
from polysense.rewriters.decomposition.rewriter import Decomposition
from polysense.stores.memory import Memory
from polysense.testing import check_rewriter
from polysense.types import Part


def test_it_keeps_the_contract(ask: Callable[[str], Question]) -> None:
    """Comparisons and chains alike."""
    for words in ("Which is older, the inn or the mill?", "Who owns the yard that built the tug?"):
        check_rewriter(Decomposition(), ask(words), (), Memory())


def test_a_comparison_is_no_chain(ask: Callable[[str], Question]) -> None:
    """Its parts are asked side by side, those of a chain one after the other."""
    rewriter, store = Decomposition(), Memory()
    comparison = rewriter.rewrite(ask("Which is older, the inn or the mill?"), (), store)
    chain = rewriter.rewrite(ask("Who owns the yard that built the tug?"), (), store)
    assert comparison is not None
    assert chain is not None
    assert (comparison.is_chain, chain.is_chain) == (False, True)


def test_a_question_with_a_file_stays_whole(tmp_path: Path) -> None:
    """Its parts would lose the file that they are about."""
    words, file = (
        Part("text", "Which is older, this or the mill?"),
        Part("image", tmp_path / "a.png"),
    )
    question = Question((words, file), ((words,), (file,)))
    assert Decomposition().rewrite(question, (), Memory()) is None
