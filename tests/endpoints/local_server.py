"""A server of this machine for as long as a test needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Server(ThreadingHTTPServer):
    """`requests` are (path, headers, body), as the handler notes them; url is its address with the
    path below which it speaks.
    """

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], path: str = "") -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.url = f"http://127.0.0.1:{self.server_port}{path}"


@contextmanager
def serve(handler: type[BaseHTTPRequestHandler], path: str = "") -> Iterator[Server]:
    """A server that answers by `handler`."""
    server = Server(handler, path)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
