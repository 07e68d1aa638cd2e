"""Models behind OpenAI's protocol, before a real server: what is sent, what comes, what goes wrong."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from polysense import Library, registry
from polysense.errors import BadConfig, BadQuery, ModelFailed
from polysense.llm.openai import OpenAI
from polysense.messages import Message, Usage
from polysense.read.image.decode import png
from polysense.testing import check_language_model
from polysense.types import Part

from .server import WORDS, Server, running

pytest.importorskip("openai", reason="needs the extra llm")
QUESTION = [Message.of("system", "Be short."), Message.of("user", "When is high water?")]
SECRET = "sk-very-secret-0123456789"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", SECRET)


def model(server: Server, name: str, **options: Any) -> OpenAI:
    defaults = {"retries": 0, "seconds": 5.0, "key": "TEST_KEY"}
    return OpenAI(model=name, base_url=server.url, **{**defaults, **options})


def failure(server: Server, name: str, **options: Any) -> ModelFailed:
    with pytest.raises(ModelFailed) as raises:
        list(model(server, name, **options).chat(QUESTION))
    return raises.value


def test_words_come_as_they_are_said_and_then_the_usage(server: Server) -> None:
    """What is asked, and the key, arrive in the protocol's own form."""
    assert list(model(server, "good").chat(QUESTION, most=99)) == [*WORDS, Usage(11, 7)]
    body, headers = server.requests[-1]
    assert body["messages"] == [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "When is high water?"},
    ]
    assert (body["max_tokens"], body["temperature"], body["stream"]) == (99, 0.0, True)
    assert headers["authorization"] == f"Bearer {SECRET}"


def test_the_first_words_come_before_the_last_are_said(server: Server) -> None:
    """The reader need not wait for the end."""
    server.pause.clear()
    pieces = model(server, "slow").chat(QUESTION)
    assert next(pieces) == WORDS[0]
    assert not server.pause.is_set()
    server.pause.set()
    assert list(pieces) == [*WORDS[1:], Usage(11, 7)]


def test_a_server_that_counts_nothing(server: Server) -> None:
    """Its usage is nothing."""
    assert list(model(server, "no-usage").chat(QUESTION)) == ["Noon.", Usage()]


def test_pictures_go_to_models_that_see(server: Server) -> None:
    """As a data URL of a PNG, made smaller where it is large; others are not sent one."""
    picture = Part("image", png(np.full((40, 4000, 3), 200, np.uint8)))
    seeing = model(server, "good", accepts="text+image")
    list(seeing.chat([Message.of("user", "What is this?", picture)]))
    words, image = server.requests[-1][0]["messages"][0]["content"]
    assert words == {"type": "text", "text": "What is this?"}
    data = base64.b64decode(image["image_url"]["url"].removeprefix("data:image/png;base64,"))
    assert max(PIL.Image.open(io.BytesIO(data)).size) == 1536
    with pytest.raises(BadQuery, match=r"good at 127.0.0.1:.* takes no image"):
        list(model(server, "good").chat([Message.of("user", picture)]))


def test_a_schema_is_asked_for(server: Server) -> None:
    """In the strict form."""
    schema = {"type": "object", "properties": {"hour": {"type": "integer"}}}
    list(model(server, "good", temperature=-1).chat(QUESTION, schema=schema))
    body = server.requests[-1][0]
    assert body["response_format"]["json_schema"]["schema"] == schema
    assert "temperature" not in body


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("unauthorised", "refused the key", "TEST_KEY"),
        ("forbidden", "refused the key: .*Not yours", "TEST_KEY"),
        ("missing", "is not there: .*model 'missing' not found", "ollama pull"),
        ("too-long", r"refused the request \(HTTP 400\): .*maximum context length", "context="),
        ("busy", "is asked too much: .*Rate limit", "Wait"),
        ("broken", r"refused the request \(HTTP 500\)", "options"),
        ("cut-off", "broke off before its end", "again"),
        ("never-stops", "stopped at 1024 tokens, before its end", "less"),
        ("filtered", "held back its answer", "other words"),
        ("empty", "gave an empty answer", "another model"),
        ("bad-json", "something else than OpenAI's protocol", "base_url"),
        ("bad-bytes", "something else than OpenAI's protocol", "base_url"),
        ("fails-midway", "failed: out of memory", "again"),
    ],
)
def test_what_goes_wrong_is_told(server: Server, name: str, message: str, hint: str) -> None:
    """What happened, at which model and where, and what to do."""
    error = failure(server, name)
    assert str(error).startswith(f"{name} at 127.0.0.1:")
    with pytest.raises(ModelFailed, match=message):
        raise error
    assert hint in error.hint


@pytest.mark.parametrize("name", ["waits", "stalls"])
def test_silence_has_an_end(server: Server, name: str) -> None:
    """Before the first word, and between two."""
    server.pause.clear()
    error = failure(server, name, seconds=0.2)
    server.pause.set()
    assert "gave nothing for 0.2 seconds" in str(error)


def test_nobody_there() -> None:
    """The address is told, not who asks in it."""
    absent = OpenAI(model="m", base_url="http://ann:password@127.0.0.1:9/v1", retries=0, seconds=2)
    with pytest.raises(ModelFailed, match=r"m at 127.0.0.1:9 cannot be reached") as raises:
        list(absent.chat(QUESTION))
    assert "password" not in f"{raises.value}{raises.value.hint}{absent.name}"


def test_what_failed_before_a_word_is_sent_again(server: Server) -> None:
    """As often as is set."""
    pieces = list(model(server, "busy-once", retries=1).chat(QUESTION))
    assert pieces == [*WORDS, Usage(11, 7)]


def test_the_key_is_in_no_error_and_no_log(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """Though the server says it back."""
    caplog.set_level(logging.DEBUG)
    error = failure(server, "unauthorised")
    list(model(server, "good").chat(QUESTION))
    assert SECRET not in f"{error}{error.hint}{caplog.text}{model(server, 'good')!r}"


def test_a_model_must_be_named(server: Server) -> None:
    """The setting is told that is missing."""
    with pytest.raises(BadConfig, match="no model"):
        list(model(server, "").chat(QUESTION))


def test_one_line_of_settings_is_enough(server: Server, tmp_path: Path) -> None:
    """From a file to an answer in the model's words, with the place that bears it out."""
    (tmp_path / "tides.md").write_text("# Tides\n\nHigh water is at noon. Bells ring at seven.")
    kit = registry.kit(
        encoders=[f"-{e}" for e in registry.OFFLINE.encoders],
        language_models=[f"openai:model=good,base_url={server.url}"],
    )
    with Library(tmp_path / "kb", kit=kit) as kb:
        kb.index(tmp_path / "tides.md")
        answer = kb.ask("When is high water?")
    (part,) = answer.parts
    assert (part.data, part.origin, part.evidence) == (
        "High water is at noon. [1]",
        "generated",
        (1,),
    )
    assert answer.evidence[0].span.lines == (3, 3)


def test_the_contract(server: Server) -> None:
    """The check that everybody's language model can be put to."""
    check_language_model(model(server, "good"), QUESTION)
