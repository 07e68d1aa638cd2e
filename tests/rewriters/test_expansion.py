"""Words of the first hits."""

from __future__ import annotations

from collections.abc import Callable

from polysense.question import Question
from polysense.rewriters.expansion import Expansion
from polysense.stores.memory import Memory
from polysense.testing import check_rewriter

TEXTS = (
    "The ferry moors at the wharf.",
    "A wharf for the ferry and the tug.",
    "Oats and rye are ground in the mill.",
)


def test_it_keeps_the_contract(ask: Callable[[str], Question], fill: Callable[..., Memory]) -> None:
    check_rewriter(Expansion(), ask("ferry"), (), fill(*TEXTS))


def test_it_adds_what_several_hits_share(
    ask: Callable[[str], Question], fill: Callable[..., Memory]
) -> None:
    """A word of one hit alone is chance; the question's own words are asked for already."""
    rewrite = Expansion().rewrite(ask("Where is the ferry?"), (), fill(*TEXTS))
    assert rewrite is not None
    assert rewrite.terms == ("wharf",)
    assert rewrite.words == ""


def test_nothing_is_added_where_nothing_is_found(
    ask: Callable[[str], Question], fill: Callable[..., Memory]
) -> None:
    assert Expansion().rewrite(ask("zeppelin"), (), fill(*TEXTS)) is None
