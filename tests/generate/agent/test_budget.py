"""A budget allows something."""

from __future__ import annotations

import pytest

from polysense.errors import BadQuery
from polysense.generate.agent.budget import Budget


def test_what_allows_nothing_is_refused() -> None:
    """With what to type instead."""
    assert Budget(1, 1, 0.1).rounds == 1
    for rounds, tokens, seconds in ((0, 1, 1.0), (1, 0, 1.0), (1, 1, 0.0), (1, 1, float("nan"))):
        with pytest.raises(BadQuery, match="allows nothing"):
            Budget(rounds, tokens, seconds)
