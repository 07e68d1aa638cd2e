"""Language models in each framework, and one of each that goes wrong."""

from __future__ import annotations

from typing import Any

WORDS = "High water is at noon. [1]"


def langchain() -> Any:
    """LangChain's `BaseChatModel`, that writes what it is given to write, letter by letter."""
    from langchain_core.language_models import FakeListChatModel

    return FakeListChatModel(responses=[WORDS])


def langchain_failing() -> Any:
    """One that breaks off in the middle."""
    from langchain_core.language_models import FakeListChatModel

    return FakeListChatModel(responses=[WORDS], error_on_chunk_number=5)


def langchain_echo(**options: Any) -> Any:
    """One that tells what it was told, its tokens and why it has stopped."""
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, AIMessageChunk
    from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

    class Echo(BaseChatModel):
        reason: str = "stop"
        silent: bool = False
        calls: list[Any] = []

        @property
        def _llm_type(self) -> str:
            return "echo"

        def _generate(self, messages: Any, stop: Any = None, **kwargs: Any) -> ChatResult:
            return ChatResult(generations=[ChatGeneration(message=AIMessage(content=""))])

        def _stream(self, messages: Any, stop: Any = None, **kwargs: Any) -> Any:
            self.calls.append((messages, kwargs))
            for n, piece in enumerate(("<think>Hm.</think>", "It is ", "noon.")):
                usage = {"input_tokens": 9 if n == 0 else 0, "output_tokens": 2, "total_tokens": 11}
                message = AIMessageChunk(
                    content="" if self.silent else piece,
                    usage_metadata=usage,
                    response_metadata={"finish_reason": self.reason} if n == 2 else {},
                )
                yield ChatGenerationChunk(message=message)

    return Echo(**options)


def llama_index() -> Any:
    """LlamaIndex's `LLM`, that says again what it was asked."""
    from llama_index.core.llms import MockLLM

    return MockLLM()


def llama_index_echo() -> Any:
    """One that tells the kinds of the blocks and the options it was given, its tokens and end."""
    from llama_index.core.llms import ChatMessage, ChatResponse, ImageBlock, MockLLM

    class Echo(MockLLM):
        def stream_chat(self, messages: Any, **kwargs: Any) -> Any:
            blocks = [block for message in messages for block in message.blocks]
            kinds = [block.block_type for block in blocks]
            kinds += [b.image_mimetype for b in blocks if isinstance(b, ImageBlock)]
            kinds += [f"{key}={value}" for key, value in kwargs.items()]
            text = ""
            for n, kind in enumerate(kinds):
                is_last = n == len(kinds) - 1
                delta = kind if is_last else f"{kind} "
                text += delta
                raw = {"choices": [{"finish_reason": "stop" if is_last else None}]}
                if is_last:
                    raw["usage"] = {"prompt_tokens": 9, "completion_tokens": 6}
                message = ChatMessage(role="assistant", content=text)
                yield ChatResponse(message=message, delta=delta, raw=raw)

    return Echo()


def haystack() -> Any:
    """A chat generator of Haystack, that says what it is given to say."""
    from haystack.components.generators.chat.mock import MockChatGenerator

    return MockChatGenerator(WORDS)


def haystack_silent() -> Any:
    """One without streaming, whose words come at once."""
    from haystack import component
    from haystack.dataclasses import ChatMessage

    @component
    class Whole:
        @component.output_types(replies=list[ChatMessage])
        def run(self, messages: list[ChatMessage]) -> dict[str, Any]:
            meta = {"usage": {"prompt_tokens": 7, "completion_tokens": 5}, "finish_reason": "stop"}
            return {"replies": [ChatMessage.from_assistant(WORDS, meta=meta)]}

    return Whole()
