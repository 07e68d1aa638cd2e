"""A picture drawn by a server of OpenAI's protocol."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from polysense.errors import BadConfig, ModelFailed
from polysense.make.image.openai_image import MAX_EVIDENCE_CHARACTERS, OpenAIImage
from polysense.read.image.decode import pixels
from polysense.types import Asset, Chunk, Evidence, Hit, Part, Span

from ...endpoints.keys import SECRET, set_keys
from ...endpoints.local_server import Server
from ...endpoints.openai_server import PICTURE, running

pytest.importorskip("openai", reason="needs the extra llm")
QUERY = (Part("text", "Draw the harbour"),)


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    set_keys(monkeypatch)


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


def test_bytes_that_are_no_picture_are_told(server: Server) -> None:
    """Before they are somebody's answer."""
    with pytest.raises(ModelFailed, match="no picture") as raises:
        list(OpenAIImage(**options(server, "no-picture")).generate(QUERY, evidence("Noon.")))
    assert "another model" in raises.value.hint


def test_it_counts_what_it_was_told_and_names_what_it_was_sent(server: Server) -> None:
    """No tokens where the server tells none; evidence that there was no room for is none."""
    long, late = evidence("word " * MAX_EVIDENCE_CHARACTERS)[0], evidence("Noon.")[0]
    painter = OpenAIImage(**options(server, "uncounted"))
    (part,) = painter.generate(QUERY, [long, replace(late, n=2)])
    assert (part.meta["evidence"], part.meta["usage"]) == ([1], [0, 0])
    (part,) = painter.generate(QUERY, [late, replace(late, n=2)])
    assert part.meta["evidence"] == [1, 2]


@pytest.mark.parametrize("model", ["unauthorised", "other-protocol"])
def test_what_goes_wrong_is_told_without_the_key(
    server: Server, model: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In one line, and in no log at all."""
    caplog.set_level(logging.INFO)
    with pytest.raises(ModelFailed, match=model) as raises:
        list(OpenAIImage(**options(server, model)).generate(QUERY, evidence("Noon.")))
    text = "".join(traceback.format_exception(raises.value)) + raises.value.hint + caplog.text
    assert SECRET not in text


def test_a_setting_that_is_none_is_told_before_anything_is_sent() -> None:
    """By the plug-in's own name, with an example."""
    with pytest.raises(BadConfig, match=r"^openai_image has no model"):
        OpenAIImage(model="").check()
