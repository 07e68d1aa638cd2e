"""How much a language model may search again: what a client asks for, within the settings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from polysense.generate.agent.budget import Budget
from polysense.serve.settings import ServerSettings


class BudgetRequest(BaseModel):
    """How much a language model may search again before it answers, as far as the server grants it;
    what is left out is as usual.
    """

    model_config = ConfigDict(extra="forbid")

    rounds: int | None = Field(default=None, ge=1, le=10**9, description="Steps; 4 where left out.")
    tokens: int | None = Field(
        default=None, ge=1, le=10**9, description="To read and write; 20,000 where left out."
    )
    seconds: float | None = Field(default=None, gt=0, le=10**9, description="60 where left out.")


def bounded_budget(
    request: BudgetRequest | None, settings: ServerSettings
) -> tuple[Budget | None, tuple[str, ...]]:
    """The budget as far as the server grants it, None where none is asked for, or none granted; and
    a warning where it is less than was asked for. What is left open is as usual.

    >>> bounded_budget(BudgetRequest(rounds=9), ServerSettings(rounds=2))[1]
    ('this server lets a model search again within less: rounds 2, not 9',)
    """
    if request is None:
        return None, ()
    if not settings.rounds:
        return None, ("this server lets no model search again",)
    usual, cuts = Budget(), []
    limits = []
    for name, amount, most, default in (
        ("rounds", request.rounds, settings.rounds, usual.rounds),
        ("tokens", request.tokens, settings.round_tokens, usual.tokens),
        ("seconds", request.seconds, settings.round_seconds, usual.seconds),
    ):
        limits.append(min(default if amount is None else amount, most))
        if amount is not None and amount > most:
            cuts.append(f"{name} {most:g}, not {amount:g}")
    rounds, tokens, seconds = limits
    warning = f"this server lets a model search again within less: {'; '.join(cuts)}"
    return Budget(int(rounds), int(tokens), seconds), (warning,) if cuts else ()
