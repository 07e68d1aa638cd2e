"""Pictures of the page for the documents: a server over the demo's collection, a browser before it.
Needs Chromium.

python tools/make_shots.py [FOLDER]     FOLDER keeps the demo's library (default: a temporary one,
which takes minutes)
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parents[1] / "docs" / "page"
SIZE = {"width": 1280, "height": 800}


def main() -> None:
    """Every view once."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()).absolute()
    if not (folder / ".polysense").is_dir():
        subprocess.run([sys.executable, "-m", "polysense.cli", "demo", str(folder)], check=True)
    DOCS.mkdir(parents=True, exist_ok=True)
    chromium = next(
        p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))
    )
    with served(folder) as url, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=["--enable-unsafe-swiftshader"])
        desk = browser.new_context(viewport=SIZE, locale="en-GB", base_url=url).new_page()
        desk.goto("/")
        save_picture(desk, "home")
        ask(desk, "What does E-17 mean, and what do I do?")
        look(desk, ".said .cite", "document")
        ask(desk, "when the last boat has gone, what is lit?", "video")
        look(desk, ".hit .name:has-text('a-day-at-the-mill.mp4')", "film")
        ask(desk, "who mended the water wheel?", "graph")
        look(desk, ".hit .name:has-text('people.tsv')", "graph")
        ask(desk, "what did net cash flow do?", "image")
        look(desk, ".hit .name:has-text('accounts.xlsx')", "chart")
        ask(
            desk, "Which of our models is this?", file=folder / "queries" / "found-in-the-attic.ply"
        )
        look(desk, ".hit .name:has-text('keepers-chair.glb')", "model")
        ask(desk, "with_retry", "code")
        look(desk, ".hit .name:has-text('fetch.py')", "code")
        for name in ("library", "grid"):
            desk.goto(f"/{name}")
            save_picture(desk, name)
        night = browser.new_context(
            viewport=SIZE, locale="zh-CN", color_scheme="dark", base_url=url
        ).new_page()
        ask(night, "1953年的收据在哪里?")
        look(night, ".said .cite", "night")
        phone = browser.new_context(
            viewport={"width": 390, "height": 800}, device_scale_factor=2, base_url=url
        ).new_page()
        ask(phone, "What does E-17 mean?")
        save_picture(phone, "phone")
        browser.close()


def ask(tab: Any, words: str, to: str = "text", file: Path | None = None) -> None:
    """Ask, and wait for the whole answer."""
    tab.goto(f"/?to={to}")
    tab.wait_for_selector("#question")
    if file:
        tab.set_input_files("input[type=file]", str(file))
        tab.wait_for_selector(".given .thing")
    tab.fill("#question", words)
    tab.press("#question", "Enter")
    tab.wait_for_selector(".answer .section", timeout=120_000)


def look(tab: Any, what: str, name: str) -> None:
    """Open the place, and keep a picture of it beside the answer."""
    tab.locator(what).first.click()
    tab.wait_for_selector(".place-body *")
    tab.evaluate("scrollTo(0, 0)")
    save_picture(tab, name)


def save_picture(tab: Any, name: str) -> None:
    """With few colours: flat pages need no more, and documents stay light."""
    tab.wait_for_timeout(2500)
    tab.screenshot(path=DOCS / f"{name}.png")
    Image.open(DOCS / f"{name}.png").convert("RGB").quantize(192, dither=Image.Dither.NONE).save(
        DOCS / f"{name}.png", optimize=True
    )


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A server over the demo's library."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    env = {**os.environ, "POLYSENSE_SERVE_HOME": str(folder / "home")}
    command = [
        sys.executable,
        "-m",
        "polysense.cli",
        "serve",
        "-l",
        str(folder / ".polysense"),
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, env=env)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://localhost:{port}/ready").close()
                break
            except OSError:
                time.sleep(0.2)
        time.sleep(8)  # until the models are loaded
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(30)


if __name__ == "__main__":
    main()
