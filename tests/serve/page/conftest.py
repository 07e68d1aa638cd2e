"""A real browser before a real server: `polysense serve` as a process, over some of the demo's
files.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from polysense.demo import FILES

SOME = (
    "handbook.pdf",
    "before-we-open.eml",
    "lighthouse-dawn.jpg",
    "red-bicycle-basket.jpg",
    "red-bicycle-rack.jpg",
    "lighthouse.glb",
    "fetch.py",
    "people.tsv",
    "accounts.xlsx",
    "a-day-at-the-mill.mp4",
    "README.md",
)
LIGHT = "-minilm;-conse;-sound;-speaker;-formula"
"""Words and pictures are found without the other models, which take seconds to load."""


def free() -> int:
    """A port that nothing listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port: int = s.getsockname()[1]
        return port


class Running:
    """A server process and where it is."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = free()
        self.url = f"http://localhost:{self.port}"
        self.folder = folder
        env = {
            **os.environ,
            "POLYSENSE_ENCODERS": LIGHT,
            "POLYSENSE_CONVERTERS": "-ocr;-whisper_tiny",
            **environment,
        }
        env["POLYSENSE_SERVE_HOME"] = str(folder / "home")
        command = [
            sys.executable,
            "-m",
            "polysense.cli",
            "serve",
            "-l",
            str(folder / "kb"),
            "--port",
            str(self.port),
        ]
        self.log = folder / "log"
        self._process = subprocess.Popen(
            command, env=env, cwd=folder, stdout=subprocess.DEVNULL, stderr=self.log.open("wb")
        )
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=5).close()
                return
            except OSError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
        raise RuntimeError(self.log.read_text())

    def close(self) -> None:
        """As a service manager would."""
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `files` and `kb`, the library of them."""
    folder = tmp_path_factory.mktemp("page")
    for name in SOME:
        for source in FILES.rglob(name):
            target = folder / "files" / source.relative_to(FILES)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    env = {**os.environ, "POLYSENSE_ENCODERS": LIGHT, "POLYSENSE_CONVERTERS": "-ocr;-whisper_tiny"}
    command = [
        sys.executable,
        "-m",
        "polysense.cli",
        "index",
        "-l",
        str(folder / "kb"),
        str(folder / "files"),
    ]
    subprocess.run(command, env=env, cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def running(library: Path) -> Iterator[Running]:
    """The server, open to this machine."""
    server = Running(library)
    yield server
    server.close()


@pytest.fixture
def page(browser: Any, running: Running) -> Iterator[Any]:
    """An empty tab, English, light; every error that its scripts raise fails the test."""
    context = browser.new_context(
        viewport={"width": 1360, "height": 860}, locale="en-GB", base_url=running.url
    )
    tab, errors = context.new_page(), []
    tab.on("pageerror", lambda e: errors.append(str(e)))
    tab.on("dialog", lambda d: (errors.append(f"dialog {d.message}"), d.dismiss()))
    tab.set_default_timeout(30_000)
    yield tab
    context.close()
    assert not errors


def ask(page: Any, words: str = "", to: str = "text", file: Path | None = None) -> None:
    """Ask, and wait for the whole answer."""
    page.goto(f"/?to={to}")
    page.wait_for_selector("#question")
    if file:
        page.set_input_files("input[type=file]", str(file))
        page.wait_for_selector(".given .thing")
    page.fill("#question", words)
    page.press("#question", "Enter")
    page.wait_for_selector(".section h2:has-text('Evidence')")
