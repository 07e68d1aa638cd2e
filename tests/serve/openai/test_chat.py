"""What the official client of OpenAI sees at /v1, over a real socket."""

from __future__ import annotations

import base64
import io
import shutil
import wave
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import openai
import pytest
from openai import OpenAI
from tests.llm.server import Server as LanguageServer

from polysense import registry
from polysense.serve.context import Context
from polysense.serve.run import build_context
from polysense.serve.settings import ServerSettings

from .conftest import MOON, QUESTION, ClientWithToken, ask


def data_url(kind: str, data: bytes) -> str:
    """As clients send files."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def test_answers_cite_their_places(client_with_token: ClientWithToken, base: str) -> None:
    """The words are the library's own, each [n] is an annotation whose link is on this server, and
    what OpenAI knows besides is ignored.
    """
    completion = ask(
        client_with_token("read"), QUESTION, temperature=0.2, max_tokens=5, seed=1, tools=[]
    )
    message = completion.choices[0].message
    assert message.content.splitlines()[0] == f"{MOON} [1]"
    assert completion.choices[0].finish_reason == "stop"
    assert (completion.usage.total_tokens, completion.usage.prompt_tokens) == (0, 0)
    citation = message.annotations[0].url_citation
    assert message.content[citation.start_index : citation.end_index] == "[1]"
    assert citation.title.startswith("moon.txt, ")
    assert citation.url.startswith(f"{base}/?library=main&asset=")
    assert completion.polysense["answered"] is True
    assert completion.polysense["evidence"][0]["quote"] == MOON


def test_streams_the_same_answer(client_with_token: ClientWithToken) -> None:
    """Pieces joined are the answer; the last ones carry the annotations, why it ended, and the
    count where it is wanted.
    """
    client = client_with_token("read")
    whole = ask(client, QUESTION).choices[0].message
    chunks = list(ask(client, QUESTION, stream=True, stream_options={"include_usage": True}))
    deltas = [c.choices[0].delta for c in chunks if c.choices]
    assert "".join(d.content or "" for d in deltas) == whole.content
    assert deltas[0].role == "assistant"
    assert deltas[-2].annotations == [a.model_dump() for a in whole.annotations]
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-2].polysense["answered"] is True
    assert chunks[-1].usage.total_tokens == 0
    assert len({c.id for c in chunks}) == 1
    with client.chat.completions.stream(
        model="main", messages=[{"role": "user", "content": QUESTION}]
    ) as stream:
        assert stream.get_final_completion().choices[0].message.content == whole.content


def test_says_when_it_does_not_know(client_with_token: ClientWithToken) -> None:
    """No support in the library: the text says so, and `answered` does."""
    completion = ask(client_with_token("read"), "Who won the chess olympiad of 1972?")
    assert completion.polysense["answered"] is False
    assert "holds nothing that answers" in completion.choices[0].message.content


def test_the_last_user_message_is_the_question(client_with_token: ClientWithToken) -> None:
    """Nothing of earlier turns, of the system or of an answer is searched for."""
    turns = [
        {"role": "system", "content": "You speak of bells."},
        {"role": "user", "content": "How many paddles has the mill wheel?"},
        {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        {"role": "assistant", "content": "The old bell is cracked."},
    ]
    completion = client_with_token("read").chat.completions.create(model="main", messages=turns)  # type: ignore[arg-type]
    assert {e["uri"].rpartition("/")[2] for e in completion.polysense["evidence"]} == {"moon.txt"}  # type: ignore[attr-defined]


def test_asks_with_files(client_with_token: ClientWithToken, files: Path) -> None:
    """A file's own words are the question; pictures and sounds come along with words; the places
    found are not the question's own file.
    """
    client = client_with_token("read")
    letter = {
        "type": "file",
        "file": {
            "filename": "ask.txt",
            "file_data": base64.b64encode(b"What follows the moon by an hour?").decode(),
        },
    }
    assert MOON in ask(client, [letter]).choices[0].message.content
    picture = {
        "type": "image_url",
        "image_url": {"url": data_url("image/png", (files / "red.png").read_bytes())},
    }
    sound = {
        "type": "input_audio",
        "input_audio": {
            "data": base64.b64encode((files / "tone.wav").read_bytes()).decode(),
            "format": "wav",
        },
    }
    completion = ask(client, [{"type": "text", "text": QUESTION}, picture, sound])
    assert MOON in completion.choices[0].message.content
    plain = {
        "type": "file",
        "file": {"file_data": "data:text/plain,What%20follows%20the%20moon%3F"},
    }
    assert MOON in ask(client, [plain]).choices[0].message.content


def test_filters_by_extension(client_with_token: ClientWithToken) -> None:
    """`polysense` in the request narrows what is searched, as in the API."""
    completion = ask(
        client_with_token("read"),
        QUESTION,
        extra_body={"polysense": {"where": "name = 'mill.txt'"}},
    )
    assert {e["uri"].rpartition("/")[2] for e in completion.polysense["evidence"]} <= {"mill.txt"}


UNREADABLE: list[tuple[Any, int, str]] = [
    (
        [{"type": "image_url", "image_url": {"url": "http://169.254.169.254/latest"}}],
        403,
        "not fetched from",
    ),
    (
        [{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}],
        400,
        "no address that can be fetched",
    ),
    ([{"type": "image_url", "image_url": {"url": "data:image/png;base64,!!"}}], 400, "no base64"),
    ([{"type": "image_url", "image_url": {"url": "data:image/png;base64,"}}], 400, "empty"),
    ([{"type": "file", "file": {"file_id": "file-1"}}], 400, "file_data"),
    ([{"type": "smell"}], 400, "no part of a message"),
    ([{"type": "text", "text": " "}], 400, "nothing was asked"),
    ([{"type": "image_url", "image_url": {"url": "data:,x"}}] * 17, 400, "more than 16"),
]


def test_refuses_what_it_cannot_read(client_with_token: ClientWithToken) -> None:
    """Addresses of inner networks, broken files and unknown parts are told, before anything is
    streamed.
    """
    for content, status, says_so in UNREADABLE:
        for stream in (False, True):
            with pytest.raises(openai.APIStatusError, match=says_so) as error:
                ask(client_with_token("read"), content, stream=stream)
            assert error.value.status_code == status


def test_other_media_are_links(
    client_with_token: ClientWithToken, tokens: Mapping[str, str]
) -> None:
    """A table, a picture and a program made for an answer are in the markdown, each at an address
    that gives it, cited.
    """
    completion = ask(
        client_with_token("read"),
        "How many metres at each pier?",
        modalities=["text", "table", "image", "code"],
    )
    content = completion.choices[0].message.content
    links = [part.partition(")")[0] for part in content.split("](")[1:]]
    kinds = []
    for link in links:
        answer = httpx2.get(link, headers={"authorization": f"Bearer {tokens['read']}"})
        assert answer.status_code == 200
        kinds.append(answer.headers["content-type"].partition(";")[0])
    assert "image/png" in kinds
    assert "![" in content
    citations = [
        content[a.url_citation.start_index : a.url_citation.end_index]
        for a in completion.choices[0].message.annotations
    ]
    assert citations
    assert set(citations) <= {f"[{n}]" for n in range(1, len(completion.polysense["evidence"]) + 1)}
    streamed = ask(
        client_with_token("read"),
        "How many metres at each pier?",
        modalities=["text", "table", "image", "code"],
        stream=True,
    )
    assert "".join(c.choices[0].delta.content or "" for c in streamed) == content


@pytest.fixture
def speech_client(template: Path, tmp_path: Path, start: Callable[..., str]) -> Iterator[OpenAI]:
    """The client of a server that can speak."""
    without = [f"-{c}" for c in registry.OFFLINE.converters if c != "speech"]
    kit = registry.kit(encoders=[f"-{e}" for e in registry.OFFLINE.encoders], converters=without)
    shutil.copytree(template, tmp_path / "own")
    context = build_context(ServerSettings(home=tmp_path / "heard"), str(tmp_path / "own"), kit)
    token = context.keyring.add("one")
    with OpenAI(base_url=f"{start(context)}/v1", api_key=token, max_retries=0) as client:
        yield client


def test_answers_can_be_heard(speech_client: OpenAI) -> None:
    """message.audio is the answer spoken, in the format asked for, with its words; streamed, it
    comes in one piece.
    """
    message = (
        ask(
            speech_client,
            QUESTION,
            modalities=["text", "audio"],
            audio={"voice": "alloy", "format": "wav"},
        )
        .choices[0]
        .message
    )
    assert MOON in message.content
    assert message.content.splitlines()[-1].endswith(" [1]")  # what is heard is linked, and cited
    assert "moon" in message.audio.transcript
    with wave.open(io.BytesIO(base64.b64decode(message.audio.data))) as file:
        assert file.getnframes() / file.getframerate() > 1
    mp3 = (
        ask(
            speech_client,
            QUESTION,
            modalities=["text", "audio"],
            audio={"voice": "alloy", "format": "mp3"},
        )
        .choices[0]
        .message.audio
    )
    assert base64.b64decode(mp3.data)[:3] == b"ID3" or base64.b64decode(mp3.data)[0] == 0xFF
    chunks = ask(
        speech_client,
        QUESTION,
        modalities=["text", "audio"],
        audio={"voice": "alloy", "format": "pcm16"},
        stream=True,
    )
    sounds = [c.choices[0].delta.audio for c in chunks if c.choices and c.choices[0].delta.audio]
    assert len(sounds) == 1
    samples = np.frombuffer(base64.b64decode(sounds[0].data), "<i2")
    assert len(samples) > 24_000
    assert np.abs(samples).max() > 1000


def test_a_model_is_a_library(client_with_token: ClientWithToken) -> None:
    """The name chooses it; a library that the token may not read is not there."""
    body: Any = {"messages": [{"role": "user", "content": QUESTION}]}
    completion = client_with_token("other").chat.completions.create(model="other", **body)
    assert completion.model == "other"
    assert MOON in (completion.choices[0].message.content or "")
    for client, name in (
        (client_with_token("other"), "main"),
        (client_with_token("read"), "other"),
        (client_with_token("all"), "../kb"),
    ):
        with pytest.raises(openai.NotFoundError) as error:
            client.chat.completions.create(model=name, **body)
        assert (error.value.code, error.value.param, error.value.type) == (
            "model_not_found",
            "model",
            "invalid_request_error",
        )


def test_usage_is_what_the_model_read_and_wrote(writing_client: OpenAI) -> None:
    """As its own server counts it; in a stream, where it is wanted."""
    completion = ask(writing_client, QUESTION)
    assert completion.choices[0].message.content == f"{MOON} [1]"
    assert completion.usage.model_dump(exclude_none=True) == {
        "prompt_tokens": 11,
        "completion_tokens": 7,
        "total_tokens": 18,
    }
    assert completion.polysense["usage"] == {"input_tokens": 11, "output_tokens": 7}
    assert completion.polysense["answer"][0]["origin"] == "generated"
    chunks = list(
        ask(writing_client, QUESTION, stream=True, stream_options={"include_usage": True})
    )
    assert chunks[-1].usage.total_tokens == 18
    unsupported = ask(writing_client, "Who won the chess olympiad of 1972?")
    assert unsupported.usage.total_tokens == 0


def test_the_system_is_heeded_by_the_model(
    writing_client: OpenAI, language_server: LanguageServer
) -> None:
    """It is told after our rules, wherever it stands and however it is called; what it says has no
    part in what is searched.
    """
    wishes = [
        {"role": "system", "content": "Speak like a keeper."},
        {"role": "developer", "content": [{"type": "text", "text": "Never cite bells."}]},
    ]
    question = {"role": "user", "content": QUESTION}
    for messages in ([*wishes, question], [question, *wishes]):
        completion = writing_client.chat.completions.create(model="main", messages=messages)  # type: ignore[arg-type]
        assert completion.choices[0].message.content == f"{MOON} [1]"
        system, user = language_server.requests[-1][0]["messages"]
        rules, _, block = system["content"].partition("Whoever asks also wants")
        assert "square brackets" in rules
        assert "Speak like a keeper.\nNever cite bells." in block
        assert "keeper" not in user["content"]


def test_what_was_asked_before_makes_a_question_whole(client_with_token: ClientWithToken) -> None:
    """As what it was read is told in `polysense`."""
    turns = [
        {"role": "user", "content": "How many paddles has the mill wheel?"},
        {"role": "assistant", "content": "The mill wheel has thirty-two paddles. [1]"},
        {"role": "user", "content": "How many paddles has it?"},
    ]
    completion: Any = client_with_token("read").chat.completions.create(
        model="main", messages=turns
    )  # type: ignore[arg-type]
    assert completion.polysense["answered"] is True
    (warning,) = completion.polysense["warnings"]
    assert warning.startswith("read with what was asked before as: ")
    assert "mill wheel" in warning
    assert "mill wheel" in completion.polysense["rewrites"][0]


def test_a_model_searches_again_by_extension(
    make_writing_context: Callable[..., Context], start: Callable[..., str]
) -> None:
    """A field that unchanged clients need not send; its steps stand in `polysense`, and what the
    server does not grant in a warning.
    """
    context = make_writing_context("searches", rounds=3)
    token = context.keyring.add("one")
    with OpenAI(base_url=f"{start(context)}/v1", api_key=token, max_retries=0) as client:
        extension = {"polysense": {"budget": {"rounds": 9}}}
        completion: Any = ask(client, QUESTION, extra_body=extension)
    assert completion.choices[0].message.content == f"{MOON} [1]"
    steps = completion.polysense["rewrites"]
    assert steps[0].startswith("step 1: polysense search 'mill wheel'")
    assert steps[1] == "step 2: answer"
    assert completion.polysense["warnings"] == [
        "this server lets a model search again within less: rounds 3, not 9"
    ]
    assert completion.usage.total_tokens == 3 * 18


def test_without_a_model_the_extension_is_refused(client_with_token: ClientWithToken) -> None:
    """As everywhere: nobody is to believe that it was searched again."""
    with pytest.raises(openai.BadRequestError, match="needs a language model"):
        ask(client_with_token("read"), QUESTION, extra_body={"polysense": {"budget": {}}})
