"""Questions as they come: JSON or a form, each field as the model wants it; files are gone when the
question is over.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from polysense.serve import schema
from polysense.serve.problems import install
from polysense.serve.requests import MOST_FILES, Question, describe_body, question_reader


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Tells what it understood."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    app = FastAPI()
    install(app)

    @app.post("/")
    def describe(
        question: Annotated[Question[schema.Ask], Depends(question_reader(schema.Ask))],
    ) -> Any:
        files = [
            {"modality": p.modality, "name": p.name, "there": Path(p.data).is_file()}
            for p in question.files
        ]
        return {
            "body": question.body.model_dump(),
            "files": files,
            "query": len(question.query(question.body.text)),
        }

    return TestClient(app)


def test_json(client: TestClient) -> None:
    """With what is left out as the model has it."""
    raw = client.post("/", json={"text": "moon", "k": 3}).json()
    assert raw == {
        "body": {
            "text": "moon",
            "to": ["text"],
            "where": "",
            "k": 3,
            "using": "",
            "history": [],
            "budget": None,
            "stream": False,
        },
        "files": [],
        "query": 1,
    }
    assert client.post("/", content=b'{"text": "moon"}').json()["query"] == 1  # as curl -d has it


FORMS: tuple[tuple[Any, list[str]], ...] = (
    ([("to", "text"), ("to", "image")], ["text", "image"]),
    ([("to", "text,image")], ["text", "image"]),
    ([("to", '["text", "image"]')], ["text", "image"]),
    ([("to", "[broken")], ["[broken"]),
    ([("k", "3")], ["text"]),
)


@pytest.mark.parametrize(("fields", "to"), FORMS)
def test_forms(client: TestClient, tmp_path: Path, fields: Any, to: list[str]) -> None:
    """Lists repeated, with commas or as JSON; files of any kind, named as they were, gone
    afterwards.
    """
    files = [
        ("file", ("a/moon.txt", b"words")),
        ("file", ("../tone.wav", b"RIFF\x24\0\0\0WAVEfmt ")),
    ]
    raw = client.post("/", data=dict_of(fields), files=files).json()
    assert raw["body"]["to"] == to
    assert [(f["modality"], f["name"], f["there"]) for f in raw["files"]] == [
        ("text", "moon.txt", True),
        ("audio", "tone.wav", True),
    ]
    assert raw["query"] == 2
    assert list(tmp_path.iterdir()) == []


def dict_of(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name, []).append(value)
    return values


@pytest.mark.parametrize(
    ("request_fields", "status", "where"),
    [
        ({"json": {"text": "x", "kk": 1}}, 422, "body.kk"),
        ({"json": {"k": 0}}, 422, "body.k"),
        ({"json": {"to": []}}, 422, "body.to"),
        ({"json": []}, 422, "body"),
        ({"json": {"text": "a\0b"}}, 422, "body.text"),
        ({"content": b"{"}, 400, ""),
        ({"json": {}}, 400, ""),
        ({"json": {"text": "  "}}, 400, ""),
        ({"data": {"k": "many"}, "files": {"file": ("a.txt", b"x")}}, 422, "body.k"),
        ({"files": [("file", ("a.txt", b"x"))] * (MOST_FILES + 1)}, 400, ""),
        ({"files": {"other": ("a.txt", b"x")}}, 400, ""),
        ({"data": {"stream": "perhaps"}, "files": {"file": ("a.txt", b"x")}}, 422, "body.stream"),
    ],
)
def test_what_is_wrong_is_told(
    client: TestClient, tmp_path: Path, request_fields: dict[str, Any], status: int, where: str
) -> None:
    """And where; nothing stays behind."""
    answer = client.post("/", **request_fields)
    assert answer.status_code == status, answer.text
    assert [e["at"] for e in answer.json().get("errors", [])] == ([where] if where else [])
    assert list(tmp_path.iterdir()) == []


def test_files_without_words_and_without_names(client: TestClient) -> None:
    """A pasted picture has no name to speak of."""
    assert (
        client.post("/", files={"file": ("\u202e.png", b"\x89PNG\r\n\x1a\n")}).json()["files"][0][
            "modality"
        ]
        == "image"
    )


def test_the_form_is_described() -> None:
    """Both kinds of body, with the model's fields; the form with files, too."""
    content = describe_body(schema.Search)["requestBody"]["content"]
    fields = set(schema.Search.model_fields)
    assert set(content["application/json"]["schema"]["properties"]) == fields
    assert set(content["multipart/form-data"]["schema"]["properties"]) == fields | {"file"}
