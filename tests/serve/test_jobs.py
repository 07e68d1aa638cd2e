"""Long work: order, stopping, and going on after any kind of end."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import Busy, LibraryError, NotFound, Unreadable
from polysense.serve import jobs as module
from polysense.serve.jobs import JOB_KINDS, Job, JobProgress, Jobs, has_pending


def quick(job: Job, progress: JobProgress) -> dict[str, Any]:
    """Work that is done at once."""
    progress.step("reading", 1, 2, "a.txt")
    return {"did": list(job.arguments)}


class Gate:
    """Work that goes on until it is let go, telling each step."""

    def __init__(self) -> None:
        self.began, self.go = threading.Event(), threading.Event()

    def __call__(self, job: Job, progress: JobProgress) -> dict[str, Any]:
        self.began.set()
        while not self.go.is_set():
            progress.step("reading", 1, 2)
            time.sleep(0.005)
        return {"did": list(job.arguments)}


def over(jobs: Jobs, id: str) -> Job:
    return until(lambda: jobs.get(id), lambda j: j.is_over)


def until(get: Callable[[], Any], good: Callable[[Any], bool]) -> Any:
    end = time.monotonic() + 20
    while not good(now := get()):
        assert time.monotonic() < end, now
        time.sleep(0.005)
    return now


def test_a_job_is_done_and_remembered(tmp_path: Path) -> None:
    """Its result is there, also for the next process."""
    jobs = Jobs(tmp_path / "jobs.db", quick)
    job = over(jobs, jobs.add("index", ["a"]).id)
    assert (job.state, job.result, job.stage, job.done, job.total, job.detail) == (
        "done",
        {"did": ["a"]},
        "reading",
        1,
        2,
        "a.txt",
    )
    assert job.created <= job.started <= job.ended
    assert not jobs.busy
    jobs.close()
    again = Jobs(tmp_path / "jobs.db", quick)
    assert again.get(job.id) == job
    assert again.list() == [job]
    assert not again.busy
    assert not has_pending(tmp_path / "jobs.db")
    again.close()
    again.close()  # twice does no harm
    assert JOB_KINDS == ("index", "remove", "reindex")


def test_jobs_are_done_in_order_and_the_same_one_waits_once(tmp_path: Path) -> None:
    """A hundred uploads need one more look at the folder, not a hundred."""
    gate, order = Gate(), []

    def work(job: Job, progress: JobProgress) -> dict[str, Any]:
        order.append(job.arguments[0])
        return gate(job, progress)

    jobs = Jobs(tmp_path / "jobs.db", work)
    first = jobs.add("index", ["a"])
    gate.began.wait(10)
    again, second, same = (
        jobs.add("index", ["a"]),
        jobs.add("index", ["b"]),
        jobs.add("index", ["b"]),
    )
    assert again.id != first.id  # what came after it began is not in it
    assert same.id == second.id
    assert jobs.busy
    assert [j.id for j in jobs.list()] == [second.id, again.id, first.id]
    gate.go.set()
    over(jobs, second.id)
    assert order == ["a", "a", "b"]
    jobs.close()


def test_errors_are_told_with_their_hint(tmp_path: Path) -> None:
    """Ours as they are; what nobody foresaw stays in the log, and the next job is done all the
    same.
    """

    def work(job: Job, progress: JobProgress) -> dict[str, Any]:
        raise (
            Unreadable("it is broken", "Mend it.")
            if job.arguments == ("a",)
            else ZeroDivisionError("secret")
        )

    jobs = Jobs(tmp_path / "jobs.db", work)
    ours, bug = jobs.add("index", ["a"]), jobs.add("index", ["b"])
    failed = over(jobs, ours.id)
    assert (failed.state, failed.error, failed.hint) == ("failed", "it is broken", "Mend it.")
    failed = over(jobs, bug.id)
    assert failed.state == "failed"
    assert "secret" not in failed.error + failed.hint
    jobs.close()


def test_stopping(tmp_path: Path) -> None:
    """One that waits never begins; one that runs ends at its next step; one that is over stays as
    it is.
    """
    gate = Gate()
    jobs = Jobs(tmp_path / "jobs.db", gate)
    running, waiting = jobs.add("index", ["a"]), jobs.add("index", ["b"])
    gate.began.wait(10)
    assert jobs.stop(waiting.id).state == "stopped"
    jobs.stop(running.id)
    stopped = over(jobs, running.id)
    assert stopped.state == "stopped"
    assert jobs.stop(running.id) == stopped
    with pytest.raises(NotFound):
        jobs.stop("nonesuch")
    jobs.close()
    assert not has_pending(tmp_path / "jobs.db")


def test_what_runs_and_what_waits_goes_on_after_a_restart(tmp_path: Path) -> None:
    """The server's end is not the user's wish."""
    gate = Gate()
    jobs = Jobs(tmp_path / "jobs.db", gate)
    running, waiting, unwanted = (jobs.add("index", [a]) for a in "abc")
    gate.began.wait(10)
    jobs.stop(unwanted.id)
    jobs.close()
    assert has_pending(tmp_path / "jobs.db")
    again = Jobs(tmp_path / "jobs.db", quick)
    assert over(again, running.id).result == {"did": ["a"]}
    assert over(again, waiting.id).result == {"did": ["b"]}
    assert again.get(unwanted.id).state == "stopped"
    again.close()


def test_one_told_to_stop_as_the_server_ends_stays_stopped(tmp_path: Path) -> None:
    """It must not rise again at the next start."""
    gate = Gate()
    jobs = Jobs(tmp_path / "jobs.db", gate)
    job = jobs.add("index", ["a"])
    gate.began.wait(10)
    with jobs._lock:
        jobs.stop(job.id)
        jobs.end()
    jobs.close()
    again = Jobs(tmp_path / "jobs.db", quick)
    assert again.get(job.id).state == "stopped"
    again.close()


def test_work_that_does_not_listen_holds_up_the_end_for_a_while_only(tmp_path: Path) -> None:
    """And is done again at the next start: nothing that was not done is said to be."""
    deaf, go = threading.Event(), threading.Event()

    def work(job: Job, progress: JobProgress) -> dict[str, Any]:
        deaf.set()
        go.wait(20)
        return {}

    jobs = Jobs(tmp_path / "jobs.db", work)
    job = jobs.add("index", ["a"])
    deaf.wait(10)
    jobs.close(0.05)
    go.set()
    jobs._thread.join(10)
    again = Jobs(tmp_path / "jobs.db", quick)
    assert over(again, job.id).result == {"did": ["a"]}
    again.close()


def test_two_processes_each_do_their_own(tmp_path: Path) -> None:
    """A second server over the same library does not do again what the first is doing; it sees it,
    and cannot stop it.
    """
    gate = Gate()
    first = Jobs(tmp_path / "jobs.db", gate)
    theirs = first.add("index", ["a"])
    gate.began.wait(10)
    second = Jobs(tmp_path / "jobs.db", quick)
    ours = second.add("index", ["b"])
    assert over(second, ours.id).state == "done"
    assert second.get(theirs.id).state == "running"
    assert second.busy
    assert {j.id for j in second.list()} == {theirs.id, ours.id}
    with pytest.raises(LibraryError, match="another process"):
        second.stop(theirs.id)
    gate.go.set()
    assert over(first, theirs.id).state == "done"
    assert until(lambda: second.get(theirs.id), lambda j: j.is_over).result == {"did": ["a"]}
    first.close()
    second.close()


KILLED = """
import os, sys, time
from polysense.serve.jobs import Jobs
def say(words):
    os.write(1, (words + "\\n").encode())  # a line at once: two threads write
def work(job, progress):
    say("began")
    time.sleep(60)
jobs = Jobs(__import__("pathlib").Path(sys.argv[1]), work)
say(jobs.add("index", ["a"]).id + " " + jobs.add("index", ["b"]).id)
time.sleep(60)
"""


def test_after_kill_9_the_next_goes_on(tmp_path: Path) -> None:
    """A real process, killed in the middle."""
    path = tmp_path / "jobs.db"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        lines = [process.stdout.readline().split() for _ in range(2)]
        os.kill(process.pid, signal.SIGKILL)
    ids = next(line for line in lines if line[0] != "began")
    assert has_pending(path)
    jobs = Jobs(path, quick)
    assert [over(jobs, id).result for id in ids] == [{"did": ["a"]}, {"did": ["b"]}]
    jobs.close()
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".lock")] == []


def test_the_queue_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may write cannot fill the memory with requests to come."""
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    gate = Gate()
    jobs = Jobs(tmp_path / "jobs.db", gate)
    jobs.add("index", ["running"])
    gate.began.wait(10)
    for n in range(3):
        jobs.add("index", [str(n)])
    with pytest.raises(Busy):
        jobs.add("index", ["one more"])
    jobs.close()


def test_old_jobs_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database does not grow for ever."""
    monkeypatch.setattr(module, "MOST_FINISHED", 5)
    jobs = Jobs(tmp_path / "jobs.db", quick)
    ids = [over(jobs, jobs.add("index", [str(n)]).id).id for n in range(12)]
    assert [j.id for j in jobs.list()] == ids[:-6:-1]
    with pytest.raises(NotFound):
        jobs.get(ids[0])
    jobs.close()


def test_pending_is_told_without_opening(tmp_path: Path) -> None:
    """At the start, of each library that is there; also of a database that was cut off as it was
    made.
    """
    assert not has_pending(tmp_path / "none.db")
    db = sqlite3.connect(tmp_path / "empty.db")
    db.execute("pragma journal_mode = wal")
    db.close()
    assert not has_pending(tmp_path / "empty.db")
