"""Attacks by bodies: too large, too slow, and made to crash what reads them."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from polysense.serve.app import build_app

from .attacks import MAIN, raw


def test_a_body_that_says_it_is_too_large_is_not_read(make_context: Any) -> None:
    """Filling the disk."""
    with TestClient(build_app(make_context(upload_mb=1)), base_url="http://localhost") as client:
        for answer in (
            client.put(f"{MAIN}/files/big.txt", content=b"x" * (1 << 20 | 1)),
            client.post(f"{MAIN}/files", files={"files": ("big.txt", b"x" * (1 << 20))}),
            client.post(f"{MAIN}/search", json={"text": "x" * (1 << 20)}),
        ):
            assert answer.status_code == 413
            assert answer.json()["type"] == "urn:polysense:too-large"


@pytest.mark.parametrize("kind", ["put", "form", "json", "urlencoded"])
def test_a_body_that_does_not_say_how_large_it_is_is_cut_off(make_context: Any, kind: str) -> None:
    """The same, in chunks: by body, by form, in memory; nothing of it stays."""
    count = 0

    def forever() -> Iterator[bytes]:
        nonlocal count
        if kind == "form":
            yield b'--b\r\ncontent-disposition: form-data; name="files"; filename="big.txt"\r\n\r\n'
        for _ in range(100):
            count += 1
            yield b"x" * (1 << 16)

    types = {
        "put": "text/plain",
        "form": "multipart/form-data; boundary=b",
        "json": "application/json",
        "urlencoded": "application/x-www-form-urlencoded",
    }
    path = {"put": "/files/big.txt", "form": "/files", "json": "/search", "urlencoded": "/files"}[
        kind
    ]
    context = make_context(upload_mb=1)
    with TestClient(build_app(context), base_url="http://localhost") as client:
        answer = client.request(
            "PUT" if kind == "put" else "POST",
            MAIN + path,
            content=forever(),
            headers={"content-type": types[kind]},
        )
        assert answer.status_code == 413, answer.text
        uploads = context.pool.get("main").uploads
        assert [p for p in uploads.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("kind", ["json", "form"])
def test_what_is_held_in_memory_is_bounded_more_tightly(
    make_context: Any, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A question of two gigabytes, whatever type it says it has."""
    from polysense.serve import limits

    monkeypatch.setattr(limits, "MOST_IN_MEMORY_MB", 1)
    types = {"json": "application/json", "form": "multipart/form-data; boundary=b"}
    with TestClient(build_app(make_context()), base_url="http://localhost") as client:
        headers = {"content-type": types[kind]}
        assert (
            client.post(
                f"{MAIN}/recommend", content=b"x" * (1 << 20 | 1), headers=headers
            ).status_code
            == 413
        )
        assert client.put(f"{MAIN}/files/big.txt", content=b"x" * (1 << 20 | 1)).status_code == 202


def test_a_body_that_does_not_come_is_not_waited_for(make_context: Any, start: Any) -> None:
    """Slow bodies hold connections until there are none left."""
    base = start(make_context(body_seconds=0.3))
    head = f"PUT {MAIN}/files/slow.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nwords".encode()
    began = time.monotonic()
    status, answer = raw(base, head)
    assert status == 408
    assert b"urn:polysense:too-slow" in answer
    assert time.monotonic() - began < 5


def test_a_body_that_drips_is_not_waited_for(make_context: Any, start: Any) -> None:
    """A byte now and then is never silent for long, and never done."""
    context = make_context(body_seconds=0.4)
    url = urlsplit(start(context))
    with socket.create_connection((url.hostname, url.port), timeout=10) as sock:
        sock.sendall(
            f"PUT {MAIN}/files/slow.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n".encode()
        )
        answer = b""
        sock.settimeout(0.1)
        for _ in range(60):
            try:
                sock.sendall(b"x")
                answer += sock.recv(4096)
            except TimeoutError:
                pass
            if answer:
                break
    assert answer.startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize("size", [3_000, 20_000])
def test_forms_of_thousands_of_parts_are_refused(client: TestClient, size: int) -> None:
    """Each part costs a temporary file."""
    part = b'--b\r\ncontent-disposition: form-data; name="%s"; filename="x"\r\n\r\nx\r\n'
    for path, name in (("/search", b"file"), ("/files", b"files"), ("/ask", b"x")):
        body = (part % name) * size + b"--b--\r\n"
        answer = client.post(
            MAIN + path, content=body, headers={"content-type": "multipart/form-data; boundary=b"}
        )
        assert answer.status_code == 400, (path, answer.text)
    fields = (
        b'--b\r\ncontent-disposition: form-data; name="text"\r\n\r\nx\r\n' * size + b"--b--\r\n"
    )
    assert (
        client.post(
            f"{MAIN}/search",
            content=fields,
            headers={"content-type": "multipart/form-data; boundary=b"},
        ).status_code
        == 400
    )


BOMBS = {
    "deep": b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "huge number": b'{"k": ' + b"9" * 100_000 + b"}",
    "not a number": b'{"k": NaN, "text": "x"}',
    "infinity": b'{"k": Infinity, "text": "x"}',
    "half a letter": b'{"text": "\\ud800"}',
    "half a letter as a name": b'{"\\ud800": 1}',
    "nothing": b"",
    "not UTF-8": b'{"text": "\xff"}',
    "many names": ("{" + ",".join(f'"x{n}": 1' for n in range(50_000)) + "}").encode(),
    "many values": b'{"text": "x", "modality": [' + b",".join([b'"x"'] * 50_000) + b"]}",
    "a list": b"[]",
    "nul": b'{"text": "a\\u0000b"}',
    "deep filter": b'{"text": "x", "where": "' + b"(" * 4_000 + b"page = 1" + b")" * 4_000 + b'"}',
    "deep retriever": b'{"text": "x", "using": "' + b"(" * 900 + b"bm25" + b")" * 900 + b'"}',
    "long filter": b'{"text": "x", "where": "' + b" or ".join([b"page = 1"] * 900) + b'"}',
}


@pytest.mark.parametrize(
    "path",
    [
        f"{MAIN}/search",
        f"{MAIN}/ask",
        f"{MAIN}/recommend",
        "/v1/chat/completions",
        "/v1/responses",
        "/v1/embeddings",
        "/mcp",
    ],
)
@pytest.mark.parametrize("bomb", BOMBS)
def test_json_bombs_are_told_from_questions(client: TestClient, bomb: str, path: str) -> None:
    """Crashing or stalling the server with one short request; the answer is short, too."""
    began = time.process_time()
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    answer = client.post(path, content=BOMBS[bomb], headers=headers)
    assert answer.status_code in (400, 404, 422) or (
        answer.status_code == 200 and "filter" in bomb
    ), (
        answer.status_code,
        answer.text[:300],
    )
    assert len(answer.content) < 30_000
    assert time.process_time() - began < 10
