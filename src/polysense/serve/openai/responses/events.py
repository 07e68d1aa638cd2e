"""A response that grows: the object as it stands, and the events of a stream, in OpenAI's order."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from itertools import count
from typing import Any

from polysense.serve.library_pool import PoolEntry
from polysense.serve.openai.answering import Closing, Piece, stream_error
from polysense.serve.openai.responses.schema import (
    OutputMessage,
    OutputRefusal,
    OutputText,
    Response,
    ResponseFailure,
    ResponseUsage,
    UrlAnnotation,
)


def complete_response(response: Response, message_id: str, closing: Closing) -> Response:
    """The response with its answer."""
    part = _part(closing)
    fields = {
        "completed_at": int(time.time()),
        "status": "completed",
        "output": [OutputMessage(id=message_id, content=[part])],
        "usage": ResponseUsage.of(closing.usage),
        "polysense": closing.polysense,
    }
    return Response.model_validate({**dict(response), **fields})


def text_of(part: OutputText | OutputRefusal) -> str:
    """Its words."""
    return part.refusal if isinstance(part, OutputRefusal) else part.text


def _part(closing: Closing) -> OutputText | OutputRefusal:
    if closing.is_refusal:
        return OutputRefusal(refusal=closing.text)
    annotations = [UrlAnnotation(**c.model_dump()) for c in closing.citations]
    return OutputText(text=closing.text, annotations=annotations)


async def stream_events(
    entry: PoolEntry,
    first: Piece,
    pieces: AsyncGenerator[Piece, None],
    response: Response,
    message_id: str,
    keep: Callable[[Response], object],
) -> AsyncIterator[bytes]:
    """The events of a stream; `keep` hears the response once it is complete.

    An error on the way is told by response.failed, then by an event that OpenAI's own clients
    raise.
    """
    numbers = count()
    text_at = {"item_id": message_id, "output_index": 0, "content_index": 0}

    def event(kind: str, **fields: Any) -> bytes:
        data = {"type": kind, "sequence_number": next(numbers), **fields}
        return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()

    def lifecycle(kind: str, response: Response) -> bytes:
        return event(kind, response=response.model_dump(mode="json", by_alias=True))

    try:
        async with aclosing(pieces):
            yield lifecycle("response.created", response)
            yield lifecycle("response.in_progress", response)
            item = OutputMessage(id=message_id, status="in_progress", content=[])
            yield event("response.output_item.added", output_index=0, item=item.model_dump())
            piece = first
            while not piece.text and piece.closing is None:
                piece = await anext(pieces)
            is_refusal = piece.closing is not None and piece.closing.is_refusal
            empty = OutputRefusal(refusal="") if is_refusal else OutputText(text="")
            yield event("response.content_part.added", **text_at, part=empty.model_dump())
            name = "refusal" if is_refusal else "output_text"
            more: dict[str, Any] = {} if is_refusal else {"logprobs": []}
            while True:
                if piece.text:
                    yield event(f"response.{name}.delta", **text_at, delta=piece.text, **more)
                if piece.closing is not None:
                    break
                piece = await anext(pieces)
            answer = complete_response(response, message_id, piece.closing)
            (item,) = answer.output
            (part,) = item.content
            for n, annotation in enumerate(getattr(part, "annotations", ())):
                fields = {"annotation_index": n, "annotation": annotation.model_dump()}
                yield event("response.output_text.annotation.added", **text_at, **fields)
            words = {"refusal" if is_refusal else "text": text_of(part)}
            yield event(f"response.{name}.done", **text_at, **words, **more)
            yield event("response.content_part.done", **text_at, part=part.model_dump())
            yield event("response.output_item.done", output_index=0, item=item.model_dump())
            keep(answer)
            yield lifecycle("response.completed", answer)
    except Exception as e:  # noqa: BLE001 - the stream must end with a word, whatever happened
        error = stream_error(entry, e)
        failure = ResponseFailure(code="server_error", message=error["message"])
        failed = response.model_copy(update={"status": "failed", "error": failure})
        yield lifecycle("response.failed", failed)
        words = {k: error[k] for k in ("code", "message", "param")}
        yield event("error", **words, error=error)
