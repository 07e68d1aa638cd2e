"""Long work: queued, watched, stopped, and resumed after a restart; one job at a time in a library.

Several processes may serve one library: each does the jobs that it took, and takes up those of a
process that is no more.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from filelock import FileLock, Timeout

from polysense.errors import Busy, Cancelled, LibraryError, NotFound, PolysenseError

JobKind = Literal["index", "remove", "reindex"]
JobState = Literal["queued", "running", "done", "failed", "stopped"]
FINAL_STATES = frozenset({"done", "failed", "stopped"})
JOB_KINDS: tuple[JobKind, ...] = get_args(JobKind)
MOST_FINISHED = 500
"""Jobs that are remembered when they are over. This and the next are judged, not measured: enough
to look back over days, and few enough for memory.
"""
MOST_WAITING = 1000
"""Jobs that may wait."""
CLOSE_SECONDS = 30.0
"""What a running job has to end its step when the server ends; judged, not measured."""

_SCHEMA = """
create table if not exists jobs
    (id text primary key, created real, over integer, owner text, job text);
create index if not exists jobs_created on jobs (created);
"""

log = logging.getLogger("polysense.serve")

Work = Callable[["Job", "JobProgress"], dict[str, Any]]
"""Does a job and gives its result; `JobProgress.step` raises within it when the job is to stop."""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work."""

    id: str
    kind: JobKind
    arguments: tuple[str, ...]
    state: JobState = "queued"
    stage: str = ""
    done: int = 0
    total: int = 0
    detail: str = ""
    result: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    hint: str = ""
    created: float = 0.0
    started: float = 0.0
    ended: float = 0.0

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in FINAL_STATES


class JobProgress:
    """A Progress that keeps a job's state, and stops the work when it should."""

    def __init__(self, jobs: Jobs, id: str) -> None:
        self._jobs, self._id = jobs, id

    def step(self, stage: str, done: int, total: int, detail: str = "") -> None:
        """Keep how far the job is. Raises Cancelled when it is to stop."""
        if self._jobs.should_stop(self._id):
            raise Cancelled("the work was stopped")
        self._jobs.change(self._id, store=False, stage=stage, done=done, total=total, detail=detail)

    def note(self, text: str) -> None:
        """To the log."""
        log.info("%s", text)


class Jobs:
    """The jobs of one library, in a database beside it; a thread does them in order."""

    def __init__(self, path: Path, work: Work) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._db.executescript(f"pragma journal_mode = wal; {_SCHEMA}")
        self._path, self._work = path, work
        self._owner = uuid.uuid4().hex[:16]
        self._owner_lock = FileLock(self._lock_of(self._owner), thread_local=False)
        self._owner_lock.acquire()
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._stop_ids: set[str] = set()
        self._closing = self._closed = False
        self._open_jobs: dict[str, Job] = {}
        self._thread = threading.Thread(
            target=self._work_through, name="polysense-jobs", daemon=True
        )
        self._adopt_orphans()
        if self._open_jobs:
            self._thread.start()

    def add(self, kind: JobKind, arguments: Sequence[str]) -> Job:
        """Queue work; the same as one that still waits is that one. Raises Busy."""
        with self._changed:
            waiting = [j for j in self._open_jobs.values() if j.state == "queued"]
            if same := next(
                (j for j in waiting if j.kind == kind and j.arguments == tuple(arguments)), None
            ):
                return same
            if len(waiting) >= MOST_WAITING:
                raise Busy(f"{MOST_WAITING} jobs wait already", "Wait until some are done.")
            job = Job(uuid.uuid4().hex[:16], kind, tuple(arguments), created=time.time())
            self._store(job)
            self._open_jobs[job.id] = job
            if not self._thread.is_alive() and not self._closing:
                self._thread.start()
            self._changed.notify_all()
        return job

    def get(self, id: str) -> Job:
        """Raises NotFound."""
        with self._lock:
            if id in self._open_jobs:
                return self._open_jobs[id]
            row = (
                None
                if self._closed
                else self._db.execute("select job from jobs where id = ?", [id]).fetchone()
            )
        if row is None:
            raise NotFound(f"there is no job {id}", "List them: GET /api/libraries/NAME/jobs")
        return _parse_job(row[0])

    def list(self, limit: int = MOST_FINISHED) -> list[Job]:
        """The latest first."""
        with self._lock:
            rows = self._db.execute(
                "select job from jobs order by created desc limit ?", [limit]
            ).fetchall()
            return [
                self._open_jobs.get(job.id, job) for job in (_parse_job(raw) for (raw,) in rows)
            ]

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits, here or in another process."""
        with self._lock:
            return (
                bool(self._open_jobs)
                or self._db.execute("select 1 from jobs where not over limit 1").fetchone()
                is not None
            )

    def stop(self, id: str) -> Job:
        """Tell a job to stop; what it has done is kept, and one that is over stays as it is.

        Raises LibraryError for another process's.
        """
        with self._changed:
            job = self.get(id)
            if job.is_over:
                return job
            if id not in self._open_jobs:
                raise LibraryError(f"job {id} is done by another process", "Stop it there.")
            if job.state == "queued":
                return self.change(id, state="stopped", ended=time.time())
            self._stop_ids.add(id)
            return job

    def should_stop(self, id: str) -> bool:
        """Whether a running job should end."""
        return self._closing or id in self._stop_ids

    def change(self, id: str, store: bool = True, **values: Any) -> Job:
        """The job with other values; kept on disk unless it is only how far it is."""
        with self._lock:
            job = self._open_jobs[id] = replace(self._open_jobs[id], **values)
            if store:
                self._store(job)
            if job.is_over:
                del self._open_jobs[id]
                self._stop_ids.discard(id)
        return job

    def end(self) -> None:
        """Tell what runs to stop, to go on at the next start; does not wait."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """End, wait until that is so, and release files."""
        self.end()
        if self._thread.is_alive():
            self._thread.join(seconds)
        with self._lock:
            if not self._closed:
                self._closed = True
                self._db.close()
                self._owner_lock.release()
                Path(self._owner_lock.lock_file).unlink(missing_ok=True)

    def _lock_of(self, owner: str) -> Path:
        return self._path.with_name(f".{self._path.stem}-{owner}.lock")

    def _adopt_orphans(self) -> None:
        """Take up what those began who are no more."""
        self._db.execute("begin immediate")  # of two that start at once, one
        for (owner,) in self._db.execute(
            "select distinct owner from jobs where not over"
        ).fetchall():
            if not _is_locked(self._lock_of(owner)):
                self._db.execute(
                    "update jobs set owner = ? where owner = ? and not over", [self._owner, owner]
                )
                self._lock_of(owner).unlink(missing_ok=True)
        self._db.execute("commit")
        own_jobs = "select job from jobs where owner = ? and not over order by created"
        for (raw,) in self._db.execute(own_jobs, [self._owner]).fetchall():
            job = replace(_parse_job(raw), state="queued", stage="", done=0, total=0, detail="")
            self._open_jobs[job.id] = job
            self._store(job)

    def _store(self, job: Job) -> None:
        if self._closed:
            # the work outlived its patience; on disk it still runs, and is taken up at the next
            # start
            return
        values = [job.id, job.created, job.is_over, self._owner, json.dumps(asdict(job))]
        self._db.execute("insert or replace into jobs values (?, ?, ?, ?, ?)", values)
        if job.is_over:
            oldest = "select created from jobs where over order by created desc limit 1 offset ?"
            self._db.execute(
                f"delete from jobs where over and created <= ({oldest})", [MOST_FINISHED]
            )

    def _work_through(self) -> None:
        while True:
            with self._changed:
                while not self._closing and not (
                    waiting := [j for j in self._open_jobs.values() if j.state == "queued"]
                ):
                    self._changed.wait()
                if self._closing:
                    return
                job = self.change(waiting[0].id, state="running", started=time.time())
            self._run_job(job)

    def _run_job(self, job: Job) -> None:
        try:
            result = self._work(job, JobProgress(self, job.id))
        except Cancelled:
            with self._lock:
                if self._closing and job.id not in self._stop_ids:
                    self.change(job.id, state="queued")  # not the user's wish, but the server's end
                else:
                    self.change(job.id, state="stopped", ended=time.time())
        except PolysenseError as e:
            self.change(job.id, state="failed", error=str(e), hint=e.hint, ended=time.time())
        except Exception:
            log.exception("job %s", job.id)
            self.change(
                job.id,
                state="failed",
                error="something went wrong in the server",
                hint="Its log says what.",
                ended=time.time(),
            )
        else:
            self.change(job.id, state="done", result=result, ended=time.time())


def has_pending(path: Path) -> bool:
    """Whether the jobs there are not all over."""
    if not path.is_file():
        return False
    db = sqlite3.connect(path, timeout=30)
    try:
        return db.execute("select 1 from jobs where not over limit 1").fetchone() is not None
    except sqlite3.OperationalError:  # made, but not filled, when it was cut off
        return False
    finally:
        db.close()


def _is_locked(path: Path) -> bool:
    """Whether a living process holds this lock."""
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True


def _parse_job(raw: str) -> Job:
    values = json.loads(raw)
    return Job(**{**values, "arguments": tuple(values["arguments"])})
