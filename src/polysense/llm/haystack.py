"""Any chat generator of Haystack: its own, those of an integration, or one's own."""

from __future__ import annotations

import base64
import contextvars
import inspect
import os
from collections.abc import Generator, Iterator
from functools import cached_property
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any, ClassVar

from polysense.errors import MissingDependency
from polysense.import_path import make_object
from polysense.llm.framework_model import FrameworkModel, Piece, png_of, reason_of, usage_of
from polysense.messages import Chat, Message
from polysense.types import Part


class Haystack(FrameworkModel):
    """A model by a chat generator of Haystack.

    generator is where it is made, "package.module:name": a class, a function without parameters,
    or the component itself ("haystack.components.generators.chat:OpenAIChatGenerator"); in Python
    it may be the component. model, where given, is what the class or function there is called with.
    `polysense.llm.framework_model` has the other options.
    """

    extra = "haystack"
    framework: ClassVar[str] = "haystack"

    def __init__(
        self,
        *,
        generator: Any = "",
        model: str = "",
        accepts: str = "text",
        context: int = 16_000,
        limit: str = "max_tokens",
    ) -> None:
        super().__init__(
            source=generator, model=model, accepts=accepts, context=context, limit=limit
        )

    @cached_property
    def _model(self) -> Any:
        # nothing is sent to anybody who was not asked, unless the user has it otherwise
        os.environ.setdefault("HAYSTACK_TELEMETRY_ENABLED", "False")
        try:
            from haystack.core.component import Component
        except ModuleNotFoundError as e:
            raise MissingDependency(
                "chat generators of Haystack need the package haystack-ai",
                "python -m pip install 'polysense[haystack]'",
            ) from e
        component = make_object(
            self._source,
            "haystack:generator=",
            "chat generator of Haystack",
            lambda candidate: isinstance(candidate, Component),
            self.model,
        )
        if hasattr(component, "warm_up"):
            component.warm_up()
        return component

    def _pieces(self, model: Any, messages: Chat, most: int) -> Generator[Piece, None, None]:
        options: dict[str, Any] = {"messages": [_message(m) for m in messages]}
        parameters = inspect.signature(model.run).parameters
        if self.limit and "generation_kwargs" in parameters:
            options["generation_kwargs"] = self._options(most)
        streamed = ""
        if "streaming_callback" in parameters:
            for item in _stream(model, options):
                if isinstance(item, str):
                    streamed += item
                    yield Piece(item)
                else:
                    reply = item
        else:
            reply = model.run(**options)
        last = reply["replies"][0]
        # a component may take a callback and not use it
        yield Piece(
            "" if streamed else last.text or "",
            usage_of(last.meta.get("usage")),
            reason_of(last.meta),
        )


class _Abandoned(Exception):
    """Nobody listens any more."""


def _stream(model: Any, options: dict[str, Any]) -> Iterator[Any]:
    """The words that a component gives its callback, as they come, then what it returns."""
    items: SimpleQueue[Any] = SimpleQueue()
    is_abandoned = Event()

    def hear(chunk: Any) -> None:
        if is_abandoned.is_set():
            raise _Abandoned
        if chunk.content:
            items.put(chunk.content)

    def run() -> None:
        try:
            items.put(model.run(**options, streaming_callback=hear))
        except Exception as e:  # noqa: BLE001 - raised again where it is waited for
            items.put(e)

    # what traces the caller traces the component too
    Thread(target=contextvars.copy_context().run, args=(run,), daemon=True).start()
    try:
        while isinstance(item := items.get(), str):
            yield item
        if isinstance(item, Exception):
            raise item
        yield item
    finally:
        is_abandoned.set()


def _message(message: Message) -> Any:
    from haystack.dataclasses import ChatMessage

    if message.speaker == "system":
        return ChatMessage.from_system(message.text)
    if message.speaker == "assistant":
        return ChatMessage.from_assistant(message.text)
    return ChatMessage.from_user(content_parts=[_content(p) for p in message.parts])


def _content(part: Part) -> Any:
    from haystack.dataclasses import ImageContent

    if part.modality == "text":
        return str(part.data)
    data = base64.b64encode(png_of(part)).decode("ascii")
    return ImageContent(base64_image=data, mime_type="image/png")
