"""Attacks by addresses to fetch from: reading what only the server can reach."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from fastapi.testclient import TestClient

from polysense.serve import fetch as fetching
from polysense.serve.app import build_app

from .attacks import MAIN, SECRET


class Site(BaseHTTPRequestHandler):
    """A web server of somebody else: /secret, and /to?URL that redirects."""

    def do_GET(self) -> None:
        self.server.requested_paths.append(self.path)  # type: ignore[attr-defined]
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("location", self.path[4:])
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("content-length", str(len(SECRET)))
        self.end_headers()
        self.wfile.write(SECRET.encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def site() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Site)
    server.requested_paths = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


HOSTS = (
    "127.0.0.1",
    "localhost",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "0.0.0.0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "169.254.169.254",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "100.64.0.1",
    "[fe80::1]",
    "[fc00::1]",
    "[fec0::1]",
)


@pytest.mark.parametrize("host", HOSTS)
def test_addresses_of_the_machine_and_its_network_are_not_fetched(
    make_context: Any, host: str
) -> None:
    """Reading what only the server can reach (its own ports, a cloud's metadata): even where the
    host is allowed by mistake.
    """
    with site() as other:
        port = other.server_address[1]
        name = host.strip("[]").lower()
        with TestClient(
            build_app(make_context(url_hosts=(name,))), base_url="http://localhost"
        ) as client:
            answer = client.post(f"{MAIN}/urls", json={"url": f"http://{host}:{port}/secret"})
        # 422: a spelling that this system resolves to nothing
        assert answer.status_code in (403, 422), answer.text
        assert other.requested_paths == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example/x",
        "file:///etc/passwd",
        "ftp://files.example/x",
        "gopher://files.example/x",
        "http://files.example@127.0.0.1/x",
        "http://user:word@files.example/x",
        "http://files.example\r\nx: y/",
        "http:///x",
        "http://files.example.evil.example/",
        "//files.example/x",
        "http://[::1",
        "http://files.example:99999/",
        "javascript:alert(1)",
        "http://evilfiles.example/",
    ],
)
def test_other_addresses_are_refused(make_context: Any, url: str) -> None:
    """Only the hosts allowed, only the web; none of the ways to write a host that is read as
    another.
    """
    with TestClient(
        build_app(make_context(url_hosts=("files.example",))), base_url="http://localhost"
    ) as client:
        assert client.post(f"{MAIN}/urls", json={"url": url}).status_code in (400, 403)


def test_a_name_that_leads_home_is_not_followed(
    make_context: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: an allowed name resolves to this machine, first or beside a public address."""
    with site() as other:
        port = other.server_address[1]
        home, away = (
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
            (socket.AF_INET, 1, 6, "", ("93.184.215.14", port)),
        )
        real = socket.getaddrinfo
        with TestClient(
            build_app(make_context(url_hosts=("files.example",))), base_url="http://localhost"
        ) as client:
            for addresses in ([home], [home, away], [away, home]):
                monkeypatch.setattr(
                    socket,
                    "getaddrinfo",
                    lambda host, *a, f=addresses, **k: (
                        f if host == "files.example" else real(host, *a, **k)
                    ),
                )
                answer = client.post(
                    f"{MAIN}/urls", json={"url": f"http://files.example:{port}/secret"}
                )
                assert answer.status_code == 403
                assert "this machine" in answer.json()["detail"]
        assert other.requested_paths == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1:{port}/secret",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "http://[::1",
        "//[::1]/x",
    ],
)
def test_redirects_are_checked_like_addresses(
    make_context: Any, monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    """An allowed host sends the server on to where it may not go."""
    with site() as other:
        port = other.server_address[1]
        # the first step is allowed here
        monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1")
        monkeypatch.setattr(socket, "getaddrinfo", resolved(port))
        target = to.format(port=port)
        with TestClient(
            build_app(make_context(url_hosts=("files.example",))), base_url="http://localhost"
        ) as client:
            answer = client.post(
                f"{MAIN}/urls", json={"url": f"http://files.example:{port}/to?{target}"}
            )
        assert answer.status_code in (400, 403, 422), answer.text
        assert [p for p in other.requested_paths if p == "/secret"] == []  # type: ignore[attr-defined]


def resolved(port: int) -> Any:
    """A resolver that knows files.example, here."""
    real = socket.getaddrinfo

    def answer(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "files.example":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        return real(host, *args, **kwargs)

    return answer
