"""The worker process: `python -m polysense.ingest.worker`.

Reads pickled jobs on standard input, answers on standard output.

A process of its own, so that a file which crashes a decoder, hangs it or eats memory takes down
this and nothing else. Started as a plain subprocess rather than by multiprocessing: that would run
the caller's script again.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
from typing import Any, BinaryIO

from polysense import registry
from polysense.errors import PolysenseError, TooLarge, Unreadable
from polysense.registry import Kit

ITEMS_PER_MESSAGE = 64
"""What a job gives is sent in such batches: of a job that is killed, the batches sent stay."""

GRACE_SECONDS = 10
"""So long after a job's time the worker ends itself: its parent does so in time, unless it was
killed. Judged, not measured.
"""

MAX_ALARM = 1 << 30
"""Seconds that fit the C types of timers: longer ones are for ever."""

PROCESSOR_TIME_SIGNAL = int(getattr(signal, "SIGPROF", 0))
"""What ends a worker whose job has used up its processor time; 0 where there is no such signal, as
on Windows: only the time by the clock is limited there.
"""


def send(stream: BinaryIO, message: Any) -> None:
    """A length, then a pickle."""
    raw = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(struct.pack("<Q", len(raw)) + raw)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """The next message. Raises EOFError at the end."""
    header = stream.read(8)
    if len(header) < 8:
        raise EOFError
    return pickle.loads(stream.read(struct.unpack("<Q", header)[0]))


def run_job(out: BinaryIO, kit: Kit, job: Any) -> None:
    """Run one job: messages ("items", [...]), then ("done", None) or ("error", PolysenseError)."""
    items: list[Any] = []
    error: PolysenseError | None = None
    try:
        for item in job.run(kit):
            items.append(item)
            if len(items) >= ITEMS_PER_MESSAGE:
                send(out, ("items", items))
                items = []
    except PolysenseError as e:
        error = e
    except (MemoryError, RecursionError) as e:
        error = TooLarge(f"{job.subject} needs too much memory to read ({type(e).__name__})")
    except Exception as e:  # noqa: BLE001 - a plug-in may raise anything; one bad file never stops the run
        error = Unreadable(f"{job.subject} cannot be read: {type(e).__name__}: {str(e)[:300]}")
    if items:
        send(out, ("items", items))
    send(out, ("done", None) if error is None else ("error", error))


def main() -> None:
    """Say ("ready", None), then serve until standard input ends."""
    # Ctrl-C goes to parent and workers; a file must not seem to have crashed its reader
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print must not mix with answers
    stdin = sys.stdin.buffer
    specs, memory, seconds, wall_seconds = receive(stdin)
    _limit_memory(memory)
    kit = registry.kit_from_specs(specs, threads=1)
    send(out, ("ready", None))
    while True:
        try:
            job = receive(stdin)
        except EOFError:
            return
        _set_alarms(seconds, wall_seconds + GRACE_SECONDS)
        run_job(out, kit, job)
        _set_alarms(0, 0)


def _set_alarms(seconds: float, wall_seconds: float) -> None:
    """End this process after so many seconds of processor time, and by the clock; 0 for never."""
    if hasattr(signal, "alarm"):
        signal.alarm(int(min(max(0.0, wall_seconds), MAX_ALARM)))
    if PROCESSOR_TIME_SIGNAL:
        signal.setitimer(signal.ITIMER_PROF, min(max(0.0, seconds), MAX_ALARM))


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    if megabytes and sys.platform == "linux":
        # what the user's own limit allows; only root may go above
        hard_limit = resource.getrlimit(resource.RLIMIT_AS)[1]
        limit = (
            megabytes << 20
            if hard_limit == resource.RLIM_INFINITY
            else min(megabytes << 20, hard_limit)
        )
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
