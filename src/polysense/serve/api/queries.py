"""Search, ask, recommend: words and files of any modality in, JSON or server-sent events out."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends
from fastapi.sse import format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from polysense.errors import Cancelled, PolysenseError
from polysense.events import AgentStep, AnswerEvent, AnswerPiece, GenerationStep
from polysense.read.file.parts import Text
from polysense.results import Answer, AnswerPart
from polysense.serve import schema, serializers
from polysense.serve.budgets import bounded_budget
from polysense.serve.context import Context, ReadableEntry, Server
from polysense.serve.library_pool import PoolEntry
from polysense.serve.problems import problem_responses
from polysense.serve.requests import Question, describe_body, question_reader
from polysense.types import Evidence, Part, Ranking

router = APIRouter(prefix="/api/libraries/{library}", tags=["questions"])
log = logging.getLogger("polysense.serve")

T = TypeVar("T")

PROBLEMS = problem_responses(404, 408, 409, 413, 415, 501)

_EVENT_SCHEMA = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"enum": ["step", "evidence", "part", "answer", "problem"]},
        "data": {
            "type": "string",
            "description": "JSON: a step of the model, a piece of evidence, a part of an answer, "
            "the answer, or a problem.",
        },
    },
}
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; as events with `stream`",
        "content": {"text/event-stream": {"schema": _EVENT_SCHEMA}},
    }
}


@router.post(
    "/search",
    response_model=schema.SearchResult,
    responses=PROBLEMS,
    openapi_extra=describe_body(schema.Search),
    summary="Find places",
)
def search(
    entry: ReadableEntry,
    server: Server,
    question: Annotated[Question[schema.Search], Depends(question_reader(schema.Search))],
) -> dict[str, Any]:
    """The best places for words, files, or both: JSON, or a form with files."""
    body, query = question.body, question.query(question.body.text)
    entry.check_filter(body.where)
    entry.require_content()

    def work() -> Ranking:
        return entry.library.search(
            *query,
            modality=body.modality,
            where=body.where,
            k=body.k,
            by=body.by,
            using=body.using,
            exclude_self=body.exclude_self,
        )

    ranking = server.run_question("search", work)
    return serializers.ranking_json(entry, _query_parts(query), ranking)


@router.post(
    "/recommend", response_model=schema.SearchResult, responses=PROBLEMS, summary="More like these"
)
def recommend(entry: ReadableEntry, server: Server, body: schema.Recommend) -> dict[str, Any]:
    """Like the liked and unlike the disliked, in every space; diverse."""
    entry.check_filter(body.where)
    entry.require_content()
    ranking = server.run_question(
        "recommend",
        lambda: entry.library.recommend(body.liked, body.disliked, body.text, body.where, body.k),
    )
    return serializers.ranking_json(entry, [Text(body.text)] if body.text else [], ranking)


@router.post(
    "/ask",
    response_model=schema.AskResult,
    responses=PROBLEMS | EVENTS,
    openapi_extra=describe_body(schema.Ask),
    summary="Answer a question",
)
async def ask(
    entry: ReadableEntry,
    server: Server,
    question: Annotated[Question[schema.Ask], Depends(question_reader(schema.Ask))],
) -> Any:
    """An answer with numbered evidence, in the modalities wanted.

    With `budget` the language model of the server may search again first. With `stream`: an event
    `step` for each time it does, `evidence` for each place, `part` for each piece of the answer as
    soon as it is made, then `answer` with the whole; `problem` instead of it where something goes
    wrong on the way.
    """
    if not question.body.stream:
        return serializers.answer_json(
            entry, await run_in_threadpool(ask_library, entry, server, question, _ignore)
        )
    return StreamingResponse(
        _event_stream(entry, server, question),
        media_type="text/event-stream",
        headers={"cache-control": "no-store"},
    )


def ask_library(
    entry: PoolEntry,
    server: Context,
    question: Question[schema.Ask],
    tell: Callable[[AnswerEvent], object],
) -> Answer:
    """Ask the library, in turn with others."""
    body = question.body
    budget, warnings = bounded_budget(body.budget, server.settings)
    query = question.query(body.text)
    entry.check_filter(body.where)
    entry.require_content()
    answer = server.run_question(
        "ask",
        lambda: entry.library.ask(
            *query,
            to=body.to,
            k=body.k,
            where=body.where,
            using=body.using,
            history=question.history or [(h.question, h.answer) for h in body.history],
            tell=tell,
            schema=question.schema,
            budget=budget,
        ),
    )
    return replace(answer, warnings=(*answer.warnings, *warnings))


async def stream_answer(
    entry: PoolEntry,
    server: Context,
    question: Question[schema.Ask],
    render: Callable[[AnswerPiece | Answer], T],
) -> AsyncGenerator[T, None]:
    """Each piece of evidence and of the answer as soon as it is there, then the whole, as `show`
    makes of them in the thread that asks.

    Close it to stop listening: the work stops at its next piece. Raises what asking raises.
    """
    loop, cancel, pieces = (
        asyncio.get_running_loop(),
        threading.Event(),
        asyncio.Queue[tuple[T, bool] | Exception](),
    )

    def put_piece(piece: tuple[T, bool] | Exception) -> None:
        loop.call_soon_threadsafe(pieces.put_nowait, piece)

    def tell(piece: AnswerEvent) -> None:
        if cancel.is_set():
            raise Cancelled("the client has left")
        if not isinstance(piece, GenerationStep):
            put_piece((render(piece), False))

    def work() -> None:
        try:
            put_piece((render(ask_library(entry, server, question, tell)), True))
        except Exception as e:  # noqa: BLE001 - raised where it is waited for
            put_piece(e)

    working = asyncio.ensure_future(run_in_threadpool(work))
    try:
        is_last = False
        while not is_last:
            piece = await pieces.get()
            if isinstance(piece, Exception):
                raise piece
            value, is_last = piece
            yield value
        await working
    finally:
        cancel.set()


async def _event_stream(
    entry: PoolEntry, server: Context, question: Question[schema.Ask]
) -> AsyncIterator[bytes]:
    def event(piece: AnswerPiece | Answer) -> tuple[str, dict[str, Any]]:
        if isinstance(piece, Answer):
            return "answer", serializers.answer_json(entry, piece)
        if isinstance(piece, AgentStep):
            return "step", {"n": piece.n, "text": entry.message(piece.text)}
        if isinstance(piece, Evidence):
            return "evidence", serializers.evidence_json(entry, piece)
        return "part", serializers.part_json(entry, AnswerPart(piece, "composed")) | {
            "origin": None
        }

    try:
        async with aclosing(stream_answer(entry, server, question, event)) as events:
            async for name, data in events:
                yield format_sse_event(data_str=_json(data), event=name)
    except PolysenseError as e:
        problem = {
            "title": e.title,
            "status": e.status,
            "detail": entry.message(str(e)),
            "hint": entry.hint(e.hint, e),
        }
        yield format_sse_event(data_str=_json(problem), event="problem")
    except Exception:
        log.exception("ask")
        problem = {
            "title": "InternalError",
            "status": 500,
            "detail": "something went wrong in the server",
            "hint": "Its log says what.",
        }
        yield format_sse_event(data_str=_json(problem), event="problem")


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, default=str)


def _ignore(_: AnswerEvent) -> None:
    pass


def _query_parts(query: tuple[str | Part, ...]) -> list[Part]:
    return [Text(q) if isinstance(q, str) else q for q in query]
