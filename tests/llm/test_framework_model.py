"""Language models of other frameworks as ours: the contract, an answer, and what goes wrong."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
import pytest

from polysense.errors import BadConfig, BadQuery, MissingDependency, ModelFailed
from polysense.llm.framework_model import reason_of, usage_of
from polysense.llm.haystack import Haystack
from polysense.llm.langchain import LangChain
from polysense.llm.llama_index import LlamaIndex
from polysense.messages import Message, Usage
from polysense.types import Part

from .framework_checks import say

PACKAGES = {
    "langchain": "langchain_core",
    "llama_index": "llama_index.core",
    "haystack": "haystack",
}
PICTURE = Part("image", np.zeros((4, 4, 3), np.uint8))

pytestmark = pytest.mark.usefixtures("models_module")


def needs(name: str) -> None:
    pytest.importorskip(PACKAGES[name], reason=f"needs the extra {name}")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"reason": "length"}, "stopped at 1024 tokens, before its end"),
        ({"reason": "max_tokens"}, "stopped at 1024 tokens"),
        ({"reason": "content_filter"}, "held back its answer"),
        ({"silent": True}, "gave an empty answer"),
    ],
)
def test_half_an_answer_is_none(options: dict[str, Any], message: str) -> None:
    """Cut off, withheld, empty: said plainly."""
    needs("langchain")
    import framework_models

    with pytest.raises(ModelFailed, match=message):
        say(LangChain(chat=framework_models.langchain_echo(**options)))


def test_a_model_that_never_ends_is_stopped() -> None:
    """One that does not heed the bound."""
    needs("llama_index")
    message = Message.of("user", "water " * 1000)
    with pytest.raises(ModelFailed, match="goes on after the 10 tokens"):
        say(LlamaIndex(llm="framework_models:llama_index"), message, most=10)


def test_a_schema_is_asked_for_in_words() -> None:
    """After the system's own words, before the question; who asks checks what comes."""
    needs("llama_index")
    schema = {"type": "object", "properties": {"time": {"type": "string"}}}
    words, _ = say(LlamaIndex(llm="framework_models:llama_index"), schema=schema)
    assert json.dumps(schema) in words
    assert words.index("Be short.") < words.index("JSON schema") < words.index("high water")


@pytest.mark.parametrize("kind", [LangChain, LlamaIndex, Haystack])
def test_what_it_does_not_take_is_refused(kind: type) -> None:
    """A picture for a model that does not see; a sound for any."""
    with pytest.raises(BadQuery, match="takes no image"):
        say(kind(), Message.of("user", PICTURE))
    with pytest.raises(BadQuery, match="takes no audio"):
        say(kind(accepts="text+image"), Message.of("user", Part("audio", np.zeros(9, np.float32))))


@pytest.mark.parametrize(
    ("kind", "option"),
    [(LangChain, "chat"), (LlamaIndex, "llm"), (Haystack, "generator")],
)
def test_without_a_model_it_says_what_to_write(kind: Any, option: str) -> None:
    """The option, and its form; and one of another kind is refused."""
    needs(kind.framework)
    with pytest.raises(BadConfig, match=f"{kind.framework}:{option}= names no"):
        say(kind())
    with pytest.raises(BadConfig, match="made a MiniLM, no"):
        say(kind(**{option: "polysense.encoders.minilm:MiniLM"}))


def test_what_providers_tell_is_read() -> None:
    """By OpenAI's names, Anthropic's, Ollama's; what is told by none is none."""
    assert usage_of({"input_tokens": 3, "output_tokens": 4}) == Usage(3, 4)
    assert usage_of({"prompt_tokens": 3}) == Usage(3, 0)
    assert usage_of({"prompt_tokens": None}) is usage_of(None) is None
    assert reason_of({"stop_reason": "max_tokens"}) == "max_tokens"
    assert reason_of({"finish_reason": None, "done_reason": "stop"}) == "stop"
    assert reason_of({}) == ""


@pytest.mark.parametrize("kind", [LangChain, LlamaIndex, Haystack])
def test_without_the_framework_it_says_what_to_install(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line that installs it; `doctor` knows the extra."""
    package = PACKAGES[kind.framework].partition(".")[0]
    for module in [m for m in sys.modules if m.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingDependency) as raises:
        kind().check()
    assert raises.value.hint == f"python -m pip install 'polysense[{kind.extra}]'"
