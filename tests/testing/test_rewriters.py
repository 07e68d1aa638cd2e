"""The check of rewriters: one that keeps the rules passes, and each broken rule is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from polysense.protocols import Rewriter, Store
from polysense.question import Exchange, Question, Rewrite, SearchText, SubQuestion
from polysense.stores.memory import Memory
from polysense.testing import ContractError, check_rewriter
from polysense.types import Part

WORDS = Part("text", "When is high water?")
QUESTION = Question((WORDS,), ((WORDS,),))


class FakeRewriter(Rewriter):
    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make

    def rewrite(self, question: Question, history: Sequence[Exchange], store: Store) -> Any:
        return self.make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Rewrite("other words", "When is it high?"), ""),
        (lambda: Rewrite("more words", terms=("tide",)), ""),
        (lambda: Rewrite("a passage", search_texts=(SearchText("Noon.", "document"),)), ""),
        (lambda: Rewrite("a passage", search_texts=(SearchText(" "),)), "empty"),
        (lambda: Rewrite("a passage", search_texts=(SearchText("a", weight=0.0),)), "weighs"),
        (lambda: None, "leaves"),
        (lambda: "When is it high?", "a str, not a Rewrite"),
        (lambda: Rewrite(" ", "When?"), "why"),
        (lambda: Rewrite("nothing"), "changes nothing"),
        (lambda: Rewrite("a gap", terms=("",)), "empty"),
        (lambda: Rewrite("a gap", sub_questions=(SubQuestion("Where is {}?"),)), "first"),
        (
            lambda: Rewrite(
                "a gap",
                sub_questions=(SubQuestion("a"), SubQuestion("Is {}?"), SubQuestion("b")),
            ),
            "chain",
        ),
    ],
)
def test_rewriters(make: Callable[[], Any], message: str) -> None:
    """The first three keep the rules."""
    if not message:
        check_rewriter(FakeRewriter(make), QUESTION, (), Memory())
        return
    with pytest.raises(ContractError, match=message):
        check_rewriter(FakeRewriter(make), QUESTION, (), Memory())


def test_rewriters_that_race_at_first_use_are_caught(racing: Any) -> None:
    """Two threads begin together with a new plug-in."""
    with pytest.raises(ContractError, match="two threads"):
        check_rewriter(
            FakeRewriter(lambda: Rewrite(str(racing.load()), "a")), QUESTION, (), Memory()
        )


def test_what_only_adds_changes_no_words() -> None:
    """It would run too late for others to read what it made."""
    adding = FakeRewriter(lambda: Rewrite("other words", "When is it high?"))
    adding.is_addition = True
    with pytest.raises(ContractError, match="is_addition"):
        check_rewriter(adding, QUESTION, (), Memory())


def test_one_without_the_method_is_named() -> None:
    class Nothing:
        languages = None
        is_addition = False

    with pytest.raises(ContractError, match="lacks rewrite"):
        check_rewriter(Nothing(), QUESTION, (), Memory())  # type: ignore[arg-type]
