"""Questions that were asked on the page, and what came of each: they outlive the tab that asked.

A tab that is loaded again, or that comes back after its connection was lost for long, finds its
answer here, finished or still growing.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from polysense.errors import Cancelled, PolysenseError
from polysense.events import AnswerPiece, GenerationStep
from polysense.results import Answer
from polysense.types import Ranking

MOST_BYTES, KEEP_SECONDS = 64 << 20, 3600.0
"""Of the answers of all people that are kept in memory, and for how long; judged, not measured:
films and models are a few megabytes each, and words next to nothing.
"""

POLL_SECONDS = 0.05
"""Between two looks at whether an answer has grown; shorter than people notice."""

log = logging.getLogger("polysense.serve")

Piece = Ranking | AnswerPiece | Answer | PolysenseError
"""In the order in which they come: places, steps of a model, evidence, parts of the answer, the
whole or an error.
"""

Tell = Callable[[Piece | GenerationStep], None]
Work = Callable[[Tell], None]

Exchanges = tuple[tuple[str, str], ...]
"""Questions and their answers, in words, oldest first."""

MOST_EXCHANGES = 50
"""Questions before, the latest, that a conversation keeps; judged, not measured."""


@dataclass(eq=False)
class LiveAnswer:
    """A question, what was asked before it, and the pieces of its answer that have come so far."""

    question: str = ""
    history: Exchanges = ()
    pieces: list[Piece] = field(default_factory=list)
    is_over: bool = False
    watchers: int = 0
    """Tabs that show it."""
    since: float = field(default_factory=time.monotonic)
    _cancel: threading.Event = field(default_factory=threading.Event)
    _task: asyncio.Future[None] | None = None

    def start(self, work: Work) -> None:
        """Work on it in a thread, on the running loop."""
        self._task = asyncio.ensure_future(run_in_threadpool(self._run, work))

    async def watch(self) -> AsyncIterator[Piece]:
        """Every piece from the first on, as it comes, until the last."""
        n = 0
        while True:
            is_over = self.is_over  # before looking: what comes with the end is not missed
            while n < len(self.pieces):
                yield self.pieces[n]
                n += 1
            if is_over:
                return
            await asyncio.sleep(POLL_SECONDS)

    @property
    def conversation(self) -> Exchanges:
        """What was said up to here: what a further question may lean on."""
        answer = next((p for p in self.pieces if isinstance(p, Answer)), None)
        own = ((self.question, answer.text),) if answer is not None else ()
        return (*self.history, *own)[-MOST_EXCHANGES:]

    def cancel(self) -> None:
        """Stop at the next piece."""
        self._cancel.set()

    @property
    def size(self) -> int:
        """Bytes of what was made, and little else counts."""
        answers = [p for p in self.pieces if isinstance(p, Answer)]
        data = [p.part.data for answer in answers for p in answer.parts]
        return sum(len(d) for d in data if isinstance(d, (bytes, str)))

    def _tell(self, piece: Piece | GenerationStep) -> None:
        if self._cancel.is_set():
            raise Cancelled("asked anew")
        if not isinstance(piece, GenerationStep):
            self.pieces.append(piece)

    def _run(self, work: Work) -> None:
        try:
            work(self._tell)
        except Cancelled:
            pass
        except PolysenseError as e:
            self.pieces.append(e)
        except Exception:
            log.exception("an answer failed")
            self.pieces.append(PolysenseError("something went wrong in the server"))
        finally:
            self.is_over = True


class LiveAnswers:
    """The latest answers, by whose they are, in which library, and what was asked."""

    def __init__(self, max_bytes: int = MOST_BYTES, seconds: float = KEEP_SECONDS) -> None:
        self._live_answers: OrderedDict[tuple[str, ...], LiveAnswer] = OrderedDict()
        self._max_bytes, self._seconds = max_bytes, seconds

    def start(
        self, key: tuple[str, ...], work: Work, question: str = "", history: Exchanges = ()
    ) -> LiveAnswer:
        """Ask, though it was asked before: the library may have changed."""
        self._sweep()
        live = LiveAnswer(question, history)
        self._live_answers.pop(key, None)
        self._live_answers[key] = live
        live.start(work)
        return live

    def get(self, key: tuple[str, ...]) -> LiveAnswer | None:
        """What came of it, if it was asked lately and did not fail."""
        self._sweep()
        live = self._live_answers.get(key)
        has_failed = live is not None and any(isinstance(p, PolysenseError) for p in live.pieces)
        return None if has_failed else live

    def leave(self, live: LiveAnswer) -> None:
        """A tab shows it no longer; what nobody waits for is not worked on."""
        live.watchers -= 1
        if live.watchers <= 0 and not live.is_over:
            live.cancel()
            self._live_answers = OrderedDict(
                (k, t) for k, t in self._live_answers.items() if t is not live
            )

    def _sweep(self) -> None:
        """Forget the oldest, those that are still worked on excepted."""
        now, size = time.monotonic(), 0
        for key, live in reversed(list(self._live_answers.items())):
            size += live.size
            is_old = now - live.since > self._seconds or size > self._max_bytes
            if live.is_over and is_old:
                del self._live_answers[key]
