"""Errors as documents: every kind, with its status, its hint, and nothing of the inside."""

from __future__ import annotations

import errno
import json
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from polysense import errors
from polysense.serve.problems import (
    COMMON_STATUSES,
    MIME,
    install,
    problem,
    problem_from,
    problem_responses,
)

KINDS = [
    e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.PolysenseError)
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda e: e.__name__)
def test_every_error_of_ours(kind: type[errors.PolysenseError]) -> None:
    """Its own status, its words, and what to do."""
    answer = problem_from(kind("what happened"))
    raw = json.loads(bytes(answer.body))
    assert (answer.status_code, raw["status"], raw["detail"]) == (
        kind.status,
        kind.status,
        "what happened",
    )
    assert raw["hint"]
    assert raw["type"].startswith("urn:polysense:")
    assert raw["title"]
    assert answer.headers["content-type"] == MIME
    assert str(kind.status) in map(str, problem_responses(*COMMON_STATUSES, kind.status))


def test_what_clients_act_on() -> None:
    """When to come back, and how to say who one is."""
    assert problem(401, "Denied", "x").headers["www-authenticate"] == 'Bearer realm="polysense"'
    assert problem(429, "TooOften", "x").headers["retry-after"] == "1"
    assert problem(429, "TooManyGuesses", "x").headers["retry-after"] == "60"
    assert problem(503, "Busy", "x").headers["retry-after"] == "2"
    assert problem(413, "TooLarge", "x").headers["connection"] == "close"
    assert "retry-after" not in problem(404, "NotFound", "x").headers


def test_letters_that_are_none_are_replaced() -> None:
    """A request can hold half a letter; an answer that repeats it must still be one."""
    raw = json.loads(bytes(problem(404, "NotFound", "no \ud800", "see \udfff").body))
    assert (raw["detail"], raw["hint"]) == ("no ?", "see ?")


def test_documented() -> None:
    """What any path may answer with is always among it; what is asked for, too."""
    responses = problem_responses(404, 507)
    assert set(responses) == {*COMMON_STATUSES, 404, 507}
    assert all(about["description"] and MIME in about["content"] for about in responses.values())


@pytest.fixture
def failing_client() -> TestClient:
    app = FastAPI()
    install(app)

    @app.get("/disk")
    def disk() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    @app.get("/other")
    def other() -> None:
        raise OSError(errno.EIO, "/secret/path")

    @app.get("/number/{n}")
    def number(n: int) -> None:
        raise KeyError("secret")

    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/disk", 507, "storage-full"),
        ("/other", 500, "internal-error"),
        ("/number/1", 500, "internal-error"),
        ("/number/x", 422, "malformed"),
        ("/none", 404, "not-found"),
    ],
)
def test_every_error_of_others(
    failing_client: TestClient, path: str, status: int, kind: str
) -> None:
    """FastAPI's, the system's, and bugs."""
    answer = failing_client.get(path)
    raw = answer.json()
    assert (answer.status_code, raw["type"], answer.headers["content-type"]) == (
        status,
        f"urn:polysense:{kind}",
        MIME,
    )
    assert "secret" not in answer.text
    assert raw["hint"]


def test_a_wrong_method(failing_client: TestClient) -> None:
    """What is allowed stays told."""
    answer = failing_client.post("/disk")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert answer.json()["title"] == "Method not allowed"


def test_malformed_requests_are_told_where(failing_client: TestClient) -> None:
    """Each place, but not endlessly many."""
    raw: dict[str, Any] = failing_client.get("/number/x").json()
    (wrong,) = raw["errors"]
    assert wrong["at"] == "path.n"
    assert wrong["what"] in raw["detail"]
