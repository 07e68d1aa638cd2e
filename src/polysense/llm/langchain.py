"""Any chat model of LangChain: those of a provider's package, or one's own."""

from __future__ import annotations

import base64
from collections.abc import Generator
from functools import cached_property
from typing import Any, ClassVar

from polysense.errors import MissingDependency
from polysense.import_path import make_object
from polysense.llm.framework_model import FrameworkModel, Piece, png_of, reason_of, usage_of
from polysense.messages import Chat, Message, Usage
from polysense.types import Part


class LangChain(FrameworkModel):
    """A model by LangChain's `BaseChatModel`.

    chat is where it is made, "package.module:name": a class, a function without parameters, or the
    object itself ("langchain_openai:ChatOpenAI"); in Python it may be the object. model, where
    given, is what the class or function there is called with.
    `polysense.llm.framework_model` has the other options.
    """

    extra = "langchain"
    framework: ClassVar[str] = "langchain"

    def __init__(
        self,
        *,
        chat: Any = "",
        model: str = "",
        accepts: str = "text",
        context: int = 16_000,
        limit: str = "max_tokens",
    ) -> None:
        super().__init__(source=chat, model=model, accepts=accepts, context=context, limit=limit)

    @cached_property
    def _model(self) -> Any:
        try:
            from langchain_core.language_models import BaseChatModel
        except ModuleNotFoundError as e:
            raise MissingDependency(
                "chat models of LangChain need the package langchain-core",
                "python -m pip install 'polysense[langchain]'",
            ) from e
        return make_object(
            self._source,
            "langchain:chat=",
            "chat model of LangChain",
            lambda candidate: isinstance(candidate, BaseChatModel),
            self.model,
        )

    def _pieces(self, model: Any, messages: Chat, most: int) -> Generator[Piece, None, None]:
        total = Usage()
        stream = model.stream([_message(m) for m in messages], **self._options(most))
        for chunk in stream:
            if usage := usage_of(chunk.usage_metadata):
                total += usage  # each chunk tells its own share
            yield Piece(str(chunk.text), total, reason_of(chunk.response_metadata))


def _message(message: Message) -> Any:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    classes = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}
    is_words = all(p.modality == "text" for p in message.parts)
    content = message.text if is_words else [_content(p) for p in message.parts]
    return classes[message.speaker](content=content)


def _content(part: Part) -> dict[str, Any]:
    if part.modality == "text":
        return {"type": "text", "text": str(part.data)}
    data = base64.b64encode(png_of(part)).decode("ascii")
    return {"type": "image", "base64": data, "mime_type": "image/png"}
