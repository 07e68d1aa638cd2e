"""Errors as problem documents (RFC 9457): what happened, what to do, and nothing about how the
server is built.
"""

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

MIME = "application/problem+json"
TOLD = 20
"""Of what is wrong with a request, the first so many."""
ALWAYS = (400, 401, 403, 408, 413, 422, 429, 500, 503)
"""What any path may answer with."""

_STATUSES = {
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
    503: "busy",
    507: "disk full",
}
_RETRY = {423: "5", 429: "1", 503: "2"}

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
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind)
    type_ = "urn:polysense:" + words.lower().replace(" ", "-")
    said = Problem(
        type=type_,
        title=words.capitalize(),
        status=status,
        detail=_clean(detail),
        hint=_clean(hint),
        errors=errors or [],
    )
    headers = {"Retry-After": _RETRY[status]} if status in _RETRY else {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="polysense"'
    elif status in (408, 413):
        headers["Connection"] = "close"  # the rest of the body is not waited for
    elif kind == "TooManyGuesses":
        headers["Retry-After"] = "60"
    return JSONResponse(
        said.model_dump(exclude={"errors"} if not errors else None), status, headers, MIME
    )


def _clean(text: str) -> str:
    """Without lone surrogates, which a request can hold and no answer may."""
    return text.encode("utf-8", "replace").decode()


def of(error: PolysenseError) -> Response:
    """An error of ours; commands in its hint are for those at the machine, and are as good for
    others to read.
    """
    return problem(error.status, type(error).__name__, str(error), error.hint)


def install(app: FastAPI) -> None:
    """Every error of the app becomes such a document; what nobody foresaw is logged and says
    nothing of its inside.
    """

    @app.exception_handler(PolysenseError)
    async def _ours(_: Request, error: Exception) -> Response:
        assert isinstance(error, PolysenseError)
        return of(error)

    @app.exception_handler(RequestValidationError)
    async def _malformed(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        wrong = [
            {"at": _clean(".".join(map(str, e["loc"])))[:200], "what": _clean(str(e["msg"]))}
            for e in error.errors()[:TOLD]
        ]
        said = "; ".join(f"{w['at']}: {w['what']}" for w in wrong[:3])
        return problem(
            422,
            "Malformed",
            said or "the request is malformed",
            "See /openapi.json for what is expected.",
            wrong,
        )

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        names = {
            404: "NotFound",
            405: "MethodNotAllowed",
            413: "TooLarge",
            416: "RangeNotSatisfiable",
        }
        made = problem(
            error.status_code,
            names.get(error.status_code, "BadRequest"),
            str(error.detail),
            "See /docs for what there is.",
        )
        made.headers.update(error.headers or {})
        return made

    @app.exception_handler(ClientDisconnect)
    async def _left(_: Request, __: Exception) -> Response:
        # to nobody, most likely
        return problem(400, "Incomplete", "the body ended before it was whole", "Send it again.")

    @app.exception_handler(OSError)
    async def _disk(request: Request, error: Exception) -> Response:
        assert isinstance(error, OSError)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return of(StorageFull("no room left on the server's disk"))
        return await _unforeseen(request, error)

    @app.exception_handler(Exception)
    async def _unforeseen(request: Request, error: Exception) -> Response:
        log.error("%s %s", request.method, request.url.path, exc_info=error)
        return problem(
            500, "InternalError", "something went wrong in the server", "Its log says what."
        )


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a path may answer with, for the OpenAPI document; those that any path may
    are always among them.
    """
    content = {MIME: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        s: {"description": _STATUSES[s], "content": content} for s in sorted({*statuses, *ALWAYS})
    }
