"""The whole server: the API, /v1, MCP and the page on one app, behind one guard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

import anyio.to_thread
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.routing import Route

from polysense.serve.api import docs, files, jobs, libraries, media, queries, server
from polysense.serve.context import Context
from polysense.serve.guard import Guard
from polysense.serve.headers import Headers
from polysense.serve.limits import Limits, Turns
from polysense.serve.mcp import server as mcp
from polysense.serve.openai import endpoint
from polysense.serve.openai.errors import Shaped
from polysense.serve.openai.schema import components
from polysense.serve.problems import Problem, install
from polysense.serve.telemetry import Measured

ABOUT = """Search and ask a library of files of any modality, with words or files of any modality, and get cited answers in any modality.

Errors are problem documents (RFC 9457) with a `hint`. Where the server asks for a token, send `Authorization: Bearer TOKEN`."""

SPARE = 24
"""Threads for what is not a question: who waits for a turn keeps nobody else from being served."""

_PACKED = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    "application/octet-stream",
    "application/pdf",
    "model/*",
)
GZIP = Middleware(GZipMiddleware, minimum_size=2000, compresslevel=5, exclude_content_types=_PACKED)


def app(context: Context) -> FastAPI:
    """The server as an ASGI app, without what people see in a browser: `page.mount` adds that."""

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        threads = anyio.to_thread.current_default_thread_limiter()
        threads.total_tokens = max(
            threads.total_tokens, Turns.threads(context.settings.at_once) + SPARE
        )
        await run_in_threadpool(context.shelf.resume)
        async with agents.living():
            yield
        await run_in_threadpool(context.shelf.close)

    agents = mcp.Endpoint(context)

    made = FastAPI(
        title="polysense",
        version=version("polysense"),
        description=ABOUT,
        lifespan=living,
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(Measured, metrics=context.metrics),
            # to this machine, packing takes longer than sending
            *([] if context.settings.loopback else [GZIP]),
            Middleware(Headers),
            Middleware(Shaped),
            Middleware(Limits, settings=context.settings),
            Middleware(Guard, settings=context.settings, keyring=context.keyring),
        ],
    )
    made.state.context = context
    install(made)
    for part in (server, docs, libraries, files, jobs, queries, media, endpoint):
        made.include_router(part.router)
    made.router.routes.append(Route(mcp.PATH, agents))
    setattr(made, "openapi", _described(made, made.openapi))  # noqa: B010 - FastAPI's way to extend the document
    return made


def _described(made: FastAPI, plain: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    def openapi() -> dict[str, Any]:
        if made.openapi_schema is None:
            found = plain()
            parts = found.setdefault("components", {})
            parts.setdefault("schemas", {}).update(
                components(), Problem=Problem.model_json_schema()
            )
            parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            found["security"] = [{"token": []}, {}]
        assert made.openapi_schema is not None
        return made.openapi_schema

    return openapi
