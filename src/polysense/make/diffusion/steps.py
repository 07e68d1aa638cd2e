"""Long work of a model in a thread: its steps as they are done, its end where nobody waits for it
or it would take too long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Lock
from typing import Any, TypeVar

from polysense.errors import ModelFailed
from polysense.events import GenerationStep

T = TypeVar("T")

TURN_SECONDS = 0.05
"""How often one that waits for its turn looks whether it is still wanted."""

MIN_STEPS_TO_ESTIMATE = 2
"""Steps after which the time of all is reckoned: the first is slower than those that follow.
Judged, not measured.
"""


class Stopped(Exception):
    """Raised within the work where nobody waits for it any more."""


@dataclass(slots=True)
class StepReporter:
    """Where work in a thread tells its steps. `seconds` bounds the time of all of them, `name` is
    whose they are, `total` how many there were last.
    """

    name: str
    seconds: float
    total: int = 0
    _steps: SimpleQueue[GenerationStep | None] = field(default_factory=SimpleQueue)
    _stop: Event = field(default_factory=Event)
    _start: float = 0.0

    def step(self, done: int, total: int) -> None:
        """`done` of `total` steps. Raises Stopped, and ModelFailed where the whole would take more
        than the time allowed.
        """
        if self._stop.is_set():
            raise Stopped
        now = time.monotonic()
        if done == 0 or not self._start:
            self._start = now
        self.total = total
        self._steps.put(GenerationStep(done, total))
        estimate = (now - self._start) * max(total, done) / max(done, 1)
        if done >= min(MIN_STEPS_TO_ESTIMATE, total) and estimate > self.seconds:
            raise ModelFailed(
                f"{self.name} would take {estimate:.0f} s, over seconds={self.seconds:g}",
                "Set fewer steps=, a smaller size=, or more seconds=; a GPU is faster by far.",
            )

    @contextmanager
    def turn(self, lock: Lock) -> Iterator[None]:
        """Hold a lock within; raises Stopped while waiting for it."""
        while not lock.acquire(timeout=TURN_SECONDS):
            if self._stop.is_set():
                raise Stopped
        try:
            yield
        finally:
            lock.release()


def run_in_steps(
    name: str, seconds: float, work: Callable[[StepReporter], T]
) -> Generator[GenerationStep, None, T]:
    """Run `work` in a thread and yield its steps as it tells them; the value is what it gives.

    Closed before its end, the work stops at its next step. Raises what it raises.
    """
    reporter = StepReporter(name, seconds)
    with ThreadPoolExecutor(1, "polysense-generate") as pool:
        task = pool.submit(work, reporter)
        task.add_done_callback(lambda _: reporter._steps.put(None))
        try:
            yield from iter(reporter._steps.get, None)
            return task.result()
        finally:
            reporter._stop.set()


@contextmanager
def steps_told(pipeline: Any, reporter: StepReporter) -> Iterator[None]:
    """Within it the pipeline of diffusers tells its steps: every pipeline draws a bar of them."""

    def progress_bar(iterable: Iterable[Any] | None = None, total: int | None = None) -> _Bar:
        items = None if iterable is None else list(iterable)
        return _Bar(reporter, len(items) if items is not None else total or 0, items or [])

    pipeline.progress_bar = progress_bar
    try:
        yield
    finally:
        del pipeline.progress_bar


class _Bar:
    """A bar of progress, as tqdm's are used: in a `with`, or around what is iterated."""

    def __init__(self, reporter: StepReporter, total: int, items: list[Any]) -> None:
        self._reporter, self._total, self._items, self._done = reporter, total, items, 0
        reporter.step(0, total)

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        for item in self._items:
            yield item
            self.update()

    def update(self, count: int = 1) -> None:
        self._done += count
        self._reporter.step(self._done, self._total)
