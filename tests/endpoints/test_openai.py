"""Embeddings, pictures, speech and transcription by OpenAI's protocol, each before a real server."""

from __future__ import annotations

import io
import logging
import traceback
import wave
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from polysense.encoders.openai import OpenAI
from polysense.endpoints.openai import OpenAIServer
from polysense.errors import BadConfig, ModelFailed
from polysense.make.image.openai_image import OpenAIImage
from polysense.make.sound.openai_speech import MAX_CHARACTERS, OpenAISpeech
from polysense.read.image.decode import pixels
from polysense.read.sound.openai_transcription import MAX_SECONDS, OpenAITranscription
from polysense.testing import check_converter, check_encoder
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

from .conftest import SECRET
from .openai_server import PICTURE, SOUND, WIDTH, Server, running

pytest.importorskip("openai", reason="needs the extra llm")
QUERY = (Part("text", "Draw the harbour"),)
TIDES = [Part("text", "High water is at noon."), Part("text", "Bells ring at seven.")]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


def options(server: Server, model: str, **more: Any) -> dict[str, Any]:
    return {"model": model, "base_url": server.url, "key": "TEST_KEY", "retries": 0, **more}


def evidence(words: str) -> list[Evidence]:
    asset = Asset("a", "/a.md", "text/markdown", "text", 1)
    chunk = Chunk(asset, Span(lines=(1, 1)), "text", text=words)
    return [Evidence(1, Hit(chunk, 1.0), Part("text", words), chunk.span)]


def test_embeddings_keep_the_contract_and_their_order(server: Server) -> None:
    """Rows come back in any order; the key goes in its header; the width is the server's own."""
    encoder = OpenAI(**options(server, "text-embedding-3-small"))
    check_encoder(encoder, TIDES)
    assert encoder.space.name == "openai-text-embedding-3-small"
    assert encoder.space.dim == WIDTH
    first, second = encoder.encode(TIDES)
    (again,) = encoder.encode(TIDES[1:])
    assert np.allclose(second, again, atol=1e-6)
    assert not np.allclose(first, second, atol=0.1)
    path, headers, body = server.requests[-1]
    assert (path, headers["authorization"]) == ("/v1/embeddings", f"Bearer {SECRET}")
    assert body["encoding_format"] == "float"


def test_only_models_that_can_are_asked_for_fewer_numbers(server: Server) -> None:
    """Others would refuse; that their vectors are of another width is told."""
    assert OpenAI(**options(server, "text-embedding-3-large", dim=4)).encode(TIDES).shape == (2, 4)
    assert server.requests[-1][2]["dimensions"] == 4
    with pytest.raises(BadConfig, match="gave 2 x 8 numbers"):
        OpenAI(**options(server, "bge", dim=4)).encode(TIDES)
    assert "dimensions" not in server.requests[-1][2]


def test_a_request_that_is_refused_once_is_sent_again(server: Server) -> None:
    """As often as `retries` says."""
    with pytest.raises(ModelFailed, match="asked too much"):
        OpenAI(**options(server, "busy-once", dim=WIDTH)).encode(TIDES)
    server.requests.clear()
    OpenAI(**options(server, "busy-once", dim=WIDTH, retries=1)).encode(TIDES)
    assert len(server.requests) == 2


@pytest.mark.parametrize("model", ["unauthorised", "other-protocol"])
def test_what_goes_wrong_is_told_without_the_key(
    server: Server, model: str, caplog: pytest.LogCaptureFixture
) -> None:
    """By each plug-in, in one line, in no log at all."""
    caplog.set_level(logging.INFO)
    calls = (
        lambda: OpenAI(**options(server, model, dim=WIDTH)).encode(TIDES),
        lambda: list(OpenAIImage(**options(server, model)).generate(QUERY, evidence("Noon."))),
        lambda: list(OpenAISpeech(**options(server, model)).convert(Part("text", "Noon."))),
        lambda: list(OpenAITranscription(**options(server, model)).convert(Part("audio", SOUND))),
    )
    for call in calls:
        with pytest.raises(ModelFailed) as raises:
            call()
        text = "".join(traceback.format_exception(raises.value)) + raises.value.hint + caplog.text
        assert SECRET not in text
        assert model in str(raises.value)


def test_a_picture_of_what_was_found(server: Server) -> None:
    """The facts are in the request; the picture is marked with its model, evidence and tokens."""
    painter = OpenAIImage(**options(server, "gpt-image-1", size="1024x1024"))
    (part,) = painter.generate(QUERY, evidence("The harbour has a red crane."))
    body = server.requests[-1][2]
    assert "red crane" in body["prompt"]
    assert (body["size"], "response_format" in body) == ("1024x1024", False)
    assert (part.data, part.mime) == (PICTURE, "image/png")
    assert pixels(part).shape == (8, 8, 3)
    assert (part.meta["evidence"], part.meta["usage"]) == ([1], [9, 100])
    assert painter.origin == "generated"
    list(OpenAIImage(**options(server, "dall-e-3")).generate(QUERY, evidence("Noon.")))
    assert server.requests[-1][2]["response_format"] == "b64_json"
    with pytest.raises(ModelFailed, match="something else"):
        list(OpenAIImage(**options(server, "broken")).generate(QUERY, evidence("Noon.")))
    assert list(painter.generate(QUERY, [])) == []


def test_words_are_spoken(server: Server) -> None:
    """Without the citations, no more than the model takes."""
    speech = OpenAISpeech(**options(server, "tts-1", voice="nova"))
    (part,) = check_converter(speech, Part("text", "High water is at noon. [1]"))
    assert (part.modality, part.mime, part.data) == ("audio", "audio/wav", SOUND)
    body = server.requests[-1][2]
    list(speech.convert(Part("text", "High water is at noon. [1]")))
    body = server.requests[-1][2]
    assert (body["input"], body["voice"]) == ("High water is at noon.", "nova")
    list(speech.convert(Part("text", "It is noon. " * 1000)))
    assert len(server.requests[-1][2]["input"]) <= MAX_CHARACTERS
    assert server.requests[-1][2]["input"].endswith(".")


def test_a_recording_is_written_down_with_its_seconds(server: Server) -> None:
    """Within the part; what the model is not sure of is marked; silence is not sent."""
    hearing = OpenAITranscription(**options(server, "whisper-1", language="en"))
    tone = np.sin(np.arange(16_000 * 3) / 10).astype(np.float32)
    part = Part("audio", tone, "audio/pcm;rate=16000", span=Span(seconds=(1.0, 3.0)))
    first, second = hearing.convert(part)
    assert (first.data, first.span.seconds) == ("High water.", (0.0, 1.5))
    assert (first.meta["manner"], first.meta["confidence"]) == ("heard", 0.951)
    assert second.meta["uncertain"]
    form = server.requests[-1][2]
    with wave.open(io.BytesIO(form[form.index(b"RIFF") :])) as file:
        assert file.getnframes() == 2 * 16_000
    assert b"verbose_json" in form
    count = len(server.requests)
    assert list(hearing.convert(Part("audio", tone * 0, "audio/pcm;rate=16000"))) == []
    assert len(server.requests) == count


@pytest.mark.slow
def test_a_long_recording_is_sent_in_pieces(server: Server) -> None:
    """Each no larger than the server takes, the seconds of each counted from the beginning."""
    hearing = OpenAITranscription(**options(server, "whisper-1"))
    tone = np.sin(np.arange(round(16_000 * (MAX_SECONDS + 5))) / 10).astype(np.float32)
    lines = list(hearing.convert(Part("audio", tone, "audio/pcm;rate=16000")))
    assert [p.span.seconds for p in lines][2] == (MAX_SECONDS, MAX_SECONDS + 1.5)


def test_a_setting_that_is_none_is_told_before_anything_is_sent() -> None:
    """By the plug-in's own name, with an example."""
    for plugin, name in (
        (OpenAI(model=""), "openai"),
        (OpenAIImage(model=""), "openai_image"),
        (OpenAISpeech(model=""), "openai_speech"),
        (OpenAITranscription(model=""), "openai_transcription"),
    ):
        with pytest.raises(BadConfig, match=f"^{name} has no model"):
            plugin.check()
    with pytest.raises(BadConfig, match="no address of a server"):
        OpenAIServer("m", "nowhere").check("openai:model=m")
