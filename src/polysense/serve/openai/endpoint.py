"""/v1 for clients of OpenAI: libraries are its chat models, encoders of words its embedding models.

The official client works unchanged: OpenAI(base_url="http://localhost:8765/v1", api_key=TOKEN). The
last user message is the question; its answer is made of the library's files alone, with [n] and
annotations that lead to the place. temperature, max_tokens, tools and whatever else is not in
`schema` is accepted and ignored. `usage` is zero: no language model reads or writes tokens
here.
"""

from __future__ import annotations

import base64
import json
import logging
import shutil
import tempfile
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from polysense.errors import BadQuery, NotFound, PolysenseError, TooLarge
from polysense.protocols import Encoder
from polysense.read.file.parts import Text
from polysense.registry import Kit
from polysense.results import Answer
from polysense.serve import schema
from polysense.serve.access import Grant
from polysense.serve.api.queries import ask_library, stream_answer
from polysense.serve.context import Caller, Context, Server, authorize
from polysense.serve.library_pool import PoolEntry
from polysense.serve.openai.chat import MessageText, closing_fields, read_question
from polysense.serve.openai.errors import PREFIX, ModelNotFound, error_fields, error_responses
from polysense.serve.openai.schema import (
    LONGEST_INPUT,
    MOST_INPUTS,
    ChatRequest,
    Completion,
    EmbeddingRequest,
    Embeddings,
    Model,
    Models,
    Usage,
)
from polysense.serve.requests import Question
from polysense.types import Evidence, Part

MOST_BODY_BYTES = 64 << 20
"""Of a request, whose files come as base64 and are held in memory; judged, not measured."""

router = APIRouter(prefix=PREFIX, tags=["openai"])
log = logging.getLogger("polysense.serve")

M = TypeVar("M", bound=BaseModel)


def _body_schema(model: type[BaseModel]) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}
    return {"requestBody": {"required": True, "content": content}}


async def _read_body(request: Request, model: type[M]) -> M:
    """The body, which is no larger than MOST_BODY. Raises TooLarge."""
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


@dataclass(frozen=True, slots=True)
class _Chat:
    body: ChatRequest
    entry: PoolEntry
    question: Question[schema.Ask]

    @property
    def audio_format(self) -> str:
        """The format of the sound that is asked for; "" where none is."""
        has_audio = "audio" in self.question.body.to
        return (self.body.audio.format if self.body.audio else "wav") if has_audio else ""


async def _read_chat(request: Request, server: Server, caller: Caller) -> AsyncIterator[_Chat]:
    body = await _read_body(request, ChatRequest)
    entry = await run_in_threadpool(_library, server, caller, body.model)
    folder = Path(tempfile.mkdtemp(prefix="polysense-chat-"))
    try:
        yield _Chat(
            body,
            entry,
            await run_in_threadpool(read_question, body, folder, server.settings, MOST_BODY_BYTES),
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@router.post(
    "/chat/completions",
    response_model=Completion,
    openapi_extra=_body_schema(ChatRequest),
    summary="Ask a library",
    responses=error_responses(404, 408, 409, 413, 415, 501)
    | {
        200: {
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
            "description": "The answer; as chunks with `stream`",
        }
    },
)
async def complete(
    server: Server, request: Request, chat: Annotated[_Chat, Depends(_read_chat)]
) -> Any:
    """The last user message is the question, with its pictures, sounds and files; the answer cites
    the places that it is from.

    `modalities` may name any that the library answers in: audio comes as message.audio, anything
    else as a link in the text.
    """
    base = str(request.base_url).rstrip("/")
    head = {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "created": int(time.time()),
        "model": chat.body.model,
    }
    if not chat.body.stream:
        return await run_in_threadpool(_complete, server, chat, base, head)
    pieces = stream_answer(chat.entry, server, chat.question, _delta_builder(chat, base))
    first = await anext(pieces)  # what is wrong from the start is told by its status
    lines = stream_events(
        chat.entry,
        first,
        pieces,
        head,
        bool(chat.body.stream_options and chat.body.stream_options.include_usage),
    )
    return StreamingResponse(
        lines, media_type="text/event-stream", headers={"cache-control": "no-store"}
    )


def _complete(server: Context, chat: _Chat, base: str, head: dict[str, Any]) -> dict[str, Any]:
    answer = ask_library(chat.entry, server, chat.question, lambda _: None)
    message = MessageText()
    for p in answer.parts:
        if p.part.modality == "text":
            message.add(str(p.part.data))
    rest = closing_fields(message, chat.entry, answer, base, chat.audio_format)
    fields = {
        "role": "assistant",
        "content": message.text,
        "annotations": rest["annotations"],
        "audio": rest["audio"],
    }
    return {**head, "choices": [{"message": fields}], "polysense": rest["polysense"]}


_Delta = dict[str, Any]


def _delta_builder(chat: _Chat, base: str) -> Callable[[Evidence | Part | Answer], _Delta]:
    """Each piece as the fields of a chunk: its delta, and what else the last one has."""
    message = MessageText()

    def delta(piece: Evidence | Part | Answer) -> _Delta:
        if isinstance(piece, Answer):
            rest = closing_fields(message, chat.entry, piece, base, chat.audio_format)
            content = {"content": rest["new"]} if rest["new"] else {}
            audio = {"audio": rest["audio"]} if rest["audio"] else {}
            return {
                "delta": {**content, **audio, "annotations": rest["annotations"]},
                "polysense": rest["polysense"],
            }
        if isinstance(piece, Part) and piece.modality == "text":
            return {"delta": {"content": message.add(str(piece.data))}}
        return {}

    return delta


async def stream_events(
    entry: PoolEntry,
    first: _Delta,
    pieces: AsyncGenerator[_Delta, None],
    head: dict[str, Any],
    usage: bool,
) -> AsyncIterator[bytes]:
    """The events of a stream; an error on the way is the last of them."""
    head = {**head, "object": "chat.completion.chunk"}

    def chunk(delta: _Delta, reason: str | None = None, **more: Any) -> bytes:
        return _event(
            {
                **head,
                "choices": [
                    {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
                ],
                **more,
            }
        )

    try:
        async with aclosing(pieces):
            yield chunk({"role": "assistant", "content": ""})
            piece = first
            while "polysense" not in piece:
                if piece:
                    yield chunk(piece["delta"])
                piece = await anext(pieces)
            yield chunk(piece["delta"])
            yield chunk({}, "stop", polysense=piece["polysense"])
            if usage:
                yield _event({**head, "choices": [], "usage": Usage().model_dump()})
            yield b"data: [DONE]\n\n"
    except PolysenseError as e:
        words = f"{entry.message(str(e))}. {entry.hint(e.hint, e)}"
        yield _event({"error": error_fields(e.status, e.title, words)})
    except Exception:  # the stream must end with a word, whatever happened
        log.exception("chat")
        yield _event(
            {
                "error": error_fields(
                    500, "InternalError", "something went wrong in the server. Its log says what."
                )
            }
        )


def _event(data: Any) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False, default=str)}\n\n".encode()


@router.post(
    "/embeddings",
    response_model=Embeddings,
    openapi_extra=_body_schema(EmbeddingRequest),
    summary="Encode words",
    responses=error_responses(404, 408, 413, 501),
)
async def embed(server: Server, request: Request) -> dict[str, Any]:
    """Vectors of the same space in which the library searches."""
    return await run_in_threadpool(_embed, server, await _read_body(request, EmbeddingRequest))


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


def _library(server: Context, caller: Grant, name: str) -> PoolEntry:
    try:
        return authorize(server, caller, "read", name)
    except NotFound as e:
        raise ModelNotFound(f"no library is called {name!r}") from e


def _encoders(kit: Kit) -> dict[str, Encoder]:
    """Those that take words, by their names and by those of their spaces."""
    text_encoders = {
        n: e for n, e in kit.encoders.items() if "text" in e.accepts | e.query_modalities
    }
    return text_encoders | {e.space.name: e for e in text_encoders.values()}
