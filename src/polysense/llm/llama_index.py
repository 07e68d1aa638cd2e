"""Any language model of LlamaIndex: those of a provider's package, or one's own."""

from __future__ import annotations

from collections.abc import Generator
from functools import cached_property
from typing import Any, ClassVar

from polysense.errors import MissingDependency
from polysense.import_path import make_object
from polysense.llm.framework_model import FrameworkModel, Piece, png_of, reason_of, usage_of
from polysense.messages import Chat, Message
from polysense.types import Part


class LlamaIndex(FrameworkModel):
    """A model by LlamaIndex's `LLM`.

    llm is where it is made, "package.module:name": a class, a function without parameters, or the
    object itself ("llama_index.llms.openai:OpenAI"); in Python it may be the object. model, where
    given, is what the class or function there is called with.
    `polysense.llm.framework_model` has the other options.
    """

    extra = "llama-index"
    framework: ClassVar[str] = "llama_index"

    def __init__(
        self,
        *,
        llm: Any = "",
        model: str = "",
        accepts: str = "text",
        context: int = 16_000,
        limit: str = "max_tokens",
    ) -> None:
        super().__init__(source=llm, model=model, accepts=accepts, context=context, limit=limit)

    @cached_property
    def _model(self) -> Any:
        try:
            from llama_index.core.llms import LLM
        except ModuleNotFoundError as e:
            raise MissingDependency(
                "language models of LlamaIndex need the package llama-index-core",
                "python -m pip install 'polysense[llama-index]'",
            ) from e
        return make_object(
            self._source,
            "llama_index:llm=",
            "language model of LlamaIndex",
            lambda candidate: isinstance(candidate, LLM),
            self.model,
        )

    def _pieces(self, model: Any, messages: Chat, most: int) -> Generator[Piece, None, None]:
        for response in model.stream_chat([_message(m) for m in messages], **self._options(most)):
            details = {**_provider_details(response.raw), **response.additional_kwargs}
            usage = usage_of(details) or usage_of(_attributes(details.get("usage")))
            yield Piece(response.delta or "", usage, reason_of(details))


def _message(message: Message) -> Any:
    from llama_index.core.llms import ChatMessage

    return ChatMessage(role=message.speaker, blocks=[_block(p) for p in message.parts])


def _block(part: Part) -> Any:
    from llama_index.core.llms import ImageBlock, TextBlock

    if part.modality == "text":
        return TextBlock(text=str(part.data))
    return ImageBlock(image=png_of(part), image_mimetype="image/png")


def _attributes(value: Any) -> dict[str, Any]:
    """What a provider's own object says, a dictionary or not."""
    if isinstance(value, dict):
        return value
    dump = getattr(value, "model_dump", None)
    return dump() if callable(dump) else {}


def _provider_details(raw: Any) -> dict[str, Any]:
    """What a provider's own chunk says: of OpenAI's form, the reason stands with its choice."""
    details = _attributes(raw)
    choices = details.get("choices")
    choice = _attributes(choices[0]) if isinstance(choices, list) and choices else {}
    return {**details, "finish_reason": choice.get("finish_reason", details.get("finish_reason"))}
