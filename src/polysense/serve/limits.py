"""How much and how fast: the size and speed of bodies, requests a second, work at once."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from polysense.errors import Busy
from polysense.serve.problems import problem
from polysense.serve.rate import RateLimiter
from polysense.serve.settings import ServerSettings

MOST_IN_MEMORY_MB = 64
"""The largest body that is held in memory: all but files, which go to disk as they come. Judged,
not measured.
"""

LEAST_BYTES_PER_SECOND = 256
"""What a body must bring on average, once it has taken as long as a silence may: less than any line
gives, so that only who drips on purpose is cut off. Judged, not measured.
"""

CROWD = 5
"""Questions that may work or wait, as a multiple of those worked on at once: in a longer queue one
would wait beyond all patience. Judged, not measured.
"""

_UNCOUNTED_PATHS = re.compile(r"/_nicegui/.*|/health|/ready")
"""What a page asks for dozens of times as it opens, and what machines ask to see that it lives."""

_PUT_PATHS = re.compile(r"/api/libraries/[^/]+/files/.+")
_FORM_PATHS = re.compile(r"/api/libraries/[^/]+/(?:files|search|ask)|/_nicegui/.*")
"""Where a body, or the files of a form, go to disk as they come."""


class _BodyRefused(Exception):
    """Raised to the app where it waits for a body that will not come."""


class RequestLimits:
    """ASGI: refuses bodies too large (413) or slow (408), clients too eager (429), files while too
    many others come in (503).
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app, self._settings = app, settings
        self._rate = RateLimiter(settings.requests, 1.0)
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
        has_files = _goes_to_disk(scope, headers.get(b"content-type", b""))
        max_bytes = (
            self._settings.upload_mb << 20
            if has_files
            else min(self._settings.upload_mb, MOST_IN_MEMORY_MB) << 20
        )
        content_length = headers.get(b"content-length", b"0")
        if not _UNCOUNTED_PATHS.fullmatch(scope["path"]) and not self._rate.hit(client):
            detail = f"more than {self._settings.requests} requests a second"
            await problem(429, "TooOften", detail, "Ask less often.")(scope, receive, send)
        elif content_length.isdigit() and int(content_length) > max_bytes:
            await _too_large(max_bytes)(scope, receive, send)
        elif has_files and self._receiving >= self._settings.at_once:
            await problem(
                503, "Busy", "too many files come in at once", "Try again in a few seconds."
            )(scope, receive, send)
        else:
            with self._count_sender(has_files) as mark_received:
                await _BodyWatch(self._settings.body_seconds, max_bytes, mark_received).serve(
                    self._app, scope, receive, send
                )

    @contextmanager
    def _count_sender(self, has_files: bool) -> Iterator[Callable[[], None]]:
        """Counts those who send files, until all is there; an answer may take longer."""
        is_counted = has_files
        self._receiving += is_counted

        def mark_received() -> None:
            nonlocal is_counted
            self._receiving -= is_counted
            is_counted = False

        try:
            yield mark_received
        finally:
            mark_received()


class _BodyWatch:
    """One request's body, counted and timed; an app that swallows the refusal still answers it."""

    def __init__(self, seconds: float, max_bytes: int, mark_received: Callable[[], None]) -> None:
        self._seconds, self._max_bytes, self._mark_received = seconds, max_bytes, mark_received
        self._started_at = time.monotonic()
        self._size = 0
        self._is_complete = self._has_answered = False
        self._refusal: Response | None = None

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app answer, or refuse in its place."""

        async def receive_checked() -> Message:
            return await self._receive_checked(receive)

        async def send_unless_refused(message: Message) -> None:
            if self._refusal is None or self._has_answered:
                self._has_answered = True
                await send(message)

        try:
            await app(scope, receive_checked, send_unless_refused)
        except Exception:
            if self._refusal is None:
                raise
        if self._refusal is not None and not self._has_answered:
            await self._refusal(scope, receive, send)

    async def _receive_checked(self, receive: Receive) -> Message:
        # what comes after the body is the client's leaving, which takes as long as it takes
        if self._is_complete:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), self._seconds)
        except TimeoutError as e:
            self._refusal = _too_slow(f"nothing came for {self._seconds:g} seconds")
            raise _BodyRefused from e
        self._size += len(message.get("body", b""))
        self._is_complete = not message.get("more_body", False)
        elapsed = time.monotonic() - self._started_at
        if self._size > self._max_bytes:
            self._refusal = _too_large(self._max_bytes)
        elif (
            not self._is_complete
            and elapsed > self._seconds
            and self._size < LEAST_BYTES_PER_SECOND * elapsed
        ):
            self._refusal = _too_slow(f"less than {LEAST_BYTES_PER_SECOND} bytes a second came")
        if self._refusal is not None:
            raise _BodyRefused
        if self._is_complete:
            self._mark_received()
        return message


def _goes_to_disk(scope: Scope, kind: bytes) -> bool:
    if scope["method"] == "PUT":
        return _PUT_PATHS.fullmatch(scope["path"]) is not None
    return (
        kind.lower().startswith(b"multipart/form-data")
        and _FORM_PATHS.fullmatch(scope["path"]) is not None
    )


def _too_large(max_bytes: int) -> Response:
    return problem(
        413,
        "TooLarge",
        f"more than {max_bytes >> 20} MB",
        "Send files by PUT or as a form; or raise [serve] upload_mb.",
    )


def _too_slow(detail: str) -> Response:
    return problem(408, "TooSlow", detail, "Send the body without pauses.")


class ConcurrencyLimit:
    """Searches and questions worked on at once; the rest wait, but not for ever, nor in a crowd."""

    def __init__(self, at_once: int, patience: float) -> None:
        self._slots = threading.BoundedSemaphore(at_once)
        self._queue = threading.BoundedSemaphore(self.most_threads(at_once))
        self._patience = patience

    @staticmethod
    def most_threads(at_once: int) -> int:
        """How many may work or wait: each holds a thread."""
        return CROWD * at_once

    @contextmanager
    def acquire(self) -> Iterator[None]:
        """Raises Busy."""
        if not self._queue.acquire(blocking=False):
            raise Busy("too many questions wait already")
        try:
            if not self._slots.acquire(timeout=self._patience):
                raise Busy("too many questions at once")
            try:
                yield
            finally:
                self._slots.release()
        finally:
            self._queue.release()
