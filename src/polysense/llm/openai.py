"""Any language model behind OpenAI's chat completions: OpenAI, vLLM, Ollama, llama.cpp, Azure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from polysense.endpoints.openai import HINT_PROTOCOL, NO_PROTOCOL, OPENAI, OpenAIServer
from polysense.errors import BadQuery
from polysense.llm.thoughts import Thoughts
from polysense.messages import Chat, Message, Usage
from polysense.protocols import LanguageModel
from polysense.read.film.frame_sample import sample_frames
from polysense.read.image.decode import pixels, png
from polysense.read.sound import decode as sound
from polysense.types import Modality, Part

PICTURE_PIXELS = 1536
"""Pixels along the longer side of a picture that is sent: about what such models look at."""

_SENDABLE = {"text", "image", "audio", "video"}
_EXAMPLE = "openai:model=gpt-4o-mini"

FRAMES, FRAME_PIXELS = 8, 512
"""Pictures that a clip is sent as, and pixels along the longer side of each: what GPT-4o looks at
in one piece.
"""

MAX_CHARACTERS_PER_TOKEN = 16
"""A server that has sent more for each token asked for does not heed the bound. Prose has about
four. Judged, not measured.
"""

CHUNKS_BESIDE = 1000
"""Chunks without words that are let pass beside those: of thoughts, or to keep the line open."""

_HINT_LENGTH = "Ask for less; in Python, raise `most`."


class OpenAI(LanguageModel):
    """A model by its name on any server that speaks OpenAI's protocol.

    accepts: what messages may hold besides words, "text+image" for a model that sees, "text+audio"
    for one that hears; clips ("video") are sent as eight pictures. context: the tokens that it
    reads and writes. temperature=-1 leaves that to the server, as some models ask for. Nothing is
    sent again once words have come. `polysense.endpoints.openai` has the other options: base_url,
    key, seconds, retries, and api_version for Azure. Raises BadConfig on first use without a model,
    with an address that is none, and with a key where the name of its variable should be.
    """

    extra = "llm"

    def __init__(
        self,
        *,
        model: str = "",
        base_url: str = OPENAI,
        key: str = "",
        accepts: str = "text",
        context: int = 16_000,
        seconds: float = 60.0,
        retries: int = 2,
        temperature: float = 0.0,
        api_version: str = "",
    ) -> None:
        self.model, self.base_url = str(model), str(base_url)
        modalities = re.split(r"[+,\s]+", accepts.strip())
        self.accepts: frozenset[Modality] = frozenset({"text", *filter(None, modalities)})
        self.context, self.seconds, self.retries = context, seconds, retries
        self.temperature = temperature
        self.server = OpenAIServer(
            self.model, self.base_url, str(key), seconds, retries, str(api_version)
        )
        self.key, self.name = self.server.key_variable, self.server.name

    def check(self) -> None:
        """Raises BadConfig where the model, the address or the key is missing or none."""
        self.server.check(_EXAMPLE)

    def chat(
        self, messages: Chat, *, schema: Mapping[str, Any] | None = None, most: int = 1024
    ) -> Iterator[str | Usage]:
        if not self.model:
            self.check()
        request = self._request(messages, schema, most)
        usage, reason, refusal, is_empty, is_chat = Usage(), "", "", True, False
        thoughts = Thoughts()
        budget = CHUNKS_BESIDE + MAX_CHARACTERS_PER_TOKEN * most
        with self.server.client() as client, self.server.faults():
            for chunk in client.chat.completions.create(**request):
                piece = _Piece(chunk)
                usage = piece.usage or usage
                reason, refusal = piece.reason or reason, refusal + piece.refusal
                is_chat |= piece.is_chat
                budget -= max(1, len(piece.words))
                if budget < 0:
                    message = f"goes on after the {most} tokens that were asked for"
                    raise self.server.failure(message, "Take another model or server.")
                if words := thoughts.feed(piece.words):
                    is_empty &= not words.strip()
                    yield words
        if not is_chat:
            raise self.server.failure(NO_PROTOCOL, HINT_PROTOCOL)
        if refusal and is_empty:
            message = f"declined to answer: {self.server.clean(refusal)}"
            raise self.server.failure(message, "Ask in other words.")
        self._check_end(reason, is_empty and not thoughts.rest.strip(), most)
        if thoughts.rest:
            yield thoughts.rest
        yield usage

    def _request(
        self, messages: Chat, schema: Mapping[str, Any] | None, most: int
    ) -> dict[str, Any]:
        # OpenAI's newest models know only the one, most other servers only the other
        host = urlsplit(self.server.address).hostname or ""
        is_openai = host == "api.openai.com" or host.endswith(".openai.azure.com")
        limit = "max_completion_tokens" if is_openai else "max_tokens"
        request: dict[str, Any] = {
            "model": self.model,
            "messages": [self._message(m) for m in messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            limit: most,
        }
        if self.temperature >= 0:
            request["temperature"] = self.temperature
        if schema is not None:
            answer = {"name": "answer", "schema": dict(schema), "strict": True}
            request["response_format"] = {"type": "json_schema", "json_schema": answer}
        return request

    def _message(self, message: Message) -> dict[str, Any]:
        if all(p.modality == "text" for p in message.parts):
            return {"role": message.speaker, "content": _sendable(message.text)}
        contents = (c for p in message.parts for c in self._contents(p))
        return {"role": message.speaker, "content": list(contents)}

    def _contents(self, part: Part) -> list[dict[str, Any]]:
        """A part as the protocol has it: a clip is several pictures."""
        if part.modality == "text":
            return [{"type": "text", "text": _sendable(str(part.data))}]
        if part.modality == "image" and "image" in self.accepts:
            return [_picture(pixels(part, longest=PICTURE_PIXELS))]
        if part.modality == "video" and "video" in self.accepts:
            return [_picture(frame) for frame in sample_frames(part, FRAMES, FRAME_PIXELS)]
        if part.modality == "audio" and "audio" in self.accepts:
            data = base64.b64encode(sound.wav(sound.samples(part))).decode("ascii")
            return [{"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}]
        raise BadQuery(
            f"{self.name} takes no {part.modality}",
            f"It takes {', '.join(sorted(self.accepts & _SENDABLE))}; accepts=text+image is for "
            "one that sees, text+audio for one that hears, text+image+video for clips.",
        )

    def _check_end(self, reason: str, is_empty: bool, most: int) -> None:
        """Raises ModelFailed where what came is not the whole answer."""
        if reason == "length":
            raise self.server.failure(f"stopped at {most} tokens, before its end", _HINT_LENGTH)
        if reason == "content_filter":
            raise self.server.failure(
                "held back its answer (content filter)", "Ask in other words."
            )
        if not reason:
            raise self.server.failure("broke off before its end", "Ask again.")
        if is_empty:
            raise self.server.failure("gave an empty answer", "Ask again, or try another model.")


class _Piece:
    """What one chunk of a stream says. Raises ValueError where it has another shape.

    The client checks no shape: a server may send anything.
    """

    def __init__(self, chunk: Any) -> None:
        if not hasattr(chunk, "choices"):
            raise ValueError("no chunk of a chat")
        self.is_chat = isinstance(chunk.choices, list)
        self.words = self.refusal = self.reason = ""
        for choice in chunk.choices or ():
            delta = _field(choice, "delta", object)
            self.words += _field(delta, "content", str) or ""
            self.refusal += _field(delta, "refusal", str) or ""
            self.reason = _field(choice, "finish_reason", str) or self.reason
        self.usage: Usage | None = None
        if (usage := getattr(chunk, "usage", None)) is not None:
            self.usage = Usage(
                _field(usage, "prompt_tokens", int) or 0,
                _field(usage, "completion_tokens", int) or 0,
            )


def _field(value: Any, name: str, kind: type) -> Any:
    """An attribute that may be None or missing, but nothing else than of its kind."""
    if isinstance(value, (str, int, float, list)):
        raise ValueError(f"no object with {name}")
    field = getattr(value, name, None)
    if field is not None and not isinstance(field, kind):
        raise ValueError(f"{name} is {type(field).__name__}")
    return field


def _picture(array: Any) -> dict[str, Any]:
    data = base64.b64encode(png(array)).decode("ascii")
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}


def _sendable(text: str) -> str:
    """Text without half characters (lone surrogates, as names of files may have)."""
    return text.encode("utf-8", "replace").decode("utf-8")
