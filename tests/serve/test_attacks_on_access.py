"""Attacks on access: guessed tokens, other libraries, other sites, other names of the machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from polysense.serve.app import build_app
from polysense.serve.context import Context

from .attacks import MAIN, assets, paths, raw


def test_guessing_tokens_is_slowed_down(make_context: Any) -> None:
    """Ten guesses a minute; then not even a right one is looked at from there."""
    context = make_context(guesses=5)
    token = context.keyring.add("reader")
    with TestClient(build_app(context), base_url="http://localhost") as client:
        statuses = [
            client.get(MAIN, headers={"authorization": f"Bearer guess{n}"}).status_code
            for n in range(8)
        ]
        assert statuses == [401] * 5 + [429] * 3
        right = client.get(MAIN, headers={"authorization": f"Bearer {token}"})
        assert right.status_code == 429
        assert right.headers["retry-after"] == "60"
        by_cookie = client.get(MAIN, headers={"cookie": "polysense=guess"})
        assert by_cookie.status_code == 429


def test_an_old_token_sent_again_is_one_guess(make_context: Any) -> None:
    """A page left open after its token was removed must not lock out everyone behind its address."""
    context = make_context(guesses=3)
    token = context.keyring.add("reader")
    with TestClient(build_app(context), base_url="http://localhost") as client:
        assert {
            client.get(MAIN, headers={"cookie": "polysense=old"}).status_code for _ in range(20)
        } == {401}
        assert client.get(MAIN, headers={"authorization": f"Bearer {token}"}).status_code == 200


def test_too_many_requests_of_one_are_refused(make_context: Any) -> None:
    """One client leaves room for others."""
    with TestClient(build_app(make_context(requests=5)), base_url="http://localhost") as client:
        statuses = [client.get(MAIN).status_code for _ in range(30)]
        assert 429 in statuses
        assert client.get("/health").status_code == 200


def body_of(about: Mapping[str, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    """What to send to a path, by its own example."""
    content = about.get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return {"content": b"words"} if content else {}
    schema = content["application/json"]["schema"]
    schema = (
        components["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    )
    return {"json": schema.get("examples", [{}])[0]}


def fill_path(path: str, library: str, asset: str) -> str:
    """A path of the document with real values."""
    values = {
        "{library}": library,
        "{asset}": asset,
        "{page}": "1",
        "{name}": "x.txt",
        "{name:path}": "x.txt",
        "{job}": "0",
        "{chunk}": "0",
    }
    for key, value in values.items():
        path = path.replace(key, value)
    return path


def test_a_token_for_one_library_opens_no_other(client_as: Any) -> None:
    """Every path with a library in it, of the OpenAPI document, so that a new one cannot be
    forgotten: it is as if it did not exist.
    """
    everything, reader = client_as("all"), client_as("other")
    document = everything.get("/openapi.json").json()
    asset = next(iter(assets(everything).values()))["asset"]
    count = 0
    for method, path, about in paths(everything):
        if "{library}" in path:
            answer = reader.request(
                method, fill_path(path, "main", asset), **body_of(about, document["components"])
            )
            absent = reader.request(
                method, fill_path(path, "nonesuch", asset), **body_of(about, document["components"])
            )
            status = 403 if (method, path) == ("DELETE", "/api/libraries/{library}") else 404
            assert (answer.status_code, absent.status_code) == (status, status), (
                method,
                path,
                answer.text,
            )
            assert answer.text.replace("main", "?") == absent.text.replace("nonesuch", "?"), (
                "that it exists is told"
            )
            count += 1
    assert count >= 20
    assert reader.get("/api/libraries").json() == {"libraries": ["other"]}
    assert reader.get("/api/libraries/other").status_code == 200
    assert reader.get("/api/tokens").status_code == 403
    assert reader.post("/api/libraries", json={"name": "mine"}).status_code == 403


READERS = {"/search", "/ask", "/recommend"}


def test_a_token_to_read_writes_nothing(client_as: Any) -> None:
    """Every path that changes something, of the OpenAPI document."""
    reader, everything = client_as("read"), client_as("all")
    document = everything.get("/openapi.json").json()
    asset = next(iter(assets(reader).values()))["asset"]
    writing_paths = []
    for method, path, about in paths(everything):
        asks = any(path.endswith(r) for r in READERS) or path.startswith("/v1")
        if method in ("POST", "PUT", "DELETE", "PATCH") and not asks:
            answer = reader.request(
                method, fill_path(path, "main", asset), **body_of(about, document["components"])
            )
            if path == "/api/libraries/{library}/files" and method == "POST":
                answer = reader.post(
                    fill_path(path, "main", asset), files={"files": ("x.txt", b"words")}
                )
            assert answer.status_code == 403, (method, path, answer.status_code, answer.text)
            writing_paths.append(path)
    assert len(writing_paths) >= 10
    assert len(assets(reader)) == 7


def test_a_token_to_write_rules_nothing(client_as: Any) -> None:
    """Libraries and tokens are made by an administrator; one for a single library rules none but
    cannot make others.
    """
    for name in ("write", "admin"):
        client = client_as(name)
        assert client.post("/api/libraries", json={"name": "mine"}).status_code == 403
        assert client.delete("/api/libraries/other").status_code == 403
        assert client.get("/api/tokens").status_code == 403
        assert client.post("/api/tokens", json={"name": "me", "scope": "admin"}).status_code == 403
        assert client.delete("/api/tokens/read").status_code == 403


def test_without_a_token_nothing_is_told(client_as: Any) -> None:
    """Every path of the document, but those that say whether the server lives."""
    nobody, everything = client_as(""), client_as("all")
    for method, path, _ in paths(everything):
        status = nobody.request(method, fill_path(path, "main", "0")).status_code
        assert status == (200 if path in ("/health", "/ready") else 401), (method, path)
    assert nobody.get("/openapi.json").status_code == 401
    assert nobody.get("/docs").status_code == 401


CROSS = (
    {"origin": "http://evil.example"},
    {"origin": "null"},
    {"origin": "http://localhost.evil.example"},
    {"origin": "http://localhost:1"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "http://[::1"},
    {"origin": "https://localhost@evil.example"},
)


@pytest.mark.parametrize("headers", CROSS, ids=str)
def test_another_sites_page_does_nothing_in_its_visitors_name(
    client: TestClient, headers: dict[str, str]
) -> None:
    """CSRF: a form or a script of another site sends what this server does without a token."""
    for method, path in (
        ("POST", f"{MAIN}/search"),
        ("POST", "/api/libraries"),
        ("DELETE", f"{MAIN}/assets/x"),
        ("PUT", f"{MAIN}/files/x"),
    ):
        assert client.request(method, path, headers=headers, content=b"{}").status_code == 403
    assert (
        client.post(
            f"{MAIN}/search", json={"text": "moon"}, headers={"origin": "http://localhost"}
        ).status_code
        == 200
    )


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example",
        "",
        "[::2]",
        "10.0.0.1",
    ],
)
def test_another_name_for_this_machine_is_not_answered(client: TestClient, host: str) -> None:
    """DNS rebinding: a stranger's name leads to this machine, and its page reads as if it were
    ours.
    """
    assert client.get(MAIN, headers={"host": host}).status_code == 403
    for ours in ("localhost", "localhost:8765", "127.0.0.1:1", "[::1]:8765"):
        assert client.get(MAIN, headers={"host": ours}).status_code == 200


def test_a_socket_needs_what_a_request_needs(client_as: Any, client: TestClient) -> None:
    """Web sockets carry no token of their own: without one, or from another site's page, they are
    closed before they open.
    """
    for test_client, headers in (
        (client_as(""), {}),
        (client_as("all"), {"origin": "http://evil.example"}),
        (client, {"host": "evil.example"}),
    ):
        with (
            pytest.raises(WebSocketDisconnect) as closed,
            test_client.websocket_connect("/_nicegui_ws/socket.io/", headers=headers),
        ):
            pass
        assert closed.value.code == 1008


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses", "/v1/embeddings"])
def test_no_other_door_opens_another_library(client_as: Any, path: str) -> None:
    """The OpenAI endpoint takes a library's name as its model: one that the token does not open is
    as if it were not there.
    """
    body = {"model": "main", "messages": [{"role": "user", "content": "moon"}], "input": "moon"}
    absent = client_as("other").post(path, json={**body, "model": "nonesuch"})
    answer = client_as("other").post(path, json=body)
    assert answer.status_code == absent.status_code == 404
    assert answer.text.replace("main", "?") == absent.text.replace("nonesuch", "?")
    assert client_as("").post(path, json=body).status_code == 401


@pytest.mark.slow
def test_the_page_shows_no_other_library(
    context: Context, tokens: Mapping[str, str], start: Any
) -> None:
    """Nor MCP: without a token neither answers, and with one for another library no name of a file
    is in it.
    """
    base = start(context, page=True)
    for path in ("/", "/library", "/grid", "/mcp"):
        assert (
            raw(
                base,
                f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode(),
            )[0]
            == 401
        ), path
    cookie = (
        f"Cookie: polysense={tokens['other']}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
    )
    own = raw(base, f"GET /?library=other HTTP/1.1\r\nHost: localhost\r\n{cookie}".encode())
    assert own[0] == 200
    other = raw(base, f"GET /?library=nonesuch HTTP/1.1\r\nHost: localhost\r\n{cookie}".encode())
    main = raw(base, f"GET /?library=main HTTP/1.1\r\nHost: localhost\r\n{cookie}".encode())
    assert main[0] == other[0] != 200
    assert b"moon.txt" not in main[1]
