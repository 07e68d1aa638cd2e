"""Messages to a question, and its answer to a message: words with [n], links to media, a sound."""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote_to_bytes

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from polysense.errors import BadQuery
from polysense.read.file import mime
from polysense.read.file.parts import part
from polysense.results import Answer, AnswerPart, Turn
from polysense.serve import schema, serializers
from polysense.serve.fetch import fetch
from polysense.serve.library_pool import PoolEntry
from polysense.serve.openai.schema import (
    Annotation,
    AudioOutput,
    ChatRequest,
    ContentPart,
    FileInput,
    Message,
    UrlCitation,
)
from polysense.serve.requests import MOST_FILES, Question
from polysense.serve.settings import ServerSettings
from polysense.serve.uploads import atomic_write
from polysense.types import Evidence, Part, unique

_CITATION = re.compile(r"\[(\d{1,3})\]")
PCM16_RATE = 24_000
"""Samples a second of pcm16, as OpenAI has it."""


def read_question(
    body: ChatRequest, folder: Path, settings: ServerSettings, max_bytes: int
) -> Question[schema.Ask]:
    """The last message of the user, with its files kept in `folder`, none larger than `most` bytes.

    What was said before goes with it as history. Raises BadQuery, Forbidden, TooLarge,
    Unreadable.
    """
    if body.n not in (None, 1):
        raise BadQuery("there is one answer, not several", "Leave out n.")
    if (body.response_format or {}).get("type", "text") != "text":
        raise BadQuery(
            "answers are text with citations, not JSON",
            "Leave out response_format; `polysense` in the answer is structured.",
        )
    last = next((m for m in reversed(body.messages) if m.role == "user"), None)
    if last is None:
        raise BadQuery("no message is the user's", 'Send {"role": "user", "content": "..."}.')
    pieces = (
        [ContentPart(type="text", text=last.content)]
        if isinstance(last.content, str)
        else last.content or []
    )
    files = [p for p in pieces if p.type != "text"]
    if len(files) > MOST_FILES:
        raise BadQuery(
            f"more than {MOST_FILES} files in a message",
            "Send the one or two that the question is about.",
        )
    options = {} if body.polysense is None else body.polysense.model_dump()
    text = "\n".join(p.text for p in pieces if p.type == "text" and p.text.strip())
    try:
        ask = schema.Ask(text=text, to=list(unique(["text", *(body.modalities or [])])), **options)
    except ValidationError as e:
        wrong = e.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**w, "loc": ("messages", *w["loc"])} for w in wrong]) from e
    question = Question(
        ask,
        tuple(
            part(_save_file_part(p, folder / str(n), settings, max_bytes))
            for n, p in enumerate(files)
        ),
        _earlier_turns(body.messages[: body.messages.index(last)]),
    )
    question.query(text)
    return question


def _earlier_turns(messages: Sequence[Message]) -> tuple[Turn, ...]:
    """The words of what was said before; files of earlier messages are not kept."""
    turns = []
    for message in messages:
        content = message.content
        pieces = content if isinstance(content, list) else []
        text = content if isinstance(content, str) else "\n".join(p.text for p in pieces)
        roles: dict[str, Literal["user", "assistant"]] = {"user": "user", "assistant": "assistant"}
        if message.role in roles and text.strip():
            turns.append(Turn(roles[message.role], (Part("text", text),)))
    return tuple(turns)


def _save_file_part(
    piece: ContentPart, folder: Path, settings: ServerSettings, max_bytes: int
) -> Path:
    """A file of a message, on disk."""
    if piece.type == "input_audio" and piece.input_audio is not None:
        return _save(
            folder, f"audio.{piece.input_audio.format}", _decode_base64(piece.input_audio.data)
        )
    if piece.type == "file" and piece.file is not None:
        return _save_attachment(piece.file, folder)
    address = {
        "image_url": piece.image_url,
        "audio_url": piece.audio_url,
        "video_url": piece.video_url,
    }.get(piece.type)
    url = address if isinstance(address, str) or address is None else address.url
    if not url:
        raise BadQuery(
            f"{piece.type!r} is no part of a message here",
            "Send text, image_url, input_audio or file.",
        )
    return (
        _save_data_url(url, folder, "")
        if url.startswith("data:")
        else fetch(url, folder, settings.url_hosts, max_bytes)
    )


def _save_attachment(file: FileInput, folder: Path) -> Path:
    if not file.file_data:
        raise BadQuery("files are not kept here by id", "Send the file itself: file_data.")
    if file.file_data.startswith("data:"):
        return _save_data_url(file.file_data, folder, file.filename)
    return _save(folder, file.filename or "file", _decode_base64(file.file_data))


def _save_data_url(url: str, folder: Path, name: str) -> Path:
    head, _, data = url[len("data:") :].partition(",")
    kind = head.partition(";")[0].strip().lower()
    content = _decode_base64(data) if head.rstrip().endswith(";base64") else unquote_to_bytes(data)
    return _save(folder, name or "file" + next(iter(mime.endings(kind)), ""), content)


def _decode_base64(data: str) -> bytes:
    try:
        return base64.b64decode(re.sub(r"\s+", "", data), validate=True)
    except (binascii.Error, ValueError) as e:
        raise BadQuery(
            f"a file is no base64: {e}", "Encode it whole: base64.b64encode(data).decode()."
        ) from e


def _save(folder: Path, name: str, content: bytes) -> Path:
    if not content:
        raise BadQuery("a file is empty", "Send its content.")
    with atomic_write(folder, name) as (file, place):
        file.write(content)
    return place


@dataclass
class MessageText:
    """The text of a message as it grows, and what of it is words, in which [n] is a citation."""

    text: str = ""
    _prose_ranges: list[tuple[int, int]] = field(default_factory=list)

    def add(self, text: str, is_prose: bool = True, gap: str = "\n") -> str:
        """What is new in the text."""
        new = (gap if self.text else "") + text
        if is_prose:
            self._prose_ranges.append((len(self.text), len(self.text) + len(new)))
        self.text += new
        return new

    def annotations(
        self, evidence: Sequence[Evidence], entry: PoolEntry, base: str
    ) -> list[Annotation]:
        """Every [n], with the file and place that it means and where to see it."""
        annotations = []
        for m in (
            m
            for start, end in self._prose_ranges
            for m in _CITATION.finditer(self.text, start, end)
        ):
            if 1 <= int(m[1]) <= len(evidence):
                e = evidence[int(m[1]) - 1]
                chunk = e.hit.chunk
                links = serializers.links(entry.name, chunk.asset.id, chunk.id, e.span)
                url = base + links["page"]
                title = f"{chunk.asset.name}, {e.span}"
                annotations.append(
                    Annotation(
                        url_citation=UrlCitation(
                            start_index=m.start(), end_index=m.end(), title=title, url=url
                        )
                    )
                )
        return annotations


def audio_part(answer: Answer) -> AnswerPart | None:
    """What of an answer is to be heard."""
    return next((p for p in answer.parts if p.part.modality == "audio"), None)


def add_media(message: MessageText, entry: PoolEntry, answer: Answer, base: str) -> str:
    """Add code as it is, and other media as links in markdown; what is new in the text."""
    new = ""
    for answer_part in answer.parts:
        part = answer_part.part
        if part.modality == "text":
            continue
        if isinstance(part.data, str):
            block = _code_block(part.data, part.mime.rpartition("/")[2].removeprefix("x-"))
            new += message.add(block, is_prose=False, gap="\n\n")
        elif url := _media_url(entry, answer, answer_part):
            name = " ".join((part.name or part.modality).split())
            name = re.sub(r"([\[\]\\`*_<>])", r"\\\1", name)
            picture = "!" if part.modality == "image" else ""
            new += message.add(f"{picture}[{name}]({base}{url})", is_prose=False, gap="\n\n")
        citations = "".join(f" [{n}]" for n in part.meta.get("evidence", ()))
        new += message.add(citations, gap="") if citations else ""
    return new


def _code_block(code: str, language: str) -> str:
    """Code in markdown, between more backticks than it has in a row itself."""
    ticks = "`" * max([3, *(len(t) + 1 for t in re.findall("`+", code))])
    return f"{ticks}{language}\n{code.rstrip()}\n{ticks}"


def _media_url(entry: PoolEntry, answer: Answer, answer_part: AnswerPart) -> str:
    """Of a picture that is a place in a file, what shows that place; else the thing itself."""
    if answer_part.part.modality == "image" and answer_part.part.span:
        for e in answer.evidence:
            if e.hit.chunk.part is answer_part.part:
                return serializers.links(entry.name, e.hit.chunk.asset.id, e.hit.chunk.id)[
                    "picture"
                ]
    return str(serializers.part_json(entry, answer_part).get("url", ""))


def audio_output(answer_part: AnswerPart, answer: Answer, audio_format: str) -> AudioOutput:
    """The recording or speech, with its own words or those of the evidence it was cut from."""
    from polysense.make.file.export import export
    from polysense.read.sound import decode

    part = answer_part.part
    whole = (
        part
        if isinstance(part.data, bytes) and not part.span
        else Part(
            "audio", decode.wav(decode.samples(part, PCM16_RATE), PCM16_RATE), mime="audio/wav"
        )
    )
    is_raw = audio_format == "pcm16"
    data = (
        decode.wav(decode.samples(whole, PCM16_RATE), PCM16_RATE)[44:]
        if is_raw
        else export(whole, {"opus": ".ogg"}.get(audio_format, f".{audio_format}"))
    )
    texts = [str(c[2]) for c in part.meta.get("cues", ())] or _cut_transcript(part, answer)
    transcript = " ".join(" ".join(texts).split())
    return AudioOutput(
        id=f"audio-{part.id}",
        data=base64.b64encode(data).decode(),
        expires_at=int(time.time()),
        transcript=transcript,
    )


def _cut_transcript(part: Part, answer: Answer) -> list[str]:
    """The words in the seconds that were cut out of recordings."""
    texts = []
    for cut in part.meta.get("cuts", ()):
        chunk, (first, last) = answer.evidence[cut["evidence"] - 1].hit.chunk, cut["seconds"]
        timed = [(m, m.span.seconds) for m in chunk.marks if m.span.seconds]
        passages = [
            chunk.text[m.start : m.end] for m, (start, end) in timed if start < last and first < end
        ]
        texts += passages if timed else [chunk.text]
    return texts


def closing_fields(
    message: MessageText, entry: PoolEntry, answer: Answer, base: str, audio_format: str
) -> dict[str, Any]:
    """All of an answer that comes after its words: {new, annotations, audio, polysense}."""
    voice = audio_part(answer) if audio_format else None
    new = add_media(message, entry, answer, base)
    return {
        "new": new,
        "annotations": [a.model_dump() for a in message.annotations(answer.evidence, entry, base)],
        "audio": None if voice is None else audio_output(voice, answer, audio_format).model_dump(),
        "polysense": serializers.answer_json(entry, answer),
    }
