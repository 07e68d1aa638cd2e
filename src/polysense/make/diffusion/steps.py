"""Long work of a model in a thread: its steps as they are done, its end where nobody waits for it
or it would take too long.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Any, TypeVar

from polysense.errors import ModelFailed
from polysense.events import GenerationStep

T = TypeVar("T")

TURN_SECONDS = 0.05
"""How often one that waits for its turn looks whether it is still wanted."""

TOLD_SECONDS = 1.0
"""How often whoever waits is told again how far it is, so that it can leave while a model loads.
Judged.
"""

STOP_SECONDS = 2.0
"""How long one that leaves waits for the work to end: a step of a small model is shorter. What
takes longer, as loading does, ends by itself. Judged.
"""

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

    def check(self) -> None:
        """Raises Stopped where nobody waits any more: behind what has taken long without a step."""
        if self._stop.is_set():
            raise Stopped

    def step(self, done: int, total: int) -> None:
        """`done` of `total` steps. Raises Stopped, and ModelFailed where the whole would take more
        than the time allowed.
        """
        self.check()
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
            self.check()
        try:
            yield
        finally:
            lock.release()


def run_in_steps(
    name: str, seconds: float, work: Callable[[StepReporter], T]
) -> Generator[GenerationStep, None, T]:
    """Run `work` in a thread and yield its steps as it tells them, the last again where it tells
    none for a while; the value is what it gives.

    Closed before its end, the work stops at its next step, and is not waited for where that is far.
    Raises what it raises.
    """
    reporter = StepReporter(name, seconds)
    task: Future[T] = Future()

    def run() -> None:
        try:
            task.set_result(work(reporter))
        except BaseException as e:  # noqa: BLE001 - raised where it is waited for
            task.set_exception(e)
        finally:
            reporter._steps.put(None)

    Thread(target=run, name="polysense-generate", daemon=True).start()
    try:
        yield from _repeat_latest(reporter._steps)
        return task.result()
    finally:
        reporter._stop.set()
        wait([task], STOP_SECONDS)


def _repeat_latest(steps: SimpleQueue[GenerationStep | None]) -> Iterator[GenerationStep]:
    """Each step as it comes, up to the end; the last again where none comes for a while."""
    latest = GenerationStep(0, 0)
    while True:
        try:
            step = steps.get(timeout=TOLD_SECONDS)
        except Empty:
            yield latest
            continue
        if step is None:
            return
        latest = step
        yield step


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
