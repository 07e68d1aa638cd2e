"""Any model of Amazon Bedrock that chats, by its Converse API: Nova, Claude, Llama, Mistral."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, ClassVar

from polysense.endpoints.bedrock import BedrockModel
from polysense.llm.framework_model import FrameworkModel, Piece, png_of
from polysense.messages import Chat, Message, Usage
from polysense.types import Part


class Bedrock(FrameworkModel):
    """A model by its id ("amazon.nova-lite-v1:0") or an inference profile's.

    accepts: what messages may hold besides words, "text+image" for a model that sees.
    temperature=-1 leaves that to the model. Its words come as it writes them (ConverseStream, which
    asks for the right InvokeModelWithResponseStream); whole with stream=false, as from models that
    cannot. A schema is asked for in words.
    `polysense.endpoints.bedrock` has the other options: region, endpoint_url, seconds, retries.
    """

    extra = "bedrock"
    framework: ClassVar[str] = "bedrock"

    def __init__(
        self,
        *,
        model: str = "",
        region: str = "",
        endpoint_url: str = "",
        accepts: str = "text",
        context: int = 16_000,
        seconds: float = 60.0,
        retries: int = 2,
        temperature: float = 0.0,
        stream: bool = True,
    ) -> None:
        super().__init__(
            source="bedrock", model=model, accepts=accepts, context=context, limit="maxTokens"
        )
        self.temperature, self.stream = temperature, stream
        self.endpoint = BedrockModel(
            str(model), str(region), str(endpoint_url), seconds, int(retries)
        )

    @cached_property
    def _model(self) -> Any:
        return self.endpoint.client()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        with super()._faults(), self.endpoint.faults():
            yield

    def _pieces(self, model: Any, messages: Chat, most: int) -> Generator[Piece, None, None]:
        limits: dict[str, Any] = self._options(most)
        if self.temperature >= 0:
            limits["temperature"] = self.temperature
        system = [{"text": m.text} for m in messages if m.speaker == "system" and m.text]
        request: dict[str, Any] = {
            "modelId": self.model,
            "messages": [_message(m) for m in messages if m.speaker != "system"],
            "inferenceConfig": limits,
            **({"system": system} if system else {}),
        }
        if self.stream:
            yield from self._streamed(model.converse_stream(**request)["stream"])
            return
        answer = model.converse(**request)
        contents = answer["output"]["message"]["content"]
        words = "".join(str(c["text"]) for c in contents if "text" in c)
        yield Piece(words, _usage(answer), _reason(answer))

    def _streamed(self, stream: Any) -> Generator[Piece, None, None]:
        """The words as they come, then why it has stopped, then the tokens. Raises ModelFailed
        where it ends without saying so.
        """
        is_whole = False
        try:
            for event in stream:
                if "contentBlockDelta" in event:
                    yield Piece(str(event["contentBlockDelta"]["delta"].get("text", "")))
                elif "messageStop" in event:
                    is_whole = True
                    yield Piece("", reason=_reason(event["messageStop"]))
                elif "metadata" in event:
                    yield Piece("", _usage(event["metadata"]))
        finally:
            stream.close()
        if not is_whole:
            raise self._failure("broke off before its end", "Ask again.")


_REASONS = {
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "length",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}
"""Why a model has stopped before its end, in the words that `framework_model` knows."""


def _reason(answer: Mapping[str, Any]) -> str:
    return _REASONS.get(str(answer.get("stopReason")), "")


def _usage(answer: Mapping[str, Any]) -> Usage:
    usage = answer.get("usage") or {}
    return Usage(int(usage.get("inputTokens", 0)), int(usage.get("outputTokens", 0)))


def _message(message: Message) -> dict[str, Any]:
    # no text may be empty
    parts = (p for p in message.parts if p.modality != "text" or str(p.data))
    return {"role": message.speaker, "content": [_content(p) for p in parts]}


def _content(part: Part) -> dict[str, Any]:
    if part.modality == "text":
        return {"text": str(part.data)}
    return {"image": {"format": "png", "source": {"bytes": png_of(part)}}}
