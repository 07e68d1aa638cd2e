"""Models behind OpenAI's protocol, before a real server: what is sent, what comes, what goes wrong."""

from __future__ import annotations

import base64
import io
import logging
import subprocess
import sys
import traceback
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from polysense import Library, registry
from polysense.errors import BadConfig, BadQuery, MissingDependency, ModelFailed
from polysense.llm.openai import OpenAI
from polysense.messages import Message, Usage
from polysense.read.image.decode import png
from polysense.read.sound.decode import wav
from polysense.span import Span
from polysense.testing import check_language_model
from polysense.types import Part

from ..encoders.tiny_media import write_film
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
    defaults = {"base_url": server.url, "retries": 0, "seconds": 5.0, "key": "TEST_KEY"}
    return OpenAI(model=name, **{**defaults, **options})


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
    assert list(model(server, "usage-is-null").chat(QUESTION)) == ["Noon.", Usage()]


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


def test_sounds_go_to_models_that_hear(server: Server) -> None:
    """As WAV, whatever they were, cut to their seconds; others are not sent one."""
    tone = np.sin(np.arange(16_000) / 10).astype(np.float32)
    recording = Part("audio", wav(tone), "audio/wav", span=Span(seconds=(0.25, 0.75)))
    hearing = model(server, "good", accepts="text, audio")
    list(hearing.chat([Message.of("user", "What is heard?", recording)]))
    _, sound = server.requests[-1][0]["messages"][0]["content"]
    assert (sound["type"], sound["input_audio"]["format"]) == ("input_audio", "wav")
    with wave.open(io.BytesIO(base64.b64decode(sound["input_audio"]["data"]))) as file:
        assert file.getnframes() / file.getframerate() == 0.5
    with pytest.raises(BadQuery, match="takes no audio"):
        list(model(server, "good").chat([Message.of("user", recording)]))
    film = Part("video", b"...", "video/mp4")
    with pytest.raises(BadQuery, match="takes no video"):
        list(model(server, "good", accepts="text+image").chat([Message.of("user", film)]))
    smell = Part("smell", b"...")
    with pytest.raises(BadQuery, match="takes no smell"):
        list(model(server, "good", accepts="text+smell").chat([Message.of("user", smell)]))


def test_clips_go_as_pictures(server: Server, tmp_path: Path) -> None:
    """Eight frames of its seconds, among the words in their order."""
    film = write_film(tmp_path / "film.mp4")
    clip = Part("video", film, "video/mp4", span=Span(seconds=(2.0, 4.0)))
    seeing = model(server, "good", accepts="text+image+video")
    list(seeing.chat([Message.of("user", "Seen:", clip, "What is it?")]))
    contents = server.requests[-1][0]["messages"][0]["content"]
    assert [c["type"] for c in contents] == ["text", *["image_url"] * 8, "text"]
    picture = base64.b64decode(contents[1]["image_url"]["url"].partition(",")[2])
    assert PIL.Image.open(io.BytesIO(picture)).getpixel((0, 0))[1] > 100, (
        "the second scene is green"
    )


def test_azure_by_deployment_and_version(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deployment stands in the address, the version behind it, the key in a header of its own;
    Azure's key is sent to Azure alone.
    """
    azure = model(server, "good", base_url=server.url.removesuffix("/v1"), api_version="2024-10-21")
    assert list(azure.chat(QUESTION))[:-1] == list(WORDS)
    body, raw_headers = server.requests[-1]
    headers = {k.lower(): v for k, v in raw_headers.items()}
    assert headers["path"] == "/openai/deployments/good/chat/completions?api-version=2024-10-21"
    assert headers["api-key"] == SECRET
    assert SECRET not in headers.get("authorization", "")
    assert body["model"] == "good"
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", SECRET)
    address = "https://me.openai.azure.com"
    assert OpenAI(model="m", base_url=address, api_version="1").key == "AZURE_OPENAI_API_KEY"
    for other in ("https://openai.azure.com.example.org", "https://example.org"):
        assert OpenAI(model="m", base_url=other, api_version="1").key == ""
    refusing = model(server, "unauthorised", base_url=azure.base_url, api_version="2024-10-21")
    with pytest.raises(ModelFailed, match="refused the key") as raises:
        list(refusing.chat(QUESTION))
    assert SECRET not in f"{raises.value} {raises.value.hint}"


def test_words_of_many_bytes_and_half_characters(server: Server) -> None:
    """What comes in pieces of a character is put together; what is half of one is not sent."""
    message = Message.of("user", "name \ud800.txt")
    assert list(model(server, "chinese").chat([message])) == ["正午", Usage()]
    assert server.requests[-1][0]["messages"][0]["content"] == "name ?.txt"


def test_openai_takes_its_own_name_for_the_bound() -> None:
    """However its address is written; its newest models refuse the older one."""
    for address, name in (
        ("https://api.openai.com/v1/", "max_completion_tokens"),
        ("https://me.openai.azure.com/openai/v1", "max_completion_tokens"),
        ("https://api.openai.com.example.org/v1", "max_tokens"),
    ):
        assert name in OpenAI(model="m", base_url=address)._request(QUESTION, None, 9)


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
        ("missing", "is not there: .*model 'missing' not found", "ollama pull missing"),
        ("too-long", r"refused the request \(HTTP 400\): .*maximum context length", "context="),
        ("busy", "is asked too much: .*Rate limit", "Wait"),
        ("too-large", r"refused the request \(HTTP 413\)", "smaller files"),
        ("unpaid", "is asked too much: .*quota", "account"),
        ("broken", r"failed \(HTTP 500\)", "server's own log"),
        ("drops", "broke off before its end", "again"),
        ("hangs-up", "broke off before its end", "again"),
        ("no-finish", "broke off before its end", "again"),
        ("runs-away", "goes on after the 1024 tokens", "another model"),
        ("blank", "gave an empty answer", "another model"),
        ("declines", "declined to answer: I may not", "other words"),
        ("no-object", "something else than OpenAI's protocol", "/v1"),
        ("no-choices", "something else than OpenAI's protocol", "/v1"),
        ("choices-are-words", "something else than OpenAI's protocol", "/v1"),
        ("delta-is-words", "something else than OpenAI's protocol", "/v1"),
        ("content-is-a-number", "something else than OpenAI's protocol", "/v1"),
        ("usage-is-words", "something else than OpenAI's protocol", "/v1"),
        ("nothing-at-all", "something else than OpenAI's protocol", "/v1"),
        ("whole", "something else than OpenAI's protocol", "/v1"),
        ("utf-16", "something else than OpenAI's protocol", "/v1"),
        ("latin-1", "something else than OpenAI's protocol", "/v1"),
        ("not-gzip", "something else than OpenAI's protocol", "/v1"),
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


@pytest.mark.parametrize("name", ["drops", "fails-midway", "cut-off"])
def test_what_failed_after_a_word_is_not_sent_again(server: Server, name: str) -> None:
    """Or its beginning would be said twice."""
    count = len(server.requests)
    pieces = model(server, name, retries=2).chat(QUESTION)
    assert next(pieces) == WORDS[0]
    with pytest.raises(ModelFailed):
        list(pieces)
    assert len(server.requests) == count + 1


@pytest.mark.parametrize(
    "name", ["unauthorised", "repeats-the-key", "fails-midway", "drops", "good"]
)
def test_the_key_is_in_no_error_and_no_log(
    server: Server, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """Though the server says it back, and though a traceback is printed with its causes."""
    caplog.set_level(logging.DEBUG)
    try:
        list(model(server, name).chat(QUESTION))
        trace = ""
    except ModelFailed as e:
        trace = "".join(traceback.format_exception(e)) + e.hint
    assert server.requests[-1][1]["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in f"{trace}{caplog.text}{model(server, name)!r}"


def test_a_password_in_the_address_arrives_and_is_in_no_log(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """The client's log has the address of each request."""
    caplog.set_level(logging.DEBUG)
    address = server.url.replace("://", "://ann:pass%40word@")
    list(model(server, "good", base_url=address).chat(QUESTION))
    authorization = server.requests[-1][1]["authorization"]
    assert base64.b64decode(authorization.removeprefix("Basic ")) == b"ann:pass@word"
    error = failure(server, "unauthorised", base_url=address)
    trace = "".join(traceback.format_exception(error))
    for secret in ("pass%40word", "pass@word", authorization.removeprefix("Basic ")):
        assert secret not in f"{trace}{error.hint}{caplog.text}"


def test_a_key_with_a_line_end_is_the_key(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it comes out of a file."""
    monkeypatch.setenv("TEST_KEY", f"{SECRET}\n")
    list(model(server, "good").chat(QUESTION))
    assert server.requests[-1][1]["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    ("value", "options", "message"),
    [
        (f"{SECRET} é", {}, "TEST_KEY is no key"),
        (SECRET, {"key": SECRET}, "key= is the name of an environment variable"),
        (SECRET, {"base_url": "localhost:11434/v1"}, "'localhost:11434/v1' is no address"),
        (SECRET, {"base_url": f"http://ann:{SECRET}@host:port/v1"}, "'http://host:port/v1' is no"),
        (SECRET, {"base_url": ""}, "'' is no address"),
    ],
)
def test_settings_that_make_no_sense_are_told_without_the_key(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    value: str,
    options: dict[str, Any],
    message: str,
) -> None:
    """Before anything is sent."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("TEST_KEY", value)
    count = len(server.requests)
    with pytest.raises(BadConfig, match=message) as raises:
        list(model(server, "good", **options).chat(QUESTION))
    trace = "".join(traceback.format_exception(raises.value))
    assert SECRET not in f"{trace}{raises.value.hint}{caplog.text}"
    assert len(server.requests) == count


def test_a_key_that_looks_like_a_name_is_not_told(server: Server) -> None:
    """Where it stands by mistake, as keys of letters and digits may."""
    error = failure(server, "unauthorised", key="a1b2c3d4e5f6")
    assert "a1b2c3d4e5f6" not in f"{error}{error.hint}"


def test_it_says_what_to_install(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the client is not there."""
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(MissingDependency, match="package openai") as raises:
        list(model(server, "good").chat(QUESTION))
    assert "polysense[llm]" in raises.value.hint


def test_the_client_is_imported_on_first_use() -> None:
    """Naming a model costs no start."""
    code = (
        "import sys; from polysense.llm.openai import OpenAI; OpenAI(model='m');"
        "sys.exit(bool({'openai', 'httpx2', 'av', 'PIL'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_the_key_of_openai_goes_to_openai_alone(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs another server does not learn it, unless the settings say so."""
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    list(model(server, "good", key="").chat(QUESTION))
    assert SECRET not in str(server.requests[-1])
    assert OpenAI(model="m").key == "OPENAI_API_KEY"


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
