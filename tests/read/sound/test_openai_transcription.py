"""Speech to words by a server of OpenAI's protocol."""

from __future__ import annotations

import io
import logging
import traceback
import wave
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from polysense.errors import BadConfig, ModelFailed
from polysense.read.sound.openai_transcription import MAX_SECONDS, OpenAITranscription
from polysense.types import Part, Span

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


@pytest.mark.parametrize("model", ["unauthorised", "other-protocol"])
def test_what_goes_wrong_is_told_without_the_key(
    server: Server, model: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In one line, and in no log at all."""
    caplog.set_level(logging.INFO)
    with pytest.raises(ModelFailed, match=model) as raises:
        list(OpenAITranscription(**options(server, model)).convert(Part("audio", SOUND)))
    text = "".join(traceback.format_exception(raises.value)) + raises.value.hint + caplog.text
    assert SECRET not in text


def test_a_setting_that_is_none_is_told_before_anything_is_sent() -> None:
    """By the plug-in's own name, with an example."""
    with pytest.raises(BadConfig, match=r"^openai_transcription has no model"):
        OpenAITranscription(model="").check()
