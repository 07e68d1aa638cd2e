"""Long work in a thread: its steps are told, it ends where nobody waits, and where it would take too
long.
"""

from __future__ import annotations

import time
from threading import Event, Lock

import pytest

from polysense.errors import ModelFailed
from polysense.events import GenerationStep
from polysense.make.diffusion import steps
from polysense.make.diffusion.steps import StepReporter, Stopped, run_in_steps, steps_told


def count_to(total: int, ended: Event | None = None):
    """Work of `total` steps; its value is their number."""

    def work(reporter: StepReporter) -> int:
        try:
            for done in range(total + 1):
                reporter.step(done, total)
                time.sleep(0.002)
        except Stopped:
            if ended:
                ended.set()
            raise
        return total

    return work


def test_each_step_and_the_value() -> None:
    """In their order; the value comes as that of a generator."""
    values = []

    def consume():
        values.append((yield from run_in_steps("m", 60, count_to(2))))

    assert list(consume()) == [GenerationStep(n, 2) for n in range(3)]
    assert values == [2]


def test_closed_it_ends() -> None:
    """At its next step, and before `close` is back."""
    ended = Event()
    stream = run_in_steps("m", 60, count_to(10_000, ended))
    next(stream)
    stream.close()
    assert ended.is_set()


def test_who_waits_for_a_model_to_load_can_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told that nothing is known yet, and is let go; the work ends once it is loaded."""
    monkeypatch.setattr(steps, "TOLD_SECONDS", 0.01)
    monkeypatch.setattr(steps, "STOP_SECONDS", 0.01)
    loaded, ended = Event(), Event()

    def work(reporter: StepReporter) -> None:
        loaded.wait(10)
        try:
            reporter.check()
        finally:
            ended.set()

    stream = run_in_steps("m", 60, work)
    assert [next(stream), next(stream)] == 2 * [GenerationStep(0, 0)]
    stream.close()
    assert not ended.is_set()
    loaded.set()
    assert ended.wait(10)


def test_what_the_work_raises_is_raised() -> None:
    """Where it is waited for."""

    def work(reporter: StepReporter) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        list(run_in_steps("m", 60, work))


def test_what_would_take_too_long_is_given_up() -> None:
    """After two steps, with what to change."""
    with pytest.raises(ModelFailed, match="m would take") as refusal:
        list(run_in_steps("m", 0.05, count_to(1000)))
    assert "steps=" in refusal.value.hint


def test_who_waits_for_a_turn_can_leave() -> None:
    """Though somebody else's work goes on."""
    lock = Lock()
    lock.acquire()

    def work(reporter: StepReporter) -> None:
        reporter.step(0, 1)
        with reporter.turn(lock):
            raise AssertionError("it had the turn")

    stream = run_in_steps("m", 60, work)
    next(stream)
    stream.close()
    lock.release()


def test_the_bars_of_a_pipeline() -> None:
    """Both ways in which pipelines draw them; afterwards it has its own again."""

    class Pipeline:
        def progress_bar(self) -> str:
            return "its own"

    pipeline = Pipeline()

    def work(reporter: StepReporter) -> None:
        with steps_told(pipeline, reporter):
            with pipeline.progress_bar(total=2) as bar:
                bar.update()
                bar.update()
            assert [*pipeline.progress_bar(iter("ab"))] == ["a", "b"]

    told_steps = list(run_in_steps("m", 60, work))
    assert told_steps == 2 * [GenerationStep(n, 2) for n in range(3)]
    assert pipeline.progress_bar() == "its own"
