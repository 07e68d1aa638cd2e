"""Limits on bodies, rates and work at once; the attacks are in test_attacks."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from polysense.errors import Busy
from polysense.serve.limits import ConcurrencyLimit, RequestLimits
from polysense.serve.settings import ServerSettings


def test_turns_are_waited_for_but_not_for_ever() -> None:
    """One works, the next waits; one who waits too long, or finds a crowd, is told."""
    turns = ConcurrencyLimit(1, 0.05)
    with turns.acquire(), pytest.raises(Busy), turns.acquire():
        pass
    with turns.acquire():
        pass  # it was given back
    patient = ConcurrencyLimit(1, 10)
    inside, out = threading.Event(), threading.Event()

    def work() -> None:
        with patient.acquire():
            inside.set()
            out.wait(10)

    threads = [threading.Thread(target=work) for _ in range(ConcurrencyLimit.most_threads(1))]
    for t in threads:
        t.start()
    inside.wait(10)
    until = time.monotonic() + 10
    while patient._queue._value:  # type: ignore[attr-defined]
        assert time.monotonic() < until
    began = time.monotonic()
    with pytest.raises(Busy), patient.acquire():
        pass
    assert time.monotonic() - began < 1
    out.set()
    for t in threads:
        t.join()


def test_a_turn_is_given_back_whatever_happens() -> None:
    """An error in a question must not leave fewer turns for the rest."""
    turns = ConcurrencyLimit(1, 0.05)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), turns.acquire():
            raise ZeroDivisionError
    with turns.acquire():
        pass


def limited(app: Any, **settings: Any) -> TestClient:
    return TestClient(RequestLimits(app, ServerSettings(**settings)), base_url="http://localhost")


def test_an_app_that_swallows_the_refusal_still_answers_with_it() -> None:
    """Frameworks turn what goes wrong while a body is read into a 400 of their own."""
    app = FastAPI()

    @app.put("/api/libraries/x/files/{name}")
    async def swallowing(request: Request) -> str:
        try:
            await request.body()
        except Exception:  # noqa: BLE001 - what the test is about
            return "fine"
        return "read"

    client = limited(app, upload_mb=1)
    assert (
        client.put(
            "/api/libraries/x/files/y", content=(b"x" * 65536 for _ in range(40))
        ).status_code
        == 413
    )
    assert client.put("/api/libraries/x/files/y", content=b"x").json() == "read"


def test_an_answer_that_has_begun_is_not_broken_off() -> None:
    """Who streams an answer while the body still comes keeps its status; nothing is sent twice."""

    async def eager(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        try:
            while (await receive()).get("more_body"):
                pass
        finally:
            await send({"type": "http.response.body", "body": b"done"})

    answer = limited(eager, upload_mb=1).put(
        "/api/libraries/x/files/y", content=(b"x" * 65536 for _ in range(40))
    )
    assert (answer.status_code, answer.text) == (200, "done")


def test_other_errors_are_not_hidden() -> None:
    """Only refusals are answered here."""

    async def failing_app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        limited(failing_app).get("/")


def test_files_come_in_a_few_at_once() -> None:
    """The rest are told to come back; an answer that takes long after all has come counts no more."""

    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await scope["answer"].wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    limits = RequestLimits(reading, ServerSettings(at_once=1))

    async def ask(path: str, body: asyncio.Event, answer: asyncio.Event) -> int:
        statuses: list[int] = []

        async def receive() -> Message:
            await body.wait()
            return {"type": "http.request", "body": b"x", "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        scope = {
            "type": "http",
            "method": "PUT",
            "path": path,
            "headers": [],
            "client": ("a", 1),
            "answer": answer,
        }
        await limits(scope, receive, send)
        return statuses[0]

    async def play() -> None:
        body_came, late, yes = asyncio.Event(), asyncio.Event(), asyncio.Event()
        yes.set()
        first = asyncio.create_task(ask("/api/libraries/x/files/y", body_came, late))
        await asyncio.sleep(0)
        assert await ask("/api/libraries/x/files/z", yes, yes) == 503
        assert await ask("/elsewhere", yes, yes) == 200
        body_came.set()
        await asyncio.sleep(0.01)
        assert await ask("/api/libraries/x/files/z", yes, yes) == 200
        late.set()
        assert await first == 200
        assert limits._receiving == 0

    asyncio.run(play())


def test_probes_and_the_pages_parts_are_not_counted() -> None:
    """A page opens with dozens of requests, and a health check must not fail because of them; but
    only those paths.
    """

    async def fine(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    client = limited(fine, requests=1)
    assert {
        client.get(p).status_code
        for p in ("/health", "/ready", "/_nicegui/3/x.js")
        for _ in range(5)
    } == {200}
    assert 429 in {client.get("/healthy").status_code for _ in range(20)}
