"""One question of a client of OpenAI, answered: at once, or in pieces as they come.

What chat completions and responses have in common; each puts it into its own shape.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool

from polysense.errors import PolysenseError
from polysense.events import AnswerPiece
from polysense.messages import Usage
from polysense.results import Answer
from polysense.serve import schema, serializers
from polysense.serve.api.queries import ask_library, stream_answer
from polysense.serve.context import Context
from polysense.serve.library_pool import PoolEntry
from polysense.serve.openai.bodies import MOST_BODY_BYTES
from polysense.serve.openai.errors import error_fields
from polysense.serve.openai.message_text import MessageText, add_media, audio_output, audio_part
from polysense.serve.openai.messages import read_question
from polysense.serve.openai.schema import AudioOutput, Message, PolysenseOptions, UrlCitation
from polysense.serve.requests import Question
from polysense.types import Part

log = logging.getLogger("polysense.serve")


@dataclass(frozen=True, slots=True)
class Closing:
    """All of an answer that comes after its words; text is all of them, or what is said instead of
    the JSON that was asked for (refusal).
    """

    text: str
    citations: Sequence[UrlCitation]
    audio: AudioOutput | None
    polysense: dict[str, Any]
    usage: Usage
    is_refusal: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """What is new in a message that grows; the last one closes it."""

    text: str = ""
    closing: Closing | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """A question to a library; base is the address of this server, audio_format that of the sound
    that is asked for ("" where none is).
    """

    server: Context
    entry: PoolEntry
    question: Question[schema.Ask]
    base: str
    audio_format: str = ""

    def answer(self) -> Closing:
        """The whole."""
        answer = ask_library(self.entry, self.server, self.question, lambda _: None)
        message = MessageText()
        for p in answer.parts:
            if p.part.modality == "text" and self.question.schema is None:
                message.add(str(p.part.data))
        return self._close(message, answer)[1]

    def pieces(self) -> AsyncGenerator[Piece, None]:
        """Each as soon as it is there; to be closed."""
        return stream_answer(self.entry, self.server, self.question, self._piece_builder())

    def _piece_builder(self) -> Callable[[AnswerPiece | Answer], Piece]:
        message = MessageText()

        def piece(event: AnswerPiece | Answer) -> Piece:
            if isinstance(event, Answer):
                return Piece(*self._close(message, event))
            if self.question.schema is not None or not isinstance(event, Part):
                return Piece()
            is_text = event.modality == "text"
            return Piece(message.add(str(event.data))) if is_text else Piece()

        return piece

    def _close(self, message: MessageText, answer: Answer) -> tuple[str, Closing]:
        """The last words, and what comes after them. JSON comes whole, without links."""
        voice = audio_part(answer) if self.audio_format else None
        is_json = self.question.schema is not None
        if is_json:
            new = message.add(answer.text, is_prose=not answer.answered)
        else:
            new = add_media(message, self.entry, answer, self.base)
        closing = Closing(
            message.text,
            message.citations(answer.evidence, self.entry, self.base),
            None if voice is None else audio_output(voice, answer, self.audio_format),
            serializers.answer_json(self.entry, answer),
            answer.usage,
            is_refusal=is_json and not answer.answered,
        )
        return new, closing


@asynccontextmanager
async def reading(
    server: Context,
    messages: Sequence[Message],
    modalities: Sequence[str],
    options: PolysenseOptions | None,
    answer_format: Mapping[str, Any] | None,
) -> AsyncGenerator[Question[schema.Ask], None]:
    """The question in messages, while its files are kept."""
    folder = Path(tempfile.mkdtemp(prefix="polysense-chat-"))
    try:
        yield await run_in_threadpool(
            read_question,
            messages,
            modalities,
            options,
            answer_format,
            folder,
            server.settings,
            MOST_BODY_BYTES,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def stream_error(entry: PoolEntry, error: Exception) -> dict[str, Any]:
    """What the last event of a stream tells of an error on the way, as far as its reader may know;
    of one that nobody foresaw, nothing of the inside.
    """
    if isinstance(error, PolysenseError):
        words = f"{entry.message(str(error))}. {entry.hint(error.hint, error)}"
        return error_fields(error.status, error.title, words)
    log.error("stream", exc_info=error)
    words = "something went wrong in the server. Its log says what."
    return error_fields(500, "InternalError", words)
