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
from polysense.serve.headers import SecurityHeaders
from polysense.serve.limits import ConcurrencyLimit, RequestLimits
from polysense.serve.mcp import server as mcp
from polysense.serve.openai import endpoint
from polysense.serve.openai.components import components
from polysense.serve.openai.errors import OpenAIErrors
from polysense.serve.openai.responses.store import ResponseStore
from polysense.serve.problems import Problem, install
from polysense.serve.telemetry import MetricsMiddleware

DESCRIPTION = (
    "Search and ask a library of files of any modality, with words or files of any modality, "
    "and get cited answers in any modality.\n\n"
    "Errors are problem documents (RFC 9457) with a `hint`. "
    "Where the server asks for a token, send `Authorization: Bearer TOKEN`."
)

SPARE_THREADS = 24
"""Threads for what is not a question, so that who waits for a turn keeps nobody else from being
served. Judged, not measured.
"""

_UNCOMPRESSED = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    "application/octet-stream",
    "application/pdf",
    "model/*",
)
GZIP = Middleware(
    GZipMiddleware, minimum_size=2000, compresslevel=5, exclude_content_types=_UNCOMPRESSED
)


def build_app(context: Context) -> FastAPI:
    """The server as an ASGI app, without what people see in a browser: `page.mount` adds that."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        threads = anyio.to_thread.current_default_thread_limiter()
        threads.total_tokens = max(
            threads.total_tokens,
            ConcurrencyLimit.most_threads(context.settings.at_once) + SPARE_THREADS,
        )
        await run_in_threadpool(context.pool.resume)
        async with agents.lifespan():
            yield
        await run_in_threadpool(context.pool.close)

    agents = mcp.Endpoint(context)

    application = FastAPI(
        title="polysense",
        version=version("polysense"),
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        middleware=[
            Middleware(MetricsMiddleware, metrics=context.metrics),
            # to this machine, packing takes longer than sending
            *([] if context.settings.loopback else [GZIP]),
            Middleware(SecurityHeaders),
            Middleware(OpenAIErrors),
            Middleware(RequestLimits, settings=context.settings),
            Middleware(Guard, settings=context.settings, keyring=context.keyring),
        ],
    )
    application.state.context = context
    application.state.responses = ResponseStore()
    install(application)
    for part in (server, docs, libraries, files, jobs, queries, media, endpoint):
        application.include_router(part.router)
    application.router.routes.append(Route(mcp.PATH, agents))
    # FastAPI's way to extend the document
    setattr(application, "openapi", _openapi_builder(application, application.openapi))  # noqa: B010
    return application


def _openapi_builder(
    application: FastAPI, build_plain: Callable[[], dict[str, Any]]
) -> Callable[[], dict[str, Any]]:
    def openapi() -> dict[str, Any]:
        if application.openapi_schema is None:
            document = build_plain()
            definitions = document.setdefault("components", {})
            definitions.setdefault("schemas", {}).update(
                components(),
                Problem=Problem.model_json_schema(),
            )
            definitions["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            document["security"] = [{"token": []}, {}]
        assert application.openapi_schema is not None
        return application.openapi_schema

    return openapi
