"""What a language model may spend on searching again before it answers."""

from __future__ import annotations

from dataclasses import dataclass

from polysense.errors import BadQuery


@dataclass(frozen=True, slots=True)
class Budget:
    """How often a model may act before an answer is written, how many tokens it may read and write
    for that, and how long it may take; whichever ends first. The answer itself is beside it.

    The numbers are judged: two searches, a look and the word that it suffices; some 4,000 tokens
    of evidence a round. Raises BadQuery for what allows nothing.

    >>> Budget(rounds=2)
    Budget(rounds=2, tokens=20000, seconds=60.0)
    """

    rounds: int = 4
    tokens: int = 20_000
    seconds: float = 60.0

    def __post_init__(self) -> None:
        if self.rounds < 1 or self.tokens < 1 or not self.seconds > 0:
            raise BadQuery(
                f"{self} allows nothing",
                "Give 1 round, 1 token and some time at least; leave it out to search once.",
            )
