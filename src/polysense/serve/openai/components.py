"""The schemas of what FastAPI does not see, for the OpenAPI document: it is read by hand."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from polysense.serve.budgets import BudgetRequest
from polysense.serve.openai.responses.schema import ResponseRequest
from polysense.serve.openai.schema import ChatRequest, EmbeddingRequest, ErrorResponse
from polysense.serve.texts import EarlierExchange

MODELS: tuple[type[BaseModel], ...] = (
    ChatRequest,
    ResponseRequest,
    EmbeddingRequest,
    ErrorResponse,
    BudgetRequest,
    EarlierExchange,
)


def components() -> dict[str, Any]:
    """By their names."""
    _, schemas = models_json_schema(
        [(m, "validation") for m in MODELS], ref_template="#/components/schemas/{model}"
    )
    defs = schemas["$defs"]
    assert isinstance(defs, dict)
    return defs
