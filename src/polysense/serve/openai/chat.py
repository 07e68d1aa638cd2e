"""/v1/chat/completions: the last message of the user is asked, the answer is a message."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from polysense.errors import BadQuery
from polysense.serve.context import Caller, Server
from polysense.serve.library_pool import PoolEntry
from polysense.serve.openai.answering import Answering, Closing, Piece, reading, stream_error
from polysense.serve.openai.bodies import describe_body, find_library, read_body
from polysense.serve.openai.errors import error_responses
from polysense.serve.openai.messages import refuse_tool_choice
from polysense.serve.openai.schema import Annotation, ChatRequest, Completion, Usage

router = APIRouter()


@dataclass(frozen=True, slots=True)
class _Chat:
    body: ChatRequest
    answering: Answering


async def _read_chat(request: Request, server: Server, caller: Caller) -> AsyncIterator[_Chat]:
    body = await read_body(request, ChatRequest)
    entry = await run_in_threadpool(find_library, server, caller, body.model)
    if body.n not in (None, 1):
        raise BadQuery("there is one answer, not several", "Leave out n.")
    refuse_tool_choice(body.tool_choice)
    refuse_tool_choice(body.function_call)
    async with reading(
        server, body.messages, body.modalities or (), body.polysense, body.response_format
    ) as question:
        has_audio = "audio" in question.body.to
        audio_format = (body.audio.format if body.audio else "wav") if has_audio else ""
        base = str(request.base_url).rstrip("/")
        yield _Chat(body, Answering(server, entry, question, base, audio_format))


@router.post(
    "/chat/completions",
    response_model=Completion,
    openapi_extra=describe_body(ChatRequest),
    summary="Ask a library",
    responses=error_responses(404, 408, 409, 413, 415, 501)
    | {
        200: {
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
            "description": "The answer; as chunks with `stream`",
        }
    },
)
async def complete(chat: Annotated[_Chat, Depends(_read_chat)]) -> Any:
    """The last user message is the question, with its pictures, sounds and files; the answer cites
    the places that it is from.

    What was said before is read where the question leans on it; what the system wishes, a language
    model heeds. `modalities` may name any that the library answers in: audio comes as
    message.audio, anything else as a link in the text.
    """
    head = {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "created": int(time.time()),
        "model": chat.body.model,
    }
    if not chat.body.stream:
        return _completion(head, await run_in_threadpool(chat.answering.answer))
    pieces = chat.answering.pieces()
    first = await anext(pieces)  # what is wrong from the start is told by its status
    options = chat.body.stream_options
    lines = stream_events(
        chat.answering.entry, first, pieces, head, bool(options and options.include_usage)
    )
    return StreamingResponse(
        lines, media_type="text/event-stream", headers={"cache-control": "no-store"}
    )


def _completion(head: dict[str, Any], closing: Closing) -> dict[str, Any]:
    message = {
        "role": "assistant",
        "content": None if closing.is_refusal else closing.text,
        "refusal": closing.text if closing.is_refusal else None,
        "annotations": _annotations(closing),
        "audio": closing.audio,
    }
    return {
        **head,
        "choices": [{"message": message}],
        "usage": Usage.of(closing.usage),
        "polysense": closing.polysense,
    }


def _annotations(closing: Closing) -> list[dict[str, Any]]:
    return [Annotation(url_citation=c).model_dump() for c in closing.citations]


async def stream_events(
    entry: PoolEntry,
    first: Piece,
    pieces: AsyncGenerator[Piece, None],
    head: dict[str, Any],
    with_usage: bool,
) -> AsyncIterator[bytes]:
    """The events of a stream; an error on the way is the last of them."""
    head = {**head, "object": "chat.completion.chunk"}

    def chunk(delta: dict[str, Any], reason: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason, "logprobs": None}
        return _event({**head, "choices": [choice], **more})

    try:
        async with aclosing(pieces):
            yield chunk({"role": "assistant", "content": ""})
            piece = first
            while piece.closing is None:
                if piece.text:
                    yield chunk({"content": piece.text})
                piece = await anext(pieces)
            closing = piece.closing
            field = "refusal" if closing.is_refusal else "content"
            content = {field: piece.text} if piece.text else {}
            audio = {"audio": closing.audio.model_dump()} if closing.audio else {}
            yield chunk({**content, **audio, "annotations": _annotations(closing)})
            yield chunk({}, "stop", polysense=closing.polysense)
            if with_usage:
                usage = Usage.of(closing.usage).model_dump()
                yield _event({**head, "choices": [], "usage": usage})
            yield b"data: [DONE]\n\n"
    except Exception as e:  # noqa: BLE001 - the stream must end with a word, whatever happened
        yield _event({"error": stream_error(entry, e)})


def _event(data: Any) -> bytes:
    return f"data: {json.dumps(data, ensure_ascii=False, default=str)}\n\n".encode()
