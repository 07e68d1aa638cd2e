"""A server as it is started: what it says, what it refuses, and that no end of it loses anything."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from polysense import registry
from polysense.errors import ForeignLibrary, LibraryError
from polysense.registry import Kit
from polysense.serve.access import Keyring
from polysense.serve.run import build_context, serve
from polysense.serve.settings import ServerSettings


def free() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_a_folder_of_something_else_is_refused(tmp_path: Path, bare: Kit) -> None:
    """Before anything is opened, and not at the first request."""
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "manifest.json").write_text('{"format": 999999}')
    with pytest.raises((ForeignLibrary, LibraryError)):
        build_context(ServerSettings(home=tmp_path), str(tmp_path / "kb"), bare)


def test_a_port_in_use_is_told(
    tmp_path: Path, bare: Kit, capfd: pytest.CaptureFixture[str]
) -> None:
    """With what to type instead."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        with pytest.raises(LibraryError, match="cannot be opened") as e:
            serve(
                ServerSettings(home=tmp_path, port=sock.getsockname()[1]),
                str(tmp_path / "kb"),
                bare,
                out=io.StringIO(),
            )
        with pytest.raises(LibraryError):
            serve(
                ServerSettings(home=tmp_path, host="0.0.0.0", port=sock.getsockname()[1]),
                str(tmp_path / "kb"),
                bare,
                out=io.StringIO(),
            )
    assert "--port" in e.value.hint
    assert not (tmp_path / "tokens.json").exists(), "a token that nobody was told"


class Running:
    """`polysense serve` in a process of its own."""

    def __init__(self, folder: Path, *flags: str) -> None:
        self.port, self.folder = free(), folder
        env = {
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "POLYSENSE_ENCODERS": ";".join(f"-{e}" for e in registry.OFFLINE.encoders),
            "POLYSENSE_CONVERTERS": ";".join(f"-{c}" for c in registry.OFFLINE.converters),
        }
        (folder / "polysense.toml").write_text("[limits]\nworkers = 1\n")
        command = [
            sys.executable,
            "-m",
            "polysense.cli",
            "serve",
            "-l",
            "kb",
            "--home",
            "home",
            "--port",
            str(self.port),
            *flags,
        ]
        self.process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.output = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        until = time.monotonic() + 60
        while True:
            try:
                if self.ask("/health")["status"] == "ok":
                    return
            except OSError:
                assert self.process.poll() is None, self.output
                assert time.monotonic() < until, self.output
                time.sleep(0.05)

    def _read(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.output += line

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Any:
        url = f"http://127.0.0.1:{self.port}{path}"
        with urllib.request.urlopen(
            urllib.request.Request(url, body, headers, method=method), timeout=30
        ) as answer:
            return json.loads(answer.read() or b"null")

    def end(self, how: int) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(60)
        self._reader.join(10)
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        return code


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


def notes(folder: Path, count: int) -> Path:
    (folder / "notes").mkdir()
    for n in range(count):
        (folder / "notes" / f"{n}.txt").write_text(f"heron number {n} stands in the reeds")
    return folder / "notes"


def wait_for_job(server: Running, job: str, good: Any) -> dict[str, Any]:
    until = time.monotonic() + 120
    while True:
        now: dict[str, Any] = server.ask(f"/api/libraries/main/jobs/{job}")
        if good(now):
            return now
        assert time.monotonic() < until, now
        time.sleep(0.02)


@pytest.mark.slow
def test_kill_9_in_the_middle_of_a_job(folder: Path) -> None:
    """The next start goes on with it, under the same id, until everything is there."""
    allowed = notes(folder, 3000)
    server = Running(folder, "--allow", str(allowed))
    body = json.dumps({"paths": [str(allowed)]}).encode()
    job = server.ask(
        "/api/libraries/main/sync", "POST", body, **{"content-type": "application/json"}
    )["id"]
    part = wait_for_job(
        server,
        job,
        lambda j: j["state"] == "running" and j["stage"] == "reading" and j["done"] > 100,
    )
    server.end(signal.SIGKILL)
    again = Running(folder, "--allow", str(allowed))
    try:
        job_json = wait_for_job(again, job, lambda j: j["state"] in ("done", "failed", "stopped"))
        assert (job_json["state"], job_json["result"]["failed"]) == ("done", [])
        assert job_json["created"] == part["created"]
        assert again.ask("/api/libraries/main")["assets"] == 3000
    finally:
        assert again.end(signal.SIGTERM) in (0, -signal.SIGTERM)


@pytest.mark.slow
def test_sigterm_during_an_upload_and_a_job(folder: Path) -> None:
    """It ends soon; what was said to be done is there, what was not is gone on with, and half an
    upload is nowhere.
    """
    allowed = notes(folder, 2000)
    server = Running(folder, "--allow", str(allowed))
    upload = server.ask("/api/libraries/main/files/kept.txt", "PUT", b"an otter swims")
    wait_for_job(server, upload["job"]["id"], lambda j: j["state"] == "done")
    body = json.dumps({"paths": [str(allowed)]}).encode()
    job = server.ask(
        "/api/libraries/main/sync", "POST", body, **{"content-type": "application/json"}
    )["id"]
    wait_for_job(server, job, lambda j: j["state"] == "running" and j["done"] > 50)
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as half:
        half.sendall(
            b"PUT /api/libraries/main/files/half.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf of it"
        )
        time.sleep(0.3)
        began = time.monotonic()
        assert server.end(signal.SIGTERM) in (0, -signal.SIGTERM)
        assert time.monotonic() - began < 50
    assert "Traceback" not in server.output, server.output
    assert [p.name for p in (folder / "kb-served" / "files").rglob("*") if p.is_file()] == [
        "kept.txt"
    ]
    again = Running(folder, "--allow", str(allowed))
    try:
        assert (
            wait_for_job(again, job, lambda j: j["state"] in ("done", "failed", "stopped"))["state"]
            == "done"
        )
        assert again.ask("/api/libraries/main")["assets"] == 2001
    finally:
        again.end(signal.SIGTERM)


@pytest.mark.slow
def test_listening_to_others_makes_a_token_and_tells_it_once(folder: Path) -> None:
    """Nobody is let in without it; the second start keeps it, and does not tell it."""
    server = Running(folder, "--host", "0.0.0.0")
    match = re.search(r"token \(told only now\): (\S+)", server.output)
    try:
        assert match, server.output
        with pytest.raises(urllib.error.HTTPError, match="401"):
            server.ask("/api/libraries")
        assert server.ask("/api/libraries", Authorization=f"Bearer {match[1]}") == {
            "libraries": ["main"]
        }
    finally:
        server.end(signal.SIGTERM)
    again = Running(folder, "--host", "0.0.0.0")
    try:
        assert "told only now" not in again.output
        assert again.ask("/api/libraries", Authorization=f"Bearer {match[1]}") == {
            "libraries": ["main"]
        }
    finally:
        again.end(signal.SIGINT)
    assert len(Keyring(folder / "home" / "tokens.json")) == 1


def test_addresses_are_told_as_they_are_typed(tmp_path: Path, bare: Kit) -> None:
    """Loopback as localhost, IPv6 in brackets."""
    from polysense.serve.run import _startup_lines

    for host, where in (
        ("127.0.0.1", "http://localhost:8765"),
        ("::", "http://[::]:8765"),
        ("10.0.0.5", "http://10.0.0.5:8765"),
    ):
        context = build_context(
            replace(ServerSettings(home=tmp_path / where[-12:].strip("/:")), host=host),
            str(tmp_path / "kb"),
            bare,
        )
        text = "\n".join(_startup_lines(context, "kb"))
        assert f"{where}/docs" in text
        assert ("token" in text) is (host != "127.0.0.1")
