"""The server itself: whether it lives and is ready, what it counts, who has tokens."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Response

from polysense.serve import schema
from polysense.serve.access import Grant
from polysense.serve.context import AdminCaller, Server
from polysense.serve.library_pool import MAIN
from polysense.serve.problems import problem_responses
from polysense.serve.telemetry import MIME

router = APIRouter(tags=["server"])


@router.get(
    "/health",
    response_model=schema.Health,
    responses=problem_responses(),
    summary="Whether the server lives",
)
async def health() -> dict[str, Any]:
    """For those who restart it when it does not."""
    return {"status": "ok", "version": version("polysense")}


@router.get(
    "/ready",
    response_model=schema.Health,
    responses=problem_responses(),
    summary="Whether the server can answer",
)
def ready(server: Server) -> dict[str, Any]:
    """For those who send it requests: the main library opens."""
    entry = server.pool.get(MAIN)
    if entry.library.exists:
        entry.library.catalogue.counts()
    return {"status": "ok", "version": version("polysense")}


@router.get(
    "/metrics",
    response_class=Response,
    summary="Counts and times, for Prometheus",
    responses=problem_responses()
    | {200: {"content": {MIME: {"schema": {"type": "string"}}}, "description": "The metrics"}},
)
def metrics(server: Server) -> Response:
    """Requests by route, seconds by stage."""
    return Response(server.metrics.text(), media_type=MIME)


@router.get(
    "/api/tokens",
    response_model=schema.Tokens,
    responses=problem_responses(),
    summary="Who has a token",
)
def tokens(server: Server, _: AdminCaller) -> dict[str, Any]:
    """By name; the tokens themselves are told only when they are made."""
    return {"tokens": [_token_json(g) for g in server.keyring.grants()]}


@router.post(
    "/api/tokens",
    status_code=201,
    response_model=schema.Token,
    responses=problem_responses(409, 413),
    summary="Make a token",
)
def add(body: schema.NewToken, server: Server, _: AdminCaller) -> dict[str, Any]:
    """From the first token on, every request needs one."""
    token = server.keyring.add(body.name, body.scope, body.libraries)
    return _token_json(Grant(body.name, body.scope, tuple(body.libraries))) | {"token": token}


@router.delete(
    "/api/tokens/{name}",
    status_code=204,
    responses=problem_responses(404),
    summary="Forget a token",
)
def remove(name: str, server: Server, _: AdminCaller) -> None:
    """At once."""
    server.keyring.remove(name)


def _token_json(g: Grant) -> dict[str, Any]:
    return {"name": g.name, "scope": g.scope, "libraries": list(g.libraries)}
