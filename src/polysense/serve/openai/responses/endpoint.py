"""/v1/responses: OpenAI's newer way to ask, with a stream of events, and to go on from there."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from polysense.errors import BadQuery
from polysense.results import Turn
from polysense.serve.access import Grant
from polysense.serve.context import Caller, Server
from polysense.serve.openai.answering import Answering, reading
from polysense.serve.openai.bodies import describe_body, find_library, read_body
from polysense.serve.openai.errors import error_responses
from polysense.serve.openai.messages import refuse_tool_choice
from polysense.serve.openai.responses.events import complete_response, stream_events, text_of
from polysense.serve.openai.responses.input_items import read_messages
from polysense.serve.openai.responses.schema import DeletedResponse, Response, ResponseRequest
from polysense.serve.openai.responses.store import ResponseStore
from polysense.types import Part

router = APIRouter()

ResponseId = Annotated[
    str, Path(description="As its `id` tells.", examples=["resp_0123"], max_length=200)
]


async def _get_store(request: Request) -> ResponseStore:
    store = request.app.state.responses
    assert isinstance(store, ResponseStore)
    return store


Store = Annotated[ResponseStore, Depends(_get_store)]


@dataclass(frozen=True, slots=True)
class _Exchange:
    body: ResponseRequest
    answering: Answering
    caller: Grant
    store: ResponseStore

    def keep(self, response: Response) -> None:
        """Once it is complete, if it may be kept; instructions are each request's own."""
        if response.store:
            question = self.answering.question
            answer = "\n".join(text_of(p) for m in response.output for p in m.content)
            turns = (
                *(t for t in question.history if t.role != "system"),
                Turn("user", (Part("text", question.body.text),)),
                Turn("assistant", (Part("text", answer),)),
            )
            self.store.add(self.caller, response, turns)


async def _read_exchange(
    request: Request, server: Server, caller: Caller, store: Store
) -> AsyncIterator[_Exchange]:
    body = await read_body(request, ResponseRequest)
    entry = await run_in_threadpool(find_library, server, caller, body.model)
    _refuse_what_is_not_there(body)
    before = store.turns(caller, body.previous_response_id) if body.previous_response_id else ()
    messages = read_messages(body)
    answer_format = body.text.format if body.text else None
    async with reading(
        server, messages, body.modalities or (), body.polysense, answer_format
    ) as question:
        question = replace(question, history=(*before, *question.history))
        base = str(request.base_url).rstrip("/")
        yield _Exchange(body, Answering(server, entry, question, base), caller, store)


def _refuse_what_is_not_there(body: ResponseRequest) -> None:
    refuse_tool_choice(body.tool_choice)
    if body.conversation:
        raise BadQuery(
            "conversations are not kept here",
            "Send previous_response_id, or what was said before as input.",
        )
    if body.background:
        raise BadQuery("an answer is not made in the background", "Leave out background.")
    if body.prompt:
        raise BadQuery("prompts are not kept here", "Send the words themselves as input.")


@router.post(
    "/responses",
    response_model=Response,
    openapi_extra=describe_body(ResponseRequest),
    summary="Ask a library, and go on from there",
    responses=error_responses(404, 408, 409, 413, 415, 501)
    | {
        200: {
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
            "description": "The answer; as events with `stream`",
        }
    },
)
async def respond(exchange: Annotated[_Exchange, Depends(_read_exchange)]) -> Any:
    """A text is the question, or the last message of the user among items, with its pictures,
    sounds and files; the answer cites the places that it is from.

    Messages before, and those of `previous_response_id`, are read where the question leans on them.
    """
    body = exchange.body
    response = Response(
        id=f"resp_{uuid.uuid4().hex}",
        created_at=int(time.time()),
        status="in_progress",
        instructions=body.instructions,
        model=body.model,
        previous_response_id=body.previous_response_id,
        store=body.store is not False,
        metadata=body.metadata or {},
        text={"format": _format_of(body)},
    )
    message_id = f"msg_{uuid.uuid4().hex}"
    if not body.stream:
        closing = await run_in_threadpool(exchange.answering.answer)
        answer = complete_response(response, message_id, closing)
        exchange.keep(answer)
        return answer
    pieces = exchange.answering.pieces()
    first = await anext(pieces)  # what is wrong from the start is told by its status
    lines = stream_events(
        exchange.answering.entry, first, pieces, response, message_id, exchange.keep
    )
    return StreamingResponse(
        lines, media_type="text/event-stream", headers={"cache-control": "no-store"}
    )


@router.get(
    "/responses/{response}",
    response_model=Response,
    responses=error_responses(404),
    summary="A response that is kept",
)
async def retrieve(caller: Caller, store: Store, response: ResponseId) -> Response:
    """The caller's own, while it is kept: the last hundred, until the server ends."""
    return store.get(caller, response)


@router.delete(
    "/responses/{response}",
    response_model=DeletedResponse,
    responses=error_responses(404),
    summary="Forget a response",
)
async def forget(caller: Caller, store: Store, response: ResponseId) -> DeletedResponse:
    """Nothing goes on from it then."""
    store.delete(caller, response)
    return DeletedResponse(id=response)


def _format_of(body: ResponseRequest) -> dict[str, Any]:
    """The form of the answer, as it was asked for: of that only what is known."""
    form = (body.text and body.text.format) or {"type": "text"}
    return {k: v for k, v in form.items() if k in ("type", "name", "strict", "schema")}
