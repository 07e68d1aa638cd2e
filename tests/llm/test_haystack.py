"""Chat generators of Haystack as language models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("haystack", reason="needs the extra haystack")

from polysense.errors import ModelFailed
from polysense.llm.haystack import Haystack
from polysense.messages import Message, Usage
from polysense.types import Part

from .framework_checks import QUESTION, check_answer, check_contract, say
from .server import Server, running

SPEC = "haystack:generator=framework_models:haystack"
PICTURE = Part("image", np.zeros((4, 4, 3), np.uint8))
pytestmark = pytest.mark.usefixtures("models_module")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Speaks OpenAI's protocol, as Haystack's own class does."""
    with running() as server:
        yield server


def test_it_keeps_the_contract() -> None:
    """Of language models."""
    check_contract(SPEC)


def test_an_answer_is_written_by_it(notes: Path, tmp_path: Path) -> None:
    """By one line of configuration."""
    check_answer(SPEC, notes, tmp_path / "kb")


def test_a_component_without_streaming() -> None:
    """Its words come at once, its tokens with them."""
    words, usage = say(Haystack(generator="framework_models:haystack_silent"))
    assert words == "High water is at noon. [1]"
    assert usage == Usage(7, 5)


def haystack_openai(server: Server, name: str, **options: Any) -> Haystack:
    """Haystack's own class before a server."""
    pytest.importorskip("openai", reason="needs the extra llm")
    from haystack.components.generators.chat import OpenAIChatGenerator
    from haystack.utils import Secret

    generator = OpenAIChatGenerator(
        api_key=Secret.from_token("sk-0123456789abcdefghij"),
        model=name,
        api_base_url=server.url,
        max_retries=0,
    )
    return Haystack(generator=generator, **options)


def test_haystacks_own_class_before_a_server(server: Server) -> None:
    """What is asked, a picture, the bound: all arrive in the protocol's form; the words stream."""
    model = haystack_openai(server, "any", accepts="text+image")
    words, _ = say(model, QUESTION[0], Message.of("user", "Look:", PICTURE), most=50)
    assert words == "High water is at noon. [1]"
    body, _ = server.requests[-1]
    assert body["max_tokens"] == 50
    assert body["stream"]
    assert body["messages"][0] == {"role": "system", "content": "Be short."}
    text, picture = body["messages"][1]["content"]
    assert text["text"] == "Look:"
    assert picture["image_url"]["url"].startswith("data:image/png;base64,")


def test_a_server_that_refuses_the_key(server: Server) -> None:
    """Its words reach the user without the key."""
    with pytest.raises(ModelFailed, match="of haystack failed") as raises:
        say(haystack_openai(server, "unauthorised"))
    assert "0123456789" not in str(raises.value)


def test_nobody_listens_any_more(server: Server) -> None:
    """A stream that is left behind ends with what is heard."""
    stream = haystack_openai(server, "any").chat(QUESTION)
    assert next(stream)
    stream.close()
