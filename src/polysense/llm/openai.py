"""Any language model behind OpenAI's chat completions: OpenAI, vLLM, Ollama, llama.cpp, Azure."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from polysense.errors import BadConfig, BadQuery, MissingDependency, ModelFailed
from polysense.messages import Chat, Message, Usage
from polysense.protocols import LanguageModel
from polysense.read.image.decode import pixels, png
from polysense.types import Modality, Part

OPENAI = "https://api.openai.com/v1"
PICTURE_PIXELS = 1536
"""Pixels along the longer side of a picture that is sent: about what such models look at."""

MAX_TOLD = 300
"""Characters of a server's own words in an error."""

_NO_KEY = "none"
_HINT_ADDRESS = "Is the server running? Check base_url, for example http://localhost:11434/v1."


class OpenAI(LanguageModel):
    """A model by its name on any server that speaks OpenAI's protocol.

    key names the environment variable with the secret; servers on one's own machine need none.
    accepts: what messages may hold besides words, "text+image" for a model that sees. seconds: the
    longest silence. retries: how often a request that failed is sent again, with growing pauses;
    never once words have come. context: the tokens that it reads and writes. temperature=-1 leaves
    that to the server, as some models ask for. Raises BadConfig without a model.
    """

    def __init__(
        self,
        *,
        model: str = "",
        base_url: str = OPENAI,
        key: str = "OPENAI_API_KEY",
        accepts: str = "text",
        context: int = 16_000,
        seconds: float = 60.0,
        retries: int = 2,
        temperature: float = 0.0,
    ) -> None:
        self.model, self.base_url, self.key = str(model), base_url, key
        self.accepts: frozenset[Modality] = frozenset({"text", *accepts.split("+")})
        self.context, self.seconds, self.retries = context, seconds, retries
        self.temperature = temperature
        host = urlsplit(base_url).netloc.rpartition("@")[2]
        self.name = self.model if base_url == OPENAI else f"{self.model} at {host}"

    def chat(
        self, messages: Chat, *, schema: Mapping[str, Any] | None = None, most: int = 1024
    ) -> Iterator[str | Usage]:
        if not self.model:
            raise BadConfig("openai has no model", 'Name one: "openai:model=gpt-4o-mini".')
        request = self._request(messages, schema, most)
        usage, reason, is_empty = Usage(), "", True
        with self._faults(), self._client() as client:
            for chunk in client.chat.completions.create(**request):
                if chunk.usage is not None:
                    usage = Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
                for choice in chunk.choices or ():
                    reason = choice.finish_reason or reason
                    if choice.delta is not None and choice.delta.content:
                        is_empty = False
                        yield choice.delta.content
        self._check_end(reason, is_empty, most)
        yield usage

    def _request(
        self, messages: Chat, schema: Mapping[str, Any] | None, most: int
    ) -> dict[str, Any]:
        # OpenAI's newest models know only the one, most other servers only the other
        limit = "max_completion_tokens" if self.base_url == OPENAI else "max_tokens"
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
            return {"role": message.speaker, "content": message.text}
        return {"role": message.speaker, "content": [self._content(p) for p in message.parts]}

    def _content(self, part: Part) -> dict[str, Any]:
        if part.modality == "text":
            return {"type": "text", "text": str(part.data)}
        if part.modality == "image" and "image" in self.accepts:
            data = base64.b64encode(png(pixels(part, longest=PICTURE_PIXELS))).decode("ascii")
            return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}
        raise BadQuery(
            f"{self.name} takes no {part.modality}",
            f"It takes {', '.join(sorted(self.accepts))}; accepts=text+image is for one that sees.",
        )

    def _client(self) -> Any:
        try:
            import openai
        except ModuleNotFoundError as e:
            raise MissingDependency(
                "a language model behind OpenAI's protocol needs the package openai",
                "python -m pip install 'polysense[llm]'",
            ) from e
        return openai.OpenAI(
            api_key=self._secret or _NO_KEY,
            base_url=self.base_url,
            timeout=self.seconds,
            max_retries=self.retries,
        )

    @property
    def _secret(self) -> str:
        return os.environ.get(self.key, "")

    def _check_end(self, reason: str, is_empty: bool, most: int) -> None:
        """Raises ModelFailed where what came is not the whole answer."""
        if reason == "length":
            raise self._failure(f"stopped at {most} tokens, before its end", "Ask for less.")
        if reason == "content_filter":
            raise self._failure("held back its answer (content filter)", "Ask in other words.")
        if not reason:
            raise self._failure("broke off before its end", "Ask again.")
        if is_empty:
            raise self._failure("gave an empty answer", "Ask again, or try another model.")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Whatever goes wrong between here and the server, as ModelFailed."""
        import httpx2
        import openai

        try:
            yield
        except (openai.APITimeoutError, httpx2.TimeoutException) as e:
            message = f"gave nothing for {self.seconds:g} seconds"
            raise self._failure(message, "Wait for the server, or raise seconds=.") from e
        except openai.APIConnectionError as e:
            raise self._failure("cannot be reached", _HINT_ADDRESS) from e
        except (openai.AuthenticationError, openai.PermissionDeniedError) as e:
            hint = f"Put a key that is valid into the environment variable {self.key}."
            raise self._failure(f"refused the key{self._words_of(e)}", hint) from e
        except openai.NotFoundError as e:
            hint = "Check model= and base_url=; on Ollama: `ollama pull MODEL`."
            raise self._failure(f"is not there{self._words_of(e)}", hint) from e
        except openai.RateLimitError as e:
            raise self._failure(f"is asked too much{self._words_of(e)}", "Wait a little.") from e
        except openai.APIStatusError as e:
            message = f"refused the request (HTTP {e.status_code}){self._words_of(e)}"
            raise self._failure(
                message, "Check its options; where it is too long, context=."
            ) from e
        except openai.APIError as e:
            raise self._failure(f"failed{self._words_of(e)}", "Ask again.") from e
        except httpx2.HTTPError as e:
            raise self._failure("broke off before its end", "Ask again.") from e
        except ValueError as e:  # JSON that is none, bytes that are no UTF-8
            raise self._failure("spoke something else than OpenAI's protocol", _HINT_ADDRESS) from e

    def _words_of(self, error: Any) -> str:
        """What the server says of it, without the key."""
        words = " ".join(str(getattr(error, "message", "")).split())
        if secret := self._secret:
            words = words.replace(secret, "***")
        return f": {words[:MAX_TOLD]}" if words else ""

    def _failure(self, what: str, hint: str) -> ModelFailed:
        return ModelFailed(f"{self.name} {what}", hint)
