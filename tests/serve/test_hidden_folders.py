"""Who may only read learns from no door where the server keeps its files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.serve.conftest import ClientAs, WaitForJob

READ: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/api/libraries/main", None),
    ("GET", "/api/libraries/main/assets", None),
    ("GET", "/api/libraries/main/failures", None),
    ("GET", "/api/libraries/main/jobs", None),
    ("GET", "/api/libraries/main/assets/0000", None),
    ("GET", "/api/libraries/main/chunks/0000/picture", None),
    ("POST", "/api/libraries/main/search", {"text": "moon"}),
    ("POST", "/api/libraries/main/ask", {"text": "What follows the moon?", "to": ["text"]}),
    ("POST", "/api/libraries/main/ask", {"text": "What follows the moon?", "stream": True}),
    ("POST", "/api/libraries/main/recommend", {"liked": ["/no/such/place"]}),
    (
        "POST",
        "/v1/chat/completions",
        {"model": "main", "messages": [{"role": "user", "content": "What follows the moon?"}]},
    ),
    ("POST", "/v1/responses", {"model": "main", "input": "What follows the moon?"}),
)


def places(tmp_path: Path, files: Path) -> tuple[str, ...]:
    """Folders of the server, of which no answer may tell."""
    return str(tmp_path), str(files.parent), tmp_path.name


@pytest.fixture
def with_failure(client_as: ClientAs, wait_for_job: WaitForJob) -> TestClient:
    """The writer's client; one upload of theirs could not be read."""
    writer = client_as("write")
    answer = writer.put("/api/libraries/main/files/sub/broken.pdf", content=b"%PDF-1.4 broken")
    wait_for_job(writer, answer.json()["job"])
    return writer


@pytest.mark.parametrize(("method", "path", "body"), READ, ids=lambda v: str(v)[:40])
def test_a_reader_sees_names(
    client_as: ClientAs,
    with_failure: TestClient,
    tmp_path: Path,
    files: Path,
    method: str,
    path: str,
    body: Any,
) -> None:
    """In lists, hits, evidence, failures, jobs and errors."""
    text = client_as("read").request(method, path, json=body).text
    assert [p for p in places(tmp_path, files) if p in text] == []
    assert "polysense index" not in text


def test_names_are_relative_to_the_roots(client_as: ClientAs, with_failure: TestClient) -> None:
    """So that files of one name can be told apart; who may write sees where they are."""
    reader = client_as("read")
    hits = reader.post("/api/libraries/main/search", json={"text": "moon"}).json()["hits"]
    assert hits[0]["uri"] == "files/letters/moon.txt"
    assert reader.get("/api/libraries/main/assets?name=files/letters").json()["total"] == 2
    (failure,) = reader.get("/api/libraries/main/failures").json()["failures"]
    assert failure["uri"] == "sub/broken.pdf"
    hits = with_failure.post("/api/libraries/main/search", json={"text": "moon"}).json()["hits"]
    assert Path(hits[0]["uri"]).is_file()


def test_folders_cannot_be_guessed(client_as: ClientAs, files: Path) -> None:
    """Neither by a filter over places, nor by a search among names; writers may filter so."""
    question = {"text": "moon", "where": f"uri like '{files.parent}%'"}
    for path in ("search", "ask"):
        answer = client_as("read").post(f"/api/libraries/main/{path}", json=question)
        assert (answer.status_code, answer.json()["title"]) == (400, "Bad filter")
        assert client_as("write").post(f"/api/libraries/main/{path}", json=question).is_success
    plain = {"text": "moon", "where": "name = 'a uri.txt'"}
    assert client_as("read").post("/api/libraries/main/search", json=plain).is_success
    matches = client_as("read").get(
        "/api/libraries/main/assets", params={"name": str(files.parent)}
    )
    assert matches.json()["total"] == 0


@pytest.mark.parametrize("stream", [False, True])
def test_an_empty_library_is_called_empty(client_as: ClientAs, stream: bool) -> None:
    """By its name, to owners too, with what to do over HTTP."""
    admin = client_as("all")
    assert admin.post("/api/libraries", json={"name": "bare"}).status_code == 201
    body = {"text": "moon", "stream": stream}
    raw = admin.post("/api/libraries/bare/ask", json=body).text
    start = raw.index("{")
    problem: Mapping[str, Any] = json.loads(raw[start : raw.rindex("}") + 1])
    assert problem["status"] == 404
    assert problem["detail"] == "the library 'bare' is empty"
    assert "PUT /api/libraries/bare/files" in problem["hint"]
