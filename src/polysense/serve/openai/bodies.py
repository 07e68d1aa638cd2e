"""Bodies of requests to /v1, read by hand, so that their size is bounded; the library asked."""

from __future__ import annotations

from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool

from polysense.errors import NotFound, TooLarge
from polysense.serve.access import Grant
from polysense.serve.context import Context, authorize
from polysense.serve.library_pool import PoolEntry
from polysense.serve.openai.errors import PREFIX, ModelNotFound

MOST_BODY_BYTES = 64 << 20
"""Of a request, whose files come as base64 and are held in memory; judged, not measured."""

M = TypeVar("M", bound=BaseModel)


def describe_body(model: type[BaseModel]) -> dict[str, Any]:
    """The request in the OpenAPI document."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}
    return {"requestBody": {"required": True, "content": content}}


async def read_body(request: Request, model: type[M]) -> M:
    """The body, which is no larger than MOST_BODY_BYTES. Raises TooLarge."""
    raw = bytearray()
    async for piece in request.stream():
        raw += piece
        if len(raw) > MOST_BODY_BYTES:
            raise TooLarge(
                f"a request to {PREFIX} is larger than {MOST_BODY_BYTES >> 20} MB",
                "Add large files to the library, then ask.",
            )
    try:
        return await run_in_threadpool(model.model_validate_json, bytes(raw))
    except ValidationError as e:
        raise RequestValidationError(
            e.errors(include_url=False, include_context=False, include_input=False)
        ) from e


def find_library(server: Context, caller: Grant, name: str) -> PoolEntry:
    """The library that `model` names. Raises ModelNotFound."""
    try:
        return authorize(server, caller, "read", name)
    except NotFound as e:
        raise ModelNotFound(f"no library is called {name!r}") from e
