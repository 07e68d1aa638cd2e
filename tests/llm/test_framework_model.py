"""Language models of other frameworks as ours: the contract, an answer, and what goes wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from polysense import Library, kit, registry
from polysense.errors import BadConfig, BadQuery, ModelFailed
from polysense.llm.framework_model import reason_of, usage_of
from polysense.llm.haystack import Haystack
from polysense.llm.langchain import LangChain
from polysense.llm.llama_index import LlamaIndex
from polysense.messages import Message, Usage
from polysense.testing import check_language_model
from polysense.types import Part

from .server import Server, running

HERE = Path(__file__).parent
SPECS = {
    "langchain": "langchain:chat=frameworks:langchain",
    "llama_index": "llama_index:llm=frameworks:llama_index",
    "haystack": "haystack:generator=frameworks:haystack",
}
PACKAGES = {
    "langchain": "langchain_core",
    "llama_index": "llama_index.core",
    "haystack": "haystack",
}
QUESTION = [Message.of("system", "Be short."), Message.of("user", "When is high water?")]
PICTURE = Part("image", np.zeros((4, 4, 3), np.uint8))

pytestmark = pytest.mark.filterwarnings("ignore:.*utcnow:DeprecationWarning")


@pytest.fixture(autouse=True)
def module(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`frameworks` can be imported, as a user's own module can."""
    monkeypatch.syspath_prepend(HERE)
    sys.modules.pop("frameworks", None)
    yield
    sys.modules.pop("frameworks", None)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Speaks OpenAI's protocol, as the frameworks' own classes do."""
    with running() as server:
        yield server


def needs(name: str) -> None:
    pytest.importorskip(PACKAGES[name], reason=f"needs the extra {name}")


def say(model: Any, *messages: Message, **options: Any) -> tuple[str, Usage]:
    """All that it says, and its tokens."""
    *words, usage = model.chat(messages or QUESTION, **options)
    return "".join(words), usage


@pytest.mark.parametrize("name", SPECS)
def test_it_keeps_the_contract(name: str) -> None:
    """Words piece by piece, then the usage; two may ask at once."""
    needs(name)
    model = registry.load("language_models", SPECS[name])
    check_language_model(model, QUESTION)
    words, _ = say(model)
    assert "high water" in words.lower()
    assert model.name == f"{name} of {name}"
    assert len(list(model.chat(QUESTION))) > 2, "piece by piece, not all at once"


@pytest.mark.parametrize("name", ["langchain", "haystack"])
def test_an_answer_is_written_by_it(name: str, notes: Path, tmp_path: Path) -> None:
    """One line of configuration: what the model says is the answer, and its citation is checked."""
    needs(name)
    models = kit(language_models=[SPECS[name]], encoders=["-photo", "-conse", "-sound", "-shape"])
    (notes / "noon.txt").write_text("High water is at noon.")
    with Library(tmp_path / "kb", kit=models) as kb:
        kb.index(notes)
        answer = kb.ask("When is high water?")
    assert answer.answered
    assert "noon" in answer.text
    assert answer.evidence[0].hit.chunk.asset.name in ("noon.txt", "moon.txt")


def test_langchain_is_told_what_was_said() -> None:
    """Speakers, pictures, the bound; and its tokens, thoughts and end are read."""
    needs("langchain")
    import frameworks
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    chat = frameworks.langchain_told(seen=[])
    model = LangChain(chat=chat, accepts="text+image")
    messages = (*QUESTION, Message.of("assistant", "Where?"), Message.of("user", "Here:", PICTURE))
    assert say(model, *messages, most=50) == ("It is noon.", Usage(9, 6))
    ((told, options),) = chat.seen
    assert options == {"max_tokens": 50}
    assert [type(m) for m in told] == [SystemMessage, HumanMessage, AIMessage, HumanMessage]
    assert told[1].content == "When is high water?"
    assert told[3].content[0] == {"type": "text", "text": "Here:"}
    assert told[3].content[1]["mime_type"] == "image/png"
    assert say(LangChain(chat=chat, limit=""), most=50)[0] == "It is noon."
    assert chat.seen[-1][1] == {}


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
    import frameworks

    with pytest.raises(ModelFailed, match=message):
        say(LangChain(chat=frameworks.langchain_told(**options)))


def test_a_model_that_breaks_off_is_named() -> None:
    """In the middle of a stream, too."""
    needs("langchain")
    model = LangChain(chat="frameworks:langchain_failing")
    with pytest.raises(ModelFailed, match="langchain_failing of langchain failed"):
        say(model)


def test_a_model_that_never_ends_is_stopped() -> None:
    """One that does not heed the bound."""
    needs("llama_index")
    message = Message.of("user", "water " * 1000)
    with pytest.raises(ModelFailed, match="goes on after the 10 tokens"):
        say(LlamaIndex(llm="frameworks:llama_index"), message, most=10)


def test_a_schema_is_asked_for_in_words() -> None:
    """After the system's own words, before the question; who asks checks what comes."""
    needs("llama_index")
    schema = {"type": "object", "properties": {"time": {"type": "string"}}}
    words, _ = say(LlamaIndex(llm="frameworks:llama_index"), schema=schema)
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


def test_a_component_without_streaming() -> None:
    """Its words come at once, its tokens with them."""
    needs("haystack")
    words, usage = say(Haystack(generator="frameworks:haystack_silent"))
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
    needs("haystack")
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
    needs("haystack")
    with pytest.raises(ModelFailed, match="of haystack failed") as raises:
        say(haystack_openai(server, "unauthorised"))
    assert "0123456789" not in str(raises.value)


def test_nobody_listens_any_more(server: Server) -> None:
    """A stream that is left behind ends with what is heard."""
    needs("haystack")
    stream = haystack_openai(server, "any").chat(QUESTION)
    assert next(stream)
    stream.close()


def test_what_providers_tell_is_read() -> None:
    """By OpenAI's names, Anthropic's, Ollama's; what is told by none is none."""
    assert usage_of({"input_tokens": 3, "output_tokens": 4}) == Usage(3, 4)
    assert usage_of({"prompt_tokens": 3}) == Usage(3, 0)
    assert usage_of({"prompt_tokens": None}) is usage_of(None) is None
    assert reason_of({"stop_reason": "max_tokens"}) == "max_tokens"
    assert reason_of({"finish_reason": None, "done_reason": "stop"}) == "stop"
    assert reason_of({}) == ""
