"""What a question asks for first: most or least."""

from __future__ import annotations

import pytest

from polysense.rewriters.decomposition.value_order import value_order


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("Which inn has more beds, Oak or Ash?", "greatest first"),
        ("Which is cheaper, tea or juice?", "least first"),
        ("Welcher Turm ist höher, A oder B?", "greatest first"),
        ("Quel sac pèse le moins, A ou B ?", "least first"),
        ("¿Cuál es más alto, A o B?", "greatest first"),
        ("东塔和西塔哪个更高？", "greatest first"),
        ("面包和牛奶哪个便宜？", "least first"),
        ("Is Oak higher than Ash?", ""),
        ("Compare the height of Oak and Ash", ""),
        ("Which was built first, Oak or Ash?", ""),
        ("Quel sac est plus léger, A ou B ?", ""),
    ],
)
def test_the_order_is_told_by_the_comparative(words: str, order: str) -> None:
    """Where it is not, things stay as they were named."""
    assert value_order(words) == order
