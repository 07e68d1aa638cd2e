"""Runs jobs in worker processes, with a time and a memory limit each.

It outlives whatever a file does to them.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from typing import Any, TypeVar

from polysense import registry
from polysense.errors import PolysenseError, TooLarge, Unreadable
from polysense.ingest.worker import MAX_ALARM, PROCESSOR_TIME_SIGNAL, send
from polysense.registry import Readers

J = TypeVar("J")
WALL_RATIO = 10.0
"""How many times its processor time a job may take by the clock: a busy machine, a slow disk or a
server that is asked are no fault of a file, and what hangs must end. Judged, not measured.
"""

START_SECONDS = 120.0
"""What a process may take to start: a busy machine takes long to start Python."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: seconds of processor time, megabytes of address space.

    workers: processes at once (0: one a core).
    """

    seconds: float = 120.0
    memory_mb: int = 8192
    workers: int = 0


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a job gave before it ended, and the error it ended with, if any."""

    items: tuple[Any, ...]
    error: PolysenseError | None = None


class Workers:
    """A few processes; started on first use, replaced when they die, ended by `close`."""

    def __init__(self, specs: Mapping[str, tuple[str, ...]], limits: Limits) -> None:
        self._specs, self._limits = specs, limits
        self._process_count = limits.workers or os.cpu_count() or 1
        self._own = threading.local()
        self._lock = threading.Lock()
        self._processes: set[_Process] = set()
        self._closed = False
        self._threads: ThreadPoolExecutor | None = None

    @cached_property
    def readers(self) -> Readers:
        """Who reads which type of file."""
        return registry.readers(self._specs["parsers"])

    @property
    def reader_signature(self) -> str:
        """What decides whether a file can be read: parsers, their packages, those of them that lack
        an extra, and the limits.
        """
        packages = {r.package for r in self.readers.by_type.values()}
        named_versions = sorted(f"{p} {version(p)}" for p in packages)
        parsers = " ".join(self._specs["parsers"])
        unready = "".join(f"; without {spec}" for spec in self.readers.unready)
        return f"{', '.join(named_versions)}; {parsers}; {self.limit_signature}{unready}"

    @property
    def limit_signature(self) -> str:
        """What a file may cost."""
        return f"{self._limits.seconds} s, {self._limits.memory_mb} MB"

    def map(self, jobs: Iterable[J]) -> Iterator[tuple[J, JobResult]]:
        """Each job with its result, as they finish; jobs are taken as workers come free."""
        self._threads = self._threads or ThreadPoolExecutor(
            self._process_count, thread_name_prefix="polysense-worker"
        )
        futures: dict[Future[JobResult], J] = {}
        source = iter(jobs)
        exhausted = False
        while futures or not exhausted:
            while not exhausted and len(futures) < 2 * self._process_count:
                try:
                    job = next(source)
                except StopIteration:
                    exhausted = True
                else:
                    futures[self._threads.submit(self._run, job)] = job
            for future in wait(futures, return_when=FIRST_COMPLETED).done if futures else ():
                yield futures.pop(future), future.result()

    def close(self) -> None:
        """End the processes, at once."""
        with self._lock:
            self._closed = True
            for process in self._processes:
                process.kill()
            self._processes.clear()
        if self._threads:
            self._threads.shutdown(cancel_futures=True)
            self._threads = None

    def _run(self, job: Any) -> JobResult:
        process: _Process | None = getattr(self._own, "process", None)
        if process is None or not process.is_alive:
            with self._lock:
                if self._closed:
                    return JobResult((), Unreadable(f"{job.subject} was not read: stopped"))
                process = self._own.process = _Process(self._specs, self._limits)
                self._processes.add(process)
        result = process.ask(job, self._limits.seconds)
        if not process.is_alive:
            with self._lock:
                self._processes.discard(process)
        return result


class _Process:
    def __init__(self, specs: Mapping[str, tuple[str, ...]], limits: Limits) -> None:
        env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}
        # -P: no modules from the folder that is indexed
        command = [sys.executable, "-P", "-m", "polysense.ingest.worker"]
        self._popen = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
        )
        self._buffer = bytearray()
        self._has_started = False
        self._send((specs, limits.memory_mb, limits.seconds, WALL_RATIO * limits.seconds))

    @property
    def is_alive(self) -> bool:
        return self._popen.poll() is None

    def ask(self, job: Any, seconds: float) -> JobResult:
        items: list[Any] = []
        try:
            if not self._has_started:  # starting does not count as the file's time
                self._has_started = bool(self._receive(time.monotonic() + START_SECONDS))
            deadline = time.monotonic() + min(WALL_RATIO * seconds, MAX_ALARM)
            self._send(job)
            while True:
                kind, payload = self._receive(deadline)
                if kind == "items":
                    items += payload
                else:
                    return JobResult(tuple(items), payload)
        except TimeoutError:
            self.kill()
            return JobResult(
                tuple(items),
                TooLarge(f"{job.subject} took longer than {WALL_RATIO * seconds:.0f} s to read"),
            )
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            self.kill(grace=1.0)  # its own exit status says more
            if self._popen.returncode == -PROCESSOR_TIME_SIGNAL:
                message = f"{job.subject} took more than {seconds:g} s of processor time to read"
                return JobResult(tuple(items), TooLarge(message))
            return JobResult(
                tuple(items),
                Unreadable(f"{job.subject} crashed its reader (exit {self._popen.returncode})"),
            )

    def kill(self, grace: float = 0.0) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(grace)
        self._popen.kill()
        self._popen.wait()
        for stream in (self._popen.stdin, self._popen.stdout):
            try:
                if stream:
                    stream.close()
            except BrokenPipeError:
                pass  # what it had not read yet is of no use to anyone

    def _send(self, message: Any) -> None:
        if self._popen.stdin is None:
            return
        try:
            send(self._popen.stdin, message)  # type: ignore[arg-type]  # Popen's pipe is a BinaryIO
        except ValueError as e:  # `close` has closed it, in another thread
            raise EOFError from e

    def _receive(self, deadline: float) -> Any:
        self._fill(8, deadline)
        size = struct.unpack("<Q", self._buffer[:8])[0]
        self._fill(8 + size, deadline)
        message = pickle.loads(bytes(self._buffer[8 : 8 + size]))
        del self._buffer[: 8 + size]
        return message

    def _fill(self, size: int, deadline: float) -> None:
        stdout = self._popen.stdout
        if stdout is None:
            raise EOFError
        while len(self._buffer) < size:
            left = deadline - time.monotonic()
            try:
                if left <= 0 or not select.select([stdout], [], [], left)[0]:
                    raise TimeoutError
                block = os.read(stdout.fileno(), 1 << 20)
            except ValueError as e:  # `close` has closed it, in another thread
                raise EOFError from e
            if not block:
                raise EOFError
            self._buffer += block
