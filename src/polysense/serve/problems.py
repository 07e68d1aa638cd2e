"""Errors as problem documents (RFC 9457): what happened, what to do, nothing of the inside."""

from __future__ import annotations

import errno
import logging
import re
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from polysense.errors import PolysenseError, StorageFull
from polysense.serve.explain import without_commands

MIME = "application/problem+json"
MOST_ERRORS = 20
"""The first so many things that are wrong with a request are told."""

COMMON_STATUSES = (400, 401, 403, 408, 413, 422, 429, 500, 503)
"""What any path may answer with."""

_DESCRIPTIONS = {
    400: "asked wrongly",
    401: "no token, or a wrong one",
    403: "not allowed",
    404: "not there",
    408: "the body came too slowly",
    409: "not in this state",
    413: "too large",
    415: "of a type that nothing here reads",
    416: "no such range",
    422: "malformed, or not readable",
    423: "another process is writing",
    429: "too often",
    500: "unforeseen",
    501: "something is not installed",
    502: "a language model did not answer",
    503: "busy",
    507: "disk full",
}
_RETRY_AFTER = {423: "5", 429: "1", 503: "2"}

log = logging.getLogger("polysense.serve")


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(
        "about:blank", examples=["urn:polysense:not-found"], description="The kind of problem."
    )
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(
        examples=["the library does not hold report.pdf"], description="What happened, to what."
    )
    hint: str = Field(
        "",
        examples=["List what it holds: GET /api/libraries/main/assets"],
        description="What to do next.",
    )
    errors: list[dict[str, Any]] = Field(
        default=[], description="Where a request is malformed: each place, and what is wrong there."
    )


def problem(
    status: int, kind: str, detail: str, hint: str = "", errors: list[dict[str, Any]] | None = None
) -> Response:
    """The document as a response; kind is a class name such as NotFound."""
    title = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind)
    type_uri = "urn:polysense:" + title.lower().replace(" ", "-")
    document = Problem(
        type=type_uri,
        title=title.capitalize(),
        status=status,
        detail=_replace_surrogates(detail),
        hint=_replace_surrogates(hint),
        errors=errors or [],
    )
    headers = {"Retry-After": _RETRY_AFTER[status]} if status in _RETRY_AFTER else {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="polysense"'
    elif status in (408, 413):
        headers["Connection"] = "close"  # the rest of the body is not waited for
    elif kind == "TooManyGuesses":
        headers["Retry-After"] = "60"
    return JSONResponse(
        document.model_dump(exclude={"errors"} if not errors else None), status, headers, MIME
    )


def _replace_surrogates(text: str) -> str:
    """Without lone surrogates, which a request can hold and no answer may."""
    return text.encode("utf-8", "replace").decode()


def problem_from(error: PolysenseError) -> Response:
    """An error of ours as a response."""
    return problem(error.status, error.title, str(error), error.hint)


def install(app: FastAPI) -> None:
    """Make every error of the app such a document.

    What nobody foresaw is logged and says nothing of its inside.
    """

    @app.exception_handler(PolysenseError)
    async def _on_polysense_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, PolysenseError)
        grant = getattr(request.state, "grant", None)
        if grant is None or grant.scope != "read":
            return problem_from(error)
        hide = request.app.state.context.pool.hide_folders
        hint = without_commands(error.hint, error)
        return problem(error.status, error.title, hide(str(error)), hide(hint))

    @app.exception_handler(RequestValidationError)
    async def _on_validation_error(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        errors = [
            {
                "at": _replace_surrogates(".".join(map(str, e["loc"])))[:200],
                "what": _replace_surrogates(str(e["msg"])),
            }
            for e in error.errors()[:MOST_ERRORS]
        ]
        summary = "; ".join(f"{w['at']}: {w['what']}" for w in errors[:3])
        return problem(
            422,
            "Malformed",
            summary or "the request is malformed",
            "See /openapi.json for what is expected.",
            errors,
        )

    @app.exception_handler(HTTPException)
    async def _on_http_error(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kinds = {
            404: "NotFound",
            405: "MethodNotAllowed",
            413: "TooLarge",
            416: "RangeNotSatisfiable",
        }
        response = problem(
            error.status_code,
            kinds.get(error.status_code, "BadRequest"),
            str(error.detail),
            "See /docs for what there is.",
        )
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(ClientDisconnect)
    async def _on_disconnect(_: Request, __: Exception) -> Response:
        # to nobody, most likely
        return problem(400, "Incomplete", "the body ended before it was whole", "Send it again.")

    @app.exception_handler(OSError)
    async def _on_os_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, OSError)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return problem_from(StorageFull("no room left on the server's disk"))
        return await _on_unforeseen(request, error)

    @app.exception_handler(Exception)
    async def _on_unforeseen(request: Request, error: Exception) -> Response:
        log.error("%s %s", request.method, request.url.path, exc_info=error)
        return problem(
            500, "InternalError", "something went wrong in the server", "Its log says what."
        )


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems a path may answer with, COMMON_STATUSES among them, for the OpenAPI document."""
    content = {MIME: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        s: {"description": _DESCRIPTIONS[s], "content": content}
        for s in sorted({*statuses, *COMMON_STATUSES})
    }
