"""Long work: how far it is, as it happens, and stopping it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent

from polysense.serve import schema, serializers
from polysense.serve.context import Reading, Server, Writing
from polysense.serve.jobs import Job
from polysense.serve.problems import documented

router = APIRouter(prefix="/api/libraries/{library}/jobs", tags=["jobs"])


@router.get(
    "", response_model=schema.Jobs, responses=documented(404), summary="The jobs of a library"
)
def every(held: Reading) -> dict[str, Any]:
    """The latest first."""
    return {"jobs": [serializers.job(j) for j in held.jobs.list()]}


def _job(held: Reading, job: str) -> Job:
    return held.jobs.get(job)


@router.get("/{job}", response_model=schema.Job, responses=documented(404), summary="A job")
def one(found: Job = Depends(_job)) -> dict[str, Any]:
    """How far it is, and what came of it."""
    return serializers.job(found)


@router.delete("/{job}", response_model=schema.Job, responses=documented(404), summary="Stop a job")
def stop(held: Writing, job: str) -> dict[str, Any]:
    """What it has done is kept; the same request again goes on from there."""
    return serializers.job(held.jobs.stop(job))


@router.get(
    "/{job}/events",
    response_class=EventSourceResponse,
    responses=documented(404),
    summary="A job as it goes on",
)
async def events(
    held: Reading, server: Server, found: Job = Depends(_job)
) -> AsyncIterator[ServerSentEvent]:
    """An event `job` with the job each time it has changed, until it is over."""
    last: Job | None = None
    while not server.leaving.is_set():
        now = held.jobs.get(found.id)
        if now != last:
            yield ServerSentEvent(event="job", data=serializers.job(now))
        if now.over:
            return
        last = now
        await asyncio.sleep(0.25)
