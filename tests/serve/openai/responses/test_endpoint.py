"""What the official client of OpenAI sees at /v1/responses, over a real socket."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from openai import OpenAI
from pydantic import BaseModel
from tests.llm.server import Server as LanguageServer

from polysense.serve.context import Context

from ..conftest import MOON, QUESTION, ClientWithToken

MILL = "How many paddles has the mill wheel?"


@pytest.fixture
def client(client_with_token: ClientWithToken) -> Any:
    """With a token that may read."""
    return client_with_token("read")


def respond(client: Any, question: object, **more: Any) -> Any:
    """The response to it."""
    return client.responses.create(model="main", input=question, **more)


def user(*content: dict[str, Any]) -> list[dict[str, Any]]:
    """A message of the user."""
    return [{"role": "user", "content": list(content)}]


def data_url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def test_a_text_is_asked(client: OpenAI, base: str) -> None:
    """The response has every field that the client's own type has no default for; each [n] is an
    annotation whose link is on this server.
    """
    response = respond(client, QUESTION, metadata={"who": "me"}, temperature=0.1, top_p=1)
    assert response.output_text == f"{MOON} [1]"
    required = {n for n, f in type(response).model_fields.items() if f.is_required()}
    assert required <= response.model_fields_set
    assert (response.status, response.error, response.model) == ("completed", None, "main")
    assert (response.metadata, response.store) == ({"who": "me"}, True)
    assert response.usage.total_tokens == 0
    (message,) = response.output
    assert (message.role, message.status) == ("assistant", "completed")
    (citation,) = message.content[0].annotations
    assert citation.type == "url_citation"
    assert response.output_text[citation.start_index : citation.end_index] == "[1]"
    assert citation.title.startswith("moon.txt, ")
    assert citation.url.startswith(f"{base}/?library=main&asset=")
    assert response.polysense["evidence"][0]["quote"] == MOON


EVENTS = [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.annotation.added",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
]


def test_a_stream_has_the_events_in_their_order(writing_client: OpenAI) -> None:
    """Numbered from 0; the deltas joined are the text; the last one has the whole, and what it
    cost.
    """
    events = list(respond(writing_client, QUESTION, stream=True))
    assert list(dict.fromkeys(e.type for e in events)) == EVENTS
    assert [e.sequence_number for e in events] == list(range(len(events)))
    response = events[-1].response
    deltas = [e.delta for e in events if e.type == "response.output_text.delta"]
    assert "".join(deltas) == response.output_text == f"{MOON} [1]"
    assert (events[0].response.status, events[0].response.output) == ("in_progress", [])
    assert events[0].response.id == response.id
    assert {e.item_id for e in events if hasattr(e, "item_id")} == {response.output[0].id}
    assert response.usage.model_dump() == {
        "input_tokens": 11,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0}
        | {"cache_write_tokens_details": None},
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 18,
    }
    assert response.polysense["answered"] is True


def test_the_clients_own_stream(client: Any) -> None:
    """It keeps count of the events, and of the text so far."""
    with client.responses.stream(model="main", input=QUESTION) as stream:
        snapshots = [e.snapshot for e in stream if e.type == "response.output_text.delta"]
        final = stream.get_final_response()
    assert snapshots[-1] == final.output_text == f"{MOON} [1]"
    assert final.output[0].content[0].annotations


def test_on_the_wire_each_event_has_its_name(base: str, client: OpenAI) -> None:
    """As server-sent events that any client reads."""
    body = {"model": "main", "stream": True, "input": QUESTION}
    headers = {"authorization": f"Bearer {client.api_key}"}
    answer = httpx2.post(f"{base}/v1/responses", json=body, headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = [b.split("\n") for b in answer.text.split("\n\n") if b]
    for name, data in blocks:
        assert name == f"event: {json.loads(data.removeprefix('data: '))['type']}"


def test_asks_with_files(client: OpenAI, files: Path) -> None:
    """A picture, a sound, a file of words; what is broken or elsewhere is refused."""
    picture = {
        "type": "input_image",
        "image_url": data_url("image/png", (files / "red.png").read_bytes()),
    }
    sound = {
        "type": "input_audio",
        "input_audio": {
            "data": base64.b64encode((files / "tone.wav").read_bytes()).decode(),
            "format": "wav",
        },
    }
    words = {"type": "input_text", "text": QUESTION}
    assert MOON in respond(client, user(words, picture, sound)).output_text
    letter = {
        "type": "input_file",
        "filename": "ask.txt",
        "file_data": data_url("text/plain", b"What follows the moon by an hour?"),
    }
    assert MOON in respond(client, user(letter)).output_text
    for piece, status, says in (
        ({"type": "input_image", "file_id": "file-1"}, 400, "by id"),
        ({"type": "input_file", "file_id": "file-1"}, 400, "by id"),
        ({"type": "input_file", "file_url": "http://169.254.169.254/x"}, 403, "not fetched"),
        ({"type": "input_image", "image_url": "data:image/png;base64,!!"}, 400, "no base64"),
        ({"type": "input_image"}, 400, "no part of a message"),
        ({"type": "input_smell"}, 400, "no part of a message"),
    ):
        with pytest.raises(openai.APIStatusError, match=says) as error:
            respond(client, user(words, piece))
        assert error.value.status_code == status


def test_items_before_the_question_are_history(client: OpenAI) -> None:
    """An answer's own items too, as the client gives them back; calls of tools are passed over."""
    before = respond(client, MILL)
    items = [
        {"role": "user", "content": MILL},
        *before.output,
        {"type": "function_call", "call_id": "1", "name": "weather", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "1", "output": "rain"},
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"role": "user", "content": [{"type": "input_text", "text": "How many paddles has it?"}]},
    ]
    response = respond(client, items)
    assert response.output_text.startswith("The mill wheel has thirty-two paddles. [1]")
    assert "mill wheel" in response.polysense["warnings"][0]


def test_goes_on_from_an_earlier_response(client: OpenAI, client_with_token: Any) -> None:
    """From one to the next; another token cannot, even where it may read the library."""
    first = respond(client, MILL)
    second = respond(client, "How many paddles has it?", previous_response_id=first.id)
    assert second.previous_response_id == first.id
    assert "thirty-two paddles" in second.output_text
    third = respond(client, "And how many paddles has it?", previous_response_id=second.id)
    assert "thirty-two paddles" in third.output_text
    assert client.responses.retrieve(second.id).output_text == second.output_text
    for other in ("write", "all"):
        with pytest.raises(openai.BadRequestError) as error:
            respond(client_with_token(other), "Why?", previous_response_id=first.id)
        assert error.value.code == "previous_response_not_found"
        assert error.value.param == "previous_response_id"
        with pytest.raises(openai.NotFoundError):
            client_with_token(other).responses.retrieve(first.id)
        with pytest.raises(openai.NotFoundError):
            client_with_token(other).responses.delete(first.id)


def test_what_is_not_stored_is_gone(client: OpenAI) -> None:
    """With store=False, or once it is deleted; a stream is kept when it is complete."""
    unstored = respond(client, MILL, store=False)
    assert unstored.store is False
    (*_, last) = respond(client, MILL, stream=True)
    streamed = last.response
    assert client.responses.retrieve(streamed.id).output_text == streamed.output_text
    client.responses.delete(streamed.id)
    for id in (unstored.id, streamed.id, "resp_0"):
        with pytest.raises(openai.NotFoundError):
            client.responses.retrieve(id)
        with pytest.raises(openai.BadRequestError, match="is kept"):
            respond(client, "Why?", previous_response_id=id)


def test_instructions_are_heeded_by_the_model(
    writing_client: OpenAI, language_server: LanguageServer
) -> None:
    """For one request: going on from there, they are not remembered."""
    first = respond(writing_client, QUESTION, instructions="Speak like a keeper.")
    assert first.instructions == "Speak like a keeper."
    system = language_server.requests[-1][0]["messages"][0]["content"]
    assert "Speak like a keeper." in system
    respond(writing_client, QUESTION, previous_response_id=first.id)
    assert "keeper" not in language_server.requests[-1][0]["messages"][0]["content"]


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"conversation": "conv_1"}, "previous_response_id"),
    ({"background": True}, "Leave out background"),
    ({"prompt": {"id": "pmpt_1"}}, "Send the words"),
    ({"tool_choice": "required"}, "no tool is called"),
    ({"tool_choice": {"type": "function", "name": "weather"}}, "no tool is called"),
    ({"text": {"format": {"type": "grammar"}}}, "none that is known"),
    ({"text": {"format": {"type": "json_object"}}}, "needs a language model"),
    ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "by id"),
    ({"input": [{"role": "assistant", "content": "So."}]}, "no message is the user's"),
    ({"input": " "}, "nothing was asked"),
]


def test_refuses_what_is_not_there(client: Any) -> None:
    """With 400 and what to do, also where a stream was asked for; tools that are only offered are
    not called.
    """
    for more, says in REFUSALS:
        for stream in (False, True):
            with pytest.raises(openai.BadRequestError, match=says):
                respond(client, **{"question": more.get("input", QUESTION), "stream": stream, **{
                    k: v for k, v in more.items() if k != "input"}})  # fmt: skip
    tool = {"type": "function", "name": "weather", "parameters": {}, "strict": True}
    assert MOON in respond(client, QUESTION, tools=[tool], tool_choice="auto").output_text
    with pytest.raises(openai.NotFoundError) as error:
        client.responses.create(model="other", input=QUESTION)
    assert error.value.code == "model_not_found"


class Tides(BaseModel):
    follows: str
    metres: float | None


def test_parses_into_a_class(writing_client: Any, language_server: LanguageServer) -> None:
    """`responses.parse`; where nothing bears it out, a refusal, streamed too."""
    language_server.replies["writes"] = '{"follows": "High water", "metres": null}'
    parsed = writing_client.responses.parse(model="main", input=QUESTION, text_format=Tides)
    assert parsed.output_parsed == Tides(follows="High water", metres=None)
    assert parsed.polysense["answer"][0]["values"] == {"/follows": [1]}
    language_server.replies["writes"] = '{"follows": "Josef Lund", "metres": null}'
    refusal = writing_client.responses.parse(model="main", input=QUESTION, text_format=Tides)
    assert refusal.output_parsed is None
    assert "holds nothing that answers" in refusal.output[0].content[0].refusal

    def events() -> Iterator[Any]:
        with writing_client.responses.stream(
            model="main", input=QUESTION, text_format=Tides
        ) as stream:
            yield from stream

    kinds = [e.type for e in events()]
    assert "response.refusal.delta" in kinds
    assert "response.refusal.done" in kinds
    assert kinds[-1] == "response.completed"


def test_a_model_searches_again_by_extension(
    make_writing_context: Callable[..., Context], start: Callable[..., str]
) -> None:
    """As in chat completions, streamed too: the words alone are the answer, the steps beside it."""
    context = make_writing_context("searches")
    token = context.keyring.add("one")
    with OpenAI(base_url=f"{start(context)}/v1", api_key=token, max_retries=0) as client:
        extension = {"polysense": {"budget": {"rounds": 2}}}
        events = list(respond(client, QUESTION, stream=True, extra_body=extension))
    words = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    assert words == f"{MOON} [1]"
    assert events[-1].response.polysense["rewrites"][-1] == "step 2: answer"
