"""One client cannot do too much, and cannot keep others from anything."""

from __future__ import annotations

from polysense.serve import rate
from polysense.serve.rate import RateLimiter


class Clock:
    """Time that passes when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_stretch_of_time_holds_so_many() -> None:
    """In any stretch, not from one full second to the next."""
    clock = Clock()
    limiter = RateLimiter(2, 1.0, clock)
    assert [limiter.hit("a"), limiter.hit("a"), limiter.hit("a")] == [True, True, False]
    clock.now = 0.9
    assert not limiter.has_room("a")
    assert limiter.hit("b")
    clock.now = 1.0
    assert limiter.has_room("a")
    assert [limiter.hit("a"), limiter.hit("a"), limiter.hit("a")] == [True, True, False]


def test_looking_counts_nothing() -> None:
    """A refusal is not a try."""
    limiter = RateLimiter(1, 1.0, Clock())
    assert all(limiter.has_room("a") for _ in range(5))
    assert limiter.hit("a")
    assert not limiter.hit("a")


def test_made_up_clients_do_not_fill_the_memory() -> None:
    """The oldest are forgotten."""
    limiter = RateLimiter(1, 60.0, Clock())
    for n in range(rate.MAX_CLIENTS + 5):
        limiter.hit(str(n))
    assert len(limiter._times) == rate.MAX_CLIENTS
    assert not limiter.hit(str(rate.MAX_CLIENTS))
