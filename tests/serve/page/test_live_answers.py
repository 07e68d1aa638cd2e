"""Questions and their answers, which outlive the tab that asked."""

from __future__ import annotations

import asyncio
import threading

from polysense.errors import Busy, PolysenseError
from polysense.events import GenerationStep
from polysense.results import Answer, AnswerPart
from polysense.serve.page.live_answers import LiveAnswer, LiveAnswers, Piece, Tell
from polysense.types import Part, Ranking, Route

KEY = ("ann", "/?q=moon")


def answer(size: int = 1) -> Answer:
    """With a film of so many bytes."""
    film = AnswerPart(Part("video", b"x" * size), "composed")
    return Answer((film,), (), True, Route(("text",), "video"))


async def watch(live: LiveAnswer) -> list[Piece]:
    """All pieces."""
    return [piece async for piece in live.watch()]


def test_a_second_tab_sees_the_whole() -> None:
    """Who comes late, or comes back, hears every piece from the first on, and nothing is asked
    again.
    """
    go, times = threading.Event(), []

    def work(tell: Tell) -> None:
        times.append(1)
        tell(Ranking(()))
        go.wait(5)
        tell(Part("text", "High water."))
        tell(answer())

    async def run() -> None:
        live_answers = LiveAnswers()
        first = asyncio.ensure_future(watch(live_answers.start(KEY, work)))
        await asyncio.sleep(0.2)
        again = live_answers.get(KEY)
        assert again is not None
        second = asyncio.ensure_future(watch(again))
        go.set()
        assert await first == await second
        assert len(await first) == 3
        late = live_answers.get(KEY)
        assert late is not None
        assert await watch(late) == await first

    asyncio.run(run())
    assert times == [1]


def test_what_nobody_waits_for_is_stopped() -> None:
    """The last tab goes, and the work ends at its next piece; another tab would keep it going."""
    go, ends = threading.Event(), []

    def work(tell: Tell) -> None:
        go.wait(5)
        try:
            tell(answer())
        finally:
            ends.append("stopped" if live.pieces == [] else "done")

    async def run(watchers: int) -> None:
        nonlocal live
        go.clear()
        live_answers = LiveAnswers()
        live = live_answers.start(KEY, work)
        live.watchers = watchers
        live_answers.leave(live)
        assert (live_answers.get(KEY) is None) is (watchers == 1)
        go.set()
        await watch(live)

    live = LiveAnswer()
    asyncio.run(run(1))
    asyncio.run(run(2))
    assert ends == ["stopped", "done"]


def test_a_failure_is_told_and_asked_anew() -> None:
    """Whatever goes wrong is the last piece, without its inside; the next load tries again."""

    def busy(_: Tell) -> None:
        raise Busy("much to do")

    def crash(_: Tell) -> None:
        raise ValueError("/home/ann/secret")

    async def run() -> None:
        live_answers = LiveAnswers()
        for work, words in ((busy, "much to do"), (crash, "something went wrong in the server")):
            (piece,) = await watch(live_answers.start(KEY, work))
            assert isinstance(piece, PolysenseError)
            assert str(piece) == words
            assert live_answers.get(KEY) is None

    asyncio.run(run())


def test_memory_is_bounded() -> None:
    """The oldest answers go first when they are too many bytes, and all that are too old."""

    async def run() -> None:
        live_answers = LiveAnswers(max_bytes=25)
        for n in range(4):
            await watch(live_answers.start((str(n),), lambda tell: tell(answer(10))))
        assert [live_answers.get((str(n),)) is not None for n in range(4)] == [
            False,
            False,
            True,
            True,
        ]
        live_answers = LiveAnswers(seconds=-1.0)
        await watch(live_answers.start(KEY, lambda tell: tell(answer())))
        assert live_answers.get(KEY) is None

    asyncio.run(run())


def test_the_steps_of_a_model_are_where_it_can_be_stopped() -> None:
    """They are no pieces of the answer; the first after nobody waits ends the work."""
    live, steps = LiveAnswer(), list[int]()

    def work(tell: Tell) -> None:
        for n in range(5):
            steps.append(n)
            tell(GenerationStep(n, 5))
            if n == 2:
                live.cancel()

    async def run() -> None:
        live.start(work)
        assert not await watch(live)

    asyncio.run(run())
    assert steps == [0, 1, 2, 3]
