"""Start serving: safe by default, told in a line what to open, stopped without losing anything."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from types import FrameType
from typing import TextIO

from polysense.errors import BadConfig, LibraryError, PolysenseError
from polysense.ingest.location import public_location
from polysense.ingest.workers import Limits
from polysense.library import Library
from polysense.registry import Kit
from polysense.serve.access import Keyring
from polysense.serve.app import build_app
from polysense.serve.context import Context
from polysense.serve.library_pool import MAIN, LibraryPool
from polysense.serve.limits import ConcurrencyLimit
from polysense.serve.page import mount
from polysense.serve.settings import ServerSettings
from polysense.serve.telemetry import Metrics, build_tracer

MOST_CONNECTIONS = 900
"""Open at once, at the most: fewer than the files that most systems let a process open."""

log = logging.getLogger("polysense.serve")

FIRST_TOKEN = "first"
"""The name of the token that is made where others can connect and there is none yet."""


def build_context(
    settings: ServerSettings, library: str, kit: Kit, limits: Limits = Limits()
) -> Context:
    """The server's parts. Raises BadConfig, ForeignLibrary, MissingDependency."""
    if library.startswith("memory://"):
        raise BadConfig(
            "a library in memory cannot be served: its jobs open it anew",
            "Give a folder: polysense serve -l kb",
        )
    Library(library)  # what is no library is told now, not when it is first asked
    pool = LibraryPool(library, settings.libraries, kit, limits)
    return Context(
        settings,
        pool,
        Keyring(settings.tokens),
        ConcurrencyLimit(settings.at_once, settings.patience),
        Metrics(build_tracer()),
    )


def serve(
    settings: ServerSettings,
    library: str,
    kit: Kit,
    limits: Limits = Limits(),
    out: TextIO = sys.stderr,
) -> None:
    """Serve until stopped. Raises LibraryError.

    Where others can connect and no token exists, one is made and told, once.
    """
    import uvicorn

    context = build_context(settings, library, kit, limits)
    with _open_socket(settings.host, settings.port) as sock:
        application = build_app(context)
        mount(application, context)
        log.setLevel(logging.INFO)
        config = uvicorn.Config(
            application,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            timeout_graceful_shutdown=20,
            timeout_keep_alive=15,
            server_header=False,
            h11_max_incomplete_event_size=64 << 10,
            access_log=False,
            ws_max_size=16 << 20,
            limit_concurrency=MOST_CONNECTIONS,
        )

        class Server(uvicorn.Server):
            def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                context.shutting_down.set()
                super().handle_exit(sig, frame)

        # now that it listens: a token is told once
        print("\n".join(_startup_lines(context, library)), file=out, flush=True)
        threading.Thread(
            target=_warm_up, args=(context,), name="polysense-warm", daemon=True
        ).start()
        Server(config).run(sockets=[sock])


def _open_socket(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        both = address[0] == "::" and socket.has_dualstack_ipv6()
        return socket.create_server(address[:2], family=family, backlog=1024, dualstack_ipv6=both)
    except OSError as e:
        raise LibraryError(
            f"port {port} of {host} cannot be opened: {e.strerror}",
            "Choose another: polysense serve --port 8766",
        ) from e


def _startup_lines(context: Context, library: str) -> list[str]:
    """What is printed at the start; makes the first token where one is needed."""
    settings = context.settings
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{'localhost' if settings.loopback else host}:{settings.port}"
    lines = [
        f"polysense serves {public_location(library)} at {address}",
        f"  API: {address}/docs   OpenAI: {address}/v1   MCP: {address}/mcp",
    ]
    if not settings.loopback and not len(context.keyring):
        token = context.keyring.add(FIRST_TOKEN, "admin")
        lines += [f"  token (told only now): {token}", f"  open: {address}/login?token={token}"]
    elif len(context.keyring):
        lines.append("  a token is needed: polysense token add NAME")
    return lines


def _warm_up(context: Context) -> None:
    """Load the models before the first visitor has to wait for them."""
    try:
        entry = context.pool.get(MAIN)
        if entry.library.exists:
            entry.library.search("warm", k=1)
    except PolysenseError as e:
        log.warning("%s. %s", e, e.hint)
