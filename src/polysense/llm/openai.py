"""Any language model behind OpenAI's chat completions: OpenAI, vLLM, Ollama, llama.cpp, Azure."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

from polysense.errors import BadConfig, BadQuery, MissingDependency, ModelFailed
from polysense.llm.thoughts import Thoughts
from polysense.messages import Chat, Message, Usage
from polysense.protocols import LanguageModel
from polysense.read.image.decode import pixels, png
from polysense.read.sound import decode as sound
from polysense.types import Modality, Part

OPENAI, OPENAI_KEY = "https://api.openai.com/v1", "OPENAI_API_KEY"
PICTURE_PIXELS = 1536
"""Pixels along the longer side of a picture that is sent: about what such models look at."""

_SENDABLE = {"text", "image", "audio"}

MAX_TOLD = 300
"""Characters of a server's own words in an error."""

MAX_CHARACTERS_PER_TOKEN = 16
"""A server that has sent more for each token asked for does not heed the bound. Prose has about
four. Judged, not measured.
"""

CHUNKS_BESIDE = 1000
"""Chunks without words that are let pass beside those: of thoughts, or to keep the line open."""

_NO_KEY = "none"
_HINT_ADDRESS = "Is the server running? Check base_url, for example http://localhost:11434/v1."
_NO_PROTOCOL = "spoke something else than OpenAI's protocol"
_HINT_PROTOCOL = "Check base_url: on most servers it ends in /v1."
_HINT_STATUS = {
    413: "It is too long for the server: ask of fewer or smaller files, or set a lower context=.",
    400: "Check its options; where it is too long for the model, set a lower context=.",
    500: "Ask again; the server's own log says more.",
}
_HINT_LENGTH = "Ask for less; in Python, raise `most`."
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BAD_IN_KEY = re.compile(r"[^!-~]")


class OpenAI(LanguageModel):
    """A model by its name on any server that speaks OpenAI's protocol.

    key names the environment variable with the secret: OPENAI_API_KEY at OpenAI's own address,
    none elsewhere, so that no other server is sent a key that was not meant for it.
    accepts: what messages may hold besides words, "text+image" for a model that sees, "text+audio"
    for one that hears. seconds: the longest silence. retries: how often a request that failed is
    sent again, with growing pauses; never once words have come. context: the tokens that it reads
    and writes. temperature=-1 leaves that to the server, as some models ask for. Raises BadConfig
    on first use without a model, with an address that is none, and with a key where the name of
    its variable should be.
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
    ) -> None:
        self.model, self.base_url = str(model), str(base_url)
        modalities = re.split(r"[+,\s]+", accepts.strip())
        self.accepts: frozenset[Modality] = frozenset({"text", *filter(None, modalities)})
        self.context, self.seconds, self.retries = context, seconds, retries
        self.temperature = temperature
        address, self._user = _split_user(self.base_url)
        self._address = address.rstrip("/")
        self.key = str(key) or (OPENAI_KEY if self._address == OPENAI else "")
        host = self._address.partition("://")[2].partition("/")[0] or "an address that is none"
        self.name = self.model if self._address == OPENAI else f"{self.model} at {host}"

    def check(self) -> None:
        """Raises BadConfig where the model, the address or the key is missing or none."""
        self._check_model()
        with self._client():
            pass

    def _check_model(self) -> None:
        if not self.model:
            raise BadConfig("openai has no model", 'Name one: "openai:model=gpt-4o-mini".')

    def chat(
        self, messages: Chat, *, schema: Mapping[str, Any] | None = None, most: int = 1024
    ) -> Iterator[str | Usage]:
        self._check_model()
        request = self._request(messages, schema, most)
        usage, reason, refusal, is_empty, is_chat = Usage(), "", "", True, False
        thoughts = Thoughts()
        budget = CHUNKS_BESIDE + MAX_CHARACTERS_PER_TOKEN * most
        with self._client() as client, self._faults():
            for chunk in client.chat.completions.create(**request):
                piece = _Piece(chunk)
                usage = piece.usage or usage
                reason, refusal = piece.reason or reason, refusal + piece.refusal
                is_chat |= piece.is_chat
                budget -= max(1, len(piece.words))
                if budget < 0:
                    message = f"goes on after the {most} tokens that were asked for"
                    raise self._failure(message, "Take another model or server.")
                if words := thoughts.feed(piece.words):
                    is_empty &= not words.strip()
                    yield words
        if not is_chat:
            raise self._failure(_NO_PROTOCOL, _HINT_PROTOCOL)
        if refusal and is_empty:
            message = f"declined to answer: {self._clean(refusal)}"
            raise self._failure(message, "Ask in other words.")
        self._check_end(reason, is_empty and not thoughts.rest.strip(), most)
        if thoughts.rest:
            yield thoughts.rest
        yield usage

    def _request(
        self, messages: Chat, schema: Mapping[str, Any] | None, most: int
    ) -> dict[str, Any]:
        # OpenAI's newest models know only the one, most other servers only the other
        host = urlsplit(self._address).hostname or ""
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
        return {"role": message.speaker, "content": [self._content(p) for p in message.parts]}

    def _content(self, part: Part) -> dict[str, Any]:
        if part.modality == "text":
            return {"type": "text", "text": _sendable(str(part.data))}
        if part.modality == "image" and "image" in self.accepts:
            data = base64.b64encode(png(pixels(part, longest=PICTURE_PIXELS))).decode("ascii")
            return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}
        if part.modality == "audio" and "audio" in self.accepts:
            data = base64.b64encode(sound.wav(sound.samples(part))).decode("ascii")
            return {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}
        raise BadQuery(
            f"{self.name} takes no {part.modality}",
            f"It takes {', '.join(sorted(self.accepts & _SENDABLE))}; accepts=text+image is for "
            "one that sees, text+audio for one that hears.",
        )

    def _client(self) -> Any:
        secret = self._check_settings()
        try:
            import httpx2
            import openai
        except ModuleNotFoundError as e:
            raise MissingDependency(
                "a language model behind OpenAI's protocol needs the package openai",
                "python -m pip install 'polysense[llm]'",
            ) from e
        # a user in the address would stand in the client's log: it goes into a header instead
        headers = {"Authorization": f"Basic {self._basic}"} if self._user else None
        try:
            return openai.OpenAI(
                api_key=secret or _NO_KEY,
                base_url=self._address,
                timeout=self.seconds,
                max_retries=self.retries,
                default_headers=headers,
            )
        except httpx2.InvalidURL:
            raise self._bad_address() from None

    def _check_settings(self) -> str:
        """The key, "" for none. Raises BadConfig, which says back neither key nor password."""
        try:
            parts = urlsplit(self._address)
            is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
            _ = parts.port  # raises where it is no number
        except ValueError:
            is_address = False
        if not is_address:
            raise self._bad_address()
        if self.key and not _VARIABLE.fullmatch(self.key):
            raise BadConfig(
                "key= is the name of an environment variable, and what it has is none",
                "Put the key into a variable, OPENAI_API_KEY for example, and name that.",
            )
        if _BAD_IN_KEY.search(self._secret):
            raise BadConfig(
                f"what is in the environment variable {self.key} is no key",
                "A key is letters, digits and signs of ASCII, without blanks. Set it again.",
            )
        return self._secret

    def _bad_address(self) -> BadConfig:
        return BadConfig(
            f"openai: {self._address!r} is no address of a server",
            "Write base_url like http://localhost:11434/v1.",
        )

    @property
    def _secret(self) -> str:
        return os.environ.get(self.key, "").strip()

    @property
    def _basic(self) -> str:
        """The user and password of the address, as a header has them."""
        name, _, password = self._user.partition(":")
        user = f"{unquote(name)}:{unquote(password)}"
        return base64.b64encode(user.encode()).decode("ascii") if self._user else ""

    def _check_end(self, reason: str, is_empty: bool, most: int) -> None:
        """Raises ModelFailed where what came is not the whole answer."""
        if reason == "length":
            raise self._failure(f"stopped at {most} tokens, before its end", _HINT_LENGTH)
        if reason == "content_filter":
            raise self._failure("held back its answer (content filter)", "Ask in other words.")
        if not reason:
            raise self._failure("broke off before its end", "Ask again.")
        if is_empty:
            raise self._failure("gave an empty answer", "Ask again, or try another model.")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Whatever goes wrong between here and the server, as ModelFailed.

        Without its cause: in that stand the headers sent and the server's own words, key and all,
        and a traceback shows them.
        """
        import httpx2
        import openai

        try:
            yield
        except openai.APIStatusError as e:
            raise self._status_failure(e) from None
        except (openai.APIConnectionError, httpx2.HTTPError) as e:
            raise self._connection_failure(e) from None
        except openai.APIError as e:
            raise self._failure(f"failed{self._words_of(e)}", "Ask again.") from None
        except ValueError:  # JSON that is none or of another shape, bytes that are no UTF-8
            raise self._failure(_NO_PROTOCOL, _HINT_PROTOCOL) from None

    def _connection_failure(self, error: Exception) -> ModelFailed:
        import httpx2
        import openai

        cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else error
        if isinstance(error, openai.APITimeoutError) or isinstance(cause, httpx2.TimeoutException):
            message = f"gave nothing for {self.seconds:g} seconds"
            return self._failure(message, "Wait for the server, or raise seconds=.")
        if isinstance(cause, httpx2.DecodingError):
            return self._failure(_NO_PROTOCOL, _HINT_PROTOCOL)
        if isinstance(cause, (httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError)):
            return self._failure("broke off before its end", "Ask again.")
        return self._failure("cannot be reached", _HINT_ADDRESS)

    def _status_failure(self, error: Any) -> ModelFailed:
        status, words = error.status_code, self._words_of(error)
        if status in (401, 403):
            hint = f"Put a key that is valid into the environment variable {self._variable}."
            return self._failure(f"refused the key{words}", hint)
        if status == 404:
            hint = f"Check model= and base_url=; on Ollama: `ollama pull {self.model}`."
            return self._failure(f"is not there{words}", hint)
        if status == 429:
            is_unpaid = error.code == "insufficient_quota"
            hint = "Fill up the account that the key is of." if is_unpaid else "Wait a little."
            return self._failure(f"is asked too much{words}", hint)
        if status >= 500:
            return self._failure(f"failed (HTTP {status}){words}", _HINT_STATUS[500])
        hint = _HINT_STATUS.get(status, _HINT_STATUS[400])
        return self._failure(f"refused the request (HTTP {status}){words}", hint)

    @property
    def _variable(self) -> str:
        """What the key's variable is called; not where it may be a key by mistake."""
        is_name = self.key in os.environ or self.key.isupper()
        return self.key if is_name else "that key= names"

    def _words_of(self, error: Any) -> str:
        """What the server says of it."""
        words = self._clean(str(getattr(error, "message", "")))
        return f": {words}" if words else ""

    def _clean(self, words: str) -> str:
        """A server's words on one line, without the key or the password."""
        words = " ".join(words.split())
        name, separator, password = self._user.partition(":")
        password = unquote(password if separator else name)  # a token stands without a password
        for secret in filter(None, (self._secret, self._basic, password)):
            words = words.replace(secret, "***")
        return words[:MAX_TOLD]

    def _failure(self, what: str, hint: str) -> ModelFailed:
        return ModelFailed(f"{self.name} {what}", hint)


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


def _split_user(address: str) -> tuple[str, str]:
    """An address without "user:password@", and that."""
    scheme, separator, rest = address.rpartition("://")
    authority, slash, path = rest.partition("/")
    user, _, host = authority.rpartition("@")
    return f"{scheme}{separator}{host}{slash}{path}", user


def _sendable(text: str) -> str:
    """Text without half characters (lone surrogates, as names of files may have)."""
    return text.encode("utf-8", "replace").decode("utf-8")
