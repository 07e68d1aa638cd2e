"""How often one client may do something: so many times in any stretch of some seconds."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MAX_CLIENTS = 10_000
"""Clients that are remembered, the latest: one that makes up addresses must not fill the memory."""


class RateLimiter:
    """Counts what each client did in the last `seconds`, up to `most`. Usable from several threads.

    >>> times = iter([0.0, 1.0, 2.0, 10.5])
    >>> limiter = RateLimiter(2, 10.0, clock=lambda: next(times))
    >>> [limiter.hit("10.0.0.1") for _ in range(4)]
    [True, True, False, True]
    """

    def __init__(
        self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def hit(self, client: str) -> bool:
        """Count one more, if there is room for it; False where there is none."""
        with self._lock:
            now = self._clock()
            times = self._recent(client, now)
            if len(times) >= self._most:
                return False
            times.append(now)
            return True

    def has_room(self, client: str) -> bool:
        """Whether there is room for one more; nothing is counted."""
        with self._lock:
            return len(self._recent(client, self._clock())) < self._most

    def _recent(self, client: str, now: float) -> deque[float]:
        times = self._times.setdefault(client, deque())
        self._times.move_to_end(client)
        while times and times[0] <= now - self._seconds:
            times.popleft()
        while len(self._times) > MAX_CLIENTS:
            self._times.popitem(last=False)
        return times
