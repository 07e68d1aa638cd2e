"""Words spoken by a server of OpenAI's protocol."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from typing import Any

import pytest

from polysense.errors import BadConfig, ModelFailed
from polysense.make.sound.openai_speech import MAX_CHARACTERS, OpenAISpeech
from polysense.testing import check_converter
from polysense.types import Part

from ...endpoints.keys import SECRET, set_keys
from ...endpoints.local_server import Server
from ...endpoints.openai_server import SOUND, running

pytest.importorskip("openai", reason="needs the extra llm")


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    set_keys(monkeypatch)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


def options(server: Server, model: str, **more: Any) -> dict[str, Any]:
    return {"model": model, "base_url": server.url, "key": "TEST_KEY", "retries": 0, **more}


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


def test_sources_are_named_and_a_streamed_file_is_whole(server: Server) -> None:
    """What other voices say for [1] is sent; a head without a length gets its own."""
    speech = OpenAISpeech(**options(server, "streams"))
    words = Part(
        "text", "**High water** is at noon [1].", meta={"sources": {"1": "tides.md, p. 3"}}
    )
    (part,) = speech.convert(words)
    assert part.data == SOUND
    assert server.requests[-1][2]["input"] == "High water is at noon, from tides, page 3."


@pytest.mark.parametrize("model", ["unauthorised", "other-protocol"])
def test_what_goes_wrong_is_told_without_the_key(
    server: Server, model: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In one line, and in no log at all."""
    caplog.set_level(logging.INFO)
    with pytest.raises(ModelFailed, match=model) as raises:
        list(OpenAISpeech(**options(server, model)).convert(Part("text", "Noon.")))
    text = "".join(traceback.format_exception(raises.value)) + raises.value.hint + caplog.text
    assert SECRET not in text


def test_a_setting_that_is_none_is_told_before_anything_is_sent() -> None:
    """By the plug-in's own name, with an example."""
    with pytest.raises(BadConfig, match=r"^openai_speech has no model"):
        OpenAISpeech(model="").check()
