"""The server about itself: alive, ready, counted; who has tokens."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi.testclient import TestClient

from polysense.serve.access import Keyring
from polysense.serve.context import Context


def test_alive_and_ready(client: TestClient) -> None:
    """For those who watch it."""
    for path in ("/health", "/ready"):
        assert client.get(path).json() == {"status": "ok", "version": version("polysense")}


def test_not_ready(client: TestClient, context: Context) -> None:
    """A library that does not open: alive, but not ready, and why."""
    folder = context.pool.get("main").library.folder
    context.pool.get("main").library.close()
    for path in folder.glob("catalogue.db*"):
        path.unlink()
    (folder / "catalogue.db").write_text(
        "not a database, but long enough to be told from an empty one" * 20
    )
    assert client.get("/health").status_code == 200
    answer = client.get("/ready")
    assert answer.status_code == 409
    assert "catalogue" in answer.json()["detail"]


def test_tokens(client: TestClient, context: Context) -> None:
    """Made and told once, listed without themselves, forgotten at once; from the first on everyone
    needs one.
    """
    answer = client.post("/api/tokens", json={"name": "boss", "scope": "admin"})
    assert answer.status_code == 201
    token = answer.json()["token"]
    assert client.get("/api/tokens").status_code == 401
    client.headers["authorization"] = f"Bearer {token}"
    assert client.get("/api/tokens").json() == {
        "tokens": [{"name": "boss", "scope": "admin", "libraries": ["*"], "token": ""}]
    }
    reader = client.post("/api/tokens", json={"name": "reader", "libraries": ["main"]}).json()
    assert (reader["scope"], reader["libraries"]) == ("read", ["main"])
    assert client.post("/api/tokens", json={"name": "reader"}).status_code == 409
    assert client.delete("/api/tokens/reader").status_code == 204
    assert client.delete("/api/tokens/reader").status_code == 404
    assert context.keyring.find(reader["token"]) is None
    assert [g.name for g in Keyring(context.settings.tokens).grants()] == ["boss"]


def test_wrong_tokens(client: TestClient) -> None:
    """Malformed requests."""
    bodies: list[dict[str, Any]] = [
        {},
        {"name": ""},
        {"name": "a/b"},
        {"name": "a\nb"},
        {"name": " a"},
        {"name": "a", "scope": "owner"},
        {"name": "a", "libraries": []},
        {"name": "a" * 81},
    ]
    for body in bodies:
        assert client.post("/api/tokens", json=body).status_code == 422, body
