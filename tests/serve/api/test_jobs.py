"""Jobs over HTTP: told as they go, stopped, known afterwards."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from polysense.serve.context import Context

MAIN = "/api/libraries/main"


@pytest.fixture
def gate(context: Context, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The work of the main library goes on until it is let go."""
    go, jobs = threading.Event(), context.pool.get("main").jobs

    def work(job: Any, progress: Any) -> dict[str, Any]:
        for n in range(10_000):
            progress.step("reading", n, 10_000, f"file {n}")
            if go.wait(0.01):
                break
        return {"indexed": 3}

    monkeypatch.setattr(jobs, "_work", work)
    yield go
    go.set()


def job_events(client: TestClient, path: str) -> list[dict[str, Any]]:
    """The jobs that the events told."""
    with client.stream("GET", path) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        text = "".join(stream.iter_text())
    events = [
        dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        for block in text.strip().split("\n\n")
    ]
    return [json.loads(e["data"]) for e in events if e.get("event") == "job"]


def test_events_tell_how_far_it_is(
    client: TestClient, context: Context, gate: threading.Event
) -> None:
    """Each change, then the end; of one that is over, just that."""
    job = context.pool.get("main").jobs.add("index", ["x"])
    threading.Timer(0.8, gate.set).start()
    events = job_events(client, f"{MAIN}/jobs/{job.id}/events")
    assert [j["state"] for j in events[-1:]] == ["done"]
    assert len({j["done"] for j in events}) > 1
    assert events[-1]["result"] == {"indexed": 3}
    assert job_events(client, f"{MAIN}/jobs/{job.id}/events") == [events[-1]]
    assert client.get(f"{MAIN}/jobs/{job.id}").json() == events[-1]


def test_events_end_when_the_server_does(
    client: TestClient, context: Context, gate: threading.Event
) -> None:
    """Otherwise an open page would hold up the end for as long as it may take."""
    job = context.pool.get("main").jobs.add("index", ["x"])
    threading.Timer(2.0, context.shutting_down.set).start()
    began = time.monotonic()
    events = job_events(client, f"{MAIN}/jobs/{job.id}/events")
    assert time.monotonic() - began < 20
    assert events[-1]["state"] in ("queued", "running")


def test_stopping(
    client: TestClient, context: Context, gate: threading.Event, wait_for_job: Any
) -> None:
    """A job ends as stopped, and is listed as that."""
    job = context.pool.get("main").jobs.add("index", ["x"])
    assert client.get(MAIN).json()["busy"] is True
    assert client.delete(f"{MAIN}/jobs/{job.id}").status_code == 200
    assert wait_for_job(client, {"id": job.id})["state"] == "stopped"
    assert [j["id"] for j in client.get(f"{MAIN}/jobs").json()["jobs"]] == [job.id]
    assert client.delete(f"{MAIN}/jobs/{job.id}").json()["state"] == "stopped"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_unknown_jobs(client: TestClient, method: str) -> None:
    """Also of events."""
    assert client.request(method, f"{MAIN}/jobs/none").status_code == 404
    assert client.get(f"{MAIN}/jobs/none/events").status_code == 404


def test_a_job_of_one_library_is_not_anothers(
    client: TestClient, context: Context, wait_for_job: Any
) -> None:
    """Its id opens nothing elsewhere."""
    context.pool.create("other")
    job = client.put(f"{MAIN}/files/a.txt", content=b"herons").json()["job"]
    assert client.get(f"/api/libraries/other/jobs/{job['id']}").status_code == 404
    wait_for_job(client, job)
