"""Libraries over HTTP: made, listed, looked into, deleted."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

MAIN = "/api/libraries/main"


def test_a_librarys_life(client: TestClient, wait_for_job: Any) -> None:
    """Made empty, filled, listed, deleted with all that it held."""
    answer = client.post("/api/libraries", json={"name": "letters"})
    assert answer.status_code == 201
    assert answer.json() == {
        "name": "letters",
        "assets": 0,
        "places": 0,
        "failures": 0,
        "chunks": {},
        "spaces": {},
        "unread": 0,
        "busy": False,
    }
    assert client.get("/api/libraries").json() == {"libraries": ["main", "letters"]}
    letters = "/api/libraries/letters"
    wait_for_job(
        client,
        client.put(f"{letters}/files/a.txt", content=b"herons stand").json()["job"],
        "letters",
    )
    assert client.get(letters).json()["assets"] == 1
    assert len(client.post(f"{letters}/search", json={"text": "herons"}).json()["hits"]) == 1
    assert client.post(f"{MAIN}/search", json={"text": "herons"}).json()["hits"] == []
    assert client.post("/api/libraries", json={"name": "letters"}).status_code == 409
    assert client.delete(letters).status_code == 204
    assert client.get(letters).status_code == 404
    assert client.delete(letters).status_code == 404
    assert client.delete(MAIN).status_code == 409


@pytest.mark.parametrize("name", ["", "A", "a/b", "..", "x" * 65, "a b", None, 3])
def test_names(client: TestClient, name: Any) -> None:
    """Told as a malformed request, with the rule in the document."""
    assert client.post("/api/libraries", json={"name": name}).status_code == 422


def test_status(client: TestClient) -> None:
    """Counts by modality."""
    raw = client.get(MAIN).json()
    assert (raw["assets"], raw["places"], raw["failures"], raw["busy"]) == (7, 7, 0, False)
    assert raw["chunks"]["image"] == 2


def test_an_empty_library_answers_everything(client: TestClient) -> None:
    """Nothing is there yet: lists are empty, ids unknown, and searching says what to do."""
    client.post("/api/libraries", json={"name": "empty"})
    empty = "/api/libraries/empty"
    assert client.get(f"{empty}/assets").json() == {"assets": [], "total": 0, "next": None}
    assert client.get(f"{empty}/failures").json() == {"failures": []}
    assert client.get(f"{empty}/jobs").json() == {"jobs": []}
    for path in (
        "/assets/x",
        "/assets/x/chunks",
        "/assets/x/content",
        "/assets/x/picture",
        "/chunks/x/picture",
        "/answers/0123abcd.txt",
    ):
        assert client.get(empty + path).status_code == 404, path
    assert client.delete(f"{empty}/assets/x").status_code == 404
    for path, body in (
        ("/search", {"text": "x"}),
        ("/ask", {"text": "x"}),
        ("/recommend", {"liked": ["x"]}),
    ):
        answer = client.post(empty + path, json=body)
        assert answer.status_code == 404, path
        assert answer.json()["hint"]


def test_files_page_by_page(client: TestClient) -> None:
    """In order, all of them, none twice; by kind and by name."""
    uris: list[str] = []
    after: int | None = 0
    while after is not None:
        raw = client.get(f"{MAIN}/assets", params={"after": after, "limit": 3}).json()
        assert raw["total"] == 7
        uris += [a["uri"] for a in raw["assets"]]
        after = raw["next"]
    assert uris == sorted(set(uris))
    assert len(uris) == 7
    kinds = client.get(f"{MAIN}/assets", params={"modality": "image"}).json()
    assert {a["name"] for a in kinds["assets"]} == {"red.png", "drawing.svg"}
    assert [
        a["name"] for a in client.get(f"{MAIN}/assets", params={"name": "MOON"}).json()["assets"]
    ] == ["moon.txt"]
    for wrong in ({"after": -1}, {"limit": 0}, {"limit": 1001}, {"limit": "x"}):
        assert client.get(f"{MAIN}/assets", params=wrong).status_code == 422


def test_a_file_and_its_pieces(client: TestClient) -> None:
    """By the asset's id, and by no other name for it: not a path, not a piece's id."""
    moon = client.get(f"{MAIN}/assets", params={"name": "moon"}).json()["assets"][0]
    assert client.get(f"{MAIN}/assets/{moon['asset']}").json() == moon
    (chunk,) = client.get(f"{MAIN}/assets/{moon['asset']}/chunks").json()["chunks"]
    assert chunk["text"] == "High water follows the moon by an hour."
    for other in (chunk["chunk"], "moon.txt"):
        assert client.get(f"{MAIN}/assets/{other}/chunks").status_code == 404
