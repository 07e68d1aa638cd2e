"""Long work: queued, told about, stopped, and taken up again after a restart. One at a time in a
library, as its lock allows.

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

from polysense.errors import Busy, LibraryError, NotFound, PolysenseError, Stopped

Kind = Literal["index", "remove", "reindex"]
State = Literal["queued", "running", "done", "failed", "stopped"]
OVER = frozenset({"done", "failed", "stopped"})
KINDS: tuple[Kind, ...] = get_args(Kind)
KEPT = 500
"""Finished jobs that are remembered."""
MOST = 1000
"""Jobs that may wait."""

_SCHEMA = """
create table if not exists jobs (id text primary key, created real, over integer, owner text, job text);
create index if not exists jobs_created on jobs (created);
"""

log = logging.getLogger("polysense.serve")

Work = Callable[["Job", "Told"], dict[str, Any]]
"""Does a job and gives its result; raises Stopped from within `Told.step` when it was told to stop.
"""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work."""

    id: str
    kind: Kind
    arguments: tuple[str, ...]
    state: State = "queued"
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
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in OVER


class Told:
    """A Progress that keeps a job's state, and stops the work when it should."""

    def __init__(self, jobs: Jobs, id: str) -> None:
        self._jobs, self._id = jobs, id

    def step(self, stage: str, done: int, total: int, detail: str = "") -> None:
        """Raises Stopped."""
        if self._jobs.stopping(self._id):
            raise Stopped("the work was stopped")
        self._jobs.change(self._id, keep=False, stage=stage, done=done, total=total, detail=detail)

    def note(self, text: str) -> None:
        """To the log."""
        log.info("%s", text)


class Jobs:
    """The jobs of one library, in a database beside it; a thread does them in order, once there are
    any.
    """

    def __init__(self, path: Path, work: Work) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._db.executescript(f"pragma journal_mode = wal; {_SCHEMA}")
        self._path, self._work = path, work
        self._me = uuid.uuid4().hex[:16]
        self._alive = FileLock(self._lock_of(self._me), thread_local=False)
        self._alive.acquire()
        self._lock = threading.RLock()
        self._wake = threading.Condition(self._lock)
        self._stop: set[str] = set()
        self._closing = self._closed = False
        self._live: dict[str, Job] = {}
        self._thread = threading.Thread(target=self._run, name="polysense-jobs", daemon=True)
        self._adopt()
        if self._live:
            self._thread.start()

    def add(self, kind: Kind, arguments: Sequence[str]) -> Job:
        """Queue work; the same as one that still waits is that one. Raises Busy where too many
        wait.
        """
        with self._wake:
            waiting = [j for j in self._live.values() if j.state == "queued"]
            if same := next(
                (j for j in waiting if j.kind == kind and j.arguments == tuple(arguments)), None
            ):
                return same
            if len(waiting) >= MOST:
                raise Busy(f"{MOST} jobs wait already", "Wait until some are done.")
            job = Job(uuid.uuid4().hex[:16], kind, tuple(arguments), created=time.time())
            self._keep(job)
            self._live[job.id] = job
            if not self._thread.is_alive() and not self._closing:
                self._thread.start()
            self._wake.notify_all()
        return job

    def get(self, id: str) -> Job:
        """Raises NotFound."""
        with self._lock:
            if id in self._live:
                return self._live[id]
            row = (
                None
                if self._closed
                else self._db.execute("select job from jobs where id = ?", [id]).fetchone()
            )
        if row is None:
            raise NotFound(f"there is no job {id}", "List them: GET /api/libraries/NAME/jobs")
        return _job(row[0])

    def list(self, most: int = KEPT) -> list[Job]:
        """The latest first."""
        with self._lock:
            rows = self._db.execute(
                "select job from jobs order by created desc limit ?", [most]
            ).fetchall()
            return [self._live.get(job.id, job) for job in (_job(raw) for (raw,) in rows)]

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits, here or in another process."""
        with self._lock:
            return (
                bool(self._live)
                or self._db.execute("select 1 from jobs where not over limit 1").fetchone()
                is not None
            )

    def stop(self, id: str) -> Job:
        """Tell a job to stop; what it has done is kept. One that is over stays as it is. Raises
        LibraryError for another process's.
        """
        with self._wake:
            job = self.get(id)
            if job.over:
                return job
            if id not in self._live:
                raise LibraryError(f"job {id} is done by another process", "Stop it there.")
            if job.state == "queued":
                return self.change(id, state="stopped", ended=time.time())
            self._stop.add(id)
            return job

    def stopping(self, id: str) -> bool:
        """Whether a running job should end."""
        return self._closing or id in self._stop

    def change(self, id: str, keep: bool = True, **to: Any) -> Job:
        """The job with other values; kept on disk unless it is only how far it is."""
        with self._lock:
            job = self._live[id] = replace(self._live[id], **to)
            if keep:
                self._keep(job)
            if job.over:
                del self._live[id]
                self._stop.discard(id)
        return job

    def end(self) -> None:
        """Tell what runs to stop, to go on at the next start; does not wait."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()

    def close(self, seconds: float = 30.0) -> None:
        """End, wait until that is so, and release files."""
        self.end()
        if self._thread.is_alive():
            self._thread.join(seconds)
        with self._lock:
            if not self._closed:
                self._closed = True
                self._db.close()
                self._alive.release()
                Path(self._alive.lock_file).unlink(missing_ok=True)

    def _lock_of(self, owner: str) -> Path:
        return self._path.with_name(f".{self._path.stem}-{owner}.lock")

    def _adopt(self) -> None:
        """Take up what those began who are no more."""
        self._db.execute("begin immediate")  # of two that start at once, one
        for (owner,) in self._db.execute(
            "select distinct owner from jobs where not over"
        ).fetchall():
            if not _held(self._lock_of(owner)):
                self._db.execute(
                    "update jobs set owner = ? where owner = ? and not over", [self._me, owner]
                )
                self._lock_of(owner).unlink(missing_ok=True)
        self._db.execute("commit")
        mine = "select job from jobs where owner = ? and not over order by created"
        for (raw,) in self._db.execute(mine, [self._me]).fetchall():
            job = replace(_job(raw), state="queued", stage="", done=0, total=0, detail="")
            self._live[job.id] = job
            self._keep(job)

    def _keep(self, job: Job) -> None:
        if self._closed:
            # the work outlived its patience; on disk it still runs, and is taken up at the next
            # start
            return
        row = [job.id, job.created, job.over, self._me, json.dumps(asdict(job))]
        self._db.execute("insert or replace into jobs values (?, ?, ?, ?, ?)", row)
        if job.over:
            oldest = "select created from jobs where over order by created desc limit 1 offset ?"
            self._db.execute(f"delete from jobs where over and created <= ({oldest})", [KEPT])

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._closing and not (
                    waiting := [j for j in self._live.values() if j.state == "queued"]
                ):
                    self._wake.wait()
                if self._closing:
                    return
                job = self.change(waiting[0].id, state="running", started=time.time())
            self._do(job)

    def _do(self, job: Job) -> None:
        try:
            result = self._work(job, Told(self, job.id))
        except Stopped:
            with self._lock:
                if self._closing and job.id not in self._stop:
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


def pending(path: Path) -> bool:
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


def _held(path: Path) -> bool:
    """Whether a living process holds this lock."""
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True


def _job(raw: str) -> Job:
    read = json.loads(raw)
    return Job(**{**read, "arguments": tuple(read["arguments"])})
