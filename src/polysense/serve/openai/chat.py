"""Messages to a question, and its answer to a message: words with [n], links to what was made, a
sound.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from polysense.errors import BadQuery
from polysense.read.file import mime
from polysense.read.file.parts import part
from polysense.results import Answer, AnswerPart
from polysense.serve import schema, serializers
from polysense.serve.fetch import fetch
from polysense.serve.library_pool import Held
from polysense.serve.openai.schema import (
    Annotation,
    Attached,
    ChatRequest,
    Piece,
    Sound,
    UrlCitation,
)
from polysense.serve.requests import MOST_FILES, Asked
from polysense.serve.settings import Serving
from polysense.serve.uploads import landing
from polysense.types import Evidence, Part, unique

_CITED = re.compile(r"\[(\d{1,3})\]")
_RATE = 24_000
"""Samples a second of pcm16, as OpenAI has it."""


def question(body: ChatRequest, folder: Path, settings: Serving, most: int) -> Asked[schema.Ask]:
    """The last message of the user, with its files kept in `folder`, none larger than `most` bytes.

    Earlier turns are not read: answers are found in files, and words of another question would only
    find other places. Whoever follows up says what about. Raises BadQuery, Forbidden, TooLarge,
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
        [Piece(type="text", text=last.content)]
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
    words = "\n".join(p.text for p in pieces if p.type == "text" and p.text.strip())
    try:
        ask = schema.Ask(text=words, to=list(unique(["text", *(body.modalities or [])])), **options)
    except ValidationError as e:
        wrong = e.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**w, "loc": ("messages", *w["loc"])} for w in wrong]) from e
    asked = Asked(
        ask, tuple(part(_kept(p, folder / str(n), settings, most)) for n, p in enumerate(files))
    )
    asked.query(words)
    return asked


def _kept(piece: Piece, folder: Path, settings: Serving, most: int) -> Path:
    """A file of a message, on disk."""
    if piece.type == "input_audio" and piece.input_audio is not None:
        return _write(folder, f"audio.{piece.input_audio.format}", _decoded(piece.input_audio.data))
    if piece.type == "file" and piece.file is not None:
        return _attached(piece.file, folder)
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
        _inline(url, folder, "")
        if url.startswith("data:")
        else fetch(url, folder, settings.url_hosts, most)
    )


def _attached(file: Attached, folder: Path) -> Path:
    if not file.file_data:
        raise BadQuery("files are not kept here by id", "Send the file itself: file_data.")
    if file.file_data.startswith("data:"):
        return _inline(file.file_data, folder, file.filename)
    return _write(folder, file.filename or "file", _decoded(file.file_data))


def _inline(url: str, folder: Path, name: str) -> Path:
    head, _, data = url[len("data:") :].partition(",")
    kind = head.partition(";")[0].strip().lower()
    content = _decoded(data) if head.rstrip().endswith(";base64") else unquote_to_bytes(data)
    return _write(folder, name or "file" + next(iter(mime.endings(kind)), ""), content)


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(re.sub(r"\s+", "", data), validate=True)
    except (binascii.Error, ValueError) as e:
        raise BadQuery(
            f"a file is no base64: {e}", "Encode it whole: base64.b64encode(data).decode()."
        ) from e


def _write(folder: Path, name: str, content: bytes) -> Path:
    if not content:
        raise BadQuery("a file is empty", "Send its content.")
    with landing(folder, name) as (file, place):
        file.write(content)
    return place


@dataclass
class Saying:
    """The text of a message as it grows, and what of it is words, in which [n] is a citation."""

    text: str = ""
    _words: list[tuple[int, int]] = field(default_factory=list)

    def add(self, said: str, words: bool = True, gap: str = "\n") -> str:
        """What is new in the text."""
        new = (gap if self.text else "") + said
        if words:
            self._words.append((len(self.text), len(self.text) + len(new)))
        self.text += new
        return new

    def annotations(self, evidence: Sequence[Evidence], held: Held, base: str) -> list[Annotation]:
        """Every [n], with the file and place that it means and where to see it."""
        found = []
        for m in (m for start, end in self._words for m in _CITED.finditer(self.text, start, end)):
            if 1 <= int(m[1]) <= len(evidence):
                e = evidence[int(m[1]) - 1]
                url = (
                    base
                    + serializers.links(held.name, e.hit.chunk.asset.id, e.hit.chunk.id, e.span)[
                        "page"
                    ]
                )
                title = f"{e.hit.chunk.asset.name}, {e.span}"
                found.append(
                    Annotation(
                        url_citation=UrlCitation(
                            start_index=m.start(), end_index=m.end(), title=title, url=url
                        )
                    )
                )
        return found


def heard(given: Answer) -> AnswerPart | None:
    """What of an answer is to be heard."""
    return next((p for p in given.parts if p.part.modality == "audio"), None)


def media(saying: Saying, held: Held, given: Answer, base: str) -> str:
    """Add what is no text: code as it is, anything else as a link in markdown. What is new in the
    text.
    """
    new = ""
    for p in given.parts:
        if p.part.modality == "text":
            continue
        cited = "".join(f" [{n}]" for n in p.part.meta.get("evidence", ()))
        if isinstance(p.part.data, str):
            ticks = "`" * max([3, *(len(t) + 1 for t in re.findall("`+", p.part.data))])
            language = p.part.mime.rpartition("/")[2].removeprefix("x-")
            new += saying.add(
                f"{ticks}{language}\n{p.part.data.rstrip()}\n{ticks}", words=False, gap="\n\n"
            )
        elif url := _link(held, given, p):
            name = re.sub(
                r"([\[\]\\`*_<>])", r"\\\1", " ".join((p.part.name or p.part.modality).split())
            )
            picture = "!" if p.part.modality == "image" else ""
            new += saying.add(f"{picture}[{name}]({base}{url})", words=False, gap="\n\n")
        new += saying.add(cited, gap="") if cited else ""
    return new


def _link(held: Held, given: Answer, p: AnswerPart) -> str:
    """Of a picture that is a place in a file, what shows that place; else the thing itself."""
    if p.part.modality == "image" and p.part.span:
        for e in given.evidence:
            if e.hit.chunk.part is p.part:
                return serializers.links(held.name, e.hit.chunk.asset.id, e.hit.chunk.id)["picture"]
    return str(serializers.part(held, p).get("url", ""))


def sound(made: AnswerPart, given: Answer, kind: str) -> Sound:
    """The recording or speech in the format asked for; its words are those spoken, or those of the
    evidence that it was cut from.
    """
    from polysense.make.file.export import export
    from polysense.read.sound import decode

    p = made.part
    whole = (
        p
        if isinstance(p.data, bytes) and not p.span
        else Part("audio", decode.wav(decode.samples(p, _RATE), _RATE), mime="audio/wav")
    )
    raw = kind == "pcm16"
    data = (
        decode.wav(decode.samples(whole, _RATE), _RATE)[44:]
        if raw
        else export(whole, {"opus": ".ogg"}.get(kind, f".{kind}"))
    )
    words = [str(c[2]) for c in p.meta.get("cues", ())] or _spoken(p, given)
    said = " ".join(" ".join(words).split())
    return Sound(
        id=f"audio-{p.id}",
        data=base64.b64encode(data).decode(),
        expires_at=int(time.time()),
        transcript=said,
    )


def _spoken(p: Part, given: Answer) -> list[str]:
    """The words in the seconds that were cut out of recordings."""
    said = []
    for cut in p.meta.get("cuts", ()):
        chunk, (first, last) = given.evidence[cut["evidence"] - 1].hit.chunk, cut["seconds"]
        timed = [(m, m.span.seconds) for m in chunk.marks if m.span.seconds]
        heard = [
            chunk.text[m.start : m.end] for m, (start, end) in timed if start < last and first < end
        ]
        said += heard if timed else [chunk.text]
    return said


def finished(saying: Saying, held: Held, given: Answer, base: str, kind: str) -> dict[str, Any]:
    """All of an answer that comes after its words: {new, annotations, audio, polysense}."""
    voice = heard(given) if kind else None
    new = media(saying, held, given, base)
    return {
        "new": new,
        "annotations": [a.model_dump() for a in saying.annotations(given.evidence, held, base)],
        "audio": None if voice is None else sound(voice, given, kind).model_dump(),
        "polysense": serializers.answer(held, given),
    }
