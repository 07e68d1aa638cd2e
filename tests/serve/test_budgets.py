"""What a client may have a language model spend: what it asks for, within the server's settings."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from polysense import Budget
from polysense.serve.budgets import BudgetRequest, bounded_budget
from polysense.serve.settings import ServerSettings


def test_nobody_is_granted_more_than_the_settings() -> None:
    """Rounds, tokens and seconds each; what was cut is told, and nothing else is."""
    settings = ServerSettings(rounds=2, round_tokens=500, round_seconds=3)
    budget, warnings = bounded_budget(BudgetRequest(rounds=10**9, tokens=501, seconds=9), settings)
    assert budget == Budget(2, 500, 3)
    (warning,) = warnings
    assert warning.endswith("rounds 2, not 1e+09; tokens 500, not 501; seconds 3, not 9")
    assert bounded_budget(BudgetRequest(rounds=1), settings) == (Budget(1, 500, 3), ())


def test_what_is_left_out_is_as_usual() -> None:
    """Without a word on it, nothing is searched again; a generous server is not used up."""
    settings = ServerSettings(rounds=50, round_tokens=10**6, round_seconds=900)
    assert bounded_budget(None, settings) == (None, ())
    assert bounded_budget(BudgetRequest(), settings) == (Budget(), ())


def test_a_server_may_grant_none() -> None:
    """It is searched once then, and whoever asked for more is told."""
    settings = ServerSettings(rounds=0)
    budget, (warning,) = bounded_budget(BudgetRequest(rounds=2), settings)
    assert (budget, warning) == (None, "this server lets no model search again")
    assert bounded_budget(None, settings) == (None, ())


@pytest.mark.parametrize("field", [{"rounds": 0}, {"tokens": -1}, {"seconds": 0}, {"steps": 3}])
def test_a_budget_that_is_none(field: dict[str, int]) -> None:
    """Is refused before anything is searched."""
    with pytest.raises(ValidationError):
        BudgetRequest.model_validate(field)
