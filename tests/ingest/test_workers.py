"""Worker processes: whatever a file does to one, only that file is lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from polysense.errors import TooLarge, Unreadable, Unsupported
from polysense.ingest.jobs import ParseFile
from polysense.ingest.workers import JobResult, Limits, Workers
from polysense.types import Asset, Chunk

DEATHS = {
    "fine": ("all is well", None, ""),
    "crash": ("crash now", Unreadable, r"crash.thermal crashed its reader \(exit 7\)"),
    "hang": ("hang now", TooLarge, "hang.thermal took longer than 5 s"),
    "spin": ("spin now", TooLarge, "spin.thermal took more than 2 s of processor time"),
    "hungry": ("hungry now", TooLarge, "hungry.thermal needs too much memory"),
    "odd": ("odd now", Unreadable, "odd.thermal cannot be read: ZeroDivisionError: odd one"),
    "half": ("half now", Unreadable, "the second half is missing"),
}


def asset(path: Path) -> Asset:
    return Asset(
        path.stem.ljust(32, "0"),
        str(path),
        "application/octet-stream",
        "",
        path.stat().st_size,
        path=path,
    )


@pytest.fixture
def files(tmp_path: Path, thermal: Path) -> dict[str, ParseFile]:
    """A job for each way to misbehave."""
    jobs = {}
    for name, (content, _, _) in DEATHS.items():
        path = tmp_path / f"{name}.thermal"
        path.write_text(content)
        jobs[name] = ParseFile(asset(path))
    return jobs


@pytest.fixture
def specs(thermal: Path) -> dict[str, tuple[str, ...]]:
    return {
        "parsers": ("thermal",),
        "encoders": ("thermal",),
        "converters": (),
        "rerankers": (),
        "generators": (),
    }


def test_each_file_suffers_for_itself(
    files: dict[str, ParseFile],
    specs: dict[str, tuple[str, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A crash, a hang, a busy loop, a memory hog, a surprise: an error that names the file; the
    others are read.
    """
    monkeypatch.setattr("polysense.ingest.workers.WALL_RATIO", 2.5)
    workers = Workers(specs, Limits(seconds=2, memory_mb=4096, workers=2))
    try:
        results: dict[str, JobResult] = {
            Path(job.asset.uri).stem: result for job, result in workers.map(files.values())
        }
    finally:
        workers.close()
    assert set(results) == set(DEATHS)
    assert results["fine"].error is None
    assert isinstance(results["fine"].items[0], Chunk)
    for name, (_, kind, message) in DEATHS.items():
        if kind:
            error = results[name].error
            assert type(error) is kind
            assert error.hint
            assert re.search(message, str(error))
    assert len(results["half"].items) == 1, "what was yielded before the error is kept"


def test_processes_are_reused_and_ended(
    files: dict[str, ParseFile], specs: dict[str, tuple[str, ...]]
) -> None:
    """Starting Python costs more than most files; and nothing is left running."""
    workers = Workers(specs, Limits(workers=1))
    for _ in range(3):
        list(workers.map([files["fine"], files["odd"]]))
    (process,) = workers._processes
    assert process.is_alive
    workers.close()
    assert not process.is_alive


@pytest.mark.parametrize("seconds", [1e13, float("inf")])
def test_a_limit_of_any_size_is_a_limit(
    files: dict[str, ParseFile], specs: dict[str, tuple[str, ...]], seconds: float
) -> None:
    """More seconds than the timers of the system count are for ever."""
    workers = Workers(specs, Limits(seconds=seconds, workers=1))
    ((_, result),) = workers.map([files["fine"]])
    workers.close()
    assert result.error is None


def test_a_file_that_nothing_reads_is_unsupported(
    tmp_path: Path, specs: dict[str, tuple[str, ...]]
) -> None:
    """The message names the type and the file."""
    (tmp_path / "x.qqq").write_bytes(b"\0\1\2")
    workers = Workers(specs, Limits(workers=1))
    ((_, result),) = workers.map([ParseFile(asset(tmp_path / "x.qqq"))])
    workers.close()
    assert isinstance(result.error, Unsupported)
    assert "x.qqq" in str(result.error)


def test_close_ends_a_run_at_once(
    files: dict[str, ParseFile], specs: dict[str, tuple[str, ...]]
) -> None:
    """Ctrl-C must not wait for a file that hangs, nor start the next one."""
    workers = Workers(specs, Limits(workers=1, seconds=60))
    results: Iterator[tuple[ParseFile, JobResult]] = workers.map(
        [files["hang"], files["hang"], files["hang"]]
    )
    thread = threading.Thread(target=lambda: next(results, None), daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not workers._processes and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    began = time.monotonic()
    workers.close()
    assert time.monotonic() - began < 1.5
    assert not workers._processes


def test_a_job_whose_process_is_closed_ends_with_an_error(
    files: dict[str, ParseFile], specs: dict[str, tuple[str, ...]]
) -> None:
    """Not with an exception in a thread of nobody's: the streams are closed at any moment."""
    workers = Workers(specs, Limits(workers=1))
    ((_, result),) = workers.map([files["fine"]])
    assert result.error is None
    (process,) = workers._processes
    process.kill()
    assert isinstance(process.ask(files["fine"], 5).error, Unreadable)
    workers.close()


def test_modules_in_the_folder_of_work_are_not_run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, ParseFile],
    specs: dict[str, tuple[str, ...]],
) -> None:
    """`polysense index .` in a folder with its own random.py reads that file, never runs it."""
    for name in ("random.py", "tempfile.py", "numpy.py", "polysense.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    monkeypatch.chdir(tmp_path)
    workers = Workers(specs, Limits(workers=1))
    ((_, result),) = workers.map([files["fine"]])
    workers.close()
    assert result.error is None
    assert not (tmp_path / "ran").exists()


def test_a_worker_outlives_its_killed_parent_by_its_time_limit_at_most(
    files: dict[str, ParseFile],
) -> None:
    """kill -9 of an index leaves no process that turns for ever."""
    code = (
        "import sys, polysense.ingest.workers as w, polysense.ingest.worker as k\n"
        "import pathlib; from polysense.ingest.jobs import ParseFile\n"
        "from polysense.types import Asset\n"
        "k_specs = {'encoders': (), 'converters': (), 'rerankers': (), 'generators': ()}\n"
        "p = w._Process(k_specs, w.Limits(seconds=2)); print(p._popen.pid, flush=True)\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "p.ask(ParseFile(Asset('0' * 32, str(path), '', '', 1, path=path)), 60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, files["spin"].asset.uri], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    time.sleep(1.0)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while _runs(worker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _runs(worker)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
    except OSError:
        os.kill(pid, 0)
        return True


def test_ctrl_c_does_not_make_a_file_look_broken(
    files: dict[str, ParseFile], specs: dict[str, tuple[str, ...]]
) -> None:
    """A terminal sends it to the workers too; the parent ends them, and writes down no crash."""
    workers = Workers(specs, Limits(workers=1))
    try:
        list(workers.map([files["fine"]]))
        (process,) = workers._processes
        process._popen.send_signal(signal.SIGINT)
        time.sleep(0.2)
        assert process.is_alive
        ((_, result),) = workers.map([files["fine"]])
    finally:
        workers.close()
    assert result.error is None


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's")
def test_a_limit_of_the_users_own_is_kept() -> None:
    """Under `ulimit -v`, as on many clusters, workers must start."""
    code = (
        "import os, resource; from polysense.ingest import worker\n"
        "resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))\n"
        "if not os.geteuid(): os.setuid(65534)\n"
        "worker._limit_memory(8192); print(resource.getrlimit(resource.RLIMIT_AS)[0] >> 30)\n"
        "worker._limit_memory(1024); print(resource.getrlimit(resource.RLIMIT_AS)[0] >> 30)\n"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert output.split() == ["4", "1"]
