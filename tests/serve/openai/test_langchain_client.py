"""What LangChain's own client of OpenAI sees at /v1, over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import Any

import pytest
from openai import OpenAI

pytest.importorskip("langchain_openai", reason="needs langchain-openai")

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI

from .conftest import MOON, QUESTION


@pytest.fixture
def chat(base: str, tokens: Mapping[str, str]) -> Any:
    """Their chat class before a server with tokens."""
    return ChatOpenAI(model="main", base_url=f"{base}/v1", api_key=tokens["read"], max_retries=0)


def test_answers_and_streams(chat: Any) -> None:
    """Invoked, awaited and streamed, it is the same answer, to its end; the count comes along."""
    answer = chat.invoke(QUESTION)
    assert answer.content.startswith(f"{MOON} [1]")
    assert answer.response_metadata["finish_reason"] == "stop"
    assert asyncio.run(chat.ainvoke(QUESTION)).content == answer.content
    chunks = list(chat.stream(QUESTION, stream_usage=True))
    whole = reduce(add, chunks)
    assert whole.content == answer.content
    assert whole.usage_metadata["total_tokens"] == answer.usage_metadata["total_tokens"] == 0
    assert whole.response_metadata["finish_reason"] == "stop"


def test_a_conversation(chat: Any) -> None:
    """The last question is answered, whatever was said before."""
    messages = [
        SystemMessage("You speak of bells."),
        HumanMessage("How many paddles has the mill wheel?"),
        AIMessage("Thirty-two."),
        HumanMessage(QUESTION),
    ]
    assert chat.invoke(messages).content.startswith(MOON)


def test_responses_carry_the_citations(base: str, tokens: Mapping[str, str]) -> None:
    """By the newer of OpenAI's protocols: each [n] is an annotation that leads to its place."""
    chat = ChatOpenAI(
        model="main",
        base_url=f"{base}/v1",
        api_key=tokens["read"],
        max_retries=0,
        use_responses_api=True,
    )
    (block,) = chat.invoke(QUESTION).content
    assert block["text"].startswith(f"{MOON} [1]")
    assert block["annotations"][0]["title"].startswith("moon.txt, ")


def test_usage_of_a_model_that_writes(writing_client: OpenAI) -> None:
    """The tokens that it took, in a stream too."""
    chat = ChatOpenAI(
        model="main",
        base_url=str(writing_client.base_url),
        api_key=writing_client.api_key,
        max_retries=0,
    )
    assert chat.invoke(QUESTION).usage_metadata["output_tokens"] > 0
    whole = reduce(add, chat.stream(QUESTION, stream_usage=True))
    assert whole.content.startswith(MOON)
    assert whole.usage_metadata["output_tokens"] > 0


def test_a_wrong_token_is_refused(base: str) -> None:
    """As OpenAI itself refuses it."""
    chat = ChatOpenAI(model="main", base_url=f"{base}/v1", api_key="wrong", max_retries=0)
    with pytest.raises(Exception, match="401"):
        chat.invoke(QUESTION)
