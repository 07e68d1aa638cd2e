"""What the attacks share: files of a library, paths of a server, bytes as no client sends them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from fastapi.testclient import TestClient

MAIN = "/api/libraries/main"
SECRET = "the combination is 4711"


def assets(client: TestClient, library: str = "main") -> dict[str, dict[str, Any]]:
    """The files of a library by name."""
    return {a["name"]: a for a in client.get(f"/api/libraries/{library}/assets").json()["assets"]}


def paths(client: TestClient) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of everything in the OpenAPI document."""
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method, about in methods.items():
            yield method.upper(), path, about


def raw(base: str, request: bytes, seconds: float = 10.0) -> tuple[int, bytes]:
    """The status and the rest of what a server answers to these bytes."""
    url = urlsplit(base)
    with socket.create_connection((url.hostname, url.port), timeout=seconds) as sock:
        sock.sendall(request)
        answer = b""
        try:
            while piece := sock.recv(65536):
                answer += piece
        except (TimeoutError, ConnectionResetError):
            pass
    return int(answer.split(b" ", 2)[1]) if answer else 0, answer
