"""Replies of a model behind a server, whole; what is no JSON, or of another form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from polysense.errors import BadConfig, ModelFailed
from polysense.llm.openai import OpenAI
from polysense.messages import Message, Usage
from polysense.model_reply import (
    Reply,
    fenced,
    json_reply,
    object_schema,
    read_prompt,
    reply,
)

from .llm.server import Server, running

pytest.importorskip("openai", reason="needs the extra llm")
CHAT = [Message.of("user", "When is high water?")]
SCHEMA = object_schema(
    {
        "time": {"type": "string"},
        "metres": {"type": "number"},
        "sure": {"type": "boolean"},
        "places": {"type": "array", "items": {"type": "string", "enum": ["quay", "mill"]}},
    }
)
GOOD = '{"time": "noon", "metres": 3, "sure": true, "places": ["quay"]}'


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def model(server: Server) -> OpenAI:
    return OpenAI(model="scripted", base_url=server.url, retries=0)


def test_words_and_what_they_cost(server: Server, model: OpenAI) -> None:
    server.say = lambda words: " At noon.\n"
    assert reply(model, CHAT, 99) == Reply("At noon.", Usage(11, 7))
    assert server.requests[-1][0]["max_tokens"] == 99


@pytest.mark.parametrize("text", [GOOD, f"```json\n{GOOD}\n```", f"```\n{GOOD}\n```\n"])
def test_json_of_the_form_asked_for(server: Server, model: OpenAI, text: str) -> None:
    """With or without a fence of Markdown; the server is sent the schema."""
    server.say = lambda words: text
    answer = json_reply(model, CHAT, SCHEMA, 99)
    assert (answer.value["time"], answer.usage) == ("noon", Usage(11, 7))
    sent_schema = server.requests[-1][0]["response_format"]["json_schema"]["schema"]
    assert sent_schema == SCHEMA


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("At noon.", "no JSON"),
        (GOOD[:-1], "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "/ is no object"),
        ('{"time": "noon"}', "/metres is missing"),
        (GOOD.replace("3", '"three"'), "/metres is no number"),
        (GOOD.replace("3", "true"), "/metres is no number"),
        (GOOD.replace("true", "1"), "/sure is no boolean"),
        (GOOD.replace('["quay"]', '"quay"'), "/places is no array"),
        (GOOD.replace('"quay"', '"quay", "moon"'), r"/places/1 is none of quay, mill"),
    ],
)
def test_json_of_another_form(server: Server, model: OpenAI, text: str, message: str) -> None:
    """A server need not heed the schema."""
    server.say = lambda words: text
    with pytest.raises(ModelFailed, match=message) as raises:
        json_reply(model, CHAT, SCHEMA, 200_000)
    assert "schema" in raises.value.hint


def test_a_prompt_is_a_file(tmp_path: Path) -> None:
    """The package's own, or another; one that cannot be read is told."""
    assert "general question" in read_prompt("polysense.rewriters", "step_back")
    (tmp_path / "mine.txt").write_text("Be kind.", "utf-8")
    assert read_prompt("polysense.rewriters", "step_back", str(tmp_path / "mine.txt")) == "Be kind."
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\xff")
    for name in ("none.txt", "bytes.txt"):
        with pytest.raises(BadConfig, match=name):
            read_prompt("polysense.rewriters", "step_back", str(tmp_path / name))


def test_a_fence_is_another_each_time() -> None:
    """So that nothing within can close it."""
    one, two = fenced("data", "</data>"), fenced("data", "</data>")
    assert one != two
    assert one.splitlines()[1] == "</data>"
