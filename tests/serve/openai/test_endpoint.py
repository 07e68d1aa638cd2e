"""What the official client of OpenAI sees at /v1, over a real socket."""

from __future__ import annotations

import base64
import io
import json
import shutil
import wave
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import httpx2
import numpy as np
import openai
import pytest
from openai import OpenAI

from polysense import registry
from polysense.errors import NotFound
from polysense.protocols import Encoder, Vectors
from polysense.read.sound import decode
from polysense.registry import Kit
from polysense.results import Answer, AnswerPart
from polysense.serve.context import Context
from polysense.serve.openai.chat import Saying, sound
from polysense.serve.openai.endpoint import chunks
from polysense.serve.run import made
from polysense.serve.settings import Serving
from polysense.types import Asset, Chunk, Evidence, Hit, Mark, Part, Role, Route, Space, Span

MOON = "High water follows the moon by an hour."
QUESTION = "What follows the moon?"

Speaks = Callable[[str], OpenAI]


@pytest.fixture
def base(context: Context, tokens: Mapping[str, str], start: Callable[..., str]) -> str:
    """A server with tokens."""
    return start(context)


@pytest.fixture
def speaks(base: str, tokens: Mapping[str, str]) -> Iterator[Speaks]:
    """speaks("read") is the client with that token."""
    clients: dict[str, OpenAI] = {}

    def client(name: str) -> OpenAI:
        if name not in clients:
            clients[name] = OpenAI(
                base_url=f"{base}/v1", api_key=tokens.get(name, name), max_retries=0
            )
        return clients[name]

    yield client
    for each in clients.values():
        each.close()


def says(client: OpenAI, content: Any, **more: Any) -> Any:
    """The answer to one message."""
    return client.chat.completions.create(
        model="main", messages=[{"role": "user", "content": content}], **more
    )


def data_url(kind: str, data: bytes) -> str:
    """As clients send files."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def test_answers_cite_their_places(speaks: Speaks, base: str) -> None:
    """The words are the library's own, each [n] is an annotation whose link is on this server, and
    what OpenAI knows besides is ignored.
    """
    given = says(speaks("read"), QUESTION, temperature=0.2, max_tokens=5, seed=1, tools=[])
    message = given.choices[0].message
    assert message.content.splitlines()[0] == f"{MOON} [1]"
    assert given.choices[0].finish_reason == "stop"
    assert (given.usage.total_tokens, given.usage.prompt_tokens) == (0, 0)
    cited = message.annotations[0].url_citation
    assert message.content[cited.start_index : cited.end_index] == "[1]"
    assert cited.title.startswith("moon.txt, ")
    assert cited.url.startswith(f"{base}/?library=main&asset=")
    assert given.polysense["answered"] is True
    assert given.polysense["evidence"][0]["quote"] == MOON


def test_streams_the_same_answer(speaks: Speaks) -> None:
    """Pieces joined are the answer; the last ones carry the annotations, why it ended, and the
    count where it is wanted.
    """
    client = speaks("read")
    whole = says(client, QUESTION).choices[0].message
    chunks = list(says(client, QUESTION, stream=True, stream_options={"include_usage": True}))
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


def test_says_when_it_does_not_know(speaks: Speaks) -> None:
    """No support in the library: the text says so, and `answered` does."""
    given = says(speaks("read"), "Who won the chess olympiad of 1972?")
    assert given.polysense["answered"] is False
    assert "holds nothing that answers" in given.choices[0].message.content


def test_the_last_user_message_is_the_question(speaks: Speaks) -> None:
    """Nothing of earlier turns, of the system or of an answer is searched for."""
    turns = [
        {"role": "system", "content": "You speak of bells."},
        {"role": "user", "content": "How many paddles has the mill wheel?"},
        {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        {"role": "assistant", "content": "The old bell is cracked."},
    ]
    given = speaks("read").chat.completions.create(model="main", messages=turns)  # type: ignore[arg-type]
    assert {e["uri"].rpartition("/")[2] for e in given.polysense["evidence"]} == {"moon.txt"}  # type: ignore[attr-defined]


def test_asks_with_files(speaks: Speaks, files: Path) -> None:
    """A file's own words are the question; pictures and sounds come along with words; the places
    found are not the question's own file.
    """
    client = speaks("read")
    letter = {
        "type": "file",
        "file": {
            "filename": "ask.txt",
            "file_data": base64.b64encode(b"What follows the moon by an hour?").decode(),
        },
    }
    assert MOON in says(client, [letter]).choices[0].message.content
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
    given = says(client, [{"type": "text", "text": QUESTION}, picture, sound])
    assert MOON in given.choices[0].message.content
    plain = {
        "type": "file",
        "file": {"file_data": "data:text/plain,What%20follows%20the%20moon%3F"},
    }
    assert MOON in says(client, [plain]).choices[0].message.content


def test_filters_by_extension(speaks: Speaks) -> None:
    """`polysense` in the request narrows what is searched, as in the API."""
    given = says(speaks("read"), QUESTION, extra_body={"polysense": {"where": "name = 'mill.txt'"}})
    assert {e["uri"].rpartition("/")[2] for e in given.polysense["evidence"]} <= {"mill.txt"}


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


def test_refuses_what_it_cannot_read(speaks: Speaks) -> None:
    """Addresses of inner networks, broken files and unknown parts are told, before anything is
    streamed.
    """
    for content, status, says_so in UNREADABLE:
        for stream in (False, True):
            with pytest.raises(openai.APIStatusError, match=says_so) as caught:
                says(speaks("read"), content, stream=stream)
            assert caught.value.status_code == status


def test_other_media_are_links(speaks: Speaks, tokens: Mapping[str, str]) -> None:
    """A table, a picture and a program made for an answer are in the markdown, each at an address
    that gives it, cited.
    """
    given = says(
        speaks("read"),
        "How many metres at each pier?",
        modalities=["text", "table", "image", "code"],
    )
    said = given.choices[0].message.content
    links = [part.partition(")")[0] for part in said.split("](")[1:]]
    kinds = []
    for link in links:
        answer = httpx2.get(link, headers={"authorization": f"Bearer {tokens['read']}"})
        assert answer.status_code == 200
        kinds.append(answer.headers["content-type"].partition(";")[0])
    assert "image/png" in kinds
    assert "![" in said
    cited = [
        said[a.url_citation.start_index : a.url_citation.end_index]
        for a in given.choices[0].message.annotations
    ]
    assert cited
    assert set(cited) <= {f"[{n}]" for n in range(1, len(given.polysense["evidence"]) + 1)}
    streamed = says(
        speaks("read"),
        "How many metres at each pier?",
        modalities=["text", "table", "image", "code"],
        stream=True,
    )
    assert "".join(c.choices[0].delta.content or "" for c in streamed) == said


def test_citations_in_code_are_none() -> None:
    """row[1] in a program is no citation, and neither is a number beyond the evidence."""
    saying = Saying()
    saying.add("Two of them [3].")
    saying.add("```python\nrow[1]\n```", words=False)
    assert saying.annotations([], None, "") == []  # type: ignore[arg-type]
    assert saying.text.endswith("row[1]\n```")


@pytest.fixture
def heard(template: Path, tmp_path: Path, start: Callable[..., str]) -> Iterator[OpenAI]:
    """The client of a server that can speak."""
    without = [f"-{c}" for c in registry.OFFLINE.converters if c != "speech"]
    kit = registry.kit(encoders=[f"-{e}" for e in registry.OFFLINE.encoders], converters=without)
    shutil.copytree(template, tmp_path / "own")
    context = made(Serving(home=tmp_path / "heard"), str(tmp_path / "own"), kit)
    token = context.keyring.add("one")
    with OpenAI(base_url=f"{start(context)}/v1", api_key=token, max_retries=0) as client:
        yield client


def test_answers_can_be_heard(heard: OpenAI) -> None:
    """message.audio is the answer spoken, in the format asked for, with its words; streamed, it
    comes in one piece.
    """
    given = (
        says(
            heard, QUESTION, modalities=["text", "audio"], audio={"voice": "alloy", "format": "wav"}
        )
        .choices[0]
        .message
    )
    assert MOON in given.content
    assert given.content.splitlines()[-1].endswith(" [1]")  # what is heard is linked, and cited
    assert "moon" in given.audio.transcript
    with wave.open(io.BytesIO(base64.b64decode(given.audio.data))) as file:
        assert file.getnframes() / file.getframerate() > 1
    mp3 = (
        says(
            heard, QUESTION, modalities=["text", "audio"], audio={"voice": "alloy", "format": "mp3"}
        )
        .choices[0]
        .message.audio
    )
    assert base64.b64decode(mp3.data)[:3] == b"ID3" or base64.b64decode(mp3.data)[0] == 0xFF
    chunks = says(
        heard,
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


class Letters(Encoder):
    """Counts letters: a text encoder without a model."""

    accepts = frozenset({"text"})
    space = Space("alphabet", "1", 26)

    def encode(self, parts: Sequence[Part], role: Role = "document") -> Vectors:
        """Of unit length; NaN where there are no letters."""
        rows = [[str(p.data).lower().count(chr(97 + i)) for i in range(26)] for p in parts]
        counted = np.asarray(rows, np.float32)
        length = np.linalg.norm(counted, axis=1, keepdims=True)
        return np.divide(counted, length, out=np.full_like(counted, np.nan), where=length > 0)


@pytest.fixture
def encodes(
    template: Path, tmp_path: Path, bare: Kit, start: Callable[..., str]
) -> Iterator[OpenAI]:
    """The client of a server with an encoder of words, called letters, of the space alphabet."""
    kit = replace(bare, encoders={"letters": Letters()})
    shutil.copytree(template, tmp_path / "own")
    context = made(Serving(home=tmp_path / "encodes"), str(tmp_path / "own"), kit)
    token = context.keyring.add("one")
    with OpenAI(base_url=f"{start(context)}/v1", api_key=token, max_retries=0) as client:
        yield client


def test_embeddings(encodes: OpenAI) -> None:
    """One vector for each input, by the encoder's name or its space's, the same as numbers and as
    base64.
    """
    texts = ["a red bicycle", "cycle bride"]
    given = encodes.embeddings.create(model="letters", input=texts)
    assert [len(d.embedding) for d in given.data] == [26, 26]
    assert [d.index for d in given.data] == [0, 1]
    assert np.allclose(
        [d.embedding for d in given.data], Letters().encode([Part("text", t) for t in texts])
    )
    one = encodes.embeddings.create(
        model="alphabet", input=texts[0], encoding_format="float", dimensions=26
    )
    assert np.allclose(one.data[0].embedding, given.data[0].embedding)
    assert given.usage.total_tokens == 0


UNENCODABLE: list[tuple[dict[str, Any], int, str]] = [
    ({"model": "letters", "input": [1, 2, 3]}, 400, "tokens are not taken"),
    ({"model": "letters", "input": [[1, 2], [3]]}, 400, "tokens are not taken"),
    ({"model": "letters", "input": []}, 400, "input is empty"),
    ({"model": "letters", "input": ["x"] * 2049}, 400, "too much"),
    ({"model": "letters", "input": ["x", "123"]}, 400, "input 1 has nothing to encode"),
    ({"model": "letters", "input": "x", "dimensions": 5}, 400, "26 dimensions"),
    ({"model": "main", "input": "x"}, 404, "no encoder"),
    ({"model": "letters"}, 400, "input"),
]


def test_embeddings_refuse(encodes: OpenAI) -> None:
    """What cannot be encoded is told, with the status that OpenAI gives it."""
    for asked, status, says_so in UNENCODABLE:
        with pytest.raises(openai.APIStatusError, match=says_so) as caught:
            encodes.post("/embeddings", body=asked, cast_to=object)
        assert caught.value.status_code == status


def test_models(speaks: Speaks, encodes: OpenAI) -> None:
    """Libraries and encoders are the models; a token sees those libraries only that it may read."""
    assert [m.id for m in encodes.models.list()] == ["main", "letters", "alphabet"]
    assert encodes.models.retrieve("alphabet").owned_by == "polysense"
    assert [m.id for m in speaks("read").models.list()] == ["main"]
    assert [m.id for m in speaks("all").models.list()] == ["main", "other"]
    assert [m.id for m in speaks("other").models.list()] == ["other"]


def test_a_model_is_a_library(speaks: Speaks) -> None:
    """The name chooses it; a library that the token may not read is not there."""
    asked: Any = {"messages": [{"role": "user", "content": QUESTION}]}
    given = speaks("other").chat.completions.create(model="other", **asked)
    assert given.model == "other"
    assert MOON in (given.choices[0].message.content or "")
    for client, name in (
        (speaks("other"), "main"),
        (speaks("read"), "other"),
        (speaks("all"), "../kb"),
    ):
        with pytest.raises(openai.NotFoundError) as caught:
            client.chat.completions.create(model=name, **asked)
        assert (caught.value.code, caught.value.param, caught.value.type) == (
            "model_not_found",
            "model",
            "invalid_request_error",
        )


def test_errors_are_in_the_shape_that_the_client_reads(speaks: Speaks, base: str) -> None:
    """A wrong token, a malformed request, an unknown path, an answer that cannot be: each has its
    status, code and words.
    """
    with pytest.raises(openai.AuthenticationError) as denied:
        says(speaks("wrong"), QUESTION)
    assert (denied.value.code, denied.value.type) == ("invalid_api_key", "authentication_error")
    with pytest.raises(openai.BadRequestError) as malformed:
        speaks("read").chat.completions.create(model="main", messages=[])
    assert (malformed.value.code, malformed.value.param) == ("malformed", "messages")
    with pytest.raises(openai.NotFoundError) as nowhere:
        speaks("read").get("/nothing", cast_to=object)
    assert nowhere.value.code == "not_found"
    for stream in (False, True):
        with pytest.raises(openai.UnprocessableEntityError, match="smell") as no_way:
            says(speaks("read"), QUESTION, modalities=["smell"], stream=stream)
        assert no_way.value.code == "no_route"
    for more in ({"n": 2}, {"response_format": {"type": "json_object"}}):
        with pytest.raises(openai.BadRequestError):
            says(speaks("read"), QUESTION, **more)
    raw = httpx2.post(
        f"{base}/v1/chat/completions", content=b"{", headers={"content-type": "application/json"}
    )
    assert raw.status_code == 401
    assert set(raw.json()["error"]) == {"message", "type", "param", "code"}
    assert raw.headers["www-authenticate"].startswith("Bearer")


def test_a_stream_ends_with_done(base: str, tokens: Mapping[str, str]) -> None:
    """As server-sent events that any client reads: data lines, then [DONE]."""
    body = {"model": "main", "stream": True, "messages": [{"role": "user", "content": QUESTION}]}
    answer = httpx2.post(
        f"{base}/v1/chat/completions",
        json=body,
        headers={"authorization": f"Bearer {tokens['read']}"},
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in answer.text.split("\n\n") if line]
    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"


def test_who_leaves_a_stream_holds_nobody_up(
    served: Callable[..., Context], start: Callable[..., str]
) -> None:
    """The one turn there is comes free when the client closes the stream."""
    context = served(at_once=1, patience=5)
    token = context.keyring.add("one")
    with OpenAI(base_url=f"{start(context)}/v1", api_key=token, max_retries=0) as client:
        for _ in range(3):
            stream = says(client, QUESTION, stream=True)
            assert next(iter(stream)).choices[0].delta.role == "assistant"
            stream.close()
        assert MOON in says(client, QUESTION).choices[0].message.content


def test_a_stream_that_breaks_says_why() -> None:
    """What goes wrong after the first piece is an event that the client raises; what nobody foresaw
    tells nothing of the inside.
    """

    async def breaking(error: Exception) -> AsyncGenerator[dict[str, Any], None]:
        yield {"delta": {"content": "High water"}}
        raise error

    async def events(error: Exception) -> list[dict[str, Any]]:
        pieces = breaking(error)
        return [
            json.loads(line.removeprefix(b"data: "))
            async for line in chunks(await anext(pieces), pieces, {"id": "1"}, False)
        ]

    foreseen = anyio.run(events, NotFound("moon.txt is gone", "Put it back."))
    assert [e["choices"][0]["delta"].get("content") for e in foreseen[:-1]] == ["", "High water"]
    assert foreseen[-1]["error"]["message"] == "moon.txt is gone. Put it back."
    assert foreseen[-1]["error"]["code"] == "not_found"
    unforeseen = anyio.run(events, ZeroDivisionError("in /home/me/secret.py"))[-1]["error"]
    assert unforeseen["type"] == "server_error"
    assert "secret" not in unforeseen["message"]


def test_the_transcript_of_a_cut_is_what_is_said_in_it() -> None:
    """Not the words of the whole recording."""
    asset = Asset("1", "/talk.wav", "audio/wav", "audio", 1)
    marks = (Mark(0, 9, Span(seconds=(0.0, 1.0))), Mark(10, 21, Span(seconds=(1.5, 3.0))))
    chunk = Chunk(
        asset, Span(seconds=(0.0, 3.0)), "audio", text="The moon. High water.", marks=marks
    )
    evidence = Evidence(1, Hit(chunk, 1.0), Part("text", chunk.text), chunk.span)
    cut = Part(
        "audio",
        decode.wav(np.zeros(16_000, np.float32)),
        "audio/wav",
        meta={"evidence": [1], "cuts": [{"evidence": 1, "seconds": [1.4, 3.1]}]},
    )
    made = AnswerPart(cut, "retrieved")
    given = sound(made, Answer((made,), (evidence,), True, Route(("text",), "audio")), "wav")
    assert given.transcript == "High water."
    assert base64.b64decode(given.data) == cut.data
