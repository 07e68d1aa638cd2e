"""Chat models of LangChain as language models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("langchain_core", reason="needs the extra langchain")

from polysense.errors import ModelFailed
from polysense.llm.langchain import LangChain
from polysense.messages import Message, Usage
from polysense.types import Part

from .framework_checks import QUESTION, check_answer, check_contract, say

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
