"""What to keep of a ranking: good, and not yet said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def diverse(
    items: Sequence[T],
    relevance: Sequence[float],
    similarity: Callable[[T, T], float],
    k: int,
    balance: float = 0.7,
) -> list[T]:
    """k items by maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998).

    Each next one has the most balance * relevance - (1 - balance) * likeness to those chosen.

    relevance and similarity are 0..1.

    >>> diverse(["red", "crimson", "blue"], [1.0, 0.9, 0.8], lambda a, b: float({a, b} == {"red", "crimson"}), k=2)
    ['red', 'blue']
    """
    left, chosen = list(range(len(items))), list[int]()
    nearest = [0.0] * len(items)
    while left and len(chosen) < k:
        best = max(left, key=lambda i: (balance * relevance[i] - (1 - balance) * nearest[i], -i))
        left.remove(best)
        chosen.append(best)
        for i in left:
            nearest[i] = max(nearest[i], similarity(items[i], items[best]))
    return [items[i] for i in chosen]
