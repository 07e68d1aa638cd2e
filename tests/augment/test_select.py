"""Choosing what is good and not yet said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from polysense.augment.select import select_diverse

shares = st.lists(st.floats(0, 1), max_size=12)


@given(shares, st.integers(0, 15))
def test_it_chooses_k_of_them_once_each(relevance: list[float], k: int) -> None:
    """No more than there are, none twice, the most relevant first."""
    items = list(range(len(relevance)))
    selected = select_diverse(items, relevance, lambda a, b: 0.5, k)
    assert len(selected) == len(set(selected)) == min(k, len(items))
    if selected:
        assert relevance[selected[0]] == max(relevance)


@given(shares)
def test_without_likeness_it_is_a_sort(relevance: list[float]) -> None:
    """Things that are nothing alike keep the order of relevance; equals that of their coming."""
    items = list(range(len(relevance)))
    assert select_diverse(items, relevance, lambda a, b: 0.0, len(items)) == sorted(
        items, key=lambda i: (-relevance[i], i)
    )


def test_balance() -> None:
    """1 is relevance alone; less makes room for what differs."""
    items, relevance = ["red", "crimson", "blue"], [1.0, 0.9, 0.5]

    def alike(a: str, b: str) -> float:
        return float({a, b} == {"red", "crimson"})

    assert select_diverse(items, relevance, alike, 2, balance=1.0) == ["red", "crimson"]
    assert select_diverse(items, relevance, alike, 2, balance=0.5) == ["red", "blue"]
