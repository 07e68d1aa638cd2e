"""What serving adds to the library, how it stands many at once while files come in, whether it
grows, and how soon the page is there.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from polysense import Library
from polysense.evaluate.bench import Row

CHUNKS, WORDS = 10_000, 60
SEARCHERS, SECONDS = 32, 30
ADDED = 40
"""Files that come in meanwhile."""

MINUTES = float(os.environ.get("POLYSENSE_BENCH_MINUTES", "10"))
QUESTIONS = 200


def run(data: Path, work: Path) -> Iterator[Row]:
    """One library, served by a process of its own."""
    cranfield = data / "text-cranfield"
    abstracts = re.findall(
        r"\.W\n(.*?)(?=^\.I |\Z)", (cranfield / "cran.all.1400").read_text("utf-8"), re.S | re.M
    )
    sentences = [" ".join(s.split()) for text in abstracts for s in re.findall(r"[^.]+\.", text)]
    queries = [
        " ".join(q.split())
        for q in re.split(
            r"^\.I \d+\n\.W\n", (cranfield / "cran.qry").read_text("utf-8"), flags=re.M
        )[1:]
    ]
    folder = write_files(sentences, work / "files", CHUNKS, 1)
    with Library(work / "kb") as kb:
        kb.index(folder)
        size = f"{kb.store.count()} chunks"
    with served(work) as server:
        yield overhead(server, work / "kb", queries, size)
        yield from load(server, queries, sentences, work)
        yield growth(server, queries)
        yield from page(server)


def write_files(sentences: Sequence[str], folder: Path, count: int, seed: int) -> Path:
    """Files of twenty passages each, made of sentences mixed."""
    chance = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(0, count, 20):
        passages = []
        for _ in range(20):
            words: list[str] = []
            while len(words) < WORDS:
                words += chance.choice(sentences).split()
            passages.append(f"# {chance.random()}\n\n" + " ".join(words[:180]))
        (folder / f"{seed}-{n:05}.md").write_text("\n\n".join(passages), "utf-8")
    return folder


class Server:
    """A server process."""

    def __init__(self, work: Path) -> None:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = int(s.getsockname()[1])
        env = {
            **os.environ,
            "POLYSENSE_SERVE_HOME": str(work / "home"),
            "POLYSENSE_SERVE_REQUESTS": "100000",
        }
        command = [
            sys.executable,
            "-m",
            "polysense.cli",
            "serve",
            "-l",
            str(work / "kb"),
            "--port",
            str(self.port),
        ]
        self.process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
        for _ in range(600):
            try:
                self.ask("GET", "/ready")
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the server does not start")

    def connection(self) -> http.client.HTTPConnection:
        """Kept open by who uses it."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(
        self, method: str, path: str, body: Any = None, on: http.client.HTTPConnection | None = None
    ) -> tuple[int, Any]:
        """Status and JSON."""
        connection = on or self.connection()
        raw = (
            body
            if isinstance(body, bytes)
            else json.dumps(body).encode()
            if body is not None
            else None
        )
        connection.request(method, path, raw, {"content-type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        if on is None:
            connection.close()
        return answer.status, json.loads(content) if content[:1] in (b"{", b"[") else content

    @property
    def megabytes(self) -> float:
        """What it holds of memory by itself."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


@contextmanager
def served(work: Path) -> Iterator[Server]:
    """Ends with the block."""
    server = Server(work)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait(60)


def clock(call: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - began)


def search(server: Server, connection: http.client.HTTPConnection, query: str) -> int:
    """The status."""
    return server.ask("POST", "/api/libraries/main/search", {"text": query}, connection)[0]


def overhead(server: Server, place: Path, queries: Sequence[str], size: str) -> Row:
    """The same questions over HTTP and by a call in this process, in turns."""
    connection = server.connection()
    with Library(place) as kb:
        for query in queries[-5:]:
            search(server, connection, query)
            kb.search(query)
        sample = queries[:QUESTIONS]
        pairs = [
            (clock(partial(search, server, connection, q)), clock(partial(kb.search, q)))
            for q in sample
        ]
    over, bare = median(a for a, _ in pairs), median(b for _, b in pairs)
    note = f"{over:.1f} ms over HTTP, {bare:.1f} ms in Python; {size}"
    return Row(
        "serve: search over HTTP, added to p50, ms",
        f"{over - bare:.1f}",
        "< 5",
        over - bare < 5,
        note,
    )


def adding(server: Server, files: Sequence[Path]) -> float:
    """Seconds until these files are searchable."""
    began = time.perf_counter()
    for file in files:
        status, content = server.ask(
            "PUT", f"/api/libraries/main/files/{file.name}", file.read_bytes()
        )
        assert status == 202, content
    while True:
        jobs = server.ask("GET", "/api/libraries/main/jobs")[1]["jobs"]
        if all(j["state"] in ("done", "failed", "stopped") for j in jobs):
            assert all(j["state"] == "done" for j in jobs), jobs
            return time.perf_counter() - began
        time.sleep(0.1)


def load(
    server: Server, queries: Sequence[str], sentences: Sequence[str], work: Path
) -> Iterator[Row]:
    """Searchers at once for a while, files coming in; beside it, the same number of files with
    nobody searching.
    """
    alone = adding(server, sorted(write_files(sentences, work / "alone", 20 * ADDED, 2).iterdir()))
    files = sorted(write_files(sentences, work / "loaded", 20 * ADDED, 3).iterdir())
    times: list[float] = []
    wrong: list[object] = []
    stop = threading.Event()

    def searcher(n: int) -> None:
        connection = server.connection()
        for query in itertools.islice(itertools.cycle(queries), n, None):
            if stop.is_set():
                return
            try:
                began = time.perf_counter()
                status = search(server, connection, query)
                times.append(1000 * (time.perf_counter() - began))
                if status != 200:
                    wrong.append(status)
            except (OSError, http.client.HTTPException) as e:
                wrong.append(e)

    crowd = [threading.Thread(target=searcher, args=(n,)) for n in range(SEARCHERS)]
    began = time.perf_counter()
    for t in crowd:
        t.start()
    loaded = adding(server, files)
    time.sleep(max(0.0, SECONDS - (time.perf_counter() - began)))
    spent = time.perf_counter() - began
    stop.set()
    for t in crowd:
        t.join()
    note = f"{len(times)} searches by {SEARCHERS} at once in {spent:.0f} s, {ADDED} files coming in"
    yield Row("serve: errors under load", str(len(wrong)), "0", not wrong, note)
    yield Row(
        "serve: search under load, p95 ms",
        f"{quantiles(times, n=20)[-1]:.0f}",
        note=f"p50 {median(times):.0f} ms",
    )
    yield Row(
        "serve: files come in under load, against alone",
        f"{loaded / alone:.1f}x",
        note=f"{loaded:.1f} s against {alone:.1f} s",
    )


def growth(server: Server, queries: Sequence[str]) -> Row:
    """Memory after a tenth of the time and at its end, while searched and asked all along."""
    connection, began, memory = server.connection(), time.perf_counter(), []
    for n, query in enumerate(itertools.cycle(queries)):
        spent = time.perf_counter() - began
        if spent > 60 * MINUTES:
            break
        if n % 10:
            search(server, connection, query)
        else:
            server.ask("POST", "/api/libraries/main/ask", {"text": query}, connection)
        if spent > 6 * MINUTES and n % 20 == 0:
            memory.append(server.megabytes)
    first, last = median(memory[:5]), median(memory[-5:])
    note = f"{first:.0f} MB after {0.1 * MINUTES:g} min, {last:.0f} MB after {MINUTES:g}"
    return Row(
        "serve: memory over ten minutes",
        f"{last / first:.2f}x",
        "<= 1.05",
        last <= 1.05 * first,
        note,
    )


def page(server: Server) -> Iterator[Row]:
    """The first paint, and the places found, in a browser; where there is one."""
    chromium = next(
        (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))),
        None,
    )
    if chromium is None:
        return
    from playwright.sync_api import sync_playwright

    paints, delays = [], []
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium)
        for _ in range(5):
            tab = browser.new_context().new_page()
            tab.goto(f"http://localhost:{server.port}/")
            tab.wait_for_selector("#question")
            tab.wait_for_timeout(500)
            paints.append(
                tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            )
            tab.fill("#question", "boundary layer on a flat plate")
            tab.evaluate(_WATCH)
            tab.press("#question", "Enter")
            tab.wait_for_function("window.took > 0")
            delays.append(tab.evaluate("window.took"))
            tab.close()
        browser.close()
    yield Row(
        "serve: first paint of the page, ms",
        f"{median(paints):.0f}",
        "< 1000",
        median(paints) < 1000,
        "median of 5, nothing cached",
    )
    yield Row(
        "serve: results on the page after Enter, ms",
        f"{median(delays):.0f}",
        "< 300",
        median(delays) < 300,
        "median of 5",
    )


_WATCH = """() => {
  addEventListener(
    "keydown", () => { window.began = performance.now(); }, {once: true, capture: true});
  new MutationObserver((_, watching) => {
    if (document.querySelector(".hit")) {
      window.took = performance.now() - window.began;
      watching.disconnect();
    }
  }).observe(document.body, {childList: true, subtree: true});
}"""
