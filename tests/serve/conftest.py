"""A small library, and servers over it: in this process, over a real socket, with and without
tokens.
"""

from __future__ import annotations

import io
import json
import shutil
import socket
import threading
import time
import wave
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.llm.server import Server as LanguageServer
from tests.llm.server import running

from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit
from polysense.serve.access import Scope
from polysense.serve.app import build_app
from polysense.serve.context import Context
from polysense.serve.run import build_context
from polysense.serve.settings import ServerSettings

CHROMIUM = next(
    (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None
)
ONE = Limits(workers=1)
OTHER = "other"
"""A second library of the `guarded` server, which the tokens read, write and admin of `main` do not
open.
"""

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80" onload="alert(1)">
<script>alert(2)</script><rect width="120" height="80" fill="#2a6"/><text x="10" y="40">lighthouse</text></svg>"""


def png(colour: str = "#c33", size: tuple[int, int] = (64, 48)) -> bytes:
    """A picture of one colour."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "png")
    return out.getvalue()


def wav(seconds: float = 0.5) -> bytes:
    """A tone of 440 Hz."""
    import numpy as np

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(
            (8000 * np.sin(2 * np.pi * 440 * np.arange(int(16_000 * seconds)) / 16_000))
            .astype("<i2")
            .tobytes()
        )
    return out.getvalue()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Words, a page, pictures, a recording, a table."""
    folder = tmp_path_factory.mktemp("served") / "files"
    (folder / "letters").mkdir(parents=True)
    (folder / "letters" / "moon.txt").write_text("High water follows the moon by an hour.")
    (folder / "letters" / "mill.txt").write_text("The mill wheel has thirty-two paddles.")
    (folder / "page.html").write_text(
        "<h1>Bells</h1><p>The old bell is cracked.</p><script>alert(1)</script>"
    )
    (folder / "drawing.svg").write_text(SVG)
    (folder / "red.png").write_bytes(png())
    (folder / "tone.wav").write_bytes(wav())
    (folder / "tides.csv").write_text("place,metres\nNorth pier,4.1\nSouth pier,3.7\n")
    return folder


@pytest.fixture(scope="session")
def template(files: Path, bare: Kit) -> Path:
    """The library of these files, to be copied: indexing takes seconds."""
    place = files.parent / "kb"
    with Library(place, kit=bare, limits=ONE) as kb:
        assert not kb.index(files).failed
    return place


MakeContext = Callable[..., Context]


@pytest.fixture
def make_context(template: Path, tmp_path: Path, bare: Kit) -> Iterator[MakeContext]:
    """Makes the parts of a server over a library of its own; settings by name: make_context(upload_mb=1)."""
    with ExitStack() as stack:

        def build(**settings: Any) -> Context:
            main = tmp_path / "kb"
            if not main.exists():
                shutil.copytree(template, main)
            context = build_context(
                replace(ServerSettings(home=tmp_path / "home", requests=100_000), **settings),
                str(main),
                bare,
                ONE,
            )
            stack.callback(context.pool.close)
            return context

        yield build


@pytest.fixture
def context(make_context: MakeContext) -> Context:
    """The parts of a server, as it is where only this machine can connect and there are no tokens."""
    return make_context()


@pytest.fixture
def client(context: Context) -> Iterator[TestClient]:
    """Asks the server of `context`, without a socket and without the page."""
    with TestClient(build_app(context), base_url="http://localhost") as test_client:
        yield test_client


@pytest.fixture
def language_server() -> Iterator[LanguageServer]:
    """A real server of a language model: "writes" says what the library's letter on the moon says,
    citing it; "searches" looks once more before it does, and "keeps-searching" never ends to.
    """
    search = {"action": "search", "words": "mill wheel", "modality": "", "where": "", "evidence": 0}
    answer = {**search, "action": "answer", "words": ""}
    moon = "High water follows the moon by an hour. [1]"
    with running() as server:
        server.replies["writes"] = moon
        server.scripts["searches"] = [json.dumps(search), json.dumps(answer), moon]
        server.scripts["keeps-searching"] = [
            json.dumps({**search, "words": words}) for words in ("mill", "bell", "pier", "tone")
        ]
        yield server


MakeWritingContext = Callable[..., Context]


@pytest.fixture
def make_writing_context(
    template: Path, tmp_path: Path, bare: Kit, language_server: LanguageServer
) -> Iterator[MakeWritingContext]:
    """make_writing_context("searches", rounds=2) are the parts of a server with that model."""
    pytest.importorskip("openai", reason="needs the extra llm")
    from polysense.llm.openai import OpenAI

    with ExitStack() as stack:

        def build(model: str, **settings: Any) -> Context:
            place = tmp_path / "writing"
            shutil.copytree(template, place / "kb")
            language_model = OpenAI(model=model, base_url=language_server.url, retries=0)
            kit = replace(bare, language_models={"openai": language_model})
            own = replace(ServerSettings(home=place / "home", requests=100_000), **settings)
            context = build_context(own, str(place / "kb"), kit, ONE)
            stack.callback(context.pool.close)
            return context

        yield build


@pytest.fixture
def writing_context(make_writing_context: MakeWritingContext) -> Context:
    """The parts of a server whose answers the language model "writes" writes."""
    return make_writing_context("writes")


@pytest.fixture
def tokens(context: Context, template: Path, tmp_path: Path) -> Mapping[str, str]:
    """Tokens of `context`: read, write and admin in main, other (all it may, in another library),
    all (admin everywhere).
    """
    place = tmp_path / "home" / "libraries" / OTHER
    place.mkdir(parents=True)
    shutil.copytree(template, place / "kb")
    scopes: tuple[Scope, ...] = ("read", "write", "admin")
    main_tokens = {scope: context.keyring.add(scope, scope, ["main"]) for scope in scopes}
    return {
        **main_tokens,
        "other": context.keyring.add("other", "admin", [OTHER]),
        "all": context.keyring.add("all", "admin"),
    }


ClientAs = Callable[[str], TestClient]


@pytest.fixture
def client_as(context: Context, tokens: Mapping[str, str]) -> Iterator[ClientAs]:
    """client_as("read") asks with the token of that name, client_as("") with none, of one server with
    tokens.
    """
    one = build_app(context)
    with TestClient(one, base_url="http://localhost") as living:

        def holder(name: str) -> TestClient:
            headers = {"authorization": f"Bearer {tokens[name]}"} if name else {}
            client = TestClient(one, base_url="http://localhost", headers=headers)
            client.portal = living.portal  # one loop for all, as in a server
            return client

        yield holder


Start = Callable[..., str]


@pytest.fixture
def start() -> Iterator[Start]:
    """start(context) serves on a free port until the test is over, and gives the base URL;
    page=True with what people see, which can be once in a process: NiceGUI is one.
    """
    import uvicorn

    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def begin(context: Context, page: bool = False) -> str:
        sock = socket.socket()
        sock.bind(("127.0.0.1", 0))
        serving = build_app(context)
        if page:
            from polysense.serve.page import mount

            mount(serving, context)
        config = uvicorn.Config(
            serving, log_level="warning", timeout_graceful_shutdown=2, access_log=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
        thread.start()
        running.append((server, thread))
        until = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.01)
        return f"http://127.0.0.1:{sock.getsockname()[1]}"

    yield begin
    for server, _ in running:
        server.should_exit = True
    for _, thread in running:
        thread.join(20)
        assert not thread.is_alive(), "the server did not stop"


@pytest.fixture
def server(context: Context, start: Start) -> str:
    """A real server of `context` on a free port: its base URL."""
    return start(context)


WaitForJob = Callable[[TestClient, Mapping[str, Any]], dict[str, Any]]


@pytest.fixture
def wait_for_job() -> WaitForJob:
    """wait_for_job(client, job) is the job when it is over."""

    def wait(client: TestClient, job: Mapping[str, Any], library: str = "main") -> dict[str, Any]:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            now: dict[str, Any] = client.get(f"/api/libraries/{library}/jobs/{job['id']}").json()
            if now["state"] in ("done", "failed", "stopped"):
                return now
            time.sleep(0.05)
        raise AssertionError(f"{job} does not end")

    return wait


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, where it is installed."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium here: apt install chromium")
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync.sync_playwright() as p:
        flags = [
            "--enable-unsafe-swiftshader",
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
        ]
        chromium = p.chromium.launch(
            executable_path=CHROMIUM, args=[*flags, "--autoplay-policy=no-user-gesture-required"]
        )
        yield chromium
        chromium.close()
