"""Long work: how far it is, as it happens, and stopping it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent

from polysense.serve import schema, serializers
from polysense.serve.context import ReadableEntry, Server, WritableEntry
from polysense.serve.jobs import Job
from polysense.serve.problems import problem_responses

POLL_SECONDS = 0.25
"""Between two looks at whether a job has changed."""

router = APIRouter(prefix="/api/libraries/{library}/jobs", tags=["jobs"])


@router.get(
    "",
    response_model=schema.Jobs,
    responses=problem_responses(404),
    summary="The jobs of a library",
)
def every(entry: ReadableEntry) -> dict[str, Any]:
    """The latest first."""
    return {"jobs": [serializers.job_json(entry, j) for j in entry.jobs.list()]}


def _get_job(entry: ReadableEntry, job: str) -> Job:
    return entry.jobs.get(job)


@router.get("/{job}", response_model=schema.Job, responses=problem_responses(404), summary="A job")
def one(entry: ReadableEntry, job: Job = Depends(_get_job)) -> dict[str, Any]:
    """How far it is, and what came of it."""
    return serializers.job_json(entry, job)


@router.delete(
    "/{job}", response_model=schema.Job, responses=problem_responses(404), summary="Stop a job"
)
def stop(entry: WritableEntry, job: str) -> dict[str, Any]:
    """What it has done is kept; the same request again goes on from there."""
    return serializers.job_json(entry, entry.jobs.stop(job))


@router.get(
    "/{job}/events",
    response_class=EventSourceResponse,
    responses=problem_responses(404),
    summary="A job as it goes on",
)
async def events(
    entry: ReadableEntry, server: Server, job: Job = Depends(_get_job)
) -> AsyncIterator[ServerSentEvent]:
    """An event `job` with the job each time it has changed, until it is over."""
    last: Job | None = None
    while not server.shutting_down.is_set():
        current = entry.jobs.get(job.id)
        if current != last:
            yield ServerSentEvent(event="job", data=serializers.job_json(entry, current))
        if current.is_over:
            return
        last = current
        await asyncio.sleep(POLL_SECONDS)
