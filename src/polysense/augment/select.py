"""What to keep of a ranking: good, and not yet said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

BALANCE = 0.7
"""How much relevance counts against novelty; judged, not measured."""


def select_diverse(
    items: Sequence[T],
    relevance: Sequence[float],
    similarity: Callable[[T, T], float],
    k: int,
    balance: float = BALANCE,
) -> list[T]:
    """k items by maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998).

    Each next one has the most balance * relevance - (1 - balance) * likeness to those chosen.

    relevance and similarity are 0..1.

    >>> colours, reds = ["red", "crimson", "blue"], {"red", "crimson"}
    >>> select_diverse(colours, [1.0, 0.9, 0.8], lambda a, b: float({a, b} == reds), k=2)
    ['red', 'blue']
    """
    remaining, selection = list(range(len(items))), list[int]()
    nearest = [0.0] * len(items)
    while remaining and len(selection) < k:
        best = max(
            remaining, key=lambda i: (balance * relevance[i] - (1 - balance) * nearest[i], -i)
        )
        remaining.remove(best)
        selection.append(best)
        for i in remaining:
            nearest[i] = max(nearest[i], similarity(items[i], items[best]))
    return [items[i] for i in selection]
