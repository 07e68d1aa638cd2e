"""Files from addresses: what comes, under which name; what must not be fetched is in test_attacks."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from polysense.errors import BadQuery, Forbidden, TooLarge, Unreadable
from polysense.serve import fetch as module
from polysense.serve.fetch import check_url, fetch, is_public

WORDS = b"herons stand in the reeds"


class Site(BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        status, headers, body = {
            "/a%20b.txt": (200, {}, WORDS),
            "/": (200, {}, WORDS),
            "/get?id=3": (
                200,
                {"content-disposition": 'attachment; filename="../../r\u00e9port.txt"'},
                WORDS,
            ),
            "/moved": (301, {"location": "/a%20b.txt"}, b""),
            "/loop": (302, {"location": "/loop"}, b""),
            "/away": (302, {"location": "http://elsewhere.example/x"}, b""),
            "/none": (404, {}, b"no"),
            "/empty": (200, {}, b""),
            "/large": (200, {}, b"x" * 3_000_000),
        }.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.path == "/cut":
            return
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A site called files.example, whose address counts as a public one here."""
    with HTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        number = server.server_address[1]
        real = socket.getaddrinfo

        def resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
            return (
                [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", number))]
                if host == "files.example"
                else real(host, *args, **kwargs)
            )

        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        monkeypatch.setattr(module, "is_public", lambda address: True)
        yield number
        server.shutdown()
        thread.join()


def fetch_path(port: int, path: str, folder: Path, most: int = 1 << 20) -> Path:
    return fetch(f"http://files.example:{port}{path}", folder, ("files.example",), most)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a%20b.txt", "a b.txt"),
        ("/moved", "a b.txt"),
        ("/", "index.html"),
        ("/get?id=3", "..-..-r\u00e9port.txt".lstrip(".")),
    ],
)
def test_what_comes_is_kept_under_its_name(port: int, tmp_path: Path, path: str, name: str) -> None:
    """In a folder of its host's name; a name that the host makes up stays inside."""
    place = fetch_path(port, path, tmp_path)
    assert place.relative_to(tmp_path).parts == ("files.example", name)
    assert place.read_bytes() == WORDS


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/none", Unreadable),
        ("/empty", Unreadable),
        ("/loop", Unreadable),
        ("/cut", Unreadable),
        ("/away", Forbidden),
        ("/large", TooLarge),
    ],
)
def test_what_does_not_come_leaves_nothing(
    port: int, tmp_path: Path, path: str, error: type[Exception]
) -> None:
    """Each with its reason."""
    with pytest.raises(error):
        fetch_path(port, path, tmp_path)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_drip_is_not_waited_for(
    port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it has its time, not only each piece."""
    monkeypatch.setattr(module, "TOTAL_SECONDS", 0.0)
    with pytest.raises(Unreadable, match="longer than"):
        fetch_path(port, "/a%20b.txt", tmp_path)


def test_hosts() -> None:
    """By name; a leading dot is all below it, and not the host itself."""
    check_url("https://files.example/x", ("files.example",))
    check_url("https://FILES.example./x", ("files.example",))
    check_url("https://a.b.files.example:8080/x", (".files.example",))
    for hosts in ((), ("example",), (".files.example",), ("a.files.example",)):
        with pytest.raises(Forbidden, match=r"files\.example"):
            check_url("https://files.example/x", hosts)
    with pytest.raises(BadQuery):
        check_url("mailto:x", ("x",))


def test_addresses() -> None:
    """Public ones: nothing of this machine, of a private network, of what carries such an address
    inside.
    """
    assert all(
        is_public(a)
        for a in (
            "8.8.8.8",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
        )
    )
    private = (
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.0.0.1",
        "::ffff:0:7f00:1",
        "fc00::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:a00:1::",
        "2001:db8::1",
    )
    assert not [a for a in private if is_public(a)]
