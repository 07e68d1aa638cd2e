"""/v1/embeddings and /v1/models: encoders of words, and the libraries."""

from __future__ import annotations

import base64
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from polysense.errors import BadQuery
from polysense.protocols import Encoder
from polysense.read.file.parts import Text
from polysense.registry import Kit
from polysense.serve.access import Grant
from polysense.serve.context import Caller, Context, Server
from polysense.serve.openai.bodies import describe_body, read_body
from polysense.serve.openai.errors import ModelNotFound, error_responses
from polysense.serve.openai.schema import (
    LONGEST_INPUT,
    MOST_INPUTS,
    EmbeddingRequest,
    Embeddings,
    Model,
    Models,
)

router = APIRouter()


@router.post(
    "/embeddings",
    response_model=Embeddings,
    openapi_extra=describe_body(EmbeddingRequest),
    summary="Encode words",
    responses=error_responses(404, 408, 413, 501),
)
async def embed(server: Server, request: Request) -> dict[str, Any]:
    """Vectors of the same space in which the library searches."""
    return await run_in_threadpool(_embed, server, await read_body(request, EmbeddingRequest))


def _embed(server: Context, body: EmbeddingRequest) -> dict[str, Any]:
    import numpy as np

    encoder = _encoders(server.pool.kit).get(body.model)
    if encoder is None:
        raise ModelNotFound(f"no encoder of words is called {body.model!r}")
    if body.dimensions not in (None, encoder.space.dim):
        raise BadQuery(
            f"{body.model} has {encoder.space.dim} dimensions, not {body.dimensions}",
            "Leave out dimensions.",
        )
    texts = _input_texts(body)
    role = body.input_type or ("document" if "text" in encoder.accepts else "query")
    with server.concurrency.acquire():
        vectors = np.asarray(encoder.encode([Text(t) for t in texts], role), "<f4")
    if (empty := np.flatnonzero(np.isnan(vectors).any(1))).size:
        raise BadQuery(
            f"input {empty[0]} has nothing to encode for {body.model}",
            "Leave it out, or use another model.",
        )
    data = [
        base64.b64encode(v.tobytes()).decode() if body.encoding_format == "base64" else v.tolist()
        for v in vectors
    ]
    return {"model": body.model, "data": [{"index": n, "embedding": v} for n, v in enumerate(data)]}


def _input_texts(body: EmbeddingRequest) -> list[str]:
    texts = [body.input] if isinstance(body.input, str) else body.input
    words = [t for t in texts if isinstance(t, str)]
    if len(words) != len(texts):
        raise BadQuery(
            "tokens are not taken: each encoder has its own",
            "Send words (LangChain: check_embedding_ctx_length=False).",
        )
    if not 1 <= len(words) <= MOST_INPUTS or any(
        not t.strip() or len(t) > LONGEST_INPUT for t in words
    ):
        raise BadQuery(
            "input is empty or too much",
            f"Send 1 to {MOST_INPUTS} texts, each of 1 to {LONGEST_INPUT} characters.",
        )
    return words


@router.get(
    "/models", response_model=Models, responses=error_responses(), summary="Libraries and encoders"
)
def models(server: Server, caller: Caller) -> dict[str, Any]:
    """What chat/completions and embeddings take as `model`."""
    return {"data": _models(server, caller)}


@router.get(
    "/models/{model:path}",
    response_model=Model,
    responses=error_responses(404),
    summary="A library or an encoder",
)
def model(server: Server, caller: Caller, model: str) -> Model:
    """By its name."""
    match = next((m for m in _models(server, caller) if m.id == model), None)
    if match is None:
        raise ModelNotFound(f"there is no model {model!r}")
    return match


def _models(server: Context, caller: Grant) -> list[Model]:
    libraries = [n for n in server.pool.names() if caller.allows("read", n)]
    encoders = [n for n in _encoders(server.pool.kit) if n not in libraries]
    return [
        *(Model(id=n, kind="library") for n in libraries),
        *(Model(id=n, kind="encoder") for n in encoders),
    ]


def _encoders(kit: Kit) -> dict[str, Encoder]:
    """Those that take words, by their names and by those of their spaces."""
    text_encoders = {
        n: e for n, e in kit.encoders.items() if "text" in e.accepts | e.query_modalities
    }
    return text_encoders | {e.space.name: e for e in text_encoders.values()}
