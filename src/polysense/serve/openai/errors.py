"""Errors under /v1 in OpenAI's own shape, which its clients read."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from polysense.errors import NotFound
from polysense.serve import problems
from polysense.serve.openai.schema import ErrorBody

PREFIX = "/v1"


class ModelNotFound(NotFound):
    """A model that is no library and no encoder, or not for this token."""

    default_hint = "List them: GET /v1/models"


_PARAMS = {
    "model-not-found": "model",
    "previous-response-not-found": "previous_response_id",
}
"""The field that a kind of error is about, where there is no doubt."""


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a path may answer with, for the OpenAPI document."""
    shape = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}
    return {
        s: {**description, "content": shape}
        for s, description in problems.problem_responses(*statuses).items()
    }


def error_fields(status: int, kind: str, message: str, param: str | None = None) -> dict[str, Any]:
    """An error's fields; kind is a class name such as ModelNotFound, or its words joined by -.

    >>> error_fields(404, "ModelNotFound", "no library is called 'x'", "model")["code"]
    'model_not_found'
    """
    types = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
    error_type = types.get(status, "server_error" if status >= 500 else "invalid_request_error")
    code = re.sub(r"(?<=[a-z])(?=[A-Z])|-", "_", kind).lower()
    return ErrorBody(
        message=message,
        type=error_type,
        param=param,
        code="invalid_api_key" if status == 401 else code,
    ).model_dump()


class OpenAIErrors:
    """ASGI: problems under /v1, wherever they come from, in the shape that OpenAI's clients read.

    They send again what fails with 409 or 5xx, unless told not to.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] != "http" or not scope["path"].startswith(f"{PREFIX}/"):
            await self._app(scope, receive, send)
            return
        start: Message | None = None
        body = b""

        async def send_reshaped(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and message["status"] >= 400:
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await _error_response(start, body, scope["path"])(scope, receive, send)

        await self._app(scope, receive, send_reshaped)


def _error_response(start: Message, body: bytes, path: str) -> JSONResponse:
    old = Headers(raw=start["headers"])
    problem = {
        "type": "",
        "status": start["status"],
        "detail": f"{path} cannot be had",
        "hint": "See /openapi.json for what there is.",
    }
    if old.get("content-type") == problems.MIME:  # else the page's own, of a path that is not there
        problem = json.loads(body)
    kind = problem["type"].rpartition(":")[2] or "not-found"
    status = 400 if kind == "malformed" else problem["status"]
    wrong = problem.get("errors") or [{}]
    fault = wrong[0].get("at", "").removeprefix("body.")
    param = _PARAMS.get(kind) or fault or None
    headers = {k: old[k] for k in ("retry-after", "www-authenticate", "allow") if k in old}
    if status in (409, 501, 507):
        headers["x-should-retry"] = "false"
    return JSONResponse(
        {
            "error": error_fields(
                status, kind, f"{problem['detail']}. {problem['hint']}".strip(), param
            )
        },
        status,
        headers,
    )
