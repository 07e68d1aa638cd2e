"""Chat models of LangChain as language models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("langchain_core", reason="needs the extra langchain")

from polysense.errors import ModelFailed
from polysense.llm.langchain import LangChain
from polysense.messages import Message, Usage
from polysense.types import Part

from .framework_checks import QUESTION, check_answer, check_contract, say
from .server import Server, running

SPEC = "langchain:chat=framework_models:langchain"
PICTURE = Part("image", np.zeros((4, 4, 3), np.uint8))
pytestmark = pytest.mark.usefixtures("models_module")


def test_it_keeps_the_contract() -> None:
    """Of language models."""
    check_contract(SPEC)


def test_an_answer_is_written_by_it(notes: Path, tmp_path: Path) -> None:
    """By one line of configuration."""
    check_answer(SPEC, notes, tmp_path / "kb")


def test_langchain_is_told_what_was_said() -> None:
    """Speakers, pictures, the bound; and its tokens, thoughts and end are read."""
    import framework_models
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    chat = framework_models.langchain_echo(calls=[])
    model = LangChain(chat=chat, accepts="text+image")
    messages = (*QUESTION, Message.of("assistant", "Where?"), Message.of("user", "Here:", PICTURE))
    assert say(model, *messages, most=50) == ("It is noon.", Usage(9, 6))
    ((sent, options),) = chat.calls
    assert options == {"max_tokens": 50}
    assert [type(m) for m in sent] == [SystemMessage, HumanMessage, AIMessage, HumanMessage]
    assert sent[1].content == "When is high water?"
    assert sent[3].content[0] == {"type": "text", "text": "Here:"}
    assert sent[3].content[1]["mime_type"] == "image/png"
    assert say(LangChain(chat=chat, limit=""), most=50)[0] == "It is noon."
    assert chat.calls[-1][1] == {}


def test_a_model_that_breaks_off_is_named() -> None:
    """In the middle of a stream, too."""
    model = LangChain(chat="framework_models:langchain_failing")
    with pytest.raises(ModelFailed, match="langchain_failing of langchain failed"):
        say(model)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Speaks OpenAI's protocol; LangChain's own class finds it, and its key, in the environment."""
    pytest.importorskip("langchain_openai", reason="needs langchain-openai")
    with running() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789abcdefghij")
        yield server


def test_a_providers_class_by_one_line(server: Server) -> None:
    """Named with its model: what is asked, a picture and the bound arrive in the protocol's form;
    words stream.
    """
    model = LangChain(chat="langchain_openai:ChatOpenAI", model="any", accepts="text+image")
    pieces = list(model.chat([QUESTION[0], Message.of("user", "Look:", PICTURE)], most=50))
    assert "".join(pieces[:-1]) == "High water is at noon. [1]"
    assert len(pieces) > 3
    assert model.name == "any of langchain"
    body, _ = server.requests[-1]
    assert body["model"] == "any"
    assert body["stream"]
    assert 50 in (body.get("max_tokens"), body.get("max_completion_tokens"))
    text, picture = body["messages"][1]["content"]
    assert text["text"] == "Look:"
    assert picture["image_url"]["url"].startswith("data:image/png;base64,")


@pytest.mark.parametrize("name", ["unauthorised", "broken", "missing", "busy"])
def test_a_server_that_refuses(server: Server, name: str) -> None:
    """Its words reach the user, and the key does not."""
    from langchain_openai import ChatOpenAI

    with pytest.raises(ModelFailed, match="ChatOpenAI of langchain failed") as raises:
        say(LangChain(chat=ChatOpenAI(model=name, max_retries=0)))
    assert "0123456789" not in str(raises.value)
