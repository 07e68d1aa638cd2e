"""The plug-in that reads a conversation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from polysense.question import Exchange, Question
from polysense.rewriters.history import History
from polysense.stores.memory import Memory
from polysense.testing import check_rewriter
from polysense.types import Part

PAINTED = Exchange("Who painted the chapel ceiling?", "Nora Vik painted the chapel ceiling. [1]")


def test_it_keeps_the_contract(ask: Callable[[str], Question]) -> None:
    check_rewriter(History(), ask("Where did she live?"), (PAINTED,), Memory())


def test_what_leans_on_what_leant_is_made_whole_first(ask: Callable[[str], Question]) -> None:
    """The third question leans on the second, and that on the first."""
    history = (PAINTED, Exchange("Where was she born?", "In Eldby."))
    rewrite = History().rewrite(ask("And when?"), history, Memory())
    assert rewrite is not None
    assert rewrite.words == "When was Nora Vik born?"


def test_thanks_is_no_subject(ask: Callable[[str], Question]) -> None:
    """What asked nothing is passed over."""
    history = (PAINTED, Exchange("Thanks!", "Hello."))
    rewrite = History().rewrite(ask("When was that?"), history, Memory())
    assert rewrite is not None
    assert rewrite.words == "When was the chapel ceiling painted?"


def test_nothing_is_carried_without_a_conversation(ask: Callable[[str], Question]) -> None:
    assert History().rewrite(ask("When was that?"), (), Memory()) is None


def test_this_beside_a_file_is_the_file(tmp_path: Path) -> None:
    """It does not stand for what was spoken of before."""
    words, file = Part("text", "When was this made?"), Part("image", tmp_path / "a.png")
    question = Question((words, file), ((words,), (file,)))
    assert History().rewrite(question, (PAINTED,), Memory()) is None
