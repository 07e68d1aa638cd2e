"""Files in hand: whose they are, and for how long."""

from __future__ import annotations

from pathlib import Path

import pytest

from polysense.serve.access import LOCAL, Grant
from polysense.serve.page.session import Given, Hands
from polysense.types import Part


@pytest.fixture
def hands() -> Hands:
    made = Hands(most=3)
    yield made
    made.close()


def give(hands: Hands, who: Grant = LOCAL, since: float | None = None) -> str:
    id, folder = hands.place()
    (folder / "a.txt").write_text("a")
    hands.take(
        Given(id, Part("text", folder / "a.txt"), who)
        if since is None
        else Given(id, Part("text", folder / "a.txt"), who, since)
    )
    return id


def test_only_its_owner_sees_a_file(hands: Hands) -> None:
    """Who guesses or learns an id has nothing of it."""
    ann, bob = Grant("ann", "read"), Grant("bob", "read")
    id = give(hands, ann)
    assert hands.get(id, ann)
    assert hands.get(id, bob) is None
    assert hands.get("no such", ann) is None


def test_put_down_is_gone(hands: Hands) -> None:
    """From memory and from disk."""
    id = give(hands)
    hands.put_down(id)
    hands.put_down(id)
    assert hands.get(id, LOCAL) is None
    assert list(hands.folder.iterdir()) == []


def test_the_oldest_go_first(hands: Hands) -> None:
    """A server is no place to leave files; nor are they left for ever."""
    first, *others = [give(hands) for _ in range(4)]
    assert hands.get(first, LOCAL) is None
    assert all(hands.get(i, LOCAL) for i in others)
    stale = give(hands, since=-10_000.0)
    assert hands.get(stale, LOCAL) is None


def test_closing_leaves_nothing(tmp_path: Path) -> None:
    """The folder itself is gone."""
    hands = Hands()
    give(hands)
    hands.close()
    assert not hands.folder.exists()
