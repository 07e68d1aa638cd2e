"""How much and how fast: the size of bodies, the patience with slow ones, requests a second of one
client, work at once.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from polysense.errors import Busy
from polysense.serve.problems import problem
from polysense.serve.settings import Serving

HELD_MB = 64
"""The largest body that is held in memory: all but files, which are written to disk as they come.
"""

SLOWEST = 256
"""Bytes a second that a body must bring, on average, once it has taken as long as a silence may."""

_FREE = re.compile(r"/_nicegui/.*|/health|/ready")
"""What a page asks for dozens of times when it opens, and what machines ask to see whether it
lives.
"""

_PUT = re.compile(r"/api/libraries/[^/]+/files/.+")
_FORM = re.compile(r"/api/libraries/[^/]+/(?:files|search|ask)|/_nicegui/.*")
"""Where a body, or the files of a form, go to disk as they come."""


class _Refused(Exception):
    """Raised to the app where it waits for a body that will not come."""


class Limits:
    """ASGI: a body too large is 413, a slow one 408, a client too eager 429, files while too many
    others come in 503.
    """

    def __init__(self, app: ASGIApp, settings: Serving) -> None:
        self._app, self._settings = app, settings
        self._rate = FixedWindowRateLimiter(MemoryStorage())
        self._allowed = RateLimitItemPerSecond(settings.requests)
        self._receiving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = (scope.get("client") or ("",))[0]
        headers = {
            k: v
            for k, v in scope["headers"]
            if k in (b"content-length", b"content-type", b"transfer-encoding")
        }
        files = _to_disk(scope, headers.get(b"content-type", b""))
        most = (
            self._settings.upload_mb << 20
            if files
            else min(self._settings.upload_mb, HELD_MB) << 20
        )
        declared = headers.get(b"content-length", b"0")
        if not _FREE.fullmatch(scope["path"]) and not self._rate.hit(self._allowed, client):
            said = f"more than {self._settings.requests} requests a second"
            await problem(429, "TooOften", said, "Ask less often.")(scope, receive, send)
        elif declared.isdigit() and int(declared) > most:
            await _large(most)(scope, receive, send)
        elif files and self._receiving >= self._settings.at_once:
            await problem(
                503, "Busy", "too many files come in at once", "Try again in a few seconds."
            )(scope, receive, send)
        else:
            with self._counted(files) as received:
                await _Watch(self._settings.body_seconds, most, received).serve(
                    self._app, scope, receive, send
                )

    @contextmanager
    def _counted(self, files: bool) -> Iterator[Callable[[], None]]:
        """Counts those who send files, until all is there; an answer may take longer."""
        counts = files
        self._receiving += counts

        def received() -> None:
            nonlocal counts
            self._receiving -= counts
            counts = False

        try:
            yield received
        finally:
            received()


class _Watch:
    """One request: its body is counted and timed, and an app that swallows the refusal still
    answers with it.
    """

    def __init__(self, seconds: float, most: int, received: Callable[[], None]) -> None:
        self._seconds, self._most, self._received = seconds, most, received
        self._began = time.monotonic()
        self._size = 0
        self._whole = self._answering = False
        self._refusal: Response | None = None

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer, or refuse in its place."""

        async def watched() -> Message:
            return await self._next(receive)

        async def answering(message: Message) -> None:
            if self._refusal is None or self._answering:
                self._answering = True
                await send(message)

        try:
            await app(scope, watched, answering)
        except Exception:
            if self._refusal is None:
                raise
        if self._refusal is not None and not self._answering:
            await self._refusal(scope, receive, send)

    async def _next(self, receive: Receive) -> Message:
        # what comes after the body is the client's leaving, which takes as long as it takes
        if self._whole:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), self._seconds)
        except TimeoutError as e:
            self._refusal = _slow(f"nothing came for {self._seconds:g} seconds")
            raise _Refused from e
        self._size += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        taken = time.monotonic() - self._began
        if self._size > self._most:
            self._refusal = _large(self._most)
        elif not self._whole and taken > self._seconds and self._size < SLOWEST * taken:
            self._refusal = _slow(f"less than {SLOWEST} bytes a second came")
        if self._refusal is not None:
            raise _Refused
        if self._whole:
            self._received()
        return message


def _to_disk(scope: Scope, kind: bytes) -> bool:
    if scope["method"] == "PUT":
        return _PUT.fullmatch(scope["path"]) is not None
    return (
        kind.lower().startswith(b"multipart/form-data")
        and _FORM.fullmatch(scope["path"]) is not None
    )


def _large(most: int) -> Response:
    return problem(
        413,
        "TooLarge",
        f"more than {most >> 20} MB",
        "Send files by PUT or as a form; or raise [serve] upload_mb.",
    )


def _slow(said: str) -> Response:
    return problem(408, "TooSlow", said, "Send the body without pauses.")


class Turns:
    """Searches and questions worked on at once; the rest wait for their turn, but not for ever, and
    not more than a crowd.
    """

    def __init__(self, at_once: int, patience: float) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._queue = threading.BoundedSemaphore(self.threads(at_once))
        self._patience = patience

    @staticmethod
    def threads(at_once: int) -> int:
        """How many may work or wait: each holds a thread."""
        return 5 * at_once

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Raises Busy."""
        if not self._queue.acquire(blocking=False):
            raise Busy("too many questions wait already")
        try:
            if not self._free.acquire(timeout=self._patience):
                raise Busy("too many questions at once")
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._queue.release()
