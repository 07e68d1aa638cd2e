"""The store in memory keeps the contract; what is particular to it."""

from __future__ import annotations

from polysense.stores.memory import Memory
from polysense.testing import check_store
from polysense.types import Asset, Chunk, Span


def test_contract() -> None:
    """All that the protocol asks of a store."""
    check_store(Memory())


def test_each_is_its_own() -> None:
    """Two stores in one process share nothing."""
    one, other = Memory(), Memory()
    one.add([Chunk(Asset("1", "/a.txt", "", "text", 1), Span(page=1), "text", text="x")])
    assert (one.count(), other.count()) == (1, 0)


def test_it_says_that_nothing_stays() -> None:
    """Not persistent."""
    assert "persistent" not in Memory.capabilities
