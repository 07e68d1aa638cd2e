"""Search, ask, recommend: words and files of any modality in, JSON or server-sent events out."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends
from fastapi.sse import format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from polysense.errors import PolysenseError, Stopped
from polysense.read.file.parts import Text
from polysense.results import Answer, AnswerPart
from polysense.serve import schema, serializers
from polysense.serve.context import Context, Reading, Server
from polysense.serve.library_pool import Held
from polysense.serve.problems import documented
from polysense.serve.requests import Asked, asked, form_or_json
from polysense.types import Evidence, Part, Ranking

router = APIRouter(prefix="/api/libraries/{library}", tags=["questions"])
log = logging.getLogger("polysense.serve")

T = TypeVar("T")

PROBLEMS = documented(404, 408, 409, 413, 415, 501)

_EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"enum": ["evidence", "part", "answer", "problem"]},
        "data": {
            "type": "string",
            "description": "JSON: a piece of evidence, a part of an answer, the answer, or a problem.",
        },
    },
}
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer; as events with `stream`",
        "content": {"text/event-stream": {"schema": _EVENT}},
    }
}


@router.post(
    "/search",
    response_model=schema.Found,
    responses=PROBLEMS,
    openapi_extra=form_or_json(schema.Search),
    summary="Find places",
)
def search(
    held: Reading,
    server: Server,
    question: Annotated[Asked[schema.Search], Depends(asked(schema.Search))],
) -> dict[str, Any]:
    """The best places for words, files, or both: JSON, or a form with files."""
    body, query = question.body, question.query(question.body.text)

    def work() -> Ranking:
        return held.library.search(
            *query,
            modality=body.modality,
            where=body.where,
            k=body.k,
            by=body.by,
            using=body.using,
            exclude_self=body.exclude_self,
        )

    found = server.question("search", work)
    return serializers.ranking(held.name, _parts(query), found)


@router.post(
    "/recommend", response_model=schema.Found, responses=PROBLEMS, summary="More like these"
)
def recommend(held: Reading, server: Server, body: schema.Recommend) -> dict[str, Any]:
    """Like the liked and unlike the disliked, in every space; diverse."""
    found = server.question(
        "recommend",
        lambda: held.library.recommend(body.liked, body.disliked, body.text, body.where, body.k),
    )
    return serializers.ranking(held.name, [Text(body.text)] if body.text else [], found)


@router.post(
    "/ask",
    response_model=schema.Answered,
    responses=PROBLEMS | EVENTS,
    openapi_extra=form_or_json(schema.Ask),
    summary="Answer a question",
)
async def ask(
    held: Reading,
    server: Server,
    question: Annotated[Asked[schema.Ask], Depends(asked(schema.Ask))],
) -> Any:
    """An answer with numbered evidence, in the modalities wanted.

    With `stream`: an event `evidence` for each place, `part` for each piece of the answer as soon
    as it is made, then `answer` with the whole; `problem` instead of it where something goes wrong
    on the way.
    """
    if not question.body.stream:
        return serializers.answer(
            held, await run_in_threadpool(answered, held, server, question, _ignore)
        )
    return StreamingResponse(
        _streamed(held, server, question),
        media_type="text/event-stream",
        headers={"cache-control": "no-store"},
    )


def answered(
    held: Held,
    server: Context,
    question: Asked[schema.Ask],
    tell: Callable[[Evidence | Part], object],
) -> Answer:
    """Ask the library, in turn with others."""
    body = question.body
    query = question.query(body.text)
    return server.question(
        "ask", lambda: held.library.ask(*query, to=body.to, k=body.k, where=body.where, tell=tell)
    )


async def told(
    held: Held,
    server: Context,
    question: Asked[schema.Ask],
    show: Callable[[Evidence | Part | Answer], T],
) -> AsyncGenerator[T, None]:
    """Each piece of evidence and of the answer as soon as it is there, then the whole, as `show`
    makes of them in the thread that asks.

    Close it to stop listening: the work stops at its next piece. Raises what asking raises.
    """
    loop, left, pieces = (
        asyncio.get_running_loop(),
        threading.Event(),
        asyncio.Queue[tuple[T, bool] | Exception](),
    )

    def say(piece: tuple[T, bool] | Exception) -> None:
        loop.call_soon_threadsafe(pieces.put_nowait, piece)

    def tell(piece: Evidence | Part) -> None:
        if left.is_set():
            raise Stopped("the client has left")
        say((show(piece), False))

    def work() -> None:
        try:
            say((show(answered(held, server, question, tell)), True))
        except Exception as e:  # noqa: BLE001 - raised where it is waited for
            say(e)

    working = asyncio.ensure_future(run_in_threadpool(work))
    try:
        last = False
        while not last:
            piece = await pieces.get()
            if isinstance(piece, Exception):
                raise piece
            shown_piece, last = piece
            yield shown_piece
        await working
    finally:
        left.set()


async def _streamed(
    held: Held, server: Context, question: Asked[schema.Ask]
) -> AsyncIterator[bytes]:
    def event(piece: Evidence | Part | Answer) -> tuple[str, dict[str, Any]]:
        if isinstance(piece, Answer):
            return "answer", serializers.answer(held, piece)
        if isinstance(piece, Evidence):
            return "evidence", serializers.evidence(held.name, piece)
        return "part", serializers.part(held, AnswerPart(piece, "composed")) | {"origin": None}

    try:
        async with aclosing(told(held, server, question, event)) as events:
            async for name, data in events:
                yield format_sse_event(data_str=_json(data), event=name)
    except PolysenseError as e:
        said = {"title": type(e).__name__, "status": e.status, "detail": str(e), "hint": e.hint}
        yield format_sse_event(data_str=_json(said), event="problem")
    except Exception:
        log.exception("ask")
        said = {
            "title": "InternalError",
            "status": 500,
            "detail": "something went wrong in the server",
            "hint": "Its log says what.",
        }
        yield format_sse_event(data_str=_json(said), event="problem")


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, default=str)


def _ignore(_: Evidence | Part) -> None:
    pass


def _parts(query: tuple[str | Part, ...]) -> list[Part]:
    return [Text(q) if isinstance(q, str) else q for q in query]
