"""Misspelt words, by the library's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from polysense.question import Question
from polysense.rewriters.spelling import Spelling
from polysense.stores.memory import Memory
from polysense.testing import check_rewriter
from polysense.types import Asset, Chunk, Span

TEXTS = (
    "The lighthouse keeper trims the paraffin lamp.",
    "Error E512 stops the compressor. Pears are sold in Brenn.",
    "Der Leuchtturmwärter wohnt im Turm.",
)


def test_it_keeps_the_contract(ask: Callable[[str], Question], fill: Callable[..., Memory]) -> None:
    check_rewriter(Spelling(), ask("Who is the lighthuose keeper?"), (), fill(*TEXTS))


@pytest.mark.parametrize(
    ("words", "whole", "why"),
    [
        ("who trims the parafin lamp?", "who trims the paraffin lamp?", "read 'parafin' as 'paraffin'"),
        ("what stops the comprssor", "what stops the compressor", "read 'comprssor' as 'compressor'"),
        ("the lighthouze", "the lighthouse", "read 'lighthouze' as 'lighthouse'"),
        ("wo wohnt der leuchtturmwater", "wo wohnt der leuchtturmwärter", "read 'leuchtturmwater' as 'leuchtturmwärter'"),
    ],
)  # fmt: skip
def test_a_slip_is_read_as_the_library_has_it(
    ask: Callable[[str], Question], fill: Callable[..., Memory], words: str, whole: str, why: str
) -> None:
    """One letter, or two of a long word; and the answer can say so."""
    rewrite = Spelling().rewrite(ask(words), (), fill(*TEXTS))
    assert rewrite is not None
    assert (rewrite.words, rewrite.why) == (whole, why)


@pytest.mark.parametrize(
    "words",
    [
        "Who is the lighthouse keeper?",
        "What does error E513 mean?",
        "What is sold in Brena?",
        "Where are peaches sold?",
        "Which lamps does the keeper trim?",
        'What is a "lighthuose"?',
        "where are the years",
        "多少钱",
        "see lighthuose.txt",
    ],
)
def test_what_may_be_meant_is_left_alone(
    ask: Callable[[str], Question], fill: Callable[..., Memory], words: str
) -> None:
    """Codes, names, quoted words, English words that the library has not: near misses, no slips."""
    assert Spelling().rewrite(ask(words), (), fill(*TEXTS)) is None


def test_words_of_files_added_later_are_known(ask: Callable[[str], Question]) -> None:
    """The vocabulary is counted again when the library has grown."""
    rewriter, store = Spelling(), Memory()
    asset = Asset("0" * 32, "/a.txt", "text/plain", "text", 1)
    store.add([Chunk(asset, Span(page=1), "text", text="The ferry.")])
    question = ask("who owns the harbuor")
    assert rewriter.rewrite(question, (), store) is None
    store.add([Chunk(asset, Span(page=2), "text", text="The harbour.")])
    rewrite = rewriter.rewrite(question, (), store)
    assert rewrite is not None
    assert rewrite.words == "who owns the harbour"
